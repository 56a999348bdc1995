"""The handout of a version as a PDF, for its patient and for therapists."""

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
    """The newest version, as the practice prints or as `variant` and `weeks` in the address say."""
    programme = _programme(request, uuid)
    version = programme.current_version()
    if version is None:
        return render(request, "patients/paper/nothing_issued.html", status=404)
    return _print(request, programme, version)


@require_safe
@rates.at_most("pdf")
def version_handout(request, uuid, number):
    """An older version, as it was issued."""
    programme = _programme(request, uuid)
    version = get_object_or_404(programme.versions, number=number)
    return _print(request, programme, version)


def _programme(request, uuid):
    programmes = Programme.objects.select_related("patient__practice", "share_link")
    return find(request, programmes, uuid=uuid)


def _print(request, programme, version):
    version.programme = programme  # has its patient and practice: no query for those
    variant = variant_of(request, programme.patient.practice)
    try:
        pdf = handout.stored(version, variant)
        audit.record(request, "print", programme.patient, thing=version)
    except handout.ErasedError as error:
        raise Http404(str(error)) from error
    except PrintingError as error:
        return cannot_print(request, error)
    except OperationalError:  # a full disk. What is not in the access log is not handed out.
        log.exception("A handout could not be kept, or not be logged")
        return cannot_print(request, PrintingError(no_room()))
    return pdf_response(pdf, version.number)


def variant_of(request, practice) -> variants.Variant:
    """The variant that the address names. Raises Http404 for one that does not exist."""
    query = request.GET
    variant = variants.find(practice, query.get("variant", ""), query.get("weeks", ""))
    if variant is None:
        raise Http404("There is no such way to print.")
    return variant


def pdf_response(pdf: bytes, number: int) -> HttpResponse:
    """A PDF that opens in the browser. Its file name has the version's number and no name."""
    response = HttpResponse(pdf, content_type="application/pdf")
    name = _("exercises-version-%(number)d.pdf") % {"number": number}
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def cannot_print(request, error: PrintingError):
    """A page with the reason, and in its headers how long to wait before trying again."""
    context = {"reason": str(error)}
    response = render(request, "patients/paper/cannot_print.html", context, status=503)
    response.headers["Retry-After"] = str(error.seconds)
    return response
