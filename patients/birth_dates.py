"""Dates of birth as people write them."""

import re
import unicodedata
from datetime import date

from django.utils.translation import gettext as _

OLDEST = 120  # years

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari january jan", "februari february feb", "maart march mrt mar",
            "april apr", "mei may", "juni june jun", "juli july jul",
            "augustus august aug", "september sept sep", "oktober october okt oct",
            "november nov", "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip

NUMBERS = re.compile(r"(\d{1,2})[-/. ]+(\d{1,2})[-/. ]+(\d{4}|\d{2})", re.ASCII)
YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", re.ASCII)
RUN_TOGETHER = re.compile(r"(\d{2})(\d{2})(\d{4})", re.ASCII)
WITH_WORD = re.compile(r"(\d{1,2})[-/. ]*([a-z]+)[-/., ]*(\d{4}|\d{2})", re.ASCII)


def read_birth_date(text: str, today: date) -> date:
    """Read `12-3-1958`, `12031958`, `12 maart 1958`, `1958-03-12` and the like.

    Day before month, as in Dutch. A year of two digits is the latest one that is
    not in the future. Raises ValueError, with a sentence for whoever typed it, for
    what is no date, lies in the future or is over 120 years ago.
    """
    typed = unicodedata.normalize("NFKC", text).strip().lower()
    year, month, day = _parts(typed)
    if len(year) == 2:
        century = today.year // 100 * 100
        number = century + int(year)
        if (number, month, day) > (today.year, today.month, today.day):
            number -= 100
    else:
        number = int(year)
    try:
        born = date(number, month, day)
    except ValueError:
        raise ValueError(_("This date does not exist. Please check day and month.")) from None
    if born > today:
        raise ValueError(_("This date lies in the future."))
    if born.year < today.year - OLDEST:
        raise ValueError(_("This date is more than 120 years ago. Please check the year."))
    return born


def _parts(typed: str) -> tuple[str, int, int]:
    """(year as typed, month, day)"""
    if match := YEAR_FIRST.fullmatch(typed):
        return match[1], int(match[2]), int(match[3])
    for pattern in (NUMBERS, RUN_TOGETHER):
        if match := pattern.fullmatch(typed):
            return match[3], int(match[2]), int(match[1])
    if (match := WITH_WORD.fullmatch(typed)) and match[2] in MONTHS:
        return match[3], MONTHS[match[2]], int(match[1])
    raise ValueError(_("Write the date of birth as day, month and year, such as 12-3-1958."))
