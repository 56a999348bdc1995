"""The forms of a page, read from its HTML as a browser reads them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from django import forms
from django.contrib.admin.helpers import AdminForm, InlineAdminFormSet
from django.forms.formsets import BaseFormSet
from django.urls import reverse

from ..access.access_table import NAMES, ROLES, SEES, TABLE
from ..access.access_world import client_for

PRESSED = ("submit", "image")
NO_VALUE = ("button", "reset")


@dataclass
class Field:
    tag: str
    name: str
    kind: str = "text"
    value: str = ""
    is_on: bool = True  # of a checkbox or radio button
    options: list = field(default_factory=list)  # (value, selected)
    several: bool = False
    attributes: dict = field(default_factory=dict)


@dataclass
class PageForm:
    action: str
    method: str
    css_class: str = ""
    fields: list = field(default_factory=list)

    def named(self, name) -> Field:
        return next(each for each in self.fields if each.name == name)

    def data(self) -> dict[str, list[str]]:
        """What a browser sends when nothing is changed, without its buttons."""
        sent: dict[str, list[str]] = {}
        for each in self.fields:
            if each.tag == "button" or each.kind in (*PRESSED, *NO_VALUE, "file"):
                continue
            if each.tag == "select":
                values = [value for value, chosen in each.options if chosen]
                if not values and not each.several and each.options:
                    values = [each.options[0][0]]
            else:
                values = [each.value] if each.is_on else []
            for value in values:
                sent.setdefault(each.name, []).append(value)
        return sent

    def pressed(self) -> dict[str, list[str]]:
        """The same, sent with the form's first button."""
        buttons = [
            each
            for each in self.fields
            if each.kind == "submit" or (each.tag == "button" and each.kind == "text")
        ]
        return self.data() | {each.name: [each.value] for each in buttons[:1]}


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.forms, self.by_id, self.open, self.area, self.select = [], {}, None, None, None
        self.apart = []  # fields that name their form

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self.open = PageForm(
                attributes.get("action") or "",
                attributes.get("method", "get"),
                attributes.get("class", ""),
            )
            self.forms.append(self.open)
            self.by_id[attributes.get("id")] = self.open
        elif tag in ("input", "textarea", "select", "button") and attributes.get("name"):
            self._field(tag, attributes)
        elif tag == "option" and self.select is not None:
            value = attributes.get("value", "")
            self.select.options.append((value, "selected" in attributes))

    def _field(self, tag, attributes):
        found = Field(tag, attributes["name"], attributes.get("type") or "text")
        found.attributes, found.value = attributes, attributes.get("value") or ""
        if found.kind in ("checkbox", "radio"):
            found.is_on, found.value = "checked" in attributes, attributes.get("value", "on")
        found.several = "multiple" in attributes
        if "disabled" not in attributes:
            if "form" in attributes:
                self.apart.append((attributes["form"], found))
            elif self.open is not None:
                self.open.fields.append(found)
        self.area = found if tag == "textarea" else None
        self.select = found if tag == "select" else self.select

    def handle_data(self, data):
        if self.area is not None:
            self.area.value += data

    def handle_endtag(self, tag):
        if tag == "form":
            self.open = None
        elif tag == "textarea" and self.area is not None:
            self.area.value = self.area.value.removeprefix("\n")
            self.area = None
        elif tag == "select":
            self.select = None


def forms_of(response) -> list[PageForm]:
    reader = _Reader()
    reader.feed(response.content.decode())
    for form, found in reader.apart:
        if form in reader.by_id:
            reader.by_id[form].fields.append(found)
    return reader.forms


def form_to(response, address: str) -> PageForm:
    """What a page offers to send once more, to this address."""
    offered = [form for form in forms_of(response) if form.css_class == "again"]
    assert [form.action for form in offered] == [address], response.content.decode()
    return offered[0]


FOUND: dict[str, list] = {}  # by role: the pages are read once


SEEN_FORMS = set()  # the same form of another role is the same form


def forms_for(world, role):
    """Each form that sends something, once: its address, and the form."""
    if role not in FOUND:
        FOUND[role] = list(_read_forms(world, role))
    return FOUND[role]


def _read_forms(world, role):
    client = client_for(world, role)
    for name in NAMES:
        if TABLE[name][ROLES.index(role)] != SEES or name == "account_logout":
            continue
        page = world.address(name)
        response = client.get(page)
        if not response.get("Content-Type", "").startswith("text/html") or response.streaming:
            continue
        for form in forms_of(response):
            address = form.action or page
            names = frozenset(field.name for field in form.fields)
            if form.method != "post" or address == reverse("account_logout"):
                continue
            if (address, names) not in SEEN_FORMS:
                SEEN_FORMS.add((address, names))
                yield address, form


WALKED = ("anna", "els", "piet", "root")


def forms_in(context) -> list[forms.BaseForm]:
    """Every form that a page was made of, those of form sets included."""
    found = []

    def take(thing):
        if isinstance(thing, forms.BaseForm):
            found.append(thing)
        elif isinstance(thing, BaseFormSet):
            found.extend([*thing.forms, thing.empty_form])
        elif isinstance(thing, (AdminForm, InlineAdminFormSet)):
            take(getattr(thing, "formset", None) or thing.form)
        elif isinstance(thing, (list, tuple)):
            for part in thing:
                take(part)
        elif isinstance(thing, dict):
            take(list(thing.values()))

    for layer in context or ():
        take(layer if isinstance(layer, dict) else layer.flatten())
    return list({id(form): form for form in found}.values())


def pointing_at(thing) -> dict[str, int]:
    """How many rows point to this one, by the field that does."""
    relations = [
        relation
        for relation in thing._meta.get_fields(include_hidden=True)
        if relation.auto_created and not relation.concrete
    ]
    return {
        str(relation.field): relation.related_model._base_manager.filter(
            **{relation.field.name: thing.pk}
        ).count()
        for relation in relations
    }
