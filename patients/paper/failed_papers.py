"""The papers that could not be made in the last quarter of an hour. They are not tried again yet:
a paper that takes too long keeps one of the few places to print.

A paper is known by a key made of its contents, so a changed text is another paper and is tried at
once. The list is in the cache, which all processes share and the health page reads.
"""

import time

from django.core.cache import cache
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

KEPT = 15 * 60  # seconds
MOST = 100  # papers
KEY = "papers-that-failed"


def remember(paper: str) -> None:
    """Note that this paper took too long, or that its process ended."""
    failed = {paper: time.time(), **_failed()}
    cache.set(KEY, dict(list(failed.items())[:MOST]), timeout=KEPT)


def is_known(paper: str) -> bool:
    return paper in _failed()


def sentence() -> str:
    """For whoever asks for such a paper again."""
    return _(
        "This handout could not be made. We will try again in a quarter of an hour. "
        "Is it a very long programme? Then make its texts shorter, or print a part of it."
    )


def problem() -> str | None:
    """For the health page: how many papers failed; None when none did."""
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
