"""Erasing that is real: asked, decided, done, and done again after a restore."""

import json
import os
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from exercises.media import films
from patients.models import Batch, Erased, ErasureRequest, Patient, Programme, Version
from patients.paper import handout
from patients.privacy import erasure, erasure_ledger, related_rows
from rugpijn import hooks
from rugpijn.audit import AccessEvent
from rugpijn.backup.restore import Restored
from rugpijn.models import KeptForm, User
from tests.conftest import fresh_login

from ..canaries import everywhere, in_database

MORE = ("Kanarie", "kanarie-user@mail.example", "kanarie-address@mail.example", "1911-11-11")


@pytest.fixture(autouse=True)
def own_ledger(settings, tmp_path, monkeypatch):
    settings.ERASURE_LEDGER = tmp_path / "ledger" / "erased.jsonl"
    monkeypatch.setattr(handout, "render_pdf", lambda html: b"%PDF-1.7 " + html.encode())
    return settings.ERASURE_LEDGER


def filled(cast, programme):
    """Piet, with words that can be found again, a birth date and a phone among them."""
    words = everywhere(cast.piet_patient, cast.anna, programme)
    patient = cast.piet_patient
    Patient.objects.filter(pk=patient.pk).update(birth_date="1911-11-11", phone="06-19111111")
    patient.refresh_from_db()
    return [*words, *MORE, "06-19111111", "Piet Jansen", "piet@mail.example"]


@pytest.fixture
def full(cast, programme):
    return filled(cast, programme)


@pytest.fixture
def erase(cast, django_capture_on_commit_callbacks):
    def act(patient=None, **how):
        with django_capture_on_commit_callbacks(execute=True):
            erasure.erase(patient or cast.piet_patient, role=Erased.Role.OWNER, **how)

    return act


@pytest.mark.django_db
class TestErased:
    def test_no_word_is_left_in_any_table(self, cast, full, erase):
        assert in_database(connection, full)
        erase()
        assert in_database(connection, full) == []

    def test_no_row_is_left(self, cast, full, erase):
        found = list(related_rows.rows_of(cast.piet_patient))
        assert all(rows.exists() for rows in found)  # the patient has one of everything
        erase()
        assert [rows.model for rows in found if rows.exists()] == []
        assert not Batch.objects.exists()

    def test_the_login_goes_with_all_that_hangs_on_it(self, cast, full, erase):
        erase()
        assert not User.objects.filter(pk=cast.piet.pk).exists()
        assert not User.objects.filter(email="kanarie-ouder@mail.example").exists()
        for rows in related_rows.rows_of_login(cast.piet):
            assert not rows.exists(), rows.model

    def test_a_login_that_opens_another_record_stays(self, cast, programme, erase):
        cast.mo_patient.user = cast.piet
        cast.mo_patient.save()
        erase()
        assert User.objects.filter(pk=cast.piet.pk).exists()

    def test_a_therapist_who_is_a_patient_too_stays(self, cast, programme, erase):
        cast.piet_patient.user = cast.bram
        cast.piet_patient.save()
        erase()
        assert User.objects.filter(pk=cast.bram.pk).exists()

    def test_others_are_as_they_were(self, cast, full, make_programme, erase):
        other = make_programme(cast.mo_patient)
        before = [rows.count() for rows in related_rows.rows_of(cast.mo_patient)]
        erase()
        assert [rows.count() for rows in related_rows.rows_of(cast.mo_patient)] == before
        assert Programme.objects.filter(pk=other.pk).exists()

    def test_the_log_keeps_the_number(self, client, cast, full, erase):
        client.force_login(cast.anna)
        client.get(reverse("admin:patients_patient_change", args=[cast.piet_patient.pk]))
        before = AccessEvent.objects.filter(patient=cast.piet_patient.uuid).count()
        erase()
        rows = AccessEvent.objects.filter(patient=cast.piet_patient.uuid)
        assert rows.count() == before + 1
        assert rows.filter(action="erase", actor_role="system").count() == 1
        call_command("verify_log")

    def test_what_somebody_typed_when_a_session_ended_goes(self, cast, programme, erase):
        """Whoever typed it: it may hold anybody's name."""
        KeptForm.objects.create(user=cast.bram, content='{"fields": [["name", "Piet"]]}')
        erase()
        assert not KeptForm.objects.exists()

    def test_a_film_that_only_this_programme_showed_goes(self, cast, programme, erase):
        version, film = programme.current_version(), "a" * 64
        content = dict(version.content)
        shown = {"digest": film, "media_type": "video/webm", "title": "Film", "alternative": ""}
        content["lines"][0]["film"] = {**shown, "width": 1, "height": 1, "captions": []}
        Version.objects.filter(pk=version.pk).update(content=content)
        films.folder().mkdir(parents=True, exist_ok=True)
        file = films.folder() / f"{film}.webm"
        file.write_bytes(b"film")
        os.utime(file, (0, 0))  # long ago: an upload of today is left alone
        erasure.sweep_pictures()
        assert file.exists()
        erase()
        assert not file.exists()

    def test_one_row_that_stays_takes_all_of_it_back(self, cast, full, monkeypatch):
        real = related_rows.rows_of

        class Sticky:
            model = Patient

            def delete(self):
                """Deletes nothing, as a table would that an erasure forgets."""

            def exists(self):
                return True

        monkeypatch.setattr(erasure, "rows_of", lambda patient: [*real(patient), Sticky()])
        with pytest.raises(erasure.LeftoverError):
            erasure.erase(cast.piet_patient, role=Erased.Role.OWNER)
        assert Patient.objects.filter(pk=cast.piet_patient.pk).exists()

    def test_without_a_ledger_nothing_is_erased(self, cast, programme, own_ledger):
        own_ledger.parent.write_text("a file where a folder should be")
        with pytest.raises(OSError):
            erasure.erase(cast.piet_patient, role=Erased.Role.OWNER)
        assert Patient.objects.filter(pk=cast.piet_patient.pk).exists()

    def test_a_line_that_cannot_be_written_after_all_is_no_error_page(
        self, cast, programme, monkeypatch, django_capture_on_commit_callbacks
    ):
        """It is in the table, and the nightly run adds it to the file."""

        def full(rows):
            raise OSError("No space left on device")

        monkeypatch.setattr(erasure_ledger, "write", full)
        with django_capture_on_commit_callbacks(execute=True):
            erasure.erase(cast.piet_patient, role=Erased.Role.OWNER)
        assert Erased.objects.exists()


@pytest.mark.django_db
class TestTheLedger:
    def test_names_nobody(self, cast, full, erase, own_ledger):
        erase(reason="Dubbel ingevoerd")
        text = own_ledger.read_text()
        line = json.loads(text)
        assert line["patient"] == Erased.digest(cast.piet_patient.uuid)
        assert (line["by_role"], line["reason"]) == ("owner", "Dubbel ingevoerd")
        assert not [word for word in full if word.lower() in text.lower()]
        assert own_ledger.stat().st_mode & 0o077 == 0

    def test_after_a_restore_it_is_done_again(self, cast, full, erase):
        """The database is as it was before; the file is not."""
        number = cast.piet_patient.uuid
        erase()
        Erased.objects.all().delete()  # the restored database knows of no erasure
        user = User.objects.create_user("piet@mail.example", name="Piet Jansen")
        back = Patient.objects.create(
            uuid=number,
            name="Piet Jansen",
            birth_date="1911-11-11",
            user=user,
            practice=cast.anna.practice,
        )
        assert erasure.apply_ledger() == 1
        assert not Patient.objects.filter(pk=back.pk).exists()
        assert in_database(connection, full) == []
        assert Erased.objects.get().patient == Erased.digest(number)
        assert erasure.apply_ledger() == 0

    def test_each_restore_does_it_again(self, cast, full, erase):
        """By itself: nobody has to think of it on such a day."""
        number = cast.piet_patient.uuid
        erase()
        Erased.objects.all().delete()
        Patient.objects.create(
            uuid=number, name="Piet Jansen", birth_date="1911-11-11", practice=cast.anna.practice
        )
        restored = Restored(timezone.now(), 0, None)
        said = [act(restored) for act in hooks.after_restore]
        assert not Patient.objects.filter(uuid=number).exists()
        assert "Erased again: 1." in said

    def test_a_file_that_was_lost_is_written_again(self, cast, programme, erase, own_ledger):
        erase()
        own_ledger.unlink()
        erasure.apply_ledger()
        assert Erased.digest(cast.piet_patient.uuid) in erasure_ledger.read()

    def test_half_a_line_spoils_nothing(self, cast, programme, erase, own_ledger):
        own_ledger.parent.mkdir()
        own_ledger.write_text('{"patient": "ab')
        assert erasure_ledger.read() == {}
        erase()
        erasure_ledger.merge()
        assert Erased.digest(cast.piet_patient.uuid) in erasure_ledger.read()

    def test_who_was_not_erased_stays(self, cast, programme, erase):
        erase()
        assert erasure.apply_ledger() == 0
        assert Patient.objects.filter(pk=cast.mo_patient.pk).exists()


@pytest.mark.django_db(transaction=True)
class TestTheFile:
    """What is on the disk, byte by byte, and not what a query says."""

    @pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has no file of its own")
    def test_no_trace_in_the_database_file_or_beside_it(self, cast, programme):
        words = filled(cast, programme)
        file = Path(connection.settings_dict["NAME"])
        assert traces(file, words)  # they were written, so that this search would find them
        erasure.erase(cast.piet_patient, role=Erased.Role.OWNER)
        erasure.compact()
        assert traces(file, words) == []

    def test_no_trace_in_media(self, cast, programme):
        words = filled(cast, programme)
        erasure.erase(cast.piet_patient, role=Erased.Role.OWNER)
        files = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
        assert [path for path in files if traces(path, words)] == []

    @pytest.mark.skipif(connection.vendor != "sqlite", reason="its own backup is asked for")
    def test_a_backup_from_before_is_put_back_and_erased_again(self, cast, programme, tmp_path):
        words = filled(cast, programme)
        copy = sqlite3.connect(tmp_path / "backup.sqlite3")
        connection.connection.backup(copy)
        erasure.erase(cast.piet_patient, role=Erased.Role.OWNER)
        copy.backup(connection.connection)
        copy.close()
        assert Patient.objects.filter(pk=cast.piet_patient.pk).exists()
        call_command("apply_erasures")
        assert not Patient.objects.filter(pk=cast.piet_patient.pk).exists()
        assert traces(Path(connection.settings_dict["NAME"]), words) == []


def traces(file: Path, words) -> list[str]:
    found = []
    for path in file.parent.glob(f"{file.name}*"):
        content = path.read_bytes().lower()
        found += [f"{path.name}: {word}" for word in words if word.lower().encode() in content]
    return found


@pytest.mark.django_db
class TestAskedAndAnswered:
    @pytest.fixture
    def ask(self, client, cast, programme):
        fresh_login(client, cast.piet)
        page = reverse("patients:ask_erasure", args=[cast.piet_patient.uuid])
        client.post(page, {"words": "Ik wil dit niet meer."})
        return page

    def address(self, cast):
        return reverse("admin:patients_data_patient", args=[cast.piet_patient.uuid])

    def test_the_page_says_what_it_means(self, client, cast, programme):
        fresh_login(client, cast.piet)
        page = client.get(reverse("patients:ask_erasure", args=[cast.piet_patient.uuid]))
        for word in ("een maand", "35 dagen", "nummer"):
            assert word in page.content.decode()

    def test_asking_erases_nothing_and_is_logged(self, client, cast, ask):
        asked = ErasureRequest.objects.get()
        assert (asked.patient, asked.words) == (cast.piet_patient, "Ik wil dit niet meer.")
        assert AccessEvent.objects.filter(action="ask for erasure").count() == 1
        page = client.get("/my-data/").content.decode()
        assert "gevraagd om uw gegevens te wissen" in page and ask not in page

    def test_twice_is_once(self, client, cast, ask):
        client.post(ask, {"words": ""})
        assert ErasureRequest.objects.count() == 1

    @pytest.mark.parametrize("who", ["els", "bram"])
    def test_it_stands_on_the_owners_first_page(self, client, cast, ask, who):
        client.force_login(getattr(cast, who))
        page = client.get("/admin/").content.decode()
        assert ("1 patiënt vraagt" in page) == (who == "els")

    def test_no_therapist_is_shown_it(self, client, cast, ask):
        client.force_login(cast.anna)
        assert "patiënt vraagt" not in client.get("/admin/").content.decode()

    def test_refused_with_a_reason_that_the_patient_reads(self, client, cast, ask):
        fresh_login(client, cast.els)
        why = "De wet vraagt ons dit te bewaren."
        client.post(self.address(cast), {"what": "refuse", "refuse-answer": why})
        asked = ErasureRequest.objects.get()
        assert (asked.refused_by, asked.answer) == (cast.els, why)
        assert AccessEvent.objects.filter(action="refuse erasure").count() == 1
        [told] = mail.outbox
        assert told.to == ["piet@mail.example"] and why not in told.body
        fresh_login(client, cast.piet)
        page = client.get("/my-data/").content.decode()
        assert why in page and ask in page  # it stays visible, and may be asked again

    def test_carried_out_and_told(self, client, cast, ask):
        fresh_login(client, cast.els)
        sent = {"what": "erase", "erase-reason": "Op verzoek", "erase-birth_date": "12-3-1958"}
        answer = client.post(self.address(cast), sent, follow=True)
        assert "35 dagen" in answer.content.decode()
        assert not Patient.objects.filter(pk=cast.piet_patient.pk).exists()
        row = Erased.objects.get()
        assert row.by_role == "request" and row.asked_at is not None
        [told] = mail.outbox
        assert told.to == ["piet@mail.example"] and "Piet" not in told.body + told.subject
        event = AccessEvent.objects.get(action="erase")
        assert (event.actor, event.patient) == (cast.els.uuid, cast.piet_patient.uuid)

    @pytest.mark.parametrize(
        ("field", "wrong"),
        [
            ("reason", ""),
            ("reason", "Piet wil dit"),
            ("reason", "mail van PIET@mail.example"),
            ("reason", "geboren 12 maart 1958"),
            ("birth_date", "13-3-1958"),
            ("birth_date", ""),
        ],
    )
    def test_not_by_mistake_and_not_with_a_name(self, client, cast, ask, field, wrong):
        fresh_login(client, cast.els)
        right = {"reason": "Op verzoek", "birth_date": "12-3-1958"}
        sent = {f"erase-{name}": value for name, value in {**right, field: wrong}.items()}
        page = client.post(self.address(cast), {"what": "erase", **sent})
        assert page.status_code == 200 and "errorlist" in page.content.decode()
        assert Patient.objects.filter(pk=cast.piet_patient.pk).exists()

    @pytest.mark.parametrize(("who", "got"), [("anna", 403), ("bram", 404), ("root", 403)])
    def test_by_nobody_else(self, client, cast, ask, who, got):
        fresh_login(client, getattr(cast, who))
        sent = {"what": "erase", "erase-reason": "Zomaar", "erase-birth_date": "12-3-1958"}
        assert client.post(self.address(cast), sent).status_code == got
        assert Patient.objects.filter(pk=cast.piet_patient.pk).exists()

    def test_answer_within_a_month(self, cast, ask):
        asked = ErasureRequest.objects.get()
        assert asked.answer_by == timezone.localdate(asked.asked_at) + timedelta(days=30)
