"""The value of a dosage, its notation, and its sentence for the patient."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, Self

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from . import grammar
from .limits import LABELS, LIMITS, MANY_SETS, SIDES


@dataclass(frozen=True, slots=True)
class Dosage:
    """How much and how often. None means "not stated"; such a part is never printed.

    A hold is for each repetition. A rest is between sets, or between held repetitions when sets
    are not stated. A duration replaces repetitions. Raises ValueError with a sentence for the
    therapist when a part is out of range, or when parts do not go together.
    """

    per_day: int | None = None
    days_per_week: int | None = None
    every_days: int | None = None  # 2 is every other day
    sets: int | None = None
    reps: int | None = None
    reps_max: int | None = None  # the upper end of a range, such as 8-12
    hold: int | None = None  # seconds
    side: str = ""  # one of SIDES
    rest: int | None = None  # seconds
    load: Decimal | None = None  # kg
    duration: int | None = None  # seconds

    def __post_init__(self) -> None:
        for name in LIMITS:
            _check_limits(name, getattr(self, name))
        if self.side not in SIDES:
            raise ValueError(_("Side: choose left, right, each, or nothing."))
        if self.days_per_week is not None and self.every_days is not None:
            raise ValueError(
                _("Choose days a week or every so many days, such as “3x a week 3x8”, not both.")
            )
        if self.duration is not None:
            self._check_duration()
        elif self.reps is None:
            raise ValueError(
                _("Say how many repetitions or how long, such as “2x a day 10x” or “10 min”.")
            )
        elif self.reps_max is not None and self.reps_max <= self.reps:
            raise ValueError(_("Write the lower number of repetitions first, such as “3x8-12”."))
        if self.rest is not None and not self._has_pauses():
            raise ValueError(
                _(
                    "A rest needs at least two sets, such as “3x8 rest 30s”, "
                    "or held repetitions, such as “3x30s rest 30s”."
                )
            )

    def _check_duration(self) -> None:
        for name in ("sets", "reps", "reps_max", "hold", "rest"):
            if getattr(self, name) is not None:
                raise ValueError(
                    _("%(part)s does not go with a duration; write “2x a day 10 min” or “3x8 5s”.")
                    % {"part": LABELS[name]}
                )

    def _has_pauses(self) -> bool:
        if self.sets is not None:
            return self.sets >= 2
        return self.hold is not None and self.reps >= 2

    @property
    def moments(self) -> int:
        """How many times a day it is done. Not stated counts as once."""
        return 1 if self.per_day is None else self.per_day

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what a therapist types. Raises ValueError with a sentence that says what to type."""
        parts = grammar.read(text)
        try:
            return cls(**parts)
        except ValueError as error:  # a part is out of range, or parts do not go together
            raise ValueError(grammar.with_examples(str(error))) from error

    @property
    def notation(self) -> str:
        """The shorthand, the same in every language. `Dosage.parse` reads it back."""
        parts = []
        if self.per_day is not None:
            parts.append(f"{self.per_day}x per dag")
        if self.days_per_week is not None:
            parts.append(f"{self.days_per_week}x per week")
        if self.every_days is not None:
            parts.append("om de dag" if self.every_days == 2 else f"elke {self.every_days} dagen")
        if self.duration is not None:
            minutes, seconds = divmod(self.duration, 60)
            parts.append(f"{self.duration}s" if seconds else f"{minutes} min")
        else:
            parts.append(self._repetitions_in_short())
        if self.hold is not None:
            parts.append(f"{self.hold}s")
        if self.load is not None:
            parts.append(f"{_digits(self.load).replace('.', ',')}kg")
        if self.side:
            parts.append({"each": "l/r", "left": "links", "right": "rechts"}[self.side])
        if self.rest is not None:
            parts.append(f"rust {self.rest}s")
        return " ".join(parts)

    def _repetitions_in_short(self) -> str:
        """`3x10x`, or with many sets `15 series van 3`, because `15x3x` is ambiguous."""
        reps = f"{self.reps}" if self.reps_max is None else f"{self.reps}-{self.reps_max}"
        if self.sets is None:
            return f"{reps}x"
        if self.sets > MANY_SETS and self.sets > self.reps:
            return f"{self.sets} series van {reps}"
        return f"{self.sets}x{reps}x"

    def __str__(self) -> str:
        """The sentence for the patient, in the active language. No other code makes it."""
        when, dose = ", ".join(self._when()), ", ".join(self._dose())
        sentence = f"{when}: {dose}" if when else dose
        return sentence[0].upper() + sentence[1:]

    def _when(self) -> Iterator[str]:
        if (count := self.per_day) is not None:
            yield ngettext("%(count)d time a day", "%(count)d times a day", count) % {
                "count": count
            }
        if (count := self.days_per_week) is not None:
            yield ngettext("%(count)d day a week", "%(count)d days a week", count) % {
                "count": count
            }
        if self.every_days == 2:
            yield _("every other day")
        elif self.every_days is not None:
            yield _("every %(count)d days") % {"count": self.every_days}

    def _dose(self) -> Iterator[str]:
        yield self._repetitions() if self.duration is None else _time(self.duration)
        if self.hold is not None:
            yield _("hold for %(time)s") % {"time": _time(self.hold)}
        if self.load is not None:
            yield _("with %(load)s kg") % {"load": _decimal(self.load)}
        if self.side == "each":
            yield _("left and right")
        elif self.side == "left":
            yield _("left only")
        elif self.side == "right":
            yield _("right only")
        if self.rest is not None and self.sets is not None:
            yield _("%(time)s rest between sets") % {"time": _time(self.rest)}
        elif self.rest is not None:
            yield _("%(time)s rest between repetitions") % {"time": _time(self.rest)}

    def _repetitions(self) -> str:
        if self.reps_max is None:
            reps = ngettext("%(count)d repetition", "%(count)d repetitions", self.reps) % {
                "count": self.reps
            }
        else:
            reps = _("%(low)d to %(high)d repetitions") % {"low": self.reps, "high": self.reps_max}
        if self.sets is None:
            return reps
        sets = ngettext("%(count)d set", "%(count)d sets", self.sets) % {"count": self.sets}
        return _("%(sets)s of %(repetitions)s") % {"sets": sets, "repetitions": reps}

    def to_dict(self) -> dict[str, int | str]:
        """The stated parts for JSON. The load is text, so that it keeps its decimals."""
        parts = {field.name: getattr(self, field.name) for field in fields(self)}
        parts["load"] = None if self.load is None else _digits(self.load)
        return {name: value for name, value in parts.items() if value not in (None, "")}

    @classmethod
    def from_dict(cls, parts: dict[str, int | str]) -> Self:
        """The inverse of `to_dict`. Raises ValueError for an unknown part."""
        if not isinstance(parts, dict) or not parts.keys() <= LABELS.keys():
            raise ValueError(_("This is not a stored dosage."))
        load = parts.get("load")
        if isinstance(load, str) and re.fullmatch(r"[0-9]+(?:[.,][0-9]{1,2})?", load):
            parts = parts | {"load": Decimal(load.replace(",", "."))}
        return cls(**parts)


def _check_limits(name: str, value: Any) -> None:
    if value is None:
        return
    low, high = LIMITS[name]
    if name == "load":
        is_right = isinstance(value, Decimal) and value.is_finite() and low <= value <= high
        is_right = is_right and value == round(value, 2)
        sentence = _("%(part)s: give a number from %(low)s to %(high)s, with at most two decimals.")
    else:
        is_right = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        sentence = _("%(part)s: give a whole number from %(low)s to %(high)s.")
    if not is_right:
        words = {"part": LABELS[name], "low": _decimal(low), "high": _decimal(high)}
        raise ValueError(sentence % words)


# Numbers in the sentence.


def _digits(number: Decimal | int) -> str:
    """The shortest decimal form: 2.50 becomes 2.5, and 10.00 becomes 10 and not 1E+1."""
    return f"{Decimal(number).normalize():f}"


def _decimal(number: Decimal | int) -> str:
    return _digits(number).replace(".", pgettext("decimal separator", "."))


def _time(duration: int) -> str:
    minutes, seconds = divmod(duration, 60)
    in_minutes = ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    in_seconds = ngettext("%(count)d second", "%(count)d seconds", seconds) % {"count": seconds}
    if not minutes:
        return in_seconds
    if not seconds:
        return in_minutes
    return _("%(minutes)s and %(seconds)s") % {"minutes": in_minutes, "seconds": in_seconds}
