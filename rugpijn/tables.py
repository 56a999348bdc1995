"""Tables that open in a spreadsheet, and do nothing there."""

import csv
import io
from collections.abc import Iterable

# A spreadsheet takes a cell that begins like this for a formula, and runs it.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
MARK = "\ufeff"  # by which Excel knows UTF-8


def table(rows: list[dict[str, object]]) -> str:
    """One table as CSV; the names of the first row stand above it."""
    return written(rows[0], (row.values() for row in rows))


def written(heading: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(heading)
    writer.writerows([cell(value) for value in row] for row in rows)
    return MARK + text.getvalue()


def cell(value: object) -> object:
    """Empty for nothing. Text that a spreadsheet would run gets a sign before it."""
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(FORMULA):
        return "'" + value
    return value
