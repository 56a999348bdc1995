"""The time line of a programme: versions, pauses, answers, judgements, marks and messages.

It says what was written, by whom and when, without a judgement of how well it went.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ..models import ActivityScore, Programme, SymptomAnswer
from ..patient_day.reports import with_retraction
from . import worklist


@dataclass(frozen=True)
class Event:
    """One event on one day. `kind` gives its colour: version, life, answer, judgement, message or
    note."""

    day: date
    kind: str
    words: str
    who: str = ""  # who wrote it; empty when the patient did


def events(programme: Programme, first: date, last: date) -> list[Event]:
    """The events from the first to the last day, the newest first. Nine queries."""
    all_events = [
        *_versions(programme),
        *_life(programme),
        *_recovery(programme),
        *_symptoms(programme),
        *_activities(programme),
        *_quality(programme),
        *_profiles(programme),
        *_seen(programme),
        *_messages(programme),
    ]
    return sorted(
        (event for event in all_events if first <= event.day <= last),
        key=lambda event: event.day,
        reverse=True,
    )


def _versions(programme: Programme) -> Iterator[Event]:
    for version in programme.versions.defer("content").order_by("-number"):
        words = _("Version %(number)d was given.") % {"number": version.number}
        if version.reason:
            words = f"{words} {version.reason}"
        yield Event(timezone.localdate(version.issued_at), "version", words, version.issued_name)


def _life(programme: Programme) -> Iterator[Event]:
    """Pauses and the end. The reason of a pause is shown, because patients do not see this page."""
    for pause in programme.pauses.all():
        words = _("Paused.")
        if pause.until_on is not None:
            words = _("Paused until %s.") % date_format(pause.until_on, "j F")
        yield Event(pause.from_on, "life", f"{words} {pause.note}".strip(), pause.by_name)
    if programme.ended_on is not None:
        yield Event(programme.ended_on, "life", _("The programme ended."))


def _recovery(programme: Programme) -> Iterator[Event]:
    for check in programme.recovery_checks.all():
        words = _("Everyday activities on day %(day)d: %(answer)s") % {
            "day": check.day,
            "answer": check.get_answer_display(),
        }
        if check.pain is not None:
            words += _(", pain %d") % check.pain
        yield Event(timezone.localdate(check.answered_at), "answer", words + ".", check.noted_name)


def _symptoms(programme: Programme) -> Iterator[Event]:
    """The reports of symptoms. One that was taken back says so and is not left out: a patient may
    take back a report that was right, to go on exercising."""
    answers = SymptomAnswer.objects.filter(patient=programme.patient_id).select_related("version")
    for answer, retraction in with_retraction(answers):
        if answer.version.programme_id != programme.pk:
            continue
        during = _("Reported during “%(exercise)s”: %(symptoms)s.")
        alone = _("Reported without an exercise: %(symptoms)s.")
        sentence = alone if answer.line is None else during
        words = sentence % worklist.words_of(answer, answer.symptoms)
        if retraction is not None:
            retracted = _("The patient said on %s that it was a mistake.")
            words = f"{words} {retracted % date_format(retraction.day, 'j F')}"
        yield Event(answer.day, "answer", words)


def _activities(programme: Programme) -> Iterator[Event]:
    rows = ActivityScore.objects.filter(activity__programme=programme)
    by_day = rows.select_related("activity").order_by("day", "activity__position")
    for day, together in groupby(by_day, key=lambda score: score.day):
        scores = ", ".join(f"{score.activity.name} {score.score}" for score in together)
        yield Event(day, "answer", _("Activities, 0 to 10: %s.") % scores)


def _quality(programme: Programme) -> Iterator[Event]:
    for (at, who), together in groupby(
        programme.quality_ratings.all(), key=lambda rating: (rating.rated_at, rating.rated_name)
    ):
        ratings = ", ".join(f"{rating.title} {rating.get_quality_display()}" for rating in together)
        yield Event(timezone.localdate(at), "judgement", _("Quality: %s.") % ratings, who)


def _profiles(programme: Programme) -> Iterator[Event]:
    for profile in programme.risk_profiles.all():
        words = _("Risk profile: %s.") % profile.get_profile_display()
        yield Event(timezone.localdate(profile.chosen_at), "judgement", words, profile.chosen_name)


def _seen(programme: Programme) -> Iterator[Event]:
    """One event for the reasons that were marked as seen together, with the note."""
    for (at, note, who), together in groupby(
        programme.seen_marks.filter(withdrawn_at=None).order_by("at", "id"),
        key=lambda mark: (mark.at, mark.note, mark.by_name),
    ):
        reasons = [str(worklist.REASONS.get(mark.reason, mark.reason)) for mark in together]
        words = _("Seen: %s.") % ", ".join(dict.fromkeys(reasons))
        yield Event(timezone.localdate(at), "note", f"{words} {note}".strip(), who)


def _messages(programme: Programme) -> Iterator[Event]:
    for message in programme.messages.all():
        words = _("The patient wrote: “%s”") if message.by_patient else _("Answered: “%s”")
        who = "" if message.by_patient else message.by_name
        yield Event(timezone.localdate(message.written_at), "message", words % message.text, who)
