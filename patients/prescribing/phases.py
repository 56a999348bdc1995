"""A programme that changes by week: what is asked at the same time, and what deserves a word.

For which weeks a line holds is a `Period` of its own; a phase is what holds together.
"""

from collections.abc import Iterable
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from exercises.minutes import seconds_per_day
from exercises.period import WEEKS, Period

from ..models import Prescription, Programme


def days_of(period: Period, started_on: date) -> tuple[int, int | None]:
    """The first and the last day of the programme on which it holds; None when it goes on."""
    last = period.last_day(started_on)
    first = (period.first_day(started_on) - started_on).days + 1
    return first, None if last is None else (last - started_on).days + 1


def fullest(lines: Iterable[Prescription], started_on: date) -> list[Prescription]:
    """The lines of the phase that asks most of the patient's time."""
    lines = list(lines)
    starts = {line.period.first_day(started_on) for line in lines}
    together = [[line for line in lines if line.period.holds_on(d, started_on)] for d in starts]
    return max(
        together, key=lambda phase: sum(seconds_per_day(line.dosage) for line in phase), default=[]
    )


def remarks(programme: Programme) -> list[str]:
    """What a therapist probably did not mean, a sentence each. Never a block."""
    lines = list(programme.prescriptions.select_related("exercise"))
    if all(line.period.is_whole for line in lines):
        return []
    started_on = programme.started_on or timezone.localdate()
    return [*_twice(lines, started_on), *_empty_weeks(lines)]


def _twice(lines: list[Prescription], started_on: date) -> list[str]:
    found = []
    for at, line in enumerate(lines):
        for other in lines[at + 1 :]:
            meet = max(each.period.first_day(started_on) for each in (line, other))
            if line.exercise_id == other.exercise_id and all(
                each.period.holds_on(meet, started_on) for each in (line, other)
            ):
                found.append(
                    _("“%s” stands twice in the same weeks. Is that what you want?") % line.exercise
                )
    return list(dict.fromkeys(found))


def _empty_weeks(lines: list[Prescription]) -> list[str]:
    """Weeks before the last one that is named in which nothing is asked."""
    periods = [line.period for line in lines]
    if any(period.from_date or period.until_date for period in periods):
        return []
    last = max(period.until_week or period.from_week or WEEKS[0] for period in periods)
    empty = [
        week
        for week in range(WEEKS[0], last + 1)
        if not any(period.in_week_day(week * 7) for period in periods)
    ]
    if not empty:
        return []
    weeks = ", ".join(map(str, empty))
    return [_("Nothing is asked in week %s. Is that what you want?") % weeks]
