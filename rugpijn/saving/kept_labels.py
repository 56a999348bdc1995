"""The labels of fields that were kept, for who reads back what they typed."""

import re

from django.contrib.admin import site
from django.urls import Resolver404, resolve
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from . import kept
from .two_at_once import in_words, label_of


def describe(request, typed: kept.Typed) -> dict:
    """Context for the page of a kept form: `page`, the name of the record or "", and `readable`.

    `readable` are pairs of a label and a text. Only the page of one record in the admin has labels;
    elsewhere a label is "". A choice is named if this person may choose it.
    """
    record_page = _record_page(request, typed.address)
    if record_page is None:
        return {"page": _about(request, typed.address)}
    admin, obj = record_page
    kind = capfirst(str(admin.opts.verbose_name))
    page = f"{kind}: {obj}" if obj is not None else _("%s (new)") % kind
    return {"page": page, "readable": labelled(request, admin, obj, typed.readable)}


def labelled(request, admin, obj, pairs) -> list[tuple[str, str]]:
    """What was typed into the page of this record, or of a new one, with the labels."""
    form, formsets = admin.as_stored(request, obj)
    inlines = admin.get_inline_instances(request, obj)
    titles = {inline.model: capfirst(str(inline.verbose_name)) for inline in inlines}
    readable = []
    for name, value in pairs:
        bound, row = _field(form, formsets, titles, name)
        if bound is None:
            readable.append(("", value))
        elif not bound.is_hidden:
            label = f"{row}: {label_of(bound).lower()}" if row else label_of(bound)
            readable.append((label, in_words(bound, value)))
    return readable


def _about(request, address: str) -> str:
    """The record that another admin page is about, such as the page of its messages; or ""."""
    try:
        match = resolve(address.partition("?")[0])
    except Resolver404:
        return ""
    label, _sign, model = match.url_name.partition("_") if match.url_name else ("", "", "")
    number = match.kwargs.get("object_id")
    if match.namespace != "admin" or number is None:
        return ""
    for of_model, record_admin in site._registry.items():
        name = of_model._meta.model_name
        if of_model._meta.app_label == label and model.startswith(f"{name}_"):
            obj = record_admin.get_object(request, str(number))
            return str(obj) if obj and record_admin.has_view_permission(request, obj) else ""
    return ""


def _record_page(request, address: str) -> tuple | None:
    """The admin and the record of this page; None for another page, or without permission."""
    if not kept.is_record_page(address):
        return None
    match = resolve(address.partition("?")[0])
    admin, object_id = match.func.model_admin, match.kwargs.get("object_id")
    if object_id is None:
        return (admin, None) if admin.has_add_permission(request) else None
    obj = admin.get_object(request, object_id)
    return (admin, obj) if obj and admin.has_view_permission(request, obj) else None


def _field(form, formsets, titles: dict, name: str) -> tuple:
    """The field of this name, and the row that it is in: "" for the record itself."""
    if name in form.fields:
        return form[name], ""
    for formset in formsets:
        if match := re.fullmatch(rf"{re.escape(formset.prefix)}-(\d+)-(\w+)", name):
            row = formset.empty_form
            title = f"{titles[formset.model]} {int(match[1]) + 1}"
            return (row[match[2]], title) if match[2] in row.fields else (None, "")
    return None, ""
