"""Minors, and people who do it for somebody else: who may, from what age, and what is logged."""

import uuid
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from patients import ages, writes
from patients.contact import messages
from patients.follow_up import caseload, worklist
from patients.joining import invitations
from patients.models import Patient, PatientInvitation, Programme, Proxy, SessionLog
from patients.paper import handout
from patients.privacy import log_sentences
from rugpijn.audit import AccessEvent
from rugpijn.models import User
from tests.conftest import fresh_login

TODAY = date(2026, 11, 15)


@pytest.mark.parametrize(
    ("born", "who"),
    [
        (date(2014, 11, 16), ("parent",)),  # 12 tomorrow
        (date(2014, 11, 15), ("patient", "parent")),  # 12 today
        (date(2010, 11, 16), ("patient", "parent")),  # 16 tomorrow
        (date(2010, 11, 15), ("patient", "helper")),
        (date(1958, 3, 12), ("patient", "helper")),
    ],
)
def test_who_may_log_in_by_age(born, who):
    assert ages.who_may_log_in(born, TODAY) == who


@pytest.mark.parametrize(
    ("born", "age", "day"),
    [
        (date(2012, 2, 29), 16, date(2028, 2, 29)),
        (date(2012, 2, 29), 14, date(2026, 3, 1)),
        (date(2010, 11, 15), 16, date(2026, 11, 15)),
    ],
)
def test_birthdays(born, age, day):
    assert ages.birthday(born, age) == day
    assert ages.is_so_old(born, age, day) and not ages.is_so_old(born, age, day - timedelta(days=1))


@pytest.mark.parametrize("days", range(0, 1500, 97))
def test_the_database_counts_ages_as_python_does(days):
    day = date(2026, 1, 1) + timedelta(days=days)
    latest = ages.latest_birth(16, day)
    assert ages.is_so_old(latest, 16, day)
    assert not ages.is_so_old(latest + timedelta(days=1), 16, day)


def aged(patient, years, days=0):
    """Somebody who became so old, so many days ago."""
    today = timezone.localdate() - timedelta(days=days)
    Patient.objects.filter(pk=patient.pk).update(birth_date=ages.latest_birth(years, today))
    patient.refresh_from_db()


@pytest.fixture
def parent(db):
    return User.objects.create_user("ouder@mail.example", name="Ria Ouder")


@pytest.fixture
def child(cast, programme, parent):
    """Piet as a child of nine, for whom a parent logs in."""
    patient = cast.piet_patient
    patient.user = None
    patient.save()
    aged(patient, 9)
    Proxy.objects.create(user=parent, patient=patient, relation="parent")
    return patient


def act(programme) -> dict:
    version = programme.current_version()
    return {
        "operation": str(uuid.uuid4()),
        "version": version.number,
        "done": "1",
        "moment": 1,
        "line": version.sheet.lines[0].uuid,
        "day": timezone.localdate().isoformat(),
    }


@pytest.mark.django_db
class TestActingForSomebody:
    def test_it_is_said_on_the_page(self, client, child, parent, programme):
        fresh_login(client, parent)
        for page in ("programme_detail", "progress", "messages", "reminders"):
            shown = client.get(reverse(f"patients:{page}", args=[programme.uuid])).content.decode()
            assert "doet dit voor" in shown, page

    def test_and_not_to_the_patient_or_the_therapist(self, client, cast, programme):
        for who in (cast.piet, cast.anna):
            fresh_login(client, who)
            address = reverse("patients:programme_detail", args=[programme.uuid])
            assert "doet dit voor" not in client.get(address).content.decode()

    def test_ticking_off_works_and_is_logged_as_such(self, client, child, parent, programme):
        fresh_login(client, parent)
        answer = client.post(reverse("patients:log_session", args=[programme.uuid]), act(programme))
        assert answer.status_code == 302
        assert SessionLog.objects.get().patient == child
        event = AccessEvent.objects.get(action="log")
        assert (event.actor, event.on_behalf) == (parent.uuid, child.uuid)
        assert event.purpose == "own" and event.treatment is None

    def test_the_log_says_who_that_was(self, client, child, parent, programme):
        """Not a stranger from elsewhere, and not the child itself."""
        fresh_login(client, parent)
        client.post(reverse("patients:log_session", args=[programme.uuid]), act(programme))
        reader = log_sentences.Reader(child)
        (_day, lines), *_rest = reader.days(reader.events(since=None, others=True))
        assert "Iemand die voor u handelt heeft iets afgevinkt" in str([x.sentence for x in lines])

    def test_what_a_patient_does_is_on_nobodys_behalf(self, client, cast, programme):
        fresh_login(client, cast.piet)
        client.post(reverse("patients:log_session", args=[programme.uuid]), act(programme))
        assert AccessEvent.objects.get(action="log").on_behalf is None

    def test_two_patients_are_chosen_from(self, client, cast, child, parent, make_programme):
        make_programme(cast.mo_patient)
        Proxy.objects.create(user=parent, patient=cast.mo_patient, relation="helper")
        fresh_login(client, parent)
        page = client.get("/").content.decode()
        assert "Piet Jansen" in page and "Mo el Idrissi" in page

    def test_messages_have_their_writers_name(self, client, child, parent, programme):
        fresh_login(client, parent)
        sent = {"operation": str(uuid.uuid4()), "text": "Mag hij zwemmen?"}
        client.post(reverse("patients:messages", args=[programme.uuid]), sent)
        assert programme.messages.get().by_name == "Ria Ouder"
        assert child.has_login
        answer = messages.send_message(
            programme=programme,
            operation=uuid.uuid4(),
            text="Ja",
            by=programme.therapist,
            by_patient=False,
        )
        assert answer.pk

    def test_a_stranger_sees_nothing(self, client, child, cast, programme):
        fresh_login(client, cast.mo)
        address = reverse("patients:programme_detail", args=[programme.uuid])
        assert client.get(address).status_code == 404


@pytest.mark.django_db
class TestWhenItEnds:
    def sees(self, user) -> bool:
        return Patient.objects.of_person(user).exists()

    @pytest.mark.parametrize(
        ("years", "days", "sees"), [(15, 364, True), (16, 0, False), (15, 0, True), (40, 0, False)]
    )
    def test_a_parents_at_sixteen_by_itself(self, child, parent, years, days, sees):
        aged(child, years, days)
        assert self.sees(parent) == sees
        assert bool(child.acting_now) == sees

    def test_a_helpers_does_not(self, cast, parent):
        Proxy.objects.create(user=parent, patient=cast.piet_patient, relation="helper")
        assert self.sees(parent)

    @pytest.mark.parametrize(
        ("change", "sees"),
        [
            ({"until_on": 0}, False),
            ({"until_on": 1}, True),
            ({"from_on": 1}, False),
            ({"from_on": 0}, True),
        ],
    )
    def test_on_its_day(self, child, parent, change, sees):
        today = timezone.localdate()
        Proxy.objects.update(**{name: today + timedelta(days=n) for name, n in change.items()})
        assert self.sees(parent) == sees
        child = Patient.objects.get(pk=child.pk)
        assert bool(child.acting_now) == sees

    def test_by_the_therapist_at_once(self, client, cast, child, parent, programme):
        parents = client_of(parent)
        address = reverse("patients:programme_detail", args=[programme.uuid])
        assert parents.get(address).status_code == 200
        client.force_login(cast.anna)
        page = reverse("admin:patients_patient_change", args=[child.pk])
        assert "Ria Ouder (een ouder)" in client.get(page).content.decode()
        act = reverse("admin:patients_patient_endproxy", args=[child.pk])
        client.post(act, {"proxy": Proxy.objects.get().pk})
        assert parents.get(address).status_code == 404
        assert "Ria Ouder (een ouder)" not in client.get(page).content.decode()
        assert AccessEvent.objects.filter(action="end proxy", patient=child.uuid).count() == 1

    @pytest.mark.parametrize("number", ["", "x", "999999"])
    def test_one_that_is_not_there(self, client, cast, child, number):
        client.force_login(cast.anna)
        act = reverse("admin:patients_patient_endproxy", args=[child.pk])
        assert client.post(act, {"proxy": number}).status_code == 302
        assert Proxy.objects.get().until_on is None

    @pytest.mark.parametrize(
        ("years", "days", "told"),
        [(15, 300, False), (15, 340, True), (16, 5, True), (16, 40, False), (9, 0, False)],
    )
    def test_the_practice_knows_before(self, child, programme, years, days, told):
        aged(child, years, days)
        [case] = caseload.cases(Programme.objects.all(), timezone.localdate())
        assert ("grown" in {item.reason for item in worklist.items(case)}) == told


def client_of(user):
    from django.test import Client

    client = Client()
    fresh_login(client, user)
    return client


@pytest.mark.django_db
class TestTheInvitation:
    @pytest.mark.parametrize(
        ("years", "who", "works"),
        [
            (9, "", True),
            (9, "parent", True),
            (9, "patient", False),
            (9, "helper", False),
            (13, "patient", True),
            (13, "parent", True),
            (13, "helper", False),
            (16, "patient", True),
            (16, "parent", False),
            (16, "helper", True),
            (40, "x", False),
        ],
    )
    def test_for_whom_by_age(self, client, cast, programme, years, who, works):
        aged(cast.piet_patient, years)
        client.force_login(cast.anna)
        address = reverse("admin:patients_patient_invite", args=[cast.piet_patient.pk])
        answer = client.post(address, {"who": who})
        assert answer.status_code == (200 if works else 302)
        assert PatientInvitation.objects.exists() == works

    def accept(self, client, patient, who, **more):
        _invitation, token = invitations.invite(patient, who)
        page = reverse("patients:patient_invitation", args=[token])
        client.post(page, {"birth_date": f"{patient.birth_date:%d-%m-%Y}"})
        sent = {"password": "een-rustige-ochtend-27", "email": "nieuw@mail.example", **more}
        return client.post(reverse("patients:first_login"), sent)

    def test_a_parent_gets_a_login_of_their_own(self, client, cast, programme):
        patient = cast.piet_patient
        patient.user = None
        patient.save()
        aged(patient, 9)
        answer = self.accept(client, patient, "parent", name="Ria Ouder")
        assert answer.status_code == 302
        patient.refresh_from_db()
        proxy = Proxy.objects.get()
        assert (proxy.user.name, proxy.relation, patient.user) == ("Ria Ouder", "parent", None)
        event = AccessEvent.objects.get(action="accept invitation")
        assert event.on_behalf == patient.uuid

    def test_with_a_name(self, client, cast, programme):
        page = self.accept(client, cast.piet_patient, "helper", name="")
        assert page.status_code == 200 and "Dit veld is verplicht" in page.content.decode()
        assert not Proxy.objects.exists()

    def test_a_patients_is_as_it_was(self, client, cast, programme):
        cast.piet_patient.user = None
        cast.piet_patient.save()
        self.accept(client, cast.piet_patient, "patient")
        cast.piet_patient.refresh_from_db()
        assert cast.piet_patient.user.name == "Piet Jansen" and not Proxy.objects.exists()

    def test_too_old_meanwhile(self, cast, programme, parent):
        aged(cast.piet_patient, 15)
        invitation, _token = invitations.invite(cast.piet_patient, "parent")
        aged(cast.piet_patient, 16)
        invitation.refresh_from_db()
        with pytest.raises(writes.RefusedError):
            invitations.accept_invitation(invitation, user=parent)
        assert not Proxy.objects.exists()

    def test_anew_after_it_was_ended(self, cast, child, parent):
        invitations.end_proxy(Proxy.objects.get(), by=cast.anna)
        invitation, _token = invitations.invite(child, "parent")
        invitations.accept_invitation(invitation, user=parent)
        assert Patient.objects.of_person(parent).exists()


@pytest.mark.django_db
def test_a_parent_takes_the_data_of_a_young_child_along(client, child, parent, monkeypatch):
    monkeypatch.setattr(handout, "render_pdf", lambda html: b"%PDF-1.7")
    fresh_login(client, parent)
    answer = client.post(reverse("patients:download"))
    assert answer["Content-Type"] == "application/zip"
    assert AccessEvent.objects.get(action="download own data").on_behalf == child.uuid


@pytest.mark.django_db
class TestWhoNoLongerActs:
    """A page that says why, and whom to call; it used to say that nothing had begun yet."""

    def first_page(self, client, parent) -> str:
        fresh_login(client, parent)
        return client.get("/").content.decode()

    def test_a_child_of_sixteen(self, client, child, parent, practice):
        aged(child, 16)
        shown = self.first_page(client, parent)
        assert "Uw kind is 16" in shown and practice.phone in shown
        assert "nog niet met een programma" not in shown and child.name not in shown

    def test_ended_by_the_practice(self, client, cast, child, parent, practice):
        invitations.end_proxy(Proxy.objects.get(), by=cast.anna)
        shown = self.first_page(client, parent)
        assert "De praktijk heeft uw toegang beëindigd" in shown and practice.phone in shown
        assert "Uw kind is 16" not in shown and child.name not in shown

    def test_who_still_has_another_patient_reads_nothing_of_it(
        self, client, cast, child, parent, make_programme
    ):
        Proxy.objects.create(user=parent, patient=cast.mo_patient, relation="helper")
        aged(child, 16)
        assert "Uw kind is 16" not in self.first_page(client, parent)
