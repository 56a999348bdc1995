"""Where sessions are kept, and under which names a session remembers what this app asks of it."""

from datetime import UTC, datetime

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from ..web import unavailable

BEGAN, SEEN, NAME, DEVICE = "began", "seen", "device_name", "trusted_device"


class SessionStore(DatabaseStore):
    """Django's own store of sessions, with the columns that a list of logins needs."""

    @classmethod
    def get_model_class(cls):
        from .models import LoginSession  # as Django does: settings name this module

        return LoginSession

    def create_model_instance(self, data):
        row = super().create_model_instance(data)
        row.user_id = data.get(SESSION_KEY)
        row.device_id = (data.get(DEVICE) or {}).get("pk")
        row.name = data.get(NAME, "")
        row.began_at, row.seen_at = _moment(data.get(BEGAN)), _moment(data.get(SEEN))
        return row

    def save(self, must_create=False):
        """Django takes every error of the database for a session that was ended meanwhile, and
        answers 400. One that passes is raised as it is, and answered with 503."""
        try:
            super().save(must_create)
        except UpdateError as error:
            why = error.__context__
            if unavailable.kind(why):
                raise why  # noqa: B904  not `from`: what the driver said stays its cause
            raise


def _moment(seconds) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
