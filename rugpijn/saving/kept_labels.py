"""What the page of a record calls the fields that were kept, for who reads back what they typed."""

import re

from django.contrib.admin import site
from django.urls import Resolver404, resolve
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from . import kept
from .two_at_once import in_words, label_of


def describe(request, typed: kept.Typed) -> dict:
    """`page`, the name of the record or "", and then `readable`, pairs of a label and a text.

    The page of one record in the admin says what its fields are called; elsewhere a label is "".
    What was chosen is named as far as this person may choose it.
    """
    found = _record_page(request, typed.address)
    if found is None:
        return {"page": _about(request, typed.address)}
    admin, obj = found
    kind = capfirst(str(admin.opts.verbose_name))
    page = f"{kind}: {obj}" if obj is not None else _("%s (new)") % kind
    return {"page": page, "readable": labelled(request, admin, obj, typed.readable)}


def labelled(request, admin, obj, pairs) -> list[tuple[str, str]]:
    """What was typed into the page of this record, or of a new one, with its labels."""
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
    """The record that another page of the admin is about, such as that of a message; or ""."""
    try:
        found = resolve(address.partition("?")[0])
    except Resolver404:
        return ""
    label, _sign, model = found.url_name.partition("_") if found.url_name else ("", "", "")
    number = found.kwargs.get("object_id")
    if found.namespace != "admin" or number is None:
        return ""
    for of_model, record_admin in site._registry.items():
        name = of_model._meta.model_name
        if of_model._meta.app_label == label and model.startswith(f"{name}_"):
            obj = record_admin.get_object(request, str(number))
            return str(obj) if obj and record_admin.has_view_permission(request, obj) else ""
    return ""


def _record_page(request, address: str) -> tuple | None:
    """The admin and the record of this page; None when it is no such page, or not for them."""
    if not kept.is_record_page(address):
        return None
    found = resolve(address.partition("?")[0])
    admin, object_id = found.func.model_admin, found.kwargs.get("object_id")
    if object_id is None:
        return (admin, None) if admin.has_add_permission(request) else None
    obj = admin.get_object(request, object_id)
    return (admin, obj) if obj and admin.has_view_permission(request, obj) else None


def _field(form, formsets, titles: dict, name: str) -> tuple:
    """The field of this name, and which row it is in: "" for the record itself."""
    if name in form.fields:
        return form[name], ""
    for formset in formsets:
        if match := re.fullmatch(rf"{re.escape(formset.prefix)}-(\d+)-(\w+)", name):
            row = formset.empty_form
            title = f"{titles[formset.model]} {int(match[1]) + 1}"
            return (row[match[2]], title) if match[2] in row.fields else (None, "")
    return None, ""
