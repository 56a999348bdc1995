"""How each kind of database is copied while people work, and restored.

Both engines have the same functions: `dump` and `check` for a backup; `occupied`, `busy`, `put`,
and `put_back` or `settle` for a restore.
"""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import connection, connections

from . import BackupError

# Tables whose rows are left out of a backup: logins, trusted devices, kept forms and the cache. A
# login that was ended since must not come back, so after a restore everybody logs in again.
OF_THE_MOMENT = (
    "rugpijn_loginsession",
    "rugpijn_trusteddevice",
    "rugpijn_keptform",
    "rugpijn_cache",
)
TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
MIGRATIONS = "SELECT app, name FROM django_migrations ORDER BY id"


def of_this_installation() -> "SQLite | PostgreSQL":
    return SQLite() if connection.vendor == "sqlite" else PostgreSQL()


class SQLite:
    name = "sqlite"

    def __init__(self):
        self.path = Path(connection.settings_dict["NAME"])
        self.beside = [self.path.with_name(self.path.name + end) for end in JOURNALS]

    def dump(self, folder: Path) -> tuple[BinaryIO, list[list[str]], dict[str, int]]:
        """Copy the database with SQLite's online backup, which includes what is in the journal.

        Returns the open copy, the applied migrations and the number of rows of each table. The
        copy is unlinked while it is still empty, so that no readable copy stays when this process
        is killed. Raises BackupError when there is no database.
        """
        if not self.occupied():
            raise BackupError("There is no database yet, so there is nothing to keep.")
        target = folder / "copying"
        handle = open(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "r+b")  # noqa: SIM115
        with _opened(self.path) as source, _opened(target) as copy:
            copy.execute("PRAGMA journal_mode = OFF")  # there is no name for a journal beside it
            target.unlink()
            # All pages at once: page by page, the copy starts again after each write of others.
            source.backup(copy, pages=-1)
            copy.execute("PRAGMA journal_mode = OFF")
            copy.execute("PRAGMA secure_delete = ON")
            there = _tables(copy)
            with copy:
                for table in OF_THE_MOMENT:
                    if table in there:
                        copy.execute(f"DELETE FROM {table}")  # noqa: S608  our own names
            return handle, [list(row) for row in copy.execute(MIGRATIONS)], _rows(copy)

    def check(self, dumped: Path, rows: dict[str, int]) -> None:
        """Raise BackupError unless the unpacked database is sound and has all its rows."""
        with _opened(dumped) as copy:
            try:
                sound = copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
                sound = sound and not copy.execute("PRAGMA foreign_key_check").fetchall()
                sound = sound and _rows(copy) == rows
            except sqlite3.DatabaseError:
                sound = False
        if not sound:
            raise BackupError("The database in this backup is damaged. Take another backup.")

    def occupied(self) -> bool:
        if not self.path.exists() or not self.path.stat().st_size:
            return False
        with _opened(self.path) as there:
            try:
                return bool(_tables(there))
            except sqlite3.DatabaseError:
                return True  # a file that cannot be read is kept

    def busy(self) -> bool:
        """Whether another process has the file open: it would keep writing to the old file."""
        connections.close_all()
        ours = {str(path.resolve()) for path in (self.path, *self.beside)}
        for folder in Path("/proc").glob("[0-9]*/fd"):
            if folder.parent.name == str(os.getpid()):
                continue
            with suppress(OSError):  # the process ended meanwhile, or is of another user
                if any(os.readlink(one) in ours for one in folder.iterdir()):
                    return True
        return False

    def put(self, dumped: Path, aside: Path) -> None:
        """Replace the database by `dumped`. The old file and its journals move to `aside`: the
        journals would damage the new file."""
        connections.close_all()
        if self.path.exists():
            with suppress(sqlite3.DatabaseError), _opened(self.path) as there:
                there.execute("PRAGMA journal_mode = DELETE")  # writes the journal into the file
            os.link(self.path, aside / self.path.name)
        for journal in self.beside:
            if journal.exists():
                os.replace(journal, aside / journal.name)
        os.replace(dumped, self.path)
        sync_folder(self.path.parent)

    def put_back(self, aside: Path, *, was_there: bool) -> None:
        """Move the files in `aside` back. When this is interrupted it can be done again."""
        connections.close_all()
        old = aside / self.path.name
        if old.exists() or not was_there:
            for path in self.beside:
                path.unlink(missing_ok=True)  # journals of the file that is removed
        if old.exists():
            os.replace(old, self.path)
        elif not was_there:
            self.path.unlink(missing_ok=True)
        for journal in self.beside:
            if (aside / journal.name).exists():
                os.replace(aside / journal.name, journal)
        sync_folder(self.path.parent)

    def settle(self) -> None:
        """Does nothing: the old file was moved by `put`."""


JOURNALS = ("-wal", "-shm", "-journal")


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    opened = sqlite3.connect(path, timeout=20)
    try:
        yield opened
    finally:
        opened.close()


def _tables(opened: sqlite3.Connection) -> list[str]:
    return sorted(name for (name,) in opened.execute(TABLES))


def _rows(opened: sqlite3.Connection) -> dict[str, int]:
    count = 'SELECT count(*) FROM "{}"'
    return {name: opened.execute(count.format(name)).fetchone()[0] for name in _tables(opened)}


def sync_folder(folder: Path) -> None:
    """Flush the folder, so that a new name in it survives a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class PostgreSQL:
    name = "postgresql"

    def dump(self, folder: Path) -> tuple[BinaryIO, list[list[str]], dict[str, int]]:
        """Run pg_dump on the snapshot in which the rows are counted, so that the counts agree.

        Returns the same as `SQLite.dump`. The file has no name, so that no readable copy stays
        when this process is killed. Raises BackupError when there is no database.
        """
        if not self.occupied():
            raise BackupError("There is no database yet, so there is nothing to keep.")
        with self._apart() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            snapshot = cursor.execute("SELECT pg_export_snapshot()").fetchone()[0]
            migrations = [list(row) for row in cursor.execute(MIGRATIONS).fetchall()]
            rows = self._rows(cursor)
            left_out = [f"--exclude-table-data=public.{name}" for name in OF_THE_MOMENT]
            handle = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  the caller closes it
            options = "--format=custom --compress=1 --schema=public --no-owner --no-privileges"
            named = [f"--snapshot={snapshot}", *left_out, f"--dbname={self._name}"]
            self._run("pg_dump", *options.split(), *named, into=handle)
            cursor.execute("ROLLBACK")
        return handle, migrations, rows | {name: 0 for name in OF_THE_MOMENT if name in rows}

    def check(self, dumped: Path, rows: dict[str, int]) -> None:
        """Raise BackupError when pg_restore cannot read it. `put` counts the rows afterwards."""
        self.rows = rows
        self._run("pg_restore", "--list", str(dumped))

    def occupied(self) -> bool:
        return bool(connection.introspection.table_names())

    def busy(self) -> bool:
        """Whether others are connected. One that has just left takes a moment to be gone."""
        with connection.cursor() as cursor:
            for _look in range(30):
                cursor.execute("SELECT pg_stat_clear_snapshot()")
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                    "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
                )
                if not cursor.fetchone()[0]:
                    return False
                cursor.execute("SELECT pg_sleep(0.1)")
        return True

    def put(self, dumped: Path, aside: Path) -> None:
        """Restore into a new schema. The old schema keeps another name until `settle`.

        Raises BackupError when the numbers of rows differ from those in the backup.
        """
        connections.close_all()
        with self._apart() as cursor:
            cursor.execute(f"ALTER SCHEMA public RENAME TO {BEFORE}")
            cursor.execute("CREATE SCHEMA public")
        options = "--single-transaction --exit-on-error --schema=public --no-owner --no-privileges"
        self._run("pg_restore", *options.split(), f"--dbname={self._name}", str(dumped))
        with self._apart() as cursor:
            if self._rows(cursor) != self.rows:
                raise BackupError("Not every row came back. Take another backup.")

    def put_back(self, aside: Path, *, was_there: bool) -> None:
        with self._apart() as cursor:
            cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [BEFORE])
            if cursor.fetchone():
                connections.close_all()
                cursor.execute("DROP SCHEMA IF EXISTS public CASCADE")
                cursor.execute(f"ALTER SCHEMA {BEFORE} RENAME TO public")

    def settle(self) -> None:
        with self._apart() as cursor:
            cursor.execute(f"DROP SCHEMA IF EXISTS {BEFORE} CASCADE")

    @property
    def _name(self) -> str:
        return connection.settings_dict["NAME"]

    @contextmanager
    def _apart(self):
        """A separate connection without a limit on the time of a statement."""
        made = connection.copy()
        made.settings_dict = {**connection.settings_dict, "OPTIONS": {"options": ""}}
        try:
            with made.cursor() as cursor:
                yield cursor.cursor
        finally:
            made.close()

    def _rows(self, cursor) -> dict[str, int]:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        names = sorted(name for (name,) in cursor.fetchall())
        count = 'SELECT count(*) FROM public."{}"'
        return {name: cursor.execute(count.format(name)).fetchone()[0] for name in names}

    def _run(self, program: str, *arguments: str, into: BinaryIO | None = None) -> None:
        """Run one of PostgreSQL's programs. The password is in the environment, since arguments
        are visible in the list of processes. Raises BackupError when the program fails."""
        found = shutil.which(program)
        if found is None:
            raise BackupError(f"{program} is missing: apt install postgresql-client")
        named = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
        given = {
            variable: str(connection.settings_dict[name])
            for variable, name in named.items()
            if connection.settings_dict[name]
        }
        done = subprocess.run(  # noqa: S603  found above; no shell
            [found, *arguments],
            env=os.environ | given,
            stdout=into or subprocess.PIPE,
            stderr=subprocess.PIPE,
            check=False,
        )
        if done.returncode:
            message = done.stderr.decode(errors="replace").strip()
            raise BackupError(f"{program}: {message or done.returncode}")


BEFORE = "before_restore"


def data_folder() -> Path:
    """Return the folder of the data, which only this user can read, for files that are not
    encrypted yet."""
    settings.DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    return settings.DATA_DIR
