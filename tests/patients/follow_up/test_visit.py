"""How it goes: what a therapist writes down about one patient, and what is refused."""

import html
import re
import uuid
from datetime import date, timedelta

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from patients import writes
from patients.follow_up import judgements
from patients.models import MainActivity, RecoveryCheck, RiskProfile, SymptomAnswer
from patients.patient_day import recording
from patients.prescribing import lifecycle
from rugpijn.audit import AccessEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(client, cast):
    cast.anna.language = "en"
    cast.anna.save()
    client.force_login(cast.anna)
    return client


@pytest.fixture
def day_24(make_programme):
    return make_programme(on=timezone.localdate() - timedelta(days=23))


def address(programme):
    return reverse("admin:patients_programme_course", args=[programme.pk])


def words(response) -> str:
    text = re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", response.content.decode(), flags=re.S)
    return " ".join(html.unescape(text).split())


def told(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def note(client, programme, **data):
    return client.post(address(programme), {"what": "recovery", **data}, follow=True)


def test_an_answer_that_was_said_on_the_phone(anna, cast, day_24):
    assert "Nobody needs" not in words(anna.get(reverse("admin:index")))
    response = note(anna, day_24, answer="better", pain="0")
    assert told(response) == ["The answer for day 21 is recorded."]
    check = RecoveryCheck.objects.get()
    assert (check.day, check.answer, check.pain) == (21, "better", 0)
    assert (check.noted_by, check.noted_name) == (cast.anna, "Anna de Wit")
    text = words(response)
    assert "Day 21: better , pain 0" in text or "Day 21: better, pain 0" in text
    assert "recorded by Anna de Wit" in text
    assert AccessEvent.objects.filter(action="note recovery").count() == 1


def test_the_worklist_leads_there(anna, day_24):
    page = anna.get(reverse("admin:index")).content.decode()
    assert address(day_24) in page
    note(anna, day_24, answer="better")
    assert "how it is going was not answered" not in words(anna.get(reverse("admin:index")))


def test_pain_that_was_not_asked_is_no_zero(anna, day_24):
    note(anna, day_24, answer="same", pain="")
    assert RecoveryCheck.objects.get().pain is None


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"answer": "", "pain": "3"},
        {"answer": "fine"},
        {"answer": "same", "pain": "11"},
        {"answer": "same", "pain": "-1"},
        {"answer": "same", "pain": "2.5"},
        {"answer": "same", "pain": "x"},
    ],
)
def test_what_is_no_answer(anna, day_24, data):
    response = note(anna, day_24, **data)
    assert response.status_code == 200
    assert "errorlist" in response.content.decode()
    assert not RecoveryCheck.objects.exists()


def test_the_first_answer_stays(cast, day_24):
    RecoveryCheck.objects.create(programme=day_24, day=21, answer="worse")
    with pytest.raises(writes.RefusedError):
        judgements.note_recovery(programme=day_24, day=21, answer="better", pain=None, by=cast.anna)
    assert RecoveryCheck.objects.get().answer == "worse"


def test_before_day_21_nothing_is_asked(anna, programme):
    response = note(anna, programme, answer="better")
    assert not RecoveryCheck.objects.exists()
    assert "On day 21 and day 42 the patient is asked" in words(response)


def test_a_risk_profile(anna, cast, programme):
    for profile in ("low", "high"):
        anna.post(address(programme), {"what": "profile", "profile": profile})
    chosen = RiskProfile.objects.all()
    assert [row.profile for row in chosen] == ["low", "high"]  # the first judgement stays readable
    assert chosen[0].chosen_name == "Anna de Wit"
    text = words(anna.get(address(programme)))
    assert "high risk" in text and "Suggested: 12 weeks, and 12 visits at most." in text


@pytest.mark.parametrize("profile", ["", "none"])
def test_no_risk_profile(anna, programme, profile):
    anna.post(address(programme), {"what": "profile", "profile": profile})
    assert not RiskProfile.objects.exists()


def test_main_activities_are_read(anna, programme):
    activity = MainActivity.objects.create(programme=programme, position=1, name="Wandelen")
    activity.scores.create(day=programme.started_on, score=0)
    assert "Wandelen: 0 (" in words(anna.get(address(programme)))


def test_what_has_ended_is_read_and_not_written(anna, cast, day_24):
    lifecycle.end(programme=day_24, by=cast.anna)
    assert "Record the" not in words(anna.get(address(day_24)))
    note(anna, day_24, answer="better")
    anna.post(address(day_24), {"what": "profile", "profile": "low"})
    assert not RecoveryCheck.objects.exists() and not RiskProfile.objects.exists()


def test_a_draft_has_goals_and_a_risk_and_nothing_to_answer(anna, make_programme):
    draft = make_programme(started=False)
    page = anna.get(address(draft)).content.decode()
    whats = set(re.findall(r'name="what" value="(\w+)"', page))
    assert whats == {"profile", "start_back", "activities"}
    note(anna, draft, answer="better")
    assert not RecoveryCheck.objects.exists()


def symptoms(programme, operation, *names, **more):
    version = programme.current_version()
    return recording.answer_symptoms(
        **{
            "patient": programme.patient,
            "version": version,
            "operation": operation,
            "line": uuid.UUID(version.sheet.lines[4].uuid),
            "day": programme.started_on,
            "symptoms": names,
            **more,
        }
    )


def test_what_went_wrong_is_answered_exactly_once(programme):
    operation = uuid.uuid4()
    first = symptoms(programme, operation, "leg_pain")
    assert symptoms(programme, operation, "leg_pain") == first
    with pytest.raises(writes.StaleOperationError):
        symptoms(programme, operation)
    assert SymptomAnswer.objects.get().symptoms == ["leg_pain"]


@pytest.mark.parametrize("more", [{"line": uuid.uuid4()}, {"day": date(2020, 1, 1)}])
def test_what_went_wrong_at_what_is_not_there(programme, more):
    with pytest.raises(writes.RefusedError):
        symptoms(programme, uuid.uuid4(), "leg_pain", **more)
    assert not SymptomAnswer.objects.exists()


def test_a_stranger_writes_nothing_down(client, cast, day_24):
    client.force_login(cast.bram)
    note(client, day_24, answer="better")
    client.post(address(day_24), {"what": "profile", "profile": "low"})
    assert not RecoveryCheck.objects.exists() and not RiskProfile.objects.exists()
