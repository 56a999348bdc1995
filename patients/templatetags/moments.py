"""The moments of a day on the patient's pages, and a scale of numbers."""

from dataclasses import dataclass

from django import template
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

register = template.Library()

TIMES = (
    _("First time"),
    _("Second time"),
    _("Third time"),
    _("Fourth time"),
    _("Fifth time"),
    _("Sixth time"),
    _("Seventh time"),
    _("Eighth time"),
    _("Ninth time"),
    _("Tenth time"),
    _("Eleventh time"),
    _("Twelfth time"),
)


@register.filter
def ordinal(moment: int) -> str:
    """Which moment of the day it is, such as “First time”."""
    if 1 <= moment <= len(TIMES):
        return str(TIMES[moment - 1])
    return gettext("Time %(number)d") % {"number": moment}


@dataclass(frozen=True)
class Today:
    """How many moments were due today, and how many of those were done."""

    done: int
    asked: int

    @property
    def left(self) -> int:
        return self.asked - self.done


@register.filter
def today_of(cards) -> Today:
    """Count the moments that are due. What is done on a rest day is stored, and not counted."""
    due = [card for card in cards if card.due]
    return Today(done=sum(card.done for card in due), asked=sum(len(card.moments) for card in due))


@register.filter
def next_moment(card) -> int | None:
    """The first moment that is not done yet, whose button stands out."""
    return next((moment.number for moment in card.moments if not moment.done), None)


@register.filter
def numbers(count: int) -> list[str]:
    """“0”, “1”, … : `count` of them."""
    return [str(number) for number in range(count)]
