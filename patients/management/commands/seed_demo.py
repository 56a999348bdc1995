"""The demo clinic: two practices, their people, and six weeks of plausible history.

Made for trying out and for checks from outside, so its logins are fixed. It
refuses anything but a DEBUG installation that is empty or that it made itself.
"""

import itertools
import random
import uuid
from datetime import datetime, time, timedelta

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
# The first practice is the one whose leaflet it is; only there the online numbers lead anywhere.
LEAFLET_PAGE = "https://fysiotherapiekoolehouten.nl/oefening-van-de-maand_rug/"
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
    """Staff of the demo have an authenticator app that nobody holds: the demo's code opens it."""
    for person in User.objects.filter(email__endswith="@demo.example"):
        if person.is_staff and not second_factor.has(person):
            totp.add(person, totp.new_secret())


class DemoClinic:
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
        self.life()
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
            online_page=LEAFLET_PAGE,
            second_step=False,
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
        weeks = {3: "vanaf week 2", 4: "vanaf week 3"}
        programme = self.programme(mo, anna, self.knee, started=16, weeks=weeks)
        self.history(programme, adherence=0.6, pain=5)

        ria = self.patient(practice, anna, "Ria van den Berg", "1971-06-30")
        ended = self.programme(ria, anna, self.back, started=70)
        self.history(ended, adherence=0.7, pain=7, days=42)
        lifecycle.end(programme=ended, by=anna, on=self.today - timedelta(days=28))

        jan = self.patient(practice, anna, "Jan Hendrik de Vries", "1948-01-19")
        authoring.draft(patient=jan, by=anna, protocol=self.back)

    def second_practice(self):
        practice = Practice.objects.create(
            name="Praktijk Zuid",
            street="Zuidplein 3",
            postcode="4321 ZZ",
            city="Elders",
            phone="098 - 765 43 21",
            second_step=False,
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

    def worklist(self):
        """A reason of every kind for the worklist of the first practice, and a colleague."""
        practice = Practice.objects.get(uuid=DEMO_PRACTICE)
        anna = User.objects.get(email="therapist@demo.example")
        kim = self.person(
            "colleague@demo.example", "Kim de Boer", practice=practice, is_therapist=True
        )

        piet = Programme.objects.running().get(patient__name="Piet Jansen")
        self.profile(piet, anna, RiskProfile.Profile.MEDIUM)
        self.check(piet, 21, RecoveryCheck.Answer.BETTER, pain=3)
        for position, (name, scores) in enumerate(
            (("Een half uur wandelen", (7, 4)), ("De tuin doen", (9, 6)), ("Autorijden", (5, 3))), 1
        ):
            activity = MainActivity.objects.create(programme=piet, position=position, name=name)
            for day, score in zip((0, 20), scores, strict=True):
                activity.scores.create(day=piet.started_on + timedelta(days=day), score=score)
        judgements.note_start_back(programme=piet, total=5, part=2, by=anna)
        lines = piet.current_version().sheet.lines
        seen = ("good", "good", "excellent", "reasonable", "good", "moderate")
        judgements.rate_quality(
            programme=piet,
            lines=lines,
            ratings={line.uuid: word for line, word in zip(lines, seen, strict=True)},
            by=anna,
        )
        self.message(piet, "Ik ga volgende week een dag wandelen. Mag dat?", days_ago=3)
        self.message(piet, "Zeker. Neem onderweg een paar keer rust.", days_ago=2, by=anna)
        self.seen(piet, anna, days_ago=5, note="Gebeld: rustiger aan met de eerste oefening.")

        mo = Programme.objects.running().get(patient__name="Mo el Idrissi")
        self.profile(mo, anna, RiskProfile.Profile.LOW)
        self.message(mo, "Mag ik ook fietsen naar mijn werk?", days_ago=1)

        sanne = self.with_code(practice, anna, "Sanne Vermeulen", "1984-05-17", "06 - 11 22 33 44")
        programme = self.programme(sanne, anna, self.back, started=11)
        self.history(programme, adherence=0.8, pain=6)
        self.leg_pain(programme, line=4, days_ago=1)

        henk = self.with_code(practice, anna, "Henk Postma", "1952-08-08", "012 - 987 65 43")
        programme = self.programme(henk, anna, self.back, started=24)
        self.history(programme, adherence=0.6, pain=5, days=21)
        for days_ago in (2, 1):
            self.painful(programme, days_ago, pain=8)
        self.check(programme, 21, RecoveryCheck.Answer.WORSE, pain=7)

        lotte = self.with_code(practice, anna, "Lotte Kuipers", "1995-12-01", "06 - 55 66 77 88")
        programme = self.programme(lotte, anna, self.knee, started=18)
        self.history(programme, adherence=0.7, pain=4, days=8)

        johan = self.patient(practice, anna, "Johan Meijer", "1939-04-22", phone="012 - 222 33 44")
        self.programme(johan, anna, self.back, started=27)

        wil = self.with_code(practice, kim, "Wil Scholten", "1968-02-11", "012 - 444 55 66")
        programme = self.programme(wil, kim, self.back, started=22)
        self.history(programme, adherence=0.8, pain=5)
        self.check(programme, 21, RecoveryCheck.Answer.SAME, pain=5)

    def life(self):
        """Somebody on holiday, and somebody who is well again."""
        practice = Practice.objects.get(uuid=DEMO_PRACTICE)
        anna = User.objects.get(email="therapist@demo.example")

        fatma = self.with_code(practice, anna, "Fatma Yıldız", "1979-09-09", "06 - 44 33 22 11")
        programme = self.programme(fatma, anna, self.back, started=24)
        self.history(programme, adherence=0.8, pain=5, days=16)
        self.check(programme, 21, RecoveryCheck.Answer.BETTER, pain=3)
        lifecycle.pause(
            programme=programme,
            by=anna,
            from_on=self.today - timedelta(days=8),
            until_on=self.today + timedelta(days=6),
            note="Op vakantie",
        )

        bert = self.with_code(practice, anna, "Bert Smit", "1961-02-27", "012 - 666 77 88")
        programme = self.programme(bert, anna, self.knee, started=60)
        self.history(programme, adherence=0.8, pain=4, days=45)
        lifecycle.end(programme=programme, by=anna, on=self.today - timedelta(days=14))
        lifecycle.discharge(patient=bert, by=anna, running=None, on=self.today - timedelta(days=14))

    def with_code(self, practice, by, name, birth_date, phone) -> Patient:
        """A patient who logs in with a code, as Mo does."""
        patient = self.patient(practice, by, name, birth_date, phone=phone)
        first = name.split()[0].lower()
        code = f"{first}-{self.dice.randrange(10_000):04}"
        patient.user = self.person(None, name, login_code=code)
        patient.save()
        return patient

    def profile(self, programme, by, profile):
        RiskProfile.objects.create(
            programme=programme,
            profile=profile,
            chosen_by=by,
            chosen_name=by.name,
            chosen_at=self.at(programme.started_on, 10),
        )

    def message(self, programme, text, *, days_ago, by=None):
        """A question of the patient, or with `by` an answer that was not opened yet."""
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

    def check(self, programme, day: int, answer, pain: int):
        on = programme.started_on + timedelta(days=day - 1)
        RecoveryCheck.objects.create(
            programme=programme, day=day, answer=answer, pain=pain, answered_at=self.at(on, 20)
        )

    def leg_pain(self, programme, line: int, days_ago: int):
        version = programme.current_version()
        day = self.today - timedelta(days=days_ago)
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

    def painful(self, programme, days_ago: int, pain: int):
        """One moment of that day, with this pain."""
        version, day = programme.current_version(), self.today - timedelta(days=days_ago)
        line = version.sheet.lines[0]
        at = self.at(day, 19)
        log = self.session(programme, version, line, day, 1, pain, at)
        log.pain = pain
        log.save()

    def seen(self, programme, by, days_ago: int, note: str):
        """What was looked at a while ago: more pain, in a spell that is over."""
        day = self.today - timedelta(days=days_ago)
        SeenMark.objects.create(
            programme=programme,
            reason="pain_up",
            occasion=(day - timedelta(days=2)).isoformat(),
            note=note,
            by=by,
            by_name=by.name,
            at=self.at(day, 12),
        )

    def number(self) -> uuid.UUID:
        return uuid.UUID(int=self.dice.getrandbits(128), version=4)

    def person(self, email, name, **fields) -> User:
        return User.objects.create_user(email, PASSWORD, name=name, **fields)

    def patient(self, practice, by, name, birth_date, **fields) -> Patient:
        return Patient.objects.create(
            practice=practice, created_by=by, name=name, birth_date=birth_date, **fields
        )

    def programme(self, patient, by, protocol, started: int, weeks=None) -> Programme:
        """A programme that started so many days ago; `weeks` has the weeks of some lines."""
        programme = authoring.draft(patient=patient, by=by, protocol=protocol)
        for at, line in enumerate(programme.prescriptions.all()):
            line.period = Period.parse((weeks or {}).get(at, ""))
            line.save()
        sides.choose(programme, "left")
        on = self.today - timedelta(days=started)
        version = authoring.start(programme=programme, by=by, on=on)
        self.date_back(version, on)
        return programme

    def revise(self, programme, by):
        """Three weeks on: one exercise a little harder, one with a word of advice."""
        lines = list(programme.prescriptions.all())
        lines[0].dosage = Dosage.parse("2x per dag 3x10")
        lines[0].save()
        lines[3].note = "Rustig aan: liever klein en vaak dan groot."
        lines[3].save()
        version = authoring.issue(
            programme=programme, by=by, reason="Gaat goed: de eerste oefening mag zwaarder."
        )
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
                if skipped or not line.period.holds_on(day, programme.started_on):
                    continue
                if not is_due(line.dosage, day, programme.started_on, done_days):
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
