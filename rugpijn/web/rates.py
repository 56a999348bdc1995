"""How often somebody may ask for something in a minute.

Each ceiling is far above what people do, and keeps one visitor from taking the whole server. It is
counted for each person; a page without a login counts for each address it is requested from.
"""

from collections.abc import Callable
from functools import wraps
from time import time

from django.core.cache import caches
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from .visitor import client_address

MINUTE = 60  # seconds
RATES = {  # requests in a minute
    "sync": 600,  # acts of one record: those of a month, from a phone that had no connection
    "act": 600,  # the same, from the buttons of a page
    "search": 300,  # a picker sends one for each letter
    "preview": 120,
    "pdf": 30,
    "table": 10,  # the access log as a file: thousands of rows at once
}


# Requested while somebody types or ticks off. Each process counts these for itself, so the ceiling
# holds for each process: a count in the database would be a write for every key that is pressed.
OF_A_PROCESS = {"search", "preview", "act"}


def allows(what: str, who, count: int = 1) -> bool:
    """Count `count` requests, and return whether `who` is still within the ceiling. Two processes
    that count at the same moment may count one too few, which is good enough here."""
    cache = caches["process" if what in OF_A_PROCESS else "default"]
    key = f"rate:{what}:{who}:{int(time() // MINUTE)}"
    cache.add(key, 0, timeout=2 * MINUTE)
    return cache.incr(key, count) <= RATES[what]


def wait() -> int:
    """Seconds until the next minute, in which counting begins at nothing."""
    return MINUTE - int(time()) % MINUTE


def refusal(request, what: str, *, to_script: bool = False) -> HttpResponse | None:
    """Count one request. Returns the answer to it when it was one too many, and None otherwise.
    Scripts get JSON, people a page."""
    who = request.user.uuid if request.user.is_authenticated else client_address(request)
    if allows(what, who):
        return None
    if to_script or request.headers.get("Accept") == "application/json":
        sentence = _("This went too fast. Wait a minute, then try again.")
        answer = JsonResponse({"error": sentence}, status=429)
    else:
        answer = render(request, "429.html", status=429)
    answer.headers["Retry-After"] = str(wait())
    return answer


def at_most(what: str, *, to_script: bool = False) -> Callable:
    """Decorate a view that may be requested only as often as RATES has it."""

    def decorate(view):
        @wraps(view)
        def wrapper(request, *args, **kwargs):
            return refusal(request, what, to_script=to_script) or view(request, *args, **kwargs)

        return wrapper

    return decorate
