"""The migrated SQLite database of exactly this code, kept in pytest's cache from run to run."""

import hashlib
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from django.db import connection

ROOT = Path(__file__).resolve().parents[1]


def put(config) -> bool:
    """Put it where the tests will open their database. False when there is none as yet."""
    path = path_of(config)
    if path is None or not path.exists():
        return False
    shutil.copyfile(path, connection.settings_dict["TEST"]["NAME"])
    return True


def keep(config):
    """Keep the database that was migrated just now. Those of other versions of the code go."""
    path = path_of(config)
    if path is None:
        return
    for other in path.parent.iterdir():
        other.unlink(missing_ok=True)
    whole = path.with_suffix(f".{os.getpid()}")
    connection.ensure_connection()
    with closing(sqlite3.connect(whole)) as copy:
        connection.connection.backup(copy)
    whole.replace(path)


def path_of(config) -> Path | None:
    """None on PostgreSQL, and in a run without a cache."""
    if connection.vendor != "sqlite" or not hasattr(config, "cache"):
        return None
    digest = hashlib.sha256(sqlite3.sqlite_version.encode())
    sources = [ROOT / "requirements.txt"]
    for app in ("rugpijn", "exercises", "patients"):
        sources += sorted((ROOT / app).rglob("*.py"))
    for source in sources:
        digest.update(f"{source.relative_to(ROOT)}\0".encode() + source.read_bytes() + b"\0")
    return config.cache.mkdir("database") / f"{digest.hexdigest()}.sqlite3"
