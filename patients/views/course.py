"""How it goes with one patient: the recovery checks, and the risk that the therapist judged.

Who works from paper answers on the phone or in the practice, and the therapist writes it down.
"""

from django import forms
from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rugpijn import audit

from .. import actions, clinical
from ..models import RecoveryCheck, RiskProfile
from .therapist import programme_page


class RecoveryForm(forms.Form):
    answer = forms.ChoiceField(
        label=gettext_lazy("Do daily things go better?"),
        choices=RecoveryCheck.Answer,
        widget=forms.RadioSelect,
    )
    pain = forms.IntegerField(
        label=gettext_lazy("Pain in the last day, 0 to 10"),
        help_text=gettext_lazy("0 is no pain. Leave it empty when it was not asked."),
        min_value=clinical.PAIN_LEAST,
        max_value=clinical.PAIN_MOST,
        required=False,
    )


class ProfileForm(forms.Form):
    profile = forms.ChoiceField(
        label=gettext_lazy("Risk of persistent complaints"),
        choices=RiskProfile.Profile,
        widget=forms.RadioSelect,
    )


def course(request, programme):
    """To read, and to write down what was said or judged."""
    here = redirect("admin:patients_programme_course", programme.pk)
    if not programme.is_running:
        if request.method == "POST":
            messages.error(request, _("This programme is not running; nothing was written down."))
        elif programme.is_draft:
            messages.info(request, _("How it goes is asked once the programme has started."))
        if request.method == "POST" or programme.is_draft:
            return redirect("admin:patients_programme_change", programme.pk)
    checks = {check.day: check for check in programme.recovery_checks.all()}
    asked = clinical.recovery_asked(
        clinical.day_of(programme.started_on, programme.ended_on or timezone.localdate())
    )
    profile = programme.risk_profiles.last()
    what = request.POST.get("what", "")
    recovery = RecoveryForm(request.POST if what == "recovery" else None)
    risk = ProfileForm(
        request.POST if what == "profile" else None,
        initial={"profile": profile.profile if profile else None},
    )
    if what == "recovery" and asked is not None and recovery.is_valid():
        try:
            actions.note_recovery(
                programme=programme, day=asked, by=request.user, **recovery.cleaned_data
            )
        except actions.RefusedError as error:
            messages.error(request, str(error))
            return here
        audit.record(request, "note recovery", programme.patient, thing=programme)
        messages.success(request, _("The answer of day %d is written down.") % asked)
        return here
    if what == "profile" and risk.is_valid():
        chosen = actions.choose_profile(programme=programme, by=request.user, **risk.cleaned_data)
        audit.record(request, "choose risk profile", programme.patient, thing=programme)
        messages.success(request, _("Written down: %s.") % chosen.get_profile_display())
        return here
    audit.record(request, "read course", programme.patient, thing=programme)
    return programme_page(
        request,
        programme,
        "course",
        _("How it goes"),
        checks=sorted(checks.values(), key=lambda check: check.day),
        asked=asked if asked not in checks and programme.is_running else None,
        recovery=recovery,
        risk=risk,
        profile=profile,
        plan=clinical.PLANS[profile.profile] if profile else None,
        activities=programme.main_activities.prefetch_related("scores"),
    )
