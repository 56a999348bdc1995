"""Whose rows they are, what was seen, how many queries, and what the database refuses."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from patients.follow_up import caseload, daily_totals, judgements, progress, worklist
from patients.models import (
    MainActivity,
    Patient,
    Pause,
    Programme,
    RecoveryCheck,
    RiskProfile,
    SeenMark,
    SymptomAnswer,
)
from patients.prescribing import authoring, lifecycle
from rugpijn.models import User

from .reasons import choose, leg_pain, listed, log, stand_still

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


# ---------------------------------------------------------------- whose


def test_another_practice_sees_nothing_of_it(cast, started):
    leg_pain(started(10))
    assert listed(cast.anna, whole_practice=True)
    for other in (cast.bram, cast.els, cast.root, cast.piet):
        assert listed(other, whole_practice=True) == []
        other.is_superuser = True
        assert listed(other, whole_practice=True) == []


def test_a_colleague_sees_it_when_asked(cast, started, practice):
    leg_pain(started(10))
    kim = User.objects.create_user(
        "kim@linde.example", name="Kim", practice=practice, is_therapist=True
    )
    assert listed(kim) == []
    assert listed(kim, whole_practice=True) == [("Piet Jansen", ["leg_pain"])]


@pytest.mark.parametrize("ended", [False, True])
def test_what_does_not_run_needs_no_attention(cast, started, make_programme, ended):
    if ended:
        programme = started(20, done=False)
        leg_pain(programme)
        lifecycle.end(programme=programme, by=cast.anna)
    else:
        make_programme(started=False)
    assert listed(cast.anna) == []


# ---------------------------------------------------------------- seen


def mark(programme, by, days_ago=0, note="Gebeld."):
    [case] = caseload.cases(Programme.objects.filter(pk=programme.pk), timezone.localdate())
    judgements.mark_seen(
        programme=programme,
        reasons=[(item.reason, item.occasion) for item in worklist.unseen(case)],
        note=note,
        by=by,
    )
    SeenMark.objects.update(at=timezone.now() - timedelta(days=days_ago))


def test_what_was_seen_is_gone_until_it_happens_again(cast, started):
    programme = started(10)
    leg_pain(programme, days_ago=1)
    mark(programme, cast.anna, days_ago=8)
    assert listed(cast.anna) == []
    leg_pain(programme, days_ago=0)
    assert listed(cast.anna) == [("Piet Jansen", ["leg_pain"])]


def test_silence_that_lasts_comes_back(cast, started):
    programme = started(30, done=False)
    log(programme, 20)
    RecoveryCheck.objects.create(programme=programme, day=21, answer="better")
    mark(programme, cast.anna, days_ago=6)
    assert listed(cast.anna) == []
    SeenMark.objects.update(at=timezone.now() - timedelta(days=7))
    assert listed(cast.anna) == [("Piet Jansen", ["silent"])]


def test_a_mark_says_who_when_and_what(cast, started):
    programme = started(10)
    leg_pain(programme)
    mark(programme, cast.anna, note="Gebeld: stop met oefening 5.")
    row = SeenMark.objects.get()
    assert (row.reason, row.note, row.by_name) == (
        "leg_pain",
        "Gebeld: stop met oefening 5.",
        "Anna de Wit",
    )


# ---------------------------------------------------------------- the cost


def test_as_many_queries_for_three_patients_as_for_twelve(cast, started, today):
    def fill(count):
        for number in range(count):
            patient = Patient.objects.create(
                name=f"P {number}",
                birth_date="1970-01-01",
                practice=cast.anna.practice,
                user=cast.piet,
                created_by=cast.anna,
            )
            programme = started(24, patient)
            leg_pain(programme)
            log(programme, 20, pain=2)
            log(programme, 2, pain=6)
            mark(programme, cast.anna)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            cases = caseload.cases(caseload.running(cast.anna), today)
            worklist.attention(cases)
            daily_totals.last_days([case.programme for case in cases], today, 14)
        return len(queries), len(cases)

    fill(3)
    few, three = cost()
    fill(9)
    many, twelve = cost()
    assert (three, twelve) == (3, 12)
    assert few == many


# ---------------------------------------------------------------- the small charts


def test_given_and_done_by_day(cast, started, today):
    programme = started(3, done=False)
    asked = sum(line.dosage.moments for line in programme.current_version().sheet.lines)
    log(programme, 3)
    log(programme, 2, pain=4)
    log(programme, 2, pain=6, moment=2)
    log(programme, 0)
    days = daily_totals.last_days([programme], today, 14)[programme.pk]
    assert [(day.given, day.done, day.pain) for day in days] == [
        (1, 1, None),  # day 1 counts only what was done
        (asked, 2, 6),
        (asked, 0, None),
    ]


def test_what_was_undone_is_not_done(cast, started, today):
    programme = started(3, done=False)
    log(programme, 1, pain=5)
    log(programme, 1, done=False)
    days = daily_totals.last_days([programme], today, 2)[programme.pk]
    assert [(day.done, day.pain) for day in days] == [(0, None), (0, None)]


@pytest.mark.parametrize("paused", [False, True])
def test_the_small_chart_and_the_page_about_one_programme_agree(cast, started, today, paused):
    """A weekly number, a line that went, and one that was done more often than asked."""
    programme = started(9, done=False)
    weekly, gone, *_rest = programme.prescriptions.all()
    weekly.days_per_week, weekly.per_day = 3, 1
    weekly.save()
    gone.delete()
    version = authoring.issue(programme=programme, by=cast.anna)
    version.issued_at = timezone.now() - timedelta(days=4)
    version.save()
    for days_ago in (8, 6, 4, 2):
        log(programme, days_ago, pain=3)
    if paused:
        stand_still(programme, 7, 3)
    small = daily_totals.last_days([programme], today, 14)[programme.pk]
    large = progress.read(programme, today).days[:-1]  # today is not over
    assert [day.day for day in small] == [day.day for day in large]
    assert [day.given for day in small] == [day.given for day in large]
    assert [day.done for day in small] == [
        sum(min(entry.done, entry.given) for entry in day.entries) for day in large
    ]
    assert [day.pain for day in small] == [day.highest for day in large]
    every_day = sum(line.dosage.moments for line in version.sheet.lines)
    least = min(day.given for day in small[-3:])
    assert least == 0 if paused else 0 < least < every_day


# ---------------------------------------------------------------- what the database refuses


@pytest.mark.parametrize(
    "refused",
    [
        lambda p: RecoveryCheck.objects.create(programme=p, day=20, answer="better"),
        lambda p: RecoveryCheck.objects.create(programme=p, day=21, answer="better", pain=11),
        lambda p: [RecoveryCheck.objects.create(programme=p, day=21, answer="same") for _ in "ab"],
        lambda p: MainActivity.objects.create(programme=p, position=4, name="Vier"),
        lambda p: MainActivity.objects.create(programme=p, position=0, name="Nul"),
        lambda p: [MainActivity.objects.create(programme=p, position=1, name=n) for n in "ab"],
        lambda p: activity(p).scores.create(day=p.started_on, score=11),
        lambda p: [activity(p).scores.create(day=p.started_on, score=n) for n in (3, 4)],
    ],
)
def test_the_database_refuses(programme, refused):
    with pytest.raises(IntegrityError), transaction.atomic():
        refused(programme)


def activity(programme):
    return MainActivity.objects.get_or_create(programme=programme, position=1, name="Lopen")[0]


def test_zero_is_a_value_and_none_is_no_answer(programme):
    check = RecoveryCheck.objects.create(programme=programme, day=21, answer="better", pain=0)
    check.refresh_from_db()
    assert check.pain == 0
    assert activity(programme).scores.create(day=programme.started_on, score=0).score == 0
    assert RecoveryCheck.objects.create(programme=programme, day=42, answer="same").pain is None


def test_whose_answers_they_are(cast, programme):
    """Every new row about a patient answers the question who may see it."""
    leg_pain(programme)
    RecoveryCheck.objects.create(programme=programme, day=21, answer="same")
    score = activity(programme).scores.create(day=programme.started_on, score=5)
    choose(programme, cast.anna, "low")
    mark(programme, cast.anna)
    stand_still(programme, 0)
    for model in (
        Pause,
        SymptomAnswer,
        RecoveryCheck,
        MainActivity,
        type(score),
        RiskProfile,
        SeenMark,
    ):
        assert model.objects.treated_by(cast.anna).exists(), model
        assert model.objects.of_person(cast.piet).exists(), model
        assert all(row.record_of == cast.piet_patient for row in model.objects.all())
        for other in (cast.bram, cast.els, cast.mo, cast.root):
            assert not model.objects.visible_to(other).exists(), model
