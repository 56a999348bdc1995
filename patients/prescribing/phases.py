"""The phases of a programme: the lines that hold in the same weeks, and likely mistakes in them.

Each line has a `Period`, the weeks for which it holds.
"""

from collections.abc import Iterable
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from exercises.minutes import seconds_per_day
from exercises.period import WEEKS, Period

from ..models import Prescription, Programme


def days_of(period: Period, started_on: date) -> tuple[int, int | None]:
    """The first and the last day of a period, as days of the programme; None for no last day."""
    last = period.last_day(started_on)
    first = (period.first_day(started_on) - started_on).days + 1
    return first, None if last is None else (last - started_on).days + 1


def fullest(lines: Iterable[Prescription], started_on: date) -> list[Prescription]:
    """The lines of the phase that takes the patient most time in a day."""
    lines = list(lines)
    starts = {line.period.first_day(started_on) for line in lines}
    together = [[line for line in lines if line.period.holds_on(d, started_on)] for d in starts]
    return max(
        together, key=lambda phase: sum(seconds_per_day(line.dosage) for line in phase), default=[]
    )


def remarks(programme: Programme) -> list[str]:
    """Likely mistakes in the weeks of the lines, a sentence each. They are shown, not refused."""
    lines = list(programme.prescriptions.select_related("exercise"))
    if all(line.period.is_whole for line in lines):
        return []
    started_on = programme.started_on or timezone.localdate()
    return [*_twice(lines, started_on), *_empty_weeks(lines)]


def _twice(lines: list[Prescription], started_on: date) -> list[str]:
    """Exercises that stand twice in the same weeks."""
    sentences = []
    for at, line in enumerate(lines):
        for other in lines[at + 1 :]:
            meet = max(each.period.first_day(started_on) for each in (line, other))
            if line.exercise_id == other.exercise_id and all(
                each.period.holds_on(meet, started_on) for each in (line, other)
            ):
                sentences.append(
                    _("“%s” is in the same weeks twice. Is that what you want?") % line.exercise
                )
    return list(dict.fromkeys(sentences))


def _empty_weeks(lines: list[Prescription]) -> list[str]:
    """Weeks without any exercise, up to the last week that a line names."""
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
    return [_("There are no exercises in week %s. Is that what you want?") % weeks]
