"""The rules of the trade, as tables: a physiotherapist reads what comes in and what comes out."""

from datetime import date, timedelta

import pytest

from patients import clinical

START = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("at_start", "now", "change"),
    [
        (6, 4, "less"),  # 2 points
        (6, 5, "same"),
        (3, 2, "less"),  # 1 point, and a third of it
        (4, 3, "same"),  # a quarter of it
        (1, 0, "less"),  # 0 is "no pain", and that is an answer
        (0, 0, "same"),
        (0, 1, "same"),
        (0, 2, "more"),
        (1, 2, "same"),  # doubled, and still less than anybody can tell
        (5, 7, "more"),
        (5, 5, "same"),
        (None, 4, ""),
        (4, None, ""),
    ],
)
def test_a_change_of_pain(at_start, now, change):
    assert clinical.pain_change(at_start, now) == change


@pytest.mark.parametrize(
    ("at_start", "pain", "since"),
    [
        (4, [4, 6, 6], 1),
        (4, [6, 6, 6], 0),
        (4, [6, 6, 5], None),  # the last one is not up any more
        (4, [6, 5, 6], None),  # two, but not in a row
        (4, [6], None),
        (0, [2, 2], 0),  # no pain at the start is a start
        (0, [1, 1], None),
        (None, [9, 9], None),  # nothing to compare with
        (9, [10, 10], None),
        (4, [], None),
    ],
)
def test_pain_that_is_up(at_start, pain, since):
    readings = [(START + timedelta(days=number), score) for number, score in enumerate(pain)]
    expected = None if since is None else START + timedelta(days=since)
    assert clinical.raised_since(at_start, readings) == expected


@pytest.mark.parametrize(
    ("day", "answers", "concern"),
    [
        (20, {}, None),
        (21, {}, None),  # asked today
        (23, {}, None),
        (24, {}, (21, "")),
        (21, {21: "worse"}, (21, "worse")),
        (30, {21: "same"}, (21, "same")),
        (30, {21: "better"}, None),
        (30, {21: "much_better"}, None),
        (43, {21: "same"}, (21, "same")),  # until the next answer, the last one stands
        (43, {21: "better"}, None),
        (45, {21: "better"}, (42, "")),
        (45, {21: "worse", 42: "better"}, None),  # the newest decides
        (45, {42: "worse"}, (42, "worse")),
        (45, {}, (42, "")),
    ],
)
def test_recovery(day, answers, concern):
    assert clinical.recovery_concern(day, answers) == concern


@pytest.mark.parametrize(
    ("last_done", "today", "days"),
    [
        (None, 0, 0),  # started today
        (None, 7, 7),  # day 1 to 7, and day 8 is not over
        (0, 1, 0),
        (0, 7, 6),
        (0, 8, 7),
        (8, 8, 0),
    ],
)
def test_days_without_anything(last_done, today, days):
    last = None if last_done is None else START + timedelta(days=last_done)
    assert clinical.silent_days(last, START, START + timedelta(days=today)) == days


@pytest.mark.parametrize(
    ("done", "given", "rate"), [(0, 4, 0), (2, 4, 50), (4, 4, 100), (9, 4, 100), (0, 0, None)]
)
def test_done_of_what_was_agreed(done, given, rate):
    assert clinical.rate(done, given) == rate


@pytest.mark.parametrize(
    ("exercises", "score"),
    [
        ([(100, "excellent")], 100),
        ([(100, "good"), (50, "good")], 60),
        ([(100, "poor")], 20),
        ([(0, "excellent")], 0),
        ([(100, "excellent"), (100, "")], None),  # one was not judged: it is no EXAS
        ([(100, "good"), (None, "")], 80),  # nothing was asked of the second
        ([], None),
    ],
)
def test_exas(exercises, score):
    assert clinical.exas(exercises) == score


@pytest.mark.parametrize(
    ("profile", "end"),
    [("low", START + timedelta(days=20)), ("high", START + timedelta(days=83)), ("", None)],
)
def test_when_the_planned_weeks_end(profile, end):
    assert clinical.planned_end(START, profile) == end


def test_day_one_is_the_day_of_the_start():
    assert clinical.day_of(START, START) == 1
    assert clinical.day_of(START, clinical.planned_end(START, "low")) == 21


@pytest.mark.parametrize(
    ("last_done", "today", "off", "silent"),
    [
        (None, 8, [], 8),  # numbered from the start: day 0 to day 7
        (2, 8, [], 5),
        (7, 8, [], 0),
        (8, 8, [], 0),
        (2, 8, [3, 4, 5], 2),
        (2, 8, [0, 1, 9], 5),  # a pause before it, and one to come
        (None, 8, [0, 1, 2, 3, 4, 5, 6, 7], 0),
    ],
)
def test_days_without_anything_do_not_count_a_pause(last_done, today, off, silent):
    def at(number):
        return None if number is None else START + timedelta(days=number)

    assert clinical.silent_days(at(last_done), START, at(today), {at(n) for n in off}) == silent


@pytest.mark.parametrize(
    ("symptoms", "what_to_do"),
    [
        ([], ""),
        (["leg_pain"], "stop"),
        (["numbness", "leg_pain"], "stop"),
        (["saddle"], "doctor"),
        (["leg_pain", "bladder"], "doctor"),
        (["weakness"], "doctor"),
    ],
)
def test_what_to_do_about_symptoms(symptoms, what_to_do):
    assert clinical.urgency(symptoms) == what_to_do


@pytest.mark.parametrize(
    ("at_start", "before", "tells"),
    [
        (None, [5], None),  # nothing to compare with
        (3, [], None),
        (3, [4], None),  # one point more is no more
        (3, [5], 5),
        (3, [8, 4], None),  # the last one decides
        (0, [2], 2),  # zero is an answer
        (8, [10], 10),
        (9, [10], None),  # two more than nine is on no scale
    ],
)
def test_from_which_pain_today_is_one_session_too_many(at_start, before, tells):
    readings = [(START + timedelta(days=n), pain) for n, pain in enumerate(before)]
    assert clinical.pain_that_tells(at_start, readings) == tells
    if tells is not None:
        today = (START + timedelta(days=30), tells)
        assert clinical.raised_since(at_start, [*readings, today]) is not None
        today = (START + timedelta(days=30), tells - 1)
        assert clinical.raised_since(at_start, [*readings, today]) is None


@pytest.mark.parametrize(
    ("amounts", "part"),
    [
        ([], 1.0),
        ([(3, 3)], 1.0),
        ([(4, 2)], 0.5),
        ([(2, 1), (10, 5)], 0.25),
        ([(10, 20)], 1.0),
        ([(10, 0)], 0.0),
    ],
)
def test_which_part_of_an_exercise_was_done(amounts, part):
    assert clinical.intensity(amounts) == part
