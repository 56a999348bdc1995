"""The page “How it is going” of a programme: what was answered, judged and measured.

A patient who works from paper answers on the phone or in the practice; the therapist records it
here.
"""

import json

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from rugpijn import audit
from rugpijn.saving import given_back, two_at_once

from ... import clinical, writes
from ...admin_base import programme_page, refusals_as_messages
from ...models import Programme
from .. import judgements
from ..forms import ActivitiesForm, ProfileForm, QualityForm, RecoveryAnswerForm, StartBackForm


def _here(request, programme):
    return redirect("admin:patients_programme_course", programme.pk)


@refusals_as_messages(_here)
def visit(request, programme):
    """Show the page, or store one of its forms."""
    if programme.ended_on is not None and request.method == "POST":
        refusal = _("This programme is not running; nothing was recorded.")
        to = redirect("admin:patients_programme_change", programme.pk)
        if readable := given_back.words(request):
            leads = [(to["Location"], _("Open the programme"))]
            return given_back.page(
                request, refusal, readable, title=programme.patient.name, leads=leads
            )
        messages.error(request, refusal)
        return to
    if request.method == "POST":
        writes.hold(programme)  # two therapists at this page take turns
    checks = {check.day: check for check in programme.recovery_checks.all()}
    check_day = _check_day(programme)
    unanswered = check_day if check_day not in checks else None
    what = request.POST.get("what", "")
    conflict = (
        _conflict_with_others(request, programme, check_day)
        if what == ActivitiesForm.what
        else None
    )
    forms = _forms(request, programme, check_day)
    sent = forms.get(what)
    if sent is not None and sent.is_valid():
        conflict = conflict or _written_since(request, programme, sent)
        if not (conflict and conflict.must_decide):
            stored = sent.write(programme, request.user)
            audit.record(request, sent.act, programme.patient, thing=programme)
            if conflict:
                messages.info(request, conflict.in_short)
            messages.success(request, stored)
            return _here(request, programme)
    profile = programme.risk_profiles.last()
    score = programme.start_back_scores.last()
    return programme_page(
        request,
        programme,
        "course",
        _("How it is going"),
        act="read course",
        forms=forms,
        conflict=conflict if conflict and conflict.must_decide else None,
        met=what,
        opened_with=_opened_with(programme, forms, check_day),
        may_write=programme.ended_on is None,
        checks=sorted(checks.values(), key=lambda check: check.day),
        check_day=unanswered if programme.is_running else None,
        profile=profile,
        plan=clinical.PLANS[profile.profile] if profile else None,
        score=score,
        suggested=dict(ProfileForm.base_fields["profile"].choices)[score.suggests] if score else "",
        activities=[
            (activity, _change(activity))
            for activity in programme.main_activities.prefetch_related("scores")
        ],
    )


def _check_day(programme: Programme) -> int | None:
    """The day of the last recovery check; None before the first, and for a draft."""
    if programme.started_on is None:
        return None
    until = programme.ended_on or timezone.localdate()
    return clinical.recovery_asked(clinical.day_of(programme.started_on, until))


def _opened_with(programme: Programme, forms: dict, check_day: int | None) -> dict[str, str]:
    """What is stored now, by the name of the form; the page sends it back."""
    stored = _forms(None, programme, check_day)[ActivitiesForm.what]
    opened = {ActivitiesForm.what: two_at_once.as_text(two_at_once.snapshot(stored))}
    for what, form in forms.items():
        if hasattr(form, "latest"):
            opened[what] = json.dumps(form.latest(programme))
    return opened


def _conflict_with_others(request, programme, check_day: int | None) -> two_at_once.Conflict | None:
    """The activities that somebody else stored since this page was opened; None without any."""
    base = two_at_once.read(request.POST)
    if base is None:
        return None
    stored = _forms(None, programme, check_day)[ActivitiesForm.what]
    request.POST = ActivitiesForm.beside(request.POST, base, stored)
    with translation.override(base["language"]):
        conflict = two_at_once.find_conflict(request, base, stored)
    if conflict is not None:
        request.POST = conflict.post
        conflict.last = two_at_once.who_changed(programme, request.user, ActivitiesForm.act)
    return conflict


def _written_since(request, programme: Programme, sent) -> two_at_once.Conflict | None:
    """The different judgements that somebody else stored since this page was opened."""
    if not hasattr(sent, "latest"):
        return None
    try:
        opened = json.loads(request.POST.get(two_at_once.OPENED_WITH, ""))
    except (ValueError, RecursionError):
        return None
    sentences = sent.meanwhile(programme, opened) if isinstance(opened, dict) else []
    if not sentences:
        return None
    last = two_at_once.who_changed(programme, request.user, sent.act)
    return two_at_once.Conflict(request.POST, sentences, must_decide=True, last=last)


def _forms(request, programme: Programme, check_day: int | None) -> dict:
    """The forms of this programme by name; the one that was sent is bound."""
    sent = request.POST if request is not None and request.method == "POST" else None
    what = sent.get("what", "") if sent is not None else None
    profile = programme.risk_profiles.last()
    activities = programme.main_activities.prefetch_related("scores")
    version = programme.current_version()

    def bound(form, **kwargs):
        return form(sent if what == form.what else None, **kwargs)

    forms = [
        bound(ProfileForm, initial={"profile": profile.profile if profile else None}),
        bound(StartBackForm),
        bound(ActivitiesForm, activities={activity.position: activity for activity in activities}),
    ]
    if check_day is not None:
        forms.append(bound(RecoveryAnswerForm, check_day=check_day))
    if version is not None:
        ratings = judgements.newest_ratings(programme)
        forms.append(bound(QualityForm, sheet=version.sheet, ratings=ratings))
    return {form.what: form for form in forms}


def _change(activity) -> str:
    """ "better", "same" or "worse" than the first score; empty with fewer than two scores."""
    scores = [score.score for score in activity.scores.all()]
    return clinical.activity_change(scores[0], scores[-1]) if len(scores) > 1 else ""
