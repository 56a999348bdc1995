"""Passkeys: made at the invitation or later, good for both steps, and never the last thing gone."""

import json
import re
from html import unescape

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.urls import reverse

from patients.joining import invitations
from rugpijn.audit import AccessEvent
from rugpijn.models import LoginSession, User
from tests.conftest import PASSWORD

from .passkey_device import Phone

pytestmark = pytest.mark.django_db
USE = reverse("mfa_login_webauthn")
DEVICES = reverse("login_devices")
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture(autouse=True)
def at_localhost(settings):
    settings.SITE_URL = "http://localhost"


def log_in(client, person=None, name="piet@mail.example", **more):
    return client.post(reverse("account_login"), {"login": name, "password": PASSWORD, **more})


def options_on(page) -> dict:
    return json.loads(re.search(r'id="passkey-options"[^>]*>(.*?)</script>', page, re.S)[1])


def add_passkey(client, phone=None) -> Phone:
    """Through the page of somebody who is logged in."""
    phone = phone or Phone()
    options = options_on(client.get(reverse("passkey_add")).content.decode())
    sent = client.post(reverse("passkey_add"), {"credential": phone.make(options)})
    assert sent["Location"] == DEVICES, sent.content
    return phone


def use_passkey(client, phone, **more):
    options = client.get(USE, **JSON).json()["request_options"]
    return client.post(USE, {"credential": phone.use(options), **more})


def words(response):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


@pytest.fixture
def phone(client, cast):
    """Piet logs in with his password and sets up his phone."""
    log_in(client)
    return add_passkey(client)


class TestFirstTime:
    @pytest.fixture
    def address(self, cast):
        cast.mo_patient.user = None
        cast.mo_patient.save()
        return reverse("patients:patient_invitation", args=[invitations.invite(cast.mo_patient)[1]])

    def chooses(self, client, address):
        client.post(address, {"birth_date": "2-11-1986"})
        return client.get(reverse("patients:first_login"))

    def test_one_touch_and_in(self, client, address, cast):
        phone, page = Phone(), self.chooses(client, address)
        made = phone.make(options_on(page.content.decode()))
        sent = client.post(reverse("patients:first_login"), {"credential": made, "email": ""})
        assert sent["Location"] == "/"
        cast.mo_patient.refresh_from_db()
        user = cast.mo_patient.user
        assert not user.has_usable_password()
        assert client.get("/").status_code == 200

        again = Client()
        assert use_passkey(again, phone)["Location"] == "/"
        assert again.session["_auth_user_id"] == str(user.pk)

    def test_the_handle_is_opaque_and_the_owners(self, client, address, cast):
        page = self.chooses(client, address)
        phone = Phone()
        phone.make(options := options_on(page.content.decode()))
        assert options["publicKey"]["rp"]["id"] == "localhost"
        made = phone.make(options)
        client.post(reverse("patients:first_login"), {"credential": made, "email": ""})
        user = User.objects.latest("pk")
        assert str(user.pk) != phone.owner and len(phone.owner) == 22  # sixteen random bytes

    @pytest.mark.parametrize("wrong", ["{", "[]", '{"id": 1}', "null"])
    def test_what_is_no_passkey_is_refused_in_words(self, client, address, wrong):
        self.chooses(client, address)
        page = client.post(reverse("patients:first_login"), {"credential": wrong, "email": ""})
        assert page.status_code == 200
        assert "Dat lukte niet." in words(page)
        assert not Authenticator.objects.exists()

    def test_without_finger_or_lock_it_is_not_two_steps(self, client, address):
        made = Phone(verified=False).make(
            options_on(self.chooses(client, address).content.decode())
        )
        page = client.post(reverse("patients:first_login"), {"credential": made, "email": ""})
        assert "Dat lukte niet." in words(page)

    def test_an_answer_to_an_older_question_is_refused(self, client, address):
        options = options_on(self.chooses(client, address).content.decode())
        client.get(reverse("patients:first_login"))  # asks anew
        page = client.post(
            reverse("patients:first_login"), {"credential": Phone().make(options), "email": ""}
        )
        assert "Dat lukte niet." in words(page)

    def test_from_another_website_it_is_refused(self, client, address):
        options = options_on(self.chooses(client, address).content.decode())
        made = Phone("https://evil.example").make(options)
        page = client.post(reverse("patients:first_login"), {"credential": made, "email": ""})
        assert "Dat lukte niet." in words(page)


class TestLogin:
    def test_it_is_both_steps(self, client, phone, practice):
        practice.second_step = True
        practice.save()
        assert use_passkey(other := Client(), phone)["Location"] == "/"
        assert other.get("/").status_code == 200

    def test_a_used_answer_is_worth_nothing(self, phone):
        client = Client()
        options = client.get(USE, **JSON).json()["request_options"]
        answer = phone.use(options)
        client.post(USE, {"credential": answer})
        client.logout()
        assert client.post(USE, {"credential": answer})["Location"] == reverse("account_login")
        assert "_auth_user_id" not in client.session

    @pytest.mark.parametrize("wrong", ["{", "[]", "{}", '{"response": {"userHandle": "AAAA"}}'])
    def test_nonsense_goes_back_to_the_login_page_with_a_sentence(self, client, cast, wrong):
        client.get(USE, **JSON)
        page = client.post(USE, {"credential": wrong}, follow=True)
        assert page.status_code == 200 and page.redirect_chain
        assert "_auth_user_id" not in client.session

    def test_somebody_elses_key_for_my_name_is_refused(self, client, phone, cast):
        thief = Phone()
        thief.owner, thief.id = phone.owner, phone.id
        use_passkey(other := Client(), thief)
        assert "_auth_user_id" not in other.session

    def test_who_may_not_log_in_does_not(self, phone, cast):
        User.objects.filter(pk=cast.piet.pk).update(is_active=False)
        use_passkey(other := Client(), phone)
        assert "_auth_user_id" not in other.session

    def test_the_session_gets_another_key(self, phone):
        client = Client()
        client.get(USE, **JSON)
        before = client.session.session_key
        use_passkey(client, phone)
        assert client.session.session_key != before
        assert not LoginSession.objects.filter(session_key=before).exists()


class TestKeeping:
    def test_adding_ends_other_logins_and_is_told(self, client, cast):
        log_in(client)
        log_in(other := Client())
        mail.outbox.clear()
        add_passkey(client)
        assert client.get(DEVICES).status_code == 200
        assert other.get("/").status_code == 302
        assert mail.outbox[0].to == ["piet@mail.example"]
        assert "oefening" not in (mail.outbox[0].subject + mail.outbox[0].body).lower()
        assert AccessEvent.objects.filter(action="add passkey", actor=cast.piet.uuid).exists()

    def test_renamed_and_removed(self, client, phone):
        key = Authenticator.objects.get()
        client.post(DEVICES, {"rename": "1", "passkey": key.pk, "name": "Mijn telefoon"})
        assert "Mijn telefoon" in words(client.get(DEVICES))
        client.post(DEVICES, {"rename": "1", "passkey": key.pk, "name": ""})
        key.refresh_from_db()
        assert key.wrap().name == "Mijn telefoon"
        client.post(DEVICES, {"remove": "1", "passkey": key.pk})
        assert not Authenticator.objects.exists()
        use_passkey(other := Client(), phone)
        assert "_auth_user_id" not in other.session

    def test_the_last_way_in_stays(self, client, phone, cast):
        cast.piet.set_unusable_password()
        cast.piet.save()
        use_passkey(client := Client(), phone)
        key = Authenticator.objects.get()
        page = client.post(DEVICES, {"remove": "1", "passkey": key.pk}, follow=True)
        assert "enige manier" in words(page)
        assert Authenticator.objects.filter(pk=key.pk).exists()
        # With a password there is another way.
        new = {"password1": "een rustig strand in mei", "password2": "een rustig strand in mei"}
        client.post(reverse("account_set_password"), new)
        client.post(DEVICES, {"remove": "1", "passkey": key.pk})
        assert not Authenticator.objects.exists()

    def test_somebody_elses_cannot_be_touched(self, client, phone, cast):
        key = Authenticator.objects.get()
        log_in(other := Client(), name="mo-1234")
        for button in ("remove", "rename"):
            sent = {button: "1", "passkey": key.pk, "name": "gekaapt"}
            assert other.post(DEVICES, sent).status_code == 404
        key.refresh_from_db()
        assert key.wrap().name != "gekaapt"

    def test_asked_once_more_with_the_passkey(self, client, phone, cast, monkeypatch, settings):
        cast.piet.set_unusable_password()
        cast.piet.save()
        use_passkey(client := Client(), phone)
        settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
        again = reverse("mfa_reauthenticate_webauthn")
        assert client.get(DEVICES)["Location"].startswith(again)
        settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
        options = client.get(again, **JSON).json()["request_options"]
        sent = {"credential": phone.use(options), "next": DEVICES}
        assert client.post(again, sent)["Location"] == DEVICES
