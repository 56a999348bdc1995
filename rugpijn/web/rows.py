"""Counts the rows of a sent form: those it has, not those it claims.

Django makes a form for each row that is claimed, up to two thousand, before it counts them.
"""

import re

from django.http import QueryDict

from . import limits

TOTAL = "-TOTAL_FORMS"


def claims_too_many(post: QueryDict) -> bool:
    return any(_number(post[name]) > limits.ROWS for name in post if name.endswith(TOTAL))


def with_its_rows(post: QueryDict) -> QueryDict:
    """The same post with the number of rows that it has, as far as a page can show them."""
    bounded = post.copy()
    for name in [name for name in post if name.endswith(TOTAL)]:
        prefix = name.removesuffix(TOTAL)
        row = re.compile(rf"{re.escape(prefix)}-(\d{{1,6}})-")
        rows = {int(match[1]) for field in post if (match := row.match(field))}
        fits = min(max(rows, default=-1) + 1, limits.ROWS_SHOWN)
        bounded[name] = str(min(_number(post[name]), fits))
        stored = f"{prefix}-INITIAL_FORMS"
        bounded[stored] = str(min(_number(post.get(stored, "")), fits))
    return bounded


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        return 0  # not a form of ours; Django refuses it
    return int(text[:9])
