"""How SQLite is opened, so that no acknowledged write is lost."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# The first versions without the WAL-reset bug, which can corrupt a database
# in write-ahead mode: https://sqlite.org/changes.html, 3.51.3 and its backports.
FIXED_IN = (3, 51, 3)
BACKPORTS = {(3, 50): 7, (3, 44): 6}


def wal_is_safe(version: tuple[int, int, int] = sqlite3.sqlite_version_info) -> bool:
    """Return whether this SQLite library may use write-ahead logging."""
    if version >= FIXED_IN:
        return True
    patch = BACKPORTS.get(version[:2])
    return patch is not None and version[2] >= patch


_may_be_made = False


@contextmanager
def may_be_made() -> Iterator[None]:
    """Allow that a missing database file is made, for `manage.py migrate`."""
    global _may_be_made
    before, _may_be_made = _may_be_made, True
    try:
        yield
    finally:
        _may_be_made = before


class Connection(sqlite3.Connection):
    """Opens an existing file only. SQLite itself would make an empty file for a missing one, and a
    practice would go on without its patients."""

    def __init__(self, database, *args, **kwargs):
        if is_gone(database):
            if not _may_be_made:
                raise sqlite3.OperationalError(f"{database} is not there, or it is empty")
            Path(database).touch(0o600)  # no other user of this server can read it
        super().__init__(database, *args, **kwargs)


def is_gone(database) -> bool:
    """Return whether there is no database at this path. A database in memory always exists."""
    if str(database).startswith(("file:", ":memory:")):
        return False
    path = Path(database)
    return not path.exists() or path.stat().st_size == 0


def sqlite_options(version: tuple[int, int, int] = sqlite3.sqlite_version_info) -> dict:
    """Return Django's OPTIONS for SQLite: no lost write after a power cut, and no lock error.

    IMMEDIATE takes the write lock when a transaction starts. With Django's default two transactions
    deadlock when both go from reading to writing, and one of them fails. `synchronous` FULL
    (write-ahead) or EXTRA (rollback journal) makes an acknowledged write survive a power cut.
    `secure_delete` overwrites deleted data with zeros in the file, so that an erased patient cannot
    be found there.
    """
    if wal_is_safe(version):
        pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
    else:
        pragmas = "PRAGMA journal_mode=DELETE; PRAGMA synchronous=EXTRA;"
    return {
        "factory": Connection,
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,  # seconds that a request waits for another write
        "init_command": pragmas + " PRAGMA secure_delete=ON; PRAGMA cache_size=-16000;",
    }
