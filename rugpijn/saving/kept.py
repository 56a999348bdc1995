"""Reads what was typed from a request that could not be answered, so that it can be sent again.

Passwords, codes and keys are never part of it: only the names of their fields are, so that they can
be asked for again. A browser does not give a file twice, so of a file only its name is left.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.core.exceptions import SuspiciousOperation
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from ..web import limits

# The one list of fields whose values are stored nowhere: in no session, page or log.
SECRET = re.compile(
    r"(^|[_-])(password\d?|oldpassword|code|credential|token|csrfmiddlewaretoken)$", re.IGNORECASE
)
MADE_BY_SCRIPT = re.compile(r"(credential|token)$", re.IGNORECASE)
LOOK = "_look"  # shows the form as it was filled in, and saves nothing
FILE = "_file"  # in a form that is sent again: a field, and the name of its file
MARK = "opened_by"  # who opened the page (opened_by.py); no content
MARK_LENGTH = 200
BESIDE = {"next"}  # where to go next; nobody typed it
# Numbers and marks of the page itself, and its buttons, which tell a reader nothing. A form with
# nothing else is a press of a button, and not work. A test finds each of these fields.
OF_THE_PAGE = re.compile(
    r"^initial-|(^|-)(id|operation|revision|version|opened_with|opened_as|position"
    r"|TOTAL_FORMS|INITIAL_FORMS|MIN_NUM_FORMS|MAX_NUM_FORMS)$|^_"
    r"|^(what|next|starred|post|import|proxy|running|retracts|whose|item|session|line|day|moment"
    r"|done|record|frames|frames-\d+-was|action|select_across|index)$"
    r"|^(go|save|send|ask|stop|end|others|trust|app|remove|change|confirm|refuse)$"
)
# What people write in forms that cannot be shown as they were filled in. It can be corrected before
# it is sent. First the fields of several lines.
SEVERAL_LINES = re.compile(r"^(text|note|words|(\w+-)?reason)$")
ONE_LINE = re.compile(
    r"^(name|email|title|dosage|reviewed_by|reviewed_on|birth_date|(\w+-)?birth_date"
    r"|(title|alternative|name|frames-\d+-caption)_(nl|en|\d))$"
)
RANDOM_NUMBER = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")  # of a row


@dataclass(frozen=True)
class Typed:
    """One form as it was sent. `secrets` are names of fields without their values."""

    address: str
    fields: list[tuple[str, str]]
    files: list[tuple[str, str]]  # the field, and the name of the file
    secrets: list[str]
    mark: str = ""  # of who opened the page, as it came

    @property
    def size(self) -> int:
        return sum(len(name) + len(value) for name, value in [*self.fields, *self.files])

    @property
    def can_be_sent_again(self) -> bool:
        """Whether a person can send this: what a script makes cannot be typed again."""
        return not any(MADE_BY_SCRIPT.search(name) for name in self.secrets)

    @property
    def is_worth_keeping(self) -> bool:
        return self.can_be_sent_again and any(name not in BESIDE for name, _value in self.fields)

    @property
    def readable(self) -> list[tuple[str, str]]:
        """What somebody typed or chose, with the name of its field."""
        return [
            (name, value)
            for name, value in self.fields
            if value.strip() and not OF_THE_PAGE.search(name) and not RANDOM_NUMBER.fullmatch(value)
        ]

    @property
    def is_work(self) -> bool:
        """Whether somebody typed or chose something, and did not only press a button."""
        return bool(self.readable or self.files)

    @property
    def is_secret_alone(self) -> bool:
        """Whether it is a new password alone: nothing of it is kept, so it is typed again."""
        named = any(name not in BESIDE for name, _value in self.fields)
        return bool(self.secrets) and self.can_be_sent_again and not named and not self.files

    def context(self) -> dict:
        """What `_again.html` shows. What can be corrected before it is sent gets a field."""
        look = LOOK if is_record_page(self.address) else ""
        open_ = [] if look else [pair for pair in self.readable if _is_written(pair[0])]
        hidden = [pair for pair in self.fields if pair not in open_]
        # Without a label, one letter or digit tells a reader nothing.
        closed = [value for name, value in self.readable if (name, value) not in open_]
        return {
            "address": self.address,
            "fields": hidden,
            "open": [Open(name, value) for name, value in open_],
            "files": self.files,
            "secrets": self.secrets,
            "readable": [("", value) for value in closed if len(value.strip()) > 1],
            "again": True,
            "is_work": self.is_work,
            "look": look,
            "mark": self.mark,
            "mark_name": MARK,
        }


@dataclass(frozen=True)
class Open:
    """What somebody wrote, in a field where it can be corrected."""

    name: str
    value: str

    @property
    def lines(self) -> int:
        """The height of its field; 0 for a field of one line."""
        if "\n" not in self.value and not SEVERAL_LINES.match(self.name):
            return 0
        return min(3 + self.value.count("\n"), 12)

    @property
    def label(self) -> str:
        return {
            "text": _("Message"),
            "note": _("Note"),
            "title": _("Title"),
            "title_nl": _("Title (Dutch)"),
            "title_en": _("Title (English)"),
            "dosage": _("Dosage"),
        }.get(self.name) or _("What you typed")


def _is_written(name: str) -> bool:
    return bool(SEVERAL_LINES.match(name) or ONE_LINE.match(name))


def read(request) -> Typed | None:
    """What a form sent; None for another request, or when the rest of it never arrived."""
    if request.method != "POST":
        return None
    try:
        pairs = [(name, value) for name, values in request.POST.lists() for value in values]
        files = [(name, file.name) for name, all_ in request.FILES.lists() for file in all_]
        files += missing_files(request)
    except (OSError, SuspiciousOperation):
        return None
    fields = [(name, value) for name, value in pairs if not SECRET.search(name)]
    fields = [(name, value) for name, value in fields if name not in (LOOK, MARK, FILE)]
    secrets = {name for name, _value in pairs if SECRET.search(name)} - {"csrfmiddlewaretoken"}
    mark = request.POST.get(MARK, "")[:MARK_LENGTH]
    return Typed(request.get_full_path(), fields, files, sorted(secrets), mark)


def missing_files(request) -> list[tuple[str, str]]:
    """The files of a form that is sent again which nobody chose again."""
    files = (value.partition("=")[::2] for value in request.POST.getlist(FILE))
    return [(name, file) for name, file in files if name and file and name not in request.FILES]


def is_from_our_page(request) -> bool | None:
    """Whether a page of ours sent this; None when the browser does not tell."""
    sent_from = request.headers.get("Origin") or request.headers.get("Referer")
    if not sent_from:
        return None
    try:
        return urlsplit(sent_from).netloc == request.get_host()
    except (SuspiciousOperation, ValueError):  # for a wrong host, or from no valid address
        return False


def is_record_page(address: str) -> bool:
    """Whether this is a page of one record that can show a form without saving it."""
    try:
        match = resolve(address.partition("?")[0])
    except Resolver404:
        return False
    admin = getattr(match.func, "model_admin", None)
    return getattr(admin, "shows_as_typed", False) and match.view_name.endswith(("_add", "_change"))


def is_too_large(typed: Typed, beside: Iterable[int] = ()) -> bool:
    """Whether it is too much to keep, together with the sizes of what is kept already."""
    return typed.size + sum(beside) > limits.KEPT_BYTES
