"""What is known of the running programmes of a practice: few queries, however many there are.

worklist.py says what asks for attention; here stands what it goes by.
"""

import json
from collections import defaultdict
from dataclasses import asdict, dataclass, field, is_dataclass
from datetime import date
from functools import cache
from typing import Any

from django.db.models import CharField, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast

from exercises.models import Exercise, Figure

from .. import clinical
from ..line import LIBRARY, LineSource, of_library, with_library, without
from ..models import (
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
from ..patient_day.day_cards import RECENT
from ..patient_day.reports import first_pain, marks_of, not_cleared, not_taken_back, withdrawn
from ..sheet import CAUTIONS, AdviceBlock, upgraded


@dataclass(frozen=True)
class Correction:
    """An exercise of which the library no longer says what the patient has."""

    title: str
    words: str  # as the library has them now


@dataclass(frozen=True)
class Case:
    """What is known of a running programme, in the parts that the rules ask for."""

    programme: Programme
    today: date
    pain_at_start: int | None = None  # the worst of the first day on which it was answered
    readings: tuple[tuple[date, int], ...] = ()  # of the last weeks: a day, and its worst pain
    last_done: date | None = None
    answers: dict[int, str] = field(default_factory=dict)  # day of the recovery check: answer
    reports: tuple[SymptomAnswer, ...] = ()  # what went wrong and was not taken back, old to new
    # Red flags that were taken back and nobody looked at, each with the act that took it back.
    withdrawn: tuple[tuple[SymptomAnswer, SymptomAnswer], ...] = ()
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


def watched(user, *, whole_practice: bool = False) -> QuerySet[Programme]:
    """The running programmes, and those that ended with a report that nobody looked at, or with one
    since the end: a phone may send late. What was looked at since can be put back.

    What is in force of an earlier programme shows at the one that runs (`_reports`), so only the
    last programme of a patient counts here. A report that was taken back, or that a later mark
    clears, is found here as well; the rules say that it asks for nothing.
    """
    programmes = Programme.objects.treated_by(user)
    others = Programme.objects.filter(patient=OuterRef("patient"), started_on__isnull=False)
    reported = SymptomAnswer.objects.filter(patient=OuterRef("patient")).exclude(symptoms=[])
    marks = SeenMark.objects.filter(withdrawn_at=None)
    seen = marks.filter(
        programme__patient=OuterRef("patient"), occasion=Cast(OuterRef("pk"), CharField())
    )
    since = marks.filter(programme=OuterRef("pk"), at__gt=OuterRef("changed_at"))
    late = Q(ended_on__isnull=False) & (
        Exists(reported.filter(answered_at__gt=OuterRef("changed_at")))
        | Exists(reported.filter(~Exists(seen)))
        | Exists(since)
    )
    late &= ~Exists(others.filter(pk__gt=OuterRef("pk")))
    runs = Q(started_on__isnull=False, ended_on__isnull=True)
    programmes = programmes.filter(runs | late)
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


def cases(programmes: QuerySet[Programme], today: date) -> list[Case]:
    """What the rules ask for, of all these programmes. Twelve queries, however many there are."""
    rows = list(
        programmes.select_related("patient__practice", "therapist", "share_link")
        .prefetch_related("pauses", "patient__proxies")
        .annotate(pain_at_start=first_pain(), profile=_newest_profile())
        .order_by("patient__sort_key", "pk")
    )
    readings, last_done = _sessions(programmes, today)
    reports, taken_back = _reports(programmes, rows)
    answers: dict[int, dict[int, str]] = defaultdict(dict)
    for check in RecoveryCheck.objects.filter(programme__in=programmes):
        answers[check.programme_id][check.day] = check.answer
    written = defaultdict(list)
    for message in Message.objects.unanswered(programmes):
        written[message.programme_id].append(message)
    marks = defaultdict(list)
    for mark in SeenMark.objects.filter(programme__in=programmes, withdrawn_at=None):
        marks[mark.programme_id].append(mark)
    versions = newest_versions(programmes)
    pages = {programme.pk: programme.patient.practice.online_page for programme in rows}
    corrected = _corrected(versions, pages)
    return [
        Case(
            programme=programme,
            today=today,
            pain_at_start=programme.pain_at_start,
            readings=tuple(readings[programme.pk]),
            last_done=last_done.get(programme.pk),
            answers=answers[programme.pk],
            reports=tuple(reports[programme.pk]),
            withdrawn=tuple(taken_back[programme.pk]),
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
    # No day is still to come, but where a wrong clock was believed.
    logs = SessionLog.objects.filter(version__programme__in=programmes, day__lte=today)
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


def _reports(programmes, rows: list[Programme]):
    """By programme, what went wrong and was not taken back; and the red flags that were taken back
    and nobody looked at. Two queries at most.

    With what is in force of an earlier programme of the patient: it stops the patient here too, so
    somebody has to see it here.
    """
    told = SymptomAnswer.objects.filter(patient__in=programmes.order_by().values("patient"))
    told = told.exclude(symptoms=[], retracts__isnull=True).select_related("version")
    last = {programme.patient_id: programme.pk for programme in rows}
    answers = list(told)
    reports, taken_back = defaultdict(list), defaultdict(list)
    if not answers:
        return reports, taken_back
    marks = list(marks_of(answers))
    in_force = {report.pk for report, _names in not_cleared(answers, marks)}
    for report in not_taken_back(answers):
        programme = last[report.patient_id]
        if report.version.programme_id == programme or report.pk in in_force:
            reports[programme].append(report)
    for report, retraction in withdrawn(answers, marks):
        taken_back[last[report.patient_id]].append((report, retraction))
    return reports, taken_back


def newest_versions(programmes) -> dict[int, Version]:
    """By programme, what was issued last. One query."""
    newer = Version.objects.filter(programme=OuterRef("programme"), number__gt=OuterRef("number"))
    current = Version.objects.filter(~Exists(newer), programme__in=programmes)
    return {version.programme_id: version for version in current}


def _corrected(
    versions: dict[int, Version], online_pages: dict[int, str]
) -> dict[int, tuple[Correction, ...]]:
    """By programme, what the library says otherwise. Two queries.

    Read from what is stored: hundreds of whole sheets would take most of the page's time. Advice
    is compared where one programme is open.
    """
    sheets = {programme: upgraded(version.content) for programme, version in versions.items()}
    wanted = {line["exercise"] for sheet in sheets.values() for line in sheet["lines"]}
    exercises = with_library(Exercise.objects.filter(uuid__in=wanted))
    library = {str(exercise.uuid): exercise for exercise in exercises}

    @cache  # hundreds of programmes share few exercises
    def now(exercise: str, language: str, side: str, page: str, cautions: tuple[str, ...]):
        parts = of_library(LineSource(library[exercise], language, side, page))
        parts["caution"] = without(parts["caution"], cautions)
        return {name: _as_stored(value) for name, value in parts.items()}

    found = {}
    for programme, sheet in sheets.items():
        cautions, page = _cautions(sheet), online_pages.get(programme, "")
        corrections = []
        for line in sheet["lines"]:
            if line["exercise"] not in library:
                continue
            side = line["dosage"].get("side") or ""
            parts = now(line["exercise"], sheet["language"], side, page, cautions)
            if any(_is_corrected(line, name, parts[name]) for name in LIBRARY):
                words = json.dumps(parts, sort_keys=True, ensure_ascii=False)
                corrections.append(Correction(line["title"], words))
        found[programme] = tuple(corrections)
    return found


def _is_corrected(line: dict, name: str, now: Any) -> bool:
    """Whether a part of a stored line is otherwise in the library. What a line of an older schema
    could not hold is not asked of it, and somebody's own steps are not the library's."""
    if name not in line or (name == "steps" and line.get("own_steps")):
        return False
    if name == "figure":
        return _what_it_says(line[name]) != _what_it_says(now)
    return line[name] != now


def _as_stored(value: Any) -> Any:
    """A part as the content of a version holds it."""
    if is_dataclass(value):
        value = asdict(value)
    return json.loads(json.dumps(value))


def _what_it_says(figure: dict | None) -> list[str]:
    """A figure without how it is drawn: one that is drawn better is offered where the programme is
    open, and is no reason to look at it today. A photo is what it shows."""
    if figure is None:
        return []
    captions = [frame["caption"] for frame in figure["frames"]]
    photo = figure["source"] if figure.get("kind") == Figure.Kind.PHOTO else ""
    return [figure["title"], *captions, photo]


def _cautions(sheet: dict) -> tuple[str, ...]:
    """What the sheet says once for all exercises, as `Sheet.with_cautions_once` reads it."""
    blocks = (block for block in sheet["advice"] if block["kind"] == CAUTIONS)
    said = (AdviceBlock(CAUTIONS, block["title"], block["body"]).texts() for block in blocks)
    return tuple(text for texts in said for text in texts)
