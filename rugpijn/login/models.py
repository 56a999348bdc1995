"""Tables of logging in: sessions, trusted devices, codes on paper, forms that were sent after a
session had ended, and access changes that wait.

Of a token or a code only a hash is stored, so a copy of the database logs nobody in.
"""

import uuid
from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class TrustedDevice(models.Model):
    """A browser of which somebody ticked “This is my own device”. It counts for thirty days."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="trusted_devices"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=80)  # such as “Chrome on Android”
    created_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    factor_at = models.DateTimeField(null=True)  # when staff gave their second factor here

    class Meta:
        verbose_name = _("trusted device")
        verbose_name_plural = _("trusted devices")
        ordering = ["-last_seen_at", "-pk"]

    def __str__(self):
        return self.name


class LoginSession(AbstractBaseSession):
    """A session with its person, so that sessions can be listed and ended in one query. It is
    deleted with that person, and with the trusted device that it belongs to."""

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
        return import_module(settings.SESSION_ENGINE).SessionStore

    @property
    def public_id(self) -> str:
        """Names a session on a page. Its key is as good as a password and is never shown."""
        return salted_hmac("rugpijn.session", self.session_key, algorithm="sha256").hexdigest()[:32]


class OneTimeCode(models.Model):
    """One code of a printed list: the second step of somebody without e-mail."""

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


class KeptForm(models.Model):
    """What somebody typed and could not send. It is shown to that person only, for an hour. It
    never holds passwords or codes. `saving/kept_forms.py` stores and deletes it."""

    LASTS = timedelta(hours=1)

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="kept_forms")
    at = models.DateTimeField(default=timezone.now)
    shown = models.BooleanField(default=False)
    content = models.TextField()  # `kept.Typed` in JSON; a JSON column would refuse a NUL

    class Meta:
        verbose_name = _("form that was kept")
        verbose_name_plural = _("forms that were kept")
        ordering = ["pk"]

    def __str__(self):
        return str(self.at)  # never its content


class AccessChange(models.Model):
    """A change to how somebody logs in that the operator of the server asks for.

    It waits until `works_at`, unless an owner of the practice confirms it; see `access_changes.py`.
    A `LOCKED` row never waits: it records that the operator took a role or an account away.
    """

    class Kind(models.TextChoices):
        EMAIL = "email", _("another e-mail address")
        FACTOR = "factor", _("a new second step")
        ROLES = "roles", _("another role")
        OPENED = "opened", _("the account opened again")
        INVITATION = "invitation", _("a link to choose a first password")
        LOCKED = "locked", _("a role or the account taken away")

    class Outcome(models.TextChoices):
        OPEN = "", _("waits")
        DONE = "done", _("in force")
        REFUSED = "refused", _("refused")
        FAILED = "failed", _("not possible any more")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    practice = models.ForeignKey("rugpijn.Practice", models.CASCADE, related_name="access_changes")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="access_changes"
    )
    invitation = models.ForeignKey(
        "rugpijn.StaffInvitation", models.CASCADE, null=True, related_name="access_changes"
    )
    email = models.EmailField(blank=True)  # the new address
    roles = models.CharField(max_length=40, blank=True)  # names of fields, separated by spaces
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    asked_name = models.CharField(max_length=120, blank=True)  # empty: typed on the server
    works_at = models.DateTimeField()
    outcome = models.CharField(
        max_length=8, choices=Outcome.choices, default=Outcome.OPEN, blank=True
    )
    settled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("change to how somebody logs in")
        verbose_name_plural = _("changes to how somebody logs in")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind"],
                condition=models.Q(outcome=""),
                name="access_change_waits_once_a_person",
            ),
            models.UniqueConstraint(
                fields=["invitation"],
                condition=models.Q(outcome=""),
                name="access_change_waits_once_an_invitation",
            ),
        ]

    def __str__(self):
        return f"{self.who}: {self.get_kind_display()}"

    @property
    def who(self) -> str:
        """The name of the person whose access changes."""
        return (self.person or self.invitation).name

    @property
    def what(self) -> str:
        """The kind of change, with the new address, the address of the link, or the roles."""
        details = [self.email, self.invitation.email if self.invitation else "", *self.role_names]
        details = ", ".join(str(detail) for detail in details if detail)
        return f"{self.get_kind_display()} ({details})" if details else self.get_kind_display()

    @property
    def by(self) -> str:
        """Who asked for it, as the subject of a sentence."""
        if not self.asked_name:
            return gettext("Somebody working on the server")
        return gettext("%s, who runs the server,") % self.asked_name

    @property
    def role_names(self) -> list[str]:
        """The labels of the roles that it gives."""
        if self.kind != self.Kind.ROLES:
            return []
        model = self._meta.get_field("person").related_model
        return [model._meta.get_field(role).verbose_name for role in self.roles.split()]
