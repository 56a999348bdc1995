"""Shows somebody what they typed into a form that cannot be saved any more.

Somebody else deleted the record, or ended what it is about. The page tells who did so and when,
shows what was typed, and where possible opens a new form with it.
"""

from django.contrib import admin
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext

from . import kept, two_at_once
from .kept_labels import labelled

GONE = 410


def page(request, said: str, readable, *, title="", again=None, leads=(), status=GONE):
    """The page. `said` is what happened, `readable` are pairs of a label and a text. `again` is the
    address of a new form with its fields, and `leads` are links with their labels."""
    address, fields = again or ("", ())
    return TemplateResponse(
        request,
        "admin/given_back.html",
        {
            **admin.site.each_context(request),
            "title": title or gettext("Not saved"),
            "said": said,
            "readable": readable,
            "address": address,
            "fields": fields,
            "look": kept.LOOK,
            "leads": leads,
        },
        status=status,
    )


def words(request, record_admin=None, obj=None, beside=()) -> list[tuple[str, str]]:
    """What was typed or changed since the page was opened, with the label of its field. `beside`
    are fields that tell nothing to a reader."""
    typed = kept.read(request)
    own = two_at_once.own_words(request.POST) - set(beside)
    own = {
        name for name in own if "__prefix__" not in name
    }  # the empty row, from which the page makes new ones
    readable = [pair for pair in typed.readable if pair[0] in own]
    if record_admin is not None:
        return labelled(request, record_admin, obj, readable)
    return [("", value) for _name, value in readable if len(value.strip()) > 1]


def of_removed(request, record_admin, number: str):
    """The page for a form whose record was deleted. None when it is not known that somebody deleted
    it, or when nothing was typed."""
    record = request.POST.get(two_at_once.RECORD) or number
    last = two_at_once.who_removed(record_admin.model, record, request.user)
    if last is None:
        return None
    labels_of = record_admin if record_admin.saves_anew else None
    readable = words(request, labels_of, beside=record_admin.beside_words(request))
    if not readable:
        return None
    again = None
    if record_admin.saves_anew and record_admin.has_add_permission(request):
        again = (reverse(_name(record_admin, "add")), _as_new(request, record_admin))
    kind = capfirst(str(record_admin.opts.verbose_name))
    leads = [(reverse(_name(record_admin, "changelist")), record_admin.opts.verbose_name_plural)]
    return page(request, _removed(kind, last), readable, again=again, leads=leads)


def _name(record_admin, page_name: str) -> str:
    return f"admin:{record_admin.opts.app_label}_{record_admin.opts.model_name}_{page_name}"


def _removed(kind: str, last: dict) -> str:
    said = two_at_once.who_did(
        last,
        gettext("you removed this in another tab or window at %(when)s."),
        gettext("%(who)s removed this at %(when)s, while you had it open."),
        gettext("this was removed while you had it open."),
    )
    return f"{kind}: {said}"


def _as_new(request, record_admin) -> list[tuple[str, str]]:
    """What was typed, without the numbers of what is deleted: each row is a new one."""
    _form, formsets = record_admin.as_stored(request, None)
    base = two_at_once.read(request.POST) or {"rows": {}}
    sent, ours = kept.read(request).fields, {}
    for formset in formsets:
        prefix = formset.prefix
        ours[f"{prefix}-INITIAL_FORMS"] = "0"
        numbers = (f"-{formset.model._meta.pk.name}", f"-{formset.fk.name}")
        for name, _value in sent:
            if name.startswith(f"{prefix}-") and name.endswith(numbers):
                ours[name] = ""
        rows = base["rows"].get(prefix)
        if "language" in formset.empty_form.fields and isinstance(rows, dict):
            # The row of an existing text has no such field; the key of the row is its language.
            ours |= {f"{prefix}-{index}-language": str(key) for index, key in enumerate(rows)}
    beside = {two_at_once.OPENED_WITH, two_at_once.RECORD, *ours}
    typed = [pair for pair in sent if pair[0] not in beside and not pair[0].startswith("_")]
    return [*typed, *ours.items()]
