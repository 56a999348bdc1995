"""The demo clinic: two practices, seven people, and six weeks of plausible history.

Made for trying out and for checks from outside, so its logins are fixed. It
refuses anything but a DEBUG installation that is empty or that it made itself.
"""

import random
import uuid
from datetime import datetime, time, timedelta

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from exercises.dosage import Dosage
from exercises.models import Protocol
from patients import actions
from patients.days import is_due
from patients.models import Patient, Programme, SessionLog, Version
from rugpijn.models import Practice, User

PASSWORD = "rugpijn-demo-2026"
DEMO_PRACTICE = uuid.UUID("6d0b5f52-9f0a-4a3e-8a52-0d3e0a2f9c01")
MO_LOGIN_CODE = "mo-7316-4482"

# The moments of the day at which people do their exercises, and how likely they
# are to: the share done falls a little as the weeks go by.
HOURS = (8, 19, 13, 16)


class Command(BaseCommand):
    help = "Makes the demo clinic in an empty DEBUG installation; a second time changes nothing."

    def handle(self, *args, **options):
        if not settings.DEBUG:
            raise CommandError(
                "The demo clinic has known passwords; it is made with DEBUG on only."
            )
        if Practice.objects.filter(uuid=DEMO_PRACTICE).exists():
            self.stdout.write("The demo clinic is already here.")
            return
        if Practice.objects.exists() or User.objects.exists():
            raise CommandError("There is a real practice here; the demo clinic would mix with it.")
        if not Protocol.objects.filter(key="lage-rugpijn").exists():
            raise CommandError("Load the library first: manage.py load_library")
        with transaction.atomic():
            DemoClinic().build()
        self.stdout.write("The demo clinic is made.")


class DemoClinic:
    def __init__(self):
        self.dice = random.Random(2026)  # noqa: S311  the same history each time, nothing secret
        self.today = timezone.localdate()
        self.back = Protocol.objects.get(key="lage-rugpijn")
        self.knee = Protocol.objects.get(key="knie")

    def build(self):
        self.first_practice()
        self.second_practice()
        self.person("root@demo.example", "Root", is_superuser=True)

    def first_practice(self):
        practice = Practice.objects.create(
            uuid=DEMO_PRACTICE,
            name="Fysiotherapie De Linde",
            street="Lindelaan 12",
            postcode="1234 AB",
            city="Voorbeeldstad",
            phone="012 - 345 67 89",
            email="praktijk@delinde.example",
            website="https://delinde.example",
        )
        anna = self.person(
            "therapist@demo.example", "Anna de Wit", practice=practice, is_therapist=True
        )
        self.person("owner@demo.example", "Els Bakker", practice=practice, is_owner=True)

        piet = self.patient(
            practice, anna, "Piet Jansen", "1959-03-12", email="patient@demo.example"
        )
        piet.user = self.person("patient@demo.example", "Piet Jansen")
        piet.save()
        programme = self.programme(piet, anna, self.back, started=41)
        self.history(programme, adherence=0.8, pain=6, days=21)
        self.revise(programme, anna)
        self.history(programme, adherence=0.7, pain=4, after=21)

        mo = self.patient(practice, anna, "Mo el Idrissi", "1986-11-02", phone="06 - 12 34 56 78")
        mo.user = self.person(None, "Mo el Idrissi", login_code=MO_LOGIN_CODE)
        mo.save()
        self.history(self.programme(mo, anna, self.knee, started=16), adherence=0.6, pain=5)

        ria = self.patient(practice, anna, "Ria van den Berg", "1971-06-30")
        ended = self.programme(ria, anna, self.back, started=70)
        self.history(ended, adherence=0.7, pain=7, days=42)
        actions.end(programme=ended, by=anna, on=self.today - timedelta(days=28))

        jan = self.patient(practice, anna, "Jan Hendrik de Vries", "1948-01-19")
        actions.draft(patient=jan, by=anna, protocol=self.back)

    def second_practice(self):
        practice = Practice.objects.create(
            name="Praktijk Zuid",
            street="Zuidplein 3",
            postcode="4321 ZZ",
            city="Elders",
            phone="098 - 765 43 21",
        )
        bram = self.person(
            "therapist2@demo.example",
            "Bram Visser",
            practice=practice,
            is_therapist=True,
            is_owner=True,
        )
        roos = self.patient(
            practice,
            bram,
            "Roos Mulder",
            "2002-09-14",
            email="patient2@demo.example",
            language="en",
        )
        roos.user = self.person("patient2@demo.example", "Roos Mulder", language="en")
        roos.save()
        self.history(self.programme(roos, bram, self.back, started=9), adherence=0.9, pain=4)

    def person(self, email, name, **fields) -> User:
        return User.objects.create_user(email, PASSWORD, name=name, **fields)

    def patient(self, practice, by, name, birth_date, **fields) -> Patient:
        return Patient.objects.create(
            practice=practice, created_by=by, name=name, birth_date=birth_date, **fields
        )

    def programme(self, patient, by, protocol, started: int) -> Programme:
        """A programme that started so many days ago."""
        programme = actions.draft(patient=patient, by=by, protocol=protocol)
        on = self.today - timedelta(days=started)
        version = actions.start(programme=programme, by=by, on=on)
        self.date_back(version, on)
        return programme

    def revise(self, programme, by):
        """Three weeks on: one exercise a little harder, one with a word of advice."""
        lines = list(programme.prescriptions.all())
        lines[0].dosage = Dosage.parse("2x per dag 3x10")
        lines[0].save()
        lines[3].note = "Rustig aan: liever klein en vaak dan groot."
        lines[3].save()
        version = actions.issue(programme=programme, by=by)
        self.date_back(version, self.today - timedelta(days=20))

    def date_back(self, version: Version, day):
        version.issued_at = self.at(day, 10)
        version.save(update_fields=["issued_at"])

    def at(self, day, hour: int) -> datetime:
        minute = self.dice.randrange(60)
        return timezone.make_aware(datetime.combine(day, time(hour, minute)))

    def history(self, programme, *, adherence: float, pain: int, days=None, after=0):
        """Sessions against the current version; pain falls, and adherence a little too.

        From `after` days since the start, for `days` days or until yesterday.
        """
        version = programme.current_version()
        lines = version.sheet.lines
        last = programme.started_on + timedelta(days=days) if days else self.today
        rows, day = [], programme.started_on + timedelta(days=after)
        while day < min(last, self.today):
            week = (day - programme.started_on).days // 7
            score = max(0, pain - week + self.dice.choice((-1, 0, 0, 1)))
            skipped = self.dice.random() > adherence + 0.15
            for line in lines:
                done_days = {row.day for row in rows if str(row.line) == line.uuid}
                if skipped or not is_due(line.dosage, day, programme.started_on, done_days):
                    continue
                for moment in range(1, line.dosage.moments + 1):
                    if self.dice.random() < adherence - 0.03 * week:
                        at = self.at(day, HOURS[(moment - 1) % len(HOURS)])
                        rows.append(self.session(programme, version, line, day, moment, score, at))
            day += timedelta(days=1)
        SessionLog.objects.bulk_create(rows)

    def session(self, programme, version, line, day, moment, score, at) -> SessionLog:
        answered = self.dice.random() < 0.7
        return SessionLog(
            patient=programme.patient,
            version=version,
            operation=uuid.UUID(int=self.dice.getrandbits(128), version=4),
            line=uuid.UUID(line.uuid),
            day=day,
            moment=moment,
            done=True,
            pain=min(10, score) if answered else None,
            performed_at=at,
            received_at=at,
        )
