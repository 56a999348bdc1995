"""The range and the label of each part of a dosage."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

LIMITS = {
    "per_day": (1, 12),
    "days_per_week": (1, 7),
    "every_days": (2, 14),
    "sets": (1, 20),
    "reps": (1, 100),
    "reps_max": (2, 100),
    "hold": (1, 600),  # seconds
    "rest": (1, 600),  # seconds
    "load": (Decimal("0.25"), Decimal("200")),  # kg
    "duration": (5, 7200),  # seconds
}
LABELS = {
    "per_day": _("Times a day"),
    "days_per_week": _("Days a week"),
    "every_days": _("Every so many days"),
    "sets": _("Sets"),
    "reps": _("Repetitions"),
    "reps_max": _("Repetitions at most"),
    "hold": _("Hold in seconds"),
    "side": _("Side"),
    "rest": _("Rest in seconds"),
    "load": _("Load in kg"),
    "duration": _("Duration in seconds"),
}
SIDES = ("", "each", "left", "right")
MAX_LENGTH = 200
MANY_SETS = 10  # with more sets `15x3` is ambiguous, so the notation is "15 series van 3"
