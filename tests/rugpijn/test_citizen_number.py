"""The citizen service number (BSN) has no place here: no column, no label, no name."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.urls import reverse

from patients.models import Patient, Programme
from rugpijn.models import StaffInvitation, User
from rugpijn.validators import citizen_number

ROOT = Path(__file__).resolve().parents[2]
BSN = "123456782"  # passes the check, and was given to nobody
SAYS = "burgerservicenummer (BSN)"


@pytest.mark.parametrize(
    "text", [BSN, f"Piet {BSN}", "1234.56.782", "123 456 782", "123-456-782", "BSN:111222333"]
)
def test_is_found_as_people_write_it(text):
    assert citizen_number(text)


@pytest.mark.parametrize(
    "text",
    ["", "123456789", "000000000", "12345678", "1234567820", "0612345678", "2026-0001", "३" * 9],
)
def test_other_numbers_are_none(text):
    assert citizen_number(text) is None


@pytest.mark.parametrize(
    ("thing", "field"),
    [
        (Patient(name=f"Piet {BSN}"), "name"),
        (Programme(title=f"Rug {BSN}"), "title"),
        (User(name=BSN, email="x@x.nl"), "name"),
        (StaffInvitation(name=BSN, email="x@x.nl"), "name"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_no_name_is_one(thing, field):
    with pytest.raises(ValidationError) as refused:
        thing.clean_fields()
    assert SAYS in refused.value.message_dict[field][0]


@pytest.mark.django_db
def test_the_form_says_so_at_the_name_and_keeps_the_rest(client, cast):
    client.force_login(cast.anna)
    typed = {"name": f"Kees {BSN}", "birth_date": "1-1-1980", "phone": BSN, "language": "nl"}
    page = client.post(reverse("admin:patients_patient_add"), typed)
    assert list(page.context["adminform"].form.errors) == ["name"]  # a phone number is none
    assert SAYS in page.content.decode() and "1-1-1980" in page.content.decode()
    assert not Patient.objects.filter(phone=BSN).exists()


@pytest.mark.django_db
def test_in_a_note_it_is_said_while_writing(client, cast):
    client.force_login(cast.anna)
    sent = {"text": f"Rustig aan. {BSN}", "language": "nl"}
    first = client.post(reverse("plain_language"), sent).json()["lines"][0]
    assert SAYS in first["says"] and first["strong"]


def test_no_column_and_no_label_asks_for_it():
    """The only words about it are those that refuse it."""
    asks = re.compile(r"\b(bsn|burgerservice|sofi|citizen[ _]?service)", re.IGNORECASE)
    columns = [
        f"{model.__name__}.{field.name}"
        for app in ("rugpijn", "exercises", "patients")
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.concrete_fields
        if asks.search(f"{field.name} {field.verbose_name} {field.help_text}")
    ]
    pages = [
        path.name
        for path in (ROOT / "templates").rglob("*")
        if path.is_file() and asks.search(path.read_text())
    ]
    assert (columns, pages) == ([], [])
