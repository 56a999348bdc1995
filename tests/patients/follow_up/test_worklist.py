"""Who needs attention, and why: from what the database holds to a sentence."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from exercises.models import ExerciseText
from patients.follow_up import caseload, daily_totals, judgements, progress, worklist
from patients.models import (
    MainActivity,
    Patient,
    Pause,
    Programme,
    RecoveryCheck,
    RiskProfile,
    SeenMark,
    SessionLog,
    SymptomAnswer,
)
from patients.prescribing import authoring, lifecycle
from rugpijn.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def started(make_programme, today):
    """A programme that started so many days ago; with `done`, somebody ticked off yesterday."""

    def make(days, patient=None, done=True, **fields):
        programme = make_programme(patient, on=today - timedelta(days=days), **fields)
        programme.versions.update(issued_at=timezone.now() - timedelta(days=days))
        if done:
            log(programme, 1)
        return programme

    return make


def log(programme, days_ago, pain=None, moment=1, done=True, line=0):
    version = programme.current_version()
    return SessionLog.objects.create(
        patient=programme.patient,
        operation=uuid.uuid4(),
        version=version,
        line=version.sheet.lines[line].uuid,
        day=timezone.localdate() - timedelta(days=days_ago),
        moment=moment,
        done=done,
        pain=pain,
        sequence=SessionLog.objects.count() + 1,
        performed_at=timezone.now(),
    )


def leg_pain(programme, days_ago=0, answer=True, line=4):
    version = programme.current_version()
    return SymptomAnswer.objects.create(
        patient=programme.patient,
        operation=uuid.uuid4(),
        version=version,
        line=version.sheet.lines[line].uuid,
        day=timezone.localdate() - timedelta(days=days_ago),
        symptoms=["leg_pain"] if answer else [],
        sequence=SymptomAnswer.objects.count() + 1,
    )


def listed(user, whole_practice=False):
    """The worklist of this person, as (name, reasons)."""
    programmes = caseload.running(user, whole_practice=whole_practice)
    cards = worklist.attention(caseload.cases(programmes, timezone.localdate()))
    return [(card.case.patient.name, [item.reason for item in card.items]) for card in cards]


def sentences(user):
    cards = worklist.attention(caseload.cases(caseload.running(user), timezone.localdate()))
    return [item.sentence for card in cards for item in card.items]


# ---------------------------------------------------------------- the reasons


def test_nobody_needs_attention(cast, started):
    started(10)
    assert listed(cast.anna) == []


def test_leg_pain(cast, started):
    programme = started(10)
    leg_pain(programme, days_ago=1)
    day = timezone.localdate() - timedelta(days=1)
    title = programme.current_version().sheet.lines[4].title
    assert sentences(cast.anna) == [
        f"Pain spread into leg or arm during “{title}”, on {day.day} {day:%B}."
    ]


def test_no_leg_pain_is_an_answer_too(cast, started):
    leg_pain(started(10), answer=False)
    assert listed(cast.anna) == []


def test_leg_pain_that_was_a_slip_of_the_finger(cast, started):
    programme = started(10)
    report = leg_pain(programme, answer=True)
    leg_pain(programme, answer=False)  # the same question answered again takes nothing back
    assert listed(cast.anna) == [("Piet Jansen", ["leg_pain"])]
    SymptomAnswer.objects.filter(symptoms=[]).update(retracts=report.operation)
    assert listed(cast.anna) == []


def test_each_exercise_that_is_stopped_is_named(cast, started):
    """A look at one gives back that one only."""
    programme = started(10)
    leg_pain(programme, line=1)
    leg_pain(programme, line=4)
    leg_pain(programme, line=4)
    assert listed(cast.anna) == [("Piet Jansen", ["leg_pain", "leg_pain"])]


def test_no_leg_pain_tomorrow_takes_back_nothing(cast, started):
    programme = started(10)
    leg_pain(programme, days_ago=2, answer=True)
    leg_pain(programme, days_ago=1, answer=False)
    assert listed(cast.anna) == [("Piet Jansen", ["leg_pain"])]


def test_pain_that_went_up(cast, started):
    programme = started(10, done=False)
    log(programme, 10, pain=4)
    log(programme, 9, pain=3)
    log(programme, 2, pain=6)
    log(programme, 1, pain=7)
    assert sentences(cast.anna) == [
        "Pain was 6 and 7 in the last two sessions, and 4 at the start."
    ]


def test_no_pain_at_the_start_is_a_start(cast, started):
    programme = started(10, done=False)
    log(programme, 10, pain=0)
    log(programme, 2, pain=2)
    log(programme, 1, pain=2)
    assert listed(cast.anna) == [("Piet Jansen", ["pain_up"])]


def test_pain_that_was_corrected_does_not_count(cast, started):
    """Neither at the start, where it would hide a rise, nor now."""
    programme = started(10, done=False)
    log(programme, 10, pain=8)
    log(programme, 10, pain=3)
    log(programme, 2, pain=6)
    log(programme, 1, pain=6)
    assert listed(cast.anna) == [("Piet Jansen", ["pain_up"])]
    log(programme, 1, pain=3)
    assert listed(cast.anna) == []


def test_pain_that_was_not_answered_is_no_pain_score(cast, started):
    programme = started(10, done=False)
    log(programme, 10, pain=None)
    log(programme, 9, pain=5)
    log(programme, 2, pain=6)
    log(programme, 1, pain=6)
    assert listed(cast.anna) == []


def test_the_answer_of_day_21(cast, started):
    programme = started(21)
    check = RecoveryCheck.objects.create(programme=programme, day=21, answer="worse")
    assert sentences(cast.anna) == ["On day 21 the answer was that everyday activities are harder."]
    check.answer = "same"
    check.save()
    assert listed(cast.anna) == [("Piet Jansen", ["same"])]
    check.answer = "better"
    check.save()
    assert listed(cast.anna) == []


def test_day_21_without_an_answer(cast, started):
    started(23)  # today is day 24
    assert sentences(cast.anna) == ["On day 21 the question how it is going was not answered."]


def test_nothing_ticked_off(cast, started):
    programme = started(20, done=False)
    log(programme, 9)
    assert sentences(cast.anna) == ["Nothing has been ticked off for 8 days."]
    log(programme, 3)
    assert listed(cast.anna) == []


def test_nothing_ticked_off_since_the_start(cast, started):
    started(7, done=False)
    assert sentences(cast.anna) == ["Nothing has been ticked off since the start, 7 days ago."]


def test_who_works_from_paper_is_not_silent(cast, started):
    cast.piet_patient.user = None
    cast.piet_patient.save()
    started(20, done=False)
    assert listed(cast.anna) == []


@pytest.mark.parametrize(("days", "word"), [(13, "end"), (20, "end"), (21, "ended")])
def test_the_planned_weeks(cast, started, days, word):
    programme = started(days)
    choose(programme, cast.anna, "low")
    end = programme.started_on + timedelta(days=20)
    assert sentences(cast.anna) == [f"The 3 weeks of this programme {word} on {end.day} {end:%B}."]


def test_the_newest_risk_profile_holds(cast, started):
    programme = started(20)
    choose(programme, cast.anna, "low")
    choose(programme, cast.anna, "high")
    assert listed(cast.anna) == []


def choose(programme, by, profile):
    RiskProfile.objects.create(
        programme=programme, profile=profile, chosen_by=by, chosen_name=by.name
    )


def test_the_link_on_paper(cast, started, today):
    programme = started(10)
    programme.share_link.valid_from = today - timedelta(days=355)
    programme.share_link.save()
    until = today + timedelta(days=10)
    assert sentences(cast.anna) == [
        f"The link on paper works until {until.day} {until:%B}. Make a new one and print it."
    ]


def test_text_that_the_library_corrected(cast, started):
    programme = started(10)
    line = programme.prescriptions.first()
    text = ExerciseText.objects.get(exercise=line.exercise, language="nl")
    text.caution = "Stop bij pijn."
    text.save()
    assert sentences(cast.anna) == [
        f"The library's text of “{text.title}” was corrected since version 1."
    ]
    authoring.issue(programme=programme, by=cast.anna)
    assert listed(cast.anna) == []


def test_own_steps_are_not_the_librarys(cast, started):
    programme = started(10)
    line = programme.prescriptions.first()
    line.steps = "Zo doet u het."
    line.save()
    authoring.issue(programme=programme, by=cast.anna)
    text = ExerciseText.objects.get(exercise=line.exercise, language="nl")
    text.steps = "Anders."
    text.save()
    assert listed(cast.anna) == []


def test_the_most_urgent_first(cast, started):
    silent = started(20, done=False)
    log(silent, 9)
    alarming = started(20, cast.mo_patient)
    leg_pain(alarming)
    choose(alarming, cast.anna, "low")
    assert listed(cast.anna) == [
        ("Mo el Idrissi", ["leg_pain", "ends"]),
        ("Piet Jansen", ["silent"]),
    ]


# ---------------------------------------------------------------- paused, and prolonged


def stand_still(programme, first, until=None):
    """Days ago: when the pause began, and when it went on."""
    today = timezone.localdate()
    programme.pauses.create(
        from_on=today - timedelta(days=first),
        until_on=None if until is None else today - timedelta(days=until),
    )


def test_who_stands_still_is_not_silent(cast, started):
    programme = started(20, done=False)
    assert listed(cast.anna) == [("Piet Jansen", ["silent"])]
    stand_still(programme, 3)
    assert listed(cast.anna) == []


@pytest.mark.parametrize(("until", "said"), [(8, True), (7, False)])
def test_the_days_of_a_pause_are_not_silent(cast, started, until, said):
    """Ticked off 15 days ago, and stood still from the day after. Whole since: 7 days, or 6."""
    programme = started(20, done=False)
    log(programme, 15)
    stand_still(programme, 14, until)
    assert (
        sentences(cast.anna)
        == ["Nothing has been ticked off for 7 days. The days of the pause are not counted."][
            : int(said)
        ]
    )


def test_during_a_pause_nobody_waits_for_an_answer(cast, started):
    """The check itself keeps its day of the calendar, and what was answered stays a reason."""
    programme = started(30)
    assert listed(cast.anna) == [("Piet Jansen", ["unanswered"])]
    stand_still(programme, 3)
    assert listed(cast.anna) == []
    RecoveryCheck.objects.create(programme=programme, day=21, answer="worse")
    assert listed(cast.anna) == [("Piet Jansen", ["worse"])]


def test_what_the_therapist_planned_comes_before_the_profile(cast, started, today):
    programme = started(20)
    choose(programme, cast.anna, "low")
    assert listed(cast.anna) == [("Piet Jansen", ["ends"])]
    programme.planned_until = today + timedelta(days=8)
    programme.save()
    assert listed(cast.anna) == []
    for days, word in ((7, "is"), (0, "is"), (-1, "was")):
        programme.planned_until = end = today + timedelta(days=days)
        programme.save()
        assert sentences(cast.anna) == [f"This programme {word} planned until {end.day} {end:%B}."]


def test_the_action_beside_it_leads_to_more_weeks(cast, started):
    choose(started(20), cast.anna, "low")
    [card] = worklist.attention(caseload.cases(caseload.running(cast.anna), timezone.localdate()))
    assert card.page == "admin:patients_programme_renew"


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
