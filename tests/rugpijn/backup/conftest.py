"""An installation with a key for its backups, and a second one to put them back in."""

from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection, connections

from rugpijn.backup import seal

PRIVATE, PUBLIC = seal.new_pair()


LETTER = b"Rustig aan. " * 20_000  # some chunks


@pytest.fixture
def here(settings, tmp_path):
    """This installation, with a key, a film, and a folder for its backups."""
    settings.DATA_DIR, settings.BACKUP_KEY = tmp_path / "data", PUBLIC
    settings.MEDIA_ROOT = settings.DATA_DIR / "media"
    (settings.MEDIA_ROOT / "films").mkdir(parents=True, mode=0o700)
    (settings.MEDIA_ROOT / "films" / "a.mp4").write_bytes(LETTER)
    (settings.MEDIA_ROOT / "films" / "incoming-x").write_bytes(b"half a film")
    (settings.DATA_DIR / "printing").mkdir()
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups"


@contextmanager
def elsewhere(settings, folder: Path):
    """An empty installation beside this one, on the same engine."""
    before = connection.settings_dict["NAME"], settings.DATA_DIR, settings.MEDIA_ROOT
    other = str(folder / "other.sqlite3") if connection.vendor == "sqlite" else f"{before[0]}_other"
    if connection.vendor != "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{other}"')
            cursor.execute(f'CREATE DATABASE "{other}" TEMPLATE template0')
    connections.close_all()
    connection.settings_dict["NAME"] = other
    settings.DATA_DIR, settings.MEDIA_ROOT = folder / "data", folder / "data" / "media"
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict["NAME"], settings.DATA_DIR, settings.MEDIA_ROOT = before
        if connection.vendor != "sqlite":
            with connection.cursor() as cursor:
                cursor.execute(f'DROP DATABASE "{other}" WITH (FORCE)')
