"""One step harder or easier: which part of a dosage changes, and by how much.

One part changes at a time, and only a part that is stated: none is added or removed. The parts are
tried in the order of `PARTS`. A change that leaves `RANGE`, or that `Dosage` refuses, is no step.
How often (a day, a week) does not change: the guideline reduces guidance before frequency.

Steps are small, planned ahead and not led by pain: KNGF guideline low back pain (2021), C.2.2.
The order of the parts, the sizes in `SIZES` and the limits in `RANGE` are our proposal, not
evidence: a physiotherapist can correct them here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .dosage import Dosage

HARDER, EASIER = "harder", "easier"
PARTS = ("reps", "sets", "hold", "load", "duration")

# part: (below this value, size of the step), …; None stands for every higher value.
SIZES = {
    "reps": ((6, 1), (None, 2)),
    "sets": ((None, 1),),
    "hold": ((5, 1), (60, 5), (None, 10)),  # seconds
    "load": ((5, Decimal("0.5")), (20, Decimal(1)), (None, Decimal("2.5"))),  # kg
    "duration": ((60, 10), (300, 30), (None, 60)),  # seconds
}
RANGE = {
    "reps": (3, 20),
    "sets": (1, 4),
    "hold": (1, 60),
    "load": (Decimal("0.5"), Decimal(200)),
    "duration": (10, 1800),
}
SAYS = {
    ("reps", HARDER): _("more repetitions"),
    ("reps", EASIER): _("fewer repetitions"),
    ("sets", HARDER): _("one more set"),
    ("sets", EASIER): _("one set fewer"),
    ("hold", HARDER): _("hold longer"),
    ("hold", EASIER): _("hold shorter"),
    ("load", HARDER): pgettext_lazy("progression", "heavier weight"),
    ("load", EASIER): pgettext_lazy("progression", "lighter weight"),
    ("duration", HARDER): _("for longer"),
    ("duration", EASIER): _("for a shorter time"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """A dosage that differs in one part."""

    part: str
    direction: str
    dosage: Dosage

    @property
    def says(self) -> str:
        return str(SAYS[self.part, self.direction])


def steps(dosage: Dosage, direction: str) -> Iterator[Step]:
    """Every possible step in this direction, the preferred one first."""
    for part in PARTS:
        if getattr(dosage, part) is not None and (moved := _moved(dosage, part, direction)):
            yield Step(part, direction, moved)


def _moved(dosage: Dosage, part: str, direction: str) -> Dosage | None:
    value = getattr(dosage, part)
    size = _size(part, value, direction)
    low, high = RANGE[part]
    if not (low <= value + size if size < 0 else value + size <= high):
        return None
    changed = {part: value + size}
    if part == "reps" and dosage.reps_max is not None:  # a range moves as a whole
        changed["reps_max"] = dosage.reps_max + size
    try:
        return replace(dosage, **changed)
    except ValueError:  # such as a rest between sets, with one set left
        return None


def _size(part: str, value: int | Decimal, direction: str) -> int | Decimal:
    """The signed size of the step. A step easier undoes a step harder, also at a limit."""
    for limit, size in SIZES[part]:
        if direction == EASIER and (limit is None or value <= limit):
            return -size
        if direction == HARDER and (limit is None or value < limit):
            return size
    raise ValueError(direction)
