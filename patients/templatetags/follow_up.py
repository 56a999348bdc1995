"""What the pages about how it went say in words."""

from django import template

from ..follow_up.progress import Counts
from ..follow_up.record_note import counted as in_words
from ..follow_up.record_note import paused as paused_in_words
from ..models import Pause

register = template.Library()


@register.filter
def counted(counts: Counts) -> str:
    """Done of what was agreed: “26 of 42 times”, as in the note for the record system."""
    return in_words(counts)


@register.filter
def paused(pause: Pause) -> str:
    """The days of a pause, as in the note."""
    return paused_in_words(pause)
