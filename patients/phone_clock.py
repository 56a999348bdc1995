"""When something was done, by the clocks of a phone and of the server.

A phone's clock may be wrong by minutes or by centuries. No act is lost for that. What the phone
says counts when it is possible, corrected by what its clock is off. Otherwise the server's time
counts, and the row notes that the clock was off.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone
from django.utils.dateparse import parse_datetime

MAY_BE_OFF = timedelta(minutes=10)  # a smaller difference is not corrected
SLACK = timedelta(days=1)
# How scripts write an instant before the year 0 or after 9999.
BEYOND_THE_CALENDAR = re.compile(r"[+-][0-9]{6}-[0-9]{2}-[0-9]{2}T")


@dataclass(frozen=True)
class When:
    """The day and the instant that are stored with an act."""

    day: date
    performed_at: datetime
    clock_was_off: bool = False


@dataclass(frozen=True)
class Stamp:
    """What an act says about its time. None for an instant outside the calendar."""

    performed_at: datetime | None
    day: date | None


def read_instant(text: str) -> datetime | None:
    """An instant with its zone, in UTC; None for one outside the calendar.

    Raises ValueError for a text that is no instant.
    """
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
    """Raises ValueError for texts that are no instant or no day."""
    instant = read_instant(performed_at)
    return Stamp(instant, None if instant is None else date.fromisoformat(day))


class PhoneClock:
    """The clock of a phone that sends a message. `says` is the time that it showed then."""

    def __init__(self, says: str):
        self.now = timezone.now()
        try:
            instant = read_instant(says)
        except ValueError:
            instant = None
        self.behind = None if instant is None else self.now - instant

    def when(self, stamp: Stamp, started_on: date) -> When:
        """When an act was done: its stamp, corrected by how far the phone's clock is off now.

        It is possible when its day is between the start of the programme and today, and its
        instant at most a day before that start or after now. Otherwise the clock was off, and the
        act counts as done now.
        """
        today = timezone.localdate(self.now)
        corrected = self._correct(stamp)
        if corrected is not None:
            earliest = timezone.make_aware(datetime.combine(started_on, time())) - SLACK
            if (
                earliest <= corrected.performed_at <= self.now + SLACK
                and started_on <= corrected.day <= today
            ):
                return corrected
        return When(today, self.now, clock_was_off=True)

    def _correct(self, stamp: Stamp) -> When | None:
        """None when the result is outside the calendar, or the phone did not say its time."""
        if self.behind is None or stamp.performed_at is None:
            return None
        if abs(self.behind) <= MAY_BE_OFF:
            return When(stamp.day, stamp.performed_at)
        try:
            corrected = stamp.performed_at + self.behind
            moved = timezone.localdate(corrected) - timezone.localdate(stamp.performed_at)
            return When(stamp.day + moved, corrected)
        except OverflowError:
            return None


LONG_AGO = timedelta(days=3650)


def can_be(moment: datetime, arrived: datetime) -> bool:
    """Whether what arrived at one instant can have been done at the other.

    Old rows were stored before clocks were checked, and are never changed. So it is asked when
    they are read.
    """
    return -LONG_AGO <= moment - arrived <= SLACK


def day_can_be(day: date, arrived: datetime) -> bool:
    """The same of a day."""
    return -LONG_AGO <= day - timezone.localdate(arrived) <= SLACK
