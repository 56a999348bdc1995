"""A phone field keeps what was typed: one number is dialled, the rest stays words."""

from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.template import Context, Template
from django.urls import reverse
from django.utils import translation

from patients.models import Patient
from rugpijn.models import Practice
from rugpijn.typed import phones
from rugpijn.validators import emergency_number, one_phone_number

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
    "112 (ambulance)": ("tel:112", "112", "(ambulance)"),
    "030/2345678": ("tel:+31302345678", "030/2345678", ""),
    "030-2345678 (8.30-12, 13-17 uur)": ("tel:+31302345678", "030-2345678", "(8.30-12, 13-17 uur)"),
    "geen": ("", "", "geen"),
    "": ("", "", ""),
}
NOT_TO_CALL = {"113", "123"}  # read as they stand, and refused in a field
TWO = ["030-1234567 / 06-12345678", "06 12345678 of 030-2345678", "0612345678 0302345678"]
# One of them is no number that was ever given out, or a short one.
SLIPS = [
    "012-1112233 of 06-12345678",
    "088 0030600 / 112",
    "112 / 030-2345678",
    "112 / 113",
    "1234567 / 7654321",
    "030-2345678 (030-234567)",
]


@pytest.mark.parametrize(("typed", "read"), TYPED.items(), ids=map(ascii, TYPED))
def test_one_number_is_dialled(typed, read):
    found = phones.read(typed)
    assert (found.link, found.written, found.rest) == read
    if found.first and typed not in NOT_TO_CALL:
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


@pytest.mark.parametrize("typed", SLIPS)
def test_two_are_refused_whichever_of_them_can_be(typed):
    assert len(phones.read(typed).numbers) == 2
    with translation.override("nl"), pytest.raises(ValidationError) as refused:
        one_phone_number(typed)
    assert "In een veld past één nummer" in refused.value.messages[0]


@pytest.mark.parametrize("typed", ["geen", *sorted(NOT_TO_CALL), "12345678901234567"])
def test_what_nobody_can_call_is_refused(typed):
    with translation.override("nl"), pytest.raises(ValidationError) as refused:
        one_phone_number(typed)
    assert "geen telefoonnummer" in refused.value.messages[0]


@pytest.mark.parametrize(
    ("region", "good", "bad"),
    [
        ("NL", ["112", "112 (ambulance)"], ["911", "999", "123", "030-2345678", "112 / 911", ""]),
        ("GB", ["112", "999"], ["911"]),
        ("US", ["911"], ["999"]),
    ],
)
def test_an_emergency_number_is_one_of_the_country(settings, region, good, bad):
    settings.PHONE_REGION = region
    for typed in good:
        emergency_number(typed)
    for typed in bad:
        with pytest.raises(ValidationError):
            emergency_number(typed)


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

    def form_of(self, client, cast, **changed):
        """The owner's form, as a browser sends it with these fields changed."""
        address = reverse("admin:rugpijn_practice_change", args=[cast.els.practice.pk])
        client.force_login(cast.els)
        form = client.get(address).context["adminform"].form
        sent = {name: form[name].value() for name in form.fields}
        sent = {name: value for name, value in sent.items() if value not in (None, "", False)}
        return client.post(address, {**sent, **changed})

    @pytest.mark.parametrize(
        ("field", "typed"),
        [
            ("emergency_phone", ""),
            ("emergency_phone", "911"),
            ("emergency_phone", "112 of 911"),
            ("out_of_hours_phone", "123"),
            ("doctor_phone", "012-1112233 of 06-12345678"),
            ("out_of_hours_phone", "088 0030600 / 112"),
            ("phone", "012-1112233 of 06-12345678"),
        ],
    )
    def test_the_owner_is_told_at_the_field(self, client, cast, field, typed):
        before = Practice.objects.filter(pk=cast.els.practice_id).values().get()
        answer = self.form_of(client, cast, **{field: typed})
        assert list(answer.context["adminform"].form.errors) == [field]
        assert Practice.objects.filter(pk=cast.els.practice_id).values().get() == before

    def test_good_numbers_are_taken_and_said(self, client, cast):
        good = {"doctor_phone": "030-2345678 (kies 2)", "out_of_hours_phone": "0900 - 2222"}
        assert self.form_of(client, cast, **good).status_code == 302
        address = reverse("admin:rugpijn_practice_change", args=[cast.els.practice.pk])
        page = client.get(address).content.decode()
        for number in ("030-2345678", "0900 - 2222", "112"):
            assert f"kiest {number}." in page

    def test_the_therapist_reads_what_is_dialled(self, client, cast):
        Patient.objects.filter(pk=cast.piet_patient.pk).update(phone=TWO[0])
        client.force_login(cast.anna)
        address = reverse("admin:patients_patient_change", args=[cast.piet_patient.pk])
        assert "kiest 030-1234567." in client.get(address).content.decode()

    def test_where_none_was_stored_it_is_112_again(self, cast):
        first, *others = Practice.objects.order_by("pk")
        Practice.objects.filter(pk=first.pk).update(emergency_phone=" ")
        kept = [practice.emergency_phone for practice in others]
        import_module("rugpijn.migrations.0016_emergency_number").fill_in(apps, None)
        first.refresh_from_db()
        assert first.emergency_phone == "112"
        assert [Practice.objects.get(pk=one.pk).emergency_phone for one in others] == kept
