"""Every text field of every form keeps clean text: what is pasted brings no invisible signs."""

import pytest
from django import forms
from django.core.exceptions import ValidationError

from rugpijn.typed import text
from rugpijn.typed.text_fields import CleanText

from ..access.access_table import TABLE
from ..access.access_world import client_for
from .page_forms import forms_in

pytestmark = pytest.mark.django_db

PASTED = "Zoe\u0308\u200b \u202eb\uf0b7"
OURS = ("rugpijn.", "exercises.", "patients.")
PLAIN = (forms.PasswordInput, forms.HiddenInput)
# The login of allauth's form is cleaned by the form; its search box of the admin is folded.
CLEANED_BY_THE_FORM = {("LoginForm", "login")}


def all_forms(of=forms.BaseForm):
    for form in of.__subclasses__():
        yield form
        yield from all_forms(form)


def text_fields(fields):
    for name, field in fields.items():
        is_text = isinstance(field, forms.CharField) and not isinstance(field, forms.UUIDField)
        if is_text and not isinstance(field.widget, PLAIN):
            yield name, field


def test_every_form_of_ours_cleans(client):
    client.get("/")  # imports every page
    unclean = [
        (form.__name__, name)
        for form in all_forms()
        if form.__module__.startswith(OURS) and hasattr(form, "base_fields")
        for name, field in text_fields(form.base_fields)
        if not isinstance(field, CleanText)
    ]
    assert set(unclean) <= CLEANED_BY_THE_FORM


def test_every_text_field_of_every_page_cleans(world):
    met = set()
    for who, column in (("anna", 0), ("els", 1), ("piet", 2), ("root", 6)):
        client = client_for(world, who)
        for name, row in TABLE.items():
            if row[column] != "200" or name.endswith("_file"):
                continue
            page = client.get(world.address(name))
            for form in forms_in(page.context if page.status_code == 200 else None):
                for field_name, field in text_fields(form.fields):
                    key = (type(form).__name__, field_name)
                    if not type(form).__module__.startswith(OURS) or key in met:
                        continue
                    met.add(key)
                    assert isinstance(field, CleanText), (name, key)
                    try:
                        kept = field.clean(PASTED)
                    except ValidationError:
                        continue
                    assert text.clean(str(kept)) == str(kept), (name, key)
    assert len(met) > 20
