"""When something was done, by a phone's clock and the server's.

A phone's clock may be wrong by minutes or by centuries. An act is never lost for that: what the
phone says counts while it can be, and otherwise the server's day counts and the row says so.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone
from django.utils.dateparse import parse_datetime

MAY_BE_OFF = timedelta(minutes=10)  # small differences are left alone
SLACK = timedelta(days=1)
# How scripts write an instant before year 0 or after year 9999.
BEYOND_THE_CALENDAR = re.compile(r"[+-][0-9]{6}-[0-9]{2}-[0-9]{2}T")


@dataclass(frozen=True)
class When:
    """The day and the moment that are written down."""

    day: date
    performed_at: datetime
    clock_was_off: bool = False


@dataclass(frozen=True)
class Stamp:
    """What an act says: None for an instant that no calendar has."""

    performed_at: datetime | None
    day: date | None


def read_instant(text: str) -> datetime | None:
    """An instant with its zone; None for one that no calendar has. ValueError when it is none."""
    if BEYOND_THE_CALENDAR.match(text):
        return None
    instant = parse_datetime(text)
    if instant is None or instant.tzinfo is None:
        raise ValueError("not an instant")
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        return None


def read_stamp(performed_at: str, day: str) -> Stamp:
    """Raises ValueError for what no clock says."""
    instant = read_instant(performed_at)
    return Stamp(instant, None if instant is None else date.fromisoformat(day))


class PhoneClock:
    """The clock of the phone that sent a message. `says` is what it was there at that moment."""

    def __init__(self, says: str):
        self.now = timezone.now()
        try:
            told = read_instant(says)
        except ValueError:
            told = None
        self.behind = None if told is None else self.now - told

    def when(self, stamp: Stamp, started_on: date) -> When:
        """What counts: as the phone says, put right by how far its clock is off now.

        From the day before the programme started until a day from now that can be; the day itself
        from the start until today. Otherwise the clock was off, and this moment counts.
        """
        today = timezone.localdate(self.now)
        right = self._put_right(stamp)
        if right is not None:
            earliest = timezone.make_aware(datetime.combine(started_on, time())) - SLACK
            if (
                earliest <= right.performed_at <= self.now + SLACK
                and started_on <= right.day <= today
            ):
                return right
        return When(today, self.now, clock_was_off=True)

    def _put_right(self, stamp: Stamp) -> When | None:
        """None when it leads out of the calendar, or nothing is known of this clock."""
        if self.behind is None or stamp.performed_at is None:
            return None
        if abs(self.behind) <= MAY_BE_OFF:
            return When(stamp.day, stamp.performed_at)
        try:
            right = stamp.performed_at + self.behind
            moved = timezone.localdate(right) - timezone.localdate(stamp.performed_at)
            return When(stamp.day + moved, right)
        except OverflowError:
            return None


LONG_AGO = timedelta(days=3650)


def can_be(moment: datetime, arrived: datetime) -> bool:
    """Whether something that arrived then can have been done at this moment.

    Rows were stored before any clock was judged, and are never changed: who reads asks this.
    """
    return -LONG_AGO <= moment - arrived <= SLACK


def day_can_be(day: date, arrived: datetime) -> bool:
    return -LONG_AGO <= day - timezone.localdate(arrived) <= SLACK
