"""The limits agree: no carrier is smaller than what it carries, and too much is a sentence."""

import re
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from django.http import QueryDict
from django.urls import reverse

from exercises.exchange import importing
from exercises.media import photos
from exercises.pose_editor.forms import FRAME_FIELDS, MOST_FRAMES
from patients.prescribing.forms import PrescriptionForm
from patients.prescribing.merge_form import PREFIX
from rugpijn import forms
from rugpijn.web import limits, rows

from .page_forms import forms_of

PROXY = Path("docs/examples/Caddyfile")


def test_a_file_fits_through_every_door():
    """A form's own limit stands below the door's, with room for a file that is refused in words."""
    largest = max(settings.FILM_BYTES, photos.BYTES, forms.LOGO_BYTES, *importing.BYTES.values())
    assert 2 * largest <= settings.UPLOAD_BYTES
    number, unit = re.search(r"max_size (\d+)([KMG]i?B)", PROXY.read_text()).groups()
    assert unit == "MiB" and int(number) * limits.MEGABYTE >= settings.UPLOAD_BYTES


def test_as_much_text_as_the_rows_may_hold_is_taken():
    longest = sum(
        PrescriptionForm.base_fields[name].max_length or 100 for name in ("note", "steps")
    )
    assert limits.ROWS * 2 * longest <= limits.TEXT_BYTES, "each value and what it was opened with"
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE == limits.TEXT_BYTES
    assert settings.DATA_UPLOAD_MAX_NUMBER_FIELDS == limits.FIELDS
    assert MOST_FRAMES * len(FRAME_FIELDS) + 50 <= limits.FIELDS


def test_every_form_with_rows_says_how_many():
    for model_admin in admin.site._registry.values():
        for inline in model_admin.inlines:
            made = inline(model_admin.model, admin.site)
            assert (made.max_num or 0) <= limits.ROWS, inline


@pytest.fixture
def form(client, cast, programme):
    client.force_login(cast.anna)
    address = reverse("admin:patients_programme_change", args=[programme.pk])
    sent = next(data for form in forms_of(client.get(address)) if "title" in (data := form.data()))
    return address, sent


def with_lines(sent, programme, count):
    """The same form with this many lines, each as a stored one is sent."""
    there = int(sent[f"{PREFIX}-TOTAL_FORMS"][0])
    row = {
        name.removeprefix(f"{PREFIX}-0-"): value
        for name, value in sent.items()
        if name.startswith(f"{PREFIX}-0-")
    } | {"id": "", "exercise": programme.prescriptions.first().exercise_id}
    initial = {name: v for name, v in sent.items() if name.startswith(f"initial-{PREFIX}-0-")}
    assert len(row) + len(initial) + 1 <= limits.FIELDS_OF_A_ROW, "with DELETE"
    more = dict(sent)
    for index in range(there, count):
        more |= {f"{PREFIX}-{index}-{name}": value for name, value in row.items()}
        more |= {name.replace("-0-", f"-{index}-"): value for name, value in initial.items()}
    return more | {f"{PREFIX}-TOTAL_FORMS": str(count)}


@pytest.mark.django_db
def test_a_programme_of_ninety_lines_is_saved(client, programme, form):
    address, sent = form
    answer = client.post(address, with_lines(sent, programme, 90))
    assert answer.status_code == 302 and programme.prescriptions.count() == 90


def test_of_some_rows_too_many_none_is_lost():
    post = QueryDict(mutable=True)
    post["lines-TOTAL_FORMS"] = str(limits.ROWS + 1)
    post["lines-INITIAL_FORMS"] = "3"
    for index in range(limits.ROWS + 1):
        post[f"lines-{index}-note"] = "x"
    assert rows.claims_too_many(post) and rows.with_its_rows(post) == post
    post["lines-TOTAL_FORMS"] = str(limits.ROWS)
    assert not rows.claims_too_many(post)


@pytest.mark.django_db
@pytest.mark.parametrize("claimed", ["99999", "9" * 400])
@pytest.mark.parametrize("name", ["programme", "exercise", "protocol", "advice"])
def test_a_number_of_rows_that_is_made_up_is_refused_at_once(
    client, cast, programme, own_exercise, name, claimed
):
    client.force_login(cast.anna)
    protocol = programme.protocols.first()
    protocol.practice = cast.anna.practice
    protocol.save()
    things = {
        "programme": programme,
        "exercise": own_exercise,
        "protocol": protocol,
        "advice": protocol.advice.first(),
    }
    app = "patients" if name == "programme" else "exercises"
    address = reverse(f"admin:{app}_{name}_change", args=[things[name].pk])
    all_sent = [form.data() for form in forms_of(client.get(address))]
    sent = next(data for data in all_sent if any(each.endswith(rows.TOTAL) for each in data))
    sent |= {each: claimed for each in sent if each.endswith(rows.TOTAL)}
    began = time.process_time()
    answer = client.post(address, sent)
    assert answer.status_code == 200 and "ten hoogste 200 regels" in answer.content.decode()
    assert time.process_time() - began < 2


@pytest.mark.django_db
def test_far_too_many_fields_are_a_sentence(client, cast):
    client.force_login(cast.anna)
    answer = client.post("/my-data/", {f"field{n}": "x" for n in range(limits.FIELDS + 1)})
    assert (
        answer.status_code == 400
        and "te veel om in één keer te versturen" in answer.content.decode()
    )
