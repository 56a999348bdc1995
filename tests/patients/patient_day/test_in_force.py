"""A report is in force until it was a mistake or a therapist saw it: states, pages, channels."""

import json
import re
import uuid
from datetime import timedelta
from itertools import cycle

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from patients import clinical
from patients.contact import calendar_feed, reminders
from patients.follow_up import timeline
from patients.models import Patient, Proxy, ReminderPlan, SeenMark, SessionLog, SymptomAnswer
from patients.patient_day import reports
from patients.prescribing import authoring
from rugpijn.models import Practice, User

from .acts import act, send, statuses
from .pages import text_of
from .reports import (
    OFFERS,
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

STOPS = [name for name, symptom in clinical.SYMPTOMS.items() if symptom.urgency == "stop"]
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


def offers_of_line(client, page, programme, line) -> set[str]:
    """What is offered about one exercise."""
    raw = client.get(address(page, programme)).content.decode()
    part = re.search(rf'<(article|section) [^>]*data-line="{line}".*?</\1>', raw, re.S)
    found = part.group() if part else ""
    return {name for name, pattern in OFFERS.items() if re.search(pattern, found)}


@pytest.fixture
def piet(client, cast, programme):
    programme.started_on = timezone.localdate() - timedelta(days=20)
    programme.save(update_fields=["started_on"])
    client.force_login(cast.piet)
    return client


@pytest.fixture
def second(piet, cast, programme, make_programme):
    """Piet's own programme of another practice, under the same login."""
    other = Patient.objects.create(
        name="Piet Jansen",
        user=cast.piet,
        practice=cast.bram.practice,
        created_by=cast.bram,
        birth_date=cast.piet_patient.birth_date,
    )
    return make_programme(other, cast.bram)


def by_day_form(client, programme, *symptoms, **more):
    data = session_form(programme, *symptoms, **more)
    return client.post(reverse("patients:log_session", args=[programme.uuid]), data, follow=True)


def by_symptoms_form(client, programme, *symptoms, **more):
    data = session_form(programme, *symptoms, **more)
    return client.post(
        reverse("patients:report_symptoms", args=[programme.uuid]), data, follow=True
    )


def by_report_page(client, programme, *symptoms, **more):
    """Without an exercise, as the page's own form sends it."""
    there = reverse("patients:report_symptoms", args=[programme.uuid])
    raw = client.get(there).content.decode()
    form = re.search(r"<form[^>]*data-asks.*?</form>", raw, re.S).group()
    hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)
    return client.post(there, {**dict(hidden), "symptoms": symptoms, **more}, follow=True)


def by_sync_alone(client, programme, *symptoms, **more):
    """As the form was left: nobody said that the exercise was done."""
    report = act(programme, 1, symptoms=list(symptoms), **more)
    del report["done"]
    answer = send(client, programme, report)
    assert statuses(answer) == ["stored"] and not SessionLog.objects.exists()
    return answer


CHANNELS = (by_session_form, by_day_form, by_symptoms_form, by_sync)
ALARM_CHANNELS = (*CHANNELS, by_report_page, by_sync_alone)


def new_version(programme, by):
    line = programme.prescriptions.last()
    line.reps = 7
    line.save()
    authoring.issue(programme=programme, by=by)


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
    assert "Vink aan wat u hebt." in text_of(answer) and not SymptomAnswer.objects.exists()

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


BESIDE = ("messages", "progress", "reminders")


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
        reports.standing_of(cast.piet)


# ---------------------------------------------------------------- a therapist looked at it

LOOKED = "Uw fysiotherapeut heeft uw melding van"
AGAIN = "U mag uw oefeningen weer doen."


def test_the_patient_reads_that_somebody_looked(piet, cast, programme):
    by_session_form(piet, programme, "saddle")
    clear(cast.anna, programme, note="Gebeld met de huisarts: niets gevonden.")
    for page in ("home", "programme_detail", "stop"):
        told = text_of(piet.get(address(page, programme)))
        assert f"{LOOKED} {date_format(timezone.localdate(), 'j F')} bekeken." in told
        assert AGAIN in told and "niets gevonden" not in told
    assert LOOKED not in text_of(piet.get(address("programme_yesterday", programme)))


def test_it_is_said_until_something_is_done(piet, cast, programme):
    by_session_form(piet, programme, "saddle")
    clear(cast.anna, programme)
    by_day_form(piet, programme, line=1)
    assert LOOKED not in text_of(piet.get("/"))
    assert LOOKED in text_of(piet.get(address("stop", programme)))  # still true there


def test_it_is_said_for_a_week(piet, cast, programme):
    by_session_form(piet, programme, "saddle")
    clear(cast.anna, programme)
    for days, said in ((6, True), (8, False)):
        SeenMark.objects.update(at=timezone.now() - timedelta(days=days))
        SessionLog.objects.update(performed_at=timezone.now() - timedelta(days=9))
        assert (LOOKED in text_of(piet.get("/"))) is said


def test_the_exercise_that_was_given_back_says_so(piet, cast, programme):
    by_session_form(piet, programme, "leg_pain", line=1)
    clear(cast.anna, programme)
    lines = programme.current_version().sheet.lines
    again = f"U mag “{lines[1].title}” weer doen."
    assert text_of(piet.get("/")).count(again) == 2  # above the day, and at the exercise
    for page in ("home", "programme_session"):
        raw = piet.get(address(page, programme)).content.decode()
        at = [m.start() for m in re.finditer(r'data-line="', raw)]
        parts = [raw[one:two] for one, two in zip(at, [*at[1:], len(raw)], strict=True)]
        saying = {re.match(r'data-line="([^"]*)"', part)[1] for part in parts if again in part}
        assert saying == {lines[1].uuid}
    assert AGAIN not in text_of(piet.get("/"))


def test_not_while_something_else_holds(piet, cast, programme):
    by_session_form(piet, programme, "leg_pain", line=1)
    clear(cast.anna, programme)
    by_session_form(piet, programme, "numbness", line=1)
    SessionLog.objects.update(performed_at=timezone.now() - timedelta(days=1))
    assert LOOKED not in text_of(piet.get("/"))


def test_put_back_it_is_said_no_more(piet, cast, programme):
    by_session_form(piet, programme, "saddle")
    clear(cast.anna, programme)
    SeenMark.objects.update(withdrawn_at=timezone.now())
    assert "Stop met oefenen" in text_of(piet.get("/")) and LOOKED not in text_of(piet.get("/"))


def test_the_stop_page_says_how_it_went(piet, cast, programme):
    def told():
        return text_of(piet.get(address("stop", programme))).partition("U mag gewoon oefenen")[2]

    nothing, back = "U hebt niets gemeld", "hebt u ingetrokken"
    assert nothing in told()
    by_session_form(piet, programme, "saddle")
    take_back(piet, programme)
    assert back in told() and nothing not in told() and LOOKED not in told()
    by_session_form(piet, programme, "saddle")
    clear(cast.anna, programme)
    assert LOOKED in told() and nothing not in told() and back not in told()


def test_another_record_under_the_same_login_says_it_too(piet, cast, programme, second):
    by_session_form(piet, programme, "saddle")
    clear(cast.anna, programme)
    assert AGAIN in text_of(piet.get(address("programme_detail", second)))
