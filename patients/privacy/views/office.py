"""Pages where a practice owner copies or erases a patient's data, or answers a request to erase.

An owner who treats nobody sees a name, a date of birth and a number here, and nothing else of the
record. Each act has a reason and is in the access log.
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
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
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

MOST = 20  # patients that a search shows
ONE_LINE = {"class": "vTextField", "autocomplete": "off"}


class ReasonForm(forms.Form):
    reason = CharField(
        label=_("Why"),
        help_text=_("This is kept. Do not write names or anything about health."),
        max_length=DataExport.REASON_LENGTH,
        validators=[printable],
        widget=forms.TextInput(attrs=ONE_LINE),
    )

    def __init__(self, *args, patient: Patient, **kwargs):
        super().__init__(*args, prefix=self.what, **kwargs)
        self.patient = patient


class RecordExportForm(ReasonForm):
    what = "export"


class EraseForm(ReasonForm):
    """Asks a reason and the date of birth. The reason stays, so it may not identify the patient."""

    what = "erase"
    birth_date = BirthDateField(
        label=_("Date of birth of this patient"),
        help_text=_("Type it here, to be sure that this is the right person."),
    )

    def clean_reason(self):
        reason = self.cleaned_data["reason"]
        words = set(re.findall(r"\w+", reason.lower()))
        name = set(re.findall(r"\w{3,}", self.patient.name.lower()))
        if words & name or any(
            text and text.lower() in reason.lower()
            for text in (self.patient.email, self.patient.phone)
        ):
            raise forms.ValidationError(
                gettext(
                    "Write the reason without the name, the e-mail address or the phone number."
                )
            )
        if _holds_date(reason, self.patient.birth_date):
            raise forms.ValidationError(gettext("Write the reason without the date of birth."))
        return reason

    def clean_birth_date(self):
        if self.cleaned_data["birth_date"] != self.patient.birth_date:
            raise forms.ValidationError(gettext("This is not the date of birth of this patient."))
        return self.cleaned_data["birth_date"]


def _holds_date(text: str, day) -> bool:
    """Whether a part of the text is this date, in any notation that a form takes."""
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
        label=_("Why not"),
        help_text=_("The patient reads this."),
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
    """The page with requests that wait for an answer, and a search for a patient."""
    _owner_only(request)
    requests = list(erasure.open_requests(request.user))
    query = " ".join(request.GET.get("q", "").split())
    patients = list(_find(request.user, query)[:MOST]) if query else []
    shown = {patient.pk: patient for patient in (*(one.patient for one in requests), *patients)}
    audit.record(request, "list", *shown.values())
    return _page(
        request,
        "data",
        gettext("Data of a patient"),
        requests=requests,
        query=query,
        patients=patients,
    )


def _find(user, query: str):
    patients = Patient.objects.filter(answered_for(user))
    if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", query.lower()):
        return patients.filter(uuid=query)
    return search.find(patients, query)


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_login_required
def data_of_patient(request, uuid):
    """The page of one patient: make a copy, erase, or refuse a request."""
    _owner_only(request)
    patient = find_answered_for(request, Patient.objects.select_related("practice"), uuid=uuid)
    acts = Acts(request, patient)
    act = request.POST.get("what") if request.method == "POST" else None
    forms = {
        name: form(request.POST if name == act else None, patient=patient)
        for name, form in FORMS.items()
    }
    if act in forms and forms[act].is_valid():
        return getattr(acts, act)(forms[act])
    audit.record(request, "read", patient, thing=patient)
    return _page(
        request,
        "data_patient",
        gettext("Data of a patient"),
        patient=patient,
        erasure_request=acts.erasure_request,
        forms=forms,
        running=patient.programmes.running().exists(),
        refused=patient.erasure_requests.filter(refused_at__isnull=False),
    )


class Acts:
    """The acts of the page, each with a form of its own."""

    def __init__(self, request, patient):
        self.request, self.patient = request, patient

    @cached_property
    def erasure_request(self) -> ErasureRequest | None:
        """The request of this patient that waits for an answer."""
        return self.patient.erasure_requests.filter(refused_at=None).first()

    def export(self, form):
        reason = form.cleaned_data["reason"]
        return export(self.request, self.patient, "export data", gettext("data.zip"), reason)

    def erase(self, form):
        role, message = Erased.Role.OWNER, None
        if self.erasure_request is not None:  # write the mail while the address is still known
            role, message = Erased.Role.REQUEST, mail.erased(self.patient)
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
                gettext(
                    "Nothing was erased: the ledger of erasures cannot be written on this server."
                ),
            )
            return redirect("admin:patients_data_patient", self.patient.uuid)
        messages.success(
            self.request,
            gettext(
                "Everything about this patient has been erased. Earlier backups still contain it; "
                "they are kept for 35 days."
            ),
        )
        if message is not None:
            self._mail(partial(mail.send_now, message))
        return redirect("admin:patients_data")

    def refuse(self, form):
        with transaction.atomic():
            pending = self.erasure_request
            is_refused = pending is not None and erasure.refuse(
                pending, by=self.request.user, answer=form.cleaned_data["answer"]
            )
            if is_refused:
                audit.record(self.request, "refuse erasure", self.patient, thing=pending)
        if not is_refused:
            messages.info(self.request, gettext("This request has already been answered."))
            return redirect("admin:patients_data")
        messages.success(self.request, gettext("The patient reads your answer after logging in."))
        self._mail(partial(mail.send_notice, self.patient))
        return redirect("admin:patients_data")

    def _mail(self, send) -> None:
        try:
            send()
        except mail.MailError:
            messages.warning(
                self.request,
                gettext("The e-mail to the patient was not sent. Please call instead."),
            )


def _page(request, name, title, **context):
    context |= {**admin.site.each_context(request), "title": title}
    return TemplateResponse(request, f"admin/patients/{name}.html", context)
