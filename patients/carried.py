"""What a page carries along, so that a phone can go on without a connection.

Which exercise is due on which day is asked of days.py here, for two weeks ahead: the script
counts nothing of its own but the days of a week.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from django.conf import settings
from django.urls import reverse

from rugpijn.models import User

from . import clinical
from .days import is_due
from .models import Programme, SessionLog, Version
from .progress import Card
from .reports import pain_that_tells

DAYS_AHEAD = 14


def carried(
    programme: Programme,
    version: Version,
    cards: list[Card],
    logs: Iterable[SessionLog],
    today: date,
    keep: bool,
    reader: User,
) -> dict:
    """Plain data for the scripts of the patient's pages. `programme` is one `with_facts`.

    `keep` says that this device may hold the programme: the patient trusts it.
    """
    return {
        "login": str(reader.uuid),
        "patient": str(programme.patient.uuid),
        "programme": str(programme.uuid),
        "version": version.number,
        "keep": keep,
        "today": today.isoformat(),
        "zone": settings.TIME_ZONE,
        "sequence": programme.last_act,
        "start": reverse("patients:sync_start"),
        "sync": reverse("patients:sync"),
        "page": reverse("patients:programme_detail", args=[programme.uuid]),
        "session": reverse("patients:programme_session", args=[programme.uuid]),
        "lines": [_line(programme, card, today) for card in cards],
        "painTells": pain_that_tells(programme, logs, today),
        "urgency": {name: symptom.urgency for name, symptom in clinical.SYMPTOMS.items()},
        "advice": {name: str(words) for name, words in clinical.ADVICE.items()},
    }


def _line(programme: Programme, card: Card, today: date) -> dict:
    days = [today + timedelta(days=number) for number in range(DAYS_AHEAD)]
    return {
        "uuid": card.line.uuid,
        "title": card.line.title,
        "moments": len(card.moments),
        "done": [moment.number for moment in card.moments if moment.done],
        "due": [
            day.isoformat()
            for day in days
            if card.line.period.holds_on(day, programme.started_on)
            and is_due(card.line.dosage, day, programme.started_on)
            and not programme.pause_on(day)
        ],
        "week": card.line.dosage.days_per_week,
        "weekDone": sorted(day.isoformat() for day in card.days_done),
    }
