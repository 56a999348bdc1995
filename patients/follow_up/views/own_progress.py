"""The patient's own page about how it goes."""

from dataclasses import replace

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from rugpijn import audit

from ...access import find
from ...models import Programme
from .. import charts
from ..progress import read as read_progress

FIRST_WEEK = 7  # days without a comparison


@require_safe
def progress(request, uuid):
    """Done of given by week, and the pain. The therapists of the practice may open it too."""
    programmes = Programme.objects.select_related("patient__practice", "therapist")
    programme = find(request, programmes.prefetch_related("pauses"), uuid=uuid)
    today = timezone.localdate()
    progress = read_progress(programme, today, "all")
    if progress is None:
        raise Http404
    audit.record(request, "read progress", programme.patient, thing=programme)
    pain = charts.line(progress.pain_by_day, charts.PAIN_LEVELS, (), progress.pause_days)
    activities = programme.main_activities.prefetch_related("scores")
    return render(
        request,
        "patients/progress.html",
        {
            "programme": programme,
            "practice": programme.patient.practice,
            "version": progress.newest,
            "today": today,
            "progress": progress,
            "weeks": [
                {
                    "number": number,
                    "first": days[-1].day,
                    "last": days[0].day,
                    "counts": counts,
                    "share": charts.share(counts.done, counts.given),
                    "now": days[-1].day <= today <= days[0].day and programme.is_running,
                    "paused": all(day.paused for day in days),
                }
                for number, days, counts in progress.weeks()
            ],
            "is_early": len(progress.days) < FIRST_WEEK,
            # Half of the dates when there are many: the text is larger than the therapist's.
            "pain": replace(pain, ticks=pain.ticks[:: 2 if len(pain.ticks) > 4 else 1]),
            "answered": [day for day in reversed(progress.days) if day.pain],
            "checks": programme.recovery_checks.all(),
            "activities": [
                (activity, scores[0], scores[-1])
                for activity in activities
                if (scores := list(activity.scores.all()))
            ],
        },
    )
