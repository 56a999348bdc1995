"""The technical log: whatever somebody types, one record is one line, and it names nobody."""

import json
import logging
import sys

import pytest
from django.test import Client
from django.urls import reverse

from patients.joining import invitations
from rugpijn.operations import gunicorn_log, technical_log
from tests.conftest import fresh_login

from .listening import listening

NASTY = [
    "\n2026-01-01 INFO rugpijn: alles is goed",
    "\r\nX: y",
    "\x1b[2K\x1b[1A",
    '", "level": "DEBUG", "x": "',
    "\u2028regel",
    "\x9b31m",
    "{0} %s %(x)s",
]


@pytest.mark.parametrize("nasty", NASTY)
def test_one_record_stays_one_line(nasty):
    with listening() as text:
        logging.getLogger("rugpijn.test").warning("tried: %s", nasty)
    (line,) = text.getvalue().splitlines()
    assert line.isascii() and line.isprintable()
    said = json.loads(line)
    assert said["message"] == f"tried: {nasty}" and said["level"] == "WARNING"


@pytest.mark.parametrize("nasty", NASTY)
def test_so_does_a_line_of_the_demo(nasty):
    with listening(technical_log.PlainLine()) as text:
        logging.getLogger("rugpijn.test").warning("tried: %s", nasty)
    (line,) = text.getvalue().splitlines()
    assert line.isprintable()


@pytest.mark.django_db
@pytest.mark.parametrize("nasty", ["%0a2026 INFO: goed", "%1b%5b2K", '%22,"x":%22', "%e2%80%a8"])
def test_nothing_in_an_address_a_browser_or_a_name_begins_a_line(nasty, cast):
    client = Client(HTTP_USER_AGENT='Chrome"\\u001b', HTTP_REFERER="http://x/\x1b[2K")
    with listening() as text:
        client.get(f"/geen-pagina/{nasty}")
        client.post("/accounts/login/", {"login": 'piet"\n\x1b[2K', "password": "x\ny"})
    lines = text.getvalue().splitlines()
    assert len(lines) == 2 and all(json.loads(line)["request"] for line in lines)
    assert "\x1b" not in text.getvalue() and "piet" not in text.getvalue()


@pytest.mark.django_db
def test_a_request_has_one_number_in_both_logs(cast):
    from rugpijn.log.models import AccessEvent

    client = Client()
    fresh_login(client, cast.anna)
    with listening() as text:
        client.get(reverse("admin:rugpijn_accessevent_changelist"))
    said = json.loads(text.getvalue().splitlines()[0])
    assert said["request"] == AccessEvent.objects.get().request
    assert said["user"] == technical_log.pseudonym(cast.anna)
    assert cast.anna.name not in text.getvalue() and str(cast.anna.uuid) not in text.getvalue()


def test_somebody_has_another_name_each_month(monkeypatch):
    from datetime import UTC, datetime
    from types import SimpleNamespace

    def in_month(month):
        moment = datetime(2026, month, 3, tzinfo=UTC)
        monkeypatch.setattr(technical_log, "datetime", SimpleNamespace(now=lambda zone: moment))
        return technical_log.pseudonym(SimpleNamespace(uuid="0f0f"))

    assert in_month(1) == in_month(1) != in_month(2)


def test_an_error_is_its_kind_and_place_and_not_its_words():
    with listening() as text:
        try:
            raise ValueError("Piet Jansen, pijn 7")
        except ValueError:
            logging.getLogger("django.request").exception("Internal Server Error: %s", "/mijn/")
    said = json.loads(text.getvalue())
    assert "Piet" not in text.getvalue() and "pijn 7" not in text.getvalue()
    assert said["error"] == "ValueError" and "test_technical_log.py" in said["where"][0]


@pytest.mark.parametrize(
    "address",
    [
        "/s/AbC-123/2/",
        "/invitation/AbC-123/",
        "/colleague/AbC-123/",
        "/calendar/AbC-123.ics",
        "/reminders/stop/AbC-123/",
        "/accounts/password/reset/key/AbC-123/",
        "/accounts/confirm-email/AbC-123/",
        "/admin/patients/patient/?q=AbC-123",
    ],
)
def test_keys_and_searches_are_left_out_of_addresses(address):
    with listening() as text:
        logging.getLogger("django.request").warning("Not Found: %s", address)
        logging.getLogger("other.library").warning(f"Not Found: {address}")
    assert text.getvalue().count("Not Found: /") == 2 and "AbC-123" not in text.getvalue()


KEY = "AbC-123_" * 5 + "xyz"  # as long as any of ours
SLIGHTLY_OFF = [
    f"/s/%20{KEY}/2/",
    f"/S/{KEY}/2/",
    f"/{KEY}",
    f"//s//{KEY}/2/",
    f"/s/{KEY}/2/.",
    f"/s {KEY},",
    f"/x/?next=/s/{KEY}/",
    f"https://rugpijn.example/s/{KEY}",
    f"/s%2F{KEY}%2F2",
    f"({KEY})",
    f"/sharing/{KEY.replace('-', '%2D')}/",
    f"/Invitation/{KEY}",
    f"/calendar/{KEY}.ics.ics",
    f"/colleague/{KEY}\u00a0",
    f"/accounts/password/reset/key/12-{KEY}-set",
    f"{{'path': '{KEY}'}}",
    f"/s/{'%41%62' * 22}/",
    "/In/ABCD-2345",
    f"/my-{KEY}/",
]


def formatted_by_gunicorn(record: logging.LogRecord) -> str:
    from gunicorn.config import Config

    logger = gunicorn_log.Logger(Config())
    return logger.error_log.handlers[0].format(record)


@pytest.mark.parametrize("text", SLIGHTLY_OFF)
def test_a_key_is_left_out_wherever_it_stands(text):
    """In a message, an argument of any kind, an error, and in what gunicorn writes."""
    parts = ("AbC-123", "AbC%2D", "%41%62%41", "ABCD-2345", "xyz")
    with listening() as json_lines, listening(technical_log.PlainLine()) as plain:
        try:
            raise ValueError(text)
        except ValueError as error:
            logging.getLogger("django.request").error("Not Found: %s", text, exc_info=True)
            logging.getLogger("other").warning("%s and %r", error, {"path": text})
            logging.getLogger("other").warning("%(U)s", {"U": text})
            record = logging.LogRecord(
                "gunicorn.error",
                logging.ERROR,
                __file__,
                1,
                "Error handling request %s",
                (text,),
                sys.exc_info(),
            )
    written = json_lines.getvalue() + plain.getvalue() + formatted_by_gunicorn(record)
    assert not [part for part in parts if part in written], written


@pytest.mark.parametrize(
    "text",
    [
        "/programmes/3f0b9f0e-6c4f-4a51-9a0e-1d8a6c1f5d10/",
        "/admin/patients/patient/12/change/",
        "rugpijn.management.commands.worker: stopping after the current task",
        "2026-11 and A-B",
    ],
)
def test_the_rest_can_be_read(text):
    assert technical_log.without_keys(text) == text


@pytest.mark.django_db
def test_no_real_key_is_logged_in_an_address_that_is_off(client, cast, programme):
    _invited, invitation = invitations.invite(cast.mo_patient)
    for key in (programme.share_link.token, invitation, _invited.mailed_token()):
        with listening() as text:
            for address in (
                f"/s/%20{key}/1/",
                f"/S/{key}/1/",
                f"/{key}",
                f"/x//{key}.",
                f"/x?{key}",
            ):
                client.get(address)
        assert text.getvalue().count("Not Found") == 5 and key not in text.getvalue()


def test_the_server_writes_json_and_the_demo_a_line(settings):
    """In production one object a line; nothing else writes beside it."""
    assert settings.LOGGING["handlers"]["console"]["filters"] == ["without_keys"]
    assert list(settings.LOGGING["handlers"]) == ["console"]
    for name in ("django", "django.server"):
        logger = logging.getLogger(name)
        assert logger.handlers == [] and logger.propagate
