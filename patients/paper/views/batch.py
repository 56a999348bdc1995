"""The pages of a batch: how far it is, and its handouts as one file."""

from django.contrib import admin, messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rugpijn import audit
from rugpijn.web import rates

from ...access import find
from ...models import Batch
from .. import batches
from ..press import PrintingError
from .handout import cannot_print

KINDS = {"pdf": ("application/pdf", batches.as_pdf), "zip": ("application/zip", batches.as_zip)}


@require_safe
def batch(request, uuid):
    batch = find(request, Batch.objects, uuid=uuid)
    items = list(batch.handouts.select_related("version__programme__patient"))
    patients = [item.version.programme.patient for item in items]
    audit.record(request, "list", *patients, thing=batch)
    context = {
        **admin.site.each_context(request),
        "title": _("Printing handouts"),
        "batch": batch,
        "items": items,
        "progress": batches.progress(batch, items),
    }
    return TemplateResponse(request, "admin/patients/batch.html", context)


@require_POST
def batch_act(request, uuid):
    """Stop a batch, or start it again."""
    batch = find(request, Batch.objects, uuid=uuid)
    if "stop" in request.POST:
        batches.stop(batch)
        messages.info(request, _("Stopped. What is ready can be printed."))
    elif "go_on" in request.POST:
        batches.go_on(batch)
    return redirect("admin:patients_batch", batch.uuid)


@require_safe
@rates.at_most("pdf")
def batch_file(request, uuid, kind):
    """The handouts that are made, in one file. The access log names each patient in it."""
    batch = find(request, Batch.objects, uuid=uuid)
    if kind not in KINDS:
        raise Http404("There is no such kind of file.")
    items = batches.made(batch)
    if not items:
        raise Http404("Nothing is made yet.")
    media_type, make = KINDS[kind]
    try:
        content = make(batch)
    except PrintingError as error:
        return cannot_print(request, error)
    audit.record(request, "print", *(i.version.programme.patient for i in items), thing=batch)
    response = HttpResponse(content, content_type=media_type)
    how = "inline" if kind == "pdf" else "attachment"
    response.headers["Content-Disposition"] = f'{how}; filename="{_("exercises")}.{kind}"'
    return response
