"""The pages to export the library, to upload a file, and to review and import its changes."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rugpijn import audit, tables
from rugpijn.web import hidden

from ..models import Exercise, LibraryImport
from . import importing
from .checking import KINDS, SAME, STATUSES
from .forms import ImportForm, LibraryExportForm

MEDIA_TYPES = {
    "zip": "application/zip",
    "csv": tables.CONTENT_TYPE,
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
ROWS_PER_PAGE = 50


def _page(request, template: str, title: str, status: int = 200, **context):
    context |= {"title": title, "opts": Exercise._meta}
    context = {**admin.site.each_context(request), **context}
    name = f"admin/exercises/exchange/{template}.html"
    return TemplateResponse(request, name, context, status=status)


def _require(request, act: str) -> None:
    """Raise PermissionDenied unless the user may do `act` ("view", "add") with exercises.

    To export takes the permission to view, to import the permission to add.
    """
    if not request.user.has_perm(f"exercises.{act}_exercise"):
        raise PermissionDenied


@require_safe
def export(request):
    """The form of the export, or the file when the form is filled in."""
    _require(request, "view")
    form = LibraryExportForm(request.GET if "what" in request.GET else None, user=request.user)
    if form.is_valid():
        try:
            content = form.content(request.user)
        except ValueError as error:
            form.add_error("what", str(error))
        else:
            audit.record(request, "export", thing=request.user.practice)
            return _file(content, form.cleaned_data["what"])
    status = 400 if form.errors else 200
    return _page(request, "export", _("Export from the library"), status, form=form)


def _file(content: bytes, what: str) -> HttpResponse:
    name, _dot, format = what.rpartition(".")
    names = {"": _("library"), "exercises": _("exercises"), "protocols": _("protocols")}
    response = HttpResponse(content, content_type=MEDIA_TYPES[format])
    day = timezone.localdate().isoformat()
    response.headers["Content-Disposition"] = f'attachment; filename="{names[name]}-{day}.{format}"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def send(request):
    """Upload a file, and redirect to the page that shows what it would change."""
    _require(request, "add")
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ImportForm(*data)
    if form.is_valid():
        name = form.cleaned_data["file"].name
        with transaction.atomic():
            started = importing.begin(
                by=request.user, name=name, format=form.format, content=form.content
            )
            audit.record(request, "upload", thing=started)
        return redirect("admin:exercises_upload", started.uuid)
    status = 400 if form.errors else 200
    return _page(request, "import", _("Import into the library"), status, form=form)


def _find(request, uuid) -> LibraryImport:
    """The user's own upload. Another user's is written to the access log and raises Http404."""
    uploads = LibraryImport.objects.defer("content")
    visible = uploads.visible_to(request.user).filter(uuid=uuid).first()
    if visible is None:
        hidden.refuse(request, uploads.filter(uuid=uuid).first())
    return visible


@require_safe
def upload(request, uuid):
    """The progress of an import, its findings, and the button that writes it."""
    upload = _find(request, uuid)
    totals = {
        status: sum(statuses.get(status, 0) for statuses in upload.counts.values())
        for status in STATUSES
    }
    present = [status for status in STATUSES if totals[status]]
    show = request.GET.get("show")
    if show not in present or show == SAME:
        show = next(iter(present), "")
    rows = [finding for finding in upload.findings if finding["status"] == show]
    page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    _add_links(page.object_list, request.user, upload)
    context = {
        "upload": upload,
        "progress": importing.progress(upload),
        "ready": importing.is_ready(upload),
        "show": show,
        "page": page,
        "statuses": present,
        "totals": totals,
        "counts": [
            (kind, [statuses[status] for status in present])
            for kind, statuses in upload.counts.items()
            if any(statuses.values())
        ],
    }
    return _page(request, "upload", _("Import: %s") % upload.name, **context)


def _add_links(findings: list[dict], user, upload: LibraryImport) -> None:
    """Add the address of the admin page to each finding whose row is in the library."""
    for kind in KINDS:
        model = importing.MODELS[kind]
        named = [finding for finding in findings if finding["kind"] == kind and finding["key"]]
        names = {finding["key"] for finding in named}
        uuids = [name for name in names if len(name) == len(str(upload.uuid))]
        rows = model.objects.visible_to(user).filter(Q(uuid__in=uuids) | Q(key__in=names))
        ids = {}
        for row in rows.only("pk", "uuid", "key"):
            ids |= {str(row.uuid): row.pk, row.key: row.pk}
        for finding in named:
            if finding["key"] in ids:
                name = f"admin:exercises_{model._meta.model_name}_change"
                finding["link"] = reverse(name, args=[ids[finding["key"]]])


@require_POST
def act(request, uuid):
    """Confirm or stop an import, or continue one without progress."""
    upload = _find(request, uuid)
    _require(request, "add")
    if "import" in request.POST:
        with transaction.atomic():
            if importing.confirm(upload):
                audit.record(request, "import", thing=upload)
    elif "stop" in request.POST:
        importing.stop(upload)
    elif "go_on" in request.POST:
        importing.go_on(upload)
    return redirect("admin:exercises_upload", upload.uuid)
