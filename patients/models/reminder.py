"""When a patient wants to exercise: reminded by mail, and in the patient's own calendar."""

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
    """The times and days that a patient chose, and whether a mail comes then.

    By mail is a consent of its own: it is off until it is asked for, and stopped by one press.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    patient = models.OneToOneField(Patient, models.CASCADE, related_name="reminder_plan")
    first = models.TimeField(_("first time"))
    second = models.TimeField(_("second time"), null=True, blank=True)
    third = models.TimeField(_("third time"), null=True, blank=True)
    days = models.CharField(_("days"), max_length=7, default=EVERY_DAY)  # 1 is Monday
    by_mail = models.BooleanField(_("by e-mail"), default=False)
    changed_at = models.DateTimeField(default=timezone.now)
    stopped_at = models.DateTimeField(null=True, blank=True)  # the mails, by a press in one of them

    @property
    def times(self) -> tuple[time, ...]:
        """In the order of the day, each once."""
        return tuple(sorted({at for at in (self.first, self.second, self.third) if at is not None}))

    def holds_on(self, day: date) -> bool:
        return str(day.isoweekday()) in self.days


class Reminder(OfPatient):
    """One mail of one patient for one time of one day: the row comes first, then the mail.

    A row without `sent_at` and `refused_at` was cut off between the two: nobody knows whether the
    mail went, and it is not sent again. What a mail server refused may be tried again.
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
    """The address of a patient's calendar. Whoever has it can read the times and nothing else.

    The database keeps its hash only; a new one makes the old one worthless.
    """

    patient = models.OneToOneField(Patient, models.CASCADE, related_name="calendar_link")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)

    @staticmethod
    def digest(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()

    @classmethod
    def renew(cls, patient: Patient) -> str:
        """A new address: its token, shown now and never again."""
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
