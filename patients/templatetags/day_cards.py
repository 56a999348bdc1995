"""What the patient's pages show of a day: its cards and the moments on them."""

from collections.abc import Iterable

from django import template
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..patient_day.day_cards import Card, DayCount

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
    """Which moment of the day: “First time”."""
    if 1 <= moment <= len(TIMES):
        return str(TIMES[moment - 1])
    return gettext("Time %(number)d") % {"number": moment}


@register.filter
def today_of(cards: Iterable[Card]) -> DayCount:
    """How many of today's moments were asked and done."""
    return DayCount.of(cards)


@register.filter
def next_moment(card: Card) -> int | None:
    """The number of the first moment that is not done yet; None when all are done."""
    return next((moment.number for moment in card.moments if not moment.done), None)


@register.filter
def numbers(count: int) -> list[str]:
    """The numbers of a scale as texts: "0", "1", … up to and without `count`."""
    return [str(number) for number in range(count)]
