"""A practice at work, before its backup and after it."""

import io
import sqlite3
from pathlib import Path

from django.db import connection

from rugpijn.backup import parcel, seal

from .conftest import LETTER, PRIVATE, PUBLIC

STRANGER = seal.new_pair()[0]


# ------------------------------------------------------------ the envelope


def sealed(content=LETTER) -> bytes:
    file = io.BytesIO()
    sealer = seal.Sealer(file, PUBLIC)
    sealer.write(content)
    sealer.finish()
    return file.getvalue()


def opened(content: bytes, private=PRIVATE) -> bytes:
    return io.BufferedReader(seal.Opener(io.BytesIO(content), private=private)).read()


# ------------------------------------------------------------ the parcel


def packed(tmp_path, about=None, **changes) -> Path:
    """A backup of a small database that says of itself what the test wants."""
    database = tmp_path / "small"
    with sqlite3.connect(database) as small:
        small.execute("CREATE TABLE thing (name TEXT)")
        small.execute("INSERT INTO thing VALUES ('één')")
    small.close()
    said = {
        "version": "9.9",
        "made_at": "2026-11-28T10:00:00+00:00",
        "engine": connection.vendor,
        "migrations": [],
        "rows": {"thing": 1},
    } | changes
    (tmp_path / "media").mkdir(exist_ok=True)
    path = tmp_path / "small.backup"
    with path.open("wb") as file, database.open("rb") as content:
        parcel.pack(file, PUBLIC, parcel.About(**said), content, tmp_path / "media")
    return path
