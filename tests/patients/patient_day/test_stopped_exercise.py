"""One exercise is stopped: it is offered nowhere, until when, and what gives it back."""

import json
import re
from datetime import timedelta
from itertools import cycle

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from patients import clinical
from patients.models import SymptomAnswer
from patients.prescribing import authoring

from .channels import CHANNELS, new_version
from .pages import text_of
from .reports import OFFERS, address, by_session_form, clear, on_worklist, take_back

pytestmark = [pytest.mark.long, pytest.mark.django_db]
STOPS = [name for name, symptom in clinical.SYMPTOMS.items() if symptom.urgency == "stop"]


def offers_of_line(client, page, programme, line) -> set[str]:
    """What is offered about one exercise."""
    raw = client.get(address(page, programme)).content.decode()
    part = re.search(rf'<(article|section) [^>]*data-line="{line}".*?</\1>', raw, re.S)
    found = part.group() if part else ""
    return {name for name, pattern in OFFERS.items() if re.search(pattern, found)}


# ---------------------------------------------------------------- a symptom that stops one exercise


@pytest.mark.parametrize(("channel", "symptom"), list(zip(CHANNELS, cycle(STOPS), strict=False)))
def test_a_stopped_exercise_is_offered_nowhere(piet, cast, programme, channel, symptom):
    lines = programme.current_version().sheet.lines
    channel(piet, programme, symptom)
    second_phone = Client()
    second_phone.force_login(cast.piet)
    for phone in (piet, second_phone):
        for page in ("home", "programme_detail", "programme_yesterday", "programme_session"):
            assert offers_of_line(phone, page, programme, lines[0].uuid) == set(), page
            assert offers_of_line(phone, page, programme, lines[1].uuid), page
        carried = re.search(
            r'id="carried"[^>]*>(.*?)</script>', phone.get("/").content.decode()
        ).group(1)
        (report,) = json.loads(carried)["reports"]
        assert (report["line"], report["exercise"]) == (lines[0].uuid, lines[0].exercise)
    assert "0 van 10" in text_of(piet.get("/"))  # what is stopped is not asked
    assert 'class="card alarm"' in on_worklist(cast.anna)


@pytest.mark.parametrize("then", ["a new version", "eight days", "a mistake", "a note"])
def test_until_when_an_exercise_is_stopped(piet, cast, programme, then):
    line = programme.current_version().sheet.lines[0].uuid
    by_session_form(piet, programme, STOPS[0])
    if then == "a new version":
        new_version(programme, cast.anna)
    elif then == "eight days":
        SymptomAnswer.objects.update(day=timezone.localdate() - timedelta(days=8))
    elif then == "a mistake":
        take_back(piet, programme)
    else:
        clear(cast.anna, programme)
    over = then in ("a mistake", "a note")
    for page in ("programme_detail", "programme_session"):
        assert bool(offers_of_line(piet, page, programme, line)) is over, page


def test_the_same_exercise_on_another_line_is_stopped_too(piet, cast, programme):
    """As in a later phase, or when it was taken off and put back."""
    first = programme.prescriptions.first()
    authoring.prescribe(programme=programme, exercise=first.exercise)
    authoring.issue(programme=programme, by=cast.anna)
    lines = programme.current_version().sheet.lines
    by_session_form(piet, programme, STOPS[0])
    assert offers_of_line(piet, "programme_session", programme, lines[-1].uuid) == set()
    first.delete()
    authoring.issue(programme=programme, by=cast.anna)
    assert offers_of_line(piet, "programme_session", programme, lines[-1].uuid) == set()


def test_a_note_about_one_exercise_gives_back_that_one(piet, cast, programme):
    lines = programme.current_version().sheet.lines
    by_session_form(piet, programme, STOPS[0])
    by_session_form(piet, programme, STOPS[0], line=1)
    kept = SymptomAnswer.objects.get(line=lines[1].uuid)
    therapist = Client()
    therapist.force_login(cast.anna)
    there = reverse("admin:patients_programme_seen", args=[programme.pk])
    therapist.post(there, {"item": f"{STOPS[0]}:{kept.pk}", "note": "Gebeld."})
    assert offers_of_line(piet, "programme_session", programme, lines[0].uuid) == set()
    assert offers_of_line(piet, "programme_session", programme, lines[1].uuid)
