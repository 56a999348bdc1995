"""How SQLite is opened, so that nothing a patient did is lost."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# The first versions without the WAL-reset bug, which can corrupt a database
# in write-ahead mode: https://sqlite.org/changes.html, 3.51.3 and its backports.
FIXED_IN = (3, 51, 3)
BACKPORTS = {(3, 50): 7, (3, 44): 6}


def wal_is_safe(version: tuple[int, int, int] = sqlite3.sqlite_version_info) -> bool:
    """Whether this SQLite library may use write-ahead logging."""
    if version >= FIXED_IN:
        return True
    patch = BACKPORTS.get(version[:2])
    return patch is not None and version[2] >= patch


_may_be_made = False


@contextmanager
def may_be_made() -> Iterator[None]:
    """Within this, a database file that is not there is made: for `manage.py migrate`."""
    global _may_be_made
    before, _may_be_made = _may_be_made, True
    try:
        yield
    finally:
        _may_be_made = before


class Connection(sqlite3.Connection):
    """Opens a file that is there. SQLite itself would make an empty one for one that is gone, and
    a practice would go on without its patients."""

    def __init__(self, database, *args, **kwargs):
        if is_gone(database):
            if not _may_be_made:
                raise sqlite3.OperationalError(f"{database} is not there, or it is empty")
            Path(database).touch(0o600)  # nobody else on this server reads it
        super().__init__(database, *args, **kwargs)


def is_gone(database) -> bool:
    """Whether there is no database in this file. What lives in memory only is always there."""
    if str(database).startswith(("file:", ":memory:")):
        return False
    path = Path(database)
    return not path.exists() or path.stat().st_size == 0


def sqlite_options(version: tuple[int, int, int] = sqlite3.sqlite_version_info) -> dict:
    """Django's OPTIONS for SQLite: no lost write after a power cut, no lock error.

    IMMEDIATE takes the write lock when a transaction starts. With Django's
    default two transactions deadlock when both go from reading to writing, and
    one of them is a 500. `synchronous` FULL (write-ahead) or EXTRA (rollback
    journal) makes an acknowledged write survive a power cut. `secure_delete` overwrites what is
    deleted with zeros in the file itself: who was erased is not found there any more.
    """
    if wal_is_safe(version):
        pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
    else:
        pragmas = "PRAGMA journal_mode=DELETE; PRAGMA synchronous=EXTRA;"
    return {
        "factory": Connection,
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,  # seconds a request waits for another's write
        "init_command": pragmas + " PRAGMA secure_delete=ON; PRAGMA cache_size=-16000;",
    }
