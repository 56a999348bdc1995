"""A patient's rights over the own data: a copy of everything, and asking that it is erased."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rugpijn import audit
from rugpijn.login.sessions import fresh_login_required
from rugpijn.typed.text_fields import CleanTextMeta

from ...access import may_take_along, note_who_acts, refuse, represented_by
from ...models import DataExport, ErasureRequest, Patient
from .. import data_export

AN_HOUR = 3600  # seconds


@require_POST
@fresh_login_required
def download(request):
    """Everything about one record as one file. A press and no link: it is an act."""
    records = list(Patient.objects.filter(represented_by(request.user)).order_by("pk"))
    chosen = request.POST.get("record")
    if chosen is not None:
        records = [record for record in records if str(record.uuid) == chosen]
    if len(records) != 1:
        messages.info(
            request,
            _("Choose whose data you want.")
            if records
            else _("There is nothing about you to download."),
        )
        return redirect("patients:my_data")
    note_who_acts(request, records[0])
    return export(request, records[0], "download own data", _("my-data.zip"))


def export(request, patient, act, name, reason=""):
    """At once when that is quick; else the page that says how far it is."""
    try:
        with transaction.atomic():
            asked = data_export.begin(request, patient, reason=reason)
            audit.record(request, act, patient, thing=asked)
            long = data_export.is_long(patient)
            if long:
                data_export.enqueue(asked)
    except data_export.TooOftenError:
        answer = render(request, "patients/export_too_often.html", status=429)
        answer.headers["Retry-After"] = str(AN_HOUR)
        return answer
    if long:
        return redirect("patients:export", asked.uuid)
    return _file(data_export.make(asked), name)


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _asked(request, uuid) -> DataExport:
    """For who asked, in the browser session that asked, and while the record may be seen."""
    mine = DataExport.objects.filter(
        made_for=request.user.pk, session=data_export.session_digest(request), uuid=uuid
    ).select_related("patient__practice")
    asked = mine.first()
    allowed = may_take_along(request.user)
    if asked is not None and Patient.objects.filter(allowed, pk=asked.patient_id).exists():
        return asked
    refuse(request, DataExport.objects, uuid=uuid)


@require_safe
def export_page(request, uuid):
    """How far it is, and then the file."""
    asked = _asked(request, uuid)
    stalled = asked.finished_at is None and (
        timezone.now() - asked.asked_at > data_export.STALLED and asked.done == 0
    )
    return render(request, "patients/export.html", {"asked": asked, "stalled": stalled})


@require_safe
def export_file(request, uuid):
    asked = _asked(request, uuid)
    if asked.is_over or asked.content is None:
        raise Http404
    return _file(bytes(asked.content), _("my-data.zip"))


# ------------------------------------------------------------ erasure


class AskForm(forms.ModelForm):
    class Meta(CleanTextMeta):
        model = ErasureRequest
        fields = ["words"]
        widgets = {"words": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"words": gettext_lazy("If you like. Your practice reads it.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("ask", _("Ask to erase my data"), css_class="btn-lg"))


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_login_required
def ask_erasure(request, uuid):
    """First what it means, then the question to the practice. Nothing is erased by asking."""
    patients = Patient.objects.select_related("practice")
    patient = patients.filter(represented_by(request.user), uuid=uuid).first()
    if patient is None:
        refuse(request, patients, uuid=uuid)
    note_who_acts(request, patient)
    form = AskForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        form.instance.patient, form.instance.asked_by = patient, request.user
        try:
            with transaction.atomic():
                form.save()
                audit.record(request, "ask for erasure", patient, thing=form.instance)
        except IntegrityError:
            messages.info(request, _("You asked this already. Your practice has not answered yet."))
        else:
            messages.success(request, _("Your practice gets your question."))
        return redirect("patients:my_data")
    audit.record(request, "read own data", patient)
    return render(
        request,
        "patients/ask_erasure.html",
        {"form": form, "patient": patient, "practice": patient.practice},
    )
