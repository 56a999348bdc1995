"""How it goes with one patient: what was answered and judged, and what is measured at a visit.

Who works from paper answers on the phone or in the practice, and the therapist writes it down.
"""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from rugpijn import audit

from .. import actions, clinical, judgement
from ..models import Programme
from ..visit_forms import ActivitiesForm, ProfileForm, QualityForm, RecoveryForm, StartBackForm
from .therapist import programme_page


def course(request, programme):
    """To read, and to write down what was said, seen or judged."""
    here = redirect("admin:patients_programme_course", programme.pk)
    if programme.ended_on is not None and request.method == "POST":
        messages.error(request, _("This programme is not running; nothing was written down."))
        return redirect("admin:patients_programme_change", programme.pk)
    checks = {check.day: check for check in programme.recovery_checks.all()}
    asked = _asked(programme)
    unanswered = asked if asked not in checks else None
    forms = _forms(request, programme, asked)
    sent = forms.get(request.POST.get("what", ""))
    if sent is not None and sent.is_valid():
        try:
            with transaction.atomic():
                said = sent.write(programme, request.user)
        except actions.RefusedError as error:
            messages.error(request, str(error))
            return here
        audit.record(request, sent.act, programme.patient, thing=programme)
        messages.success(request, said)
        return here
    profile = programme.risk_profiles.last()
    score = programme.start_back_scores.last()
    audit.record(request, "read course", programme.patient, thing=programme)
    return programme_page(
        request,
        programme,
        "course",
        _("How it goes"),
        forms=forms,
        may_write=programme.ended_on is None,
        checks=sorted(checks.values(), key=lambda check: check.day),
        asked=unanswered if programme.is_running else None,
        profile=profile,
        plan=clinical.PLANS[profile.profile] if profile else None,
        score=score,
        suggested=dict(ProfileForm.base_fields["profile"].choices)[score.suggests] if score else "",
        activities=[
            (activity, _change(activity))
            for activity in programme.main_activities.prefetch_related("scores")
        ],
    )


def _asked(programme: Programme) -> int | None:
    """The recovery check that was asked last; None before the first, and for a draft."""
    if programme.started_on is None:
        return None
    until = programme.ended_on or timezone.localdate()
    return clinical.recovery_asked(clinical.day_of(programme.started_on, until))


def _forms(request, programme: Programme, asked: int | None) -> dict:
    """By name, what can be written down about this programme now; what was sent is bound."""
    sent = request.POST if request.method == "POST" else None
    what = request.POST.get("what", "")
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
    if asked is not None:
        forms.append(bound(RecoveryForm, asked=asked))
    if version is not None:
        ratings = judgement.newest_ratings(programme)
        forms.append(bound(QualityForm, sheet=version.sheet, ratings=ratings))
    return {form.what: form for form in forms}


def _change(activity) -> str:
    """Says "better", "same" or "worse" than at first; empty with fewer than two scores."""
    scores = [score.score for score in activity.scores.all()]
    return clinical.activity_change(scores[0], scores[-1]) if len(scores) > 1 else ""
