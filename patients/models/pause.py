"""Pauses of a programme."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rugpijn.models import User
from rugpijn.validators import printable

from .of_patient import OfProgramme
from .programme import Programme


class Pause(OfProgramme):
    """A pause from `from_on` until the day before `until_on`; None while its end is not known."""

    NOTE_LENGTH = 200

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="pauses")
    from_on = models.DateField(_("first day of the pause"))
    until_on = models.DateField(_("goes on again on"), null=True, blank=True)
    # For the practice: not on the patient's pages, but in a copy of the record.
    note = models.CharField(_("note"), max_length=NOTE_LENGTH, blank=True, validators=[printable])
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["programme", "from_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme"],
                condition=Q(until_on__isnull=True),
                name="one_open_pause_a_programme",
                violation_error_message=_("This programme is paused already."),
            ),
            models.CheckConstraint(
                name="pause_lasts_a_day_or_more",
                condition=Q(until_on__isnull=True) | Q(until_on__gt=F("from_on")),
                violation_error_message=_("A programme goes on after its pause began."),
            ),
        ]

    def holds_on(self, day: date) -> bool:
        """Whether the programme is paused on this day."""
        return self.from_on <= day and (self.until_on is None or day < self.until_on)

    def overlaps(self, other: "Pause") -> bool:
        ends_before = self.until_on is not None and self.until_on <= other.from_on
        begins_after = other.until_on is not None and other.until_on <= self.from_on
        return not (ends_before or begins_after)


def days_off(pauses: Iterable[Pause], last: date) -> frozenset[date]:
    """Return the days until `last` that ask for nothing: those of each pause, and the day after it.

    The day on which a programme goes on is not a whole day, like its first day: the therapist may
    restart it at noon, and then nothing was asked that morning.
    """
    return frozenset(
        pause.from_on + timedelta(days=number)
        for pause in pauses
        for number in range((min(pause.until_on or last, last) - pause.from_on).days + 1)
    )
