"""What a practice owner does about a patient's data: a copy, erasing, answering a request.

An owner who treats nobody sees a name, a date of birth and a number here, and nothing of the
record. Each act has a reason, and is in the access log.
"""

import re
from functools import partial

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from rugpijn import audit
from rugpijn.login.sessions import fresh_login_required
from rugpijn.typed.text_fields import CharField
from rugpijn.validators import printable

from ... import search
from ...access import answered_for, answers, find_answered_for
from ...birth_dates import BirthDateField, read_birth_date
from ...contact import mail
from ...models import DataExport, Erased, ErasureRequest, Patient
from .. import erasure
from .rights import export

MOST = 20  # that a search shows
WORD = {"class": "vTextField", "autocomplete": "off"}


class ReasonForm(forms.Form):
    reason = CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("This is kept. Do not write names or anything about health."),
        max_length=DataExport.REASON_LENGTH,
        validators=[printable],
        widget=forms.TextInput(attrs=WORD),
    )

    def __init__(self, *args, patient: Patient, **kwargs):
        super().__init__(*args, prefix=self.what, **kwargs)
        self.patient = patient


class RecordExportForm(ReasonForm):
    what = "export"


class EraseForm(ReasonForm):
    """The reason stays after the erasure, so it may not say who it was."""

    what = "erase"
    birth_date = BirthDateField(
        label=gettext_lazy("Date of birth of this patient"),
        help_text=gettext_lazy("Type it here, to be sure that this is the right person."),
    )

    def clean_reason(self):
        reason = self.cleaned_data["reason"]
        said = set(re.findall(r"\w+", reason.lower()))
        name = set(re.findall(r"\w{3,}", self.patient.name.lower()))
        if said & name or any(
            word and word.lower() in reason.lower()
            for word in (self.patient.email, self.patient.phone)
        ):
            raise forms.ValidationError(
                _("Write the reason without the name, the e-mail address or the phone number.")
            )
        if re.search(r"\d", reason) and _names_a_day(reason, self.patient.birth_date):
            raise forms.ValidationError(_("Write the reason without the date of birth."))
        return reason

    def clean_birth_date(self):
        if self.cleaned_data["birth_date"] != self.patient.birth_date:
            raise forms.ValidationError(_("This is not the date of birth of this patient."))
        return self.cleaned_data["birth_date"]


def _names_a_day(text: str, day) -> bool:
    for part in re.findall(r"\d[\w\s./-]{3,20}\d{2,4}", text):
        try:
            if read_birth_date(part, today=timezone.localdate()) == day:
                return True
        except ValueError:
            continue
    return False


class RefuseForm(forms.Form):
    what = "refuse"
    answer = CharField(
        label=gettext_lazy("Why not"),
        help_text=gettext_lazy("The patient reads this."),
        max_length=ErasureRequest.LENGTH,
        validators=[printable],
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )

    def __init__(self, *args, patient: Patient, **kwargs):
        super().__init__(*args, prefix=self.what, **kwargs)


FORMS = {form.what: form for form in (RecordExportForm, EraseForm, RefuseForm)}


def _owner_only(request) -> None:
    if not answers(request.user):
        raise PermissionDenied


@require_safe
def data(request):
    """Requests that wait for an answer, and whom a copy or an erasure is about."""
    _owner_only(request)
    asked = list(erasure.open_requests(request.user))
    query = " ".join(request.GET.get("q", "").split())
    found = list(_find(request.user, query)[:MOST]) if query else []
    audit.record(
        request,
        "list",
        *{each.pk: each for each in (*(one.patient for one in asked), *found)}.values(),
    )
    return _page(request, "data", _("Data of a patient"), asked=asked, query=query, found=found)


def _find(user, query: str):
    patients = Patient.objects.filter(answered_for(user))
    if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", query.lower()):
        return patients.filter(uuid=query)
    return search.find(patients, query)


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_login_required
def data_of_patient(request, uuid):
    """One patient: a copy, erasing, and the answer to a request."""
    _owner_only(request)
    patient = find_answered_for(request, Patient.objects.select_related("practice"), uuid=uuid)
    acts = Acts(request, patient)
    what = request.POST.get("what") if request.method == "POST" else None
    forms = {
        name: form(request.POST if name == what else None, patient=patient)
        for name, form in FORMS.items()
    }
    if what in forms and forms[what].is_valid():
        return getattr(acts, what)(forms[what])
    audit.record(request, "read", patient, thing=patient)
    return _page(
        request,
        "data_patient",
        _("Data of a patient"),
        patient=patient,
        asked=acts.asked,
        forms=forms,
        running=patient.programmes.running().exists(),
        refused=patient.erasure_requests.filter(refused_at__isnull=False),
    )


class Acts:
    """What the page can do, each with its own form."""

    def __init__(self, request, patient):
        self.request, self.patient = request, patient

    @cached_property
    def asked(self) -> ErasureRequest | None:
        return self.patient.erasure_requests.filter(refused_at=None).first()

    def export(self, form):
        reason = form.cleaned_data["reason"]
        return export(self.request, self.patient, "export data", _("data.zip"), reason)

    def erase(self, form):
        role = Erased.Role.OWNER if self.asked is None else Erased.Role.REQUEST
        # After it the address is nowhere any more: this mail goes now or never.
        told = mail.erased(self.patient) if self.asked is not None else None
        try:
            erasure.erase(
                self.patient,
                role=role,
                reason=form.cleaned_data["reason"],
                request=self.request,
            )
        except OSError:
            messages.error(
                self.request,
                _("Nothing was erased: the ledger of erasures cannot be written on this server."),
            )
            return redirect("admin:patients_data_patient", self.patient.uuid)
        messages.success(
            self.request,
            _(
                "Everything about this patient has been erased. Earlier backups still contain it; "
                "they are kept for 35 days."
            ),
        )
        if told is not None:
            self._tell(partial(mail.send_now, told))
        return redirect("admin:patients_data")

    def refuse(self, form):
        with transaction.atomic():
            done = self.asked is not None and erasure.refuse(
                self.asked, by=self.request.user, answer=form.cleaned_data["answer"]
            )
            if done:
                audit.record(self.request, "refuse erasure", self.patient, thing=self.asked)
        if not done:
            messages.info(self.request, _("This request has already been answered."))
            return redirect("admin:patients_data")
        messages.success(self.request, _("The patient reads your answer after logging in."))
        self._tell(partial(mail.send_notice, self.patient))
        return redirect("admin:patients_data")

    def _tell(self, send) -> None:
        try:
            send()
        except mail.MailError:
            messages.warning(
                self.request, _("The e-mail to the patient was not sent. Please call instead.")
            )


def _page(request, name, title, **context):
    context |= {**admin.site.each_context(request), "title": title}
    return TemplateResponse(request, f"admin/patients/{name}.html", context)
