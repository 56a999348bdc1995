"""The records that the server's operator may read during emergency access to a practice."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rugpijn import audit

from ...access import opened_to
from ...models import Patient

ROWS = 50


@require_safe
@transaction.atomic
def patients_of_opened(request):
    """List patients with links to their programmes, and log each patient on the page."""
    if not request.user.is_superuser:
        raise PermissionDenied
    if request.glass is None:
        return redirect("admin:glass")
    patients = Patient.objects.filter(opened_to(request.user)).prefetch_related("programmes")
    page = Paginator(patients.order_by("sort_key", "pk"), ROWS).get_page(request.GET.get("page"))
    audit.record(request, "list", *(patient.record_of for patient in page))
    context = {
        **admin.site.each_context(request),
        "title": _("Records you have opened"),
        "page": page,
    }
    return TemplateResponse(request, "admin/patients/emergency_access.html", context)
