"""The access log for its owner: a search page with a hundred rows on each page, and a table to
download.

Reading the log is itself logged: with a digest of what was searched for, and a row for each patient
who was searched for.
"""

from datetime import datetime

from django.db import transaction
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import audit, tables
from ..models import AccessEvent
from ..web import rates
from ..web.numbers import number
from .chain import FORMS, NEWEST
from .search import MOST_DOWNLOADED, MOST_READ, SearchForm, in_words, together


def search(admin, request):
    """Show the page of the log, with the results of a search."""
    if (refused := rates.refusal(request, "search")) is not None:
        return refused
    form = SearchForm(request.GET, reader=request.user)
    lines, more = [], None
    if form.is_valid():
        rows = form.rows()
        if (before := number(request.GET.get("before"))) is not None:
            rows = rows.filter(number__lt=before)
        events = list(rows[: MOST_READ + 1])
        lines, shown = together(events)
        if shown < len(events):
            more = _query(request, before=events[shown - 1].number)
        _log(request, "list", form)
    context = {
        **admin.admin_site.each_context(request),
        "title": _("Access log"),
        "opts": admin.opts,
        "form": form,
        "lines": in_words(lines, request.user),
        "more": more,
        "newest": _query(request) if "before" in request.GET else None,
        "file": _query(request),
        "shows_patients": form.practice is not None,
    }
    return TemplateResponse(request, "admin/rugpijn/access_log.html", context)


def download(admin, request):
    """Send all results with every field, as a table."""
    if (refused := rates.refusal(request, "table")) is not None:
        return refused
    form = SearchForm(request.GET, reader=request.user)
    if not form.is_valid():
        return search(admin, request)
    events = list(form.rows()[: MOST_DOWNLOADED + 1])
    if len(events) > MOST_DOWNLOADED:
        form.add_error(
            "since",
            _("These are more than %d rows. Please choose a shorter period.") % MOST_DOWNLOADED,
        )
        return _refused(admin, request, form)
    _log(request, "download log", form)
    names = (*FORMS[NEWEST], "hash")
    text = tables.written(names, ([_cell(event, name) for name in names] for event in events))
    response = HttpResponse(text, content_type=tables.CONTENT_TYPE)
    what = _("access-log")
    name = f"{what}-{timezone.localdate().isoformat()}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _refused(admin, request, form):
    context = {
        **admin.admin_site.each_context(request),
        "title": _("Access log"),
        "opts": admin.opts,
        "form": form,
    }
    return TemplateResponse(request, "admin/rugpijn/access_log.html", context)


def _cell(event, name):
    value = getattr(event, name)
    return value if value is None or isinstance(value, (bool, int, datetime)) else str(value)


def _log(request, act, form):
    with transaction.atomic():
        audit.record(request, act, thing=AccessEvent(), query=form.text)
        if form.found:
            audit.record(request, "read log", *form.found, query=form.text)


def _query(request, **more) -> str:
    query = request.GET.copy()
    query.pop("before", None)
    query.update(more)
    return f"?{query.urlencode()}"
