"""Numbers and names of somebody else, in forms and addresses that are one's own.

The table of access_table.py says who may open which address. Here the address is right and what
is sent with it is another's: in every picker of every form, as the child of a parent that it does
not belong to, and as a link that is nearly right.
"""

import json
import uuid
from datetime import timedelta

import pytest
from django import forms
from django.urls import reverse
from django.utils import timezone

from exercises.models import Advice, Exercise, Figure, Protocol, Rendering
from patients.contact import reminders
from patients.joining import invitations
from patients.models import (
    CalendarLink,
    DataExport,
    ErasureRequest,
    Patient,
    Proxy,
    ReminderPlan,
    SeenMark,
    SessionLog,
    SymptomAnswer,
)
from patients.prescribing import authoring, lifecycle
from rugpijn.audit import AccessEvent
from rugpijn.login import devices
from rugpijn.models import LoginSession, Practice, StaffInvitation, User

from ..conftest import make_own_exercise
from ..exercises.media.uploads import sample, save
from ..forms.page_forms import forms_in, pointing_at
from .access_table import LOGGED_PAGES, TABLE
from .access_world import client_for, data_for

pytestmark = [pytest.mark.long, pytest.mark.django_db]

SECRETS = (
    "Oefening van Zuid",
    "Protocol van Zuid",
    "Advies van Zuid",
    "Roos Mulder",
    "Bram Visser",
)


@pytest.fixture
def south(world):
    """What practice 2 has of its own: one of everything that a form of ours can point to."""
    practice = world.bram.practice
    exercise = make_own_exercise(practice)
    exercise.texts.update(title="Oefening van Zuid")
    protocol = Protocol.objects.create(practice=practice)
    protocol.texts.create(language="nl", title="Protocol van Zuid")
    advice = Advice.objects.create(protocol=protocol, kind="movement")
    advice.texts.create(language="nl", title="Advies van Zuid", body="Beweeg.")
    rendering = Rendering.objects.exclude(loop="").last()
    figure = Figure.objects.create(practice=practice, data={"name": "zuid"}, rendering=rendering)
    programme = authoring.draft(patient=world.roos_patient, by=world.bram)
    authoring.prescribe(programme=programme, exercise=exercise)
    authoring.start(programme=programme, by=world.bram)
    objects = (
        exercise,
        protocol,
        advice,
        figure,
        programme,
        world.roos_patient,
        world.bram,
        practice,
    )
    world.foreign = {type(thing): thing for thing in objects}
    world.south, world.south_exercise = programme, exercise
    return world


# ------------------------------------------------------------ every picker of every form


def pickers(page) -> list[tuple[forms.BaseForm, str, forms.ModelChoiceField]]:
    return [
        (form, name, field)
        for form in forms_in(page.context)
        for name, field in form.fields.items()
        if isinstance(field, forms.ModelChoiceField)
    ]


WITH_FORMS = sorted(
    name
    for name, row in TABLE.items()
    if row[0] == "200" and name.startswith("admin:") and not name.endswith("_file")
)


def test_no_picker_offers_or_takes_what_is_anothers(south):
    """Each picker that any page of Anna's has: seen closed, and shut to a forged number."""
    client, met = client_for(south, "anna"), set()
    for name in WITH_FORMS:
        page = client.get(south.address(name))
        if page.status_code != 200 or not page.context:
            continue
        shown = page.content.decode()
        assert not [secret for secret in SECRETS if secret in shown], name
        for form, field_name, field in pickers(page):
            model = field.queryset.model
            picker = (type(form).__name__, field_name)
            if model not in south.foreign or picker in met:
                continue
            met.add(picker)
            number = south.foreign[model].pk
            several = isinstance(field, forms.ModelMultipleChoiceField)
            with pytest.raises(forms.ValidationError):
                field.clean([number] if several else number)
            before = pointing_at(south.foreign[model])
            html_name = form.add_prefix(field_name)
            sent = {
                each.add_prefix(key): value
                for each in forms_in(page.context)
                for key in each.fields
                if (value := each[key].value()) is not None and not isinstance(value, bool)
            }
            answer = client.post(south.address(name), {**sent, html_name: number})
            assert answer.status_code < 500, (name, html_name)
            assert pointing_at(south.foreign[model]) == before, (name, html_name)
    assert {field for _form, field in met} >= {
        "protocol",
        "exercise",
        "figure",
        "harder",
        "add_exercise",
        "add_protocol",
    }


# ------------------------------------------------------------ a child of somebody else's parent


def test_a_row_of_another_programme_is_not_changed_through_ones_own(south):
    """The form of Piet's programme, sent with the number of a row of Roos's."""
    theirs = south.south.prescriptions.get()
    address = south.address("admin:patients_programme_change")
    answer = client_for(south, "anna").post(
        address,
        {
            "title": "Lage rugpijn",
            "initial-title": "Lage rugpijn",
            "revision": south.programme.revision,
            "prescriptions-TOTAL_FORMS": 1,
            "prescriptions-INITIAL_FORMS": 1,
            "prescriptions-0-id": theirs.pk,
            "prescriptions-0-programme": south.programme.pk,
            "prescriptions-0-exercise": theirs.exercise_id,
            "prescriptions-0-dosage_text": "1x",
            "prescriptions-0-DELETE": "on",
        },
    )
    assert answer.status_code in (200, 302)
    assert south.south.prescriptions.get().dosage == theirs.dosage
    assert "Oefening van Zuid" not in answer.content.decode()


def act(south, **changes) -> dict:
    line = south.programme.prescriptions.first()
    contents = {
        "operation": str(uuid.UUID(int=7)),
        "version": 2,
        "done": "1",
        "moment": 1,
        "line": str(line.uuid),
        "day": timezone.localdate().isoformat(),
    }
    return {**contents, **changes}


def test_the_line_of_another_programme_is_not_ticked_off(south):
    theirs = str(south.south.prescriptions.get().uuid)
    piet = client_for(south, "piet")
    for name in ("patients:log_session", "patients:report_symptoms"):
        piet.post(south.address(name), act(south, line=theirs, symptoms=["leg_pain"]))
    assert not SessionLog.objects.exists()
    assert SymptomAnswer.objects.count() == 1  # that of the world


@pytest.mark.parametrize("what", ["programme", "line"])
def test_an_act_from_a_telephone_stays_within_its_record(south, what):
    theirs = south.south if what == "programme" else south.south.prescriptions.get()
    sent = act(south, programme=str(south.programme.uuid), sequence=1)
    sent |= {"performed_at": timezone.now().isoformat(), what: str(theirs.uuid)}
    answer = client_for(south, "piet").post(
        reverse("patients:sync"),
        json.dumps(
            {
                "patient": str(south.piet_patient.uuid),
                "now": timezone.now().isoformat(),
                "acts": [sent],
            }
        ),
        content_type="application/json",
    )
    assert answer.status_code == 200
    assert [one["status"] for one in answer.json()["results"]] == ["refused"]
    assert not SessionLog.objects.exists()


def test_a_version_of_another_programme_is_not_printed_under_ones_own_address(south):
    authoring.issue(programme=south.south, by=south.bram)
    for number in (0, 3, 99):
        address = reverse("patients:version_handout", args=[south.programme.uuid, number])
        assert client_for(south, "piet").get(address).status_code == 404


def test_a_film_of_another_programme_is_not_shown_under_ones_own_address(south):
    film = save(south.south_exercise, film=(sample("film.webm"), "film.webm"))
    authoring.issue(programme=south.south, by=south.bram)
    programme, link = south.programme, south.programme.share_link
    for address in (
        reverse("patients:programme_media", args=[programme.uuid, film.digest]),
        reverse("patients:share_media", args=[link.token, 2, film.digest]),
    ):
        assert client_for(south, "piet").get(address).status_code == 404, address
    own = reverse("patients:programme_media", args=[south.south.uuid, film.digest])
    assert client_for(south, "roos").get(own).status_code == 200


@pytest.mark.parametrize("act_name", ["resume", "put_back", "throw_away"])
def test_an_act_names_only_what_belongs_to_it(south, act_name):
    """A pause, a mark and a draft are looked for among those of the programme or the patient."""
    anna, today = client_for(south, "anna"), timezone.localdate()
    if act_name == "resume":
        pause = lifecycle.pause(programme=south.south, by=south.bram, from_on=today)
        anna.post(south.address("admin:patients_programme_resume"), {"pause": pause.pk})
        pause.refresh_from_db()
        assert pause.until_on is None
    elif act_name == "put_back":
        mark = SeenMark.objects.create(
            programme=south.south, reason="pain", occasion="1", by=south.bram, by_name="Bram"
        )
        anna.post(south.address("admin:patients_programme_seen"), {"put_back": mark.pk})
        mark.refresh_from_db()
        assert mark.withdrawn_at is None
    else:
        draft = authoring.draft(patient=south.roos_patient, by=south.bram)
        data = {"running": south.programme.pk, "throw_away": draft.pk}
        anna.post(south.address("admin:patients_patient_discharge"), data)
        assert Patient.objects.get(pk=south.piet_patient.pk).discharged_on is not None
        assert type(draft).objects.filter(pk=draft.pk).exists()


@pytest.mark.parametrize("kind", ["exercise", "protocol", "figure"])
def test_what_all_practices_share_is_read_and_not_changed(world, kind):
    """A practice makes a copy; the shared one is changed by who runs the server alone."""
    model = {"exercise": Exercise, "protocol": Protocol, "figure": Figure}[kind]
    shared = model.objects.filter(practice=None).first()
    change, delete = (
        reverse(f"admin:exercises_{kind}_{act}", args=[shared.pk]) for act in ("change", "delete")
    )
    anna, before = client_for(world, "anna"), world.rows.now()
    assert anna.get(change).status_code == 200
    assert anna.post(change, data_for(world, f"admin:exercises_{kind}_change")).status_code == 403
    assert anna.get(delete).status_code == 403
    assert anna.post(delete, {"post": "yes"}).status_code == 403
    assert world.rows.now() == before
    assert model.objects.editable_by(world.root).filter(pk=shared.pk).exists()


def test_a_lighter_exercise_is_looked_for_in_ones_own_library(south):
    address = reverse("admin:patients_programme_steps")
    asked = {"direction": "harder", "exercise": south.south_exercise.pk, "text": "10x"}
    assert client_for(south, "anna").get(address, asked).status_code == 404
    refused = AccessEvent.objects.get(outcome="denied", actor=south.anna.uuid)
    assert refused.object_id == str(south.south_exercise.uuid)
    assert client_for(south, "bram").get(address, asked).status_code == 200


def test_only_ones_own_logins_are_ended(south):
    theirs = client_for(south, "roos")
    roos = LoginSession.objects.get(pk=theirs.session.session_key)
    answer = client_for(south, "piet").post(reverse("login_devices"), {"end": roos.public_id})
    assert answer.status_code == 302
    assert LoginSession.objects.filter(pk=roos.pk).exists()
    assert roos.public_id not in [row.public_id for row in devices.sessions_of(south.piet)]


def test_a_date_of_birth_opens_only_its_own_invitation(south):
    """Piet is logged in and opens the slip of Mo: knowing its date of birth is not enough."""
    invitation, token = invitations.invite(south.mo_patient)
    address = reverse("patients:patient_invitation", args=[token])
    answer = client_for(south, "nobody").post(address, {"birth_date": "12-3-1958"}, follow=True)
    assert "Mo el Idrissi" not in answer.content.decode()
    invitation.refresh_from_db()
    assert (
        invitation.accepted_at is None
        and Patient.objects.get(name="Mo el Idrissi").user == south.mo
    )


def test_who_helps_ticks_off_and_neither_takes_along_nor_erases(world):
    """Mo helps Piet: his exercises open, his data stays where it is."""
    Proxy.objects.create(user=world.mo, patient=world.piet_patient, relation="helper")
    mo, piet = client_for(world, "mo"), str(world.piet_patient.uuid)
    assert mo.get(world.address("patients:programme_detail")).status_code == 200
    assert mo.post(reverse("patients:download"), {"record": piet}).status_code == 302
    assert mo.post(world.address("patients:ask_erasure"), {"ask": "1"}).status_code == 404
    world.mo_patient.delete()  # so that Piet's is the only record left to choose
    assert mo.post(reverse("patients:download")).status_code == 302
    assert not DataExport.objects.filter(made_for=world.mo).exists()
    assert not ErasureRequest.objects.exists()


# ------------------------------------------------------------ links that are nearly right


def nearly(token: str) -> str:
    """One sign of it is another one; the last but one, since the last may carry no bits."""
    return f"{token[:-2]}{'A' if token[-2] != 'A' else 'B'}{token[-1]}"


def test_a_link_with_one_other_sign_opens_nothing(world):
    plan = ReminderPlan.objects.get()
    _row, staff = StaffInvitation.invite(
        practice=world.anna.practice, name="Nog een", email="nog@linde.example", is_therapist=True
    )
    _row, patient = invitations.invite(world.mo_patient)
    share = world.programme.share_link.token
    links = {
        "patients:share_page": (share, [2]),
        "patients:share_handout": (share, [2]),
        "patients:calendar": (CalendarLink.renew(world.piet_patient), []),
        "patients:stop_reminders": (reminders.stop_token(plan), []),
        "staff_invitation": (staff, []),
        "patients:patient_invitation": (patient, []),
    }
    nobody = client_for(world, "nobody")
    for name, (token, rest) in links.items():
        right = nobody.get(reverse(name, args=[token, *rest]))
        wrong = nobody.get(reverse(name, args=[nearly(token), *rest]))
        assert right.status_code == 200, name
        assert wrong.status_code in (404, 410), name
        said = wrong.content.decode()
        assert "De Linde" not in said and "Piet" not in said and "Mo el" not in said, name


def test_a_link_that_was_taken_back_opens_nothing(world):
    nobody, link = client_for(world, "nobody"), world.programme.share_link
    token, calendar = link.token, CalendarLink.renew(world.piet_patient)
    client_for(world, "anna").post(world.address("admin:patients_programme_share"))
    CalendarLink.renew(world.piet_patient)  # the one before it stops
    assert nobody.get(reverse("patients:share_page", args=[token, 2])).status_code == 404
    assert nobody.get(reverse("patients:calendar", args=[calendar])).status_code == 404


def test_a_link_on_paper_ends_a_month_after_the_programme(world):
    token, nobody = world.programme.share_link.token, client_for(world, "nobody")
    lifecycle.end(programme=world.programme, by=world.anna)
    assert nobody.get(reverse("patients:share_page", args=[token, 2])).status_code == 200
    world.programme.refresh_from_db()
    world.programme.started_on -= timedelta(days=40)
    world.programme.ended_on = timezone.localdate() - timedelta(days=31)
    world.programme.save(update_fields=["started_on", "ended_on"])
    assert nobody.get(reverse("patients:share_page", args=[token, 2])).status_code == 404


# ------------------------------------------------------------ nobody's practice


def test_two_without_a_practice_are_strangers(world):
    """No practice is not a practice: neither reads, lists or finds anything of the other."""
    one, other = (
        User.objects.create_user(f"{name}@nergens.example", name=name, is_superuser=True)
        for name in ("een", "ander")
    )
    assert one.practice is other.practice is None
    client = client_for(world, "root")
    for name in LOGGED_PAGES:
        if name.startswith("admin:") and name != "admin:index":
            answer = client.get(world.address(name))
            assert answer.status_code in (302, 403), name
    assert not Patient.objects.visible_to(one).exists()
    assert not Exercise.objects.visible_to(one).filter(practice__isnull=False).exists()
    assert Practice.objects.count() == 2
