"""The exercises of a day as cards, with what was done of them."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from ..models import Programme, SessionLog
from ..schedule import is_due, week_of
from ..sheet import Line, Sheet

RECENT = timedelta(days=14)  # older pain says nothing about today


@dataclass(frozen=True)
class Moment:
    """One moment of the day for one exercise: whether it was done, and how it went.

    `operation` is the number of the act that the next press of its button sends. Pressed twice, or
    sent again, it counts once.
    """

    number: int
    done: bool = False
    pain: int | None = None
    effort: str = ""
    amounts: Mapping[str, int] = field(default_factory=dict)  # that differ from the dosage
    at: datetime | None = None
    later: bool = False  # filled in on another day
    operation: uuid.UUID = field(default_factory=uuid.uuid4)

    @property
    def effort_words(self) -> str:
        return str(SessionLog.Effort(self.effort).label) if self.effort else ""


@dataclass(frozen=True)
class Card:
    """One exercise on a day: its line, and what was done of it. Its number is that on paper."""

    number: int
    line: Line
    moments: tuple[Moment, ...]
    due: bool
    days_done: frozenset[date] = frozenset()  # in this week
    holds: bool = True  # whether its period has this day; otherwise it comes later or is over
    begins: date | None = None  # when it comes later
    # Set by reports.Standing.held_back: the report that stops it, or one that a therapist looked
    # at, so that it is given back.
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
    """How many moments of a day were asked, and how many of those were done."""

    done: int
    asked: int

    @classmethod
    def of(cls, cards: Iterable[Card]) -> "DayCount":
        """Counts what is due: what somebody does on a rest day was not asked."""
        due = [card for card in cards if card.due]
        return cls(sum(card.done for card in due), sum(len(card.moments) for card in due))

    @property
    def left(self) -> int:
        return self.asked - self.done


def latest(logs) -> dict[tuple[str, date, int], SessionLog]:
    """The last row for each (line, day, moment), which is the one that counts."""
    return {(str(log.line), log.day, log.moment): log for log in logs}


def lately(programme: Programme, day: date) -> list[SessionLog]:
    """The rows that count up to this day: of its week, and of the time in which pain matters.
    One query."""
    monday, _sunday = week_of(day)
    first = min(monday, day - RECENT)
    logs = programme.patient.sessions.filter(day__range=(first, day), version__programme=programme)
    return list(latest(logs).values())


def cards(
    programme: Programme, sheet: Sheet, today: date, logs: Iterable[SessionLog]
) -> list[Card]:
    """The exercises of a day in the order of the sheet. `logs` come from `lately`."""
    monday, _sunday = week_of(today)
    started_on = programme.started_on or today
    log_of = latest(logs)
    days_done = defaultdict(set)
    for (line, day, _number), log in log_of.items():
        if log.done and day >= monday:
            days_done[line].add(day)
    return [
        Card(
            number=place,
            line=line,
            moments=tuple(
                _moment(number, log_of.get((line.uuid, today, number)))
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
