"""What was typed, read from a request that could not be answered, to be sent once more.

Passwords, codes and keys are never part of it: only the names of their fields are, so that they
can be asked for anew. A browser gives no file twice, so of a file its name is all there is.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.core.exceptions import SuspiciousOperation
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from ..web import limits

# The one list of fields whose value is kept nowhere: no session, no page, no log.
SECRET = re.compile(
    r"(^|[_-])(password\d?|oldpassword|code|credential|token|csrfmiddlewaretoken)$", re.IGNORECASE
)
TYPED_BY_NOBODY = re.compile(r"(credential|token)$", re.IGNORECASE)  # a script makes these
LOOK = "_look"  # asks for the form as it was filled in, and saves nothing
FILE = "_file"  # of a form that is sent once more: a field, and the file that was in it
MARK = "opened_by"  # who opened the page; no content either (login/opened_by.py)
MARK_LENGTH = 200
BESIDE = {"next"}  # says where to go, and nothing that somebody typed
# Numbers and marks of the page itself, and its buttons, which tell a reader nothing. A form with
# nothing else is a press, and no work: a test finds each.
OF_THE_PAGE = re.compile(
    r"^initial-|(^|-)(id|operation|revision|version|opened_with|opened_as|position"
    r"|TOTAL_FORMS|INITIAL_FORMS|MIN_NUM_FORMS|MAX_NUM_FORMS)$|^_"
    r"|^(what|next|starred|post|import|proxy|running|retracts|whose|item|session|line|day|moment"
    r"|done|record|frames|frames-\d+-was|action|select_across|index)$"
    r"|^(go|save|send|ask|stop|end|others|trust|app|remove|change|confirm|refuse)$"
)
# What people write, in forms that cannot be shown again as they were filled in: it can be put right
# before it is sent. Those of more than one line first.
SEVERAL_LINES = re.compile(r"^(text|note|words|(\w+-)?reason)$")
ONE_LINE = re.compile(
    r"^(name|email|title|dosage|reviewed_by|reviewed_on|birth_date|(\w+-)?birth_date"
    r"|(title|alternative|name|frames-\d+-caption)_(nl|en|\d))$"
)
RANDOM_NUMBER = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")  # of a row


@dataclass(frozen=True)
class Typed:
    """One form as it was sent. `secrets` are names without a value."""

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
        """Whether a person can send this: what only a script can make, nobody types anew."""
        return not any(TYPED_BY_NOBODY.search(name) for name in self.secrets)

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
        """Whether somebody typed or chose something: a press alone is none."""
        return bool(self.readable or self.files)

    @property
    def is_secret_alone(self) -> bool:
        """As a new password is: nothing of it is kept, and it must be typed once more."""
        named = any(name not in BESIDE for name, _value in self.fields)
        return bool(self.secrets) and self.can_be_sent_again and not named and not self.files

    def context(self) -> dict:
        """What `_again.html` shows. What can be put right before it is sent is no hidden field."""
        look = LOOK if is_record_page(self.address) else ""
        open_ = [] if look else [pair for pair in self.readable if _is_written(pair[0])]
        hidden = [pair for pair in self.fields if pair not in open_]
        # Where nothing says which field it is, one letter or figure says nothing.
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
    """What somebody wrote, to be put right in a field of its own."""

    name: str
    value: str

    @property
    def lines(self) -> int:
        """How high its field is; 0 for a field of one line."""
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
    """What a form sent; None when it is none, or when the rest of it never came."""
    if request.method != "POST":
        return None
    try:
        sent = [(name, value) for name, values in request.POST.lists() for value in values]
        files = [(name, file.name) for name, all_ in request.FILES.lists() for file in all_]
        files += missing_files(request)
    except (OSError, SuspiciousOperation):
        return None
    fields = [(name, value) for name, value in sent if not SECRET.search(name)]
    fields = [(name, value) for name, value in fields if name not in (LOOK, MARK, FILE)]
    secrets = {name for name, _value in sent if SECRET.search(name)} - {"csrfmiddlewaretoken"}
    mark = request.POST.get(MARK, "")[:MARK_LENGTH]
    return Typed(request.get_full_path(), fields, files, sorted(secrets), mark)


def missing_files(request) -> list[tuple[str, str]]:
    """Of a form that is sent once more: files that it had, and that nobody chose again."""
    had = (value.partition("=")[::2] for value in request.POST.getlist(FILE))
    return [(name, file) for name, file in had if name and file and name not in request.FILES]


def is_from_our_page(request) -> bool | None:
    """As the browser says it of the page that sent this; None when it says nothing."""
    sent_from = request.headers.get("Origin") or request.headers.get("Referer")
    if not sent_from:
        return None
    try:
        return urlsplit(sent_from).netloc == request.get_host()
    except (SuspiciousOperation, ValueError):  # for no host of ours, or from what is no address
        return False


def is_record_page(address: str) -> bool:
    """A page of one record, which can show a form as it was filled in without saving it."""
    try:
        found = resolve(address.partition("?")[0])
    except Resolver404:
        return False
    view = getattr(found.func, "model_admin", None)
    return getattr(view, "shows_as_typed", False) and found.view_name.endswith(("_add", "_change"))


def is_too_large(typed: Typed, beside: Iterable[int] = ()) -> bool:
    """Whether it is too much to keep, with the sizes of what is kept beside it."""
    return typed.size + sum(beside) > limits.KEPT_BYTES
