"""A dosage is one value with one parser, one notation and one sentence.

Grammar of `Dosage.parse`. Parts come in any order, each at most once. Capitals
and spaces are free, `x` may be `*`, the sign for times, "keer", "maal" or "times",
and a part may be followed by `,` `;` `:` or `.` and a space. N is a whole number.

    part           written as                                      not stated
    -------------  ----------------------------------------------  -----------
    per_day        Nx per dag, N/dag, Nx daags, Ndd, Nx a day      not printed
    days_per_week  Nx per week, N dagen per week, 3x/week          not printed
    every_days     om de dag (2), elke N dagen, every N days       not printed
    sets, reps     NxN, NxNx, N series van N, N sets of N          sets may be
    reps           Nx, N herhalingen, N reps                       (or duration)
    reps, _max     N-N or "N tot N" in the place of the N of reps  no range
    hold           Ns beside repetitions, N seconden vasthouden    not printed
    duration       N min, N min N s; Ns without repetitions        (or reps)
    rest           rust Ns, rest N min                             not printed
    load           N kg, N,N kg or N.N kg, met N kg                not printed
    side           l/r, links en rechts, elk been, each side       not printed
                   links, alleen links, left leg; rechts, right    not printed

A number belongs to the unit behind it, so `5x5` is 5 sets of 5, `5x5 s` is 5
repetitions of 5 seconds and `2x5x5s` is 2 sets of those. "Dose links en dose
rechts" is read as both sides when the two doses are the same.

What has two meanings is refused by name (`TRAPS`), what has none by its first
word that fits nowhere. Nothing is skipped, so nothing is guessed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, Self

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

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
WHEN = {"per_day", "days_per_week", "every_days"}
MAX_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Dosage:
    """How much and how often. None means "not stated", so it is never printed.

    A hold counts per repetition. A rest is between sets, or, when sets are not
    stated, between repetitions that are held. A duration replaces repetitions.
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
            raise ValueError(_("A range goes from few to more repetitions, such as “3x8-12”."))
        if self.rest is not None and not self._has_pauses():
            raise ValueError(
                _(
                    "A rest needs at least two sets, such as “3x8 rest 30s”. "
                    "Repetitions with a hold are fine too, such as “3x30s rest 30s”."
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
        """On how many moments of a day it is done; not stated is once."""
        return 1 if self.per_day is None else self.per_day

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what a therapist types, or raise a ValueError that says what to type."""
        if not isinstance(text, str) or not text.strip():
            raise ValueError(_("Write a dosage, such as “2x a day 2x10x”."))
        if len(text) > MAX_LENGTH:
            raise ValueError(
                _("A dosage has at most %(max)d characters, such as “2x a day 2x10x”.")
                % {"max": MAX_LENGTH}
            )
        clauses: list[dict[str, Any]] = [{}]
        for word, parts in _read(" ".join(text.translate(ONE_SPELLING).lower().split())):
            if not parts:
                clauses.append({})
            for name, value in parts.items():
                if name in clauses[-1]:
                    raise ValueError(_said_twice(name, word))
                clauses[-1][name] = value
        return cls(**_both_sides(*[_name_the_seconds(clause) for clause in clauses]))

    @property
    def notation(self) -> str:
        """The shorthand, the same in every language: `Dosage.parse` reads it back."""
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
            sets = "" if self.sets is None else f"{self.sets}x"
            most = "" if self.reps_max is None else f"-{self.reps_max}"
            parts.append(f"{sets}{self.reps}{most}x")
        if self.hold is not None:
            parts.append(f"{self.hold}s")
        if self.load is not None:
            parts.append(f"{_digits(self.load).replace('.', ',')}kg")
        if self.side:
            parts.append({"each": "l/r", "left": "links", "right": "rechts"}[self.side])
        if self.rest is not None:
            parts.append(f"rust {self.rest}s")
        return " ".join(parts)

    def __str__(self) -> str:
        """The sentence a patient reads, in the active language. Made nowhere else."""
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
        """For JSON. Absent parts are left out; a load is text, so that 2.5 stays 2.5."""
        parts = {field.name: getattr(self, field.name) for field in fields(self)}
        parts["load"] = None if self.load is None else _digits(self.load)
        return {name: value for name, value in parts.items() if value not in (None, "")}

    @classmethod
    def from_dict(cls, parts: dict[str, int | str]) -> Self:
        """The inverse of `to_dict`; an unknown part is refused, never dropped."""
        if not isinstance(parts, dict) or not parts.keys() <= LABELS.keys():
            raise ValueError(_("This is not a stored dosage."))
        load = parts.get("load")
        if isinstance(load, str) and re.fullmatch(WEIGHT, load):
            parts = parts | {"load": _value("load", load)}
        return cls(**parts)


def _check_limits(name: str, value: Any) -> None:
    if value is None:
        return
    low, high = LIMITS[name]
    if name == "load":
        right = isinstance(value, Decimal) and value.is_finite() and low <= value <= high
        right = right and value == round(value, 2)
        says = _("%(part)s: give a number from %(low)s to %(high)s, with at most two decimals.")
    else:
        right = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        says = _("%(part)s: give a whole number from %(low)s to %(high)s.")
    if not right:
        words = {"part": LABELS[name], "low": _decimal(low), "high": _decimal(high)}
        raise ValueError(says % words)


# How the sentence writes its numbers.


def _digits(number: Decimal | int) -> str:
    """2.50 is 2.5, and 10.00 is 10, not 1E+1."""
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


# The grammar. Only 0-9 are digits: other scripts and superscripts fit nowhere and are refused.

TIMES_SIGNS, DASHES = "*\u00d7\u2715\u2a2f", "\u2010\u2011\u2012\u2013\u2014\u2212"
ONE_SPELLING = str.maketrans(dict.fromkeys(TIMES_SIGNS, "x") | dict.fromkeys(DASHES, "-"))

END = r"(?![^\W\d])"  # a word ends here; a digit may follow, as in 2x5x5s
N = r"[0-9]++"  # possessive: a number is read whole or not at all
WEIGHT = r"[0-9]++(?:[.,][0-9]{1,2}+)?+"
X = r"(?:x|keer|maal|times?)"
SETS = r"(?:series?|sets?)"
REPS = rf"(?:{X}|herhaling(?:en)?|herh|repetitions?|reps?)"
SEC = r"(?:seconden?|seconds?|secs?|s)"
MIN = r"(?:minuut|minuten|minutes?|mins?)"
KG = r"(?:kg|kilo(?:gram)?)"
DD = r"(?:dd|d\.d\.?)"
DAYS = r"(?:dagen|dag|days?)"
A_DAY = r"(?:(?:per ?|/ ?)(?:dag|day|d)|a day|p/?d|daags)"
A_WEEK = r"(?:(?:per ?|/ ?)(?:week|wk|w)|a week|in de week|p/?w)"
OR_SECONDS = rf" ?(?:en |and )?{N} ?{SEC}"
TIME = rf"(?:{N} ?{SEC}|{N} ?{MIN}(?!{OR_SECONDS}))"  # `rust 1 min 5s` has two meanings
RANGE = rf"(?P<reps>{N})(?: ?(?:-|tot?) ?(?P<reps_max>{N}))?+"
NO_UNIT = rf"(?!(?:[.,]{N})? ?(?:{SEC}|{MIN}|{KG}|{DAYS}|{DD}){END})"

LIMB = r"(?:kant(?:en)?|zijden?|been|benen|arm(?:en|s)?|hand(?:en|s)?|voet(?:en)?|sides?|legs?)"
LEFT, RIGHT = r"(?:links|left|li|l)", r"(?:rechts|right|re|r)"
AND = r"(?: ?[/+&] ?| en | and )"
EACH = rf"{LEFT}{AND}{RIGHT}|{RIGHT}{AND}{LEFT}|(?:elke?|iedere?|per|beide|each|both) {LIMB}"


def _rules(*rules: tuple[str, Any]) -> list[tuple[re.Pattern, Any]]:
    return [(re.compile(rf"(?:{pattern}){END}"), effect) for pattern, effect in rules]


BETWEEN = re.compile(r"(?: |[.,;:](?= |$))+")

# Has two meanings, or one that we do not keep. Looked at before the rules.
TRAPS = _rules(
    (
        rf"{N}(?: ?(?:-|tot?) ?{N})? ?{X} ?{N}(?: ?{X})? ?(?:{A_DAY}|{A_WEEK})",
        gettext_lazy("“%(text)s” has two meanings; start with how often: “2x a day 10x”."),
    ),
    (
        rf"{N} ?(?:-|tot?) ?{N} ?(?:(?:{X} ?)?(?:{A_DAY}|{A_WEEK})"
        rf"|{DD}|{DAYS}|{SEC}|{MIN}|{KG}|{SETS}|{X} ?{N}{NO_UNIT})",
        gettext_lazy("“%(text)s”: only repetitions can be a range, as in “2x a day 3x8-12”."),
    ),
    (
        rf"{N} ?{X} ?{N} ?{MIN}",
        gettext_lazy("“%(text)s” has two meanings; write “2x a day 10 min” or “2x 30s”."),
    ),
    (
        rf"{N}(?:{X}| {X} ){WEIGHT} ?{KG}",
        gettext_lazy("“%(text)s” has two meanings; write “2x10 5kg” or “10x 5kg”."),
    ),
    (
        rf"om de {N} {DAYS}",
        gettext_lazy("“%(text)s” has two meanings; write “every other day” or “every 3 days”."),
    ),
)

# A named group fills the part of that name; so do the fixed parts beside the pattern.
RULES = _rules(
    (rf"(?P<per_day>{N})(?:(?: ?{X})? ?{A_DAY}| ?{DD})", {}),
    (rf"(?P<days_per_week>{N})(?: ?(?:{X}|{DAYS}))? ?{A_WEEK}", {}),
    (r"om de (?:andere )?dag|every (?:other|second) day", {"every_days": 2}),
    (rf"(?:elke|iedere|every) (?P<every_days>{N}) {DAYS}", {}),
    (rf"(?P<sets>{N}) ?(?:{X}|{SETS} (?:van|of)) ?{RANGE}(?: ?{REPS}|{NO_UNIT})", {}),
    (rf"(?P<sets>{N}) ?{SETS}", {}),
    (rf"{RANGE} ?{REPS}", {}),
    (rf"(?:rust|rest)(?: of)? ?(?P<rest>{TIME})", {}),
    (rf"(?:vasthouden|hold(?: for)?) (?P<hold>{TIME})", {}),
    (rf"(?P<hold>{TIME}) (?:vasthouden|vast|hold)", {}),
    (rf"(?P<seconds>{N} ?{SEC})", {}),  # hold or duration: `_name_the_seconds`
    (rf"(?P<duration>{N} ?{MIN}(?:{OR_SECONDS})?)", {}),
    (rf"(?:met |with )?(?P<load>{WEIGHT}) ?{KG}", {}),
    (EACH, {"side": "each"}),
    (rf"(?:alleen )?(?:{LEFT}(?: {LIMB})?|linker ?{LIMB})(?: only)?", {"side": "left"}),
    (rf"(?:alleen )?(?:{RIGHT}(?: {LIMB})?|rechter ?{LIMB})(?: only)?", {"side": "right"}),
    (r"en|and", {}),  # fills nothing: a second clause begins
)


def _read(text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The words of a text with the parts they state, from left to right, none skipped."""
    position = 0
    while position < len(text):
        if between := BETWEEN.match(text, position):
            position = between.end()
            continue
        for pattern, says in TRAPS:
            if match := pattern.match(text, position):
                raise ValueError(says % {"text": match.group()})
        for pattern, fixed in RULES:
            if match := pattern.match(text, position):
                found = {name: value for name, value in match.groupdict().items() if value}
                yield match.group(), {name: _value(name, found[name]) for name in found} | fixed
                position = match.end()
                break
        else:
            raise ValueError(_fits_nowhere(text[position:].split()[0]))


def _value(name: str, text: str) -> int | Decimal:
    if name == "load":
        return Decimal(text.replace(",", "."))
    if name in ("hold", "rest", "duration", "seconds"):
        amounts = re.findall(rf"({N}) ?([ms])", text)
        return sum(int(amount) * {"m": 60, "s": 1}[unit] for amount, unit in amounts)
    return int(text)


def _name_the_seconds(parts: dict[str, Any]) -> dict[str, Any]:
    """Seconds without a word are a hold beside repetitions, and a duration alone."""
    if "seconds" not in parts:
        return parts
    name = "hold" if "reps" in parts else "duration"
    if name in parts:
        raise ValueError(_said_twice(name, f"{parts['seconds']}s"))
    return {name: parts["seconds"]} | {key: parts[key] for key in parts if key != "seconds"}


def _both_sides(parts: dict[str, Any], *more: dict[str, Any]) -> dict[str, Any]:
    """Dose left and dose right make one dose for each side, if they are the same.

    How often may be said once for both, and else is the same on both sides.
    """
    if not more:
        return parts
    sides = [clause.get("side") for clause in (parts, *more)]
    if sorted(sides, key=str) != ["left", "right"]:
        raise ValueError(
            _("“and” stands only between left and right, as in “2x5x left and 2x5x right”.")
        )
    one, other = parts | {"side": "each"}, more[0] | {"side": "each"}
    for clause, twin in ((one, other), (other, one)):
        if not WHEN & clause.keys():
            clause |= {name: twin[name] for name in WHEN & twin.keys()}
    if one != other:
        raise ValueError(
            _("Left and right differ; give each side its own line, such as “2x10x left”.")
        )
    return one


def _said_twice(name: str, word: str) -> str:
    return _("“%(text)s” says “%(part)s” twice; say each part once, as in “2x a day 3x8 5s”.") % {
        "text": word,
        "part": LABELS.get(name, _("Seconds")),
    }


def _fits_nowhere(word: str) -> str:
    """Name the word, shortened and without characters that a page cannot show."""
    shown = "".join(sign if sign.isprintable() else "�" for sign in word[:30])
    if re.fullmatch(rf"{N}[.,;:]?", word):
        says = _("“%(text)s” has no unit; write “10x”, “10s”, “10 min” or “10kg”.")
    else:
        says = _("“%(text)s” does not fit; write it as in “2x a day 3x8 5s l/r 10kg rest 30s”.")
    return says % {"text": shown}
