"""Which side an exercise is for (left, right or both) is chosen by a therapist for each patient.

A protocol or an exercise may suggest a dosage for one side, such as "3x10 links". That is only an
example, so a line that is made from it has no side and is marked `side_open`. A programme with
such a line cannot be given to a patient. A dosage that is typed with a side chooses it.
"""

from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exercises.dosage import Dosage

ONE_SIDE = ("left", "right")


def asks(suggested: Dosage) -> bool:
    """Whether this suggestion is for one side, so that a therapist has to choose one."""
    return suggested.side in ONE_SIDE


def without_side(suggested: Dosage, chosen: str = "") -> Dosage:
    """The dosage of a new line: the suggestion with the side that was chosen, or without one."""
    return replace(suggested, side=chosen) if asks(suggested) else suggested


def as_suggested(line) -> Dosage:
    """The dosage of a line for a protocol; a line with an open side suggests one side again."""
    return replace(line.dosage, side=ONE_SIDE[0]) if line.side_open else line.dosage


def choose(programme, side: str) -> None:
    """Set the side of every line that has none."""
    for line in programme.prescriptions.filter(side_open=True):
        line.dosage, line.side_open = replace(line.dosage, side=side), False
        line.save()


def obstacle(programme) -> str:
    """A sentence for who wants to give a programme in which a side is open; else empty."""
    open_lines = programme.prescriptions.filter(side_open=True).select_related("exercise")
    titles = [str(line.exercise) for line in open_lines.prefetch_related("exercise__texts")]
    if not titles:
        return ""
    sentence = ngettext(
        "Choose left, right or both first for %(exercises)s.",
        "Choose left, right or both first for these exercises: %(exercises)s.",
        len(titles),
    )
    return sentence % {"exercises": ", ".join(f"“{title}”" for title in titles)}


def question() -> str:
    return _("Choose left, right or both: the library cannot know which side.")
