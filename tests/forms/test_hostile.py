"""Addresses and parameters that no page of ours ever sends: an answer in words, never a crash."""

import json
import uuid
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from patients.models import Patient, SessionLog

from ..conftest import fresh_login
from .payloads import QUERIES

pytestmark = pytest.mark.django_db

HUGE = 10**25
ADDRESSES = [
    "/admin/patients/patient/{}/change/",
    "/admin/patients/patient/{}/delete/",
    "/admin/patients/patient/{}/invite/",
    "/admin/patients/programme/{}/versions/",
    "/admin/patients/programme/{}/change/",
    "/admin/exercises/exercise/{}/change/",
    "/admin/exercises/exercise/{}/copy/",
    "/admin/rugpijn/user/{}/change/",
]


@pytest.mark.parametrize("name", ["anna", "els", "root"])
@pytest.mark.parametrize("key", [HUGE, 0, -1, "x", "%00", "1/../2"])
def test_strange_numbers(client, cast, name, key):
    client.force_login(getattr(cast, name))
    for address in ADDRESSES:
        for method in (client.get, client.post):
            assert method(address.format(key)).status_code in (302, 400, 403, 404, 405), address


@pytest.mark.parametrize("query", QUERIES)
def test_strange_questions(client, cast, query):
    client.force_login(cast.anna)
    for model in (
        "patients_patient",
        "patients_programme",
        "exercises_exercise",
        "exercises_protocol",
    ):
        response = client.get(f"{reverse(f'admin:{model}_changelist')}?{query}")
        assert response.status_code in (200, 302, 400), (model, query)
        assert "Roos" not in response.content.decode()
    picker = (
        "/admin/autocomplete/?app_label=patients&model_name=prescription&field_name=exercise&term="
    )
    assert client.get(f"{picker}&{query}").status_code in (200, 400, 403, 404)
    assert client.get(f"/accounts/login/?{query}").status_code in (200, 302, 400)


@pytest.mark.parametrize("number", [0, HUGE])
def test_versions_that_never_were(client, cast, programme, number):
    client.force_login(cast.piet)
    token = programme.share_link.token
    for address in (
        f"/programmes/{programme.uuid}/versions/{number}/handout.pdf",
        f"/s/{token}/{number}/",
        f"/s/{token}/{number}/handout.pdf",
        f"/s/{'é' * 43}/1/",
        f"/s/{'=' * 43}/1/",
        "/s/x/1/",
    ):
        assert client.get(address).status_code == 404, address


def test_hostile_birth_dates_and_names(client, cast, lage_rugpijn):
    client.force_login(cast.anna)
    add = reverse("admin:patients_patient_add")
    for name in (
        "<script>alert(1)</script>",
        "'; DROP TABLE patients;--",
        "{{ 7*7 }}",
        "x" * 121,
        "\x00",
    ):
        response = client.post(
            add, {"name": name, "birth_date": "1-1-1980", "language": "nl"}, follow=True
        )
        assert response.status_code == 200
        assert "<script>alert" not in response.content.decode()
    for born in ("1-1-0000", "99999999999", "-1", "1e9"):
        response = client.post(add, {"name": "Kees", "birth_date": born, "language": "nl"})
        assert response.context["adminform"].form.errors["birth_date"], born
    client.post(add, {"name": "Kees", "birth_date": "\u202e1-1-1980", "language": "nl"})
    assert Patient.objects.get(name="Kees").birth_date == date(1980, 1, 1)  # as it is seen


# ------------------------------------------------------------ questions that would tell something

# What somebody guesses about a row that is not asked for: right, and wrong.
GUESSES = {
    "user__password__startswith": ("md5", "zzz"),
    "practice__staff__email__startswith": ("bram", "zzz"),
    "created_by__password__contains": ("$", "zzz"),
    "created_by__email": ("anna@linde.example", "zzz"),
    "name__startswith": ("Piet", "zzz"),
    "birth_date__year": ("1958", "1901"),
    "id__gt": ("0", "999999"),
    "patient__user__password__startswith": ("md5", "zzz"),
    "texts__title__startswith": ("H", "zzz"),
    "password__startswith": ("md5", "zzz"),
    "token_hash__gt": ("0", "zzz"),
    "outcome__regex": (".", "z"),
    "_connector": ("OR", "AND"),
    "_negated": ("1", "0"),
    "name__regex": ("^P", "^z"),
    "pk__in": ("1,2,3", "0"),
}
LISTS = (
    "patients_patient",
    "patients_programme",
    "exercises_exercise",
    "exercises_protocol",
    "exercises_figure",
    "exercises_advice",
)
OFFICE_LISTS = ("rugpijn_user", "rugpijn_staffinvitation", "rugpijn_practice")


@pytest.mark.parametrize("guess", GUESSES)
def test_a_guess_is_answered_alike_right_or_wrong(client, cast, programme, guess):
    """No list of the admin can be asked about columns that it has no filter for."""
    for who, lists in ((cast.anna, LISTS), (cast.els, OFFICE_LISTS)):
        client.force_login(who)
        for model in lists:
            address = reverse(f"admin:{model}_changelist")
            answers = [client.get(address, {guess: value}) for value in GUESSES[guess]]
            told = [(a.status_code, a.headers.get("Location"), shown(a)) for a in answers]
            assert told[0] == told[1], (model, told)
            assert told[0][0] in (200, 302, 400)


def shown(answer) -> int | None:
    """How many rows a list found."""
    found = getattr(answer, "context_data", None) or {}
    return found["cl"].result_count if "cl" in found else None


# ------------------------------------------------------------ pain


PAINS = ("-1", "11", "3.5", "NaN", "1e9", "５", "true", "0x5", "٣", " ", "1 0", "9" * 20)


@pytest.mark.parametrize("pain", PAINS, ids=ascii)
def test_pain_is_a_whole_number_from_0_to_10(client, cast, programme, pain):
    """In the form and from a phone; nothing is written, and the phone reads that it was refused."""
    client.force_login(cast.piet)
    line = programme.current_version().sheet.lines[0].uuid
    now = timezone.now().isoformat()
    act = {
        "operation": str(uuid.uuid4()),
        "version": 1,
        "line": line,
        "moment": "1",
        "done": "1",
        "day": timezone.localdate().isoformat(),
        "pain": pain,
    }
    client.post(reverse("patients:log_session", args=[programme.uuid]), act)
    message = {
        "patient": str(programme.patient.uuid),
        "now": now,
        "acts": [{**act, "programme": str(programme.uuid), "sequence": 1, "performed_at": now}],
    }
    answer = client.post(reverse("patients:sync"), json.dumps(message), "application/json")
    kept = list(SessionLog.objects.values_list("pain", flat=True))
    if pain.strip():
        assert [one["status"] for one in answer.json()["results"]] == ["refused"] and kept == []
    else:
        assert set(kept) == {None}  # not answered, which is no zero


@pytest.mark.parametrize("pain", [-1, 11, 1_000])
def test_the_database_itself_refuses_such_a_score(cast, programme, pain):
    version = programme.current_version()
    SessionLog.objects.create(
        patient=programme.patient,
        operation=uuid.uuid4(),
        version=version,
        moment=1,
        done=True,
        line=version.sheet.lines[0].uuid,
        day=timezone.localdate(),
        performed_at=timezone.now(),
    )
    write = f"UPDATE {SessionLog._meta.db_table} SET pain = %s"  # noqa: S608  a name of ours
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(write, [pain])
    assert SessionLog.objects.get().pain is None


# ------------------------------------------------------------ errors that a script reads


def test_a_script_always_reads_one_sentence_or_word_under_error(client, cast, programme):
    """Whatever is wrong: a login, a token, a body, a question."""
    client.force_login(cast.anna)
    strict, nobody = Client(enforce_csrf_checks=True), Client()
    strict.force_login(cast.piet)
    sync, steps = reverse("patients:sync"), reverse("admin:patients_programme_steps")
    as_json = {"Accept": "application/json"}
    now = timezone.now().isoformat()
    foreign = json.dumps({"patient": str(cast.roos_patient.uuid), "now": now, "acts": []})
    answers = [
        nobody.get(reverse("patients:sync_start")),
        nobody.post(sync, "{}", "application/json"),
        nobody.get(reverse("admin:patients_programme_dosage")),
        nobody.post(reverse("plain_language")),
        strict.post(sync, "{}", "application/json", headers=as_json),
        client.post(sync, "{}", "application/json"),
        client.post(sync, foreign, "application/json"),
        client.get(steps),
        client.get(reverse("admin:patients_programme_dosage"), {"text": "veel"}),
        client.get(reverse("admin:patients_programme_period"), {"text": "veel"}),
    ]
    told = [answer.status_code for answer in answers]
    assert told == [401, 401, 401, 401, 403, 400, 404, 400, 200, 200]
    for answer in answers:
        assert list(answer.json()) == ["error"] and isinstance(answer.json()["error"], str)


DIGITS = "9" * 5000  # more than Python reads as a number
DAYS = ("9999-12-31", "0001-01-01", "31-12-9999", "2026-02-30", "12026-12-01", DIGITS, "x")


@pytest.mark.parametrize("day", DAYS, ids=lambda day: day[:12])
def test_strange_days(client, cast, programme, day):
    """A day with which nothing can be counted is refused at its field, wherever it is asked."""
    fresh_login(client, cast.els)
    for route in ("changelist", "download"):
        address = reverse(f"admin:rugpijn_accessevent_{route}")
        for name in ("since", "until"):
            assert client.get(address, {name: day}).status_code == 200, (route, name)
    fresh_login(client, cast.anna)
    address = reverse("admin:patients_programme_period")
    for text in ("week 3", "vanaf 31-12-9999", f"tot {day}", f"vanaf {day}"):
        assert client.get(address, {"text": text, "started": day}).status_code == 200, text
    address = reverse("admin:patients_programme_pause", args=[programme.pk])
    for name in ("from_on", "until_on"):
        days = {"from_on": str(timezone.localdate()), "until_on": "", name: day}
        answer = client.post(address, days)
        assert answer.status_code == 200 and answer.context["form"].errors, name
    fresh_login(client, cast.piet)
    address = reverse("patients:log_session", args=[programme.uuid])
    line = programme.current_version().sheet.lines[0].uuid
    client.post(
        address,
        {"operation": uuid.uuid4(), "version": 1, "line": line, "day": day, "moment": 1, "done": 1},
    )
    assert not SessionLog.objects.exists()


@pytest.mark.parametrize("number", [DIGITS, "٣", "-1", "1e3", ""], ids=lambda n: n[:6])
def test_strange_numbers_in_forms(client, cast, programme, number):
    fresh_login(client, cast.anna)
    act = reverse("admin:patients_programme_seen", args=[programme.pk])
    assert client.post(act, {"put_back": number}).status_code == 302
    versions = reverse("admin:patients_programme_versions", args=[programme.pk])
    assert client.get(versions, {"from": number, "to": number}).status_code == 200
    devices = reverse("login_devices")
    for name in ("rename", "remove"):
        answer = client.post(devices, {"passkey": number, name: "1", "what": name})
        assert answer.status_code in (200, 302, 400, 404), name
    fresh_login(client, cast.els)
    log = reverse("admin:rugpijn_accessevent_changelist")
    assert client.get(log, {"before": number}).status_code == 200
    fresh_login(client, cast.piet)
    log = reverse("patients:access_log", args=[cast.piet_patient.uuid])
    assert client.get(log, {"before": number}).status_code == 200
