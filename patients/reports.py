"""What a patient reported and still reads: what went wrong, more pain, and how it goes."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import BigIntegerField, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from . import clinical
from .messages import unread_answers
from .models import Programme, RecoveryCheck, SessionLog, SymptomAnswer, Version
from .models.session import newer_acts

HOLDS = timedelta(days=clinical.REPORT_HOLDS_DAYS)


@dataclass(frozen=True)
class Report:
    """Something that went wrong with an exercise, and what to do until the therapist looked."""

    line: str
    title: str
    day: date
    moment: int
    words: tuple[str, ...]
    urgency: str
    operation: uuid.UUID = field(default_factory=uuid.uuid4)  # numbers taking it back

    @property
    def advice(self) -> str:
        return clinical.ADVICE[self.urgency]


def with_facts(programmes: QuerySet[Programme], today: date) -> QuerySet[Programme]:
    """Adds what the patient's pages ask about a programme, so that no fact costs a query."""
    lately = SymptomAnswer.objects.filter(
        version__programme=OuterRef("pk"), day__gt=today - HOLDS
    ).exclude(symptoms=[])
    answered = RecoveryCheck.objects.filter(programme=OuterRef("pk")).order_by("-day")
    return programmes.annotate(
        pain_at_start=first_pain(),
        reported_lately=Exists(lately),
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


def held_symptoms(answers) -> list[SymptomAnswer]:
    """Of each line, day and moment the last answer, in the order in which they were given."""
    held = {(one.patient_id, one.line, one.day, one.moment): one for one in answers}
    return sorted(held.values(), key=lambda one: (one.sequence, one.operation))


def held(programme: Programme, version: Version, today: date) -> list[Report]:
    """What was reported about this version lately and not taken back, the newest last.

    A new version is the therapist's answer: what was reported before it is no longer shown.
    One query, and none when nothing was reported (`with_facts`).
    """
    if not programme.reported_lately:
        return []
    answers = SymptomAnswer.objects.filter(
        patient=programme.patient_id, version=version, day__gt=today - HOLDS
    )
    found = []
    for answer in held_symptoms(answers):
        line = version.sheet.line(answer.line)
        if answer.symptoms and line is not None:
            found.append(
                Report(
                    line=line.uuid,
                    title=line.title,
                    day=answer.day,
                    moment=answer.moment,
                    words=version.sheet.words_of(answer.symptoms),
                    urgency=clinical.urgency(answer.symptoms),
                )
            )
    return found


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
