"""The pages and buttons that pause, resume, renew, end and reopen a programme, and that discharge
and readmit a patient.

Each gets a programme or patient that `CareAdmin.page` has already found for this therapist.
"""

from datetime import date

from django import forms
from django.contrib import messages
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rugpijn import audit
from rugpijn.saving import two_at_once
from rugpijn.typed.text_fields import CharField
from rugpijn.validators import near_today, printable
from rugpijn.web.numbers import number

from ... import writes
from ...admin_base import (
    patient_page,
    programme_page,
    refusals_as_messages,
    to_patient,
    to_programme,
)
from ...models import Pause
from ...patient_day import waiting
from .. import authoring, lifecycle

MOST_WEEKS = 52


class DayField(forms.DateField):
    """A day, chosen in the browser's calendar or typed as day-month-year."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    input_formats = ["%Y-%m-%d", "%d-%m-%Y"]
    default_error_messages = {"invalid": _("Write the day as 3-12-2026.")}
    default_validators = [near_today]


class PauseForm(forms.Form):
    from_on = DayField(label=_("First day of the pause"))
    until_on = DayField(
        label=_("Resumes by itself on"),
        help_text=_("Empty: until you resume it."),
        required=False,
    )
    note = CharField(
        label=_("Why"),
        help_text=_("Optional. The patient sees it on no page, but it is in a copy of the record."),
        max_length=Pause.NOTE_LENGTH,
        required=False,
        validators=[printable],
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
    )

    def __init__(self, *args, started_on: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.started_on = started_on

    def clean_from_on(self):
        day = self.cleaned_data["from_on"]
        if day < self.started_on:
            raise forms.ValidationError(
                gettext("The programme started on %s; a pause cannot begin before that day.")
                % date_format(self.started_on, "j F Y")
            )
        if day > timezone.localdate() + lifecycle.FURTHEST:
            raise forms.ValidationError(gettext("Plan a pause at most a year ahead."))
        return day

    def clean(self):
        cleaned = super().clean()
        first, until = cleaned.get("from_on"), cleaned.get("until_on")
        if first and until and until <= first:
            self.add_error("until_on", gettext("Choose a day after the first day of the pause."))
        elif first and until and until > first + lifecycle.FURTHEST:
            self.add_error(
                "until_on", gettext("A pause lasts a year at most. Leave this empty instead.")
            )
        return cleaned


class RenewForm(forms.Form):
    weeks = forms.IntegerField(label=_("Weeks to add"), min_value=1, max_value=MOST_WEEKS)


# ---------------------------------------------------------------- a programme


@refusals_as_messages(to_programme)
def pause(request, programme):
    """Pause the programme from a day on: the form, and the act."""
    lifecycle.require_running(programme)
    today = timezone.localdate()
    form = PauseForm(
        request.POST if request.method == "POST" else None,
        started_on=programme.started_on,
        initial={"from_on": today},
    )
    if form.is_valid():
        try:
            new = lifecycle.pause(programme=programme, by=request.user, **form.cleaned_data)
        except writes.RefusedError as error:
            form.add_error("from_on", str(error))
        else:
            audit.record(request, "pause", programme.patient, thing=programme)
            messages.success(request, _confirmation(new, today))
            return to_programme(request, programme)
    return programme_page(request, programme, "pause", gettext("Pause this programme"), form=form)


def _confirmation(new: Pause, today: date) -> str:
    """What was stored, as a sentence for the therapist."""
    days = {
        "first": date_format(new.from_on, "j F"),
        "until": date_format(new.until_on, "j F") if new.until_on else "",
    }
    if new.until_on is not None and new.until_on <= today:
        text = gettext(
            "The programme was paused from %(first)s until %(until)s, as the charts show."
        )
        return text % days
    if new.from_on > today:
        text = gettext(
            "The programme will be paused from %(first)s. The patient can read that now."
        )
        return text % days
    if new.until_on is None:
        return gettext("The programme is paused until you resume it. The patient can see that.")
    return gettext("The programme is paused until %(until)s. The patient can see that.") % days


@refusals_as_messages(to_programme, messages.INFO)
def resume(request, programme):
    """Resume today, or delete a planned pause: a button of the programme's page."""
    if request.method == "POST":
        chosen = number(request.POST.get("pause"))
        now = programme.pause_now
        lifecycle.resume(programme=programme, number=chosen)
        audit.record(request, "resume", programme.patient, thing=programme)
        messages.success(
            request,
            gettext("The programme continues from today.")
            if now is not None and now.pk == chosen
            else gettext("The pause is cancelled: the programme just continues."),
        )
    return to_programme(request, programme)


@refusals_as_messages(to_programme)
def renew(request, programme):
    """Plan more weeks: the form, and the act."""
    lifecycle.require_running(programme)
    if request.method == "POST":
        writes.hold_programme(programme)  # so that pressing twice prolongs once
    form = RenewForm(
        request.POST if request.method == "POST" else None,
        initial={"weeks": lifecycle.weeks_more(programme)},
    )
    planned = lifecycle.end_so_far(programme)
    opened = request.POST.get(two_at_once.OPENED_WITH)
    conflict = None
    if opened is not None and opened != _planned(planned):
        last = two_at_once.who_changed(programme, request.user, "renew", "choose risk profile")
        sentences = (
            [gettext("It is now planned until %s.") % date_format(planned, "j F Y")]
            if planned
            else []
        )
        conflict = two_at_once.Conflict(request.POST, sentences, must_decide=True, last=last)
    if form.is_valid() and conflict is None:
        until = lifecycle.renew(programme=programme, weeks=form.cleaned_data["weeks"])
        audit.record(request, "renew", programme.patient, thing=programme)
        messages.success(
            request, gettext("The programme is now planned until %s.") % date_format(until, "j F Y")
        )
        return to_programme(request, programme)
    return programme_page(
        request,
        programme,
        "renew",
        gettext("Extend the programme"),
        form=form,
        end=planned,
        opened_with=_planned(planned),
        conflict=conflict,
        today=timezone.localdate(),
    )


def _planned(end: date | None) -> str:
    return end.isoformat() if end else ""


@refusals_as_messages(to_programme)
def end(request, programme):
    """Ask whether to end the programme, and end it."""
    if request.method == "POST":
        lifecycle.end(programme=programme, by=request.user)
        audit.record(request, "end", programme.patient, thing=programme)
        messages.success(
            request,
            gettext("The programme has ended. You can still read, print and reopen it."),
        )
        _warn(request, programme.patient)
        return to_programme(request, programme)
    return programme_page(request, programme, "end", gettext("End this programme?"))


@refusals_as_messages(to_programme)
def reopen(request, programme):
    """Undo an end: a button of the programme's page."""
    if request.method == "POST":
        ended_on = programme.ended_on
        lifecycle.reopen(programme=programme, by=request.user)
        audit.record(request, "reopen", programme.patient, thing=programme)
        messages.success(
            request,
            gettext("The programme is running again.")
            if ended_on == timezone.localdate()
            else gettext("The programme is running again. The days in between count as a pause."),
        )
    return to_programme(request, programme)


@refusals_as_messages(to_programme)
def again(request, programme):
    """Make a draft from a programme that has ended: a button of its page."""
    if request.method != "POST":
        return to_programme(request, programme)
    draft = authoring.copy_to_draft(programme=programme, by=request.user)
    audit.record(request, "create", programme.patient, thing=draft)
    messages.success(
        request,
        gettext(
            "This is a draft with the same exercises. Review it, check for red flags, "
            "then start it."
        ),
    )
    if any(line.period != line.period.in_any_programme for line in programme.prescriptions.all()):
        text = gettext("Dates of exercises are left out: they belonged to the earlier programme.")
        messages.info(request, text)
    return to_programme(request, draft)


# ---------------------------------------------------------------- a treatment


def discharge(request, patient):
    """Say what a discharge does and what the patient sees then, and discharge."""
    if patient.discharged_on is not None:
        messages.info(request, gettext("%s has already been discharged.") % patient.name)
        return to_patient(request, patient)
    if request.method == "POST":
        drafts = [number(text) for text in request.POST.getlist("throw_away")]
        try:
            ended = lifecycle.discharge(
                patient=patient,
                by=request.user,
                running=number(request.POST.get("running")),
                throw_away=drafts,
            )
        except writes.RefusedError as error:
            messages.error(request, str(error))
        else:
            audit.record(request, "discharge", patient, thing=ended or patient)
            messages.success(request, gettext("%s has been discharged.") % patient.name)
            _warn(request, patient)
            return to_patient(request, patient)
    audit.record(request, "read", patient, thing=patient)
    programmes = patient.programmes.order_by("-pk")
    return patient_page(
        request,
        patient,
        "discharge",
        gettext("Discharge %s") % patient.name,
        running=programmes.running().first(),
        drafts=programmes.filter(started_on=None),
        last=programmes.filter(ended_on__isnull=False).first(),
        invited=patient.invitations.filter(accepted_at=None).exists(),
    )


@refusals_as_messages(to_patient, messages.INFO)
def readmit(request, patient):
    """Undo a discharge: a button of the patient's page."""
    if request.method == "POST":
        lifecycle.readmit(patient=patient)
        audit.record(request, "take up again", patient, thing=patient)
        messages.success(request, _taken_up(patient))
    return to_patient(request, patient)


def _taken_up(patient):
    sentence = gettext("%s is in treatment again.") % patient.name
    last = patient.programmes.filter(ended_on__isnull=False).order_by("-pk").first()
    if last is None:
        return sentence
    return format_html(
        "{} <a href='{}'>{}</a>",
        sentence,
        reverse("admin:patients_programme_change", args=[last.pk]),
        gettext("Reopen the last programme, or start a new one from it."),
    )


def _warn(request, patient):
    """Warn of reports that nobody looked at: they stay on the worklist after an end."""
    if warning := waiting.warning(patient, request.user):
        messages.warning(request, warning)
