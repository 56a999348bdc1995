"""Form fields for texts that people type and paste. Each text field of a form is one of these.

The value is clean text (`rugpijn.typed.text`): no invisible characters, and Unicode form NFC. A
test checks every form. Passwords are left as they were typed.
"""

from django import forms
from django.db import models

from ..validators import validate_web_address
from . import text


class CleanText:
    """Cleans before Django trims, so that a space before an invisible character goes as well."""

    def to_python(self, value):
        if isinstance(value, str):
            value = text.clean(value)
        return super().to_python(value)


class CharField(CleanText, forms.CharField):
    """A text whose lines end with one character, whatever the browser sent."""


class EmailField(CleanText, forms.EmailField):
    pass


class URLField(CleanText, forms.URLField):
    pass


class WebAddressField(CharField):
    """A link. “https://” is added when it was not typed."""

    def to_python(self, value):
        return text.web_address(super().to_python(value))


class StepsField(CharField):
    """One step on each line. Pasted bullets and numbers are removed: the page numbers the steps."""

    def to_python(self, value):
        return text.without_bullets(super().to_python(value))


FORM_CLASSES = {
    models.CharField: CharField,
    models.TextField: CharField,
    models.EmailField: EmailField,
    models.URLField: URLField,
}


def form_class_of(column: models.Field) -> type[forms.Field] | None:
    """Return the form field for a text column; None for a column with choices or without text."""
    if column.choices:
        return None
    if validate_web_address in column.validators:
        return WebAddressField
    return FORM_CLASSES.get(type(column))


class CleanTextMeta:
    """For the Meta of a ModelForm outside the admin: its text columns use the fields of this
    module."""

    @staticmethod
    def formfield_callback(column, **options):
        if form_class := form_class_of(column):
            options.setdefault("form_class", form_class)
        return column.formfield(**options)
