"""What the form of a programme shows of its lines."""

import json

from django import template
from django.utils import timezone, translation
from django.utils.translation import gettext

from exercises.minutes import minutes_per_day, seconds_per_day

from ..clinical import EXERCISES_ENOUGH, EXERCISES_MANY
from ..prescribing.phases import days_of, fullest

register = template.Library()


@register.filter
def sentence_for(prescription, language: str) -> str:
    """The dosage as the patient will read it, in the patient's language."""
    with translation.override(language):
        return str(prescription.dosage)


@register.filter
def seconds(prescription) -> int:
    """How many seconds this line takes on one day."""
    return seconds_per_day(prescription.dosage)


@register.filter
def when_for(prescription, language: str) -> str:
    """The weeks of a line as the patient will read them, in the patient's language."""
    with translation.override(language):
        return str(prescription.period)


@register.filter
def days_of_programme(prescription) -> tuple[int, int | None]:
    """The first and last day of the programme on which the line is done."""
    started_on = prescription.programme.started_on or timezone.localdate()
    return days_of(prescription.period, started_on)


@register.simple_tag
def favourites(user) -> set[int]:
    """The primary keys of the exercises that this therapist gave a star."""
    return set(user.favourites.values_list("exercise", flat=True))


@register.simple_tag
def effort(formset) -> dict:
    """How many exercises and minutes a day the fullest phase has, as it was saved."""
    programme = formset.instance
    all_lines = [form.instance for form in formset.initial_forms]
    lines = fullest(all_lines, programme.started_on or timezone.localdate())
    return {
        "phases": len(lines) < len(all_lines),
        "minutes": minutes_per_day(line.dosage for line in lines),
        "count": len(lines),
        "enough": EXERCISES_ENOUGH,
        "many": EXERCISES_MANY,
    }


@register.filter
def in_own_words(inline_data: str) -> str:
    """The data for Django's script of inline forms, with our text on the button to add a row."""
    data = json.loads(inline_data)
    data["options"]["addText"] = gettext("Add an exercise")
    return json.dumps(data)
