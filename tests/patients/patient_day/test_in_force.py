"""A report is in force until it was a mistake or a therapist saw it: states, pages, channels."""

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from patients import clinical
from patients.contact import calendar_feed, reminders
from patients.models import Proxy, ReminderPlan, SeenMark, SessionLog, SymptomAnswer
from rugpijn.models import Practice, User

from .acts import act, send, statuses
from .channels import BESIDE, CHANNELS, by_day_form, by_report_page, by_symptoms_form, new_version
from .pages import text_of
from .reports import (
    OFFERS,
    address,
    by_session_form,
    by_sync,
    clear,
    offered,
    on_worklist,
    take_back,
)

pytestmark = [pytest.mark.long, pytest.mark.django_db]
DOCTORS = [name for name, symptom in clinical.SYMPTOMS.items() if symptom.urgency == "doctor"]
ALARMS = ("saddle", "calf", "infection", "bladder", "weakness", "saddle")  # of the own doctor
PAGES = (
    "home",
    "programme_detail",
    "programme_yesterday",
    "programme_session",
    "stop",
    "report_symptoms",
)


def by_sync_alone(client, programme, *symptoms, **more):
    """As the form was left: nobody said that the exercise was done."""
    report = act(programme, 1, symptoms=list(symptoms), **more)
    del report["done"]
    answer = send(client, programme, report)
    assert statuses(answer) == ["stored"] and not SessionLog.objects.exists()
    return answer


ALARM_CHANNELS = (*CHANNELS, by_report_page, by_sync_alone)


# ---------------------------------------------------------------- a symptom that needs a doctor


@pytest.mark.parametrize(("channel", "symptom"), list(zip(ALARM_CHANNELS, ALARMS, strict=True)))
def test_a_red_flag_stops_every_page_and_is_on_the_worklist(
    piet, cast, programme, channel, symptom
):
    """Whichever way it was reported: at once, on this phone and on another."""
    assert offered(piet, "home", programme) and offered(piet, "programme_session", programme)
    answer = channel(piet, programme, symptom)
    if channel not in (by_sync, by_sync_alone):
        assert answer.redirect_chain[-1][0] == address("stop", programme)
    said = str(clinical.SYMPTOMS[symptom].words).lower()
    desk = on_worklist(cast.anna).lower()
    assert said.split(" ")[-1] in desk and 'class="card alarm"' in desk
    second_phone = Client()
    second_phone.force_login(cast.piet)
    for phone in (piet, second_phone):
        for page in PAGES:
            assert offered(phone, page, programme) == set(), page
            told = text_of(phone.get(address(page, programme)))
            assert "Stop met oefenen" in told and "Bel uw eigen huisarts" in told, page
            assert "Bel 112" in told
        there = phone.get(reverse("patients:sync_start")).json()["standing"]
        (report,) = there[str(cast.piet_patient.uuid)]["reports"]
        assert report["symptoms"] == [symptom]


RED_FLAG_LASTS = ("nothing", "a new version", "eight days", "the same question answered with no")


@pytest.mark.parametrize("then", RED_FLAG_LASTS)
def test_a_red_flag_is_not_over_by_itself(piet, cast, programme, then):
    by_session_form(piet, programme, "saddle")
    if then == "a new version":
        new_version(programme, cast.anna)
    elif then == "eight days":
        long_ago = timezone.localdate() - timedelta(days=8)
        SymptomAnswer.objects.update(day=long_ago, answered_at=timezone.now() - timedelta(days=8))
        SessionLog.objects.update(day=long_ago)
    elif then == "the same question answered with no":
        by_day_form(piet, programme)
    for page in PAGES:
        assert offered(piet, page, programme) == set(), page
    assert "rode vlag" in on_worklist(cast.anna)


def test_a_new_programme_begins_where_the_old_one_was_stopped(
    piet, cast, programme, make_programme
):
    """The therapist of the new one reads it as well, and clears it there."""
    by_session_form(piet, programme, "saddle")
    programme.ended_on = timezone.localdate()
    programme.save()
    new = make_programme()
    assert offered(piet, "programme_session", new) == set()
    assert "rode vlag" in on_worklist(cast.anna)
    clear(cast.anna, new)
    assert offered(piet, "programme_session", new)
    assert "rode vlag" not in on_worklist(cast.anna).split("worklist-heading")[1].split("lately")[0]


def test_a_mistake_ends_it(piet, cast, programme):
    by_session_form(piet, programme, "saddle")
    shown = piet.get(address("stop", programme)).content.decode()
    form = re.search(r"<form[^>]*data-retract.*?</form>", shown, re.S).group()
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    there = re.search(r'action="([^"]*)"', form).group(1)
    for _pressed in range(2):  # twice is once
        answer = piet.post(there, fields, follow=True)
        assert answer.redirect_chain[-1][0] == address("programme_detail", programme)
    assert SymptomAnswer.objects.count() == 2
    assert {"start", "done"} <= offered(piet, "home", programme)
    assert "holds-back" not in on_worklist(cast.anna)
    assert "mag gewoon oefenen" in text_of(piet.get(address("stop", programme)))


def test_another_report_is_not_taken_back_with_it(piet, programme):
    """Also not one about the same exercise and the same moment, of a phone that was offline."""
    by_session_form(piet, programme, "saddle")
    first = SymptomAnswer.objects.get()
    by_sync(piet, programme, "saddle")
    take_back(piet, programme, first)
    assert offered(piet, "programme_session", programme) == set()
    take_back(piet, programme, SymptomAnswer.objects.exclude(pk=first.pk).get(retracts=None))
    assert offered(piet, "programme_session", programme)


def test_a_therapists_note_ends_it_and_putting_it_back_begins_it_again(piet, cast, programme):
    by_session_form(piet, programme, "saddle")
    assert "kan de patiënt weer oefenen" in on_worklist(cast.anna)
    clear(cast.anna, programme, note="")
    assert not SeenMark.objects.exists() and offered(piet, "home", programme) == set()
    clear(cast.anna, programme)
    assert {"start", "done"} <= offered(piet, "home", programme)
    SeenMark.objects.update(withdrawn_at=timezone.now())
    assert offered(piet, "home", programme) == set()
    clear(cast.anna, programme)
    by_sync(piet, programme, "saddle", moment="2")  # a new report is a new one
    assert offered(piet, "home", programme) == set()


@pytest.mark.parametrize("reported_on", ["the first", "the second"])
def test_one_person_with_two_programmes_is_stopped_in_both(piet, programme, second, reported_on):
    about = programme if reported_on == "the first" else second
    by_session_form(piet, about, "bladder")
    for one in (programme, second):
        for page in PAGES[1:]:
            assert offered(piet, page, one) == set(), (page, one)
    home = text_of(piet.get("/"))
    assert home.count("stop met oefenen en bel nu een huisarts") == 2
    standing = piet.get(reverse("patients:sync_start")).json()["standing"]
    assert [len(said["reports"]) for said in standing.values()] == [1, 1]
    take_back(piet, about)
    assert offered(piet, "programme_session", programme)
    assert offered(piet, "programme_session", second)


def test_who_acts_for_somebody_goes_on_with_the_own_programme(
    piet, cast, programme, make_programme
):
    """The report is of the one whose body it is."""
    mos = make_programme(cast.mo_patient)
    Proxy.objects.create(user=cast.piet, patient=cast.mo_patient, relation="helper")
    by_session_form(piet, mos, "saddle")
    assert offered(piet, "programme_session", mos) == set()
    assert offered(piet, "programme_session", programme)
    standing = piet.get(reverse("patients:sync_start")).json()["standing"]
    assert len(standing[str(cast.mo_patient.uuid)]["reports"]) == 1
    assert standing[str(cast.piet_patient.uuid)]["reports"] == []


def test_a_helper_reads_nothing_of_another_practice(piet, cast, programme, second):
    ria = User.objects.create_user("ria@mail.example", name="Ria")
    Proxy.objects.create(user=ria, patient=cast.piet_patient, relation="helper")
    by_session_form(piet, second, "saddle")
    helper = Client()
    helper.force_login(ria)
    assert offered(helper, "programme_session", programme)
    said = helper.get(reverse("patients:sync_start")).json()["standing"]
    assert said[str(cast.piet_patient.uuid)]["reports"] == []


def test_what_was_done_before_it_is_still_written_down(piet, programme):
    by_session_form(piet, programme, "saddle")
    assert statuses(send(piet, programme, act(programme, 2, moment="2"))) == ["stored"]
    answer = by_day_form(piet, programme, line=2)
    assert answer.status_code == 200 and "Stop met oefenen" in text_of(answer)
    assert SessionLog.objects.count() == 3


def test_the_exercises_may_be_read_and_not_done(piet, programme):
    by_session_form(piet, programme, "saddle")
    link = address("programme_detail", programme) + "?read"
    assert f'href="{link}"' in piet.get("/").content.decode()
    raw = piet.get(link).content.decode()
    assert programme.current_version().sheet.lines[0].title in raw
    assert not any(re.search(pattern, raw) for pattern in OFFERS.values())
    assert "Doe nu geen oefeningen" in raw
    assert "te gaan" not in raw and "data-count" not in raw  # nothing invites to go on


def test_the_numbers_of_the_practice_are_buttons(piet, programme):
    by_session_form(piet, programme, "saddle")
    Practice.objects.update(doctor_phone="030 111 11 11", out_of_hours_phone="0900 - 2222")
    raw = piet.get(address("stop", programme)).content.decode()
    numbers = ("+31301111111", "09002222", "112", "0123456789")
    places = [raw.index(f'href="tel:{number}"') for number in numbers]
    assert places == sorted(places)  # the practice comes last
    for stored in ("", "  ", "911", "geen"):  # which forms let by before
        Practice.objects.update(emergency_phone=stored)
        raw = piet.get(address("stop", programme)).content.decode()
        assert 'href="tel:112"' in raw and "Bel 112" in raw


def test_a_button_dials_what_it_shows(piet, programme):
    by_session_form(piet, programme, "saddle")
    Practice.objects.update(
        doctor_phone="012-1112233 of 06-12345678",
        out_of_hours_phone="088 0030600 / 112",
        phone="030-1234567 (ma-do)",
    )
    raw = piet.get(address("stop", programme)).content.decode()
    shown = {
        link: " ".join(re.sub(r"<[^>]+>", " ", words).split())
        for link, words in re.findall(r'href="(tel:[^"]*)"[^>]*>(.*?)</a>', raw, re.S)
    }
    assert shown["tel:+31612345678"].endswith(" 06-12345678")
    assert shown["tel:+31880030600"].endswith(" 088 0030600")
    assert "030-1234567" in shown["tel:+31301234567"] and "ma-do" not in str(shown)
    assert "(ma-do)" in raw


FIRST_YOUR_DOCTOR = ("Wacht niet tot morgen", "bel nu een huisarts", "waar een huisarts naar moet")


def shown_of(response) -> str:
    """What is read: not what waits until stop.js shows it."""
    raw = re.sub(r"<(script|template)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    raw = re.sub(r"<(p|span|h1|h2)\b[^>]* hidden>.*?</\1>", " ", raw, flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", raw).split())


@pytest.mark.parametrize("number", ["112", "", "0800 - 1234"])  # the last is refused now
@pytest.mark.parametrize("symptoms", [["chest"], ["saddle", "chest"]])
def test_where_minutes_count_every_page_says_the_emergency_number(
    piet, cast, programme, second, symptoms, number
):
    """Also when another report asks for the own doctor; a practice without a number has 112."""
    Practice.objects.update(emergency_phone=number)
    for symptom in symptoms:
        by_symptoms_form(piet, programme, symptom)
    number = "112"  # whatever an older form let by
    beside = [reverse(f"patients:{name}", args=[programme.uuid]) for name in BESIDE]
    for there in ("/", address("stop", programme), *beside, f"/programmes/{programme.uuid}/?read"):
        told = shown_of(piet.get(there))
        assert f"el nu {number}" in told, there
        for words in FIRST_YOUR_DOCTOR:
            assert words not in told, there
    told = text_of(piet.get(address("stop", programme)))
    assert told.index(f"Bel {number}") < told.index("Bel uw eigen huisarts")
    carried = re.search(
        r'id="carried"[^>]*>(.*?)</script>',
        piet.get(f"/programmes/{programme.uuid}/").content.decode(),
    ).group(1)
    assert json.loads(carried)["advice"]["emergency"] == (
        f"Stop met oefenen. Bel nu {number}. Elke minuut telt."
    )


def test_without_such_a_report_it_is_the_own_doctor(piet, programme):
    by_symptoms_form(piet, programme, "saddle")
    told = shown_of(piet.get(address("stop", programme)))
    assert "Bel nu uw huisarts" in told and "Elke minuut telt" not in told


def test_nothing_reminds_of_exercises_meanwhile(piet, programme):
    plan = ReminderPlan.objects.create(patient=programme.patient, first="09:00", by_mail=True)
    plan.refresh_from_db()
    plan.patient.running = [programme]
    today = timezone.localdate()
    assert reminders._has_something_left(plan, plan.times[0], today)
    assert list(calendar_feed.event_days(plan, programme, today))
    by_session_form(piet, programme, "saddle")
    assert not reminders._has_something_left(plan, plan.times[0], today)
    assert not list(calendar_feed.event_days(plan, programme, today))


def test_the_nameless_page_never_says_it(piet, programme):
    there = reverse("patients:share_page", args=[programme.share_link.token, 1])
    before = text_of(Client().get(there))
    by_session_form(piet, programme, "saddle")
    assert text_of(Client().get(there)) == before
