"""What the programme's form shows of a line."""

from django import template
from django.utils import translation

from exercises.minutes import minutes_per_day, seconds_per_day

from ..clinical import EXERCISES_ENOUGH, EXERCISES_MANY

register = template.Library()


@register.filter
def sentence_for(prescription, language: str) -> str:
    """The dosage as the patient will read it, in the patient's language."""
    with translation.override(language):
        return str(prescription.dosage)


@register.filter
def seconds(prescription) -> int:
    """How long this line takes on one day."""
    return seconds_per_day(prescription.dosage)


@register.simple_tag
def favourites(user) -> set[int]:
    """The exercises that this therapist gave a star."""
    return set(user.favourites.values_list("exercise", flat=True))


@register.simple_tag
def effort(formset) -> dict:
    """What all lines together ask of the patient, as they stand in the form."""
    lines = [form.instance for form in formset.initial_forms]
    return {
        "minutes": minutes_per_day(line.dosage for line in lines),
        "count": len(lines),
        "enough": EXERCISES_ENOUGH,
        "many": EXERCISES_MANY,
    }
