"""Tables as CSV that a Dutch spreadsheet opens, without a cell that it would run as a formula.

Cells are separated by semicolons, and a byte order mark tells Excel that the file is UTF-8. Days
are written as 31-12-2026, moments in the time zone of the installation, and numbers with a comma.
"""

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal

from django.utils import timezone

# A spreadsheet takes a cell that begins like this for a formula, and runs it.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
MARK = "\ufeff"
DELIMITER = ";"
CONTENT_TYPE = "text/csv; charset=utf-8"


def table(rows: list[dict[str, object]]) -> str:
    """One table as CSV. The keys of the first row are the heading."""
    return written(rows[0], (row.values() for row in rows))


def written(heading: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=DELIMITER)
    writer.writerow(heading)
    writer.writerows([cell(value) for value in row] for row in rows)
    return MARK + text.getvalue()


def cell(value: object) -> object:
    """A value as it is written; None is empty. A formula gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return "'" + value if value.startswith(FORMULA) else value
    if isinstance(value, datetime):
        at = timezone.localtime(value) if timezone.is_aware(value) else value
        return at.strftime("%d-%m-%Y %H:%M:%S")
    if isinstance(value, date):
        return value.strftime("%d-%m-%Y")
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, Decimal | float):
        return str(value).replace(".", ",")
    return value
