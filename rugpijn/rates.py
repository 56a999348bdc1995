"""How often somebody may ask for something: a ceiling a minute, the same in every process."""

import time

from django.core.cache import cache


def allows(what: str, who, a_minute: int, count: int = 1) -> bool:
    """Count these, and say whether it is still within the ceiling of this minute.

    Two processes that count at the same moment may count one too few: a ceiling, not an account.
    """
    key = f"rate:{what}:{who}:{int(time.time() // 60)}"
    cache.add(key, 0, timeout=120)
    return cache.incr(key, count) <= a_minute
