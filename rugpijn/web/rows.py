"""How many rows a sent form has: as many as it brings, and never as many as it claims.

Django builds a form for each row that is claimed, up to two thousand, before it counts them.
"""

import re

from django.http import QueryDict

from . import limits

TOTAL = "-TOTAL_FORMS"


def claims_too_many(post: QueryDict) -> bool:
    return any(_number(post[name]) > limits.ROWS for name in post if name.endswith(TOTAL))


def as_brought(post: QueryDict) -> QueryDict:
    """The same with the rows that are really there, as far as a page can show them."""
    bounded = post.copy()
    for name in [name for name in post if name.endswith(TOTAL)]:
        prefix = name.removesuffix(TOTAL)
        row = re.compile(rf"{re.escape(prefix)}-(\d{{1,6}})-")
        there = {int(found[1]) for each in post if (found := row.match(each))}
        fits = min(max(there, default=-1) + 1, limits.ROWS_SHOWN)
        bounded[name] = str(min(_number(post[name]), fits))
        stored = f"{prefix}-INITIAL_FORMS"
        bounded[stored] = str(min(_number(post.get(stored, "")), fits))
    return bounded


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        return 0  # Django says that this is no form of ours
    return int(text[:9])
