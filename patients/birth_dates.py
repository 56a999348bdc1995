"""Dates of birth as people write them."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rugpijn.typed import dates
from rugpijn.typed.text_fields import CharField

OLDEST = 120  # years


def read_birth_date(text: str, today: date) -> date:
    """Read a date as `rugpijn.typed.dates` does, also with a year of two digits if only one fits.

    Raises ValueError, with a sentence for whoever typed it, when the text is no date, the date is
    in the future or over 120 years ago, or the year of two digits fits in two centuries.
    """
    if not text or len(text) > 100 or not (readings := dates.readings(text)):
        raise ValueError(
            gettext("Write the date of birth as day, month and year, such as 12-3-1958.")
        )
    if all(parts.day == 0 or parts.month == 0 for parts in readings):
        raise ValueError(
            gettext(
                "Day and month cannot be 0. If the birthday is not known, agree on a date, "
                "such as 1-1-1958."
            )
        )
    days = [day for parts in readings for year in _years(parts) if (day := parts.in_year(year))]
    if not days:
        raise ValueError(gettext("This date does not exist. Please check day and month."))
    possible = [day for day in days if today.year - OLDEST <= day.year and day <= today]
    if len(possible) > 1:
        raise ValueError(
            gettext("Is this %(first)d or %(last)d? Write the year in four digits.")
            % {"first": min(possible).year, "last": max(possible).year}
        )
    if possible:
        return possible[0]
    if min(days) > today:
        raise ValueError(gettext("This date lies in the future."))
    raise ValueError(gettext("This date is more than 120 years ago. Please check the year."))


def _years(parts: dates.Parts) -> list[int]:
    year = int(parts.year)
    return [year] if len(parts.year) == 4 else [1900 + year, 2000 + year]


class BirthDateField(CharField):
    """A date of birth as people write it; shown as 12-03-1958."""

    def __init__(self, **kwargs):
        kwargs.setdefault("label", _("Date of birth"))
        kwargs.setdefault("help_text", _("For example 12-3-1958"))
        kwargs.setdefault("max_length", 40)
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("autocomplete", "bday")
        self.widget.attrs.setdefault("class", "vTextField")

    def prepare_value(self, value):
        return value.strftime("%d-%m-%Y") if isinstance(value, date) else value

    def to_python(self, value):
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        try:
            return read_birth_date(text, today=timezone.localdate())
        except ValueError as error:
            raise ValidationError(str(error), code="birth_date") from error

    def run_validators(self, value):
        """None: CharField would measure the length of the date."""

    def has_changed(self, initial, data):
        try:
            return self.to_python(data) != initial
        except ValidationError:
            return True
