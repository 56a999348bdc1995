"""Dates of birth as people write them."""

from datetime import date

from django.utils.translation import gettext as _

from rugpijn import dates

OLDEST = 120  # years


def read_birth_date(text: str, today: date) -> date:
    """Read what `rugpijn.dates` reads, with a year of two digits where only one is possible.

    Raises ValueError, with a sentence for whoever typed it, for what is no date, lies in the
    future, is over 120 years ago, or may be in two centuries.
    """
    if not text or len(text) > 100 or not (readings := dates.readings(text)):
        raise ValueError(_("Write the date of birth as day, month and year, such as 12-3-1958."))
    if all(parts.day == 0 or parts.month == 0 for parts in readings):
        raise ValueError(
            _(
                "Day and month cannot be 0. If the birthday is not known, agree on a date, "
                "such as 1-1-1958."
            )
        )
    born = [day for parts in readings for year in _years(parts) if (day := parts.in_year(year))]
    if not born:
        raise ValueError(_("This date does not exist. Please check day and month."))
    possible = [day for day in born if _oldest(today) <= day.year and day <= today]
    if len(possible) > 1:
        raise ValueError(
            _("Is this %(first)d or %(last)d? Write the year in four digits.")
            % {"first": min(possible).year, "last": max(possible).year}
        )
    if possible:
        return possible[0]
    if min(born) > today:
        raise ValueError(_("This date lies in the future."))
    raise ValueError(_("This date is more than 120 years ago. Please check the year."))


def _years(parts: dates.Parts) -> list[int]:
    year = int(parts.year)
    return [year] if len(parts.year) == 4 else [1900 + year, 2000 + year]


def _oldest(today: date) -> int:
    return today.year - OLDEST
