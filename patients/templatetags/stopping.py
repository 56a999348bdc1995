"""Whether somebody must not exercise now, for the pages beside those with exercises."""

from django import template

from .. import reports

register = template.Library()


@register.filter
def is_stopped_for(programme, reader) -> bool:
    """Whether a red flag is in force. `programme` is one that `reader` may see."""
    return bool(reports.standing_for(programme.patient, reader).red_flags)
