"""Triggers by which the database refuses every change of the access log.

SQLite drops triggers silently when a migration rebuilds the table. They are therefore installed
again after every migrate, and the app refuses to start without them (operations/checks.py).
"""

from contextlib import contextmanager

from django.apps import apps as current
from django.db import connection, transaction

EVENTS, SEGMENTS = "rugpijn_accessevent", "rugpijn_logsegment"
# What a row is known by: an insert that replaces one would remove it without a DELETE.
KNOWN_BY = {EVENTS: ("chain", "number"), SEGMENTS: ("chain", "last")}
REFUSED = "the access log is added to, never changed"
FUNCTION = "rugpijn_log_refuses"


def _statements(table: str) -> dict[str, str]:
    """The triggers of a table by name, as this database spells them."""
    if connection.vendor == "postgresql":
        return {
            f"{table}_refuses": (
                f"CREATE TRIGGER {table}_refuses BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}()"
            )
        }
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
    same = " AND ".join(f"{name} = NEW.{name}" for name in KNOWN_BY[table])
    taken = f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id OR ({same}))"  # noqa: S608  our names
    return {
        f"{table}_no_update": f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}",
        f"{table}_no_delete": f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        f"{table}_no_replace": (
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {taken} {refuse}"
        ),
    }


def _present() -> set[str]:
    """Names of the triggers that are installed and enabled."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # 'O' and 'A' fire for everybody; anything else was switched off.
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A')")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return {name for (name,) in cursor.fetchall()}


def _tables() -> list[str]:
    """The tables of the log; empty before the migration that creates the chain."""
    there = set(connection.introspection.table_names())
    return list(KNOWN_BY) if there.issuperset(KNOWN_BY) else []


def missing() -> list[str]:
    """Names of the triggers that are not installed."""
    present = _present()
    return [name for table in _tables() for name in _statements(table) if name not in present]


def put_back() -> None:
    """Install the missing triggers."""
    lacking = set(missing())
    with connection.cursor() as cursor:
        if lacking and connection.vendor == "postgresql":
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$"
            )
        for table in _tables():
            for name, statement in _statements(table).items():
                if name in lacking:
                    if connection.vendor == "postgresql":  # there, but switched off
                        cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
                    cursor.execute(statement)


def take_away() -> None:
    """Remove the triggers: for `lifted`, for a migration of the log, and for tests."""
    with connection.cursor() as cursor:
        for table in _tables():
            for name in _statements(table):
                of_table = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{of_table}")


@contextmanager
def lifted():
    """Remove the triggers during a purge. In one transaction, so no other connection sees it."""
    with transaction.atomic():
        take_away()
        yield
        put_back()


def after_migrate(sender, using, apps=current, **kwargs):
    """Install the triggers, unless a migration backwards removed the chain."""
    fields = {field.name for field in apps.get_model("rugpijn", "AccessEvent")._meta.get_fields()}
    if using == connection.alias and "hash" in fields:
        put_back()
