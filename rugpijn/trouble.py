"""When the database cannot take it now: an answer in words, that keeps what was typed.

A lock that lasts, a full disk, a server that is being restarted: none of it is a fault of the page
or of whoever uses it, and all of it passes. The answer is 503 with the moment to try again; a queue
on a telephone gets it as JSON, and keeps what it has.
"""

import errno
import logging

from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template import loader

from . import kept

logger = logging.getLogger(__name__)

BUSY_SECONDS, FULL_SECONDS = 10, 300  # until it is worth trying again
# SQLite's own names, https://sqlite.org/rescode.html; the part behind the first word is detail.
SQLITE_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL", "SQLITE_INTERRUPT")
SQLITE_FULL = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN")
# Classes of PostgreSQL's codes, https://www.postgresql.org/docs/current/errcodes-appendix.html:
# connection, serialization and deadlock, lock not available, cancelled, being restarted.
POSTGRESQL_BUSY = ("08", "40", "55P03", "57")
# Of disk, memory or connections there is no more; read-only; the disk gives an error.
POSTGRESQL_FULL = ("53", "25006", "58030")
# No room, or a disk that the system has mounted read-only after an error.
CANNOT_STORE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)


def kind(error: BaseException | None) -> str:
    """“busy”, “full”, or nothing: then it is a mistake of ours, and no passing trouble.

    A full disk makes SQLite end the transaction by itself, and taking it back fails next: what
    counts for an error of the database is the first of those that led to it.
    """
    if isinstance(error, OSError) and error.errno in CANNOT_STORE:
        return "full"
    if not isinstance(error, DatabaseError | InterfaceError):
        return ""
    before = error.__context__
    while before is not None:
        if found := _kind_of_one(before):
            return found
        before = before.__context__
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
    # Without a code there was no answer at all: the connection is gone.
    return "busy" * isinstance(error, OperationalError | InterfaceError)


def sentence(error: BaseException) -> str:
    """For whoever runs a command: what is the matter. Empty for another kind of error."""
    what = {
        "full": "There is no room left, or the disk or database cannot be written",
        "busy": "The database does not answer, or something else holds it",
        "": "",
    }[kind(error)]
    return what and f"{what}: {error}. What was not said to be done was not done; try again."


class TroubleMiddleware:
    """Innermost, so that it hears what a view could not do."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, error):
        return answer(request, error)


def answer(request, error: BaseException | None) -> HttpResponse | None:
    """The 503 for this error; None when it is another kind. Asks no database, session or user."""
    trouble = kind(error)
    if not trouble:
        return None
    logger.error("%s: the database is %s: %s", request.method, trouble, type(error).__name__)
    seconds = FULL_SECONDS if trouble == "full" else BUSY_SECONDS
    if "application/json" in request.headers.get("Accept", "") or request.path.startswith("/sync/"):
        response = JsonResponse({"error": trouble}, status=503)
    else:
        sent = request.method not in ("GET", "HEAD")
        # By the address: who it is cannot be asked now.
        of_staff = request.path.startswith("/admin/")
        context = {"full": trouble == "full", "sent": sent, "of_staff": of_staff, **again(request)}
        page = loader.get_template("503.html").render(context)
        response = HttpResponse(page, status=503)
    response.headers["Retry-After"] = str(seconds)
    response.headers["Cache-Control"] = "no-store"
    return response


def again(request) -> dict:
    """What a page needs to send the same once more: where to, and what was typed.

    Without passwords and codes, which are asked for anew, and without files, which are chosen anew.
    Of what another site sent nothing is offered: a press would do what that site wants.
    """
    if request.method in ("GET", "HEAD"):
        return {"address": request.get_full_path()}
    typed = kept.read(request) if kept.is_from_our_page(request) is not False else None
    if typed is None or not (typed.fields or typed.files) or not typed.can_be_sent_again:
        return {}
    return typed.context() | {"csrf_token": get_token(request)}
