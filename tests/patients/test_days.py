"""Which exercises are due on which day."""

from datetime import date, timedelta

import pytest

from exercises.dosage import Dosage
from patients.days import is_due, week_of

MONDAY = date(2026, 11, 16)
DAILY = Dosage(per_day=2, reps=10)
OTHER_DAY = Dosage(reps=15, every_days=2)
THRICE_A_WEEK = Dosage(reps=12, sets=3, days_per_week=3)


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
    "instant", [date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2026, 12, 31)]
)
def test_a_week_has_seven_days_also_when_the_clock_changes(instant):
    monday, sunday = week_of(instant)
    assert monday.weekday() == 0
    assert sunday - monday == timedelta(days=6)
    assert monday <= instant <= sunday
