"""My data: what is stored about me, taken along, and how my pages look."""

import csv
import io
import json
import uuid
import zipfile
from datetime import time as clock

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from patients.contact import messages
from patients.models import RecoveryCheck, ReminderPlan
from patients.paper import handout
from patients.patient_day import recording
from rugpijn.audit import AccessEvent
from rugpijn.login import allauth_private
from rugpijn.tables import cell
from tests.conftest import PASSWORD
from tests.forms.page_forms import form_to, forms_of

pytestmark = pytest.mark.django_db
PAGE = "/my-data/"


@pytest.fixture(autouse=True)
def printer(monkeypatch):
    """What makes paper is tested with the press; here it is quick."""
    monkeypatch.setattr(handout, "render_pdf", lambda html: b"%PDF-1.7")


def log_in(client, person, ago=0):
    """Logged in so many seconds ago, as a real login writes it down."""
    client.force_login(person)
    request = request_of(client, person)
    allauth_private.record_authentication(request, person, "password")
    request.session[AUTHENTICATION_METHODS_SESSION_KEY][0]["at"] -= ago
    request.session.save()


def request_of(client, person):
    request = RequestFactory().get("/")
    request.user, request.session = person, client.session
    return request


@pytest.fixture
def piet(client, cast):
    log_in(client, cast.piet)
    return client


@pytest.fixture
def done(programme):
    """Piet did something of everything."""
    version = programme.current_version()
    for moment, made, pain in ((1, True, 0), (2, True, None), (2, False, None)):
        recording.log_session(
            patient=programme.patient,
            version=version,
            operation=uuid.uuid4(),
            line=uuid.UUID(version.sheet.lines[0].uuid),
            day=timezone.localdate(),
            moment=moment,
            done=made,
            pain=pain,
        )
    RecoveryCheck.objects.create(programme=programme, day=21, answer="better", pain=0)
    messages.send_message(
        programme=programme,
        operation=uuid.uuid4(),
        text='=HYPERLINK("http://evil")\nHallo',
        by=programme.patient.user,
        by_patient=True,
    )
    ReminderPlan.objects.create(patient=programme.patient, first=clock(9))
    return programme


def download(client):
    answer = client.post(reverse("patients:download"))
    assert answer.status_code == 200 and answer["Content-Type"] == "application/zip"
    return zipfile.ZipFile(io.BytesIO(answer.content)), answer


def tables(file):
    return {
        name: list(csv.DictReader(io.StringIO(file.read(name).decode("utf-8-sig")), delimiter=";"))
        for name in file.namelist()
        if name.endswith(".csv")
    }


class TestThePage:
    def test_what_is_stored_in_plain_words(self, piet, done):
        page = piet.get(PAGE).content.decode()
        for word in (
            "Piet Jansen",
            "12 maart 1958",
            "piet@mail.example",
            "Fysiotherapie De Linde",
            "Lage rugpijn",
            "Anna de Wit",
            "1 keer",
        ):
            assert word in page
        for name in ("progress", "messages", "reminders"):
            assert reverse(f"patients:{name}", args=[done.uuid]) in page
        assert reverse("account_change_password") in page

    def test_two_records_stand_apart(self, piet, cast, programme, make_programme):
        cast.mo_patient.user = cast.piet
        cast.mo_patient.save()
        make_programme(cast.mo_patient)
        page = piet.get(PAGE).content.decode()
        for name in ("Piet Jansen", "Mo el Idrissi"):
            assert f"Wat er over {name} is opgeslagen" in page

    def test_a_draft_is_not_told(self, client, cast, make_programme):
        draft = make_programme(cast.mo_patient, started=False)
        log_in(client, cast.mo)
        page = client.get(PAGE).content.decode()
        assert "nog geen" in page and str(draft.uuid) not in page

    def test_looking_is_logged(self, piet, programme):
        piet.get(PAGE)
        assert AccessEvent.objects.get(action="read own data").patient == programme.patient.uuid


@pytest.mark.django_db
def test_a_new_password_is_asked_for_in_one_sentence(piet):
    page = piet.get(reverse("account_change_password")).content.decode()
    assert "Minstens 12 tekens. Een zin die alleen u kent, werkt goed." in page
    assert "persoonlijke gegevens lijken" not in page and reverse("login_devices") in page


class TestReading:
    def test_letters_grow_on_every_page(self, piet, cast, programme):
        assert 'class="text-' not in piet.get("/").content.decode()
        page = piet.post(PAGE, {"text_size": "largest", "language": "nl"}, follow=True)
        assert "Bewaard." in page.content.decode()
        cast.piet.refresh_from_db()
        assert cast.piet.text_size == "largest"
        for address in ("/", PAGE, "/accounts/password/change/", "/is-er-niet/"):
            assert '<html lang="nl" class="text-largest">' in piet.get(address).content.decode()

    def test_the_language_holds_at_once(self, piet, programme):
        page = piet.post(PAGE, {"text_size": "normal", "language": "en"}, follow=True)
        shown = page.content.decode()
        assert "My data" in shown and "Saved." in shown

    @pytest.mark.parametrize(
        "wrong", [{"text_size": "huge"}, {"language": "xx"}, {"text_size": ""}]
    )
    def test_what_nobody_offered(self, piet, cast, programme, wrong):
        page = piet.post(PAGE, {"text_size": "large", "language": "en", **wrong})
        assert page.status_code == 200 and "invalid" in page.content.decode()
        cast.piet.refresh_from_db()
        assert (cast.piet.text_size, cast.piet.language) == ("normal", "nl")

    def test_nothing_else_can_be_set_here(self, piet, cast, programme):
        sent = {"text_size": "large", "language": "nl", "is_superuser": "on", "name": "X"}
        piet.post(PAGE, sent)
        cast.piet.refresh_from_db()
        assert (cast.piet.is_superuser, cast.piet.name) == (False, "Piet Jansen")


class TestDownload:
    def test_everything_that_was_given_and_done(self, piet, done):
        file, answer = download(piet)
        assert 'filename="mijn-gegevens.zip"' in answer["Content-Disposition"]
        assert answer["Cache-Control"] == "no-store"
        [record] = json.loads(file.read("data.json"))["records"]
        assert record["record"]["name"] == "Piet Jansen"
        assert [row["title"] for row in record["programmes"]] == ["Lage rugpijn"]
        sheet = done.current_version().sheet
        assert [row["exercise"] for row in record["exercises"]] == [
            line.title for line in sheet.lines
        ]
        assert [(row["moment"], row["done"], row["pain"]) for row in record["sessions"]] == [
            (1, True, 0),
            (2, True, None),
            (2, False, None),
        ]
        assert [row["answer"] for row in record["recovery"]] == ["better"]
        assert record["reminders"][0]["times"] == "09:00"
        assert {row["title"] for row in record["advice"]} >= {
            block.title for block in sheet.red_flags
        }

    def test_tables_say_the_same(self, piet, done):
        file, _answer = download(piet)
        [record] = json.loads(file.read("data.json"))["records"]
        found = tables(file)
        for name, rows in record.items():
            if name != "record" and rows:
                assert len(found[f"{name}.csv"]) == len(rows)
        pain = [row["pain"] for row in found["sessions.csv"]]
        assert pain == ["0", "", ""]  # no pain is an answer; not answered is empty
        assert "LEESMIJ.txt" in file.namelist()

    def test_a_spreadsheet_runs_nothing(self, piet, done):
        file, _answer = download(piet)
        assert tables(file)["messages.csv"][0]["text"].startswith("'=HYPERLINK")
        [record] = json.loads(file.read("data.json"))["records"]
        assert record["messages"][0]["text"].startswith("=HYPERLINK")  # as it was written

    def test_nothing_of_anybody_else(self, piet, done, make_programme, cast):
        make_programme(cast.mo_patient)
        file, _answer = download(piet)
        for name in file.namelist():
            assert b"Mo el Idrissi" not in file.read(name)

    def test_what_colleagues_wrote_is_in_it_and_no_key(self, piet, done, cast):
        """On no page of the patient, but part of the record that somebody has a right to."""
        version = done.current_version()
        version.reason = "Geheim voor collega's"
        version.save()
        done.pauses.create(from_on=timezone.localdate(), note="Ruzie thuis", by=cast.anna)
        file, _answer = download(piet)
        everything = b"".join(file.read(name) for name in file.namelist()).decode()
        assert "Geheim" in everything and "Ruzie" in everything
        assert "token_hash" not in everything and "code_hash" not in everything
        assert cast.piet.password not in everything
        page = piet.get(reverse("patients:programme_detail", args=[done.uuid])).content.decode()
        assert "Geheim" not in page and "Ruzie" not in page

    def test_who_logged_in_long_ago_says_once_more_who_it_is(self, client, cast, done):
        """And then presses once more; a number that the page sent along is no words to show."""
        client.force_login(cast.piet)
        download = reverse("patients:download")
        button = next(form for form in forms_of(client.get(PAGE)) if form.action == download)
        answer = client.post(download, button.data())
        assert answer["Location"].startswith(reverse("account_reauthenticate"))
        assert not AccessEvent.objects.filter(action="download own data").exists()
        page = client.post(
            answer["Location"], {"password": PASSWORD, "next": download}, follow=True
        )
        assert "Wilt u doorgaan?" in page.content.decode()
        assert "Wat u heeft ingevuld" not in page.content.decode()
        assert not AccessEvent.objects.filter(action="download own data").exists()
        sent = client.post(download, form_to(page, download).data())
        assert sent["Content-Type"] == "application/zip"

    def test_it_is_logged_and_a_link_does_not_do_it(self, piet, done):
        assert piet.get(reverse("patients:download")).status_code == 405
        download(piet)
        assert AccessEvent.objects.get(action="download own data").patient == done.patient.uuid

    def test_it_asks_who_you_are_once_more(self, client, cast, done):
        log_in(client, cast.piet, ago=20 * 60)
        answer = client.post(reverse("patients:download"))
        assert answer["Location"].startswith("/accounts/reauthenticate/")
        assert not AccessEvent.objects.filter(action="download own data").exists()

    def test_who_is_no_patient_gets_none(self, client, cast):
        log_in(client, cast.anna)
        answer = client.post(reverse("patients:download"), follow=True)
        assert "geen gegevens over u" in answer.content.decode()

    @pytest.mark.parametrize("value", ["=1", "+1", "-1", "@x", "\tx", "\rx"])
    def test_what_a_spreadsheet_takes_for_a_formula(self, value):
        assert cell(value) == "'" + value

    def test_numbers_stay_numbers(self):
        assert [cell(value) for value in (-1, 0, None, "a")] == [-1, 0, "", "a"]
