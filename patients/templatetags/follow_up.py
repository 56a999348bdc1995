"""The sentences of the note for the record system, for the pages about how it went."""

from django import template

from ..follow_up import record_note

register = template.Library()
register.filter("counted", record_note.counted)
register.filter("paused", record_note.paused)
