"""What the patient did."""

from django.db import models
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exercises.dosage import LIMITS

from .. import clinical
from ..access import OfPatientQuerySet
from .patient import Patient
from .programme import Version

PAIN = (clinical.PAIN_LEAST, clinical.PAIN_MOST)  # not answered is None
MOMENTS = LIMITS["per_day"]  # first, second, … moment of the day


class SessionLogQuerySet(OfPatientQuerySet):
    def held(self):
        """Of each line, day and moment the last row: what holds now. A subquery, not a query."""
        subject = ("version__programme", "line", "day", "moment")
        newest = self.order_by().values(*subject).annotate(newest=Max("pk")).values("newest")
        return SessionLog.objects.filter(pk__in=newest)


class SessionLog(models.Model):
    """One act of logging: this line, this moment of this day, done or undone, and the pain.

    Rows are added and never changed. The last row about a line, day and moment
    is what holds; the rows before it are how it came about.
    """

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="sessions")
    operation = models.UUIDField(_("operation"))
    version = models.ForeignKey(Version, models.CASCADE, related_name="sessions")
    line = models.UUIDField(_("line"))
    day = models.DateField(_("day"))
    moment = models.PositiveSmallIntegerField(_("moment of the day"))
    done = models.BooleanField(_("done"))
    pain = models.PositiveSmallIntegerField(_("pain"), null=True, blank=True)
    performed_at = models.DateTimeField(_("done at"))
    received_at = models.DateTimeField(_("received at"), default=timezone.now)

    objects = SessionLogQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["id"]
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
        indexes = [models.Index(fields=["patient", "day"], name="session_by_day")]

    @property
    def record_of(self) -> Patient:
        return self.patient
