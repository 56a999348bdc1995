"""Writes what a therapist judged, measured or saw. Each act is one transaction."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from rugpijn.models import User

from ..models import (
    ActivityScore,
    MainActivity,
    Programme,
    QualityRating,
    RecoveryCheck,
    RiskProfile,
    SeenMark,
    StartBackScore,
)
from ..sheet import Line
from ..writes import RefusedError

Scored = tuple[str, int | None]  # a main activity in the patient's words, and today's score


@transaction.atomic
def measure_activities(*, programme: Programme, scored: Sequence[Scored], on: date) -> int:
    """Write up to three main activities (PSK) in their order, with their scores of that day.

    An empty name deletes an activity that was never scored. A second score on one day replaces the
    first. Returns how many scores were written. Raises RefusedError when an activity with scores
    would be deleted, or one that was scored on another day would get another name.
    """
    present = {activity.position: activity for activity in programme.main_activities.all()}
    written = 0
    for position, (name, score) in enumerate(scored, 1):
        activity = present.get(position)
        if not name:
            if activity is not None:
                _refuse_scored(activity, activity.scores.all())
                activity.delete()
            continue
        if activity is None:
            activity = MainActivity(programme=programme, position=position)
        if activity.name != name:
            if activity.pk is not None:
                _refuse_scored(activity, activity.scores.exclude(day=on))
            activity.name = name
            activity.save()
        if score is not None:
            ActivityScore.objects.update_or_create(
                activity=activity, day=on, defaults={"score": score}
            )
            written += 1
    return written


def _refuse_scored(activity: MainActivity, scores: QuerySet) -> None:
    if scores.exists():
        raise RefusedError(
            _("“%s” has scores already, so it cannot be removed or renamed.") % activity.name
        )


def rate_quality(
    *, programme: Programme, lines: Sequence[Line], ratings: Mapping[str, str], by: User
) -> list[QualityRating]:
    """Write how well the exercises were done. A line without a rating keeps its older one."""
    at = timezone.now()  # the same for all, so that they are read as one visit
    return QualityRating.objects.bulk_create(
        QualityRating(
            programme=programme,
            line=line.uuid,
            title=line.title,
            quality=ratings[line.uuid],
            rated_by=by,
            rated_name=by.name,
            rated_at=at,
        )
        for line in lines
        if ratings.get(line.uuid)
    )


def newest_ratings(programme: Programme) -> dict[str, QualityRating]:
    """The newest rating of each line, by its uuid."""
    return {str(rating.line): rating for rating in programme.quality_ratings.all()}


def note_start_back(*, programme: Programme, total: int, part: int, by: User) -> StartBackScore:
    return StartBackScore.objects.create(
        programme=programme, total=total, part=part, noted_by=by, noted_name=by.name
    )


@transaction.atomic
def mark_seen(*, programme: Programme, reasons: list[tuple[str, str]], note: str, by: User) -> None:
    """Write that a therapist has seen these reasons, such as `("silent", "2026-11-02")`."""
    at = timezone.now()  # the same for all, so that `put_back` finds them together
    SeenMark.objects.bulk_create(
        SeenMark(
            programme=programme,
            reason=reason,
            occasion=occasion,
            note=note,
            by=by,
            by_name=by.name,
            at=at,
        )
        for reason, occasion in reasons
    )


def put_back(mark: SeenMark) -> None:
    """Undo a mark: all reasons that were marked with it ask for attention again, also those to
    which a colleague added a note. The rows are kept."""
    marks = SeenMark.objects.filter(programme=mark.programme, withdrawn_at=None)
    for reason, occasion in marks.filter(at=mark.at).values_list("reason", "occasion"):
        marks.filter(reason=reason, occasion=occasion).update(withdrawn_at=timezone.now())


def note_recovery(
    *, programme: Programme, day: int, answer: str, pain: int | None, by: User
) -> RecoveryCheck:
    """Write what a patient answered on the phone or in the practice. Raises RefusedError when this
    day has an answer already, which is kept."""
    try:
        with transaction.atomic():
            return RecoveryCheck.objects.create(
                programme=programme,
                day=day,
                answer=answer,
                pain=pain,
                noted_by=by,
                noted_name=by.name,
            )
    except IntegrityError:
        first = programme.recovery_checks.filter(day=day).first()
        refusal = _("This was answered in the meantime. The first answer is kept.")
        if first is not None and first.answer != answer:
            words = {
                "first": first.get_answer_display(),
                "second": RecoveryCheck.Answer(answer).label,
            }
            refusal += " " + _("It is “%(first)s”; yours was “%(second)s”.") % words
        raise RefusedError(refusal) from None


def choose_profile(*, programme: Programme, profile: str, by: User) -> RiskProfile:
    """Add a risk profile; earlier ones are kept."""
    return RiskProfile.objects.create(
        programme=programme, profile=profile, chosen_by=by, chosen_name=by.name
    )
