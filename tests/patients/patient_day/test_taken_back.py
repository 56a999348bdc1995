"""A red flag that the patient called a mistake: it holds nothing back, and somebody looks at it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from patients.models import SeenMark, SymptomAnswer
from patients.prescribing import lifecycle
from rugpijn.models import User

from .acts import act, send
from .pages import text_of
from .reports import by_session_form, by_sync, clear, offered, on_worklist, take_back

pytestmark = pytest.mark.django_db

SAID = "dat het een vergissing was"


@pytest.fixture
def piet(client, cast, programme):
    programme.started_on = timezone.localdate() - timedelta(days=20)
    programme.save(update_fields=["started_on"])
    client.force_login(cast.piet)
    return client


@pytest.fixture
def anna(cast):
    therapist = Client()
    therapist.force_login(cast.anna)
    return therapist


def items(anna) -> list[str]:
    cards = anna.get(reverse("admin:index")).context["cards"]
    return [item.reason for card in cards for item in card.items]


@pytest.mark.parametrize("channel", [by_session_form, by_sync])
def test_it_is_on_the_worklist_until_somebody_looked(piet, anna, cast, programme, channel):
    channel(piet, programme, "saddle", "weakness")
    take_back(piet, programme)
    assert "start" in offered(piet, "home", programme)
    assert items(anna) == ["withdrawn"]
    page = text_of(anna.get(reverse("admin:index")))
    assert "rond mijn anus of geslachtsdelen" in page and SAID in page
    assert "De patiënt mag nu niet oefenen" not in page and "Gezien: mag weer" not in page
    answer = clear(cast.anna, programme, note="")
    assert items(anna) == ["withdrawn"] and "Schrijf in de notitie" in text_of(answer)
    clear(cast.anna, programme, note="Gebeld: echt een vergissing.")
    assert items(anna) == []
    assert SeenMark.objects.get().reason == "withdrawn"


def test_what_a_therapist_cleared_before_is_not_asked_about_again(piet, anna, cast, programme):
    by_session_form(piet, programme, "saddle")
    report = SymptomAnswer.objects.exclude(symptoms=[]).get()
    clear(cast.anna, programme)
    take_back(piet, programme, report)
    assert items(anna) == []


def test_another_one_is_another_look(piet, anna, cast, programme):
    by_session_form(piet, programme, "saddle")
    take_back(piet, programme)
    clear(cast.anna, programme)
    by_session_form(piet, programme, "saddle")
    assert items(anna) == ["red_flag"]
    take_back(piet, programme)
    assert items(anna) == ["withdrawn"]


def test_of_what_stops_one_exercise_only_the_time_line_tells(piet, anna, programme):
    by_session_form(piet, programme, "leg_pain")
    take_back(piet, programme)
    assert items(anna) == []
    there = reverse("admin:patients_programme_days", args=[programme.pk])
    assert SAID in text_of(anna.get(there))


def test_it_outlives_the_programme(piet, anna, cast, programme, make_programme):
    by_session_form(piet, programme, "saddle")
    take_back(piet, programme)
    lifecycle.end(programme=programme, by=cast.anna)
    assert items(anna) == ["withdrawn"]
    make_programme(programme.patient, cast.anna)
    assert items(anna) == ["withdrawn"]


def test_a_colleague_is_told_that_it_is_urgent(piet, cast, programme):
    by_session_form(piet, programme, "saddle")
    take_back(piet, programme)
    kim = User.objects.create_user(
        "kim@linde.example", name="Kim", practice=cast.anna.practice, is_therapist=True
    )
    assert "1 patiënt van een collega heeft vandaag dringend aandacht nodig" in on_worklist(kim)


def test_what_a_phone_reported_and_took_back_at_once(piet, anna, programme):
    first = act(programme, 1, symptoms=["bladder"])
    second = act(programme, 2, retracts=first["operation"])
    second.pop("pain", None)
    send(piet, programme, first, second)
    assert items(anna) == ["withdrawn"]


def test_the_days_of_both_are_said(piet, anna, programme):
    by_session_form(piet, programme, "saddle")
    take_back(piet, programme)
    report = SymptomAnswer.objects.exclude(symptoms=[])
    report.update(day=timezone.localdate() - timedelta(days=3))
    page = text_of(anna.get(reverse("admin:index")))
    assert f"op {date_format(report.get().day, 'j F')}: " in page
    assert f"zei op {date_format(timezone.localdate(), 'j F')} {SAID}" in page
