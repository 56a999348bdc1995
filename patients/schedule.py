"""Which exercises are due on which day.

Day 1 is the day the programme started. A line asks only in its own weeks. Every day unless the
dosage says otherwise; "every n days" counts from day 1; "n days a week" is due from Monday
on until the week has its n days.

Looking back asks another question: how much was given on a day (`given`). Only a
whole day can be asked for: the first one and the last one (today, or the day the
programme ended) count what was done.
"""

from collections.abc import Container, Iterable, Sequence
from datetime import date, timedelta
from typing import TypeVar

from exercises.dosage import Dosage

from .sheet import Line

Version = TypeVar("Version")


def week_of(day: date) -> tuple[date, date]:
    """Monday and Sunday of the week that holds this day."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def held_on(day: date, issued: Sequence[tuple[date, Version]]) -> list[Version]:
    """What held on a day, of `issued`: (day, version) from old to new, at least one.

    One version, or on the day of a new version the one before it too. The first holds from the
    start, also when it was issued later.
    """
    before = [version for issued_on, version in issued if issued_on < day][-1:]
    that_day = [version for issued_on, version in issued if issued_on == day]
    return before + that_day or [issued[0][1]]


def is_due(dosage: Dosage, day: date, started_on: date, days_done: Iterable[date] = ()) -> bool:
    """Whether this dosage asks for something on this day.

    `days_done` are the days on which the line was done; those of the same week
    and before `day` count for a weekly number.
    """
    if day < started_on:
        return False
    if dosage.every_days is not None:
        return (day - started_on).days % dosage.every_days == 0
    if dosage.days_per_week is not None:
        monday, _sunday = week_of(day)
        done = {other for other in days_done if monday <= other < day}
        return len(done) < dosage.days_per_week
    return True


def was_asked(
    dosage: Dosage,
    day: date,
    started_on: date,
    days_done: Container[date],
    off: Container[date] = (),
) -> bool:
    """Whether this dosage asked for something on a day that is over.

    A weekly number asks for that many days and no more: the days it was done, and
    what is left on the last days on which it could still be done. Three days a week
    of which none was done are three days, not seven. On the days `off`, of a pause, it
    could not be done.
    """
    if dosage.days_per_week is None or day < started_on:
        return is_due(dosage, day, started_on)
    monday, sunday = week_of(day)
    before = (monday + timedelta(days=n) for n in range(day.weekday()))
    left = dosage.days_per_week - sum(other in days_done for other in before)
    after = (day + timedelta(days=n + 1) for n in range((sunday - day).days))
    return left > 0 and (day in days_done or sum(other not in off for other in after) < left)


def given(
    lines: Iterable[Line | None],
    day: date,
    started_on: date,
    days_done: Container[date],
    done: int,
    off: Container[date] = (),
) -> int:
    """How many moments of a line count as given on a day that is over. `done` were done.

    `lines` are what held on that day: one, or on the day of a new version the old and
    the new, with None where it was not on the sheet. The smaller number counts then,
    because nobody could follow the larger one all day; a line that came or went that day
    counts what was done. A day `off` is not asked about here: its programme stood still.
    """
    asked = [
        None if line is None else _asked(line, day, started_on, days_done, off) for line in lines
    ]
    return done if None in asked else min(asked, default=0)


def _asked(
    line: Line, day: date, started_on: date, days_done: Container[date], off: Container[date]
) -> int:
    """How many moments a line asked for on a day that is over; outside its weeks none."""
    if not line.period.holds_on(day, started_on):
        return 0
    return line.dosage.moments * was_asked(line.dosage, day, started_on, days_done, off)
