"""Answers 503 when the database or disk cannot take a request now, and keeps what was typed.

A lock that lasts, a full disk, a server that restarts: none of it is the fault of the page or of
whoever uses it, and all of it passes. The answer tells when to try again. The queue of a telephone
gets it as JSON, and keeps its acts.
"""

import errno
import logging
import sys
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.signals import got_request_exception
from django.db import DatabaseError, InterfaceError, OperationalError
from django.dispatch import receiver
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template import loader
from django.urls import reverse

from ..saving import kept
from .base_middleware import Middleware

logger = logging.getLogger(__name__)

BUSY_SECONDS, FULL_SECONDS = 10, 300  # until it is worth trying again
# SQLite's own names, https://sqlite.org/rescode.html. What follows these words is detail.
SQLITE_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL", "SQLITE_INTERRUPT")
SQLITE_FULL = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN")
# Classes of PostgreSQL's codes, https://www.postgresql.org/docs/current/errcodes-appendix.html:
# connection, serialization and deadlock, lock not available, cancelled, being restarted.
POSTGRESQL_BUSY = ("08", "40", "55P03", "57")
# No disk space, memory or connections left; read-only; an error of the disk.
POSTGRESQL_FULL = ("53", "25006", "58030")
# No space left, or a disk that the system mounted read-only after an error.
CANNOT_STORE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)


def kind(error: BaseException | None) -> str:
    """“busy” or “full”; empty for an error of another kind, which is a mistake of ours.

    When a disk is full SQLite ends the transaction by itself, and then rolling it back fails. So
    the first error of the database counts that led to this one.
    """
    if isinstance(error, OSError) and error.errno in CANNOT_STORE:
        return "full"
    if not isinstance(error, DatabaseError | InterfaceError):
        return ""
    earlier = error.__context__
    while earlier is not None:
        if kind_of_earlier := _kind_of_one(earlier):
            return kind_of_earlier
        earlier = earlier.__context__
    return _kind_of_one(error)


def _kind_of_one(error: BaseException) -> str:
    if not isinstance(error, DatabaseError | InterfaceError):
        return ""
    cause = error.__cause__
    if name := getattr(cause, "sqlite_errorname", None):
        return "busy" * name.startswith(SQLITE_BUSY) or "full" * name.startswith(SQLITE_FULL)
    if state := getattr(cause, "sqlstate", None):
        full = state.startswith(POSTGRESQL_FULL)
        return "full" * full or "busy" * state.startswith(POSTGRESQL_BUSY)
    # Without a code the server did not answer at all: the connection is gone.
    return "busy" * isinstance(error, OperationalError | InterfaceError)


def sentence(error: BaseException) -> str:
    """What is the matter, for whoever runs a command. Empty for another kind of error."""
    problem = {
        "full": "There is no room left, or the disk or database cannot be written",
        "busy": "The database does not answer, or something else holds it",
        "": "",
    }[kind(error)]
    return problem and f"{problem}: {error}. What was not said to be done was not done; try again."


class TroubleMiddleware(Middleware):
    """The innermost middleware: answers for a view that raised such an error."""

    def process_exception(self, request, error):
        return answer(request, error)


class UncaughtTroubleMiddleware(Middleware):
    """Inside the headers, around all others: answers when a middleware could not do its work.

    Such as saving the session. Django turns that error into a response at once, with DEBUG into its
    own page, and always with 500.
    """

    def __call__(self, request):
        response = self.get_response(request)
        error = getattr(request, "trouble", None)
        return answer(request, error) if error and response.status_code == 500 else response


@receiver(got_request_exception, dispatch_uid="rugpijn.web.unavailable")
def _note(sender, request, **kwargs):
    error = sys.exc_info()[1]
    if kind(error):
        request.trouble = error


class TrueMessages(FallbackStorage):
    """Drops the messages of a request that failed: a “saved” that was ready is not true."""

    def update(self, response):
        return [] if response.status_code >= 500 else super().update(response)


def answer(request, error: BaseException | None) -> HttpResponse | None:
    """The 503 for this error; None for another kind. It uses no database, session or user."""
    trouble = kind(error)
    if not trouble:
        return None
    logger.error("%s: the database is %s: %s", request.method, trouble, type(error).__name__)
    seconds = FULL_SECONDS if trouble == "full" else BUSY_SECONDS
    if "application/json" in request.headers.get("Accept", "") or request.path.startswith("/sync/"):
        response = JsonResponse({"error": trouble}, status=503)
    else:
        sent = request.method not in ("GET", "HEAD")
        leaves = sent and request.path == reverse("account_logout") and _is_ours(request)
        context = {"full": trouble == "full", "sent": sent, "who": _who(request), "leaves": leaves}
        context |= {"login": reverse("account_login")} if leaves else again(request)
        page = loader.get_template("503.html").render(context)
        response = HttpResponse(page, status=503)
        if leaves:
            _forget_login(request, response)
    response.headers["Retry-After"] = str(seconds)
    response.headers["Cache-Control"] = "no-store"
    return response


def _who(request) -> str:
    """“staff”, “patient” or nothing, as far as it is known: nothing can be looked up now."""
    user = getattr(request, "_cached_user", None)  # where Django keeps who it looked up
    if request.path.startswith("/admin/") or getattr(user, "is_staff", False):
        return "staff"
    return "patient" if user is not None and user.is_authenticated else ""


def _is_ours(request) -> bool:
    return kept.is_from_our_page(request) is not False


def what_is_forgotten(request) -> str:
    """The header `Clear-Site-Data` at logging out. The storage stays when acts of other people wait
    in it that could not be sent yet."""
    return '"cache"' if request.POST.get("others_wait") == "1" else '"cache", "storage"'


def _forget_login(request, response) -> None:
    """Log out in the browser, whatever the server can store: who uses it next is not logged in. The
    row of that session stays, with a key that nobody has any more."""
    for name in (settings.SESSION_COOKIE_NAME, settings.RETURNING_COOKIE_NAME):
        response.delete_cookie(name, samesite="Lax")
    response.headers["Clear-Site-Data"] = what_is_forgotten(request)


def again(request) -> dict:
    """The context with which a page sends the same once more: the address, and what was typed.

    Passwords and codes are left out and asked for again, and files are chosen again. What another
    site sent is not offered: a press would do what that site wants.
    """
    if request.method in ("GET", "HEAD"):
        return {"address": request.get_full_path()}
    typed = kept.read(request) if _is_ours(request) else None
    if typed is None or not (typed.fields or typed.files) or not typed.can_be_sent_again:
        back = _page_before(request)
        return {"back": back} if back else {}
    return typed.context() | {"csrf_token": get_token(request)}


def _page_before(request) -> str:
    """The address of our own page with the form or button that sent this; or nothing."""
    if not kept.is_from_our_page(request):
        return ""
    page = urlsplit(request.headers.get("Referer", ""))
    return page._replace(scheme="", netloc="", fragment="").geturl()
