"""Read a text as a dosage.

Parts come in any order, each at most once. Capitals, the accents of the number "één" and the number
of spaces do not matter. `x` may be `*`, the sign for times, "keer", "maal" or "times". A dash may
be any dash. A part may be followed by `,` `;` `:` `.` or be in brackets. N is a whole number in
digits, or a number word of `words.NUMBERS`. A time is in seconds (`5s`, `5 tellen`, `5"`), minutes
(`2 min`, `1,5 min`, `2'`) or hours.

    part           written as                                          not stated
    -------------  --------------------------------------------------  -----------
    per_day        Nx per dag, N/dag, Nx daags, Ndd, Nx a day, twice   not printed
                   daily; dagelijks, every day is once a day
    days_per_week  Nx per week, N dagen per week, 3x/week              not printed
    every_days     om de dag (2), elke N dagen, 1x per N dagen         not printed
    sets, reps     NxN, NxNx, N series van N, N sets of N,             sets may be
                   N reps x N sets, N sets N reps
    reps           Nx, xN, N herhalingen, N reps, N hh                 (or duration)
    reps, _max     N-N or "N tot N" instead of the N of reps           no range
    hold           Ns beside repetitions, N seconden vasthouden        not printed
    duration       N min, N min N s, half uur; Ns without repetitions  (or reps)
    rest           rust Ns, N s rust, rest N min                       not printed
    load           N kg, N,N kg or N.N kg, met N kg                    not printed
    side           l/r, links en rechts, elk been, per kant, /side     not printed
                   links, alleen links, left leg; rechts, right        not printed

A number belongs to the unit after it, so `5x5` is 5 sets of 5, `5x5 s` is 5 repetitions of 5
seconds and `2x5x5s` is 2 sets of those. Sets of seconds are held repetitions: `3 series van 30
seconden` is `3x30s`. "3x8 links en 3x8 rechts" is both sides, because the two doses are the same.

A text with two meanings, or with one that a dosage cannot hold, is refused with a sentence of its
own (`refused`). Other text is refused at the first word that does not fit. No word is skipped, so
nothing is guessed.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from rugpijn.typed import text as texts

from . import refused
from .limits import LABELS, MANY_SETS, MAX_LENGTH
from .words import (
    A_DAY,
    A_WEEK,
    AMOUNT,
    AND,
    DAILY,
    DAYS,
    DD,
    EACH_ONE,
    HOLD,
    HOUR,
    LEFT,
    LIMB,
    LOAD,
    MIN,
    NO_UNIT,
    NUMBERS,
    OF,
    ON,
    OR_SECONDS,
    RANGE,
    REPS,
    REST,
    RIGHT,
    SEC,
    SETS,
    TIME,
    WEIGHT,
    N,
    X,
)

WHEN = {"per_day", "days_per_week", "every_days", "daily"}
TIMES_SIGNS = str.maketrans(dict.fromkeys("*\u00d7\u2715\u2a2f", "x"))
BETWEEN = re.compile(r"(?: |[()\[\]•·]|-(?= \D)|[.,;:](?=[ ,.;:()\[\]]|$))+")
DURATION = rf"(?:{N}|{AMOUNT}) ?{MIN}(?:{OR_SECONDS})?|{AMOUNT} ?{HOUR}(?:{OR_SECONDS})?"
HALF_HOUR = r"(?:een |one |an? )?half (?:uur|uurtje|hour|an hour)"
QUARTER = r"(?:(?:een )?kwartier|(?:a )?quarter of an hour)"
ONCE = r"(?:eens|eenmaal|once)"
TWICE = r"(?:tweemaal|twice)"
EACH = rf"{LEFT}{AND}{RIGHT}|{RIGHT}{AND}{LEFT}|{EACH_ONE} {LIMB}|/ ?{LIMB}"
OVER_SETS = r"(?: (?:tussen|between)(?: de| the)? (?:series|sets|herhalingen|reps|repetitions))?"

# A named group states the part of that name. The dict beside the pattern states fixed parts.
RULES = refused.rules(
    (rf"(?P<per_day>{N})(?:(?: ?{X})? ?{A_DAY}| ?{DD})", {}),
    (rf"{ONCE} {A_DAY}", {"per_day": 1}),
    (rf"{TWICE} {A_DAY}", {"per_day": 2}),
    (rf"(?:{ONCE}|{N} ?{X}|1x) (?:per|every|elke|in de) (?P<every_days>{N}) {DAYS}", {}),
    (rf"(?P<days_per_week>{N})(?: ?(?:{X}|{DAYS}))? ?{A_WEEK}", {}),
    (rf"{ONCE} {A_WEEK}|wekelijks|weekly|elke week|every week", {"days_per_week": 1}),
    (rf"{TWICE} {A_WEEK}", {"days_per_week": 2}),
    (r"om de (?:andere )?dag|every (?:other|second) day|alternate days", {"every_days": 2}),
    (rf"(?:elke|iedere|every) (?P<every_days>{N}) {DAYS}", {}),
    (DAILY, {"daily": True}),
    (rf"(?P<reps>{N}) ?{REPS}? ?{X} ?(?P<sets>{N}) ?{SETS}", {}),
    (rf"{RANGE} ?{REPS} ?(?:x|for|in|over|,) ?(?P<sets>{N}) ?{SETS}", {}),
    (rf"(?P<sets>{N}) ?{SETS} ?(?:{OF} ?)?(?P<hold>{TIME})", {"held_sets": True}),
    (rf"(?P<sets>{N}) ?{SETS} ?{OF} ?{RANGE}(?: ?{REPS}|{NO_UNIT})", {}),
    (rf"(?P<sets>{N}) ?{X} ?{RANGE}(?: ?{REPS}|{NO_UNIT})", {"by_sign": True}),
    (rf"(?:x ?)?(?P<sets>{N}) ?{SETS}", {}),
    (rf"(?P<seconds>{TIME}) ?x ?(?P<reps>{N})(?: ?{REPS})?{NO_UNIT}", {}),
    (rf"{RANGE} ?{REPS}", {}),
    (rf"{RANGE}(?= ?(?:{EACH_ONE} {LIMB}|/ ?{LIMB}))", {}),
    (rf"(?:(?:herhaal|repeat)(?: dit| this)? )?x ?(?P<reps>{N}){NO_UNIT}", {}),
    (rf"(?:herhaal|repeat)(?: dit| this)? (?P<reps>{N}) ?{X}", {}),
    (rf"{REST}(?: of| van|:)? ?(?P<rest>{TIME}){OVER_SETS}", {}),
    (rf"(?P<rest>{TIME}) {REST}{OVER_SETS}(?! ?(?:x ?)?{AMOUNT} ?(?:{SEC}|{MIN}))", {}),
    (rf"(?:{HOLD}|houd?)(?: for|:)? ?(?P<hold>{TIME})(?: vast)?", {}),
    (rf"(?P<hold>{TIME}) {HOLD}", {}),
    (rf"(?:x ?)?(?P<seconds>{AMOUNT} ?{SEC}|{N} ?{SEC})\.? ?{A_DAY}", {"daily": True}),
    (rf"(?:x ?)?(?P<seconds>{N} ?{SEC})", {}),  # hold or duration: `_name_the_seconds`
    (rf"(?P<duration>{DURATION})\.? ?{A_DAY}", {"daily": True}),
    (rf"(?P<duration>{DURATION})", {}),
    (rf"{HALF_HOUR} {A_DAY}", {"duration": 1800, "daily": True}),
    (HALF_HOUR, {"duration": 1800}),
    (rf"{QUARTER} {A_DAY}", {"duration": 900, "daily": True}),
    (QUARTER, {"duration": 900}),
    (rf"(?:met |with |@ ?|à )?{LOAD}", {}),
    (rf"{ON}(?:{EACH})", {"side": "each"}),
    (rf"{ON}(?:alleen )?(?:{LEFT}(?: {LIMB})?|linker ?{LIMB})(?: only)?", {"side": "left"}),
    (rf"{ON}(?:alleen )?(?:{RIGHT}(?: {LIMB})?|rechter ?{LIMB})(?: only)?", {"side": "right"}),
    (r"en|and", {}),  # states no part: a second clause begins
)


def read(text: str) -> dict[str, Any]:
    """The parts of a dosage by name. Raises ValueError that says what is wrong and what to type."""
    if not isinstance(text, str) or not text.strip():
        raise ValueError(_("Write a dosage, such as “2x a day 2x10x” or “10 min”."))
    typed = texts.one_line(text[: MAX_LENGTH + 1]).translate(TIMES_SIGNS)
    if len(text) > MAX_LENGTH:
        raise ValueError(
            _("A dosage has at most %(max)d characters, such as “2x a day 2x10x” or “10 min”.")
            % {"max": MAX_LENGTH}
        )
    clauses: list[dict[str, Any]] = [{}]
    for word, parts in _words(typed):
        if not parts:
            clauses.append({})
        for name, value in parts.items():
            if name in clauses[-1]:
                raise ValueError(_stated_twice(name, word))
            clauses[-1][name] = value
    return _both_sides(*[_settled(clause) for clause in clauses])


def with_examples(sentence: str) -> str:
    """The sentence, followed by two examples unless it has them already."""
    if sentence.count("“") >= 2:
        return sentence
    return sentence + " " + _("For example “2x a day 3x8 5s” or “10 min”.")


def _words(typed: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each piece of the text with the parts that it states, from left to right, none skipped.

    Raises ValueError for a piece that is refused or that no rule reads.
    """
    text, position = typed.lower(), 0
    if len(text) != len(typed):  # the Turkish capital İ has two characters in lower case
        typed = text
    while position < len(text):
        if between := BETWEEN.match(text, position):
            position = between.end()
            continue
        for pattern, sentence in refused.TRAPS:
            if match := pattern.match(text, position):
                raise ValueError(sentence % {"text": typed[position : match.end()].strip()})
        for pattern, fixed in RULES:
            if match := pattern.match(text, position):
                groups = {name: value for name, value in match.groupdict().items() if value}
                parts = {name: _value(name, value) for name, value in groups.items()} | fixed
                _refuse_many_sets(parts, typed[position : match.end()])
                yield typed[position : match.end()], parts
                position = match.end()
                break
        else:
            raise ValueError(_unread(text, typed, position))


def _refuse_many_sets(parts: dict[str, Any], typed: str) -> None:
    """Raise ValueError for more sets than repetitions, such as `15x3`. Removes `by_sign`."""
    if not parts.pop("by_sign", False):
        return
    sets, reps = parts["sets"], parts["reps"]
    if sets > MANY_SETS and sets > reps > 0:
        raise ValueError(refused.many_sets(sets, reps, parts.get("reps_max"), typed.strip()))


def _value(name: str, text: str) -> int | Decimal:
    if name == "load":
        return Decimal(text.replace(",", "."))
    if name in ("hold", "rest", "duration", "seconds"):
        return _seconds(text)
    return NUMBERS[text] if text in NUMBERS else int(text)


def _seconds(text: str) -> int | Decimal:
    """The seconds of a time: `1 min 30 s` is 90. `Dosage` refuses a fraction of a second."""
    total = Decimal(0)
    for amount, unit in re.findall(rf"({WEIGHT}|{N}) ?([a-z]|'+|\")", text):
        number = Decimal(NUMBERS.get(amount, amount.replace(",", ".")))
        total += number * SECONDS[unit]
    return int(total) if total == int(total) else total


SECONDS = dict.fromkeys(("s", "t", "c", '"', "''"), 1) | {"m": 60, "'": 60, "h": 3600, "u": 3600}


def _settled(parts: dict[str, Any]) -> dict[str, Any]:
    """The parts after the rules that need the whole clause: every day, and hold or duration."""
    parts = dict(parts)
    if parts.pop("daily", False):
        if {"days_per_week", "every_days"} & parts.keys():
            raise ValueError(
                _("Choose every day or certain days, such as “1x a day 10x” or “3x a week 3x8”.")
            )
        parts.setdefault("per_day", 1)
    if parts.pop("held_sets", False) and "reps" in parts:
        parts["seconds"] = parts.pop("hold")
    return _sets_of_seconds(_name_the_seconds(parts))


def _name_the_seconds(parts: dict[str, Any]) -> dict[str, Any]:
    """Seconds without a word are a hold beside repetitions or sets, and else a duration."""
    if "seconds" not in parts:
        return parts
    name = "hold" if {"reps", "sets"} & parts.keys() else "duration"
    if name in parts:
        raise ValueError(_stated_twice(name, f"{parts['seconds']}s"))
    return {name: parts["seconds"]} | {key: parts[key] for key in parts if key != "seconds"}


def _sets_of_seconds(parts: dict[str, Any]) -> dict[str, Any]:
    """3 sets of 30 seconds are 3 times 30 seconds."""
    if "hold" not in parts or "sets" not in parts or "reps" in parts:
        return parts
    return {"reps": parts["sets"]} | {key: parts[key] for key in parts if key != "sets"}


def _both_sides(parts: dict[str, Any], *more: dict[str, Any]) -> dict[str, Any]:
    """A dose left and the same dose right become one dose for each side.

    How often may be stated once for both sides. Raises ValueError when the sides differ.
    """
    if not more:
        return parts
    sides = [clause.get("side") for clause in (parts, *more)]
    if sorted(sides, key=str) != ["left", "right"]:
        raise ValueError(
            _(
                "“and” stands only between left and right, as in “2x5x left and 2x5x right”. "
                "Otherwise leave it out, as in “3x8 rest 30s”."
            )
        )
    one, other = parts | {"side": "each"}, more[0] | {"side": "each"}
    for clause, twin in ((one, other), (other, one)):
        if not WHEN & clause.keys():
            clause |= {name: twin[name] for name in WHEN & twin.keys()}
    if one != other:
        raise ValueError(
            _(
                "Left and right differ; give each side its own line, such as “2x10x left” "
                "and “3x10x right”."
            )
        )
    return one


def _stated_twice(name: str, word: str) -> str:
    sentence = _(
        "“%(text)s” states “%(part)s” twice; state each part once, "
        "as in “2x a day 3x8 5s” or “10x”."
    )
    return sentence % {"text": word.strip(), "part": LABELS.get(name, _("Seconds"))}


def _unread(text: str, typed: str, position: int) -> str:
    """The sentence about a piece that no rule reads, shortened and with printable text only."""
    for pattern, sentence in refused.INCOMPLETE:
        if match := pattern.match(text, position):
            return sentence % {"text": typed[position : match.end()].strip()}
    return refused.NOWHERE % {"text": texts.shown(typed[position:].split()[0], 30)}
