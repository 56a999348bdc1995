"""Logging in as staff do, with a code of their app."""

import re
from html import unescape

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.urls import reverse

from rugpijn.login import totp
from tests.authenticator_app import app_code
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
    return app_code(secret, steps)


def give_app(user) -> Authenticator:
    return totp.add(user, totp.new_secret())
