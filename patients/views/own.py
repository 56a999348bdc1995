"""What is the patient's own: how it goes, what is stored, and how the pages look."""

from dataclasses import replace

from crispy_forms.layout import Hidden
from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from rugpijn import audit, two_at_once
from rugpijn.models import User

from .. import charts, clinical
from ..access import find, represented_by
from ..course import read as read_course
from ..keeping_forms import ReadingForm
from ..models import Patient, Programme

FIRST_WEEK = 7  # days; before that there is nothing to compare


@require_safe
def progress(request, uuid):
    """Done of what was given, by week, and the pain. A therapist of the practice sees it too."""
    programmes = Programme.objects.select_related("patient__practice", "therapist")
    programme = find(request, programmes.prefetch_related("pauses"), uuid=uuid)
    today = timezone.localdate()
    course = read_course(programme, today, "all")
    if course is None:
        raise Http404
    audit.record(request, "read progress", programme.patient, thing=programme)
    scale = (clinical.PAIN_LEAST, 5, clinical.PAIN_MOST)
    pauses = [(pause.from_on, pause.until_on) for pause in course.pauses]
    days = [(day.day, day.lowest, day.highest) for day in course.days]
    pain = charts.line(days, scale, (), pauses)
    activities = programme.main_activities.prefetch_related("scores")
    return render(
        request,
        "patients/progress.html",
        {
            "programme": programme,
            "practice": programme.patient.practice,
            "version": course.newest,
            "today": today,
            "course": course,
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
                for number, days, counts in course.weeks()
            ],
            "is_early": len(course.days) < FIRST_WEEK,
            # Of many dates half: these letters are larger than the therapist's.
            "pain": replace(pain, ticks=pain.ticks[:: 2 if len(pain.ticks) > 4 else 1]),
            "answered": [day for day in reversed(course.days) if day.pain],
            "checks": programme.recovery_checks.all(),
            "activities": [
                (activity, scores[0], scores[-1])
                for activity in activities
                if (scores := list(activity.scores.all()))
            ],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def my_data(request):
    """What is stored about me, and how my pages look."""
    sent = request.POST if request.method == "POST" else None
    with transaction.atomic():
        meeting = _meet_other_tab(request) if sent else None
        form = ReadingForm(meeting.post if meeting else sent, instance=_fresh(request.user))
        if form.is_valid() and not (meeting and meeting.must_decide):
            chosen = {name: form.cleaned_data[name] for name in form.changed_data}
            if chosen:  # only that: another tab may be changing the rest
                User.objects.filter(pk=request.user.pk).update(**chosen)
            with translation.override(form.cleaned_data["language"]):
                messages.success(request, _("Saved."))
            return redirect("patients:my_data")
    stored = ReadingForm(instance=_fresh(request.user))
    opened_with = two_at_once.as_text(two_at_once.snapshot(stored))
    form.helper.add_input(Hidden(two_at_once.OPENED_WITH, opened_with))
    records = _records(request.user)
    audit.record(request, "read own data", *records)
    return render(
        request,
        "patients/my_data.html",
        {
            "form": form,
            "meeting": meeting,
            "records": records,
            "practice": records[0].practice if len(records) == 1 else None,
        },
    )


def _meet_other_tab(request):
    """What this person chose in another tab since this page was opened."""
    base = two_at_once.read(request.POST)
    if base is None:
        return None
    User.objects.select_for_update(no_key=True).get(pk=request.user.pk)
    with translation.override(base["language"]):
        meeting = two_at_once.meet(request, base, ReadingForm(instance=_fresh(request.user)))
    if meeting is not None:
        meeting.only_oneself = True
    return meeting


def _fresh(user):
    """A copy to edit: what is refused must not change how this very page looks."""
    return User.objects.get(pk=user.pk)


def _records(user) -> list[Patient]:
    records = (
        Patient.objects.of_person(user)
        .select_related("practice")
        .prefetch_related("programmes__therapist")
        .order_by("sort_key", "pk")
    )
    found = list(records.prefetch_related("erasure_requests", "proxies__user"))
    today = timezone.localdate()
    theirs = set(Patient.objects.filter(represented_by(user)).values_list("pk", flat=True))
    for record in found:
        record.may_decide = record.pk in theirs
        record.acted_for = record.user_id != user.pk
        record.helpers = record.proxies_on(today)
        asked = list(record.erasure_requests.all())
        record.asked = asked[-1] if asked else None
        record.ticked = record.sessions.held().filter(done=True).count()
        record.given = [one for one in record.programmes.all() if one.started_on is not None]
        record.current = next((one for one in record.given if one.is_running), None) or next(
            iter(record.given), None
        )
    return found
