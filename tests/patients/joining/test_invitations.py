"""The invitation: in the therapist's hands, and in the patient's; by link, by code, by mail."""

import re
import time
from datetime import timedelta
from html import unescape

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from patients.joining import invitations
from patients.models import PatientInvitation
from rugpijn.audit import AccessEvent
from rugpijn.models import OneTimeCode, TrustedDevice, User

pytestmark = pytest.mark.django_db
CODE, WELCOME = reverse("patients:invitation_code"), reverse("patients:first_login")
BORN, PASSWORD = "2-11-1986", "een lange rustige zin"


def words(response):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


@pytest.fixture
def patient(cast):
    """Mo, who does not log in yet."""
    cast.mo_patient.user = None
    cast.mo_patient.save()
    return cast.mo_patient


@pytest.fixture
def anna(client, cast):
    client.force_login(cast.anna)
    return client


@pytest.fixture
def invited(patient):
    """The invitation, its link and its short code."""
    invitation, token = invitations.invite(patient)
    code = invitation.new_code()
    return invitation, reverse("patients:patient_invitation", args=[token]), code


def hand_over(client, patient, **sent):
    return client.post(reverse("admin:patients_patient_invite", args=[patient.pk]), sent)


def code_on(page) -> str:
    return re.search(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}\b", words(page))[0]


def link_on(page) -> str:
    return re.search(r"/invitation/[\w-]+/", page.content.decode())[0]


def is_in(client) -> bool:
    return "_auth_user_id" in client.session


class TestInThePractice:
    def test_shown_with_link_picture_and_code(self, anna, patient):
        page = hand_over(anna, patient)
        assert 'class="qr"' in page.content.decode()
        assert "/in" in words(page) and "Vul uw geboortedatum in." in words(page)
        for way in (link_on(page), code_on(page)):
            assert way
        typed = {"code": code_on(page), "birth_date": BORN}
        assert Client().post(CODE, typed)["Location"] == WELCOME
        assert Client().get(link_on(page)).status_code == 200

    def test_in_the_language_of_the_patient(self, anna, patient):
        patient.language = "en"
        patient.save()
        page = hand_over(anna, patient)
        assert "Hold your camera in front of this code." in words(page)
        assert "Terug naar de patiënt" in words(page)

    def test_again_and_the_older_one_stops(self, anna, patient):
        first, second = hand_over(anna, patient), hand_over(anna, patient)
        typed = {"code": code_on(first), "birth_date": BORN}
        assert "horen niet bij elkaar" in words(Client().post(CODE, typed))
        assert Client().get(link_on(first)).status_code == 410
        assert Client().get(link_on(second)).status_code == 200
        assert AccessEvent.objects.filter(action="invite", patient=patient.uuid).count() == 2

    def test_mailed_beside_the_paper(self, anna, patient):
        patient.email = "mo@mail.example"
        patient.save()
        page = hand_over(anna, patient)
        assert not mail.outbox
        token = link_on(page).split("/")[2]
        again = hand_over(anna, patient, mail="1", token=token, code=code_on(page))
        assert "gemaild naar mo@mail.example" in words(again)
        assert code_on(again) == code_on(page)  # what was printed goes on working
        (sent,) = mail.outbox
        assert sent.to == ["mo@mail.example"]
        mailed = PatientInvitation.find(re.search(r"/invitation/([\w-]+)/", sent.body)[1])
        assert mailed == PatientInvitation.find(token)
        told = (sent.subject + sent.body).lower()
        assert not [
            w
            for w in ("oefening", "fysio", "rug", "pijn", "mo el")
            if w in told.replace("fysiotherapie de linde", "")
        ]
        assert code_on(page) not in sent.body
        assert AccessEvent.objects.filter(action="mail invitation").count() == 1

    def test_not_mailed_where_there_is_no_address_or_no_invitation(self, anna, patient, cast):
        page = hand_over(anna, patient)
        assert "Er is geen e-mailadres bekend" in words(page)
        hand_over(anna, patient, mail="1", token=link_on(page).split("/")[2])
        cast.piet_patient.refresh_from_db()
        piets = hand_over(anna, cast.piet_patient)
        patient.email = "mo@mail.example"
        patient.save()
        hand_over(anna, patient, mail="1", token=link_on(piets).split("/")[2])  # another's
        hand_over(anna, patient, mail="1", token="")
        # Piet, who logs in already, heard that there is another way in.
        assert not [message for message in mail.outbox if "/invitation/" in message.body]

    def test_the_record_says_that_one_is_open(self, anna, patient):
        address = reverse("admin:patients_patient_change", args=[patient.pk])
        assert "Er is een uitnodiging gemaakt" not in words(anna.get(address))
        hand_over(anna, patient)
        assert "Er is een uitnodiging gemaakt" in words(anna.get(address))


class TestShortCode:
    def test_typed_as_people_do(self, client, invited):
        _invitation, _link, code = invited
        for typed in (code.lower(), code.replace("-", " "), f" {code.replace('-', '')} "):
            answer = Client().post(CODE, {"code": typed, "birth_date": "2 november 1986"})
            assert answer["Location"] == WELCOME, typed

    def test_the_database_holds_neither_code_nor_link(self, invited):
        _invitation, link, code = invited
        held = str(list(PatientInvitation.objects.values()))
        assert code not in held and code.replace("-", "") not in held
        assert link.split("/")[2] not in held

    def test_unknown_closed_and_wrong_answer_alike(self, client, invited, patient):
        invitation, _link, code = invited

        def answer(code, born):
            page = Client().post(CODE, {"code": code, "birth_date": born})
            return page.status_code, re.sub(r'value="[^"]*"', "", page.content.decode())

        unknown = answer("ABCD-2345", BORN)
        assert answer(code, "3-11-1986") == unknown
        invitation.refresh_from_db()
        assert invitation.tries == 1
        PatientInvitation.objects.update(tries=5)
        assert answer(code, BORN) == unknown
        PatientInvitation.objects.update(tries=0, created_at=invitation.created_at - timedelta(8))
        assert answer(code, BORN) == unknown

    def test_five_wrong_dates_close_link_and_code(self, client, invited):
        _invitation, link, code = invited
        for _time in range(5):
            client.post(CODE, {"code": code, "birth_date": "3-11-1986"})
        assert "horen niet bij elkaar" in words(
            client.post(CODE, {"code": code, "birth_date": BORN})
        )
        assert client.get(link).status_code == 410

    def test_guessing_from_one_address_is_slowed_down(self, client, db, settings):
        settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "invitation": "3/m/ip"}
        typed = {"code": "ABCD-2345", "birth_date": BORN}
        pages = [Client(HTTP_X_FORWARDED_FOR=f"10.0.0.{n}").post(CODE, typed) for n in range(4)]
        assert "Dit ging te snel." in words(pages[-1])
        assert "Dit ging te snel." not in words(pages[-2])

    def test_what_is_missing_is_said_at_its_field(self, client, db):
        page = client.post(CODE, {"code": "", "birth_date": "gisteren"})
        assert page.context["form"].errors.keys() == {"code", "birth_date"}

    def test_who_logs_in_already_adds_it(self, client, invited, cast, patient):
        client.force_login(cast.piet)
        typed = {"code": invited[2], "birth_date": BORN}
        assert client.post(CODE, typed)["Location"] == "/"
        patient.refresh_from_db()
        assert patient.user == cast.piet

    def test_staff_do_not_become_the_patient(self, anna, invited, patient):
        anna.post(CODE, {"code": invited[2], "birth_date": BORN})
        patient.refresh_from_db()
        assert patient.user is None


class TestComingIn:
    def opened(self, invited) -> Client:
        client = Client()
        assert client.post(invited[1], {"birth_date": BORN})["Location"] == WELCOME
        return client

    def test_looking_uses_nothing_up(self, invited, patient):
        client = self.opened(invited)
        for _time in range(5):
            for address in (invited[1], WELCOME):
                assert client.get(address).status_code == 200
                assert client.head(address).status_code == 200
        assert client.post(WELCOME, {"email": "", "password": PASSWORD})["Location"] == "/"

    def test_the_link_leaves_the_address(self, invited):
        page = self.opened(invited).get(WELCOME).content.decode()
        assert invited[1] not in page and invited[1].split("/")[2] not in page

    def test_not_without_the_date_of_birth(self, client, invited):
        people = User.objects.count()
        sent = {"email": "", "password": PASSWORD}
        for answer in (client.get(WELCOME), client.post(WELCOME, sent)):
            assert answer["Location"] == CODE
        assert User.objects.count() == people
        assert "Open de link nog een keer" in words(client.get(CODE))

    def test_after_half_an_hour_the_date_is_asked_once_more(self, invited, monkeypatch):
        client, now = self.opened(invited), time.time()
        monkeypatch.setattr(time, "time", lambda: now + 31 * 60)
        sent = {"email": "", "password": PASSWORD}
        assert client.post(WELCOME, sent)["Location"] == CODE
        assert client.get(invited[1]).status_code == 200  # nothing is used up

    def test_not_after_a_newer_invitation(self, invited, patient):
        client = self.opened(invited)
        invitations.invite(patient)
        sent = {"email": "", "password": PASSWORD}
        assert client.post(WELCOME, sent).status_code == 410

    def test_twice_is_once(self, invited, patient):
        first, second = self.opened(invited), self.opened(invited)
        sent = {"email": "", "password": PASSWORD}
        assert first.post(WELCOME, sent).status_code == 302
        assert second.post(WELCOME, sent).status_code == 410

    def test_who_is_in_already_is_led_on(self, invited, patient):
        """The mail with the link is what people open again."""
        _invitation, link, _code = invited
        client = self.opened(invited)
        client.post(WELCOME, {"email": "", "password": PASSWORD})
        again = words(client.get(link))
        assert "u bent al ingelogd" in again and "Naar de beginpagina" in again
        assert "Dan kunt u inloggen" not in again
        assert "Dan kunt u inloggen" in words(Client().get(link))

    def test_what_was_typed_stays(self, invited):
        client = self.opened(invited)
        page = client.post(
            WELCOME, {"email": "mo@mail.example", "password": "kort", "own_device": "on"}
        )
        assert 'value="mo@mail.example"' in page.content.decode()
        assert page.context["form"].errors.keys() == {"password"}
        assert page.context["form"]["own_device"].value()

    def test_the_address_that_the_practice_knows_is_filled_in_whoever_has_it(
        self, invited, patient
    ):
        patient.email = "mo@mail.example"
        patient.save()
        assert 'value="mo@mail.example"' in self.opened(invited).get(WELCOME).content.decode()
        patient.email = "piet@mail.example"  # who logs in with it already
        patient.save()
        assert "piet@mail.example" in self.opened(invited).get(WELCOME).content.decode()

    def test_a_device_of_ones_own(self, invited):
        client = self.opened(invited)
        client.post(WELCOME, {"email": "", "password": PASSWORD, "own_device": "on"})
        assert TrustedDevice.objects.count() == 1 and "device" in client.cookies

    def test_without_it_none_is_trusted(self, invited):
        self.opened(invited).post(WELCOME, {"email": "", "password": PASSWORD})
        assert not TrustedDevice.objects.exists()

    def test_without_email_the_codes_are_there_at_once(self, invited, practice, patient):
        practice.second_step = True
        practice.save()
        client = self.opened(invited)
        page = client.post(WELCOME, {"email": "", "password": PASSWORD})
        codes = re.findall(r"<li>(\d{4} \d{4})</li>", page.content.decode())
        patient.refresh_from_db()
        assert len(codes) == 10 and patient.user.login_code in words(page)
        assert OneTimeCode.objects.filter(user=patient.user).count() == 10
        assert client.get("/").status_code == 200
        # And they are the second step of the next login.
        again = Client()
        again.post(
            reverse("account_login"), {"login": patient.user.login_code, "password": PASSWORD}
        )
        assert not is_in(again)
        again.post(reverse("second_step"), {"code": codes[0]})
        assert is_in(again)

    def test_the_page_is_whole_without_javascript(self, invited):
        page = self.opened(invited).get(WELCOME).content.decode()
        assert re.search(r"<details[^>]*data-passkey-otherwise open>", page)
        assert re.search(r"<div data-passkey-part hidden>", page)


class TestASharedAddress:
    """Two people, one mailbox: the second one gets a login with a code, and the page tells nobody
    that the address has an account."""

    @pytest.fixture
    def opened(self, client, invited, patient, cast):
        patient.email = cast.piet.email  # Mo reads Piet's mail
        patient.save()
        client.post(invited[1], {"birth_date": BORN})
        return client

    def test_who_types_it_gets_a_code_by_mail(
        self, opened, cast, patient, django_capture_on_commit_callbacks
    ):
        typed = {"email": "Piet@mail.example", "password": PASSWORD}
        with django_capture_on_commit_callbacks(execute=True):
            told = opened.post(WELCOME, typed, follow=True)
        patient.refresh_from_db()
        assert is_in(opened) and patient.user != cast.piet
        assert patient.user.email is None and patient.user.login_code not in words(told)
        assert "hoe u inlogt" in words(told)
        (letter,) = mail.outbox
        assert letter.to == ["piet@mail.example"] and patient.user.login_code in letter.body
        assert patient.email == cast.piet.email, "the practice goes on mailing to it"
        cast.piet.refresh_from_db()
        assert cast.piet.email == "piet@mail.example"
        again = Client()
        again.post(
            reverse("account_login"), {"login": patient.user.login_code, "password": PASSWORD}
        )
        assert is_in(again)

    def test_who_leaves_it_empty_gets_a_code_too(self, opened, patient):
        opened.post(WELCOME, {"email": "", "password": PASSWORD})
        patient.refresh_from_db()
        assert patient.user.login_code


@pytest.mark.parametrize("typed", ["/in", "/In", "/IN/", "/iN/.", "/In.", "/in//", "/IN ,"])
def test_the_short_address_as_people_type_it(client, db, typed):
    page = client.get(typed, follow=True)
    assert page.status_code == 200 and page.request["PATH_INFO"] == CODE


def test_what_is_no_short_address_is_not_found(client, db):
    for typed in ("/inn/", "/i/", "/in/in/", "/In/x"):
        assert client.get(typed).status_code in (302, 404)
        assert client.get(typed, follow=True).request["PATH_INFO"] != CODE


def test_a_password_manager_finds_the_page(client, cast):
    address = "/.well-known/change-password"
    change = reverse("account_change_password")
    assert client.get(address)["Location"] == change
    client.force_login(cast.piet)
    assert client.get(address, follow=True).request["PATH_INFO"] == change
