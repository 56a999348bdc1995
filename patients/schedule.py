"""Which exercises are due on a day, and how much was given on a day that is over.

Day 1 is the day on which the programme started. A line is due in its own weeks only, and every
day unless the dosage says otherwise: "every n days" counts from day 1; "n days a week" is due
from Monday until the week has n days.

`given` is for whole days that are over. On the first day, and on the last one (today, or the day
on which the programme ended), callers count as much as was done.
"""

from collections.abc import Container, Iterable, Sequence
from datetime import date, timedelta
from typing import TypeVar

from exercises.dosage import Dosage

from .sheet import Line

Version = TypeVar("Version")


def week_of(day: date) -> tuple[date, date]:
    """The Monday and the Sunday of the week of this day."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def held_on(day: date, issued: Sequence[tuple[date, Version]]) -> list[Version]:
    """The versions that held on a day, of `issued`: (day of issue, version), from old to new.

    One version, or on the day of issue of a new version also the one before it. The first holds
    from the start, also when it was issued later.
    """
    before = [version for issued_on, version in issued if issued_on < day][-1:]
    that_day = [version for issued_on, version in issued if issued_on == day]
    return before + that_day or [issued[0][1]]


def is_due(dosage: Dosage, day: date, started_on: date, days_done: Iterable[date] = ()) -> bool:
    """Whether this dosage is due on this day.

    `days_done` are the days on which the line was done. For "n days a week" those of the same week
    before `day` count.
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
    """Whether this dosage was due on a day that is over.

    "n days a week" was due on n days: those on which it was done, and for the rest the last days of
    the week on which it could still be done. So three days a week of which none was done were due
    on three days, not on seven. It could not be done on the days `off`, those of a pause.
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
    """How many moments of a line count as given on a day that is over, of which `done` were done.

    `lines` is the line in each version that held on that day (`held_on`), None where a version
    lacks it. Of two numbers the smaller one counts, because nobody could follow the larger one all
    day. A line that was added or removed that day counts as given as often as it was done. `day`
    is none of the days `off`.
    """
    moments = [
        None if line is None else _moments(line, day, started_on, days_done, off) for line in lines
    ]
    return done if None in moments else min(moments, default=0)


def _moments(
    line: Line, day: date, started_on: date, days_done: Container[date], off: Container[date]
) -> int:
    """How many moments of a line were due on a day that is over; outside its weeks 0."""
    if not line.period.holds_on(day, started_on):
        return 0
    return line.dosage.moments * was_asked(line.dosage, day, started_on, days_done, off)
