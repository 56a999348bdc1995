"""Whether somebody must not exercise now, for the pages beside those with exercises."""

from django import template

from .. import reports

register = template.Library()


@register.filter
def standing_for(programme, reader) -> reports.Standing:
    """What is in force. `programme` is one that `reader` may see."""
    return reports.standing_for(programme.patient, reader)
