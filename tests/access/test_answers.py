"""What is sent and what comes back: headers, cookies, tokens of forms, names nobody offered.

The headers of every route and role are asked where test_access.py looks at each of them.
"""

import json
import re
from datetime import datetime

import pytest
from django.core import mail
from django.db import models, transaction
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from patients.models import PatientInvitation, SessionLog
from patients.prescribing import lifecycle

from ..answers import text_of, wrong_headers
from ..conftest import fresh_login
from ..forms.page_forms import pointing_at
from ..project.commands import practice_settings, run
from .access_table import NAMES, POSTS, ROLES, TABLE, is_denied
from .access_world import client_for, come_before, sent, snapshot

pytestmark = pytest.mark.django_db

# A browser reports by itself, and nothing comes of it but a line in a log. A mail program says for
# its reader that the mails may stop (RFC 8058): the address has a key that opens only that.
EXEMPT = {"csp_report", "patients:stop_reminders"}


# ------------------------------------------------------------ headers and cookies

OVER_TLS = """
import django, json
from django.conf import settings
settings.DEBUG, settings.WHITENOISE_USE_FINDERS, settings.WHITENOISE_AUTOREFRESH = False, True, True
django.setup()
from django.test import Client
from tests.answers import wrong_headers
client = Client(HTTP_HOST="rugpijn.example")
pages = {
    "login": client.get("/accounts/login/", secure=True),
    "static": client.get("/static/rugpijn/site.css", secure=True),
    "not there": client.get("/is-er-niet/", secure=True),
    "language": client.post("/language/", {"language": "en"}, secure=True),
    "wrong method": client.get("/csp-report/", secure=True),
    "nobody": client.get("/sync/start/", secure=True),
}
plain = client.get("/accounts/login/")
print(json.dumps({
    "wrong": {name: wrong_headers(page) for name, page in pages.items() if wrong_headers(page)},
    "status": {name: page.status_code for name, page in pages.items()},
    "cookies": sorted({name for page in pages.values() for name in page.cookies}),
    "plain": [plain.status_code, plain["Location"]],
    "policy": pages["login"]["Content-Security-Policy"],
    "session": [settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE,
        settings.SESSION_COOKIE_HTTPONLY, settings.SESSION_COOKIE_SAMESITE,
        settings.SESSION_COOKIE_PATH, settings.SESSION_COOKIE_DOMAIN],
    "device": settings.DEVICE_COOKIE_NAME,
}))
"""


def test_over_tls_every_answer_keeps_to_this_host(tmp_path):
    """With what a practice sets; only the files are taken from where they are written."""
    settings = practice_settings(tmp_path, DEBUG="1", STATIC_ROOT=str(tmp_path))
    done = run("-c", OVER_TLS, DJANGO_SETTINGS_MODULE="rugpijn.settings", **settings)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["wrong"] == {}
    assert told["status"] == {
        "login": 200,
        "static": 200,
        "not there": 404,
        "language": 302,
        "wrong method": 405,
        "nobody": 401,
    }
    assert told["cookies"] == ["__Host-csrftoken", "__Host-language"]
    assert told["session"] == ["__Host-sessionid", True, True, "Lax", "/", None]
    assert told["device"] == "__Host-device"
    assert told["plain"] == [301, "https://rugpijn.example/accounts/login/"]
    assert told["policy"].endswith("; upgrade-insecure-requests")


@pytest.mark.parametrize(
    "address", ["/", "/is-er-niet/", "/static/rugpijn/site.css", "/healthz", "/accounts/login/"]
)
def test_also_who_has_not_logged_in_gets_them(client, address):
    response = client.get(address, headers={"Origin": "https://evil.example"})
    assert wrong_headers(response) == []


def test_a_crash_and_a_refused_token_carry_them_too(world, monkeypatch):
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    client.force_login(world.piet)

    def crash(*args):
        raise RuntimeError

    monkeypatch.setattr("patients.patient_day.views.today.audit.record", crash)
    pages = {500: client.get("/"), 403: client.post("/accounts/logout/")}
    pages[400] = client.get("/?x=%00")
    for status, page in pages.items():
        assert page.status_code == status
        assert wrong_headers(page, logged_in=True) == [], status


def test_the_method_that_sends_everything_back_does_not(client, world):
    client.force_login(world.piet)
    for method in ("trace", "options"):
        response = getattr(client, method)("/", headers={"X-Secret": "kanarie"})
        assert response.status_code in (200, 405)
        assert "kanarie" not in response.content.decode() + str(response.headers)


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost:8000@evil"])
def test_a_foreign_host_is_refused(client, settings, host):
    settings.ALLOWED_HOSTS = ["localhost"]
    assert client.get("/accounts/login/", HTTP_HOST=host).status_code == 400


def test_links_in_mail_lead_to_the_practice_whatever_the_request_says(client, world, settings):
    settings.ALLOWED_HOSTS = ["localhost", "other.example"]
    claims = {"HTTP_HOST": "other.example", "HTTP_X_FORWARDED_HOST": "evil.example"}
    client.post(reverse("account_reset_password"), {"email": world.piet.email}, **claims)
    links = re.findall(r"https?://[^\s/]+", mail.outbox[0].body)
    assert links and set(links) == {settings.SITE_URL}


# ------------------------------------------------------------ the token of a form


def test_nothing_is_done_without_the_token_of_a_form(world):
    """Every address, by somebody who may use it: no token, and one that was made up."""
    before = world.rows.now()
    clients = {role: client_for(world, role) for role in ROLES}
    for client in clients.values():
        client.handler.enforce_csrf_checks = True
    for name in sorted({*NAMES} - EXEMPT):
        row = zip(ROLES, POSTS.get(name, TABLE[name]), strict=True)
        role = next((role for role, expected in row if not is_denied(expected, role)), "anna")
        for extra in ({}, {"csrfmiddlewaretoken": "x" * 64}):
            answer = clients[role].post(world.address(name), extra)
            assert answer.status_code == 403, (role, name, answer.status_code)
    assert world.rows.now() == before


# ------------------------------------------------------------ names that no form offered


def names_nobody_offered(world) -> dict:
    """Of what decides who somebody is, and whose a row is."""
    bram, roos = world.bram, world.roos_patient
    return {
        "is_staff": "on",
        "is_superuser": "on",
        "groups": "1",
        "user_permissions": "1",
        "practice": bram.practice.pk,
        "practice_id": bram.practice.pk,
        "therapist": bram.pk,
        "therapist_id": bram.pk,
        "patient": roos.pk,
        "patient_id": roos.pk,
        "user": bram.pk,
        "user_id": bram.pk,
        "created_by": bram.pk,
        "version": 1,
        "number": 99,
        "uuid": "0" * 32,
        "created_at": "2001-01-01T00:00",
        "created_at_0": "2001-01-01",
        "created_at_1": "00:00",
        "started_on": "2001-01-01",
        "ended_on": "2001-01-01",
        "discharged_on": "2001-01-01",
        "performed_at": "2001-01-01T00:00Z",
        "received_at": "2001-01-01T00:00Z",
        "performed_by": bram.pk,
        "by": bram.pk,
        "by_patient": "1",
        "login_code": "kanarie",
        "token_hash": "kanarie",
        "accepted_at": "2001-01-01",
        "id": 1,
        "pk": 1,
    }


def did(world, name, role, extra) -> tuple:
    """What a post does: rows by model, without what is new each time. Then it is taken back."""
    with transaction.atomic():
        come_before(world, name)
        foreign = (world.bram, world.bram.practice, world.roos_patient)
        before = [pointing_at(thing) for thing in foreign]
        how = sent(world, name)
        if "content_type" in how:
            message = json.loads(how["data"])
            acts = [{**extra, **act} for act in message["acts"]]
            how["data"] = json.dumps({**extra, **message, "acts": acts})
        else:
            how["data"] = {**extra, **how["data"]}
        answer = client_for(world, role).post(world.address(name), **how)
        rows = facts()
        assert [pointing_at(thing) for thing in foreign] == before, name
        transaction.set_rollback(True)
    return answer.status_code, rows


def facts() -> dict:
    """The rows of `snapshot`, without numbers, moments and keys that are made anew."""
    return {
        model: sorted(
            repr([value for field, value in zip(fields, row, strict=True) if is_fact(field, value)])
            for row in model.objects.values_list(*[field.attname for field in fields])
        )
        for model, fields in (
            (model, list(model._meta.concrete_fields))
            for model in snapshot()
            if model._meta.db_table != "exercises_rendering"
        )
    }


NEW = (models.UUIDField, models.AutoField, models.ForeignKey, models.FileField)
ALSO_NEW = {"token_hash", "code_hash", "content", "digest", "last_login"}


def is_fact(field, value) -> bool:
    if isinstance(value, datetime):
        return value.year < 2010  # only what was sent is as old as that
    return not isinstance(field, NEW) and field.name not in ALSO_NEW


@pytest.mark.parametrize("name", sorted(POSTS))
def test_what_no_form_asked_for_is_ignored(world, name):
    """Each act with the names of other columns beside what it asks: the same rows come of it."""
    allowed = next(r for r, e in zip(ROLES, POSTS[name], strict=True) if not is_denied(e, r))
    with transaction.atomic():
        come_before(world, name)
        asked = sent(world, name)["data"]
        transaction.set_rollback(True)
    extra = names_nobody_offered(world)
    if isinstance(asked, dict):
        extra = {key: value for key, value in extra.items() if key not in asked}
    assert did(world, name, allowed, extra) == did(world, name, allowed, {})


def test_nobody_makes_a_patient_of_another_practice_or_of_another_login(client, world):
    """The form that makes a row, which the table posts nothing to."""
    client.force_login(world.anna)
    typed = {"name": "Kees Bos", "birth_date": "1-1-1980", "language": "nl"}
    answer = client.post(
        reverse("admin:patients_patient_add"), {**names_nobody_offered(world), **typed}
    )
    assert answer.status_code == 302
    kees = world.anna.practice.patients.get(name="Kees Bos")
    assert (kees.user, kees.created_by, kees.discharged_on) == (None, world.anna, None)
    assert kees.created_at.year > 2001 and kees.uuid.int != 0


# ------------------------------------------------------------ kept by nobody for anybody


def test_what_one_has_fetched_is_not_given_to_the_next(world):
    """Page, PDF, film and download as Piet; then as others; then when it is no longer his."""
    names = ("programme_detail", "programme_handout", "progress", "programme_media")
    addresses = [world.address(f"patients:{name}") for name in names]
    conditions = {"If-Modified-Since": "Wed, 01 Jan 2099 00:00:00 GMT", "If-None-Match": "*"}
    piet = client_for(world, "piet")
    for address in addresses:
        answer = piet.get(address)
        assert answer.status_code == 200
        if "ETag" in answer.headers:
            conditions["If-None-Match"] = f"*, {answer['ETag']}"
    assert piet.post(reverse("patients:download")).status_code == 200
    for role in ("mo", "bram", "roos", "root", "els"):
        other = client_for(world, role)
        for address in addresses:
            answer = other.get(address, headers=conditions)
            assert answer.status_code == 404, (role, address)
            assert "Piet" not in text_of(answer)
    world.piet_patient.user = None
    world.piet_patient.save()
    for address in addresses:
        assert piet.get(address, headers=conditions).status_code == 404
    assert piet.post(reverse("patients:download")).status_code == 302  # there is nothing of his


def test_after_discharge_nothing_is_done_any_more(world):
    """By decision the programme can still be read, which says so. Nothing more is done with it;
    what a telephone did before and sends late is kept, as of a programme that is over."""
    lifecycle.discharge(patient=world.piet_patient, by=world.anna, running=world.programme.pk)
    piet = client_for(world, "piet")
    for name in ("programme_detail", "programme_handout", "progress"):
        assert piet.get(world.address(f"patients:{name}")).status_code == 200, name
    assert "Uw behandeling is afgerond" in text_of(
        piet.get(world.address("patients:programme_detail"))
    )
    before = snapshot()
    for name in ("log_session", "recovery", "messages", "reminders"):
        piet.post(world.address(f"patients:{name}"), **sent(world, f"patients:{name}"))
    assert snapshot() == before
    late = piet.post(world.address("patients:sync"), **sent(world, "patients:sync"))
    assert [each["status"] for each in late.json()["results"]] == ["archived"]


def test_nobody_comes_in_anew_whose_treatment_is_over(world):
    """Also by an invitation that was made at that very moment."""
    lifecycle.discharge(patient=world.mo_patient, by=world.anna, running=None)
    assert Client().get(world.address("patients:patient_invitation")).status_code == 410
    world.mo_patient.refresh_from_db()
    _invitation, token = PatientInvitation.invite(patient=world.mo_patient)
    address = reverse("patients:patient_invitation", args=[token])
    for answer in (Client().get(address), Client().post(address, {"birth_date": "2-11-1986"})):
        assert answer.status_code == 410


def test_nothing_is_ticked_between_the_password_and_the_second_step(world):
    practice = world.anna.practice
    practice.second_step = True
    practice.save()
    client, before = Client(), SessionLog.objects.count()
    typed = {"login": "piet@mail.example", "password": "een-rustige-ochtend-26"}
    answer = client.post(reverse("account_login"), typed)
    assert answer["Location"] == reverse("second_step")
    tick = client.post(world.address("patients:log_session"), **sent(world, "patients:log_session"))
    assert tick["Location"].startswith(reverse("account_login"))
    assert client.post(reverse("patients:sync"), **sent(world, "patients:sync")).status_code == 401
    assert SessionLog.objects.count() == before


# ------------------------------------------------------------ where `next` leads

ELSEWHERE = (
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "https:///evil.example",
    "\t//evil.example",
    "/\t/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "https://evil.example/",
    "http:/\\evil.example",
    "///evil.example",
    "//localhost@evil.example",
    "https://localhost:8000@evil.example/",
    "\x00//evil.example",
)


@pytest.mark.parametrize("elsewhere", ELSEWHERE, ids=ascii)
def test_after_a_form_one_stays_here(world, elsewhere):
    """Login, logout, language and the admin's own door."""
    typed = {"login": "piet@mail.example", "password": "een-rustige-ochtend-26"}
    answers = {}
    for name, address, data in (
        ("login", reverse("account_login"), typed),
        ("logout", reverse("account_logout"), {}),
        ("language", reverse("set_language"), {"language": "nl"}),
        ("again", reverse("account_reauthenticate"), {"password": typed["password"]}),
    ):
        client = Client()
        if name != "login":
            fresh_login(client, world.piet)
        answers[name] = client.post(address, {**data, "next": elsewhere})
    nobody = Client()
    answers["door"] = nobody.get("/admin/login/", {"next": elsewhere})
    for name, answer in answers.items():
        leads = answer.headers.get("Location", "")
        assert answer.status_code in (200, 302, 400), name
        assert leads == "" or (leads.startswith("/") and leads[1:2] not in ("/", "\\")), (
            name,
            leads,
        )
        assert "evil" not in leads.partition("?")[0]
    page = nobody.get(answers["door"].headers.get("Location", "/accounts/login/")).content.decode()
    assert f'href="{escape(elsewhere)}"' not in page and f'action="{escape(elsewhere)}"' not in page
