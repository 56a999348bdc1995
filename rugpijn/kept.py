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

from . import limits

# The one list of fields whose value is kept nowhere: no session, no page, no log.
SECRET = re.compile(
    r"(^|[_-])(password\d?|oldpassword|code|credential|token|csrfmiddlewaretoken)$", re.IGNORECASE
)
TYPED_BY_NOBODY = re.compile(r"(credential|token)$", re.IGNORECASE)  # a script makes these
BESIDE = {"next", "_look"}  # says where to go, and nothing that somebody typed
LOOK = "_look"  # asks for the form as it was filled in, and saves nothing
FILE = "_file"  # of a form that is sent once more: a field, and the file that was in it
# Numbers and marks of the page itself, which tell a reader nothing.
OF_THE_PAGE = re.compile(
    r"^initial-|(^|-)(id|operation|revision|version|opened_with|position"
    r"|TOTAL_FORMS|INITIAL_FORMS|MIN_NUM_FORMS|MAX_NUM_FORMS)$|^_|^what$"
)
RANDOM_NUMBER = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")  # of a row


@dataclass(frozen=True)
class Typed:
    """One form as it was sent. `secrets` are names without a value."""

    address: str
    fields: list[tuple[str, str]]
    files: list[tuple[str, str]]  # the field, and the name of the file
    secrets: list[str]

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
    def readable_alone(self) -> list[tuple[str, str]]:
        """The same where nothing says which field it is: "" and what was typed."""
        return [("", value) for _name, value in self.readable if len(value.strip()) > 1]

    def context(self) -> dict:
        """What `_again.html` shows."""
        return {
            "address": self.address,
            "fields": self.fields,
            "files": self.files,
            "secrets": self.secrets,
            "readable": self.readable_alone,
            "look": LOOK if is_record_page(self.address) else "",
        }


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
    fields = [(name, value) for name, value in fields if name not in (LOOK, FILE)]
    secrets = {name for name, _value in sent if SECRET.search(name)} - {"csrfmiddlewaretoken"}
    return Typed(request.get_full_path(), fields, files, sorted(secrets))


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
