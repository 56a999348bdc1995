"""The therapist's first page: what stands on it, for whom, and what its buttons do."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from patients.follow_up.daily_totals import DayTotal
from patients.models import Patient, SessionLog, SymptomAnswer
from patients.prescribing import authoring
from patients.templatetags import desk as charts
from rugpijn.audit import AccessEvent
from rugpijn.models import User
from tests.forms.page_forms import forms_of

from .desk import DESK, see, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def staff_read_english(cast):
    User.objects.filter(is_therapist=True).update(language="en")
    cast.anna.refresh_from_db()


@pytest.fixture
def anna(client, cast):
    client.force_login(cast.anna)
    return client


@pytest.fixture
def kim(practice):
    return User.objects.create_user(
        "kim@linde.example", name="Kim de Boer", practice=practice, is_therapist=True, language="en"
    )


# ---------------------------------------------------------------- what stands there


def test_a_therapist_begins_with_the_worklist(anna, alarm):
    text = words(anna.get(DESK))
    assert "Who needs attention" in text
    assert "Pain spread into leg or arm during" in text
    assert text.index("Piet Jansen") < text.index("My patients", text.index("Piet Jansen"))


def test_with_the_action_beside_it(anna, alarm, programme):
    programme.patient.phone = "06 - 12 34 56 78"
    programme.patient.save()
    page = anna.get(DESK).content.decode()
    assert 'href="tel:+31612345678"' in page
    assert reverse("admin:patients_programme_change", args=[programme.pk]) in page
    assert reverse("admin:patients_programme_seen", args=[programme.pk]) in page
    assert "Take over" not in page  # she treats him


def test_without_a_phone_number_nothing_to_call(anna, alarm):
    response = anna.get(DESK)
    assert "no phone number" in words(response)
    assert "tel:" not in response.content.decode()


def test_nobody_needs_attention(anna, programme):
    assert "Nobody needs attention now." in words(anna.get(DESK))


def test_nobody_is_here_yet(anna):
    text = words(anna.get(DESK))
    assert "There are no patients yet. Add one" in text
    assert "My patients" not in text.partition("Who needs")[2]


def test_a_draft_stands_among_the_patients(anna, make_programme):
    make_programme(started=False)
    text = words(anna.get(DESK))
    assert "Piet Jansen" in text and "draft, not given yet" in text


def test_who_works_from_paper(anna, programme):
    Patient.objects.filter(pk=programme.patient_id).update(user=None)
    assert "Exercises from paper: ask for the diary." in words(anna.get(DESK))


def test_how_it_goes_with_a_patient(anna, make_programme, cast):
    today = timezone.localdate()
    programme = make_programme(on=today - timedelta(days=3))
    version = programme.current_version()
    for days_ago, pain in ((3, 0), (1, 2)):
        SessionLog.objects.create(
            patient=programme.patient,
            operation=uuid.uuid4(),
            version=version,
            moment=1,
            line=version.sheet.lines[0].uuid,
            day=today - timedelta(days=days_ago),
            done=True,
            pain=pain,
            performed_at=timezone.now(),
        )
    text = words(anna.get(DESK))
    assert "day 4" in text
    assert "pain 0 at the start, now 2: more" in text
    assert re.search(r"2 of \d+ done in 3 days", text)


def test_the_charts_carry_no_style_of_their_own(anna, programme):
    page = anna.get(DESK).content.decode()
    assert " style=" not in page and "<style" not in page


def test_two_pages_of_patients(anna, cast, make_programme):
    for number in range(31):
        patient = Patient.objects.create(
            name=f"Patient {number:02}",
            birth_date="1970-01-01",
            practice=cast.anna.practice,
            created_by=cast.anna,
        )
        authoring.draft(patient=patient, by=cast.anna)
    assert "Patient 30" not in words(anna.get(DESK))
    assert "Patient 30" in words(anna.get(DESK, {"page": 2}))
    for odd in ("0", "-1", "99", "x", ""):
        assert anna.get(DESK, {"page": odd}).status_code == 200


def test_search_finds_in_the_practice_only(anna, programme, cast):
    found = reverse("admin:patients_patient_changelist")
    assert f'action="{found}"' in anna.get(DESK).content.decode()
    for asked in ("piet", "12-3-1958"):
        assert "Piet Jansen" in words(anna.get(found, {"q": asked}))
    for asked in ("Roos", "14-9-2002"):
        assert "Roos Mulder" not in words(anna.get(found, {"q": asked}))


# ---------------------------------------------------------------- for whom


@pytest.mark.parametrize("who", ["els", "root"])
def test_who_treats_nobody_keeps_the_office(client, cast, alarm, who):
    client.force_login(getattr(cast, who))
    page = client.get(DESK, {"whose": "practice"})
    assert page.status_code == 200
    assert "Piet" not in page.content.decode()
    assert "worklist" not in page.content.decode()


def test_another_practice(client, cast, alarm):
    client.force_login(cast.bram)
    assert "Piet" not in client.get(DESK, {"whose": "practice"}).content.decode()


def test_another_practices_drafts(client, cast, make_programme):
    make_programme(started=False)
    client.force_login(cast.bram)
    assert "Piet" not in client.get(DESK, {"whose": "practice"}).content.decode()


def test_a_colleagues_patients_when_asked(client, kim, alarm):
    client.force_login(kim)
    assert "Piet" not in client.get(DESK).content.decode()
    text = words(client.get(DESK, {"whose": "practice"}))
    assert "Piet Jansen" in text and "Anna de Wit" in text and "Take over" in text


def test_a_colleague_may_be_away(client, cast, kim, alarm, programme):
    """How many, and no name: whoever looks further is logged."""
    client.force_login(kim)
    told_so = "1 patient of a colleague is urgent and needs attention today."
    page = client.get(DESK)
    assert told_so in words(page) and "Piet" not in page.content.decode()
    see(client, programme, f"leg_pain:{alarm.pk}")
    assert told_so not in words(client.get(DESK))


@pytest.mark.parametrize(
    ("answer", "urgent"), [("worse", True), ("same", False), ("better", False)]
)
def test_what_is_urgent_at_a_colleagues(client, kim, make_programme, answer, urgent):
    programme = make_programme(on=timezone.localdate() - timedelta(days=21))
    programme.recovery_checks.create(day=21, answer=answer)
    client.force_login(kim)
    assert ("needs attention today" in words(client.get(DESK))) is urgent


def test_another_practice_is_not_told_of_alarms(client, cast, alarm):
    for who in (cast.bram, cast.anna):  # nor is she told twice of her own
        client.force_login(who)
        assert "attention today" not in words(client.get(DESK))


def test_everybody_who_was_shown_is_in_the_access_log_once(anna, cast, alarm, make_programme):
    make_programme(cast.mo_patient, started=False)
    anna.get(DESK)
    rows = AccessEvent.objects.filter(action="list", actor=cast.anna.uuid)
    assert sorted(row.patient for row in rows) == sorted(
        [cast.piet_patient.uuid, cast.mo_patient.uuid]
    )


# ---------------------------------------------------------------- the drawing and its words


def day(given, done, pain=None):
    return DayTotal(timezone.localdate(), given, done, pain)


def test_a_bar_in_a_bar():
    svg = charts.done_chart([day(4, 4), day(4, 0), day(0, 0)])
    assert svg.count('class="given"') == 2  # a day that asked for nothing has no bar
    assert 'aria-hidden="true"' in svg
    assert charts.done_chart([day(0, 0)]) == charts.done_chart([]) == ""


def test_no_line_over_a_day_without_an_answer():
    svg = charts.pain_chart([day(1, 1, 3), day(1, 1, 4), day(1, 1), day(1, 1, 0)])
    assert svg.count("<circle") == 3
    assert svg.count("<line") == 2  # the floor, and one that joins the first two
    assert charts.pain_chart([day(1, 1)]) == ""


def test_zero_pain_is_drawn_and_told(cast):
    assert charts.pain_chart([day(1, 1, 0)]).count("<circle") == 1
    assert "0" in charts.pain_words([day(1, 1, 0)], 0)


# ---------------------------------------------------------------- the cost


def test_as_many_queries_for_three_patients_as_for_twelve(anna, cast, make_programme):
    def fill(count):
        for number in range(count):
            patient = Patient.objects.create(
                name=f"P {number}",
                birth_date="1970-01-01",
                practice=cast.anna.practice,
                user=cast.piet,
                created_by=cast.anna,
            )
            programme = make_programme(patient, on=timezone.localdate() - timedelta(days=24))
            version = programme.current_version()
            SymptomAnswer.objects.create(
                patient=patient,
                operation=uuid.uuid4(),
                version=version,
                line=version.sheet.lines[4].uuid,
                day=programme.started_on,
                symptoms=["leg_pain"],
            )

    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert anna.get(DESK).status_code == 200
        return len(queries)

    fill(3)
    anna.get(DESK)
    few = cost()
    fill(9)
    assert cost() == few


def test_who_cannot_be_called_is_said_beforehand_and_on_the_list(anna, alarm):
    piet = alarm.patient
    assert "no phone number" in words(anna.get(DESK))
    page = reverse("admin:patients_patient_change", args=[piet.pk])
    assert f'href="{page}#id_phone"' in anna.get(DESK).content.decode()
    form = next(each for each in forms_of(anna.get(page)) if "phone" in each.data())
    saved = anna.post(page, form.data(), follow=True)
    assert "Piet Jansen has no phone number." in words(saved)
    saved = anna.post(page, form.data() | {"phone": "06 12345678"}, follow=True)
    assert "no phone number" not in words(saved).lower()
    assert 'href="tel:' in anna.get(DESK).content.decode()
