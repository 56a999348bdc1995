"""Logging in as staff do, with a code of their app."""

import re
import time
from html import unescape

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from allauth.mfa.utils import decrypt
from django.urls import reverse

from tests.conftest import PASSWORD

LOGIN, STEP = reverse("account_login"), reverse("second_step")
ENROL, DEVICES = reverse("staff_factor"), reverse("login_devices")
ANNA = "anna@linde.example"


def log_in(client, name=ANNA, **more):
    return client.post(LOGIN, {"login": name, "password": PASSWORD, **more})


def words(response):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def code_of(user, steps=0) -> str:
    """What somebody's app shows now, or so many half minutes later."""
    secret = decrypt(Authenticator.objects.get(user=user, type="totp").data["secret"])
    return auth.format_hotp_value(auth.hotp_value(secret, int(time.time()) // 30 + steps))


def give_app(user) -> Authenticator:
    return auth.TOTP.activate(user, auth.generate_totp_secret()).instance
