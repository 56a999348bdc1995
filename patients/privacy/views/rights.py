"""Pages where patients get a copy of their data, and ask to have it erased."""

from django import forms
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rugpijn import audit
from rugpijn.login.sessions import fresh_login_required
from rugpijn.typed.text_fields import CleanTextMeta
from rugpijn.web.submit_form import SubmitForm

from ...access import may_take_along, note_who_acts, refuse, represented_by
from ...models import DataExport, ErasureRequest, Patient
from .. import data_export

AN_HOUR = 3600  # seconds


@require_POST
@fresh_login_required
def download(request):
    """Make the copy of one record. By POST, because it is an act."""
    records = list(Patient.objects.filter(represented_by(request.user)).order_by("pk"))
    uuid = request.POST.get("record")
    if uuid is not None:
        records = [record for record in records if str(record.uuid) == uuid]
    if len(records) != 1:
        messages.info(
            request,
            gettext("Choose whose data you want to download.")
            if records
            else gettext("There is no data about you to download."),
        )
        return redirect("patients:my_data")
    note_who_acts(request, records[0])
    return export(request, records[0], "download own data", gettext("my-data.zip"))


def export(request, patient, act, name, reason=""):
    """Answer with the file when it is made quickly; otherwise with the page that shows progress."""
    try:
        with transaction.atomic():
            row = data_export.begin(request, patient, reason=reason)
            audit.record(request, act, patient, thing=row)
            is_long = data_export.is_long(patient)
            if is_long:
                data_export.enqueue(row)
    except data_export.TooOftenError:
        response = render(request, "patients/export_too_often.html", status=429)
        response.headers["Retry-After"] = str(AN_HOUR)
        return response
    if is_long:
        return redirect("patients:export", row.uuid)
    return _file(data_export.make(row), name)


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _find_export(request, uuid) -> DataExport:
    """Return an export to the browser session that asked for it, or raise 404.

    The person must still be allowed to have the patient's data.
    """
    exports = DataExport.objects.filter(
        made_for=request.user.pk, session=data_export.session_digest(request), uuid=uuid
    )
    row = exports.select_related("patient__practice").first()
    allowed = may_take_along(request.user)
    if row is not None and Patient.objects.filter(allowed, pk=row.patient_id).exists():
        return row
    refuse(request, DataExport.objects, uuid=uuid)


@require_safe
def export_page(request, uuid):
    """Show the progress of an export, and then the link to its file."""
    row = _find_export(request, uuid)
    stalled = row.finished_at is None and (
        timezone.now() - row.asked_at > data_export.STALLED and row.done == 0
    )
    return render(request, "patients/export.html", {"export": row, "stalled": stalled})


@require_safe
def export_file(request, uuid):
    row = _find_export(request, uuid)
    if row.is_over or row.content is None:
        raise Http404
    return _file(bytes(row.content), gettext("my-data.zip"))


# ------------------------------------------------------------ erasure


class AskForm(SubmitForm, forms.ModelForm):
    submit = ("ask", _("Ask to erase my data"))

    class Meta(CleanTextMeta):
        model = ErasureRequest
        fields = ["words"]
        widgets = {"words": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"words": _("Optional. Your practice reads it.")}


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_login_required
def ask_erasure(request, uuid):
    """Explain what erasure means, and store the request. Only the practice erases."""
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
            messages.info(
                request,
                gettext("You have already asked for this. Your practice has not answered yet."),
            )
        else:
            messages.success(request, gettext("Your request has been sent to your practice."))
        return redirect("patients:my_data")
    audit.record(request, "read own data", patient)
    return render(
        request,
        "patients/ask_erasure.html",
        {"form": form, "patient": patient, "practice": patient.practice},
    )
