"""Every event is one row in the access log, with what NEN 7513 asks; a refusal outlives its act."""

import re
from datetime import UTC

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.test import Client, RequestFactory
from django.urls import reverse

from exercises.models import Exercise
from patients.models import Patient, Programme
from rugpijn import audit
from rugpijn.log import chain
from rugpijn.log.models import AccessEvent
from rugpijn.models import User
from tests.conftest import PASSWORD, broken_links, fresh_login

pytestmark = pytest.mark.django_db
NEW = "een heel nieuwe zin"
ANDROID = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"


@pytest.fixture
def logged_in():
    """Logs somebody in without the login page, with what a browser says of itself."""

    def of(user=None):
        client = Client(HTTP_USER_AGENT=ANDROID, REMOTE_ADDR="192.0.2.7")
        if user is not None:
            fresh_login(client, user)
        return client

    return of


def log_in(logged_in, cast, name="piet", password=PASSWORD):
    client = logged_in()
    address = {"piet": "piet@mail.example", "anna": "anna@linde.example"}.get(name, name)
    return client, client.post("/accounts/login/", {"login": address, "password": password})


def reset(logged_in, cast):
    logged_in().post("/accounts/password/reset/", {"email": "piet@mail.example"})
    AccessEvent.objects.filter(action="ask new password").get()
    link = re.search(r"http://\S+(/accounts/password/reset/key/\S+)", mail.outbox[-1].body)[1]
    client = logged_in()
    page = client.get(link)
    return client.post(page["Location"], {"password1": NEW, "password2": NEW})


def record_of(patient):
    return reverse("admin:patients_patient_change", args=[patient.pk])


def save_practice(logged_in, cast):
    client = logged_in(cast.els)
    address = reverse("admin:rugpijn_practice_change", args=[cast.els.practice.pk])
    form = client.get(address).context["adminform"].form
    data = {name: form[name].value() or "" for name in form.fields if name != "logo"}
    return client.post(address, {**data, "city": "Arnhem", "second_step": ""})


def save_colleague(logged_in, cast, **changed):
    address = reverse("admin:rugpijn_user_change", args=[cast.anna.pk])
    data = {"name": "Anna de Wit", "language": "nl", "is_therapist": "on", "is_active": "on"}
    return logged_in(cast.els).post(address, {**data, **changed})


# What somebody does, the act by which it is logged, and on whose row: by, outcome, code, purpose,
# whether about Piet.
EVENTS = {
    "login": (log_in, ("log in", "piet", "allowed", "E", "login", True)),
    "login refused": (
        lambda b, c: log_in(b, c, password="verkeerd verkeerd"),
        ("log in", "piet", "denied", "E", "login", True),
    ),
    "login of staff refused": (
        lambda b, c: log_in(b, c, "anna", "verkeerd verkeerd"),
        ("log in", "anna", "denied", "E", "login", False),
    ),
    "logout": (
        lambda b, c: b(c.piet).post("/accounts/logout/"),
        ("log out", "piet", "allowed", "E", "login", True),
    ),
    "new password asked for": (
        lambda b, c: b().post("/accounts/password/reset/", {"email": "piet@mail.example"}),
        ("ask new password", "piet", "allowed", "E", "login", True),
    ),
    "new password by mail": (reset, ("change password", "piet", "allowed", "U", "login", True)),
    "password changed": (
        lambda b, c: b(c.anna).post(
            "/accounts/password/change/",
            {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW},
        ),
        ("change password", "anna", "allowed", "U", "login", False),
    ),
    "role changed": (
        lambda b, c: save_colleague(b, c, is_owner="on"),
        ("change role", "els", "allowed", "U", "administration", False),
    ),
    "shut out": (
        lambda b, c: save_colleague(b, c, is_active=""),
        ("change role", "els", "allowed", "U", "administration", False),
    ),
    "colleague changed": (
        lambda b, c: save_colleague(b, c, name="Anna de Wit-Bos"),
        ("change", "els", "allowed", "U", "administration", False),
    ),
    "settings": (save_practice, ("change", "els", "allowed", "U", "administration", False)),
    "record read": (
        lambda b, c: b(c.anna).get(record_of(c.piet_patient)),
        ("read", "anna", "allowed", "R", "care", True),
    ),
    "stranger refused": (
        lambda b, c: b(c.bram).get(record_of(c.piet_patient)),
        ("open", "bram", "denied", "R", "administration", True),
    ),
    "log searched": (
        lambda b, c: b(c.els).get(reverse("admin:rugpijn_accessevent_changelist"), {"who": "anna"}),
        ("list", "els", "allowed", "R", "administration", False),
    ),
    "log taken along": (
        lambda b, c: b(c.els).get(reverse("admin:rugpijn_accessevent_download")),
        ("download log", "els", "allowed", "R", "administration", False),
    ),
    "log of a patient read": (
        lambda b, c: b(c.els).get(reverse("patients:access_log", args=[c.piet_patient.uuid])),
        ("read log", "els", "allowed", "R", "administration", True),
    ),
    "log refused to a therapist": (
        lambda b, c: b(c.anna).get(reverse("patients:access_log", args=[c.piet_patient.uuid])),
        ("read log", "anna", "denied", "R", "care", True),
    ),
    "own log read": (
        lambda b, c: b(c.piet).get(reverse("patients:access_log", args=[c.piet_patient.uuid])),
        ("read log", "piet", "allowed", "R", "own", True),
    ),
    "own data taken along": (
        lambda b, c: b(c.piet).post(reverse("patients:download")),
        ("download own data", "piet", "allowed", "R", "own", True),
    ),
}


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_is_one_row(logged_in, cast, name):
    do, (action, by, outcome, code, purpose, about_piet) = EVENTS[name]
    do(logged_in, cast)
    row = AccessEvent.objects.exclude(action__in={"ask new password"} - {action}).get()
    actor = getattr(cast, by)
    assert (row.action, row.actor, row.outcome) == (action, actor.uuid, outcome)
    assert (row.code, row.purpose) == (code, purpose)
    assert row.patient == (cast.piet_patient.uuid if about_piet else None)
    assert row.authorised is (outcome == "allowed")
    treats = None if not about_piet or by == "piet" else by == "anna"
    assert (row.treatment, row.consent, row.glass) == (treats, None, False)
    assert row.actor_name == (actor.name if actor.is_staff else "")
    assert row.actor_role == actor.role
    assert row.practice == cast.anna.practice.uuid
    assert row.address == "192.0.2.7" and row.device == "Chrome on Android"
    assert len(row.request) == 32 and row.source == "Rugpijn, localhost:8000"
    assert re.search(r'"at":"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ"', chain.content(row))
    assert row.at.tzinfo == UTC
    assert broken_links() == []


def test_an_unknown_account_is_no_row_and_its_name_stands_nowhere(logged_in, cast, caplog):
    log_in(logged_in, cast, "piet.jansen@elders.example")
    assert not AccessEvent.objects.exists()
    assert "no such account" in caplog.text and "piet.jansen" not in caplog.text


def test_the_patient_sees_that_somebody_tried_the_login(logged_in, cast):
    log_in(logged_in, cast, password="verkeerd verkeerd")
    page = logged_in(cast.piet).get(reverse("patients:access_log", args=[cast.piet_patient.uuid]))
    sentence = "Iemand heeft geprobeerd als u in te loggen, met een verkeerd wachtwoord."
    assert sentence in page.content.decode()


class TestOneTransaction:
    def test_an_act_that_fails_leaves_no_row(self, logged_in, cast, monkeypatch, make_programme):
        programme = make_programme()
        client = logged_in(cast.anna)
        client.raise_request_exception = False
        before = AccessEvent.objects.count()
        record = audit.record

        def fails_after(*args, **kwargs):
            record(*args, **kwargs)
            raise DatabaseError

        monkeypatch.setattr("patients.prescribing.views.lifecycle.audit.record", fails_after)
        address = reverse("admin:patients_programme_end", args=[programme.pk])
        assert client.post(address).status_code == 500
        assert AccessEvent.objects.count() == before
        assert Programme.objects.get(pk=programme.pk).ended_on is None

    def test_a_row_that_fails_leaves_no_act(self, logged_in, cast, monkeypatch, make_programme):
        programme = make_programme()
        client = logged_in(cast.anna)
        client.raise_request_exception = False

        def fails(events):
            raise DatabaseError

        monkeypatch.setattr("rugpijn.log.chain.append", fails)
        address = reverse("admin:patients_programme_end", args=[programme.pk])
        assert client.post(address).status_code == 500
        assert Programme.objects.get(pk=programme.pk).ended_on is None

    def test_a_login_that_cannot_be_logged_is_none(self, logged_in, cast, monkeypatch):
        def fails(events):
            raise DatabaseError

        monkeypatch.setattr("rugpijn.log.chain.append", fails)
        client = logged_in()
        client.raise_request_exception = False
        data = {"login": "piet@mail.example", "password": PASSWORD}
        assert client.post("/accounts/login/", data).status_code == 500
        assert client.get(reverse("patients:my_data")).status_code == 302

    @pytest.mark.parametrize("way", ["changed", "reset", "chosen"])
    def test_a_password_that_cannot_be_logged_stays_as_it_was(
        self, logged_in, cast, monkeypatch, way
    ):
        """And nobody is logged out for it, on any device."""
        elsewhere, client = logged_in(cast.piet), logged_in(cast.piet)
        if way == "reset":
            client = logged_in()
            client.post("/accounts/password/reset/", {"email": "piet@mail.example"})
            link = re.search(r"/accounts/password/reset/key/\S+", mail.outbox[-1].body)[0]
            address = client.get(link)["Location"]
        elif way == "chosen":
            cast.piet.set_unusable_password()
            cast.piet.save()
            elsewhere, client = logged_in(cast.piet), logged_in(cast.piet)
            address = "/accounts/password/set/"
        else:
            address = "/accounts/password/change/"
        client.raise_request_exception = False
        before, mails = User.objects.get(pk=cast.piet.pk).password, len(mail.outbox)

        def fails(events):
            raise DatabaseError

        monkeypatch.setattr("rugpijn.log.chain.append", fails)
        sent = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
        assert client.post(address, sent).status_code == 500
        assert User.objects.get(pk=cast.piet.pk).password == before
        monkeypatch.undo()
        assert elsewhere.get(reverse("login_devices")).status_code == 200
        assert len(mail.outbox) == mails
        assert not AccessEvent.objects.filter(action="change password").exists()

    def test_a_refusal_outlives_the_transaction_that_it_ends(self, logged_in, cast, programme):
        """The view stands in a transaction, and 404 takes that back."""
        address = reverse("patients:log_session", args=[programme.uuid])
        logged_in(cast.mo).post(address, {"operation": "0" * 32})
        row = AccessEvent.objects.get(outcome="denied")
        assert (row.actor, row.patient) == (cast.mo.uuid, cast.piet_patient.uuid)

    def test_a_refusal_waits_for_the_end_of_its_request_and_needs_none(self, cast):
        request = RequestFactory().get("/")
        request.user, request.refusals = cast.bram, []
        audit.deny(request, "open", cast.piet_patient)
        assert len(request.refusals) == 1 and not AccessEvent.objects.exists()
        del request.refusals
        audit.deny(request, "open", cast.piet_patient)
        assert AccessEvent.objects.get().outcome == "denied"


class TestOwnReading:
    def test_is_a_row_a_day_in_each_login(self, logged_in, cast, programme):
        client, page = (
            logged_in(cast.piet),
            reverse("patients:programme_detail", args=[programme.uuid]),
        )
        for _time in range(3):
            assert client.get(page).status_code == 200
        assert AccessEvent.objects.filter(action="read").count() == 1
        logged_in(cast.piet).get(page)
        assert AccessEvent.objects.filter(action="read").count() == 2
        session = client.session
        session[audit.READ_TODAY] = {**session[audit.READ_TODAY], "day": "2026-01-01"}
        session.save()
        client.get(page)
        assert AccessEvent.objects.filter(action="read").count() == 3

    def test_somebody_elses_is_always_written(self, logged_in, cast, programme):
        client, page = (
            logged_in(cast.anna),
            reverse("patients:programme_detail", args=[programme.uuid]),
        )
        for _time in range(3):
            client.get(page)
        assert AccessEvent.objects.filter(action="read", actor=cast.anna.uuid).count() == 3

    def test_what_is_done_is_always_written(self, logged_in, cast):
        client = logged_in(cast.piet)
        for _time in range(2):
            client.post(reverse("patients:download"))
        assert AccessEvent.objects.filter(action="download own data").count() == 2


class TestRow:
    def request(self, user, **attributes):
        request = RequestFactory().get("/")
        request.user, request.session = user, {}
        for name, value in attributes.items():
            setattr(request, name, value)
        return request

    def test_an_emergency_is_marked(self, cast):
        audit.record(self.request(cast.root, glass=object()), "read", cast.piet_patient)
        row = AccessEvent.objects.get()
        assert (row.glass, row.treatment, row.purpose) == (True, False, "support")

    def test_on_whose_behalf(self, cast):
        audit.record(self.request(cast.piet, on_behalf=cast.mo.uuid), "log", cast.mo_patient)
        assert AccessEvent.objects.get().on_behalf == cast.mo.uuid

    def test_the_version_and_the_part_of_what_was_read(self, cast, programme):
        version = programme.current_version()
        audit.record(self.request(cast.anna), "read versions", cast.piet_patient, thing=version)
        row = AccessEvent.objects.get()
        assert (row.object_type, row.object_version, row.object_part) == ("version", 1, "versions")

    def test_a_list_of_a_hundred_is_one_insert_and_one_chain(
        self, cast, practice, django_assert_max_num_queries
    ):
        patients = [
            Patient(pk=number, practice=practice, name=f"P{number}") for number in range(1000, 1100)
        ]
        audit.record(self.request(cast.anna), "list", cast.piet_patient)
        inserts = -(-100 * len(AccessEvent._meta.concrete_fields) // 999)
        request = self.request(cast.anna)
        with django_assert_max_num_queries(2 + (inserts if connection.vendor == "sqlite" else 1)):
            audit.record(request, "list", *patients)
        assert AccessEvent.objects.filter(action="list").count() == 101
        call_command("verify_log")


def test_the_library_is_logged_with_its_kind(logged_in, cast, lage_rugpijn):
    exercise = Exercise.objects.first()
    logged_in(cast.anna).post(reverse("admin:exercises_exercise_copy", args=[exercise.pk]))
    assert AccessEvent.objects.get(object_type="exercise").code == "C"
