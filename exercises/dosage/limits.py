"""What each part of a dosage may be, and what it is called."""

from decimal import Decimal

from django.utils.translation import gettext_lazy

LIMITS = {
    "per_day": (1, 12),
    "days_per_week": (1, 7),
    "every_days": (2, 14),
    "sets": (1, 20),
    "reps": (1, 100),
    "reps_max": (2, 100),
    "hold": (1, 600),  # seconds, as are rest and duration
    "rest": (1, 600),
    "load": (Decimal("0.25"), Decimal("200")),  # kg
    "duration": (5, 7200),
}
LABELS = {
    "per_day": gettext_lazy("Times a day"),
    "days_per_week": gettext_lazy("Days a week"),
    "every_days": gettext_lazy("Every so many days"),
    "sets": gettext_lazy("Sets"),
    "reps": gettext_lazy("Repetitions"),
    "reps_max": gettext_lazy("Repetitions at most"),
    "hold": gettext_lazy("Hold in seconds"),
    "side": gettext_lazy("Side"),
    "rest": gettext_lazy("Rest in seconds"),
    "load": gettext_lazy("Load in kg"),
    "duration": gettext_lazy("Duration in seconds"),
}
SIDES = ("", "each", "left", "right")
MAX_LENGTH = 200
MANY_SETS = 10  # above it, `15x3` may as well mean 3 sets of 15: the notation then says "sets"
