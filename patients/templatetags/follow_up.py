"""Counts and pauses in words, for the pages about progress."""

from django import template

from ..follow_up.progress import Counts
from ..follow_up.record_note import counted as in_words
from ..follow_up.record_note import paused as paused_in_words
from ..models import Pause

register = template.Library()


@register.filter
def counted(counts: Counts) -> str:
    """How often something was done: “26 of 42 times”, as in the note for the record system."""
    return in_words(counts)


@register.filter
def paused(pause: Pause) -> str:
    """The days of a pause, as in the note for the record system."""
    return paused_in_words(pause)
