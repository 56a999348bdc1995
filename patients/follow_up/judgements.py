"""What a therapist judges, measures and has seen, written down: each act is one transaction."""

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

Asked = tuple[str, int | None]  # a main activity in the patient's words, and its score of today


@transaction.atomic
def measure_activities(*, programme: Programme, asked: Sequence[Asked], on: date) -> int:
    """Write down up to three main activities (PSK) in their order, and their scores of that day.

    An activity that was scored on an earlier day keeps its name, or its scores would be read as
    those of something else; an empty name takes one away that was never scored. A second score on
    one day is a correction. Returns how many scores were written. Raises RefusedError for one that
    would lose its scores or their meaning.
    """
    there = {activity.position: activity for activity in programme.main_activities.all()}
    written = 0
    for position, (name, score) in enumerate(asked, 1):
        activity = there.get(position)
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
            _("“%s” was scored already, so it stays: what was measured is kept.") % activity.name
        )


def rate_quality(
    *, programme: Programme, lines: Sequence[Line], ratings: Mapping[str, str], by: User
) -> list[QualityRating]:
    """Write down how well the exercises were done; what was not rated keeps its older rating."""
    at = timezone.now()  # one visit, one moment
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
    """By line, the rating that holds."""
    return {str(rating.line): rating for rating in programme.quality_ratings.all()}


def note_start_back(*, programme: Programme, total: int, part: int, by: User) -> StartBackScore:
    return StartBackScore.objects.create(
        programme=programme, total=total, part=part, noted_by=by, noted_name=by.name
    )


@transaction.atomic
def mark_seen(*, programme: Programme, reasons: list[tuple[str, str]], note: str, by: User) -> None:
    """Write down that somebody looked at these reasons (`("silent", "2026-11-02")`)."""
    at = timezone.now()  # one look, one moment: so they are put back together
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
    """Undo one look: all that was marked in it asks for attention again, also where a colleague
    added a note to it. The rows stay."""
    marks = SeenMark.objects.filter(programme=mark.programme, withdrawn_at=None)
    for reason, occasion in marks.filter(at=mark.at).values_list("reason", "occasion"):
        marks.filter(reason=reason, occasion=occasion).update(withdrawn_at=timezone.now())


def note_recovery(
    *, programme: Programme, day: int, answer: str, pain: int | None, by: User
) -> RecoveryCheck:
    """Write down what a patient said, on the phone or in the practice. The first answer stays:
    what the patient answered meanwhile is not overwritten."""
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
        said = _("This was answered meanwhile. The first answer stays.")
        if first is not None and first.answer != answer:
            words = {
                "first": first.get_answer_display(),
                "second": RecoveryCheck.Answer(answer).label,
            }
            said += " " + _("It is “%(first)s”; yours was “%(second)s”.") % words
        raise RefusedError(said) from None


def choose_profile(*, programme: Programme, profile: str, by: User) -> RiskProfile:
    """The therapist's judgement; what was judged before stays readable."""
    return RiskProfile.objects.create(
        programme=programme, profile=profile, chosen_by=by, chosen_name=by.name
    )
