"""Who needs attention, and why: from what the database holds to a sentence."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from exercises.models import ExerciseText
from patients.follow_up import caseload, worklist
from patients.models import RecoveryCheck, SymptomAnswer
from patients.prescribing import authoring

from .reasons import choose, leg_pain, listed, log, stand_still

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


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
