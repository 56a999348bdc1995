"""Whether somebody must not exercise now, for the pages beside those with exercises."""

from django import template

from ..patient_day import reports, waiting

register = template.Library()


@register.filter
def standing_for(programme, reader) -> reports.Standing:
    """What is in force. `programme` is one that `reader` may see."""
    return reports.standing_for(programme.patient, reader)


@register.simple_tag
def not_looked_at(patient, reader) -> waiting.Waiting:
    """What is in force of a patient whom `reader` treats."""
    return waiting.of(patient, reader)
