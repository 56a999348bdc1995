"""Papers that could not be made, for a while: to try again would hold a place for as long.

By the number of what is on the paper: a text that is changed is another paper, and is tried at
once. Kept in the cache, so that all processes know it and the health of the server says it.
"""

import time

from django.core.cache import cache
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

KEPT = 15 * 60  # seconds
MOST = 100  # papers
KEY = "papers-that-failed"


def remember(paper: str) -> None:
    """This paper took too long, or its process ended."""
    failed = {paper: time.time(), **_failed()}
    cache.set(KEY, dict(list(failed.items())[:MOST]), timeout=KEPT)


def is_known(paper: str) -> bool:
    return paper in _failed()


def sentence() -> str:
    return _(
        "This handout could not be made a moment ago, and we try it again after a quarter of an "
        "hour. Is it a very long programme? Then make its texts shorter, or print a part of it."
    )


def problem() -> str | None:
    """For the health of the server."""
    number = len(_failed())
    if not number:
        return None
    return ngettext(
        "%(number)d handout could not be made in the last quarter of an hour",
        "%(number)d handouts could not be made in the last quarter of an hour",
        number,
    ) % {"number": number}


def _failed() -> dict[str, float]:
    since = time.time() - KEPT
    return {paper: at for paper, at in cache.get(KEY, {}).items() if at > since}
