"""Twenty thousand patients with a row of everything, and what a database reads to find a few.

Rows are written by one INSERT a table. Row number n belongs to patient number n: one programme, one
version, and so on.
"""

import re
from datetime import date, time

from django.apps import apps
from django.db import connection, models
from django.utils import timezone

from exercises.models import Exercise
from rugpijn.models import Practice, User

PATIENTS = 20_000
OF_A_PRACTICE = 20
FIRST = 1_000_000  # below are the rows that a test makes itself
THERAPISTS = FIRST + PATIENTS
ACTING = 3  # each third person acts for three other patients
VENDOR = {
    "postgresql": {
        "numbers": "generate_series(0, {last}) AS numbers(n)",
        "uuid": "gen_random_uuid()",
    },
    "sqlite": {
        "numbers": "(WITH RECURSIVE up(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM up"
        " WHERE n < {last}) SELECT n FROM up) AS numbers",
        "uuid": "lower(hex(randomblob(16)))",
    },
}


def fill() -> None:
    """Practices, people, and a row of each model of patients for each of twenty thousand."""
    _do_without_checks()
    exercise = Exercise.objects.create(category="low_back", per_day=2, reps=10)
    practices = PATIENTS // OF_A_PRACTICE
    _insert(Practice, practices)
    _insert(User, PATIENTS, email="'p' || n")
    _insert(
        User,
        practices,
        id=f"n + {THERAPISTS}",
        email="'t' || n",
        practice_id=f"n + {FIRST}",
        is_therapist="true",
    )
    own = {
        "Patient": {
            "practice_id": f"n / {OF_A_PRACTICE} + {FIRST}",
            "user_id": f"n + {FIRST}",
            "birth_date": "'2020-01-01'",  # young enough for a parent
        },
        "Programme": {
            "therapist_id": f"n / {OF_A_PRACTICE} + {THERAPISTS}",
            "started_on": "'2020-01-01'",
        },
        "Proxy": {
            "user_id": f"n / {ACTING} * {ACTING} + {ACTING} + {FIRST}",
            "from_on": "'2020-01-01'",
        },
        "Prescription": {"exercise_id": str(exercise.pk), "reps": "10"},
        "RecoveryCheck": {"day": "21"},
        "Batch": {"practice_id": f"n / {OF_A_PRACTICE} + {FIRST}"},
    }
    for model in apps.get_app_config("patients").get_models():
        _insert(model, PATIENTS, **own.get(model.__name__, {}))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _do_without_checks() -> None:
    """PostgreSQL would look up a million foreign keys. To be taken back with the transaction."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname)"
            " FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text LIKE 'patients_%'"
        )
        for (drop,) in cursor.fetchall():
            cursor.execute(drop)


def _insert(model, number: int, **own: str) -> None:
    """`own` says for a column what stands in row n, in SQL."""
    words = VENDOR[connection.vendor]
    columns, values, given = [], [], []
    for field in model._meta.concrete_fields:
        columns.append(connection.ops.quote_name(field.column))
        if field.column in own:
            values.append(own[field.column])
        elif field.primary_key or (field.is_relation and not field.null):
            values.append(f"n + {FIRST}")
        elif isinstance(field, models.UUIDField) and not field.null:
            values.append(words["uuid"])
        elif field.null:
            values.append("NULL")
        elif field.unique:
            values.append("'x' || n")
        else:
            values.append("%s")
            given.append(field.get_db_prep_save(_plain(field), connection))
    numbers = words["numbers"].format(last=number - 1)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({', '.join(columns)})"  # noqa: S608
            f" SELECT {', '.join(values)} FROM {numbers}",
            given,
        )


def _plain(field):
    """A value that this column may have."""
    if field.choices:
        return field.choices[0][0]
    if field.has_default():
        return field.get_default()
    by_type = {
        models.DateTimeField: timezone.now(),
        models.DateField: date(2026, 1, 1),
        models.TimeField: time(8),
        models.JSONField: {},
        models.BinaryField: b"",
        models.BooleanField: False,
        models.CharField: "x",
        models.TextField: "x",
    }
    return next((value for kind, value in by_type.items() if isinstance(field, kind)), 1)


# ------------------------------------------------------------ what is read


class Reads:
    """A wrapper around a connection's questions: where the database read too much.

    On PostgreSQL rows are counted; SQLite's plan says whether it scans a table of patients.
    """

    TIMES = 5  # rows read for each that is found
    LEAST = 10  # to find one or none: what lies on the way there

    def __init__(self, least: int = LEAST):
        self.least = least
        self.asked = 0
        self.too_much: list[str] = []

    def __call__(self, execute, sql, params, many, context):
        if sql.startswith(("SELECT", "(SELECT")):
            self.asked += 1
            how = "(ANALYZE, FORMAT JSON)" if connection.vendor == "postgresql" else "QUERY PLAN"
            execute(f"EXPLAIN {how} {sql}", params, many, context)
            rows = context["cursor"].fetchall()
            if connection.vendor == "postgresql":
                self.too_much += _counted(rows, sql, self.least)
            else:
                self.too_much += _scanned(rows, sql)
        return execute(sql, params, many, context)


def _counted(rows, sql, least: int) -> list[str]:
    plan = rows[0][0][0]["Plan"]
    read, found = _rows_read(plan), plan["Actual Rows"]
    if read <= max(least, Reads.TIMES * found):
        return []
    return [f"{read} rows read for {found}: {sql}\n" + "\n".join(_lines(plan))]


def _lines(plan: dict, depth: int = 0):
    """A plan to be read by whoever mends it: what was done with which table, and the rows of it."""
    names = ("Node Type", "Index Name", "Relation Name", "Actual Rows", "Actual Loops")
    yield "  " * depth + " ".join(str(plan[name]) for name in names if name in plan)
    for part in plan.get("Plans", ()):
        yield from _lines(part, depth + 1)


def _rows_read(plan: dict) -> int:
    """All rows that the scans of a plan looked at."""
    read = sum(_rows_read(part) for part in plan.get("Plans", ()))
    if "Relation Name" in plan:
        names = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")
        read += plan["Actual Loops"] * sum(plan.get(name, 0) for name in names)
    return read


def _scanned(rows, sql) -> list[str]:
    tables = re.findall(r'"(patients_\w+)"(?: ([A-Z]\d+)\b)?', sql)
    names = {name for table in tables for name in table}
    steps = [row[3] for row in rows]
    scans = [
        step
        for step in steps
        if step.split()[1] in names and ("SCAN" in step or "AUTOMATIC" in step)
    ]
    return [f"{scans}: {sql}\n" + "\n".join(steps)] if scans else []
