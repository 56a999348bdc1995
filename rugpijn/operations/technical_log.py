"""The technical log: one record is one line, without names of people and without secret keys.

In production a line is a JSON object, with the number of the request that the access log has too
and a pseudonym of whoever was logged in, another one each month. Only the access log knows names.
"""

import json
import logging
import re
import traceback
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

from django.utils.crypto import salted_hmac

# The part of an address after which a key follows.
KEYS = re.compile(
    r"(/(?:calendar|reminders/+stop|s|invitation|colleague|accounts/+password/+reset/+key"
    r"|accounts/+confirm-email|accounts/+change)/+)[^\s/?\"']+",
    re.IGNORECASE,
)
# Keys are also removed elsewhere, such as in a mistyped address: every key is this long, also with
# signs as “%2D”. The number of a row in our own addresses, a UUID, opens nothing and may stay.
LONG = re.compile(r"[\w%-]{32,}", re.ASCII)
NUMBER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
# The short code of an invitation, as it is printed.
CODE = re.compile(r"(?<![\w-])[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}(?![\w-])", re.ASCII)
SOUGHT = re.compile(r"\?[^\s\"']+")  # a search text may be a name
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")  # ends a line, or moves a cursor

_request = ContextVar("request", default=None)


@contextmanager
def about(request):
    """Attach what is logged inside this block to this request."""
    before = _request.set(request)
    try:
        yield
    finally:
        _request.reset(before)


def without_keys(text: str) -> str:
    return SOUGHT.sub("?…", without_long(KEYS.sub(r"\1…", text)))


def without_long(text: str) -> str:
    """Return the text without words that are as long as a key, and without short codes."""
    return CODE.sub("…", LONG.sub(lambda run: run[0] if NUMBER.fullmatch(run[0]) else "…", text))


class WithoutKeys(logging.Filter):
    """Removes keys and search texts from each record before a handler sees it. Drops no record."""

    def filter(self, record):
        try:
            message = record.getMessage()
        except (TypeError, ValueError, KeyError):  # the handler says so
            return True
        # As one text: an argument may be an error, a request or a path, which become text here.
        record.msg, record.args = without_keys(message), None
        return True


class JsonLine(logging.Formatter):
    """One JSON object on each line, in ASCII, so that nothing in it can begin another line.

    Of an error it has the kind and the places only: the message may hold what somebody typed.
    """

    def format(self, record):
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": without_keys(record.getMessage()),
            **_who(record),
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__qualname__
            line["where"] = [
                f"{frame.filename}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2])
            ]
        return json.dumps(line)


class PlainLine(logging.Formatter):
    """The same for a demo: readable, and an error with its whole trace."""

    def __init__(self):
        super().__init__("{asctime} {levelname} {name}: {message}", style="{")

    def formatMessage(self, record):
        return UNSEEN.sub(_shown, super().formatMessage(record))

    def formatException(self, ei):
        return without_long(super().formatException(ei))


def _shown(match) -> str:
    return match[0].encode("unicode_escape").decode()


def _who(record) -> dict:
    """Return the pseudonym of the user. Django logs a request after its end, and the record has the
    request."""
    request = _request.get() or getattr(record, "request", None)
    if not hasattr(request, "id"):
        return {}
    # Only when the user was read already: a line in the log must not cost a query.
    user = getattr(request, "_cached_user", None)
    is_logged_in = user is not None and user.is_authenticated
    return {"request": request.id} | ({"user": pseudonym(user)} if is_logged_in else {})


def pseudonym(user) -> str:
    """16 hexadecimal digits for a user, others each month and in each installation."""
    month = datetime.now(UTC).strftime("%Y-%m")
    return salted_hmac(f"rugpijn.log.{month}", str(user.uuid), algorithm="sha256").hexdigest()[:16]
