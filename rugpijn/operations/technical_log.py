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

# The part of an address after which everything opens something, for whoever reads it.
KEYS = re.compile(
    r"(/(?:calendar|reminders/+stop|s|invitation|colleague|accounts/+password/+reset/+key"
    r"|accounts/+confirm-email|accounts/+change)/+)[^\s/?\"']+",
    re.IGNORECASE,
)
# And wherever it stands, when an address is slightly off: every key is as long as this, also with
# signs as “%2D”. The number of a row in our own addresses, a UUID, opens nothing and may stay.
LONG = re.compile(r"[\w%-]{32,}", re.ASCII)
NUMBER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
# The short code of an invitation, as it stands on paper.
CODE = re.compile(r"(?<![\w-])[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}(?![\w-])", re.ASCII)
SOUGHT = re.compile(r"\?[^\s\"']+")  # what was searched for may be a name
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")  # ends a line, or moves a cursor

_request = ContextVar("request", default=None)


@contextmanager
def about(request):
    """What is logged meanwhile belongs to this request."""
    before = _request.set(request)
    try:
        yield
    finally:
        _request.reset(before)


def without_keys(text: str) -> str:
    return SOUGHT.sub("?…", without_long(KEYS.sub(r"\1…", text)))


def without_long(text: str) -> str:
    """Without what is as long as a key, and without short codes."""
    return CODE.sub("…", LONG.sub(lambda run: run[0] if NUMBER.fullmatch(run[0]) else "…", text))


class WithoutKeys(logging.Filter):
    """Removes keys and search texts from each record before a handler sees it. Drops no record."""

    def filter(self, record):
        try:
            said = record.getMessage()
        except (TypeError, ValueError, KeyError):  # the handler says so
            return True
        # As one text: a part may be an error, a request or a path, which are words only then.
        record.msg, record.args = without_keys(said), None
        return True


class JsonLine(logging.Formatter):
    """One object a line. ASCII alone, so that nothing in it can begin another line.

    Of an error its kind and where it was: its message may hold what somebody typed.
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
    """The same for whoever runs a demo: readable, and an error with its whole trace."""

    def __init__(self):
        super().__init__("{asctime} {levelname} {name}: {message}", style="{")

    def formatMessage(self, record):
        return UNSEEN.sub(_shown, super().formatMessage(record))

    def formatException(self, ei):
        return without_long(super().formatException(ei))


def _shown(match) -> str:
    return match[0].encode("unicode_escape").decode()


def _who(record) -> dict:
    """Django writes its own line about a request when that is over, and says which it was."""
    request = _request.get() or getattr(record, "request", None)
    if not hasattr(request, "id"):
        return {}
    # Only when somebody asked for the user already: a line in the log costs no query.
    user = getattr(request, "_cached_user", None)
    known = user is not None and user.is_authenticated
    return {"request": request.id} | ({"user": pseudonym(user)} if known else {})


def pseudonym(user) -> str:
    """16 hexadecimal digits for a user, others each month and in each installation."""
    month = datetime.now(UTC).strftime("%Y-%m")
    return salted_hmac(f"rugpijn.log.{month}", str(user.uuid), algorithm="sha256").hexdigest()[:16]
