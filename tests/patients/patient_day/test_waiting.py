"""What nobody looked at yet, on the pages of a therapist about that patient."""

import html
import re
import uuid

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from patients.models import SymptomAnswer
from patients.prescribing import authoring, lifecycle
from rugpijn.models import User
from tests.forms.page_forms import forms_of

pytestmark = pytest.mark.django_db

PAGES = ("patients_programme_change", "patients_programme_end")
OF_PATIENT = ("patients_patient_change", "patients_patient_discharge")
FLAG = "A red flag that nobody has looked at yet."


@pytest.fixture
def anna(client, cast):
    User.objects.filter(is_therapist=True).update(language="en")
    cast.anna.refresh_from_db()
    client.force_login(cast.anna)
    return client


def report(programme, *symptoms):
    version = programme.current_version()
    return SymptomAnswer.objects.create(
        patient=programme.patient,
        operation=uuid.uuid4(),
        version=version,
        symptoms=symptoms,
        line=version.sheet.lines[0].uuid,
        day=timezone.localdate(),
        sequence=SymptomAnswer.objects.count() + 1,
    )


def words(response) -> str:
    text = re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", response.content.decode(), flags=re.S)
    return " ".join(html.unescape(text).split())


def addresses(programme):
    yield from (reverse(f"admin:{name}", args=[programme.pk]) for name in PAGES)
    yield from (reverse(f"admin:{name}", args=[programme.patient_id]) for name in OF_PATIENT)


def card(programme, whose=""):
    return f"{reverse('admin:index')}{whose}#programme-{programme.pk}"


def told(response) -> str:
    return " ".join(str(one) for one in get_messages(response.wsgi_request))


def test_every_page_about_the_patient_says_it(anna, programme):
    for address in addresses(programme):
        assert "nobody has looked" not in words(anna.get(address))
    report(programme, "saddle", "leg_pain")
    for address in addresses(programme):
        page = anna.get(address)
        assert FLAG in words(page) and card(programme) in page.content.decode()
        assert "it feels numb around my anus or genitals" in words(page)
    assert f'id="programme-{programme.pk}"' in anna.get(reverse("admin:index")).content.decode()


def test_what_stops_one_exercise_is_said_as_well(anna, programme):
    report(programme, "leg_pain")
    sentence = "An exercise was stopped, and nobody has looked at it yet."
    for address in addresses(programme):
        assert sentence in words(anna.get(address))


def test_seen_it_is_gone(anna, programme):
    one = report(programme, "saddle")
    there = reverse("admin:patients_programme_seen", args=[programme.pk])
    anna.post(there, {"item": f"red_flag:{one.pk}", "note": "Called."})
    for address in addresses(programme):
        assert FLAG not in words(anna.get(address))


def test_a_colleague_is_led_to_the_whole_practice(client, cast, programme):
    report(programme, "saddle")
    kim = User.objects.create_user(
        "kim@linde.example",
        name="Kim",
        practice=cast.anna.practice,
        is_therapist=True,
        language="en",
    )
    client.force_login(kim)
    address = reverse("admin:patients_programme_change", args=[programme.pk])
    link = card(programme, "?whose=practice")
    assert link in client.get(address).content.decode()
    assert f'id="programme-{programme.pk}"' in client.get(link).content.decode()


def save(client, programme, press, **changed):
    address = reverse("admin:patients_programme_change", args=[programme.pk])
    page = client.get(address)
    [form] = [one for one in forms_of(page) if "prescriptions-TOTAL_FORMS" in one.data()]
    return client.post(address, {**form.data(), press: "1", **changed})


def test_a_new_version_warns(anna, programme):
    report(programme, "saddle")
    answer = save(anna, programme, "_save", **{"prescriptions-0-note": "Rustig"})
    assert programme.versions.count() == 2
    assert "Piet Jansen still cannot exercise" in told(answer)
    assert card(programme) in told(answer)


def test_a_start_warns(anna, cast, programme, make_programme):
    report(programme, "saddle")
    lifecycle.end(programme=programme, by=cast.anna)
    draft = authoring.copy_to_draft(programme=programme, by=cast.anna)
    address = reverse("admin:patients_programme_change", args=[draft.pk])
    assert FLAG in words(anna.get(address))
    answer = save(anna, draft, "_start", red_flags_checked="on")
    draft.refresh_from_db()
    assert draft.is_running
    assert "Piet Jansen still cannot exercise" in told(answer)


@pytest.mark.parametrize("act", ["end", "discharge"])
def test_an_end_warns_and_the_card_stays(anna, programme, act):
    report(programme, "saddle")
    if act == "end":
        address, sent = reverse("admin:patients_programme_end", args=[programme.pk]), {}
    else:
        address = reverse("admin:patients_patient_discharge", args=[programme.patient_id])
        sent = {"running": programme.pk}
    answer = anna.post(address, sent)
    programme.refresh_from_db()
    assert programme.ended_on and "Piet Jansen still cannot exercise" in told(answer)
    assert f'id="programme-{programme.pk}"' in anna.get(reverse("admin:index")).content.decode()
