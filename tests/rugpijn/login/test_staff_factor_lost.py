"""A second factor that was lost is reset, and what is told about keys."""

import time

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from rugpijn.audit import AccessEvent
from rugpijn.login import passkeys, second_step, totp
from rugpijn.models import OneTimeCode, TrustedDevice
from rugpijn.operations import checks
from tests.authenticator_app import app_code
from tests.conftest import fresh_login

from .staff_steps import ANNA, DEVICES, ENROL, LOGIN, STEP, code_of, give_app, log_in, words

pytestmark = pytest.mark.django_db


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


class TestReset:
    def address(self, person):
        return reverse("admin:rugpijn_user_factor", args=[person.pk])

    def test_the_owner_lets_a_colleague_begin_anew(
        self, client, cast, clock, django_capture_on_commit_callbacks
    ):
        give_app(cast.anna)
        second_step.new_list(cast.anna)
        log_in(colleague := Client())
        colleague.post(STEP, {"code": code_of(cast.anna)})
        colleague.get("/admin/")
        fresh_login(client, cast.els)
        assert "Anna de Wit" in words(client.get(self.address(cast.anna)))
        assert Authenticator.objects.exists()  # looking does nothing
        with django_capture_on_commit_callbacks(execute=True):
            client.post(self.address(cast.anna))
        assert not Authenticator.objects.exists() and not OneTimeCode.objects.exists()
        assert not TrustedDevice.objects.exists()
        assert colleague.get(ENROL)["Location"].startswith(LOGIN)
        assert mail.outbox[-1].to == [ANNA]
        act = AccessEvent.objects.get(action="reset second factor")
        assert (act.actor, act.object_id) == (cast.els.uuid, str(cast.anna.uuid))
        log_in(colleague)
        assert colleague.get("/admin/")["Location"] == ENROL

    def test_not_the_own_one(self, client, cast, clock):
        give_app(cast.els)
        log_in(client, "els@linde.example")
        client.post(STEP, {"code": code_of(cast.els)})
        assert client.post(self.address(cast.els))["Location"] == DEVICES
        assert Authenticator.objects.exists()

    def test_who_runs_the_server_has_a_command(self, client, cast, clock):
        give_app(cast.root)
        log_in(client, "root@server.example")
        client.post(STEP, {"code": code_of(cast.root)})
        call_command("reset_second_factor", "ROOT@server.example")
        assert not Authenticator.objects.exists()
        assert client.get(ENROL)["Location"].startswith(LOGIN)


# ------------------------------------------------------------ keys and the demo


class TestKeys:
    def test_the_first_encrypts_and_each_decrypts(self, settings):
        adapter = passkeys.PasskeyAdapter()
        settings.MFA_KEY = ["old"]
        held = adapter.encrypt("geheim")
        settings.MFA_KEY = ["new", "old"]
        assert adapter.decrypt(held) == "geheim"
        again = adapter.encrypt("geheim")
        settings.MFA_KEY = ["new"]
        assert adapter.decrypt(again) == "geheim"
        with pytest.raises(Exception, match=r"^$"):
            adapter.decrypt(held)

    @pytest.mark.parametrize("keys", [[], ["short"], ["a" * 60]])
    def test_production_refuses_to_start_without(self, settings, keys):
        settings.MFA_KEY = keys
        assert checks.NO_MFA_KEY in checks.dangers()

    def test_nor_with_the_code_of_the_demo(self, settings, cast):
        settings.MFA_TOTP_INSECURE_BYPASS_CODE = "123456"
        assert checks.BYPASS in checks.dangers()
        give_app(cast.anna)
        with pytest.raises(ImproperlyConfigured):  # and without DEBUG it is worth nothing
            totp.accepts(cast.anna, "123456")
        settings.DEBUG = True
        assert totp.accepts(cast.anna, "123456")
        del settings.MFA_TOTP_INSECURE_BYPASS_CODE
        assert not totp.accepts(cast.anna, "123456")
        assert checks.BYPASS not in checks.dangers()

    def test_codes_are_those_of_rfc_6238(self, cast, monkeypatch):
        secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # its appendix B
        totp.add(cast.anna, secret)
        monkeypatch.setattr(time, "time", lambda: 59)
        assert app_code(secret) == "287082" and totp.accepts(cast.anna, "287082")

    def test_who_has_no_app_is_not_let_in_by_it(self, settings, cast):
        settings.DEBUG, settings.MFA_TOTP_INSECURE_BYPASS_CODE = True, "123456"
        assert not totp.accepts(cast.anna, "123456")
