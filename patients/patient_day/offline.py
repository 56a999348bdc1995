"""The data in a page with which a phone can go on without a connection.

Which exercise is due on which of the next 14 days is decided here, by schedule.py. The script only
counts in how many days of a week something was done.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from rugpijn.models import User

from .. import clinical
from ..models import Programme, SessionLog, Version
from ..schedule import is_due
from .day_cards import Card
from .reports import Report, Standing, pain_that_tells

DAYS_AHEAD = 14


def offline_data(
    programme: Programme,
    version: Version,
    cards: list[Card],
    logs: Iterable[SessionLog],
    today: date,
    keep: bool,
    reader: User,
    stands: Standing,
) -> dict:
    """The data for the scripts of the patient's pages, as JSON. `programme` is one `with_facts`.

    `keep` says that this device may keep the programme, because the patient trusts it.
    """
    practice = programme.patient.practice
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
        "stop": reverse("patients:stop", args=[programme.uuid]),
        "retract": reverse("patients:report_symptoms", args=[programme.uuid]),
        "lines": [_line(programme, card, today) for card in cards],
        "painTells": pain_that_tells(programme, logs, today),
        "symptoms": {
            name: {
                "words": version.sheet.words_of([name])[0],
                "urgency": symptom.urgency,
                "why": str(symptom.why),
                "call": symptom.call,
            }
            for name, symptom in clinical.SYMPTOMS.items()
        },
        "advice": clinical.advice(practice.emergency),
        # A kept page with other numbers than these is loaded again.
        "phones": [
            practice.doctor_phone,
            practice.out_of_hours_phone,
            practice.emergency,
            practice.phone,
        ],
        "ownRecords": own_records(programme, reader),
        **state_of(stands),
    }


def own_records(programme: Programme, reader: User) -> list[str]:
    """The uuids of the records whose acts on this device count here: all records of one person,
    also in other practices. Who acts for somebody gets that record alone."""
    patient = programme.patient
    if patient.user_id != reader.pk or not programme.has_other_records:
        return [str(patient.uuid)]
    return [str(uuid) for uuid in reader.patients.values_list("uuid", flat=True)]


def state_of(stands: Standing) -> dict:
    """What is in force, and the time at which that was so: a device uses the newest it has."""
    return {
        "now": timezone.now().isoformat(),
        "reports": [_report(report) for report in stands.reports],
    }


def _report(report: Report) -> dict:
    return {
        "operation": report.operation,
        "retraction": report.retraction,
        "programme": report.programme,
        "patient": report.patient,
        "version": report.version,
        "line": report.line,
        "exercise": report.exercise,
        "title": report.title,
        "day": report.day.isoformat(),
        "date": date_format(report.day, "j F"),
        "moment": report.moment,
        "symptoms": report.symptoms,
    }


def _line(programme: Programme, card: Card, today: date) -> dict:
    days = [today + timedelta(days=number) for number in range(DAYS_AHEAD)]
    return {
        "uuid": card.line.uuid,
        "exercise": card.line.exercise,
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
