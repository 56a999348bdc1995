"""Paper: the handout of a version, for the patient and for the therapist."""

import logging

from django.db import OperationalError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rugpijn import audit
from rugpijn.web import rates

from ...access import find
from ...models import Programme
from .. import handout, variants
from ..press import PrintingError, no_room

log = logging.getLogger(__name__)


@require_safe
@rates.at_most("pdf")
def programme_handout(request, uuid):
    """The newest version on paper, as the practice prints or as `variant` and `weeks` ask."""
    programme = _programme(request, uuid)
    version = programme.current_version()
    if version is None:
        return render(request, "patients/paper/nothing_issued.html", status=404)
    return _print(request, programme, version)


@require_safe
@rates.at_most("pdf")
def version_handout(request, uuid, number):
    """A version as it was issued, however long ago."""
    programme = _programme(request, uuid)
    version = get_object_or_404(programme.versions, number=number)
    return _print(request, programme, version)


def _programme(request, uuid):
    programmes = Programme.objects.select_related("patient__practice", "share_link")
    return find(request, programmes, uuid=uuid)


def _print(request, programme, version):
    version.programme = programme  # with patient and practice, already fetched
    variant = asked_variant(request, programme.patient.practice)
    try:
        pdf = handout.stored(version, variant)
        audit.record(request, "print", programme.patient, thing=version)
    except handout.ErasedError as error:
        raise Http404(str(error)) from error
    except PrintingError as error:
        return cannot_print(request, error)
    except OperationalError:  # a full disk: what is not in the log is not handed out
        log.exception("A handout could not be kept, or not be logged")
        return cannot_print(request, PrintingError(no_room()))
    return pdf_response(pdf, version.number)


def asked_variant(request, practice) -> variants.Variant:
    asked = request.GET
    variant = variants.asked(practice, asked.get("variant", ""), asked.get("weeks", ""))
    if variant is None:
        raise Http404("There is no such way to print.")
    return variant


def pdf_response(pdf: bytes, number: int) -> HttpResponse:
    """Opens in the browser, under a name that says nothing about anyone."""
    response = HttpResponse(pdf, content_type="application/pdf")
    name = _("exercises-version-%(number)d.pdf") % {"number": number}
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def cannot_print(request, error: PrintingError):
    """The page that asked keeps working; this says what happened and what to do."""
    context = {"reason": str(error)}
    response = render(request, "patients/paper/cannot_print.html", context, status=503)
    response.headers["Retry-After"] = str(error.seconds)
    return response
