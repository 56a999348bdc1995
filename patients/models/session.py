"""Logged sessions: the exercises that a patient did."""

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exercises.dosage import LIMITS

from .. import clinical
from ..access import OfPatientQuerySet
from ..phone_clock import can_be, day_can_be
from .of_patient import OfPatient
from .patient import Patient
from .programme import Version

PAIN = (clinical.PAIN_LEAST, clinical.PAIN_MOST)  # not answered is None
MOMENTS = LIMITS["per_day"]  # the first and the last moment that a day may have


class SessionLogQuerySet(OfPatientQuerySet):
    def held(self):
        """Return the last act of each line, day and moment, which is the one that counts."""
        return self.filter(~Exists(newer_acts()))


def newer_acts() -> QuerySet:
    """For a subquery: later acts about the same line, day and moment.

    The order is the patient's own count of acts (`sequence`), not the time of arrival or a clock:
    a phone that was offline sends its acts in any order. Two devices that were offline may use the
    same number; the operation then decides.
    """
    return SessionLog.objects.filter(
        Q(sequence__gt=OuterRef("sequence"))
        | Q(sequence=OuterRef("sequence"), operation__gt=OuterRef("operation")),
        patient=OuterRef("patient"),
        line=OuterRef("line"),
        day=OuterRef("day"),
        moment=OuterRef("moment"),
    ).order_by()


class SessionLog(OfPatient):
    """One act of logging: a line was done or undone at a moment of a day, and how it went.

    Rows are added and never changed. The last act about a line, day and moment counts (by
    `sequence`, then `operation`). `sets`, `reps`, `hold` and `duration` (in seconds) are what was
    done if it differs from what was given; empty is as given.
    """

    class Effort(models.TextChoices):
        EASY = "easy", _("easy")
        RIGHT = "right", _("just right")
        HARD = "hard", _("hard")

    is_new = False  # write_once() sets it on a row that it stored
    AMOUNTS = ("sets", "reps", "hold", "duration")

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="sessions")
    operation = models.UUIDField(_("operation"))
    version = models.ForeignKey(Version, models.CASCADE, related_name="sessions")
    line = models.UUIDField(_("line"))
    day = models.DateField(_("day"))
    moment = models.PositiveSmallIntegerField(_("moment of the day"))
    done = models.BooleanField(_("done"))
    pain = models.PositiveSmallIntegerField(_("pain"), null=True, blank=True)
    effort = models.CharField(_("how hard it was"), max_length=5, choices=Effort, blank=True)
    sets = models.PositiveSmallIntegerField(_("sets"), null=True, blank=True)
    reps = models.PositiveSmallIntegerField(_("repetitions"), null=True, blank=True)
    hold = models.PositiveSmallIntegerField(_("hold in seconds"), null=True, blank=True)
    duration = models.PositiveSmallIntegerField(_("duration in seconds"), null=True, blank=True)
    # The number of this act: each device counts on from the highest number that it knows.
    sequence = models.BigIntegerField(default=0)
    performed_at = models.DateTimeField(_("done at"))
    received_at = models.DateTimeField(_("received at"), default=timezone.now)
    # The phone's clock gave an impossible day; `day` is when the act arrived.
    clock_was_off = models.BooleanField(_("the phone's clock was wrong"), default=False)

    objects = SessionLogQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["sequence", "operation"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "operation"], name="operation_counts_once_per_patient"
            ),
            models.CheckConstraint(
                name="pain_from_0_to_10",
                condition=Q(pain__isnull=True) | Q(pain__range=PAIN),
                violation_error_message=_("Pain is a whole number from 0 to 10."),
            ),
            models.CheckConstraint(
                name="moment_of_the_day",
                condition=Q(moment__range=MOMENTS),
                violation_error_message=_("There is no such moment of the day."),
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "day"], name="session_by_day"),
            models.Index(fields=["patient", "sequence"], name="session_by_sequence"),
        ]

    @classmethod
    def from_db(cls, db, field_names, values):
        """Read an impossible time of a phone's clock as the moment at which the row arrived."""
        row = super().from_db(db, field_names, values)
        if not row.get_deferred_fields() & {"day", "performed_at", "received_at"}:
            arrived = row.received_at
            if not can_be(row.performed_at, arrived):
                row.performed_at, row.clock_was_off = arrived, True
            if not day_can_be(row.day, arrived):
                row.day, row.clock_was_off = timezone.localdate(arrived), True
        return row

    @property
    def filled_in_later(self) -> bool:
        """Whether it was logged on a later day than the one it is about."""
        return timezone.localdate(self.performed_at) > self.day
