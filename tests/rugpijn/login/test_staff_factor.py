"""The second factor of staff: none gets in without, and how they get one, use it and lose it."""

import json
import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.core import mail
from django.test import Client
from django.urls import reverse

from rugpijn.audit import AccessEvent
from rugpijn.login import passkeys, second_factor, second_step, totp
from rugpijn.models import LoginSession, OneTimeCode, TrustedDevice, User
from tests.access.access_table import NAMES
from tests.access.access_world import build
from tests.authenticator_app import app_code
from tests.conftest import PASSWORD, fresh_login
from tests.forms.page_forms import form_to
from tests.logging_in import password_only

from .passkey_device import Phone
from .staff_steps import ANNA, DEVICES, ENROL, LOGIN, STEP, code_of, give_app, log_in, words

pytestmark = pytest.mark.django_db
AGAIN = reverse("factor_again")


def is_in(client) -> bool:
    return "_auth_user_id" in client.session


@pytest.fixture(autouse=True)
def at_localhost(settings):
    settings.SITE_URL = "http://localhost"


@pytest.fixture
def clock(monkeypatch):
    """Stands still in the middle of a half minute, and moves when told."""
    now = [time.time() // 30 * 30 + 15]
    monkeypatch.setattr(time, "time", lambda: now[0])

    def later(*, hours=0, minutes=0, seconds=0):
        now[0] += hours * 3600 + minutes * 60 + seconds

    return later


# ------------------------------------------------------------ nowhere without it

# What shows nobody's data, and where one gets a second factor.
REACHED = second_factor.OPEN | second_factor.ENROLMENT
JSON_NAMES = set(
    """
    patients:sync patients:sync_start plain_language admin:patients_programme_dosage
    admin:patients_programme_period admin:patients_programme_exercises
    admin:patients_programme_steps admin:patients_programme_urgent
    """.split()
)


class TestEveryAddress:
    @pytest.fixture
    def world(self, library_loaded):
        return build()

    def test_leads_to_a_second_factor(self, world):
        """Each address, by each method that a browser has for it; scripts hear it in JSON."""
        for who in (world.anna, world.els, world.root):
            client = Client()
            password_only(client, who)
            for name in set(NAMES) - REACHED:
                for ask in (client.get, client.post):
                    answer = ask(world.address(name))
                    if name in JSON_NAMES:
                        assert answer.status_code == 403, name
                        assert "error" in answer.json()
                    else:
                        assert (answer.status_code, answer.get("Location")) == (302, ENROL), name
            assert client.get(DEVICES, HTTP_ACCEPT="application/json").status_code == 403
            assert client.get(DEVICES, HTTP_SEC_FETCH_DEST="empty").status_code == 403

    def test_with_one_the_session_must_have_used_it(self, world):
        """A session that never gave it ends: the next login asks."""
        give_app(world.anna)
        for name in ("admin:index", "patients:programme_detail", "login_devices", "staff_factor"):
            client = Client()
            password_only(client, world.anna)
            answer = client.get(world.address(name))
            assert answer["Location"].startswith(LOGIN) and not is_in(client), name
        password_only(client, world.anna)
        answer = client.get(world.address("patients:sync_start"))
        assert answer.status_code == 401 and answer.json() == {"error": "login"}
        refused = AccessEvent.objects.filter(action="second factor", outcome="denied")
        assert refused.count() == 5

    def test_what_is_reached_shows_nobody(self, world):
        client = Client()
        password_only(client, world.anna)
        elsewhere = {"favicon", "set_language", "csp_report"}  # a file, and what is posted only
        for name in second_factor.OPEN - elsewhere:
            page = client.get(world.address(name), follow=True)
            assert page.status_code == 200 and "Piet Jansen" not in page.content.decode(), name

    def test_a_patient_needs_none(self, world):
        client = Client()
        password_only(client, world.piet)
        assert client.get("/").status_code == 200

    def test_nor_does_the_mark_of_another_count(self, world):
        client = Client()
        password_only(client, world.anna)
        session = client.session
        second_factor.mark(session, world.els)
        session.save()
        assert client.get("/admin/")["Location"] == ENROL

    def test_a_role_that_comes_during_a_session_asks(self, world):
        client = Client()
        client.force_login(world.piet)
        User.objects.filter(pk=world.piet.pk).update(
            is_therapist=True, practice=world.anna.practice
        )
        assert client.get("/admin/")["Location"] == ENROL


# ------------------------------------------------------------ getting one


class TestEnrolment:
    def pending(self, client) -> str:
        return decrypt(client.session[totp.PENDING])

    def test_an_app(self, client, cast, clock):
        log_in(client)
        assert client.get("/admin/")["Location"] == ENROL
        page = client.get(ENROL)
        secret = self.pending(client)
        assert totp.Setup(secret, "").letters in words(page)
        assert 'class="qr-code" src="data:image/svg+xml' in page.content.decode()
        before = client.session.session_key
        code = app_code(secret)
        page = client.post(ENROL, {"code": code})
        assert len(re.findall(r"\b\d{4} \d{4}\b", words(page))) == 10
        assert client.session.session_key != before
        assert not LoginSession.objects.filter(session_key=before).exists()
        assert client.get("/admin/").status_code == 200
        assert mail.outbox[-1].to == [ANNA] and "app" in mail.outbox[-1].body
        acts = AccessEvent.objects.filter(actor=cast.anna.uuid).values_list("action", flat=True)
        assert {"add authenticator app", "print codes"} <= set(acts)
        # The code that set it up opens nothing more.
        assert not totp.accepts(cast.anna, code)

    def test_a_wrong_code_keeps_the_page_and_its_secret(self, client, cast):
        log_in(client)
        client.get(ENROL)
        secret = self.pending(client)
        page = client.post(ENROL, {"code": "12"})
        assert "klopt niet" in words(page) and self.pending(client) == secret
        assert not Authenticator.objects.exists()
        assert client.get("/admin/")["Location"] == ENROL

    def test_the_secret_is_nowhere_in_clear(self, client, cast):
        log_in(client)
        client.get(ENROL)
        secret = self.pending(client)
        row = LoginSession.objects.get(session_key=client.session.session_key)
        assert secret not in str(row.get_decoded())
        give_app(cast.els)
        held = Authenticator.objects.get(user=cast.els).data["secret"]
        assert decrypt(held) not in held and len(decrypt(held)) == 32

    def test_a_passkey(self, client, cast):
        log_in(client)
        page = client.get(ENROL).content.decode()
        options = json.loads(re.search(r'id="passkey-options"[^>]*>(.*?)</script>', page, re.S)[1])
        phone = Phone()
        page = client.post(ENROL, {"credential": phone.make(options)})
        assert len(re.findall(r"\b\d{4} \d{4}\b", words(page))) == 10
        assert client.get("/admin/").status_code == 200
        # And alone it is both steps.
        other, use = Client(), reverse("mfa_login_webauthn")
        asked = other.get(use, HTTP_ACCEPT="application/json").json()["request_options"]
        other.post(use, {"credential": phone.use(asked)})
        assert other.get("/admin/").status_code == 200

    def test_no_passkey_is_refused_in_words(self, client, cast):
        log_in(client)
        page = client.post(ENROL, {"credential": "{"}, follow=True)
        assert "Dat lukte niet." in words(page)

    def test_only_after_a_fresh_login(self, client, cast):
        password_only(client, cast.anna)
        assert client.get(ENROL)["Location"].startswith(reverse("account_reauthenticate"))

    def test_ends_what_was_open_elsewhere(self, client, cast):
        log_in(other := Client())
        log_in(client)
        client.get(ENROL)
        secret = self.pending(client)
        client.post(ENROL, {"code": app_code(secret)})
        assert other.get(ENROL)["Location"].startswith(LOGIN)


# ------------------------------------------------------------ using it


class TestLogin:
    @pytest.fixture(autouse=True)
    def app(self, cast, clock):
        return give_app(cast.anna)

    def test_password_then_code(self, client, cast):
        assert log_in(client)["Location"] == STEP
        assert not is_in(client) and not mail.outbox
        key = client.session.session_key
        assert client.post(STEP, {"code": code_of(cast.anna)})["Location"] == "/"
        assert client.session.session_key != key
        assert client.get("/admin/").status_code == 200

    def test_a_used_code_is_worth_nothing(self, client, cast, clock):
        """As long as it would be right: a minute and a half, in another browser too."""
        code = code_of(cast.anna)
        log_in(client)
        client.post(STEP, {"code": code})
        clock(seconds=31)
        log_in(other := Client())
        other.post(STEP, {"code": code})
        assert not is_in(other)
        other.post(STEP, {"code": code_of(cast.anna, 1)})
        assert is_in(other)

    @pytest.mark.parametrize(
        ("steps", "opens"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
    )
    def test_a_clock_may_be_off_by_half_a_minute(self, client, cast, steps, opens):
        log_in(client)
        client.post(STEP, {"code": code_of(cast.anna, steps)})
        assert is_in(client) is opens

    def test_six_wrong_codes_and_it_waits(self, client, cast, clock):
        right = code_of(cast.anna)
        wrong = f"{(int(right) + 1) % 1_000_000:06}"
        log_in(client)
        for _time in range(5):
            assert "klopt niet" in words(client.post(STEP, {"code": wrong}))
        assert "te vaak fout" in words(client.post(STEP, {"code": right}))
        assert not is_in(client)
        clock(minutes=10, seconds=1)
        client.post(STEP, {"code": code_of(cast.anna)})
        assert is_in(client)

    def test_a_code_of_the_list_once(self, client, cast):
        codes = second_step.new_list(cast.anna)
        log_in(client)
        client.post(STEP, {"code": codes[0]})
        assert is_in(client)
        log_in(other := Client())
        other.post(STEP, {"code": codes[0]})
        assert not is_in(other)
        held = str(list(OneTimeCode.objects.values()))
        assert not [code for code in codes if code.replace(" ", "") in held]

    def test_no_code_by_mail(self, client, cast):
        log_in(client)
        client.post(STEP, {"send": "1"})
        assert not mail.outbox

    def test_asked_once_in_twelve_hours_on_a_device(self, client, cast, clock):
        log_in(client)
        client.post(STEP, {"code": code_of(cast.anna)})
        assert client.cookies["device"]["max-age"] <= 12 * 3600 + 60
        clock(hours=11)
        assert client.get("/admin/").status_code == 302  # idle
        assert log_in(client)["Location"] == "/"
        assert client.get("/admin/").status_code == 200
        assert client.get(DEVICES)["Location"].startswith(AGAIN)  # a password changes no factor
        assert log_in(Client())["Location"] == STEP
        clock(minutes=29)
        assert client.get("/admin/").status_code == 200
        clock(minutes=29)
        assert client.get("/admin/").status_code == 200
        clock(minutes=3)  # twelve hours after the code, not after the last login
        assert client.get("/admin/").status_code == 302
        assert log_in(client)["Location"] == STEP

    def test_a_device_without_a_factor_vouches_for_nothing(self, client, cast):
        """Trusted before there were second factors, or by the box on the login page."""
        Authenticator.objects.all().delete()
        log_in(client, own_device="on")
        client.get("/admin/")
        assert not TrustedDevice.objects.exists()
        client.cookies["device"] = "a-token-of-old"
        from rugpijn.login import devices

        TrustedDevice.objects.create(
            user=cast.anna,
            token_hash=devices.digest("a-token-of-old"),
            name="x",
            expires_at=TrustedDevice._meta.get_field("created_at").default() + devices.TRUSTED_FOR,
        )
        give_app(cast.anna)
        client.post(reverse("account_logout"))
        assert log_in(client)["Location"] == STEP

    def test_a_trusted_device_of_staff_is_none_of_a_patient(self, client, cast):
        log_in(client)
        client.post(STEP, {"code": code_of(cast.anna)})
        client.get("/admin/")
        assert client.session.get_expire_at_browser_close()
        assert client.post(DEVICES, {"trust": "1"}).status_code == 404


class TestAskedOnceMore:
    @pytest.fixture
    def anna(self, client, cast, clock):
        give_app(cast.anna)
        log_in(client)
        client.post(STEP, {"code": code_of(cast.anna)})
        clock(minutes=16)
        return client

    def test_with_the_factor_and_not_the_password(self, anna, cast):
        asked = anna.get(DEVICES)["Location"]
        assert asked.startswith(AGAIN)
        password = reverse("account_reauthenticate")
        sent = anna.post(password, {"password": PASSWORD, "next": DEVICES})
        assert sent["Location"].startswith(AGAIN)
        assert anna.get(DEVICES).status_code == 302
        assert anna.get(asked).status_code == 200
        answer = anna.post(AGAIN, {"code": code_of(cast.anna), "next": DEVICES})
        assert answer["Location"] == DEVICES
        assert anna.get(DEVICES).status_code == 200

    def test_a_form_survives(self, anna, cast):
        log_in(other := Client())
        other.post(STEP, {"code": code_of(cast.anna)})
        asked = anna.post(DEVICES, {"others": "1"})["Location"]
        back = anna.post(asked, {"code": code_of(cast.anna, 1), "next": DEVICES})
        page = anna.get(back["Location"], follow=True)
        anna.post(DEVICES, form_to(page, DEVICES).data())
        assert LoginSession.objects.filter(user=cast.anna).count() == 1

    def test_stays_on_this_site(self, anna, cast):
        answer = anna.post(AGAIN, {"code": code_of(cast.anna), "next": "https://evil.example"})
        assert answer["Location"] == "/"


# ------------------------------------------------------------ losing it


class TestKeeping:
    def test_the_last_one_is_replaced_and_not_removed(self, client, cast, clock):
        old = give_app(cast.anna)
        log_in(client)
        client.post(STEP, {"code": code_of(cast.anna)})
        page = client.post(DEVICES, {"remove_app": "1"}, follow=True)
        assert "enige tweede stap" in words(page)
        assert Authenticator.objects.filter(pk=old.pk).exists()
        assert 'name="remove_app"' not in page.content.decode()
        client.get(ENROL)
        secret = decrypt(client.session[totp.PENDING])
        code = app_code(secret)
        client.post(ENROL, {"code": code})
        new = Authenticator.objects.get(user=cast.anna)
        assert new.pk != old.pk and decrypt(new.data["secret"]) == secret

    def test_the_last_passkey_of_staff_stays(self, client, cast):
        fresh_login(client, cast.anna)
        page = client.get(reverse("passkey_add")).content.decode()
        options = json.loads(re.search(r'id="passkey-options"[^>]*>(.*?)</script>', page, re.S)[1])
        client.post(reverse("passkey_add"), {"credential": Phone().make(options)})
        key = passkeys.of(cast.anna).get()
        session = client.session  # a passkey was used a moment ago
        session["account_authentication_methods"] = [{"method": "mfa", "at": time.time()}]
        session.save()
        page = client.post(DEVICES, {"remove": "1", "passkey": key.pk}, follow=True)
        assert "enige tweede stap" in words(page)
        give_app(cast.anna)
        client.post(DEVICES, {"remove": "1", "passkey": key.pk})
        assert not passkeys.of(cast.anna).exists()

    def test_one_of_two_may_go_and_it_is_told(self, client, cast, clock):
        give_app(cast.anna)
        log_in(client)
        client.post(STEP, {"code": code_of(cast.anna)})
        passkeys.of(cast.anna).create(user=cast.anna, type="webauthn", data={"name": "x"})
        log_in(other := Client())
        mail.outbox.clear()
        assert client.post(DEVICES, {"remove_app": "1"})["Location"] == DEVICES
        assert not Authenticator.objects.filter(type="totp").exists()
        assert mail.outbox[0].to == [ANNA] and not is_in(other)
