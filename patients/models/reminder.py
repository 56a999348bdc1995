"""The times at which a patient wants to exercise, reminders by mail, and the calendar link."""

import hashlib
import secrets
import uuid
from datetime import date, time

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .of_patient import OfPatient
from .patient import Patient

EVERY_DAY = "1234567"


class ReminderPlan(OfPatient):
    """The times and days that a patient chose, and whether a mail is sent then.

    Mail needs separate consent: it is off until the patient asks for it, and one press stops it.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    patient = models.OneToOneField(Patient, models.CASCADE, related_name="reminder_plan")
    first = models.TimeField(_("first time"))
    second = models.TimeField(_("second time"), null=True, blank=True)
    third = models.TimeField(_("third time"), null=True, blank=True)
    days = models.CharField(_("days"), max_length=7, default=EVERY_DAY)  # 1 is Monday
    by_mail = models.BooleanField(_("by e-mail"), default=False)
    changed_at = models.DateTimeField(default=timezone.now)
    # When the mails were stopped with the link in one of them.
    stopped_at = models.DateTimeField(null=True, blank=True)

    @property
    def times(self) -> tuple[time, ...]:
        """The chosen times, sorted and without duplicates."""
        return tuple(sorted({at for at in (self.first, self.second, self.third) if at is not None}))

    def holds_on(self, day: date) -> bool:
        return str(day.isoweekday()) in self.days


class Reminder(OfPatient):
    """One mail to one patient for one time of one day. The row is stored before the mail is sent.

    Without `sent_at` and `refused_at` the run was interrupted: it is not known whether the mail was
    sent, and it is not sent again. A mail that the mail server refused may be tried again.
    """

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="reminders")
    day = models.DateField()
    slot = models.TimeField()
    taken_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=1)
    refused_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "day", "slot"], name="one_reminder_a_patient_day_and_slot"
            )
        ]


class CalendarLink(OfPatient):
    """The secret address of a patient's calendar, which shows the times and nothing else.

    Only its hash is stored. A new address replaces the old one.
    """

    patient = models.OneToOneField(Patient, models.CASCADE, related_name="calendar_link")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)

    @staticmethod
    def digest(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()

    @classmethod
    def renew(cls, patient: Patient) -> str:
        """Make a new address and return its token, of which only the hash is stored."""
        token = secrets.token_urlsafe(32)  # 256 bits
        cls.objects.update_or_create(
            patient=patient,
            defaults={"token_hash": cls.digest(token), "made_at": timezone.now()},
        )
        return token

    @classmethod
    def find(cls, token: str) -> "CalendarLink | None":
        links = cls.objects.select_related("patient__user", "patient__reminder_plan")
        return links.filter(token_hash=cls.digest(token)).first()
