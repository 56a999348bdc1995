"""What the programme's form shows of a line."""

from django import template
from django.utils import translation

register = template.Library()


@register.filter
def sentence_for(prescription, language: str) -> str:
    """The dosage as the patient will read it, in the patient's language."""
    with translation.override(language):
        return str(prescription.dosage)
