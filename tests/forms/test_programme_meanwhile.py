"""A programme that somebody else changed, started, ended or removed meanwhile."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from exercises.models import Advice, Protocol
from patients.models import MainActivity
from rugpijn.models import User
from rugpijn.saving.kept import MARK

from .page_forms import forms_of
from .tab import Tab, course, opened, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def kim(practice):
    return User.objects.create_user(
        "kim@linde.example", name="Kim de Boer", practice=practice, is_therapist=True
    )


def test_nothing_in_conflict_is_saved_at_once(cast, kim, programme):
    early, late, idle = opened(cast.anna, programme), opened(kim, programme), opened(kim, programme)
    early.save(**{"prescriptions-0-dosage": "3x8"})
    said = late.save(**{"prescriptions-1-note": "Rustig."})
    assert late.saved and "Anna de Wit heeft dit om" in said and "Alles is bewaard" in said
    lines = list(programme.prescriptions.all())
    assert (lines[0].dosage.reps, lines[1].note) == (8, "Rustig.")
    idle.save()
    assert idle.saved
    assert [line.note for line in programme.prescriptions.all()][1] == "Rustig."


def test_the_same_change_of_both_is_no_conflict(cast, kim, programme):
    early, late = opened(cast.anna, programme), opened(kim, programme)
    for tab in (early, late):
        tab.save(**{"prescriptions-0-note": "Rustig."})
        assert tab.saved


def test_a_conflict_asks_and_is_no_mistake(cast, kim, programme):
    early, late = opened(cast.anna, programme), opened(kim, programme)
    early.save(title="Rug van Anna")
    late.sent["title"] = ["Rug van Kim"]
    answer = late.client.post(late.to, late.sent)
    page, said = answer.content.decode(), words(answer)
    assert answer.status_code == 200 and not re.search('class="error', page)
    assert "Anna de Wit heeft dit om" in said and "Uw wijzigingen zijn nog niet opgeslagen" in said
    programme.refresh_from_db()
    assert programme.title == "Rug van Anna"


def test_a_row_that_one_changed_and_the_other_removes_is_asked_about(cast, kim, programme):
    early, late = opened(cast.anna, programme), opened(kim, programme)
    early.save(**{"prescriptions-0-dosage": "3x8"})
    said = late.save(**{"prescriptions-0-DELETE": "on"})
    assert not late.saved and "dat is intussen gewijzigd" in said and "Overgenomen" not in said
    assert programme.prescriptions.count() == 6
    late.save()
    assert late.saved and programme.prescriptions.count() == 5


def test_a_draft_that_was_started_in_another_tab(cast, make_programme):
    draft = make_programme(started=False)
    early, late, work = (opened(cast.anna, draft) for _tab in "123")
    early.save(_start="1", red_flags_checked="on")
    answer = late.client.post(late.to, late.sent | {"_start": ["1"], "red_flags_checked": ["on"]})
    assert answer.status_code == 302 and draft.versions.count() == 1
    assert "al gestart in een ander tabblad" in words(late.client.get(late.page))
    said = work.save(_save="1", **{"prescriptions-0-note": "Rustig."})
    assert not work.saved and "al gestart in een ander tabblad" in said
    assert draft.versions.count() == 1
    work.save()
    assert work.saved and draft.versions.count() == 2


def test_a_start_shows_what_a_colleague_changed_first(cast, kim, make_programme):
    draft = make_programme(started=False)
    early, late = opened(cast.anna, draft), opened(kim, draft)
    early.save(**{"prescriptions-0-dosage": "3x8"})
    late.save(_start="1", red_flags_checked="on")
    draft.refresh_from_db()
    assert not late.saved and draft.is_draft
    late.save(_start="1", red_flags_checked="on")
    draft.refresh_from_db()
    assert not draft.is_draft


def end_as(user, programme):
    client = Client()
    client.force_login(user)
    client.post(reverse("admin:patients_programme_end", args=[programme.pk]))


def test_what_was_typed_in_a_programme_that_ended_is_given_back(cast, kim, programme):
    tab, idle = opened(kim, programme), opened(kim, programme)
    end_as(cast.anna, programme)
    said = tab.save(**{"prescriptions-0-note": "Rustig aan, met een kussen."})
    assert "Anna de Wit heeft dit programma om" in said and "beëindigd" in said
    assert "Rustig aan, met een kussen." in said and "Er is niets opgeslagen" in said
    first, second = programme.current_version().sheet.lines[:2]
    assert first.title in said and second.title not in said
    given = said.partition("Wat u heeft ingevuld")[2].partition("Programma openen")[0]
    assert given.endswith("Rustig aan, met een kussen. ")  # and no number of the page
    assert "beëindigd" in idle.save() and idle.saved
    assert not programme.prescriptions.exclude(note="").exists()


def test_a_programme_that_was_paused_is_said(cast, kim, programme):
    tab = opened(kim, programme)
    client = Client()
    client.force_login(cast.anna)
    client.post(
        reverse("admin:patients_programme_pause", args=[programme.pk]),
        {"from_on": timezone.localdate().isoformat()},
    )
    said = tab.save(**{"prescriptions-0-note": "Rustig."})
    assert tab.saved and "Anna de Wit heeft dit programma om" in said and "stilgezet" in said


# ------------------------------------------------------------ removed meanwhile


@pytest.fixture
def advice(own_exercise):
    protocol = Protocol.objects.create(practice=own_exercise.practice, category="low_back")
    protocol.texts.create(language="nl", title="Rug, kort")
    advice = protocol.advice.create(kind="movement", position=1)
    advice.texts.create(language="nl", title="Bewegen", body="Beweeg.")
    return advice


def remove(user, thing):
    client = Client()
    client.force_login(user)
    name = f"admin:{thing._meta.app_label}_{thing._meta.model_name}_delete"
    client.post(reverse(name, args=[thing.pk]), {"post": "yes"})


def test_what_was_typed_in_a_record_that_was_removed(cast, kim, advice):
    tab = Tab(kim, "admin:exercises_advice_change", advice.pk)
    remove(cast.anna, advice)
    assert not Advice.objects.filter(pk=advice.pk).exists()
    answer = tab.client.post(tab.page, tab.sent | {"texts-0-body": ["Beweeg elke dag een uur."]})
    said = words(answer)
    assert answer.status_code == 410 and "Anna de Wit heeft dit om" in said
    assert "Beweeg elke dag een uur." in said and "Er is niets opgeslagen" in said
    add = reverse("admin:exercises_advice_add")
    form = next(form for form in forms_of(answer) if form.action == add)
    page = tab.client.post(add, form.pressed())
    assert "Beweeg elke dag een uur." in page.content.decode()
    assert not Advice.objects.filter(texts__body__startswith="Beweeg elke dag").exists()
    new = next(form for form in forms_of(page) if "texts-0-body" in form.data())
    assert new.data()["texts-0-language"] == ["nl"]
    tab.client.post(add, new.data() | {"protocol": [str(advice.protocol_id)]})
    assert Advice.objects.filter(texts__body="Beweeg elke dag een uur.").count() == 1


@pytest.mark.parametrize("kind", ["exercise", "protocol"])
def test_the_other_records_too(cast, kim, own_exercise, advice, kind):
    thing = {"exercise": own_exercise, "protocol": advice.protocol}[kind]
    tab = Tab(kim, f"admin:exercises_{kind}_change", thing.pk)
    remove(cast.anna, thing)
    said = tab.save(source="KNGF, bladzijde 12")
    assert "Anna de Wit heeft dit om" in said and "KNGF, bladzijde 12" in said


def test_a_patient_who_is_gone_is_not_made_anew(cast, kim):
    tab = Tab(kim, "admin:patients_patient_change", cast.mo_patient.pk)
    remove(cast.anna, cast.mo_patient)
    said = tab.save(phone="06 12345678")
    assert "Anna de Wit heeft dit om" in said and "06 12345678" in said
    assert "Open dit in een nieuw formulier" not in said


def test_a_draft_that_was_thrown_away(cast, kim, make_programme):
    draft = make_programme(started=False)
    tab = opened(kim, draft)
    remove(cast.anna, draft)
    said = tab.save(**{"prescriptions-0-note": "Met een kussen."})
    assert "Anna de Wit heeft dit om" in said and "Met een kussen." in said


def test_a_stranger_learns_nothing_of_what_was_removed(cast, kim, advice):
    tab = Tab(kim, "admin:exercises_advice_change", advice.pk)
    remove(cast.anna, advice)
    tab.client.force_login(cast.bram)
    unmarked = {name: values for name, values in tab.sent.items() if name != MARK}
    answer = tab.client.post(tab.page, unmarked | {"source": ["Van mij"]})
    assert answer.status_code == 302 and answer["Location"] == "/admin/"


def test_the_activities_of_a_programme_that_ended_are_given_back(cast, kim, programme):
    tab = course(kim, programme, "activities")
    end_as(cast.anna, programme)
    assert "Wandelen met de hond" in tab.save(name_1="Wandelen met de hond")
    assert not MainActivity.objects.exists()
