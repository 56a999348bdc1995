"""The page on which a practice adds or changes a photo to use instead of a drawing."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from rugpijn import audit
from rugpijn.saving import two_at_once

from ..media.photo_forms import PhotoForm
from ..models import Figure


def photo_view(request, admin, figure: Figure | None = None):
    """Add a photo, or change one. `admin` is the FigureAdmin that found the figure."""
    if figure is None:
        allowed = admin.has_add_permission(request)
    else:
        allowed = admin.has_change_permission(request, figure)
    if not allowed:
        raise PermissionDenied
    data = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = PhotoForm(*data, figure=figure)
    own = _save(request, form, figure) if form.is_valid() else None
    if own is not None:
        messages.success(request, _("The photo “%s” is saved.") % own)
        back = admin.back_to_form(request, own)
        return back or HttpResponseRedirect(reverse("admin:exercises_figure_changelist"))
    context = {
        **admin.admin_site.each_context(request),
        "title": _("Change a photo") if figure else _("Add a photo"),
        "opts": admin.opts,
        "form": form,
        "figure": figure,
        "stamp": two_at_once.stamp_for(request, figure.data) if figure else "",
        two_at_once.RECORD: two_at_once.record_number(figure) if figure else "",
        "alternative": figure.words("alternative") if figure else "",
    }
    status = 400 if form.errors else 200
    return TemplateResponse(request, "admin/exercises/figure/photo.html", context, status=status)


def _save(request, form, figure: Figure | None) -> Figure | None:
    """Save the photo. Returns None, with an error on the form, when another user saved it first."""
    try:
        with transaction.atomic():
            if figure is not None:
                stored = Figure.objects.select_for_update().get(pk=figure.pk)
                two_at_once.refuse_if_another(request, figure, stored.data)
            own = form.save(figure or Figure(practice_id=request.user.practice_id))
            audit.record(request, "change" if figure else "add", thing=own)
    except two_at_once.ChangedMeanwhileError as error:
        form.add_error(None, str(error))
        return None
    return own
