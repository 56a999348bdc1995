"""The ways to print a Sheet: what stands on the paper, and how large.

A variant is a value with a name. The name stands in the address of the PDF and is a class of the
page, for which handout.css has the rules; the template is one for all.
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
    first: bool = True  # what to expect, and why
    red_flags: bool = True
    exercises: bool = True
    advice: bool = True
    diary: bool = True
    short: bool = False  # of each exercise what one must not forget
    colour: bool = True
    narrow: bool = False  # one column: nothing stands beside anything
    weeks: int = clinical.DIARY_WEEKS
    days_abreast: int = 21  # in one table of the diary
    # What the stylesheet leaves between the margins, and how much of their own size drawings
    # have: every one alike, a body is 42 mm tall in its own measure and 36 on A4.
    column: float = 169.0  # mm
    names: float = 40.0  # mm, of which, in the diary
    box: float = 4.2  # mm: what a pen hits
    scale: float = 6 / 7

    @property
    def classes(self) -> str:
        return f"{self.name} narrow" if self.narrow else self.name


FULL = Variant("full", _("Everything"))
COMPACT = Variant(
    "compact", _("Short version"), first=False, red_flags=False, advice=False, diary=False,
    short=True, scale=0.5,
)  # fmt: skip
DIARY = Variant(
    "diary", _("Diary only"), first=False, red_flags=False, exercises=False, advice=False
)
VARIANTS = {
    variant.name: variant
    for variant in (
        FULL,
        Variant(
            "large",
            _("Large print"),
            narrow=True,
            days_abreast=7,
            scale=1.0,
            names=60.0,
            box=5.2,
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
    """How this practice prints when nobody asks for something else."""
    return replace(VARIANTS[practice.paper], weeks=practice.diary_weeks)


def asked(practice: Practice, name: str = "", weeks: str = "") -> Variant | None:
    """What an address asks for; None when there is no such way to print."""
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
    """What is left of it for whoever holds the link; None when that is nothing.

    Advice was given to one patient, and a diary is one person's.
    """
    if not variant.exercises:
        return None
    return replace(variant, first=False, advice=False, diary=False)
