"""How long the lists of a practice take, and how often they ask the database, as it grows.

A therapist has 300 running programmes at most, also where 10,000 people are patients.
"""

import uuid
from datetime import date, timedelta

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.logging_in import force_login

from . import clinic
from .measure import milliseconds, table

SIZES = (10, 1_000, 10_000)
OWN = 300
DAYS_DONE = 14
NAMES = ("Jürgen Müller", "Anke van der Berg", "Piet Jansen", "Zoë de Groot", "Mo el Idrissi")

PAGES = (
    ("desk", "admin:index", {}),
    ("patients", "admin:patients_patient_changelist", {}),
    ("patients found by name", "admin:patients_patient_changelist", {"q": "muller 99"}),
    ("patients found by date", "admin:patients_patient_changelist", {"q": "1-5-1970"}),
    ("programmes", "admin:patients_programme_changelist", {}),
    ("programmes found", "admin:patients_programme_changelist", {"q": "muller 99"}),
    ("exercises", "admin:exercises_exercise_changelist", {}),
)


def run() -> None:
    settings.ALLOWED_HOSTS = ["*"]
    rows = []
    with clinic.programme() as running:
        client = Client()
        force_login(client, running.therapist)
        patients = 1
        for size in SIZES:
            fill(running, range(patients, size))
            patients = size
            rows += [[f"{size:,}", *measured(client, page)] for page in PAGES]
    head = ("patients", "list", "ms", "queries")
    table(f"Lists of a practice on {connection.vendor}, the median of five", head, rows)


def measured(client, page) -> list:
    name, route, data = page
    address = reverse(route)

    def look():
        assert client.get(address, data).status_code == 200

    took = milliseconds(look)
    with CaptureQueriesContext(connection) as asked:
        look()
    return [name, took, str(len(asked))]


def fill(running, numbers: range) -> None:
    """Patients with a programme each: the first 300 run, of one therapist, and are ticked off."""
    from patients.models import Patient, Programme, SessionLog, Version

    practice, given, today = (
        running.patient.practice,
        running.current_version(),
        timezone.localdate(),
    )
    patients = Patient.objects.bulk_create(
        [
            Patient(
                practice=practice,
                name=f"{NAMES[number % len(NAMES)]} {number}",
                birth_date=date(1940, 1, 1) + timedelta(days=3 * number),
            )
            for number in numbers
        ],
        batch_size=500,
    )
    begun = today - timedelta(days=30)
    programmes = Programme.objects.bulk_create(
        [
            Programme(
                patient=patient,
                therapist=running.therapist,
                title="Lage rugpijn",
                started_on=begun,
                ended_on=None if number < OWN else today,
            )
            for number, patient in zip(numbers, patients, strict=True)
        ],
        batch_size=500,
    )
    versions = Version.objects.bulk_create(
        [
            Version(programme=each, number=1, content=given.content, digest=given.digest)
            for each in programmes
        ],
        batch_size=500,
    )
    lines = given.sheet.lines
    SessionLog.objects.bulk_create(
        [
            SessionLog(
                patient=version.programme.patient,
                version=version,
                line=line.uuid,
                moment=1,
                operation=uuid.uuid4(),
                performed_at=timezone.now(),
                day=today - timedelta(days=days),
                done=True,
                pain=3,
            )
            for version in versions
            if version.programme.is_running
            for days in range(1, DAYS_DONE + 1)
            for line in lines
        ],
        batch_size=500,
    )
