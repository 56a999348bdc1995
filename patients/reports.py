"""What a patient reported: what it stops, until when, and how it goes.

The rule stands here and is asked by every page and channel. A report is *in force* from the moment
it is reported until the patient says that it was a mistake, or a therapist writes on the worklist
what was done about it. A new day, a new version or a new programme ends nothing.

A symptom that needs a doctor stops all exercises, of every programme that the same login has of
the own. Another one stops its exercise, wherever that stands.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from rugpijn.models import User

from . import clinical
from .messages import unread_answers
from .models import Patient, Programme, RecoveryCheck, SeenMark, SessionLog, SymptomAnswer
from .models.session import newer_acts
from .progress import Card
from .sheet import Line

# Acts about symptoms are numbered after the act they came with: sent again, it is the same act.
SYMPTOMS_OF = uuid.UUID("0a4c2b7e-5d53-4c8c-9a0e-6f6f5b1d2c11")


@dataclass(frozen=True)
class Report:
    """Something that went wrong, with an exercise or without one, and is in force."""

    operation: str  # by which it is taken back
    patient: str
    programme: str
    version: int
    line: str
    exercise: str
    title: str
    day: date
    moment: int
    symptoms: tuple[str, ...]
    words: tuple[str, ...]  # of these symptoms, as this version asked about them

    @property
    def urgency(self) -> str:
        return clinical.urgency(self.symptoms)

    @property
    def advice(self) -> str:
        return clinical.ADVICE[self.urgency]

    @property
    def retraction(self) -> str:
        """The number of the act that takes it back: pressed twice, it is one."""
        return str(uuid.uuid5(SYMPTOMS_OF, f"retract {self.operation}"))


@dataclass(frozen=True)
class Standing:
    """What is in force for a patient."""

    reports: tuple[Report, ...] = ()

    @property
    def red_flags(self) -> tuple[Report, ...]:
        return tuple(report for report in self.reports if report.urgency == "doctor")

    @property
    def stops(self) -> tuple[Report, ...]:
        """What stops its own exercise, and no other."""
        return tuple(report for report in self.reports if report.urgency == "stop")

    @property
    def whys(self) -> tuple[str, ...]:
        """Why a doctor has to look, each reason once."""
        names = (name for report in self.red_flags for name in report.symptoms)
        whys = (str(clinical.SYMPTOMS[name].why) for name in names)
        return tuple(dict.fromkeys(why for why in whys if why))

    @property
    def calls_first(self) -> str:
        return clinical.calls_first(name for report in self.red_flags for name in report.symptoms)

    def stop_of(self, line: Line) -> Report | None:
        """The last report that stops this exercise; the same one may stand on more lines."""
        for report in reversed(self.stops):
            if line.uuid == report.line or line.exercise == (report.exercise or None):
                return report
        return None

    def held_back(self, cards: Iterable[Card]) -> list[Card]:
        """The same exercises; one that was stopped is not asked for, and says why."""
        stopped = [(card, self.stop_of(card.line)) for card in cards]
        return [
            card if report is None else replace(card, due=False, stopped=report)
            for card, report in stopped
        ]


# ---------------------------------------------------------------- the rule


def not_taken_back(answers: Iterable[SymptomAnswer]) -> list[SymptomAnswer]:
    """The reports among these answers that nobody took back, in the order they were given."""
    rows = sorted(answers, key=lambda one: (one.sequence, one.operation))
    named = {row.retracts for row in rows if row.retracts is not None}
    # A phone names the act that it sent; the report that came with it is numbered after that.
    taken_back = named | {uuid.uuid5(SYMPTOMS_OF, str(operation)) for operation in named}
    return [row for row in rows if row.symptoms and row.operation not in taken_back]


def not_cleared(
    answers: Iterable[SymptomAnswer], marks: Iterable[SeenMark]
) -> list[tuple[SymptomAnswer, tuple[str, ...]]]:
    """The reports that nobody took back, each with the symptoms that no therapist cleared.

    The worklist shows the last report of a kind about an exercise; a mark of it clears that one
    and what came in before it about the same exercise.
    """
    answers = list(answers)
    line_of = {str(answer.pk): (answer.patient_id, answer.line) for answer in answers}
    seen: dict[tuple, int] = defaultdict(int)
    for mark in marks:
        if mark.occasion in line_of:
            about = (*line_of[mark.occasion], mark.reason)
            seen[about] = max(seen[about], int(mark.occasion))
    left = []
    for report in not_taken_back(answers):
        names = tuple(
            name
            for name in clinical.SYMPTOMS
            if name in report.symptoms
            and report.pk > seen[report.patient_id, report.line, clinical.reason_of(name)]
        )
        if names:
            left.append((report, names))
    return left


def in_force(patients: Iterable[int] | QuerySet[Patient]) -> list[Report]:
    """What these patients reported and what holds, the newest last. Two queries at most."""
    told = SymptomAnswer.objects.filter(patient__in=patients).exclude(
        symptoms=[], retracts__isnull=True
    )
    answers = list(told.select_related("patient", "version__programme"))
    if not answers:
        return []
    return [_report(answer, names) for answer, names in not_cleared(answers, marks_of(answers))]


def marks_of(answers: Iterable[SymptomAnswer]) -> QuerySet[SeenMark]:
    """Every look of a therapist at one of these reports."""
    return SeenMark.objects.filter(
        programme__patient__in={answer.patient_id for answer in answers},
        occasion__in=[str(answer.pk) for answer in answers],
        withdrawn_at=None,
    )


def _report(answer: SymptomAnswer, names: tuple[str, ...]) -> Report:
    line = answer.line and answer.version.sheet.line(answer.line)
    return Report(
        operation=str(answer.operation),
        patient=str(answer.patient.uuid),
        programme=str(answer.version.programme.uuid),
        version=answer.version.number,
        line=str(answer.line or ""),
        exercise=line.exercise if line else "",
        title=line.title if line else "",
        day=answer.day,
        moment=answer.moment,
        symptoms=names,
        words=answer.version.sheet.words_of(names),
    )


def standing(programme: Programme, reader: User) -> Standing:
    """What is in force on the pages of this programme, one `with_facts`, for this reader."""
    if not programme.reported:
        return Standing()
    return standing_for(programme.patient, reader)


def standing_for(patient: Patient, reader: User) -> Standing:
    """What is in force for this patient, as far as this reader may know.

    Who reads the own record is one person, whichever practice it is of. Who acts for somebody
    knows of no other record.
    """
    return Standing(tuple(in_force(_one_person(patient, reader))))


def standing_alone(patient: int) -> Standing:
    """What is in force in this record, for work that nobody reads along with."""
    return Standing(tuple(in_force([patient])))


def _one_person(patient: Patient, reader: User) -> QuerySet[Patient]:
    same = Q(user=reader) if patient.user_id == reader.pk else Q()
    return Patient.objects.filter(Q(pk=patient.pk) | same)


def standing_of(reader: User) -> dict[str, Standing]:
    """By record that this login has today, what is in force. One query when nothing is."""
    rows = list(Patient.objects.of_person(reader).only("uuid", "user"))
    own = {str(patient.uuid) for patient in rows if patient.user_id == reader.pk}
    reports = in_force([patient.pk for patient in rows])
    return {
        str(patient.uuid): Standing(
            tuple(
                report
                for report in reports
                if report.patient in (own if str(patient.uuid) in own else {str(patient.uuid)})
            )
        )
        for patient in rows
    }


# ---------------------------------------------------------------- what the patient's pages ask


def with_facts(programmes: QuerySet[Programme], today: date) -> QuerySet[Programme]:
    """Adds what the patient's pages ask about a programme, so that no fact costs a query."""
    answered = RecoveryCheck.objects.filter(programme=OuterRef("pk")).order_by("-day")
    reported = SymptomAnswer.objects.exclude(symptoms=[])
    others = Patient.objects.filter(user=OuterRef("patient__user")).exclude(pk=OuterRef("patient"))
    return programmes.annotate(
        pain_at_start=first_pain(),
        reported=Exists(reported.filter(patient=OuterRef("patient")))
        | Exists(reported.filter(patient__user=OuterRef("patient__user"))),
        has_other_records=Exists(others),
        recovery_answered=Subquery(answered.values("day")[:1]),
        new_answer_by=Subquery(unread_answers().values("by_name")[:1]),
        last_act=Greatest(*(_last_act(model) for model in (SessionLog, SymptomAnswer))),
    )


def _last_act(model) -> Coalesce:
    acts = model.objects.filter(patient=OuterRef("patient")).order_by("-sequence")
    return Coalesce(Subquery(acts.values("sequence")[:1]), 0, output_field=BigIntegerField())


def first_pain() -> Subquery:
    """The worst pain of the first day on which it was answered. What was corrected does not
    count: a slip of the finger would hide for weeks that the pain went up."""
    answered = SessionLog.objects.filter(
        ~Exists(newer_acts()),
        patient=OuterRef("patient"),
        version__programme=OuterRef("pk"),
        pain__isnull=False,
    )
    return Subquery(answered.order_by("day", "-pain").values("pain")[:1])


def pain_that_tells(programme: Programme, logs: Iterable[SessionLog], today: date) -> int | None:
    """From which pain today's answer gets a word of advice; None for no answer.

    `logs` are what holds of the last days, `progress.lately`.
    """
    worst: dict[date, int] = {}
    for log in logs:
        if log.pain is not None and log.day < today:
            worst[log.day] = max(log.pain, worst.get(log.day, log.pain))
    return clinical.pain_that_tells(programme.pain_at_start, sorted(worst.items()))


def recovery_due(programme: Programme, today: date) -> int | None:
    """Which day's question about recovery waits for an answer; None when there is none."""
    if not programme.is_running or programme.pause_on(today):
        return None
    day = clinical.recovery_asked(clinical.day_of(programme.started_on, today))
    return None if day == programme.recovery_answered else day
