"""A copy of everything about one patient: what is in it, who gets it, and how often."""

import csv
import hashlib
import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from patients.models import DataExport, Proxy, StoredHandout
from patients.paper import handout
from patients.privacy import data_export
from patients.privacy.classified import CLASSES
from rugpijn.audit import AccessEvent
from rugpijn.classified import DataKind
from rugpijn.models import User
from tests.conftest import fresh_login

from ..canaries import everywhere, in_database

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def printer(monkeypatch):
    """What makes paper is tested with the press; here it is quick."""
    monkeypatch.setattr(handout, "render_pdf", lambda html: b"%PDF-1.7 printed anew")


@pytest.fixture
def full(cast, programme):
    """Piet with a word of its own in every column; the words."""
    words = everywhere(cast.piet_patient, cast.anna, programme)
    cast.piet_patient.refresh_from_db()
    return words


def opened(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


def download(client, **sent):
    return client.post(reverse("patients:download"), sent)


class TestWhatIsInIt:
    def test_every_word_that_is_a_persons(self, cast, full):
        text = b"\n".join(opened(data_export.pack(cast.piet_patient)).values()).decode().lower()
        assert len(full) >= 30
        assert [word for word in full if word.lower() not in text] == []

    def test_and_of_the_login(self, cast, full):
        text = opened(data_export.pack(cast.piet_patient))["data.json"].decode()
        for word in (
            "kanarie-user@mail.example",
            "Kanarie-code",
            "Kanarie-device",
            "kanarie-address@mail.example",
        ):
            assert word in text

    def test_never_a_secret(self, cast, full):
        """Neither its value, nor a column of that name in any table."""
        content = json.loads(opened(data_export.pack(cast.piet_patient))["data.json"])
        for label, rows in content["tables"].items():
            secret = {name for name, kind in CLASSES[label].items() if kind == DataKind.SECRET}
            told = {name for name, kind in CLASSES[label].items() if kind != DataKind.SECRET}
            assert not secret & set(rows[0])
            assert set(rows[0]) == told  # a personal or clinical one is never left out
        text = json.dumps(content)
        for word in (
            "Kanarie-DataExport-copy",
            "Kanarie-passkey",
            "Kanarie-typed",
            "k" * 40,
            "c" * 64,
        ):
            assert word not in text

    def test_the_papers_as_they_were_given(self, cast, programme):
        version = programme.current_version()
        StoredHandout.objects.create(
            version=version, letterhead="x", issued=True, pdf=b"%PDF-1.7 as given"
        )
        files = opened(data_export.pack(cast.piet_patient))
        assert files["pdf/programme-1-version-1.pdf"] == b"%PDF-1.7 as given"

    def test_what_was_never_printed_is_printed_now(self, cast, programme):
        files = opened(data_export.pack(cast.piet_patient))
        assert files["pdf/programme-1-version-1.pdf"] == b"%PDF-1.7 printed anew"

    def test_who_looked_and_not_from_where(self, client, cast, programme):
        client.force_login(cast.anna)
        address = reverse("admin:patients_patient_change", args=[cast.piet_patient.pk])
        client.get(address, headers={"user-agent": "Mozilla/5.0 (Linux) Firefox/140"})
        fresh_login(client, cast.piet)
        client.get(reverse("patients:my_data"))
        rows = json.loads(opened(data_export.pack(cast.piet_patient))["data.json"])["access_log"]
        by_anna = next(row for row in rows if row["actor_name"] == "Anna de Wit")
        assert (by_anna["action"], by_anna["address"]) == ("read", None)
        own = next(row for row in rows if row["action"] == "read own data")
        assert own["address"] == "127.0.0.1"
        assert all(row["patient"] == str(cast.piet_patient.uuid) for row in rows)

    def test_the_manifest_tells_what_was_changed(self, cast, full):
        files = opened(data_export.pack(cast.piet_patient))
        named = json.loads(files.pop("manifest.json"))
        assert named["schema"] == 2 and set(named["files"]) == set(files)
        for name, data in files.items():
            assert named["files"][name]["sha256"] == hashlib.sha256(data).hexdigest()

    def test_a_spreadsheet_runs_nothing(self, cast, programme):
        programme.title = "=cmd|calc"
        programme.save()
        files = opened(data_export.pack(cast.piet_patient))
        table = files["tables/patients_programme.csv"].decode("utf-8-sig")
        assert next(csv.DictReader(io.StringIO(table), delimiter=";"))["title"] == "'=cmd|calc"

    def test_nothing_of_anybody_else(self, cast, full, make_programme):
        make_programme(cast.mo_patient)
        text = b"".join(opened(data_export.pack(cast.piet_patient)).values())
        for word in (b"Mo el Idrissi", b"mo-1234", b"Roos"):
            assert word not in text


class TestByThePatient:
    def test_it_is_logged_and_kept_nowhere_for_long(self, client, cast, programme):
        fresh_login(client, cast.piet)
        answer = download(client)
        assert answer["Content-Disposition"] == 'attachment; filename="mijn-gegevens.zip"'
        assert "data.json" in opened(answer.content)
        event = AccessEvent.objects.get(action="download own data")
        assert event.patient == cast.piet_patient.uuid

    def test_three_an_hour(self, client, cast, programme):
        fresh_login(client, cast.piet)
        assert [download(client).status_code for _time in range(4)] == [200, 200, 200, 429]
        answer = download(client)
        assert answer["Retry-After"] == "3600" and "drie keer" in answer.content.decode()
        DataExport.objects.update(asked_at=timezone.now() - timedelta(hours=1, seconds=1))
        assert download(client).status_code == 200

    def test_of_two_records_the_one_that_is_chosen(self, client, cast, programme, make_programme):
        cast.mo_patient.user = cast.piet
        cast.mo_patient.save()
        fresh_login(client, cast.piet)
        assert "Kies" in download_page(client)
        answer = download(client, record=str(cast.mo_patient.uuid))
        [record] = json.loads(opened(answer.content)["data.json"])["records"]
        assert record["record"]["name"] == "Mo el Idrissi"

    def test_of_nobody_else(self, client, cast, programme):
        fresh_login(client, cast.piet)
        assert download(client, record=str(cast.roos_patient.uuid)).status_code == 302
        assert not DataExport.objects.exists()

    def test_who_helps_takes_nothing_along(self, client, cast, programme):
        helper = User.objects.create_user("h@mail.example", name="Hulp")
        Proxy.objects.create(user=helper, patient=cast.piet_patient, relation="helper")
        fresh_login(client, helper)
        assert download(client).status_code == 302
        assert client.get("/my-data/").status_code == 200
        assert not DataExport.objects.exists()


def download_page(client) -> str:
    return client.post(reverse("patients:download"), follow=True).content.decode()


class TestInTheBackground:
    @pytest.fixture
    def asked(self, client, cast, programme, monkeypatch):
        monkeypatch.setattr(data_export, "AT_ONCE", 0)
        fresh_login(client, cast.piet)
        answer = download(client)
        asked = DataExport.objects.get()
        assert answer["Location"] == reverse("patients:export", args=[asked.uuid])
        return asked

    def page(self, client, asked, name="export"):
        return client.get(reverse(f"patients:{name}", args=[asked.uuid]))

    def test_how_far_it_is_and_then_the_file(self, client, asked):
        assert "0 van de 1" in self.page(client, asked).content.decode()
        assert self.page(client, asked, "export_file").status_code == 404
        assert data_export.make_export.func(str(asked.uuid)) is True
        address = reverse("patients:export_file", args=[asked.uuid])
        assert address in self.page(client, asked).content.decode()
        answer = self.page(client, asked, "export_file")
        assert "pdf/programme-1-version-1.pdf" in opened(answer.content)

    def test_each_state_says_one_thing_and_has_a_way_back(self, client, asked):
        """The heading stays while the words below it change."""
        back = f'href="{reverse("patients:my_data")}"'
        making = self.page(client, asked).content.decode()
        assert "Uw bestand wordt gemaakt." in making and back in making
        data_export.make_export.func(str(asked.uuid))
        ready = self.page(client, asked).content.decode()
        assert "wordt gemaakt" not in ready and "Uw bestand is klaar" in ready and back in ready
        DataExport.objects.update(finished_at=timezone.now() - timedelta(minutes=16))
        assert back in self.page(client, asked).content.decode()

    def test_for_this_browser_only(self, client, asked, cast):
        data_export.make_export.func(str(asked.uuid))
        client.logout()
        fresh_login(client, cast.piet)
        for name in ("export", "export_file"):
            assert self.page(client, asked, name).status_code == 404
        assert AccessEvent.objects.filter(outcome="denied", actor=cast.piet.uuid).count() == 2

    def test_for_a_quarter_of_an_hour(self, client, asked):
        data_export.make_export.func(str(asked.uuid))
        DataExport.objects.update(finished_at=timezone.now() - timedelta(minutes=16))
        assert self.page(client, asked, "export_file").status_code == 404
        assert "15 minuten" in self.page(client, asked).content.decode()

    def test_not_of_a_record_that_is_no_longer_theirs(self, client, asked, cast):
        data_export.make_export.func(str(asked.uuid))
        cast.piet_patient.user = None
        cast.piet_patient.save()
        assert self.page(client, asked, "export_file").status_code == 404

    def test_of_somebody_who_was_erased_nothing_is_made(self, asked, cast):
        asked.delete()
        assert data_export.make_export.func(str(asked.uuid)) is False


class TestByTheOwner:
    def address(self, cast):
        return reverse("admin:patients_data_patient", args=[cast.piet_patient.uuid])

    def test_with_a_reason(self, client, cast, programme):
        fresh_login(client, cast.els)
        answer = client.post(self.address(cast), {"what": "export", "export-reason": "Verhuizing"})
        assert "data.json" in opened(answer.content)
        assert answer["Content-Disposition"] == 'attachment; filename="gegevens.zip"'
        assert DataExport.objects.get().reason == "Verhuizing"
        event = AccessEvent.objects.get(action="export data")
        assert (event.actor, event.patient) == (cast.els.uuid, cast.piet_patient.uuid)

    def test_without_a_reason_nothing(self, client, cast, programme):
        fresh_login(client, cast.els)
        page = client.post(self.address(cast), {"what": "export", "export-reason": " "})
        assert "Dit veld is verplicht" in page.content.decode()
        assert not DataExport.objects.exists()

    @pytest.mark.parametrize(("who", "got"), [("anna", 403), ("bram", 404), ("root", 403)])
    def test_by_nobody_else(self, client, cast, programme, who, got):
        fresh_login(client, getattr(cast, who))
        sent = {"what": "export", "export-reason": "Verhuizing"}
        assert client.post(self.address(cast), sent).status_code == got
        assert not DataExport.objects.exists()
        assert AccessEvent.objects.filter(outcome="denied").count() == 1

    @pytest.mark.parametrize("query", ["Piet", "12-3-1958", "uuid"])
    def test_found_by_name_birth_date_or_number(self, client, cast, programme, query):
        client.force_login(cast.els)
        asked = str(cast.piet_patient.uuid) if query == "uuid" else query
        page = client.get(reverse("admin:patients_data"), {"q": asked}).content.decode()
        assert self.address(cast) in page and "Lage rugpijn" not in page
        event = AccessEvent.objects.get(action="list", patient=cast.piet_patient.uuid)
        assert event.actor == cast.els.uuid

    def test_nobody_of_another_practice(self, client, cast):
        client.force_login(cast.els)
        page = client.get(reverse("admin:patients_data"), {"q": "Roos"}).content.decode()
        assert "Roos Mulder" not in page and "Geen patiënt van uw praktijk" in page


def test_the_canaries_are_really_there(cast, full):
    from django.db import connection

    assert len(in_database(connection, full)) >= len(full)
