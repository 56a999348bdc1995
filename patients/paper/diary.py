"""The diary on paper: a row for each exercise, a column for each day, a box for each moment.

The boxes of a row are one drawing, with an alternative text. As cells of a table they would be
hundreds, which take long to lay out and to read aloud. The lines between days are one drawing too.
"""

from dataclasses import dataclass
from functools import cache
from math import ceil

from exercises.period import WHOLE, Period

from .variants import Variant

LINE, THICK = 0.2, 0.5  # mm: the lines between two days and between two weeks
AIR = 0.5  # mm: the least space between two boxes
PAIN = 7.0  # mm: the height of the row of pain, with room to write a number above its line


@dataclass(frozen=True)
class DiaryTable:
    """The days of one table by week, `((1, (1, …, 7)), …)`, and their size on paper."""

    weeks: tuple[tuple[int, tuple[int, ...]], ...]
    width: float  # mm, of all days together
    box: float  # mm, a side of a box

    @property
    def days(self) -> int:
        return sum(len(days) for _week, days in self.weeks)

    @property
    def first_day(self) -> int:
        return self.weeks[0][1][0]

    @property
    def last_day(self) -> int:
        return self.weeks[-1][1][-1]

    def days_of(self, period: Period) -> list[int]:
        """The days of this table that are in a period, as numbers of the programme's days.

        The date of day 1 is not known on paper. A period with dates is printed in words, and all
        days have boxes.
        """
        days = [day for _week, days in self.weeks for day in days]
        return [day for day in days if period.in_week_day(day)]

    def boxes(self, moments: int, period: Period = WHOLE) -> str:
        """The row of an exercise as SVG: on each day of its period a box for each moment."""
        due = self.days_of(period)
        days = tuple(day in due for _week, days in self.weeks for day in days)
        return _boxes(days, self.width, self.box, moments)

    def lines(self, colour: str) -> str:
        """The background of all rows as SVG: a line after each day, a thick one after a week."""
        return _lines(self.days, self.width, colour)

    @property
    def pain(self) -> str:
        """The row of pain as SVG: on each day a line to write a number on."""
        return _pain(self.days, self.width, self.box)


def tables(variant: Variant) -> list[DiaryTable]:
    """The diary of a variant in tables, each with as many weeks as fit beside each other."""
    weeks = [
        (week, tuple(range(week * 7 - 6, week * 7 + 1))) for week in range(1, variant.weeks + 1)
    ]
    abreast = variant.days_abreast // 7
    return [
        DiaryTable(tuple(weeks[at : at + abreast]), variant.column - variant.names, variant.box)
        for at in range(0, len(weeks), abreast)
    ]


@cache
def _boxes(due: tuple[bool, ...], width: float, box: float, moments: int) -> str:
    day = width / len(due)
    abreast = min(moments, max(1, int((day - AIR) / (box + AIR))))
    rows, step = ceil(moments / abreast), box + AIR
    path = ""
    for at in (at for at, is_due in enumerate(due) if is_due):
        for moment in range(moments):
            row, column = divmod(moment, abreast)
            here = min(abreast, moments - row * abreast)  # the last row may be shorter
            left = (at + 0.5) * day + (column - here / 2) * step + AIR / 2
            path += f"M{left:.2f} {row * step + AIR / 2:.2f}h{box:g}v{box:g}h-{box:g}z"
    return _svg(
        width, rows * step, f'<path d="{path}" fill="#fff" stroke="#444" stroke-width="0.25"/>'
    )


@cache
def _lines(days: int, width: float, colour: str) -> str:
    thin, thick = "", ""
    for day in range(days):
        line = f"M{day * width / days:.2f} 0v1"
        if day and not day % 7:
            thick += line
        else:
            thin += line
    drawn = f'<path d="{thin}" stroke="#ccc" stroke-width="{LINE}"/>'
    drawn += f'<path d="{thick}" stroke="{colour}" stroke-width="{THICK}"/>' if thick else ""
    return _svg(width, 1, drawn).replace("<svg ", '<svg preserveAspectRatio="none" ')


@cache
def _pain(days: int, width: float, box: float) -> str:
    day = width / days
    path = "".join(f"M{(at + 0.5) * day - box / 2:.2f} {PAIN - 1}h{box:g}" for at in range(days))
    return _svg(width, PAIN, f'<path d="{path}" stroke="#888" stroke-width="0.25"/>')


def _svg(width: float, height: float, inside: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}">{inside}</svg>'
    )
