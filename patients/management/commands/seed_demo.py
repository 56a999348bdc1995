"""The demo clinic: two practices, their people, and six weeks of plausible history.

It is for trying the app and for tests from outside, so its logins are fixed. It refuses anything
but a DEBUG installation that is empty or that it filled itself.
"""

import itertools
import random
import uuid
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from exercises.dosage import Dosage
from exercises.models import Protocol
from exercises.period import Period
from patients.follow_up import judgements
from patients.models import (
    MainActivity,
    Message,
    Patient,
    Programme,
    RecoveryCheck,
    RiskProfile,
    SeenMark,
    SessionLog,
    SymptomAnswer,
    Version,
)
from patients.prescribing import authoring, lifecycle, sides
from patients.schedule import is_due
from rugpijn.login import second_factor, totp
from rugpijn.models import Practice, User

PASSWORD = "rugpijn-demo-2026"
DEMO_PRACTICE = uuid.UUID("6d0b5f52-9f0a-4a3e-8a52-0d3e0a2f9c01")
# Where the numbers of exercises on paper of the first practice lead.
LEAFLET_PAGE = "https://fysiotherapiekoolehouten.nl/oefening-van-de-maand_rug/"
MO_LOGIN_CODE = "mo-7316-4482"

# At what hour the first, second, … moment of a day is ticked off.
HOURS = (8, 19, 13, 16)


class Command(BaseCommand):
    help = "Makes the demo clinic in an empty DEBUG installation; a second time changes nothing."

    def handle(self, *args, **options):
        if not settings.DEBUG:
            raise CommandError(
                "The demo clinic has known passwords; it is made with DEBUG on only."
            )
        if Practice.objects.filter(uuid=DEMO_PRACTICE).exists():
            give_second_factors()
            self.stdout.write("The demo clinic is already here.")
            return
        if Practice.objects.exists() or User.objects.exists():
            raise CommandError("There is a real practice here; the demo clinic would mix with it.")
        if not Protocol.objects.filter(key="lage-rugpijn").exists():
            raise CommandError("Load the library first: manage.py load_library")
        with transaction.atomic():
            DemoClinic().build()
            give_second_factors()
        self.stdout.write("The demo clinic is made.")


def give_second_factors():
    """Give staff of the demo an authenticator app that nobody holds: the demo's code opens it."""
    for person in User.objects.filter(email__endswith="@demo.example"):
        if person.is_staff and not second_factor.has(person):
            totp.add(person, totp.new_secret())


class DemoClinic:
    """Makes the practices and everything in them. `today` is the day after the last of history."""

    def __init__(self):
        self.acts = itertools.count(1)
        self.dice = random.Random(2026)  # noqa: S311  the same history each time, nothing secret
        self.today = timezone.localdate()
        self.back = Protocol.objects.get(key="lage-rugpijn")
        self.knee = Protocol.objects.get(key="knie")

    def build(self):
        self.first_practice()
        self.second_practice()
        self.worklist()
        self.pause_and_discharge()
        self.login("root@demo.example", "Root", is_superuser=True)

    def first_practice(self):
        self.linde = Practice.objects.create(
            uuid=DEMO_PRACTICE,
            name="Fysiotherapie De Linde",
            street="Lindelaan 12",
            postcode="1234 AB",
            city="Voorbeeldstad",
            phone="012 - 345 67 89",
            email="praktijk@delinde.example",
            website="https://delinde.example",
            online_page=LEAFLET_PAGE,
            second_step=False,
        )
        self.anna = self.login(
            "therapist@demo.example", "Anna de Wit", practice=self.linde, is_therapist=True
        )
        self.login("owner@demo.example", "Els Bakker", practice=self.linde, is_owner=True)

        piet = self.patient("Piet Jansen", "1959-03-12", email="patient@demo.example")
        self.piet = self.programme(piet, self.back, started=41, adherence=0.8, pain=6, days=21)
        self.revise(self.piet)
        self.history(self.piet, adherence=0.7, pain=4, after=21)

        mo = self.patient(
            "Mo el Idrissi", "1986-11-02", phone="06 - 12 34 56 78", code=MO_LOGIN_CODE
        )
        weeks = {3: "vanaf week 2", 4: "vanaf week 3"}
        self.mo = self.programme(mo, self.knee, started=16, weeks=weeks, adherence=0.6, pain=5)

        ria = self.patient("Ria van den Berg", "1971-06-30")
        ended = self.programme(ria, self.back, started=70, adherence=0.7, pain=7, days=42)
        lifecycle.end(programme=ended, by=self.anna, on=self.days_ago(28))

        jan = self.patient("Jan Hendrik de Vries", "1948-01-19")
        authoring.draft(patient=jan, by=self.anna, protocol=self.back)

    def second_practice(self):
        zuid = Practice.objects.create(
            name="Praktijk Zuid",
            street="Zuidplein 3",
            postcode="4321 ZZ",
            city="Elders",
            phone="098 - 765 43 21",
            second_step=False,
        )
        bram = self.login(
            "therapist2@demo.example",
            "Bram Visser",
            practice=zuid,
            is_therapist=True,
            is_owner=True,
        )
        roos = self.patient(
            "Roos Mulder", "2002-09-14", email="patient2@demo.example", by=bram, language="en"
        )
        self.programme(roos, self.back, started=9, adherence=0.9, pain=4)

    def worklist(self):
        """A reason of every kind for the worklist of the first practice, and a colleague."""
        kim = self.login(
            "colleague@demo.example", "Kim de Boer", practice=self.linde, is_therapist=True
        )
        self.judge_piet()

        self.profile(self.mo, RiskProfile.Profile.LOW)
        self.message(self.mo, "Mag ik ook fietsen naar mijn werk?", days_ago=1)

        sanne = self.patient_with_code("Sanne Vermeulen", "1984-05-17", "06 - 11 22 33 44")
        programme = self.programme(sanne, self.back, started=11, adherence=0.8, pain=6)
        self.report_leg_pain(programme, line=4, days_ago=1)

        henk = self.patient_with_code("Henk Postma", "1952-08-08", "012 - 987 65 43")
        programme = self.programme(henk, self.back, started=24, adherence=0.6, pain=5, days=21)
        version = programme.current_version()
        for day in (self.days_ago(2), self.days_ago(1)):
            session = self.session(version, version.sheet.lines[0], day, 1, self.at(day, 19))
            session.pain = 8
            session.save()
        self.recovery(programme, RecoveryCheck.Answer.WORSE, pain=7)

        lotte = self.patient_with_code("Lotte Kuipers", "1995-12-01", "06 - 55 66 77 88")
        programme = self.programme(lotte, self.knee, started=18, adherence=0.7, pain=4, days=8)

        johan = self.patient("Johan Meijer", "1939-04-22", phone="012 - 222 33 44")
        self.programme(johan, self.back, started=27)

        wil = self.patient_with_code("Wil Scholten", "1968-02-11", "012 - 444 55 66", by=kim)
        programme = self.programme(wil, self.back, started=22, adherence=0.8, pain=5)
        self.recovery(programme, RecoveryCheck.Answer.SAME, pain=5)

    def judge_piet(self):
        """What Anna and Piet wrote down about how it goes."""
        self.profile(self.piet, RiskProfile.Profile.MEDIUM)
        self.recovery(self.piet, RecoveryCheck.Answer.BETTER, pain=3)
        activities = (
            ("Een half uur wandelen", 7, 4),
            ("De tuin doen", 9, 6),
            ("Autorijden", 5, 3),
        )
        for position, (name, at_start, later) in enumerate(activities, 1):
            activity = MainActivity.objects.create(
                programme=self.piet, position=position, name=name
            )
            started = self.piet.started_on
            activity.scores.create(day=started, score=at_start)
            activity.scores.create(day=started + timedelta(days=20), score=later)
        judgements.note_start_back(programme=self.piet, total=5, part=2, by=self.anna)
        lines = self.piet.current_version().sheet.lines
        qualities = ("good", "good", "excellent", "reasonable", "good", "moderate")
        judgements.rate_quality(
            programme=self.piet,
            lines=lines,
            ratings={line.uuid: word for line, word in zip(lines, qualities, strict=True)},
            by=self.anna,
        )
        self.message(self.piet, "Ik ga volgende week een dag wandelen. Mag dat?", days_ago=3)
        self.message(
            self.piet, "Zeker. Neem onderweg een paar keer rust.", days_ago=2, by=self.anna
        )
        SeenMark.objects.create(
            programme=self.piet,
            reason="pain_up",
            occasion=self.days_ago(7).isoformat(),  # more pain, in days that are over
            note="Gebeld: rustiger aan met de eerste oefening.",
            by=self.anna,
            by_name=self.anna.name,
            at=self.at(self.days_ago(5), 12),
        )

    def pause_and_discharge(self):
        """Somebody on holiday, and somebody who has recovered."""
        fatma = self.patient_with_code("Fatma Yıldız", "1979-09-09", "06 - 44 33 22 11")
        programme = self.programme(fatma, self.back, started=24, adherence=0.8, pain=5, days=16)
        self.recovery(programme, RecoveryCheck.Answer.BETTER, pain=3)
        lifecycle.pause(
            programme=programme,
            by=self.anna,
            from_on=self.days_ago(8),
            until_on=self.days_ago(-6),
            note="Op vakantie",
        )

        bert = self.patient_with_code("Bert Smit", "1961-02-27", "012 - 666 77 88")
        programme = self.programme(bert, self.knee, started=60, adherence=0.8, pain=4, days=45)
        lifecycle.end(programme=programme, by=self.anna, on=self.days_ago(14))
        lifecycle.discharge(patient=bert, by=self.anna, running=None, on=self.days_ago(14))

    def login(self, email, name, **fields) -> User:
        return User.objects.create_user(email, PASSWORD, name=name, **fields)

    def patient(self, name, birth_date, *, email="", code=None, by=None, **fields) -> Patient:
        """A patient of Anna, or of `by`, who logs in with the address or the code, if any."""
        by, user = by or self.anna, None
        if email or code:
            language = fields.get("language", "nl")
            user = self.login(email or None, name, login_code=code, language=language)
        return Patient.objects.create(
            practice=by.practice,
            created_by=by,
            user=user,
            name=name,
            birth_date=birth_date,
            email=email,
            **fields,
        )

    def patient_with_code(self, name, birth_date, phone, by=None) -> Patient:
        code = f"{name.split()[0].lower()}-{self.dice.randrange(10_000):04}"
        return self.patient(name, birth_date, phone=phone, code=code, by=by)

    def programme(self, patient, protocol, started: int, weeks=None, **history) -> Programme:
        """A programme that started so many days ago, with its history if there is any.

        `weeks` has the weeks of some lines.
        """
        by = patient.created_by
        programme = authoring.draft(patient=patient, by=by, protocol=protocol)
        for at, line in enumerate(programme.prescriptions.all()):
            line.period = Period.parse((weeks or {}).get(at, ""))
            line.save()
        sides.choose(programme, "left")
        on = self.days_ago(started)
        version = authoring.start(programme=programme, by=by, on=on)
        self.date_back(version, on)
        if history:
            self.history(programme, **history)
        return programme

    def revise(self, programme):
        """Three weeks after the start: one exercise a little harder, one with a note."""
        lines = list(programme.prescriptions.all())
        lines[0].dosage = Dosage.parse("2x per dag 3x10")
        lines[0].save()
        lines[3].note = "Rustig aan: liever klein en vaak dan groot."
        lines[3].save()
        version = authoring.issue(
            programme=programme,
            by=programme.therapist,
            reason="Gaat goed: de eerste oefening mag zwaarder.",
        )
        self.date_back(version, self.days_ago(20))

    def date_back(self, version: Version, day):
        version.issued_at = self.at(day, 10)
        version.save(update_fields=["issued_at"])

    def profile(self, programme, profile):
        by = programme.therapist
        RiskProfile.objects.create(
            programme=programme,
            profile=profile,
            chosen_by=by,
            chosen_name=by.name,
            chosen_at=self.at(programme.started_on, 10),
        )

    def message(self, programme, text, *, days_ago, by=None):
        """A question of the patient, or with `by` an answer that the patient has not opened."""
        writer = by or programme.patient.user
        Message.objects.create(
            programme=programme,
            patient=programme.patient,
            operation=uuid.uuid4(),
            text=text,
            written_at=timezone.now() - timedelta(days=days_ago),
            by_patient=by is None,
            by=writer,
            by_name=writer.name,
        )

    def recovery(self, programme, answer, pain: int):
        """The answer to the question of day 21."""
        day = programme.started_on + timedelta(days=20)
        RecoveryCheck.objects.create(
            programme=programme, day=21, answer=answer, pain=pain, answered_at=self.at(day, 20)
        )

    def report_leg_pain(self, programme, line: int, days_ago: int):
        version, day = programme.current_version(), self.days_ago(days_ago)
        SymptomAnswer.objects.create(
            patient=programme.patient,
            version=version,
            operation=self.number(),
            line=version.sheet.lines[line].uuid,
            day=day,
            symptoms=["leg_pain"],
            sequence=next(self.acts),
            answered_at=self.at(day, 19),
        )

    def history(self, programme, *, adherence: float, pain: int, days=None, after=0):
        """Sessions with the current version; pain falls week by week, and adherence a little.

        From the day `after` days since the start until the day `days` days since it, or yesterday.
        """
        version, started = programme.current_version(), programme.started_on
        until = min(started + timedelta(days=days), self.today) if days else self.today
        rows, day = [], started + timedelta(days=after)
        while day < until:
            week = (day - started).days // 7
            score = max(0, pain - week + self.dice.choice((-1, 0, 0, 1)))
            skipped = self.dice.random() > adherence + 0.15
            for line in version.sheet.lines:
                done_days = {row.day for row in rows if str(row.line) == line.uuid}
                if skipped or not line.period.holds_on(day, started):
                    continue
                if not is_due(line.dosage, day, started, done_days):
                    continue
                for moment in range(1, line.dosage.moments + 1):
                    if self.dice.random() < adherence - 0.03 * week:
                        at = self.at(day, HOURS[(moment - 1) % len(HOURS)])
                        rows.append(self.session(version, line, day, moment, at, score))
            day += timedelta(days=1)
        SessionLog.objects.bulk_create(rows)

    def session(self, version, line, day, moment, at, score=0) -> SessionLog:
        """One exercise that was done; three in ten patients do not answer how much pain it gave."""
        answered = self.dice.random() < 0.7
        return SessionLog(
            patient=version.programme.patient,
            version=version,
            operation=self.number(),
            line=uuid.UUID(line.uuid),
            day=day,
            moment=moment,
            done=True,
            pain=min(10, score) if answered else None,
            sequence=next(self.acts),
            performed_at=at,
            received_at=at,
        )

    def days_ago(self, number: int) -> date:
        return self.today - timedelta(days=number)

    def at(self, day, hour: int) -> datetime:
        minute = self.dice.randrange(60)
        return timezone.make_aware(datetime.combine(day, time(hour, minute)))

    def number(self) -> uuid.UUID:
        return uuid.UUID(int=self.dice.getrandbits(128), version=4)
