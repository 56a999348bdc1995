"""The ways to print a Sheet: which parts are on the paper, and how large they are.

All variants share one template. The name of a variant is in the address of its PDF, and is a CSS
class of the page, for which handout.css has the rules.
"""

from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rugpijn.models import Practice

from .. import clinical

WEEKS = tuple(Practice.DiaryWeeks)


@dataclass(frozen=True)
class Variant:
    name: str
    label: str | Promise
    first: bool = True  # the advice before the exercises: what to expect, and why
    red_flags: bool = True
    exercises: bool = True
    advice: bool = True
    diary: bool = True
    short: bool = False  # drawings or steps, the caution and the note of each exercise
    colour: bool = True
    narrow: bool = False  # everything in one column
    weeks: int = clinical.DIARY_WEEKS
    days_abreast: int = 21  # in one table of the diary
    column: float = 169.0  # mm between the margins, as in handout.css
    names: float = 40.0  # mm of it for the names of exercises in the diary
    box: float = 4.2  # mm, a side of a box in the diary
    scale: float = 6 / 7  # of drawings: a body of 42 mm is 36 mm on A4

    @property
    def classes(self) -> str:
        return f"{self.name} narrow" if self.narrow else self.name


FULL = Variant("full", _("Everything"))
COMPACT = Variant(
    "compact",
    _("Short version"),
    first=False,
    red_flags=False,
    advice=False,
    diary=False,
    short=True,
    scale=0.5,
)
DIARY = Variant(
    "diary", _("Diary only"), first=False, red_flags=False, exercises=False, advice=False
)
VARIANTS = {
    variant.name: variant
    for variant in (
        FULL,
        Variant(
            "large", _("Large print"), narrow=True, days_abreast=7, scale=1.0, names=60.0, box=5.2
        ),
        Variant("grey", _("Without colour"), colour=False),
        Variant(
            "a5",
            _("Small paper (A5)"),
            narrow=True,
            days_abreast=7,
            column=118.0,
            scale=0.6,
            names=34.0,
        ),
        Variant("exercises", _("Exercises only"), first=False, advice=False, diary=False),
        COMPACT,
        DIARY,
    )
}


def of_practice(practice: Practice) -> Variant:
    """The variant that this practice prints unless another one is asked for."""
    return replace(VARIANTS[practice.paper], weeks=practice.diary_weeks)


def find(practice: Practice, name: str = "", weeks: str = "") -> Variant | None:
    """The variant that an address names, empty for the practice's own; None for an unknown one."""
    variant = of_practice(practice)
    if name:
        if name not in VARIANTS:
            return None
        variant = replace(VARIANTS[name], weeks=variant.weeks)
    if weeks:
        if weeks not in map(str, WEEKS):
            return None
        variant = replace(variant, weeks=int(weeks))
    return variant


def nameless(variant: Variant) -> Variant | None:
    """The variant for whoever holds the link on paper; None when nothing of it is left.

    It has no advice, which was given to one patient, and no diary, which belongs to one person.
    """
    if not variant.exercises:
        return None
    return replace(variant, first=False, advice=False, diary=False)
