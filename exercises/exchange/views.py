"""The pages of the exchange: choose what goes out, send a file, look over what it would change."""

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
A_PAGE = 50  # rows with their differences


def _page(request, template: str, title: str, status: int = 200, **context):
    context = {
        **admin.site.each_context(request), "title": title, "opts": Exercise._meta, **context,
    }  # fmt: skip
    name = f"admin/exercises/exchange/{template}.html"
    return TemplateResponse(request, name, context, status=status)


def _ask(request, act: str) -> None:
    """Whoever may read the library may take it out; whoever may add to it may bring in."""
    if not request.user.has_perm(f"exercises.{act}_exercise"):
        raise PermissionDenied


@require_safe
def export(request):
    """The choice; and once it is made, the file."""
    _ask(request, "view")
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
    """Choose a file; then its own page says what is in it."""
    _ask(request, "add")
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ImportForm(*sent)
    if form.is_valid():
        with transaction.atomic():
            begun = importing.begin(
                by=request.user, name=form.cleaned_data["file"].name,
                format=form.format, content=form.content,
            )  # fmt: skip
            audit.record(request, "upload", thing=begun)
        return redirect("admin:exercises_upload", begun.uuid)
    status = 400 if form.errors else 200
    return _page(request, "import", _("Import into the library"), status, form=form)


def _find(request, uuid) -> LibraryImport:
    uploads = LibraryImport.objects.defer("content")
    found = uploads.visible_to(request.user).filter(uuid=uuid).first()
    if found is None:
        hidden.refuse(request, uploads.filter(uuid=uuid).first())
    return found


@require_safe
def upload(request, uuid):
    """How far it is, what was found, and the button that imports it."""
    found = _find(request, uuid)
    progress = importing.progress(found)
    shown = [status for status in STATUSES if _total(found, status)]
    asked = request.GET.get("show")
    show = asked if asked in shown and asked != SAME else next(iter(shown), "")
    rows = [finding for finding in found.findings if finding["status"] == show]
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    _add_links(page.object_list, request.user, found)
    return _page(
        request, "upload", _("Import: %s") % found.name,
        upload=found, progress=progress, ready=importing.is_ready(found), show=show, page=page,
        statuses=shown, totals={status: _total(found, status) for status in STATUSES},
        counts=[
            (kind, [statuses[status] for status in shown])
            for kind, statuses in found.counts.items()
            if any(statuses.values())
        ],
    )  # fmt: skip


def _total(found: LibraryImport, status: str) -> int:
    return sum(statuses.get(status, 0) for statuses in found.counts.values())


def _add_links(findings: list[dict], user, found: LibraryImport) -> None:
    """To what is in the library already, or since this import."""
    for kind in KINDS:
        model = importing.MODELS[kind]
        here = [finding for finding in findings if finding["kind"] == kind and finding["key"]]
        names = {finding["key"] for finding in here}
        uuids = [name for name in names if len(name) == len(str(found.uuid))]
        rows = model.objects.visible_to(user).filter(Q(uuid__in=uuids) | Q(key__in=names))
        numbers = {}
        for row in rows.only("pk", "uuid", "key"):
            numbers |= {str(row.uuid): row.pk, row.key: row.pk}
        for finding in here:
            if finding["key"] in numbers:
                name = f"admin:exercises_{model._meta.model_name}_change"
                finding["link"] = reverse(name, args=[numbers[finding["key"]]])


@require_POST
def act(request, uuid):
    """Import it, stop it, or go on with what stands still."""
    found = _find(request, uuid)
    _ask(request, "add")
    if "import" in request.POST:
        with transaction.atomic():
            if importing.confirm(found):
                audit.record(request, "import", thing=found)
    elif "stop" in request.POST:
        importing.stop(found)
    elif "go_on" in request.POST:
        importing.go_on(found)
    return redirect("admin:exercises_upload", found.uuid)
