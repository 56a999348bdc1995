"""What a patient reported: what it stops, until when, and how it goes.

The rule stands here and is asked by every page and channel. A report is *in force* from the moment
it is reported until the patient says that it was a mistake, or a therapist writes on the worklist
what was done about it. A new day, a new version or a new programme ends nothing.

A symptom that needs a doctor stops all exercises, of every programme that the same login has of
the own. Another one stops its exercise, wherever that stands.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import BigIntegerField, Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from rugpijn.models import User

from .. import clinical
from ..models import Message, Patient, Programme, RecoveryCheck, SeenMark, SessionLog, SymptomAnswer
from ..models.session import newer_acts
from ..sheet import Line
from .day_cards import Card

# Acts about symptoms are numbered after the act they came with: sent again, it is the same act.
SYMPTOMS_OF = uuid.UUID("0a4c2b7e-5d53-4c8c-9a0e-6f6f5b1d2c11")
LOOKED_AT = "looked at"
WITHDRAWN = "withdrawn"  # the worklist's name for a red flag that the patient took back
SAID_FOR = timedelta(days=7)  # that a therapist looked at a report; our proposal


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
    def in_short(self) -> str:
        """What it was, in the language of whoever reads now, inside a sentence."""
        return ", ".join(str(clinical.SYMPTOMS[name].words).lower() for name in self.symptoms)

    @property
    def retraction(self) -> str:
        """The number of the act that takes it back: pressed twice, it is one."""
        return str(uuid.uuid5(SYMPTOMS_OF, f"retract {self.operation}"))


@dataclass(frozen=True)
class Standing:
    """What is in force for a patient, and how it went with what was."""

    reports: tuple[Report, ...] = ()
    looked_at: tuple[Report, ...] = ()  # by a therapist lately, and nothing was done since
    # What came of the last one, when it holds no longer: LOOKED_AT, or WITHDRAWN.
    last_red_flag: tuple[str, SymptomAnswer] | None = None

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
        return self._stop_of(line.uuid, line.exercise)

    def _stop_of(self, line: str, exercise: str) -> Report | None:
        for report in reversed(self.stops):
            if line == report.line or exercise == (report.exercise or None):
                return report
        return None

    @property
    def gives_back_all(self) -> Report | None:
        """The last red flag that a therapist looked at, when none is left."""
        flags = [report for report in self.looked_at if report.urgency == "doctor"]
        return flags[-1] if flags and not self.red_flags else None

    @property
    def gives_back(self) -> tuple[Report, ...]:
        """What stopped one exercise, and was looked at: each exercise once."""
        stops = (report for report in self.looked_at if report.urgency == "stop")
        last = {report.exercise or report.line: report for report in stops}
        return tuple(one for one in last.values() if self._stop_of(one.line, one.exercise) is None)

    def held_back(self, cards: Iterable[Card]) -> list[Card]:
        """The same exercises; one that was stopped is not asked for, and says why. One that was
        given back says so."""
        back = self.gives_back
        found = []
        for card in cards:
            if report := self.stop_of(card.line):
                card = replace(card, due=False, stopped=report)
            elif here := [one for one in back if _is_about(one, card.line)]:
                card = replace(card, given_back=here[-1])
            found.append(card)
        return found


def _is_about(report: Report, line: Line) -> bool:
    return line.uuid == report.line or line.exercise == report.exercise


# ---------------------------------------------------------------- the rule


def not_taken_back(answers: Iterable[SymptomAnswer]) -> list[SymptomAnswer]:
    """The reports among these answers that nobody took back, in the order they were given."""
    return [report for report, retraction in with_retraction(answers) if retraction is None]


def taken_back(answers: Iterable[SymptomAnswer]) -> list[tuple[SymptomAnswer, SymptomAnswer]]:
    """The reports that the patient called a mistake, each with the act that says so."""
    return [(report, back) for report, back in with_retraction(answers) if back is not None]


def with_retraction(
    answers: Iterable[SymptomAnswer],
) -> list[tuple[SymptomAnswer, SymptomAnswer | None]]:
    """Every report, with the act that took it back where there is one."""
    rows = sorted(answers, key=lambda one: (one.sequence, one.operation))
    retractions = {}
    for row in rows:
        if row.retracts is not None:
            # A phone names the act that it sent; the report with it is numbered after that.
            retractions.setdefault(row.retracts, row)
            retractions.setdefault(uuid.uuid5(SYMPTOMS_OF, str(row.retracts)), row)
    return [(row, retractions.get(row.operation)) for row in rows if row.symptoms]


class Marks:
    """The looks of therapists at reports.

    The worklist shows the last report of a kind about an exercise; a mark of it clears that one
    and what came in before it about the same exercise.
    """

    def __init__(self, answers: Iterable[SymptomAnswer], marks: Iterable[SeenMark]):
        line_of = {str(answer.pk): (answer.patient_id, answer.line) for answer in answers}
        self._looks = defaultdict(list)
        for mark in marks:
            if mark.occasion in line_of:
                about = (*line_of[mark.occasion], mark.reason)
                self._looks[about].append((int(mark.occasion), mark.at))

    def first(self, report: SymptomAnswer, *reasons: str) -> datetime | None:
        """When a therapist first looked at this report, for one of these reasons."""
        looks = (
            look
            for reason in reasons
            for look in self._looks.get((report.patient_id, report.line, reason), ())
        )
        return min((at for number, at in looks if number >= report.pk), default=None)

    def clear(self, report: SymptomAnswer, name: str) -> datetime | None:
        """When a therapist cleared this symptom of the report."""
        return self.first(report, clinical.reason_of(name))


def not_cleared(
    answers: Iterable[SymptomAnswer], marks: Iterable[SeenMark]
) -> list[tuple[SymptomAnswer, tuple[str, ...]]]:
    """The reports that nobody took back, each with the symptoms that no therapist cleared."""
    answers = list(answers)
    looks = Marks(answers, marks)
    left = []
    for report in not_taken_back(answers):
        names = tuple(
            name
            for name in clinical.SYMPTOMS
            if name in report.symptoms and not looks.clear(report, name)
        )
        if names:
            left.append((report, names))
    return left


def withdrawn(
    answers: Iterable[SymptomAnswer], marks: Iterable[SeenMark]
) -> list[tuple[SymptomAnswer, SymptomAnswer]]:
    """The red flags that the patient took back before any therapist looked, and that none looked
    at since: of each exercise the last. They hold nothing back."""
    answers = list(answers)
    looks = Marks(answers, marks)
    last = {
        (report.patient_id, report.line): (report, retraction)
        for report, retraction in taken_back(answers)
        if clinical.urgency(report.symptoms) == "doctor"
        and looks.first(report, "red_flag", WITHDRAWN) is None
    }
    return list(last.values())


def in_force(patients: Iterable[int] | QuerySet[Patient]) -> list[Report]:
    """What these patients reported and what holds, the newest last. Two queries at most."""
    answers = _told(patients)
    if not answers:
        return []
    return [_report(answer, names) for answer, names in not_cleared(answers, marks_of(answers))]


def _told(patients: Iterable[int] | QuerySet[Patient]) -> list[SymptomAnswer]:
    told = SymptomAnswer.objects.filter(patient__in=patients).exclude(
        symptoms=[], retracts__isnull=True
    )
    return list(told.select_related("patient", "version__programme"))


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
    answers = _told(_one_person(patient, reader))
    if not answers:
        return Standing()
    marks = list(marks_of(answers))
    left = [_report(answer, names) for answer, names in not_cleared(answers, marks)]
    return Standing(tuple(left), tuple(_looked_at(answers, marks)), _last_red_flag(answers, marks))


def _looked_at(answers: list[SymptomAnswer], marks: list[SeenMark]) -> Iterator[Report]:
    """What a therapist looked at in the last days; the patient reads it until something is done.
    One query when there is any."""
    looks = Marks(answers, marks)
    since = timezone.now() - SAID_FOR
    found = []
    for report in not_taken_back(answers):
        cleared = {name: at for name in report.symptoms if (at := looks.clear(report, name))}
        if cleared and max(cleared.values()) > since:
            found.append((report, cleared))
    if not found:
        return
    done = SessionLog.objects.filter(patient__in={one.patient_id for one in answers}, done=True)
    last_done = done.aggregate(last=Max("performed_at"))["last"]
    for report, cleared in found:
        if last_done is None or last_done < max(cleared.values()):
            yield _report(report, tuple(cleared))


def _last_red_flag(
    answers: list[SymptomAnswer], marks: list[SeenMark]
) -> tuple[str, SymptomAnswer] | None:
    """What came of the last red flag: a therapist looked at it, or it was taken back."""
    looks = Marks(answers, marks)
    for report, retraction in reversed(with_retraction(answers)):
        if clinical.urgency(report.symptoms) == "doctor":
            if looks.first(report, "red_flag"):
                return LOOKED_AT, report
            return (WITHDRAWN, report) if retraction else None
    return None


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
        new_answer_by=Subquery(Message.objects.unread_answers().values("by_name")[:1]),
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

    `logs` are what holds of the last days, `day_cards.lately`.
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
