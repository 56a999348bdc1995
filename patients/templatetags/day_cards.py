"""What the patient's pages show of the exercises of a day."""

from django import template

from ..patient_day.day_cards import DayCount

register = template.Library()


@register.filter
def today_of(cards) -> DayCount:
    """How many of today's moments were asked and done."""
    return DayCount.of(cards)
