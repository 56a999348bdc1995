"""The page “What was done” of a programme."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ... import clinical
from ...admin_base import programme_page
from ...clinical import COMPARED_DAYS, PAIN_MATTERS
from .. import cert, charts, judgements, record_note, timeline
from ..progress import PERIODS, USUAL
from ..progress import read as read_progress

PERIOD_LABELS = {"3": _("Last 3 weeks"), "6": _("Last 6 weeks"), "all": _("From the start")}


def days(request, programme):
    """Charts and their tables, a note to copy, the time line, CERT, and every day."""
    period = request.GET.get("weeks")
    period = period if period in PERIODS else USUAL
    today = timezone.localdate()
    progress = read_progress(programme, today, period)
    context = {} if progress is None else _followed(programme, progress, today)
    return programme_page(
        request,
        programme,
        "days",
        gettext("What was done"),
        act="read days",
        progress=progress,
        period=period,
        periods=[(name, PERIOD_LABELS[name]) for name in PERIODS],
        compared_days=COMPARED_DAYS,
        pain_matters=PAIN_MATTERS,
        **context,
    )


def _followed(programme, progress, today) -> dict:
    """The context of the page for a programme that has started."""
    marks = [(issue.number, issue.day) for issue in progress.issues]
    ratings = judgements.newest_ratings(programme)
    quality = {uuid: rating.quality for uuid, rating in ratings.items()}
    score = progress.exas(quality)
    events = timeline.events(programme, progress.first, progress.last)
    activities = list(programme.main_activities.prefetch_related("scores"))
    meter = cert.meter(
        cert.Facts(
            sheet=progress.sheet,
            versions=progress.newest.number,
            done=progress.total.done,
            given=progress.total.given,
            goals=len(activities),
            scored=any(activity.scores.all() for activity in activities),
            profile=programme.risk_profiles.exists(),
            rated=len([line for line in progress.sheet.lines if line.uuid in ratings]),
        )
    )
    places = {
        cert.PROGRAMME: reverse("admin:patients_programme_change", args=[programme.pk]),
        cert.LIBRARY: reverse("admin:exercises_exercise_changelist"),
        cert.VERSIONS: reverse("admin:patients_programme_versions", args=[programme.pk]),
        cert.COURSE: "#doing",
        cert.TIMELINE: "#timeline",
        cert.VISIT: reverse("admin:patients_programme_course", args=[programme.pk]),
        cert.PATIENT: reverse("admin:patients_patient_change", args=[programme.patient_id]),
    }
    note = record_note.text(progress, today, exas=score, activities=activities, events=events)
    return {
        "doing": charts.bars(
            [(day.day, day.done, day.given) for day in progress.days], marks, progress.pause_days
        ),
        "pain": charts.line(progress.pain_by_day, charts.PAIN_LEVELS, marks, progress.pause_days),
        "lines": [
            (line, charts.share(line.counts.done, line.counts.given), ratings.get(line.uuid))
            for line in progress.lines
        ],
        "exas": score,
        "exas_mean": clinical.EXAS_MEAN,
        "exas_spread": clinical.EXAS_SPREAD,
        "rated": bool(ratings),
        "events": events,
        "note": note,
        "note_rows": note.count("\n") + 2,
        "meter": meter,
        "parts": [(part, places.get(part.place)) for part in meter.parts],
    }
