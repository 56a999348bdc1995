"""Dates as people write them: day before month, as in Dutch, or the year first.

`12-3-1958`, `12 maart 1958`, `12 mrt '58`, `12031958`, `1958-03-12`, `19580312`, `120358`.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from .text import plain

MONTH_NAMES = """
    januari january jan
    februari february feb febr
    maart march mrt mar
    april apr
    mei may
    juni june jun
    juli july jul
    augustus august aug
    september sept sep
    oktober october okt oct
    november nov
    december dec
"""
MONTHS = {
    name: number
    for number, names in enumerate(MONTH_NAMES.strip().splitlines(), start=1)
    for name in names.split()
}
NEAR = range(1900, 2100)  # 20101210 is no day of the year 1210
BETWEEN = r"[-/. ]+"
YEAR = r"(?P<year>[0-9]{4}|'?[0-9]{2})"
DAY = r"(?P<day>[0-9]{1,2})(?:e|de|ste|st|nd|rd|th)?"
SHAPES = [
    re.compile(shape)
    for shape in (
        rf"(?P<year>[0-9]{{4}}){BETWEEN}(?P<month>[0-9]{{1,2}}){BETWEEN}(?P<day>[0-9]{{1,2}})",
        rf"(?P<day>[0-9]{{1,2}}){BETWEEN}(?P<month>[0-9]{{1,2}}){BETWEEN}{YEAR}",
        r"(?P<day>[0-9]{2})(?P<month>[0-9]{2})(?P<year>[0-9]{4}|[0-9]{2})",
        r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})",
        rf"{DAY}[-/. ]*(?:of )?(?P<word>[a-z]+)[-/., ]*{YEAR}",
        rf"(?P<word>[a-z]+)[-/., ]*{DAY}[-/., ]+{YEAR}",
    )
]


@dataclass(frozen=True)
class Parts:
    """The parts that were written: the year in two or four digits, and the numbers of month and
    day."""

    year: str
    month: int
    day: int

    def in_year(self, year: int) -> date | None:
        """Return the date in this year, or None when the year does not have that day."""
        try:
            return date(year, self.month, self.day)
        except ValueError:
            return None


def readings(text: str) -> list[Parts]:
    """Return every meaning of the digits: `19580312` has no 58th month, so it has one."""
    typed, found = plain(unicodedata.normalize("NFKC", text)), []
    for shape in SHAPES:
        if not (match := shape.fullmatch(typed)):
            continue
        part = match.groupdict()
        if "word" in part and part["word"] not in MONTHS:
            continue
        month = MONTHS[part["word"]] if "word" in part else int(part["month"])
        found.append(Parts(part["year"].removeprefix("'"), month, int(part["day"])))
    possible = [parts for parts in found if parts.month <= 12]
    return possible or found


def read(text: str) -> date:
    """Return the date, which must have a year of four digits. Raises ValueError with a sentence for
    whoever typed it."""
    found = readings(text)
    if found and len(found[0].year) == 2:
        raise ValueError(_("Write the year of “%s” in four digits.") % plain(text))
    days = [day for parts in found if (day := parts.in_year(int(parts.year))) is not None]
    if not days:
        raise ValueError(_("There is no such date: %s.") % plain(text)[:40])
    near = [day for day in days if day.year in NEAR]
    return (near or days)[0]
