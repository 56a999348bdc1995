"""`manage.py inventory`: who may do what, how often and for how long, read from the app itself."""

from importlib import import_module

from django.conf import settings
from django.core.management.base import BaseCommand
from django.urls import URLPattern, get_resolver
from django.utils import translation

from rugpijn import models
from rugpijn.database.sqlite import sqlite_options
from rugpijn.log.acts import ACTS
from rugpijn.login import devices, sessions
from rugpijn.web import rates

from ...models import ShareLink
from ...paper.press import SECONDS
from ...paper.press_child import FILE, MEMORY
from ...paper.printing_places import AT_ONCE, PEOPLE, STRANGERS
from ...privacy import data_export

MINUTE, HOUR = 60, 3600


class Command(BaseCommand):
    help = "Print the inventory of addresses, ceilings, limits, terms and log events (Markdown)."

    def add_arguments(self, parser):
        parser.add_argument(
            "--table",
            metavar="MODULE",
            help="a module with ROLES and TABLE, that says what each role gets at each address",
        )

    def handle(self, *, table=None, **options):
        given = import_module(table) if table else None
        self.stdout.write(inventory(given), ending="")


def inventory(given=None) -> str:
    """Return the inventory as Markdown. `given` is a module of the tests with the access table."""
    with translation.override("en"):
        parts = [
            "# Inventory",
            "Written by `make inventory` from the app itself. A comparison with the list of the "
            "release before this one shows what changed.",
            "## Addresses, and who may open them",
            "A number is the answer to a GET: 200 is shown, 404 not known to this person, 403 "
            "refused, 405 takes a POST only. An address is where it leads instead. Everything is "
            "about one patient, Piet: Anna treats him, Els owns the practice and treats nobody, Mo "
            "is another patient there; Bram (therapist, owner) and Roos (patient) are of another "
            "practice; root runs the server; nobody has not logged in.",
            _table(*_addresses(given)),
            "## How often",
            _table(
                ["what", "at most"],
                [[name, f"{most} a minute"] for name, most in sorted(rates.RATES.items())]
                + [["everything about one person", f"{data_export.MOST} an hour"]]
                + [[name, each] for name, each in _login_rates()],
            ),
            "## How long, how much",
            _table(["what", "limit"], _limits()),
            "## How long it is kept",
            _table(["what", "term"], _terms()),
            "## What the access log can say",
            _table(
                ["act", "in words"], sorted([name, str(act.label)] for name, act in ACTS.items())
            ),
        ]
    return "\n\n".join(parts) + "\n"


def _table(heads: list, rows: list[list]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def routes(resolver=None, namespace="", address="/"):
    """Yield name, address and view of every address of the app."""
    for pattern in (resolver or get_resolver()).url_patterns:
        here = address + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            if pattern.name is not None:
                yield f"{namespace}{pattern.name}", here, pattern.callback
        else:
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from routes(pattern, namespace + inner, here)


def _addresses(given) -> tuple[list, list]:
    roles = list(given.ROLES) if given else []
    rows, first = [], {}
    for name, address, view in routes():  # of two with one name the first answers
        first.setdefault(name, (address, view))
    for name, (address, view) in sorted(first.items()):
        answers = list(given.TABLE[name]) if given else []
        login = "no" if getattr(view, "login_required", True) is False else "yes"
        shown = address.replace("|", "\\|")
        rows.append([name, f"`{shown}`", login, *answers])
    return ["name", "address", "needs a login", *roles], rows


def _login_rates():
    return sorted({**settings.ACCOUNT_RATE_LIMITS, **settings.MFA_RATE_LIMITS}.items())


def _limits() -> list[list]:
    invitation, link, of = models.Invitation, ShareLink, 1024**2
    fresh = settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    after, at_most = link.VALID_AFTER_END.days, link.VALID_AT_MOST.days
    upload, film = settings.UPLOAD_BYTES // of, settings.FILM_BYTES // of
    return [
        ["a session without a request", f"{sessions.IDLE // MINUTE} minutes"],
        ["a session of a patient", f"{sessions.LONGEST // HOUR} hours"],
        ["a session of staff", f"{sessions.LONGEST_STAFF // HOUR} hours"],
        ["a device that a patient trusts", f"{devices.TRUSTED_FOR.days} days"],
        ["a login that counts as fresh", f"{fresh // MINUTE} minutes"],
        ["a link for a new password", f"{settings.PASSWORD_RESET_TIMEOUT // MINUTE} minutes"],
        ["an invitation", f"{invitation.VALID_FOR.days} days, {invitation.MOST_TRIES} tries"],
        ["a link on paper", f"{after} days after the end, at most {at_most}"],
        ["one upload", f"{upload} MB; a film {film} MB"],
        ["one request without a file", f"{settings.DATA_UPLOAD_MAX_MEMORY_SIZE // of} MB"],
        ["printing", f"{SECONDS} seconds, {MEMORY // of} MB of memory, {FILE // of} MB of file"],
        ["printing at once", f"{AT_ONCE} pages"],
        ["requests that print or wait for it", f"{PEOPLE.seats}; from strangers {STRANGERS.seats}"],
        ["waiting for a lock of SQLite", f"{sqlite_options()['timeout']} seconds"],
        ["sending a mail", f"{settings.EMAIL_TIMEOUT} seconds"],
    ]


def _terms() -> list[list]:
    usual = f"{models.KEEP_MONTHS} months after the last activity"
    choice = f"{models.LEAST_MONTHS} to {models.MOST_MONTHS}"
    return [
        ["a programme and its scores", f"{usual}, or what a practice chooses: {choice}"],
        ["the same, where this is the record", f"{models.RECORD_MONTHS // 12} years"],
    ]
