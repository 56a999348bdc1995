"""The patient's exercise times as a calendar (RFC 5545). It names no person and no practice.

Each time of the day is one event that recurs on the chosen weekdays. Days of a pause, and days on
which the programme asks for nothing, are left out.
"""

import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event, Timezone

from ..clinical import planned_end
from ..models import Programme, ReminderPlan
from ..patient_day import reports
from ..schedule import is_due
from ..sheet import Line

AHEAD = timedelta(weeks=12)  # shown of a programme without an end; calendars refresh before then
LASTS = timedelta(minutes=15)
ASK_AGAIN = timedelta(hours=12)
DAY = timedelta(days=1)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def feed(plan: ReminderPlan | None, programme: Programme | None, today: date) -> bytes:
    """Return the calendar of a patient as a file; empty without times or without a programme."""
    title = _("Exercises")
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", f"-//{title}//1//")
    calendar.add("x-wr-calname", title)
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT12H")
    days = list(event_days(plan, programme, today)) if plan and programme else []
    if days:
        # Without a first and a last day it would list the clock changes of seventy years.
        calendar.add_component(
            Timezone.from_tzid(
                timezone.get_default_timezone_name(),
                first_date=days[0] - timedelta(days=366),
                last_date=days[-1] + timedelta(days=366),
            )
        )
        for event in _events(plan, days, title):
            calendar.add_component(event)
    return calendar.to_ical()


def event_days(plan: ReminderPlan, programme: Programme, today: date) -> Iterator[date]:
    """Yield the chosen days on which the programme asks for something.

    They begin on the day on which the times were chosen. While a red flag is in force there are
    none.
    """
    version = programme.current_version()
    if version is None or reports.standing_in_record(programme.patient_id).red_flags:
        return
    day = max(programme.started_on, timezone.localdate(plan.changed_at))
    pauses = list(programme.pauses.all())
    lines = version.sheet.lines
    last = last_day(programme, today)
    while day <= last:
        if (
            plan.holds_on(day)
            and not any(pause.holds_on(day) for pause in pauses)
            and _asks_something(lines, day, programme.started_on)
        ):
            yield day
        day += DAY


def last_day(programme: Programme, today: date) -> date:
    """The last day with an event: the day before the programme ended, or else its planned end.

    A programme that runs past its planned end has events for the next seven days.
    """
    if programme.ended_on is not None:
        return programme.ended_on - DAY
    profile = programme.risk_profiles.last()
    planned = programme.planned_until or planned_end(
        programme.started_on, profile.profile if profile else ""
    )
    if planned is None:
        return today + AHEAD
    return planned if today <= planned else today + timedelta(days=7)


def _asks_something(lines: Iterable[Line], day: date, started_on: date) -> bool:
    """Whether a line is due on this day. Earlier sessions are not known here, so a line that asks
    for some days a week counts on every day."""
    return any(
        line.period.holds_on(day, started_on) and is_due(line.dosage, day, started_on)
        for line in lines
    )


def _events(plan: ReminderPlan, days: list[date], title: str) -> Iterator[Event]:
    first, last = days[0], days[-1]
    with_event = set(days)
    whole = (first + timedelta(days=number) for number in range((last - first).days + 1))
    left_out = [day for day in whole if plan.holds_on(day) and day not in with_event]
    zone = timezone.get_default_timezone()
    for slot in plan.times:
        event = Event()
        event.add("uid", str(uuid.uuid5(plan.uuid, slot.isoformat())))
        event.add("dtstamp", plan.changed_at)
        event.add("summary", title)
        event.add("dtstart", datetime.combine(first, slot, tzinfo=zone))
        event.add("duration", LASTS)
        event.add(
            "rrule",
            {
                "freq": "weekly",
                "byday": [WEEKDAYS[int(day) - 1] for day in sorted(plan.days)],
                "until": datetime.combine(last, slot, tzinfo=zone).astimezone(UTC),
            },
        )
        if left_out:
            event.add("exdate", [datetime.combine(day, slot, tzinfo=zone) for day in left_out])
        event.add("class", "PRIVATE")
        event.add("transp", "TRANSPARENT")
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", title)
        alarm.add("trigger", timedelta(0))
        event.add_component(alarm)
        yield event
