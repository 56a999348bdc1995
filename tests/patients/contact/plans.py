"""Reminders at a time of day, and a run that sends them."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from django.utils import timezone

from patients.models import ReminderPlan

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def at(hour, minute=0, day=None):
    """A time on the clock of today, or of another day."""
    day = day or timezone.localdate()
    return datetime.combine(day, time(hour, minute), tzinfo=AMSTERDAM)


def make_plan(patient, **fields):
    chosen = {"first": time(9), "second": time(19), "by_mail": True, "changed_at": LONG_AGO}
    return ReminderPlan.objects.create(patient=patient, **{**chosen, **fields})
