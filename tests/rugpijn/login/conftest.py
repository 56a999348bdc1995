"""x"""

import time
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from tests.conftest import fresh_login


@pytest.fixture
def clock(monkeypatch):
    """Moves the time that sessions look at."""
    now = {"later": 0.0}
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + now["later"])

    def later(**spans):
        now["later"] += timedelta(**spans).total_seconds()

    return later


@pytest.fixture
def by(cast, django_capture_on_commit_callbacks):
    """A browser of somebody; its acts are over, mails included, when it returns."""

    class Browser(Client):
        def post(self, *args, **kwargs):
            with django_capture_on_commit_callbacks(execute=True):
                return super().post(*args, **kwargs)

    def browser(name):
        client = Browser()
        if name is not None:
            fresh_login(client, getattr(cast, name))
        return client

    return browser


@pytest.fixture
def typed(django_capture_on_commit_callbacks):
    """A command on the server; says what it printed."""

    def command(*args, **options):
        out = StringIO()
        with django_capture_on_commit_callbacks(execute=True):
            call_command(*args, stdout=out, **options)
        return out.getvalue()

    return command
