"""Which exercises are due on which day."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from exercises.dosage import Dosage
from exercises.period import WHOLE, Period
from patients.schedule import given, is_due, was_asked, week_of

MONDAY = date(2026, 11, 16)
DAILY = Dosage(per_day=2, reps=10)
OTHER_DAY = Dosage(reps=15, every_days=2)
THRICE_A_WEEK = Dosage(reps=12, sets=3, days_per_week=3)


def of(dosage: Dosage, period: Period = WHOLE) -> SimpleNamespace:
    """A line of a sheet, as far as it asks for something."""
    return SimpleNamespace(dosage=dosage, period=period)


def day(number: int) -> date:
    """Day 1 is the Monday on which the programme started."""
    return MONDAY + timedelta(days=number - 1)


@pytest.mark.parametrize(
    ("dosage", "number", "done", "due"),
    [
        (DAILY, 0, [], False),
        (DAILY, 1, [], True),
        (DAILY, 400, [], True),
        (OTHER_DAY, 1, [], True),
        (OTHER_DAY, 2, [], False),
        (OTHER_DAY, 3, [2], True),
        (THRICE_A_WEEK, 1, [], True),
        (THRICE_A_WEEK, 3, [1, 2], True),
        (THRICE_A_WEEK, 4, [1, 2, 3], False),
        (THRICE_A_WEEK, 3, [1, 2, 3], True),  # today's own doing does not count against today
        (THRICE_A_WEEK, 8, [1, 2, 3], True),  # a new week
    ],
)
def test_due(dosage, number, done, due):
    assert is_due(dosage, day(number), MONDAY, [day(d) for d in done]) is due


@pytest.mark.parametrize(
    ("dosage", "done", "asked"),
    [
        (DAILY, [], [1, 2, 3, 4, 5, 6, 7]),
        (OTHER_DAY, [2], [1, 3, 5, 7]),
        (THRICE_A_WEEK, [], [5, 6, 7]),
        (THRICE_A_WEEK, [1], [1, 6, 7]),
        (THRICE_A_WEEK, [7], [5, 6, 7]),
        (THRICE_A_WEEK, [1, 3, 5], [1, 3, 5]),
        (THRICE_A_WEEK, [1, 2, 3, 4, 5], [1, 2, 3]),
        (THRICE_A_WEEK, [-6, -5, -4], [5, 6, 7]),  # the week before does not count
    ],
)
def test_what_a_week_that_is_over_asked_for(dosage, done, asked):
    days_done = {day(d) for d in done}
    found = [n for n in range(1, 8) if was_asked(dosage, day(n), MONDAY, days_done)]
    assert found == asked


@pytest.mark.parametrize(
    ("off", "done", "asked"),
    [
        ([5, 6, 7], [], [2, 3, 4]),  # the last days on which it could still be done
        ([1, 2, 3], [], [5, 6, 7]),
        ([2, 3, 4, 5, 6], [], [1, 7]),  # two days are left, so two are asked
        ([1, 2, 3, 4, 5, 6, 7], [], []),
        ([5, 6, 7], [1], [1, 3, 4]),
        ([5, 6, 7], [6], [2, 3, 4]),  # done in the pause: that week had its chance before it
        ([1, 2, 3], [2], [6, 7]),  # done in the pause counts for the week
    ],
)
def test_a_weekly_number_in_a_week_with_a_pause(off, done, asked):
    days_off, days_done = {day(d) for d in off}, {day(d) for d in done}
    whole = [n for n in range(1, 8) if n not in off]
    found = [n for n in whole if was_asked(THRICE_A_WEEK, day(n), MONDAY, days_done, days_off)]
    assert found == asked


@pytest.mark.parametrize(
    ("lines", "done", "expected"),
    [
        ([DAILY], 0, 2),
        ([DAILY], 1, 2),
        ([DAILY, Dosage(per_day=3, reps=10)], 3, 2),
        ([DAILY, None], 1, 1),  # taken off that day
        ([None, DAILY], 0, 0),  # new that day
        ([], 1, 0),  # ticked off on a page of a version that no longer held
    ],
)
def test_how_much_was_given_on_a_day_that_is_over(lines, done, expected):
    lines = [line and of(line) for line in lines]
    assert given(lines, day(4), MONDAY, set(), done) == expected


@pytest.mark.parametrize(
    ("period", "number", "expected"),
    [
        (Period(1, 2), 14, 2),
        (Period(1, 2), 15, 0),
        (Period(3), 14, 0),
        (Period(3), 15, 2),
        (Period(from_date=day(4)), 3, 0),
        (Period(from_date=day(4)), 4, 2),
    ],
)
def test_a_line_asks_in_its_own_weeks_only(period, number, expected):
    """What was done all the same is kept, and counts as more than agreed."""
    assert given([of(DAILY, period)], day(number), MONDAY, set(), 1) == expected


@pytest.mark.parametrize(
    "instant", [date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2026, 12, 31)]
)
def test_a_week_has_seven_days_also_when_the_clock_changes(instant):
    monday, sunday = week_of(instant)
    assert monday.weekday() == 0
    assert sunday - monday == timedelta(days=6)
    assert monday <= instant <= sunday
