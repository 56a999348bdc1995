"""Ended, opened again, discharged and taken up again: what the therapist presses."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from patients.joining import invitations
from patients.models import Patient, Programme, SeenMark, SymptomAnswer
from patients.prescribing import authoring, lifecycle
from rugpijn.models import User

from .states import act, look, told, words

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
def today():
    return timezone.localdate()


@pytest.fixture
def running(make_programme, today):
    return make_programme(on=today - timedelta(days=30))


# ---------------------------------------------------------------- ended, and opened again


def test_end_and_open_again(anna, running):
    page = look(anna, "end", running)
    assert "page says that it ended today" in page
    response = act(anna, "end", running)
    assert "reopen it" in told(response)[0]
    assert "Reopen it" in words(response) and "New draft from this one" in words(response)
    assert told(act(anna, "reopen", running)) == ["The programme is running again."]
    running.refresh_from_db()
    assert running.is_running
    assert told(act(anna, "reopen", running)) == ["This programme has not ended."]


def test_ended_twice(anna, cast, running):
    lifecycle.end(programme=running, by=cast.anna)
    assert "This programme is not running." in look(anna, "end", running)
    assert told(act(anna, "end", running)) == ["This programme is not running."]


def test_beside_another_one_it_is_not_offered_and_not_done(anna, cast, running, make_programme):
    lifecycle.end(programme=running, by=cast.anna)
    make_programme()
    page = look(anna, "change", running)
    assert "Reopen it" not in page and "another programme of this patient is running" in page
    assert "already follows a programme" in told(act(anna, "reopen", running))[0]


def test_begin_again_is_a_draft_to_look_over(anna, cast, running):
    assert told(act(anna, "again", running)) == ["This programme has not ended."]
    lifecycle.end(programme=running, by=cast.anna)
    response = act(anna, "again", running)
    assert "check for red flags" in told(response)[0]
    draft = Programme.objects.get(started_on=None)
    assert f"/{draft.pk}/" in response.request["PATH_INFO"]
    assert "Start and print" in words(response)


@pytest.mark.parametrize("page", ["resume", "reopen", "again"])
def test_a_button_is_no_page(anna, running, page):
    before = Programme.objects.values_list().get()
    anna.get(reverse(f"admin:patients_programme_{page}", args=[running.pk]))
    assert Programme.objects.values_list().get() == before


# ---------------------------------------------------------------- discharged


def test_discharge_says_what_happens_and_does_it(anna, cast, running):
    draft = authoring.draft(patient=running.patient, by=cast.anna)
    draft.title = "Nooit gegeven"
    draft.save()
    invitations.invite(running.patient)
    page = look(anna, "discharge", running.patient)
    for part in ("Lage rugpijn", "ends today", "invitation", "treatment is finished", draft.title):
        assert part in page
    response = act(
        anna, "discharge", running.patient, running=running.pk, throw_away=[draft.pk, "x", "9" * 30]
    )
    assert told(response) == ["Piet Jansen has been discharged."]
    assert "Piet Jansen was discharged on" in words(response)
    assert list(Programme.objects.all()) == [running]


def test_started_by_a_colleague_meanwhile(anna, cast, make_programme):
    """The page said that nothing runs; so nothing is ended unseen, and the page says what is."""
    programme = make_programme()
    response = act(anna, "discharge", programme.patient, running="")
    assert told(response) == ["A programme was started or ended in the meantime. Look again."]
    assert "ends today" in words(response)
    programme.refresh_from_db()
    assert programme.is_running


def test_a_discharged_patient_leaves_the_desk_and_is_found(anna, cast, running):
    SymptomAnswer.objects.create(
        patient=running.patient,
        operation=running.uuid,
        version=running.current_version(),
        line=running.prescriptions.first().uuid,
        day=running.started_on,
        symptoms=["leg_pain"],
    )
    authoring.draft(patient=running.patient, by=cast.anna)
    assert words(anna.get(reverse("admin:index"))).count("Piet Jansen") > 2
    SeenMark.objects.create(
        programme=running,
        reason="leg_pain",
        occasion=SymptomAnswer.objects.get().pk,
        by_name="Anna",
    )
    lifecycle.discharge(patient=running.patient, by=cast.anna, running=running.pk)
    assert "Piet Jansen" not in words(anna.get(reverse("admin:index")))
    for search in ("piet", "12-3-1958", "discharged", "Discharged "):
        found = words(anna.get(reverse("admin:patients_patient_changelist"), {"q": search}))
        assert "Piet Jansen" in found and "Mo el" not in found
        assert "Oefeningen discharged" in found  # the draft that is kept


def test_taken_up_again_by_one_press(anna, cast, running):
    patient = running.patient
    lifecycle.discharge(patient=patient, by=cast.anna, running=running.pk)
    response = act(anna, "readmit", patient)
    assert "Piet Jansen is in treatment again." in told(response)[0]
    assert reverse("admin:patients_programme_change", args=[running.pk]) in told(response)[0]
    assert told(act(anna, "readmit", patient)) == ["Piet Jansen is already in treatment."]


def test_discharged_twice(anna, cast):
    patient = cast.mo_patient
    lifecycle.discharge(patient=patient, by=cast.anna, running=None)
    assert told(act(anna, "discharge", patient)) == ["Mo el Idrissi has already been discharged."]
    assert "Invite the patient" not in look(anna, "change", patient)
    assert "Reopen the treatment first." in told(act(anna, "invite", patient))[0]


@pytest.mark.parametrize("when", ["before", "while"])
def test_an_invitation_does_not_let_in_who_is_discharged(client, cast, when, monkeypatch):
    """S55. Also not at the very moment: the login that was just made is gone with it."""
    patient = cast.mo_patient
    patient.user = None
    patient.save()
    _invitation, token = invitations.invite(patient)
    address = reverse("patients:patient_invitation", args=[token])
    logins = User.objects.count()
    # Not by life.discharge, which throws the invitation away: the check stands by itself.
    leave = Patient.objects.filter(pk=patient.pk).update
    if when == "before":
        leave(discharged_on=timezone.localdate())
        assert client.get(address).status_code == 410
    else:
        accept = invitations.accept_invitation
        monkeypatch.setattr(
            invitations,
            "accept_invitation",
            lambda *args, **kwargs: (
                leave(discharged_on=timezone.localdate()),
                accept(*args, **kwargs),
            ),
        )
    response = client.post(address, {"birth_date": "2-11-1986"})
    if when == "while":
        chosen = {"email": "", "password": "een-goed-wachtwoord-26"}
        response = client.post(response["Location"], chosen)
    assert response.status_code == 410
    assert "werkt niet meer" in words(response)
    assert User.objects.count() == logins
    patient.refresh_from_db()
    assert patient.user is None
