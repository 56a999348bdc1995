"""What the database knows of logins: sessions, trusted devices, and one-time codes on paper.

Nothing here opens a door by itself: of what a person or a browser holds, only a hash is kept.
"""

import uuid

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _


class TrustedDevice(models.Model):
    """A browser whose owner said: this is my own. It is asked less, for thirty days."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="trusted_devices"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=80)  # such as “Chrome on Android”
    created_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    # When a second factor was given here: of staff only, and only then the device vouches.
    factor_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("trusted device")
        verbose_name_plural = _("trusted devices")
        ordering = ["-last_seen_at", "-pk"]

    def __str__(self):
        return self.name


class LoginSession(AbstractBaseSession):
    """A session that knows whose it is: listed for its owner, and ended in one question.

    It goes with its person, and with the trusted device that it belongs to.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="login_sessions"
    )
    device = models.ForeignKey(TrustedDevice, models.CASCADE, null=True, related_name="sessions")
    name = models.CharField(max_length=80, blank=True)
    began_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    class Meta(AbstractBaseSession.Meta):
        verbose_name = _("login")
        verbose_name_plural = _("logins")

    @classmethod
    def get_session_store_class(cls):
        from .sessions import SessionStore

        return SessionStore

    @property
    def public_id(self) -> str:
        """Names a session on a page: its key is as good as a password and stays on the server."""
        return salted_hmac("rugpijn.session", self.session_key, algorithm="sha256").hexdigest()[:32]


class OneTimeCode(models.Model):
    """One code of a printed list: the second step of someone without e-mail."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="one_time_codes"
    )
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("one-time code")
        verbose_name_plural = _("one-time codes")
        constraints = [
            models.UniqueConstraint(fields=["user", "code_hash"], name="one_time_code_once")
        ]
