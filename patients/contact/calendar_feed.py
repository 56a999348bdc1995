"""The patient's times as a calendar: one word, and nothing about a person or a practice.

One event for each time of the day. It comes back on the days that were chosen, and leaves out
those of a pause and those on which the programme asks for nothing.
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

AHEAD = timedelta(weeks=12)  # of a programme without an end; the calendar asks again meanwhile
LASTS = timedelta(minutes=15)
ASK_AGAIN = timedelta(hours=12)
DAY = timedelta(days=1)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def feed(plan: ReminderPlan | None, programme: Programme | None, today: date) -> bytes:
    """The calendar of a patient; empty without times or without a programme."""
    word = _("Exercises")
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", f"-//{word}//1//")
    calendar.add("x-wr-calname", word)
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT12H")
    days = list(asked_days(plan, programme, today)) if plan and programme else []
    if days:
        # Without first and last day it lists the clock changes of seventy years.
        calendar.add_component(
            Timezone.from_tzid(
                timezone.get_default_timezone_name(),
                first_date=days[0] - timedelta(days=366),
                last_date=days[-1] + timedelta(days=366),
            )
        )
        for event in _events(plan, days, word):
            calendar.add_component(event)
    return calendar.to_ical()


def asked_days(plan: ReminderPlan, programme: Programme, today: date) -> Iterator[date]:
    """The days with an event: chosen by the patient, and something is asked on them.

    From the day on which the times were chosen: what was before that is over.
    """
    version = programme.current_version()
    if version is None or reports.standing_alone(programme.patient_id).red_flags:
        return
    day = max(programme.started_on, timezone.localdate(plan.changed_at))
    pauses = list(programme.pauses.all())
    lines = version.sheet.lines
    last = last_day(programme, today)
    while day <= last:
        if (
            plan.holds_on(day)
            and not any(pause.holds_on(day) for pause in pauses)
            and _asks(lines, day, programme.started_on)
        ):
            yield day
        day += DAY


def last_day(programme: Programme, today: date) -> date:
    """The day before it ended, or the last one that is planned; nobody ends a programme by being
    late, so one that runs on has its events from week to week."""
    if programme.ended_on is not None:
        return programme.ended_on - DAY
    profile = programme.risk_profiles.last()
    planned = programme.planned_until or planned_end(
        programme.started_on, profile.profile if profile else ""
    )
    if planned is None:
        return today + AHEAD
    return planned if today <= planned else today + timedelta(days=7)


def _asks(lines: Iterable[Line], day: date, started_on: date) -> bool:
    """What was done before that day is not known here: a weekly number may ask every day."""
    return any(
        line.period.holds_on(day, started_on) and is_due(line.dosage, day, started_on)
        for line in lines
    )


def _events(plan: ReminderPlan, days: list[date], word: str) -> Iterator[Event]:
    first, last = days[0], days[-1]
    asked = set(days)
    whole = (first + timedelta(days=number) for number in range((last - first).days + 1))
    left_out = [day for day in whole if plan.holds_on(day) and day not in asked]
    zone = timezone.get_default_timezone()
    for slot in plan.times:
        event = Event()
        event.add("uid", str(uuid.uuid5(plan.uuid, slot.isoformat())))
        event.add("dtstamp", plan.changed_at)
        event.add("summary", word)
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
        alarm.add("description", word)
        alarm.add("trigger", timedelta(0))
        event.add_component(alarm)
        yield event
