"""What is known of the running programmes of a practice: few queries, however many there are.

worklist.py says what asks for attention; here stands what it goes by.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from functools import cache, partial

from django.db.models import Exists, F, Max, OuterRef, QuerySet, Subquery

from exercises.models import Exercise

from . import clinical, messages
from .models import (
    Message,
    Pause,
    Programme,
    RecoveryCheck,
    RiskProfile,
    SeenMark,
    SessionLog,
    SymptomAnswer,
    Version,
)
from .progress import RECENT
from .reports import first_pain, held_symptoms
from .sheet import upgraded

# The words of the library in a line of a sheet, beside its steps.
LIBRARY_WORDS = (
    "title", "start_position", "purpose", "caution", "harder_when", "easier_when", "equipment",
)  # fmt: skip


@dataclass(frozen=True)
class Correction:
    """An exercise whose words in the library are no longer those that the patient has."""

    title: str
    words: str  # as the library has them now


@dataclass(frozen=True)
class Course:
    """What is known of a running programme, in the parts that the rules ask for."""

    programme: Programme
    today: date
    pain_at_start: int | None = None  # the worst of the first day on which it was answered
    readings: tuple[tuple[date, int], ...] = ()  # of the last weeks: a day, and its worst pain
    last_done: date | None = None
    answers: dict[int, str] = field(default_factory=dict)  # day of the recovery check: answer
    reports: tuple[SymptomAnswer, ...] = ()  # what went wrong and was not taken back, old to new
    messages: tuple[Message, ...] = ()  # of the patient, not answered, from old to new
    profile: str = ""
    version: Version | None = None  # what was issued last
    corrected: tuple[Correction, ...] = ()  # what the library says otherwise since
    marks: tuple[SeenMark, ...] = ()

    @property
    def patient(self):
        return self.programme.patient

    @property
    def day(self) -> int:
        return clinical.day_of(self.programme.started_on, self.today)

    @property
    def planned_end(self) -> date | None:
        """As the therapist planned it, or else as the risk profile suggests."""
        programme = self.programme
        return programme.planned_until or clinical.planned_end(programme.started_on, self.profile)

    @property
    def pause(self) -> Pause | None:
        return self.programme.pause_on(self.today)

    @property
    def logs_in(self) -> bool:
        """Who works from paper ticks nothing off here; that is no silence."""
        return self.patient.has_login


def running(user, *, whole_practice: bool = False) -> QuerySet[Programme]:
    """The running programmes that a therapist looks after: the own ones, or the practice's."""
    programmes = Programme.objects.treated_by(user).running()
    return programmes if whole_practice else programmes.filter(therapist=user)


def left(programmes: QuerySet[Programme]) -> QuerySet[Programme]:
    """Those whose therapist treats nobody any more: somebody has to take them over."""
    return programmes.exclude(
        therapist__is_active=True,
        therapist__is_therapist=True,
        therapist__practice=F("patient__practice"),
    )


def number_treated(person) -> int:
    """For an owner, who may know how many but not whom."""
    return Programme.objects.running().filter(therapist=person).count()


def courses(programmes: QuerySet[Programme], today: date) -> list[Course]:
    """What the rules ask for, of all these programmes. Twelve queries, however many there are."""
    rows = list(
        programmes.select_related("patient", "therapist", "share_link")
        .prefetch_related("pauses", "patient__proxies")
        .annotate(pain_at_start=first_pain(), profile=_newest_profile())
        .order_by("patient__sort_key", "pk")
    )
    readings, last_done = _sessions(programmes, today)
    reports = _reports(programmes)
    answers: dict[int, dict[int, str]] = defaultdict(dict)
    for check in RecoveryCheck.objects.filter(programme__in=programmes):
        answers[check.programme_id][check.day] = check.answer
    written = defaultdict(list)
    for message in messages.unanswered(programmes):
        written[message.programme_id].append(message)
    marks = defaultdict(list)
    for mark in SeenMark.objects.filter(programme__in=programmes, withdrawn_at=None):
        marks[mark.programme_id].append(mark)
    versions = newest_versions(programmes)
    corrected = _corrected(versions)
    return [
        Course(
            programme=programme,
            today=today,
            pain_at_start=programme.pain_at_start,
            readings=tuple(readings[programme.pk]),
            last_done=last_done.get(programme.pk),
            answers=answers[programme.pk],
            reports=tuple(reports[programme.pk]),
            messages=tuple(written[programme.pk]),
            profile=programme.profile or "",
            corrected=corrected.get(programme.pk, ()),
            version=versions.get(programme.pk),
            marks=tuple(marks[programme.pk]),
        )
        for programme in rows
    ]


def _newest_profile() -> Subquery:
    chosen = RiskProfile.objects.filter(programme=OuterRef("pk"))
    return Subquery(chosen.order_by("-pk").values("profile")[:1])


def _sessions(programmes, today: date):
    """By programme: the worst pain of each recent day, and the last day with something done.

    Two queries: pain is looked for in the last weeks only, the last day however long ago.
    """
    logs = SessionLog.objects.filter(version__programme__in=programmes)
    readings = defaultdict(list)
    recent = (
        logs.filter(day__gt=today - RECENT)
        .held()
        .filter(pain__isnull=False)
        .order_by("day")
        .values_list("version__programme", "day")
        .annotate(worst=Max("pain"))
    )
    for programme, day, worst in recent:
        readings[programme].append((day, worst))
    last = (
        logs.order_by()
        .filter(done=True)
        .values_list("version__programme")
        .annotate(last=Max("day"))
    )
    return readings, dict(last)


def _reports(programmes) -> dict[int, list[SymptomAnswer]]:
    """By programme, what went wrong and was not taken back."""
    answers = SymptomAnswer.objects.filter(version__programme__in=programmes)
    reports = defaultdict(list)
    for answer in held_symptoms(answers.select_related("version")):
        if answer.symptoms:
            reports[answer.version.programme_id].append(answer)
    return reports


def newest_versions(programmes) -> dict[int, Version]:
    """By programme, what was issued last. One query."""
    newer = Version.objects.filter(programme=OuterRef("programme"), number__gt=OuterRef("number"))
    current = Version.objects.filter(~Exists(newer), programme__in=programmes)
    return {version.programme_id: version for version in current}


def _corrected(versions: dict[int, Version]) -> dict[int, tuple[Correction, ...]]:
    """By programme, what the library says otherwise. Two queries.

    Compares the words of exercises. Pictures, films and advice are compared where one programme
    is open: for all of them at once it would cost too much.
    """
    sheets = {programme: upgraded(version.content) for programme, version in versions.items()}
    wanted = {line["exercise"] for sheet in sheets.values() for line in sheet["lines"]}
    library = {
        str(exercise.uuid): exercise
        for exercise in Exercise.objects.filter(uuid__in=wanted).prefetch_related("texts")
    }
    words_now = cache(partial(_words_now, library))  # hundreds of programmes share few exercises
    found = {}
    for programme, sheet in sheets.items():
        corrections = []
        for line in sheet["lines"]:
            own_steps = bool(line.get("own_steps"))
            now = words_now(line["exercise"], own_steps, sheet["language"])
            if now is not None and now != _words_given(line, own_steps):
                corrections.append(Correction(line["title"], "\n".join(now)))
        found[programme] = tuple(corrections)
    return found


def _words_given(line: dict, own_steps: bool) -> list[str]:
    """Read from what is stored: hundreds of whole sheets would take most of the page's time."""
    words = [line.get(name, "") for name in LIBRARY_WORDS]
    return words if own_steps else [*words, *line["steps"]]


def _words_now(
    library: dict[str, Exercise], uuid: str, own_steps: bool, language: str
) -> list[str] | None:
    """None for an exercise that is no longer in the library."""
    exercise = library.get(uuid)
    if exercise is None:
        return None
    words = [exercise.text(name, language) for name in LIBRARY_WORDS]
    if own_steps:
        return words
    steps = exercise.text("steps", language).splitlines()
    return [*words, *(step.strip() for step in steps if step.strip())]
