"""A report without an exercise, sent twice, taken back, or beside what is wrong."""

import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from patients import clinical
from patients.follow_up import timeline
from patients.models import SessionLog, SymptomAnswer
from patients.patient_day import reports
from rugpijn.models import Practice

from .acts import act, send, statuses
from .channels import BESIDE, by_report_page
from .pages import text_of
from .reports import (
    address,
    by_session_form,
    by_sync,
    clear,
    offered,
    on_worklist,
    session_form,
    take_back,
)

pytestmark = [pytest.mark.long, pytest.mark.django_db]

# ---------------------------------------------------------------- without an exercise


def test_an_alarm_sign_is_reported_without_an_exercise(piet, cast, programme):
    """Somebody wakes up with it: from "when to call", also while another report is in force."""
    there = reverse("patients:report_symptoms", args=[programme.uuid])
    for page in ("programme_detail", "programme_session", "messages"):
        here = reverse(f"patients:{page}", args=[programme.uuid])
        assert f'href="{there}"' in piet.get(here).content.decode(), page
    asked = re.findall(r'name="symptoms" value="(\w+)"', piet.get(there).content.decode())
    assert asked == ["saddle", "bladder", "weakness"]  # this version's, and no leg pain
    answer = by_report_page(piet, programme)
    assert "Vink aan wat u heeft." in text_of(answer) and not SymptomAnswer.objects.exists()

    answer = by_report_page(piet, programme, "bladder")
    assert answer.redirect_chain[-1][0] == address("stop", programme)
    assert "met “" not in text_of(answer) and f'href="{there}"' in answer.content.decode()
    row = SymptomAnswer.objects.get()
    assert (row.line, row.symptoms) == (None, ["bladder"]) and not SessionLog.objects.exists()
    assert "Een rode vlag, gemeld zonder oefening" in on_worklist(cast.anna)
    told = timeline.events(programme, programme.started_on, timezone.localdate())
    assert "Gemeld zonder oefening" in " ".join(event.words for event in told)
    by_report_page(piet, programme, "saddle")
    assert SymptomAnswer.objects.count() == 2
    for report in SymptomAnswer.objects.all():
        take_back(piet, programme, report, line="")
    assert offered(piet, "programme_session", programme)


def test_a_note_of_the_therapist_ends_one_without_an_exercise(piet, cast, programme):
    by_report_page(piet, programme, "saddle")
    clear(cast.anna, programme)
    assert offered(piet, "programme_session", programme)


def test_without_an_exercise_nothing_is_reported_that_stops_one(piet, programme):
    """It would stop nothing, and say so to nobody."""
    by_report_page(piet, programme, "leg_pain")
    report = act(programme, 1, symptoms=["saddle", "leg_pain"])
    del report["done"], report["line"]
    assert statuses(send(piet, programme, report)) == ["refused"]
    assert [row.symptoms for row in SymptomAnswer.objects.all()] == [["leg_pain", "saddle"]]


@pytest.mark.parametrize("page", ["programme_detail", "programme_session", "messages"])
def test_when_to_call_has_the_numbers(piet, programme, page):
    Practice.objects.update(doctor_phone="030 111 11 11", out_of_hours_phone="0900 - 2222")
    raw = piet.get(reverse(f"patients:{page}", args=[programme.uuid])).content.decode()
    part = re.search(r'<section[^>]*id="when-to-call".*', raw, re.S).group()
    for number in ("112", "+31301111111", "09002222"):
        assert f'href="tel:{number}"' in part, number


# ---------------------------------------------------------------- the act itself


def test_sent_as_the_form_was_left_and_with_its_button_it_is_one_report(piet, programme):
    """The same number: in passing, from the outbox, and with the plain form."""
    whole = session_form(programme, "saddle")
    alone = act(programme, 1, symptoms=["saddle"], operation=whole["operation"])
    del alone["done"]
    assert statuses(send(piet, programme, alone, alone)) == ["stored", "stored"]
    piet.post(reverse("patients:report_symptoms", args=[programme.uuid]), whole)
    assert SymptomAnswer.objects.count() == 1 and not SessionLog.objects.exists()
    piet.post(reverse("patients:log_session", args=[programme.uuid]), whole)
    assert SymptomAnswer.objects.count() == SessionLog.objects.count() == 1
    take_back(piet, programme, operation=str(uuid.uuid4()), retracts=whole["operation"])
    assert offered(piet, "programme_session", programme)


def test_a_phone_takes_back_what_it_had_not_sent(piet, programme):
    """It knows the number of its act, not that of the report; and may send the mistake first."""
    report = act(programme, 1, symptoms=["saddle"])
    mistake = act(programme, 2, retracts=report["operation"])
    assert statuses(send(piet, programme, mistake, report)) == ["stored", "stored"]
    assert offered(piet, "programme_session", programme)
    answer = send(piet, programme, mistake, report)
    assert statuses(answer) == ["stored", "stored"]
    assert answer.json()["standing"]["reports"] == []
    assert SymptomAnswer.objects.count() == 2 and SessionLog.objects.count() == 1


@pytest.mark.parametrize("wrong", [{"retracts": "x"}, {"line": "x"}, {"symptoms": ["saddle"]}])
def test_what_takes_back_nothing_is_refused(piet, programme, wrong):
    by_session_form(piet, programme, "saddle")
    (known,) = SymptomAnswer.objects.all()
    mistake = act(programme, 2, retracts=str(known.operation)) | wrong
    assert statuses(send(piet, programme, mistake)) == ["refused"]
    take_back(piet, programme, known, **wrong)
    assert offered(piet, "programme_session", programme) == set()


@pytest.mark.parametrize("wrong", [{"duration": "99999"}, {"pain": "eleven"}, {"moment": "1"}])
@pytest.mark.parametrize("channel", [by_session_form, by_sync])
def test_a_report_is_kept_when_the_rest_is_wrong(piet, programme, channel, wrong):
    """A number that cannot be, or (the last) a programme that has ended meanwhile."""
    if wrong == {"moment": "1"}:
        programme.ended_on = timezone.localdate()
        programme.save()
    if channel is by_sync:
        send(piet, programme, act(programme, 1, symptoms=["saddle"], **wrong))
    else:
        answer = by_session_form(piet, programme, "saddle", **wrong)
        assert answer.redirect_chain[-1][0] == address("stop", programme)
    assert SymptomAnswer.objects.get().symptoms == ["saddle"]
    assert "Stop met oefenen" in text_of(piet.get("/"))


def test_a_report_after_the_end_is_on_the_worklist_until_it_is_cleared(piet, cast, programme):
    """A phone may send late; nobody else would look at a programme that has ended."""
    therapist = Client()
    therapist.force_login(cast.anna)
    words = str(clinical.SYMPTOMS["saddle"].words).lower()
    programme.ended_on = timezone.localdate()
    programme.save()
    assert "Piet Jansen" not in text_of(therapist.get(reverse("admin:index")))
    send(piet, programme, act(programme, 1, symptoms=["saddle"]))
    shown = therapist.get(reverse("admin:index"))
    assert words in text_of(shown)
    [card] = shown.context["cards"]
    assert [item.reason for item in card.items] == ["red_flag"]
    there = reverse("admin:patients_programme_seen", args=[programme.pk])
    therapist.post(there, {"item": card.items[0].key, "note": "Gebeld: naar de huisarts."})
    assert "Stop met oefenen" not in text_of(piet.get("/"))
    assert words not in text_of(therapist.get(reverse("admin:index")))


@pytest.mark.parametrize("beside", BESIDE)
def test_pages_beside_the_exercises_say_that_they_have_stopped(piet, programme, beside):
    here = reverse(f"patients:{beside}", args=[programme.uuid])
    assert address("stop", programme) not in piet.get(here).content.decode()
    by_session_form(piet, programme, "saddle")
    assert address("stop", programme) in piet.get(here).content.decode()


def test_nobody_takes_back_what_somebody_else_reported(piet, cast, programme, make_programme):
    mos = make_programme(cast.mo_patient)
    by_session_form(piet, programme, "saddle")
    (report,) = SymptomAnswer.objects.all()
    mo = Client()
    mo.force_login(cast.mo)
    version = mos.current_version()
    take_back(mo, mos, report, line=version.sheet.lines[0].uuid, version=version.number)
    assert offered(piet, "programme_session", programme) == set()


def test_pressed_twice_it_is_one_report(piet, programme):
    data = session_form(programme, "saddle")
    for _pressed in range(2):
        piet.post(reverse("patients:log_session", args=[programme.uuid]), data)
    assert SymptomAnswer.objects.count() == 1 and SessionLog.objects.count() == 1


def test_without_a_report_it_costs_one_query(cast, programme, django_assert_num_queries):
    with django_assert_num_queries(2):
        reports.standing_by_patient(cast.piet)
