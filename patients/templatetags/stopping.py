"""Whether somebody must not exercise now, for the pages beside those with exercises."""

from django import template

from .. import reports

register = template.Library()


@register.filter
def is_stopped_for(programme, reader) -> bool:
    """Whether a red flag is in force. `programme` is one that `reader` may see."""
    if programme.patient.user_id == reader.pk:
        standing = reports.standing_of(reader).get(str(programme.patient.uuid))
        return standing is not None and bool(standing.red_flags)
    return bool(reports.standing_alone(programme.patient_id).red_flags)
