"""A phone field keeps what was typed: one number is dialled, the rest stays words."""

import pytest
from django.core.exceptions import ValidationError
from django.template import Context, Template
from django.urls import reverse
from django.utils import translation

from patients.models import Patient
from rugpijn import phones
from rugpijn.validators import one_phone_number

# What is typed, the link, how the number is written, and the words beside it.
TYPED = {
    "030-2345678": ("tel:+31302345678", "030-2345678", ""),
    "06 - 12 34 56 78": ("tel:+31612345678", "06 - 12 34 56 78", ""),
    "+31 (0)30 2345678": ("tel:+31302345678", "+31 (0)30 2345678", ""),
    "0031 30 2345678": ("tel:+31302345678", "0031 30 2345678", ""),
    "T: +31 30 234 56 78": ("tel:+31302345678", "+31 30 234 56 78", ""),
    "Tel. 030-2345678": ("tel:+31302345678", "030-2345678", ""),
    "030-2345678 toestel 12": ("tel:+31302345678;ext=12", "030-2345678 toestel 12", ""),
    "030 234 56 78 ext. 12": ("tel:+31302345678;ext=12", "030 234 56 78 ext. 12", ""),
    "030-2345678, tst. 12 (Els)": ("tel:+31302345678;ext=12", "030-2345678, tst. 12", "(Els)"),
    "030-2345678 #12": ("tel:+31302345678;ext=12", "030-2345678 #12", ""),
    "030-2345678 (ma-do 9-17 uur)": ("tel:+31302345678", "030-2345678", "(ma-do 9-17 uur)"),
    "moeder: 06-12345678": ("tel:+31612345678", "06-12345678", "moeder"),
    "030\u20112345678\u200b": ("tel:+31302345678", "030\u20112345678", ""),
    "112": ("tel:112", "112", ""),
    "113": ("tel:113", "113", ""),
    "116 123": ("tel:116123", "116 123", ""),
    "0900-8844 (lokaal tarief)": ("tel:09008844", "0900-8844", "(lokaal tarief)"),
    "0800-0113": ("tel:08000113", "0800-0113", ""),
    "14 030": ("tel:14030", "14 030", ""),
    "088-1234567": ("tel:+31881234567", "088-1234567", ""),
    "+32 2 555 12 12": ("tel:+3225551212", "+32 2 555 12 12", ""),
    "0123456789": ("tel:0123456789", "0123456789", ""),  # no number of the Netherlands
    "2345678": ("tel:2345678", "2345678", ""),  # without its area
    "geen": ("", "", "geen"),
    "": ("", "", ""),
}
TWO = ["030-1234567 / 06-12345678", "06 12345678 of 030-2345678", "0612345678 0302345678"]


@pytest.mark.parametrize(("typed", "read"), TYPED.items(), ids=map(ascii, TYPED))
def test_one_number_is_dialled(typed, read):
    found = phones.read(typed)
    assert (found.link, found.written, found.rest) == read
    if found.first:
        one_phone_number(typed)


@pytest.mark.parametrize("typed", TWO)
def test_of_two_the_first_is_dialled_and_a_form_says_so(typed):
    found = phones.read(typed)
    assert len(found.numbers) == 2
    assert found.link in ("tel:+31301234567", "tel:+31612345678")
    assert found.numbers[1].written in found.rest
    with translation.override("nl"), pytest.raises(ValidationError) as refused:
        one_phone_number(typed)
    assert "Hier staan 2 telefoonnummers" in refused.value.messages[0]
    assert found.numbers[1].written in refused.value.messages[0]


def test_a_button_dials_one_and_shows_the_rest():
    template = Template("{% include '_call.html' %}")

    def button(phone):
        return template.render(Context({"practice": {"phone": phone}}))

    two = button(TWO[0])
    assert 'href="tel:+31301234567"' in two and two.count("tel:") == 1
    assert '<span class="beside-call">06-12345678</span>' in two
    assert "tel:" not in button("geen") and "tel:" not in button("")


@pytest.mark.django_db
class TestForms:
    def test_two_numbers_are_refused_at_the_field_and_stay(self, client, cast):
        client.force_login(cast.anna)
        typed = {"name": "Kees Bos", "birth_date": "1-1-1980", "language": "nl", "phone": TWO[0]}
        answer = client.post(reverse("admin:patients_patient_add"), typed)
        form = answer.context["adminform"].form
        assert list(form.errors) == ["phone"] and form["phone"].value() == TWO[0]
        assert not Patient.objects.filter(name="Kees Bos").exists()

    def test_the_owner_reads_what_is_dialled(self, client, cast):
        practice = cast.els.practice
        type(practice).objects.filter(pk=practice.pk).update(phone=TWO[0])
        client.force_login(cast.els)
        address = reverse("admin:rugpijn_practice_change", args=[practice.pk])
        page = client.get(address).content.decode()
        assert "030-1234567." in page and "06-12345678” " in page
