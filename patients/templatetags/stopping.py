"""Whether somebody must not exercise now, for the pages beside those with exercises."""

from django import template

from .. import reports, waiting

register = template.Library()


@register.filter
def is_stopped_for(programme, reader) -> bool:
    """Whether a red flag is in force. `programme` is one that `reader` may see."""
    return bool(reports.standing_for(programme.patient, reader).red_flags)


@register.simple_tag
def not_looked_at(patient, reader) -> waiting.Waiting:
    """What is in force of a patient whom `reader` treats."""
    return waiting.of(patient, reader)
