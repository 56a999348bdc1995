"""What is known of the running programmes of a practice, read in a constant number of queries.

worklist.py decides from it who needs attention.
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
    """An exercise whose text in the library differs from what the patient was given."""

    title: str
    words: str  # what the library says now, as JSON


@dataclass(frozen=True)
class Case:
    """What the rules of the worklist need to know of one programme."""

    programme: Programme
    today: date
    pain_at_start: int | None = None  # the worst of the first day with an answer
    readings: tuple[tuple[date, int], ...] = ()  # of the last weeks: (day, worst pain)
    last_done: date | None = None
    answers: dict[int, str] = field(default_factory=dict)  # by day of the recovery check
    reports: tuple[SymptomAnswer, ...] = ()  # those that were not taken back, from old to new
    # Red flags that were taken back before a therapist saw them, each with its retraction.
    withdrawn: tuple[tuple[SymptomAnswer, SymptomAnswer], ...] = ()
    messages: tuple[Message, ...] = ()  # the patient's, not answered, from old to new
    profile: str = ""  # of risk; empty when nobody judged it
    version: Version | None = None  # the newest
    corrected: tuple[Correction, ...] = ()  # since the newest version
    marks: tuple[SeenMark, ...] = ()

    @property
    def patient(self):
        return self.programme.patient

    @property
    def day(self) -> int:
        return clinical.day_of(self.programme.started_on, self.today)

    @property
    def planned_end(self) -> date | None:
        """The day that the therapist planned, or else the one that the risk profile suggests."""
        programme = self.programme
        return programme.planned_until or clinical.planned_end(programme.started_on, self.profile)

    @property
    def pause(self) -> Pause | None:
        return self.programme.pause_on(self.today)

    @property
    def logs_in(self) -> bool:
        """Whether the patient has a login; without one nothing can be ticked off."""
        return self.patient.has_login


def running(user, *, whole_practice: bool = False) -> QuerySet[Programme]:
    """The running programmes of this therapist, or of the whole practice."""
    programmes = Programme.objects.treated_by(user).running()
    return programmes if whole_practice else programmes.filter(therapist=user)


def watched(user, *, whole_practice: bool = False) -> QuerySet[Programme]:
    """The programmes for the worklist: those that run, and ended ones that may need a look.

    A programme that has ended is included when nobody looked at one of its patient's reports, when
    one was sent since the end (a phone may send late), and when one was marked as seen since the
    end, so that it can be put back. Only the last programme of a patient: what is in force of an
    earlier one is shown at that (`_reports`). A report that was taken back, or that a later mark
    clears, is included too; the rules give no reason for it.
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
    """Those whose therapist no longer works here, so that a colleague has to take them over."""
    return programmes.exclude(
        therapist__is_active=True,
        therapist__is_therapist=True,
        therapist__practice=F("patient__practice"),
    )


def number_treated(person) -> int:
    """How many running programmes a therapist has; for an owner, who may not see whose."""
    return Programme.objects.running().filter(therapist=person).count()


def cases(programmes: QuerySet[Programme], today: date) -> list[Case]:
    """A Case for each of these programmes, by the patient's name. Twelve queries in all."""
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
    """By programme: (day, worst pain) of the RECENT days; the last day with a tick. Two queries."""
    # A day in the future comes from a phone whose clock was wrong.
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
    """By programme: the reports that were not taken back, and (report, retraction) of the red flags
    that were taken back before a therapist saw them. Two queries at most.

    A report of an earlier programme that is still in force stops the patient in this one too, so
    it is listed here as well.
    """
    answers = SymptomAnswer.objects.filter(patient__in=programmes.order_by().values("patient"))
    answers = answers.exclude(symptoms=[], retracts__isnull=True).select_related("version")
    last = {programme.patient_id: programme.pk for programme in rows}
    answers = list(answers)
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
    """The newest version of each programme. One query."""
    newer = Version.objects.filter(programme=OuterRef("programme"), number__gt=OuterRef("number"))
    current = Version.objects.filter(~Exists(newer), programme__in=programmes)
    return {version.programme_id: version for version in current}


def _corrected(
    versions: dict[int, Version], online_pages: dict[int, str]
) -> dict[int, tuple[Correction, ...]]:
    """By programme, the exercises whose text in the library was corrected since. Two queries.

    Compares the stored JSON: building hundreds of sheets would take most of the page's time. Advice
    is not compared here, but on the page of one programme.
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

    corrected = {}
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
        corrected[programme] = tuple(corrections)
    return corrected


def _is_corrected(line: dict, name: str, now: Any) -> bool:
    """Whether a part of a stored line differs from what the library says `now`. A part that an
    older schema lacks does not count, nor do steps that were written for this patient."""
    if name not in line or (name == "steps" and line.get("own_steps")):
        return False
    if name == "figure":
        return _what_it_says(line[name]) != _what_it_says(now)
    return line[name] != now


def _as_stored(value: Any) -> Any:
    """A part of a line as the JSON of a version stores it."""
    if is_dataclass(value):
        value = asdict(value)
    return json.loads(json.dumps(value))


def _what_it_says(figure: dict | None) -> list[str]:
    """The texts of a figure, and which photo it is. How it is drawn is left out: a better drawing
    is offered on the programme's page, and is no reason for attention today."""
    if figure is None:
        return []
    captions = [frame["caption"] for frame in figure["frames"]]
    photo = figure["source"] if figure.get("kind") == Figure.Kind.PHOTO else ""
    return [figure["title"], *captions, photo]


def _cautions(sheet: dict) -> tuple[str, ...]:
    """The cautions that stand once for all exercises, as in `Sheet.with_cautions_once`."""
    blocks = (block for block in sheet["advice"] if block["kind"] == CAUTIONS)
    texts = (AdviceBlock(CAUTIONS, block["title"], block["body"]).texts() for block in blocks)
    return tuple(text for block_texts in texts for text in block_texts)
