"""Which exercises are due on which day.

Day 1 is the day the programme started. Every day unless the dosage says
otherwise; "every n days" counts from day 1; "n days a week" is due from Monday
on until the week has its n days.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from exercises.dosage import Dosage


def week_of(day: date) -> tuple[date, date]:
    """Monday and Sunday of the week that holds this day."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


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
