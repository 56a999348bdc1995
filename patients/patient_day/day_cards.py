"""The exercises of a day, with what was done of them."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from ..models import Programme, SessionLog
from ..schedule import is_due, week_of
from ..sheet import Line, Sheet

RECENT = timedelta(days=14)  # pain before that is no reason for today, and costs time to read


@dataclass(frozen=True)
class Moment:
    """One moment of the day for one exercise: done or not, and the pain with it.

    `operation` numbers the next press of its button, so that pressing twice, or
    a page that is sent again, counts once.
    """

    number: int
    done: bool = False
    pain: int | None = None
    effort: str = ""
    amounts: Mapping[str, int] = field(default_factory=dict)  # where it was not what was given
    at: datetime | None = None
    later: bool = False  # written down on another day
    operation: uuid.UUID = field(default_factory=uuid.uuid4)

    @property
    def effort_words(self) -> str:
        return str(SessionLog.Effort(self.effort).label) if self.effort else ""


@dataclass(frozen=True)
class Card:
    """One exercise today: what is read, and what was done. Its number is that on paper."""

    number: int
    line: Line
    moments: tuple[Moment, ...]
    due: bool
    days_done: frozenset[date] = frozenset()  # of this week
    holds: bool = True  # today; otherwise it comes later, or is over
    begins: date | None = None  # of what comes later
    # Reports, of reports.Standing.held_back: what stops it, and what stopped it until a therapist
    # looked.
    stopped: object | None = None
    given_back: object | None = None

    @property
    def days_this_week(self) -> int:
        return len(self.days_done)

    @property
    def done(self) -> int:
        return sum(moment.done for moment in self.moments)

    @property
    def is_complete(self) -> bool:
        return self.done == len(self.moments)


@dataclass(frozen=True)
class DayCount:
    """Moments of a day: how many are asked for, and how many of those are done."""

    asked: int
    done: int

    @property
    def left(self) -> int:
        return self.asked - self.done


def count_due(cards: Iterable[Card]) -> DayCount:
    """The moments of the exercises that are due. What is done on a rest day does not count."""
    due = [card for card in cards if card.due]
    return DayCount(sum(len(card.moments) for card in due), sum(card.done for card in due))


def latest(logs) -> dict[tuple[str, date, int], SessionLog]:
    """What holds for each (line, day, moment): the last act, as rows come in their own order."""
    return {(str(log.line), log.day, log.moment): log for log in logs}


def lately(programme: Programme, day: date) -> list[SessionLog]:
    """What holds of the days up to this one: of its week, and as far as pain is looked back at.
    One query."""
    monday, _sunday = week_of(day)
    first = min(monday, day - RECENT)
    logs = programme.patient.sessions.filter(day__range=(first, day), version__programme=programme)
    return list(latest(logs).values())


def cards(
    programme: Programme, sheet: Sheet, today: date, logs: Iterable[SessionLog]
) -> list[Card]:
    """The exercises of a day in the order of the sheet. `logs` are those `lately`."""
    monday, _sunday = week_of(today)
    started_on = programme.started_on or today
    held = latest(logs)
    days_done = defaultdict(set)
    for (line, day, _number), log in held.items():
        if log.done and day >= monday:
            days_done[line].add(day)
    return [
        Card(
            number=place,
            line=line,
            moments=tuple(
                _moment(number, held.get((line.uuid, today, number)))
                for number in range(1, line.dosage.moments + 1)
            ),
            due=line.period.holds_on(today, started_on)
            and is_due(line.dosage, today, started_on, days_done[line.uuid]),
            days_done=frozenset(days_done[line.uuid]),
            holds=line.period.holds_on(today, started_on),
            begins=first if (first := line.period.first_day(started_on)) > today else None,
        )
        for place, line in enumerate(sheet.lines, 1)
    ]


def _moment(number: int, log: SessionLog | None) -> Moment:
    if log is None:
        return Moment(number)
    amounts = {
        name: amount for name in SessionLog.AMOUNTS if (amount := getattr(log, name)) is not None
    }
    return Moment(
        number,
        done=log.done,
        pain=log.pain,
        effort=log.effort,
        amounts=amounts,
        at=log.performed_at,
        later=log.filled_in_later,
    )
