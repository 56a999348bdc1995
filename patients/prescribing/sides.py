"""Left, right or both: a person says so, never the library.

A protocol or an exercise may suggest a dosage for one side, such as "3x10 links": an example, since
nobody knows yet which side hurts. A line that begins with it has no side and is marked `side_open`.
It stays a draft until somebody answers; a dosage that was typed with a side is an answer.
"""

from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exercises.dosage import Dosage

ONE_SIDE = ("left", "right")


def asks(suggested: Dosage) -> bool:
    """Whether this suggestion is for one side, so that somebody must say which."""
    return suggested.side in ONE_SIDE


def left_open(suggested: Dosage, chosen: str = "") -> Dosage:
    """The suggestion as a line begins with it: with the side that was chosen, or without one."""
    return replace(suggested, side=chosen) if asks(suggested) else suggested


def as_suggested(line) -> Dosage:
    """The dosage of a line for a protocol: what is open there is asked of the next one too."""
    return replace(line.dosage, side=ONE_SIDE[0]) if line.side_open else line.dosage


def choose(programme, side: str) -> None:
    """One answer for every line that is open."""
    for line in programme.prescriptions.filter(side_open=True):
        line.dosage, line.side_open = replace(line.dosage, side=side), False
        line.save()


def obstacle(programme) -> str:
    """Why a programme cannot be given yet, as a sentence; empty when every side is known."""
    open_lines = programme.prescriptions.filter(side_open=True).select_related("exercise")
    titles = [str(line.exercise) for line in open_lines.prefetch_related("exercise__texts")]
    if not titles:
        return ""
    said = ngettext(
        "Choose left, right or both first, at %(exercises)s.",
        "Choose left, right or both first, at these exercises: %(exercises)s.",
        len(titles),
    )
    return said % {"exercises": ", ".join(f"“{title}”" for title in titles)}


def question() -> str:
    return _("Choose left, right or both: the library cannot know which side.")
