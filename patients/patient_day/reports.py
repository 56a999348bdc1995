"""What a patient reported, and what it stops until when. Every page and channel asks here.

A report is *in force* from when it is reported until the patient says that it was a mistake, or a
therapist writes on the worklist what was done about it. A new day, a new version or a new
programme does not end it.

A symptom that needs a doctor stops all exercises in all of the person's own programmes. Another
symptom stops its exercise, in every programme and version that has it.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import BigIntegerField, Exists, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from rugpijn.models import User

from .. import clinical
from ..models import (
    Message,
    Patient,
    Programme,
    RecoveryCheck,
    SeenMark,
    SessionLog,
    SymptomAnswer,
    Version,
)
from ..models.session import newer_acts
from ..sheet import Line
from .day_cards import Card, lately

# The number of a report is made of the number of the act with which it came, in this namespace:
# an act that is sent again has the same report.
SYMPTOMS_OF = uuid.UUID("0a4c2b7e-5d53-4c8c-9a0e-6f6f5b1d2c11")
LOOKED_AT = "looked at"
WITHDRAWN = "withdrawn"  # the worklist's reason for a red flag that the patient took back
SHOWN_FOR = timedelta(days=7)  # how long patients read that a therapist looked; our proposal


@dataclass(frozen=True)
class Report:
    """Something that went wrong, with an exercise or without one, and is in force."""

    operation: str  # the number with which it is taken back
    patient: str
    programme: str
    version: int
    line: str
    exercise: str
    title: str
    day: date
    moment: int
    symptoms: tuple[str, ...]
    words: tuple[str, ...]  # the symptoms in the words of this version

    @property
    def urgency(self) -> str:
        return clinical.urgency(self.symptoms)

    @property
    def advice(self) -> str:
        return clinical.ADVICE[self.urgency]

    @property
    def in_short(self) -> str:
        """The symptoms in the language of the reader, to be put inside a sentence."""
        return ", ".join(str(clinical.SYMPTOMS[name].words).lower() for name in self.symptoms)

    def is_about(self, line: Line) -> bool:
        return line.uuid == self.line or line.exercise == self.exercise

    @property
    def retraction(self) -> str:
        """The number of the act that takes it back, always the same: pressed twice, it is one."""
        return str(uuid.uuid5(SYMPTOMS_OF, f"retract {self.operation}"))


@dataclass(frozen=True)
class Standing:
    """The reports that are in force for a patient, and the last ones that no longer are."""

    reports: tuple[Report, ...] = ()
    looked_at: tuple[Report, ...] = ()  # lately by a therapist, with no exercise done since
    # The last red flag when it is no longer in force, with the reason: LOOKED_AT or WITHDRAWN.
    last_red_flag: tuple[str, SymptomAnswer] | None = None

    @property
    def red_flags(self) -> tuple[Report, ...]:
        return tuple(report for report in self.reports if report.urgency == "doctor")

    @property
    def stops(self) -> tuple[Report, ...]:
        """The reports that stop one exercise each."""
        return tuple(report for report in self.reports if report.urgency == "stop")

    @property
    def whys(self) -> tuple[str, ...]:
        """The reasons why a doctor has to look, each once."""
        names = (name for report in self.red_flags for name in report.symptoms)
        whys = (str(clinical.SYMPTOMS[name].why) for name in names)
        return tuple(dict.fromkeys(why for why in whys if why))

    @property
    def calls_first(self) -> str:
        return clinical.calls_first(name for report in self.red_flags for name in report.symptoms)

    def stop_of(self, line: Line) -> Report | None:
        """The last report about this line, or about its exercise on another line."""
        return self._stop_of(line.uuid, line.exercise)

    def _stop_of(self, line: str, exercise: str) -> Report | None:
        for report in reversed(self.stops):
            if line == report.line or exercise == (report.exercise or None):
                return report
        return None

    @property
    def gives_back_all(self) -> Report | None:
        """The last red flag that a therapist looked at; None while another one is in force."""
        flags = [report for report in self.looked_at if report.urgency == "doctor"]
        return flags[-1] if flags and not self.red_flags else None

    @property
    def gives_back(self) -> tuple[Report, ...]:
        """The reports of one exercise that a therapist looked at, one for each exercise that no
        other report stops."""
        stops = (report for report in self.looked_at if report.urgency == "stop")
        last = {report.exercise or report.line: report for report in stops}
        return tuple(one for one in last.values() if self._stop_of(one.line, one.exercise) is None)

    def held_back(self, cards: Iterable[Card]) -> list[Card]:
        """The same cards. A stopped one is not due and has its report in `stopped`; one that a
        therapist gave back has it in `given_back`."""
        given_back = self.gives_back
        held_back = []
        for card in cards:
            if report := self.stop_of(card.line):
                card = replace(card, due=False, stopped=report)
            elif about := [one for one in given_back if one.is_about(card.line)]:
                card = replace(card, given_back=about[-1])
            held_back.append(card)
        return held_back


# ---------------------------------------------------------------- the rule


def not_taken_back(answers: Iterable[SymptomAnswer]) -> list[SymptomAnswer]:
    """The reports that the patient did not take back, in the order in which they were made."""
    return [report for report, retraction in with_retraction(answers) if retraction is None]


def with_retraction(
    answers: Iterable[SymptomAnswer],
) -> list[tuple[SymptomAnswer, SymptomAnswer | None]]:
    """All reports, each with the act that took it back, or None."""
    rows = sorted(answers, key=lambda one: (one.sequence, one.operation))
    retractions = {}
    for row in rows:
        if row.retracts is not None:
            # A phone may name the act with which the report came instead of the report.
            retractions.setdefault(row.retracts, row)
            retractions.setdefault(uuid.uuid5(SYMPTOMS_OF, str(row.retracts)), row)
    return [(row, retractions.get(row.operation)) for row in rows if row.symptoms]


class Marks:
    """When therapists looked at reports, by their marks on the worklist.

    The worklist shows the last report of a kind about an exercise. A mark clears that one, and
    those before it of the same kind about the same exercise.
    """

    def __init__(self, answers: Iterable[SymptomAnswer], marks: Iterable[SeenMark]):
        line_of = {str(answer.pk): (answer.patient_id, answer.line) for answer in answers}
        self._looks = defaultdict(list)
        for mark in marks:
            if mark.occasion in line_of:
                about = (*line_of[mark.occasion], mark.reason)
                self._looks[about].append((int(mark.occasion), mark.at))

    def first(self, report: SymptomAnswer, *reasons: str) -> datetime | None:
        """When a therapist first marked this report for one of these reasons, or None."""
        looks = (
            look
            for reason in reasons
            for look in self._looks.get((report.patient_id, report.line, reason), ())
        )
        return min((at for number, at in looks if number >= report.pk), default=None)

    def cleared_at(self, report: SymptomAnswer, name: str) -> datetime | None:
        """When a therapist cleared this symptom of the report; None if nobody did."""
        return self.first(report, clinical.reason_of(name))


def not_cleared(
    answers: Iterable[SymptomAnswer], marks: Iterable[SeenMark]
) -> list[tuple[SymptomAnswer, tuple[str, ...]]]:
    """The reports in force, each with the symptoms of it that no therapist cleared."""
    answers = list(answers)
    looks = Marks(answers, marks)
    in_force = []
    for report in not_taken_back(answers):
        names = tuple(
            name
            for name in clinical.SYMPTOMS
            if name in report.symptoms and not looks.cleared_at(report, name)
        )
        if names:
            in_force.append((report, names))
    return in_force


def withdrawn(
    answers: Iterable[SymptomAnswer], marks: Iterable[SeenMark]
) -> list[tuple[SymptomAnswer, SymptomAnswer]]:
    """The red flags that the patient took back and that no therapist has looked at, the last of
    each exercise. They stop nothing."""
    answers = list(answers)
    looks = Marks(answers, marks)
    last = {
        (report.patient_id, report.line): (report, retraction)
        for report, retraction in with_retraction(answers)
        if retraction is not None
        and clinical.urgency(report.symptoms) == "doctor"
        and looks.first(report, "red_flag", WITHDRAWN) is None
    }
    return list(last.values())


def in_force(patients: Iterable[int] | QuerySet[Patient]) -> list[Report]:
    """The reports of these patients that are in force, the newest last. Two queries at most."""
    answers = _answers_of(patients)
    if not answers:
        return []
    return [_report(answer, names) for answer, names in not_cleared(answers, marks_of(answers))]


def _answers_of(patients: Iterable[int] | QuerySet[Patient]) -> list[SymptomAnswer]:
    """Their reports, and the acts that took one back."""
    answers = SymptomAnswer.objects.filter(patient__in=patients).exclude(
        symptoms=[], retracts__isnull=True
    )
    return list(answers.select_related("patient", "version__programme"))


def marks_of(answers: Iterable[SymptomAnswer]) -> QuerySet[SeenMark]:
    """The marks of therapists on these reports."""
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
    """What is in force for this reader of a programme, which is one `with_facts`."""
    if not programme.reported:
        return Standing()
    return standing_for_reader(programme.patient, reader)


def standing_for_reader(patient: Patient, reader: User) -> Standing:
    """What is in force for this patient, as far as this reader may know.

    For who reads the own record, reports in the person's records of other practices count too.
    Everybody else knows of this record alone.
    """
    answers = _answers_of(Patient.objects.known_with(patient, reader))
    if not answers:
        return Standing()
    marks = list(marks_of(answers))
    in_force = [_report(answer, names) for answer, names in not_cleared(answers, marks)]
    return Standing(
        tuple(in_force), tuple(_looked_at(answers, marks)), _last_red_flag(answers, marks)
    )


def _looked_at(answers: list[SymptomAnswer], marks: list[SeenMark]) -> Iterator[Report]:
    """The reports that a therapist looked at within SHOWN_FOR, until an exercise is done after
    that. One query when there are any."""
    looks = Marks(answers, marks)
    since = timezone.now() - SHOWN_FOR
    recent = []
    for report in not_taken_back(answers):
        cleared = {name: at for name in report.symptoms if (at := looks.cleared_at(report, name))}
        if cleared and max(cleared.values()) > since:
            recent.append((report, cleared))
    if not recent:
        return
    done = SessionLog.objects.filter(patient__in={one.patient_id for one in answers}, done=True)
    last_done = done.aggregate(last=Max("performed_at"))["last"]
    for report, cleared in recent:
        if last_done is None or last_done < max(cleared.values()):
            yield _report(report, tuple(cleared))


def _last_red_flag(
    answers: list[SymptomAnswer], marks: list[SeenMark]
) -> tuple[str, SymptomAnswer] | None:
    """The last red flag, and whether a therapist looked at it or the patient took it back. None
    when there is none, or when it is still in force."""
    looks = Marks(answers, marks)
    for report, retraction in reversed(with_retraction(answers)):
        if clinical.urgency(report.symptoms) == "doctor":
            if looks.first(report, "red_flag"):
                return LOOKED_AT, report
            return (WITHDRAWN, report) if retraction else None
    return None


def standing_in_record(patient: int) -> Standing:
    """What is in force in this record alone, for work that no reader asked for."""
    return Standing(tuple(in_force([patient])))


def standing_by_patient(reader: User) -> dict[str, Standing]:
    """What is in force in each record that this login has today, by the record's uuid. One query
    when nothing is."""
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


# ---------------------------------------------------------------- facts for the patient's pages


def with_facts(programmes: QuerySet[Programme], today: date) -> QuerySet[Programme]:
    """The same programmes with what the patient's pages need to know of each, in one query."""
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
    """The worst pain of the first day with an answer. A corrected answer does not count: a slip of
    the finger would hide for weeks that the pain went up."""
    answered = SessionLog.objects.filter(
        ~Exists(newer_acts()),
        patient=OuterRef("patient"),
        version__programme=OuterRef("pk"),
        pain__isnull=False,
    )
    return Subquery(answered.order_by("day", "-pain").values("pain")[:1])


def pain_that_tells(programme: Programme, logs: Iterable[SessionLog], today: date) -> int | None:
    """The pain from which today's answer gets advice; None when none does.

    `logs` come from `day_cards.lately`.
    """
    worst: dict[date, int] = {}
    for log in logs:
        if log.pain is not None and log.day < today:
            worst[log.day] = max(log.pain, worst.get(log.day, log.pain))
    return clinical.pain_that_tells(programme.pain_at_start, sorted(worst.items()))


def recovery_due(programme: Programme, today: date) -> int | None:
    """The day of the programme whose questions about recovery wait for an answer, or None."""
    if not programme.is_running or programme.pause_on(today):
        return None
    day = clinical.recovery_asked(clinical.day_of(programme.started_on, today))
    return None if day == programme.recovery_answered else day


def advice_on_act(version: Version, data: dict) -> str:
    """What the rules advise at once on an act that was stored; empty when they say nothing.

    `data` is the cleaned data of its form.
    """
    emergency = version.programme.patient.practice.emergency
    if advice := clinical.advice_on(data["symptoms"], emergency):
        return advice
    if data["pain"] is not None and data["day"] == timezone.localdate():
        programmes = Programme.objects.filter(pk=version.programme_id)
        programme = with_facts(programmes, data["day"]).get()
        least = pain_that_tells(programme, lately(programme, data["day"]), data["day"])
        if least is not None and data["pain"] >= least:
            return str(clinical.ADVICE["pain_up"])
    return ""
