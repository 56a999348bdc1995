"""Starting, issuing and logging: all of it, or nothing."""

import itertools
import threading
import uuid
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from exercises.dosage import Dosage
from patients import writes
from patients.models import SessionLog, Version
from patients.paper import handout, press
from patients.patient_day import recording
from patients.prescribing import authoring, lifecycle

pytestmark = pytest.mark.django_db


class TestDraft:
    def test_dosages_are_copied(self, make_programme, lage_rugpijn):
        programme = make_programme(started=False)
        assert programme.is_draft and programme.title == "Lage rugpijn"
        assert [line.dosage for line in programme.prescriptions.all()] == [
            line.dosage for line in lage_rugpijn.lines.all()
        ]
        lage_rugpijn.lines.update(sets=9)
        assert programme.prescriptions.first().dosage.sets == 2

    def test_the_title_is_in_the_patients_language(self, make_programme, cast, lage_rugpijn):
        programme = make_programme(cast.roos_patient, cast.bram, started=False)
        assert programme.title == lage_rugpijn.text("title", "en")


class TestStart:
    def test_issues_version_1_and_keeps_who_checked(self, make_programme, cast):
        programme = make_programme()
        version = programme.current_version()
        assert (version.number, version.issued_name) == (1, "Anna de Wit")
        assert programme.red_flag_check.checked_by == cast.anna
        assert programme.started_on == timezone.localdate()

    def test_refuses_a_second_running_programme(self, programme, make_programme, cast):
        second = make_programme(started=False)
        with pytest.raises(writes.RefusedError, match="Piet Jansen"):
            authoring.start(programme=second, by=cast.anna)
        assert second.versions.count() == 0
        with pytest.raises(IntegrityError), transaction.atomic():
            type(second).objects.filter(pk=second.pk).update(started_on=timezone.localdate())

    def test_refuses_an_empty_one(self, make_programme, cast):
        programme = make_programme(started=False)
        programme.prescriptions.all().delete()
        with pytest.raises(writes.RefusedError, match="oefening"):
            authoring.start(programme=programme, by=cast.anna)
        assert programme.is_draft

    def test_after_the_end_another_may_start(self, programme, make_programme, cast):
        lifecycle.end(programme=programme, by=programme.therapist)
        assert make_programme().is_running
        with pytest.raises(writes.RefusedError):
            lifecycle.end(programme=programme, by=programme.therapist)


class TestIssue:
    def test_unchanged_is_no_new_version(self, programme, cast):
        assert authoring.issue(programme=programme, by=cast.bram) is None
        assert programme.versions.count() == 1

    def test_changed_is_the_next_and_the_first_stays(self, programme, cast):
        first = programme.current_version().sheet
        line = programme.prescriptions.first()
        line.dosage = Dosage.parse("3x8")
        line.save()
        version = authoring.issue(programme=programme, by=cast.anna)
        assert version.number == 2
        assert version.sheet.lines[0].sentence == "3 series van 8 herhalingen"
        assert Version.objects.get(programme=programme, number=1).sheet == first

    def test_the_practices_phone_and_the_patients_name_make_no_version(self, programme, cast):
        programme.patient.name = "Piet Janssen"
        programme.patient.save()
        cast.anna.practice.phone = "0"
        cast.anna.practice.save()
        assert authoring.issue(programme=programme, by=cast.anna) is None

    def test_the_paper_is_printed_after_the_commit(
        self, make_programme, settings, monkeypatch, django_capture_on_commit_callbacks
    ):
        at_once = "django_tasks.backends.immediate.ImmediateBackend"
        settings.TASKS = {"default": {"BACKEND": at_once}}
        monkeypatch.setattr(handout, "render_pdf", lambda html: b"%PDF-1.7")
        monkeypatch.setattr(press, "problem", lambda: None)
        with django_capture_on_commit_callbacks(execute=True):
            version = make_programme().current_version()
            assert not version.handouts.exists()
        assert bytes(version.handouts.get().pdf) == b"%PDF-1.7"


def log(programme, **changes):
    version = programme.current_version()
    contents = {
        "patient": programme.patient,
        "version": version,
        "operation": uuid.uuid4(),
        "line": uuid.UUID(version.sheet.lines[0].uuid),
        "day": timezone.localdate(),
        "moment": 1,
        "done": True,
    }
    return recording.log_session(**{**contents, **changes})


class TestLog:
    def test_no_pain_is_not_no_answer(self, programme):
        assert log(programme, pain=0).pain == 0
        assert log(programme, moment=2).pain is None

    def test_the_same_press_counts_once(self, programme):
        operation = uuid.uuid4()
        first = log(programme, operation=operation, pain=3)
        assert log(programme, operation=operation, pain=3) == first
        assert SessionLog.objects.count() == 1

    def test_the_same_number_with_other_contents_is_refused(self, programme):
        operation = uuid.uuid4()
        log(programme, operation=operation, pain=3)
        with pytest.raises(writes.StaleOperationError):
            log(programme, operation=operation, pain=4)
        assert SessionLog.objects.get().pain == 3

    def test_numbers_are_each_patients_own(self, programme, make_programme, cast):
        """Else one patient could block another's work, or learn of it."""
        operation = uuid.uuid4()
        log(programme, operation=operation)
        log(make_programme(cast.mo_patient), operation=operation)
        assert SessionLog.objects.filter(operation=operation).count() == 2

    @pytest.mark.parametrize(
        "changes",
        [
            {"line": uuid.UUID(int=7)},
            {"moment": 3},
            {"moment": 0},
            {"day": date(1900, 1, 1)},
            {"done": False, "pain": 7},
        ],
        ids=str,
    )
    def test_what_was_not_prescribed_is_refused(self, programme, changes):
        with pytest.raises(writes.RefusedError):
            log(programme, **changes)
        assert not SessionLog.objects.exists()

    @pytest.mark.parametrize("pain", [-1, 11, 1000])
    def test_the_database_refuses_impossible_pain(self, programme, pain):
        row = log(programme)
        with pytest.raises(IntegrityError), transaction.atomic():
            SessionLog.objects.filter(pk=row.pk).update(pain=pain)
        assert SessionLog.objects.get().pain is None

    def test_an_old_version_can_still_be_logged(self, programme, cast):
        """A page that stood open while the therapist changed the programme loses nothing."""
        old = programme.current_version()
        line = programme.prescriptions.first()
        programme.prescriptions.filter(pk=line.pk).delete()
        authoring.issue(programme=programme, by=cast.anna)
        row = log(programme, version=old, line=line.uuid)
        assert row.version == old


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_last_row_holds(programme, order):
    from patients.patient_day import day_cards

    steps = [{"done": True}, {"done": True, "pain": 4}, {"done": False}]
    for index in order:
        log(programme, **steps[index])
    today = timezone.localdate()
    logs = day_cards.lately(programme, today)
    card = day_cards.cards(programme, programme.current_version().sheet, today, logs)[0]
    last = steps[order[-1]]
    assert card.moments[0].done is last["done"]
    assert card.moments[0].pain == last.get("pain")


@pytest.mark.django_db(transaction=True)
def test_many_at_once_count_once(make_programme):
    """Ten presses of one button at the same moment, over ten connections."""
    programme = make_programme()
    operation, answers = uuid.uuid4(), []

    def press():
        try:
            answers.append(log(programme, operation=operation).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 10 and len(set(answers)) == 1
    assert SessionLog.objects.count() == 1


class TestShareLink:
    def test_ends_30_days_after_the_programme_and_after_a_year_at_most(self, programme):
        link = programme.share_link
        assert link.valid_until == link.valid_from + timedelta(days=365)
        lifecycle.end(programme=programme, by=programme.therapist)
        link.refresh_from_db()
        assert link.valid_until == timezone.localdate() + timedelta(days=30)

    def test_the_database_holds_no_token(self, programme):
        token = programme.share_link.token
        assert token not in str(list(type(programme.share_link).objects.values()))
