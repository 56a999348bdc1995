"""What patients reported and what it stops, for the pages without exercises."""

from django import template

from ..patient_day import reports, waiting

register = template.Library()


@register.filter
def standing_for_reader(programme, reader) -> reports.Standing:
    """What is in force for the patient of a programme that `reader` may see."""
    return reports.standing_for_reader(programme.patient, reader)


@register.simple_tag
def not_looked_at(patient, reader) -> waiting.Waiting:
    """The reports in force of a patient whom `reader` treats."""
    return waiting.of(patient, reader)
