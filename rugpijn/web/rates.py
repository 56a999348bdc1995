"""How often somebody may ask for something.

Each ceiling is well above what people do and well below what keeps a server from others. They are
counted for a person; a page that asks for no login counts the address that it is asked from.
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
RATES = {  # a minute
    "sync": 600,  # acts of one record: a phone that was without a connection for a month
    "act": 600,  # the same, by the buttons of a page
    "search": 300,  # each letter that is typed in a picker asks once
    "preview": 120,
    "pdf": 30,
    "table": 10,  # the access log as a file: thousands of rows at once
}


# Asked while somebody types or ticks off: each process counts its own, so the ceiling holds for
# each of them. In the database the count would be a write to disk for every key, and cost more than
# the answer.
OF_A_PROCESS = {"search", "preview", "act"}


def allows(what: str, who, count: int = 1) -> bool:
    """Count these, and say whether it is still within the ceiling.

    Two processes that count at the same moment may count one too few: a ceiling, not an account.
    """
    cache = caches["process" if what in OF_A_PROCESS else "default"]
    key = f"rate:{what}:{who}:{int(time() // MINUTE)}"
    cache.add(key, 0, timeout=2 * MINUTE)
    return cache.incr(key, count) <= RATES[what]


def wait() -> int:
    """Seconds until counting begins anew."""
    return MINUTE - int(time()) % MINUTE


def refusal(request, what: str, *, to_script: bool = False) -> HttpResponse | None:
    """Counts one for whoever asks; what to answer when it was one too many.

    A script reads JSON, people read a page.
    """
    who = request.user.uuid if request.user.is_authenticated else client_address(request)
    if allows(what, who):
        return None
    sentence = _("That was too often in a short time. Try again in a minute.")
    if to_script or request.headers.get("Accept") == "application/json":
        answer = JsonResponse({"error": sentence}, status=429)
    else:
        context = {"sentence": sentence}
        answer = render(request, "too_often.html", context, status=429)
    answer.headers["Retry-After"] = str(wait())
    return answer


def at_most(what: str, *, to_script: bool = False) -> Callable:
    """For a view: not more often than RATES says."""

    def decorate(view):
        @wraps(view)
        def counted(request, *args, **kwargs):
            refused = refusal(request, what, to_script=to_script)
            return view(request, *args, **kwargs) if refused is None else refused

        return counted

    return decorate
