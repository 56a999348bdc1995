"""Logging in step by step, on a telephone and a laptop."""

import re
from html import unescape

from django.test import RequestFactory
from django.urls import reverse

from rugpijn.login import devices
from rugpijn.models import User
from tests.conftest import PASSWORD

LOGIN, STEP, DEVICES = reverse("account_login"), reverse("second_step"), reverse("login_devices")
PHONE = {"HTTP_USER_AGENT": "Mozilla/5.0 (Linux; Android 14; K) Chrome/131.0.0.0 Mobile"}
LAPTOP = {"HTTP_USER_AGENT": "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/132.0"}


def log_in(client, name="piet@mail.example", password=PASSWORD, **more):
    return client.post(LOGIN, {"login": name, "password": password, **more})


def words(response):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def is_in(client) -> bool:
    return "_auth_user_id" in client.session


def trusted(client) -> bool:
    """What is_trusted says to a request of this client."""
    request = RequestFactory().get("/")
    request.COOKIES = {name: morsel.value for name, morsel in client.cookies.items()}
    request.session = client.session
    request.user = User.objects.get(pk=client.session["_auth_user_id"])
    return devices.is_trusted(request)
