"""What SQLite keeps, and what it must not make: a database that is gone is no empty clinic."""

import os
import sqlite3
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from rugpijn.database import sqlite
from rugpijn.operations import checks, health

CANARY = "Kanarie van der Berg"


def opened(path):
    options = sqlite.sqlite_options()
    with sqlite.may_be_made():
        base = sqlite3.connect(path, factory=options["factory"])
    base.executescript(options["init_command"])
    return base


def test_what_is_deleted_is_in_the_file_no_more(tmp_path):
    base = opened(tmp_path / "some.sqlite3")
    base.execute("CREATE TABLE person (name TEXT)")
    base.executemany("INSERT INTO person VALUES (?)", [(f"{CANARY} {n}",) for n in range(50)])
    base.commit()
    base.execute("DELETE FROM person")
    base.commit()
    base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    base.close()
    left = [path.name for path in tmp_path.iterdir() if CANARY.encode() in path.read_bytes()]
    assert not left


@pytest.mark.parametrize("empty", [False, True])
def test_a_database_that_is_gone_is_not_made(tmp_path, settings, empty):
    path = tmp_path / "gone.sqlite3"
    if empty:
        path.touch()
    with pytest.raises(sqlite3.OperationalError, match="not there"):
        sqlite3.connect(path, factory=sqlite.Connection)
    assert path.exists() is empty
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(
            settings.DATABASES,
            "default",
            {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path)},
        )
        with pytest.raises(ImproperlyConfigured, match="not there"):
            checks.refuse_missing_database()
        found = health.database()
    assert not found.well and found.needed and "gone" in found.state


def test_what_is_made_is_readable_by_its_own_user_only(tmp_path):
    before = os.umask(0o022)
    try:
        opened(tmp_path / "made.sqlite3").close()
    finally:
        os.umask(before)
    assert (tmp_path / "made.sqlite3").stat().st_mode & 0o777 == 0o600


def test_what_is_there_opens_and_memory_too(tmp_path):
    path = tmp_path / "there.sqlite3"
    base = opened(path)
    base.execute("CREATE TABLE person (name TEXT)")
    base.close()
    sqlite3.connect(path, factory=sqlite.Connection).close()
    sqlite3.connect(":memory:", factory=sqlite.Connection).close()


@pytest.mark.parametrize("there", [False, True])
def test_a_new_clone_makes_migrations_without_a_warning(tmp_path, there):
    """And makes no database. One that is there and cannot be read is still warned of."""
    path = tmp_path / "rugpijn.sqlite3"
    if there:
        path.write_bytes(b"no database at all" * 100)
    done = subprocess.run(
        [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"],
        env=os.environ | {"DEBUG": "1", "DATABASE_URL": f"sqlite:///{path}"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == there and ("atabase" in done.stderr) == there
    assert path.exists() == there
