"""What the therapist presses, and what the patient then sees: each state, Dutch and English."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from patients.models import Patient, Pause, Programme, RiskProfile, SessionLog
from patients.prescribing import lifecycle
from rugpijn.models import User

from ..patient_day.pages import press
from .states import act, look, told, words

pytestmark = pytest.mark.django_db
MONTHS = "januari februari maart april mei juni juli augustus september oktober november december"


@pytest.fixture(autouse=True)
def staff_read_english(cast):
    User.objects.filter(is_therapist=True).update(language="en")
    cast.anna.refresh_from_db()


@pytest.fixture
def anna(client, cast):
    client.force_login(cast.anna)
    return client


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def running(make_programme, today):
    return make_programme(on=today - timedelta(days=30))


def home_of(user, language="nl", plain=words) -> str:
    User.objects.filter(pk=user.pk).update(language=language)
    user.refresh_from_db()
    client = Client()
    client.force_login(user)
    return plain(client.get("/"))


# ---------------------------------------------------------------- what the patient sees


def pause_until(programme, by, today):
    lifecycle.pause(
        programme=programme,
        by=by,
        from_on=today - timedelta(days=2),
        until_on=today + timedelta(days=5),
        note="Alleen voor ons",
    )


def pause_open(programme, by, today):
    lifecycle.pause(programme=programme, by=by, from_on=today, note="Alleen voor ons")


def pause_ahead(programme, by, today):
    lifecycle.pause(programme=programme, by=by, from_on=today + timedelta(days=5))


def over(programme, by, today):
    lifecycle.pause(
        programme=programme,
        by=by,
        from_on=today - timedelta(days=9),
        until_on=today - timedelta(days=2),
    )


def ended(programme, by, today):
    lifecycle.end(programme=programme, by=by)


def discharged(programme, by, today):
    lifecycle.discharge(patient=programme.patient, by=by, running=programme.pk)


@pytest.mark.parametrize(
    ("state", "dutch", "english", "ticks"),
    [
        (over, "", "", True),
        (
            pause_ahead,
            "Vanaf {ahead} staat uw programma stil. U hoeft dan niet te oefenen.",
            "From {ahead_en} your programme is paused. You do not need to exercise then.",
            True,
        ),
        (
            pause_until,
            "Uw programma staat stil tot {ahead}. U hoeft nu niet te oefenen. Op",
            "Your programme is paused until {ahead_en}. You do not need to exercise now. You can",
            False,
        ),
        (
            pause_open,
            "staat stil tot uw fysiotherapeut het weer start. U hoeft nu niet te oefenen.",
            "until your physiotherapist starts it again. You do not need to exercise now.",
            False,
        ),
        (
            ended,
            "Dit programma is gestopt op {today}. U kunt het nog wel lezen.",
            "This programme ended on {today_en}. You can still read it.",
            False,
        ),
        (
            discharged,
            "Uw behandeling is afgerond. U kunt uw laatste programma en de adviezen nog",
            "Your treatment is finished. You can still read your last programme and the advice.",
            False,
        ),
    ],
    ids=lambda part: getattr(part, "__name__", ""),
)
def test_what_the_patient_sees(cast, running, today, state, dutch, english, ticks):
    """Always the exercises, and the practice's number; never a button that does nothing."""
    state(running, cast.anna, today)
    months = dict(enumerate(MONTHS.split(), start=1))
    ahead = today + timedelta(days=5)
    days = {
        "ahead": f"{ahead.day} {months[ahead.month]}",
        "ahead_en": f"{ahead.day} {ahead:%B}",
        "today": f"{today.day} {months[today.month]} {today.year}",
        "today_en": f"{today.day} {today:%B} {today.year}",
    }
    for language, sentence, done in (("nl", dutch, "keer gedaan"), ("en", english, "time done")):
        page = home_of(cast.piet, language)
        assert sentence.format(**days) in page
        assert (done in page) is ticks
        # At the top and below; and hidden, in what waits for a report.
        assert page.count("012 - 345 67 89") == (4 if ticks else 2)
        assert "Superman" in page and "Alleen voor ons" not in page
    raw = home_of(cast.piet, plain=lambda response: response.content.decode())
    assert ('class="banner life"' in raw) is bool(dutch)


@pytest.mark.parametrize("state", [ended, discharged])
def test_when_complaints_come_back_one_calls(cast, running, today, state):
    state(running, cast.anna, today)
    assert "omen de klachten terug? Bel ons dan. Bel 012 - 345 67 89" in home_of(cast.piet)


def test_somebody_discharged_without_a_programme(cast):
    lifecycle.discharge(patient=cast.mo_patient, by=cast.anna, running=None)
    page = home_of(cast.mo)
    assert "Uw behandeling is afgerond" in page and "012 - 345 67 89" in page
    assert "nog niet met een programma" not in page


def test_a_running_programme_comes_before_one_that_ended(cast, running, make_programme, today):
    lifecycle.end(programme=running, by=cast.anna, on=today - timedelta(days=3))
    make_programme()
    page = home_of(cast.piet)
    assert "gestopt op" not in page and "keer gedaan" in page


def test_two_records_say_which_runs(cast, running, make_programme):
    cast.mo_patient.user = cast.piet
    cast.mo_patient.save()
    second = make_programme(cast.mo_patient)
    lifecycle.pause(programme=second, by=cast.anna, from_on=timezone.localdate())
    lifecycle.end(programme=running, by=cast.anna)
    page = home_of(cast.piet)
    assert "Piet Jansen" in page and "Mo el Idrissi" in page
    assert "· beëindigd" in page and "· pauze" in page


def test_a_page_that_was_open_when_the_pause_began(cast, running, today):
    lifecycle.pause(programme=running, by=cast.anna, from_on=today)
    client = Client()
    client.force_login(cast.piet)
    press(client, running)
    assert SessionLog.objects.get().done


def test_a_therapist_sees_the_same_sentence(anna, cast, running, today):
    pause_open(running, cast.anna, today)
    page = words(anna.get(reverse("patients:programme_detail", args=[running.uuid])))
    assert "is paused until your physiotherapist starts it again" in page


def test_the_link_on_paper_ends_thirty_days_after(make_programme, today):
    programme = make_programme(on=today - timedelta(days=40))
    address = reverse("patients:share_page", args=[programme.share_link.token, 1])
    for days, status in ((30, 200), (31, 404)):
        Programme.objects.filter(pk=programme.pk).update(ended_on=today - timedelta(days=days))
        assert Client().get(address).status_code == status


# ---------------------------------------------------------------- pause and go on


def test_pause_says_what_happens_and_does_it(anna, running, today):
    page = look(anna, "pause", running)
    assert "page says that it is paused" in page
    until = today + timedelta(days=7)
    response = act(
        anna, "pause", running, from_on=today.isoformat(), until_on=until.isoformat(), note="Reis"
    )
    day = f"{until.day} {until:%B}"
    assert told(response) == [f"The programme is paused until {day}. The patient can see that."]
    page = words(response)
    assert f"resumes by itself on {day} {until.year}. Anna de Wit: “Reis”" in page
    for tab in ("days", "course", "versions", "share"):
        assert "resumes by itself on" in look(anna, tab, running)


@pytest.mark.parametrize(
    ("data", "field", "sentence"),
    [
        ({"from_on": "gisteren"}, "from_on", "Write the day as 3-12-2026."),
        ({"from_on": ""}, "from_on", "This field is required."),
        ({"from_on": -31}, "from_on", "a pause cannot begin before that day."),
        ({"from_on": 366}, "from_on", "at most a year ahead"),
        ({"from_on": 0, "until_on": 0}, "until_on", "Choose a day after the first day"),
        ({"from_on": 0, "until_on": 400}, "until_on", "a year at most"),
        ({"from_on": 0, "until_on": "31-02-2026"}, "until_on", "Write the day as"),
        ({"from_on": 0, "note": "x" * 201}, "note", "at most 200"),
    ],
)
def test_a_mistake_is_told_at_its_field_and_nothing_typed_is_lost(
    anna, running, today, data, field, sentence
):
    sent = {
        name: (today + timedelta(days=value)).isoformat() if isinstance(value, int) else value
        for name, value in {"note": "Knie geopereerd", **data}.items()
    }
    response = act(anna, "pause", running, **sent)
    assert sentence in response.context["form"].errors[field][0]
    assert f'value="{sent["note"]}"' in response.content.decode()
    assert not Pause.objects.exists()


def test_a_second_pause_is_told_at_the_first_day(anna, cast, running, today):
    pause_until(running, cast.anna, today)
    response = act(anna, "pause", running, from_on=today.isoformat())
    assert "There is already a pause from" in response.context["form"].errors["from_on"][0]


def test_typed_as_people_write_it(anna, running, today):
    act(anna, "pause", running, from_on=f"{today:%d-%m-%Y}")
    assert running.pauses.get().from_on == today


def test_go_on_by_one_press(anna, cast, running, today):
    pause_until(running, cast.anna, today)
    page = anna.get(reverse("admin:patients_programme_change", args=[running.pk]))
    number = re.search(r'name="pause" value="(\d+)"', page.content.decode())[1]
    response = act(anna, "resume", running, pause=number)
    assert told(response) == ["The programme continues from today."]
    assert told(act(anna, "resume", running, pause=number)) == ["This pause is already over."]
    for nonsense in ("", "x", "9" * 30):
        assert told(act(anna, "resume", running, pause=nonsense)) == ["This pause is already over."]


def test_a_planned_pause_is_dropped(anna, cast, running, today):
    pause_ahead(running, cast.anna, today)
    assert "A pause is planned from" in look(anna, "change", running)
    response = act(anna, "resume", running, pause=running.pauses.get().pk)
    assert told(response) == ["The pause is cancelled: the programme just continues."]


@pytest.mark.parametrize("page", ["pause", "renew"])
def test_what_has_ended_does_not_stand_still_or_go_on(anna, cast, running, page):
    lifecycle.end(programme=running, by=cast.anna)
    assert told(act(anna, page, running, from_on="2026-12-01", weeks=3)) == [
        "This programme is not running."
    ]
    address = reverse(f"admin:patients_programme_{page}", args=[running.pk])
    assert told(anna.get(address, follow=True)) == ["This programme is not running."]


# ---------------------------------------------------------------- longer


def test_from_the_worklist_to_more_weeks(anna, cast, make_programme, today):
    running = make_programme(on=today - timedelta(days=20))
    Patient.objects.filter(pk=running.patient_id).update(user=None)  # from paper: never silent
    RiskProfile.objects.create(programme=running, profile="low", chosen_by=cast.anna)
    desk = anna.get(reverse("admin:index")).content.decode()
    address = reverse("admin:patients_programme_renew", args=[running.pk])
    assert address in desk
    form = anna.get(address)
    assert form.context["form"].initial == {"weeks": 3}
    until = today + timedelta(weeks=3)
    day = f"{until.day} {until:%B} {until.year}"
    response = act(anna, "renew", running, weeks=3)
    assert told(response) == [f"The programme is now planned until {day}."]
    assert f"planned until {day}" in words(response)
    assert address not in anna.get(reverse("admin:index")).content.decode()


@pytest.mark.parametrize("weeks", ["", "0", "-1", "53", "twee", "1e9"])
def test_weeks_that_are_none(anna, running, weeks):
    response = act(anna, "renew", running, weeks=weeks)
    assert response.context["form"].errors["weeks"]
    running.refresh_from_db()
    assert running.planned_until is None


# ---------------------------------------------------------------- in lists


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (over, "day 31"),
        (pause_until, "paused until"),
        (pause_open, "paused"),
        (pause_ahead, "day 31"),
        (ended, "ended"),
        (discharged, "discharged"),
    ],
    ids=lambda part: getattr(part, "__name__", ""),
)
def test_the_list_says_where_it_stands(anna, cast, running, today, state, said):
    state(running, cast.anna, today)
    listed = words(anna.get(reverse("admin:patients_patient_changelist")))
    assert f"Lage rugpijn {said}" in listed


def test_the_first_page_says_who_stands_still(anna, cast, running, today):
    pause_until(running, cast.anna, today)
    assert "day 31 · paused until" in words(anna.get(reverse("admin:index")))


def test_shaded_and_named_on_the_time_line_and_in_the_note(anna, cast, running, today):
    assert 'class="pause"' not in look_raw(anna, running)
    over(running, cast.anna, today)
    press_as(cast.piet, running)
    page = look_raw(anna, running)
    assert page.count('class="pause"') == 4  # two charts, two legends
    first, until = (today - timedelta(days=days) for days in (9, 2))
    sentence = f"Paused from {first:%-d %B %Y} until {until:%-d %B %Y}"
    assert page.count(sentence) == 2  # below the heading, and in the note
    assert page.count("Paused: only what was done counts.") == 7
    assert f"Paused until {until:%-d %B}." in page  # on the one time line


def look_raw(client, programme) -> str:
    address = reverse("admin:patients_programme_days", args=[programme.pk])
    return client.get(address, {"weeks": "all"}).content.decode()


def press_as(user, programme):
    client = Client()
    client.force_login(user)
    press(client, programme)
