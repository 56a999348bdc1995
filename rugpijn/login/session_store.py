"""Where sessions are stored, and the keys under which a session keeps what this app needs."""

from datetime import UTC, datetime

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from ..web import unavailable

BEGAN, SEEN, NAME, DEVICE = "began", "seen", "device_name", "trusted_device"


class SessionStore(DatabaseStore):
    """Django's store in the database, with the columns that the list of sessions needs."""

    @classmethod
    def get_model_class(cls):
        from .models import LoginSession  # in here, as in Django: loaded before the models

        return LoginSession

    def create_model_instance(self, data):
        row = super().create_model_instance(data)
        row.user_id = data.get(SESSION_KEY)
        row.device_id = (data.get(DEVICE) or {}).get("pk")
        row.name = data.get(NAME, "")
        row.began_at, row.seen_at = _moment(data.get(BEGAN)), _moment(data.get(SEEN))
        return row

    def save(self, must_create=False):
        """Save the session, and raise a passing error of the database as it is: that gets 503.
        Django takes each error for a session that was ended meanwhile, and answers 400."""
        try:
            super().save(must_create)
        except UpdateError as error:
            cause = error.__context__
            if unavailable.kind(cause):
                raise cause  # noqa: B904  not `from`: the error of the driver stays its cause
            raise


def _moment(seconds) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
