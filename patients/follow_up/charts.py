"""The coordinates of what a chart shows, from days and numbers; no database, no HTML.

Horizontal coordinates are percentages of the width, so that a chart fits a phone and a sheet of
paper with text of the same size; vertical ones are pixels. All of them are text, because Django
writes a number in a page in the reader's language, and SVG does not read “12,5”.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import ceil

from ..clinical import PAIN_LEAST, PAIN_MOST

HEAD = 30  # px above the chart, for the names of versions in two rows
FOOT = 22  # px below the chart, for the dates
TALL = 150  # px, the height of the chart itself
MOST_TICKS = 6
PAIN_LEVELS = (PAIN_LEAST, 5, PAIN_MOST)
ROWS = (10, 24)  # px from the top, the two rows for names of versions
AIR = 0.12  # empty part of a bar's width, on its left and on its right
APART = 9.0  # %, least distance between two names in one row: the width of "v12" on a phone
CROWDED = 90  # days; with more, a bar is a week and a dot is smaller


@dataclass(frozen=True)
class Bar:
    """An outline for what was given, and inside it a filled bar for what was done."""

    x: str
    width: str
    given_y: str
    given_height: str
    done_y: str
    done_height: str


@dataclass(frozen=True)
class Dot:
    """The highest score of a day, with a line down to the lowest score of that day."""

    x: str
    y: str
    lowest_y: str


@dataclass(frozen=True)
class Stretch:
    """A line between the scores of two days that follow each other."""

    x1: str
    y1: str
    x2: str
    y2: str


@dataclass(frozen=True)
class Level:
    """A horizontal line at `number` on the scale."""

    y: str
    number: int


@dataclass(frozen=True)
class Tick:
    """A date below the chart; `anchor` is the SVG text-anchor: start, middle or end."""

    x: str
    day: date
    anchor: str


@dataclass(frozen=True)
class Mark:
    """The day on which a version was issued. Its name stands at `y`; None when there is no room."""

    x: str
    number: int
    y: str | None
    anchor: str


@dataclass(frozen=True)
class Band:
    """The days of a pause. Its name stands at `middle`; None when there is no room."""

    x: str
    width: str
    middle: str | None


@dataclass(frozen=True)
class Chart:
    levels: tuple[Level, ...]
    ticks: tuple[Tick, ...]
    marks: tuple[Mark, ...]
    crowded: bool
    bars: tuple[Bar, ...] = ()
    dots: tuple[Dot, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    bands: tuple[Band, ...] = ()

    height = HEAD + TALL + FOOT
    tall = TALL
    top = HEAD
    floor = HEAD + TALL
    words_y = HEAD + TALL + FOOT - 6  # of the dates


def bars(
    days: Sequence[tuple[date, int, int]],
    versions: Sequence[tuple[int, date]] = (),
    pauses: Sequence[tuple[date, date | None]] = (),
) -> Chart:
    """A chart of `days`: (day, done, given) for every day, from old to new.

    `versions` are (number, day of issue), `pauses` (first day, day on which it goes on). With more
    than CROWDED days a bar is a week, counted from the first day. It is as wide as its days, so
    that each day stands where it stands in a chart without weeks.
    """
    together = 7 if len(days) > CROWDED else 1
    parts = [days[at : at + together] for at in range(0, len(days), together)]
    sums = [(sum(d[1] for d in part), sum(d[2] for d in part), len(part)) for part in parts]
    most = max(max(done, given) for done, given, _days in sums)
    step = max(1, ceil(most / 3))
    top = step * max(1, ceil(most / step))
    slot = 100 / len(days)
    drawn = tuple(
        Bar(
            x=_percent((at * together + AIR * count) * slot),
            width=_percent((1 - 2 * AIR) * count * slot),
            given_y=_up(given, top),
            given_height=_tall(given, top),
            done_y=_up(done, top),
            done_height=_tall(done, top),
        )
        for at, (done, given, count) in enumerate(sums)
        if done or given
    )
    levels = range(0, top + 1, step)
    dates = [day for day, _done, _given in days]
    return _chart(dates, versions, levels, top, bars=drawn, bands=_bands(dates, pauses))


def line(
    days: Sequence[tuple[date, int | None, int | None]],
    levels: Sequence[int],
    versions: Sequence[tuple[int, date]] = (),
    pauses: Sequence[tuple[date, date | None]] = (),
) -> Chart:
    """A chart of `days`: (day, lowest, highest) for every day. None, where nobody answered, leaves
    a gap in the line."""
    slot, top = 100 / len(days), levels[-1]
    middle = [_percent((at + 0.5) * slot) for at in range(len(days))]
    answered = [
        (x, low, high)
        for x, (_day, low, high) in zip(middle, days, strict=True)
        if low is not None and high is not None
    ]
    highest = [(x, high) for x, (_day, _low, high) in zip(middle, days, strict=True)]
    dates = [day for day, _low, _high in days]
    return _chart(
        dates,
        versions,
        levels,
        top,
        dots=tuple(Dot(x, _up(high, top), _up(low, top)) for x, low, high in answered),
        stretches=tuple(
            Stretch(x1, _up(one, top), x2, _up(other, top))
            for (x1, one), (x2, other) in pairwise(highest)
            if one is not None and other is not None
        ),
        bands=_bands(dates, pauses),
    )


def share(done: int, given: int) -> str:
    """The filled part of a bar; at most 100 %, also when more was done than given."""
    return _percent(100 * min(done, given) / given) if given else _percent(0)


def _chart(days, versions, levels, top, **drawn) -> Chart:
    return Chart(
        levels=tuple(Level(_up(number, top), number) for number in levels),
        ticks=_ticks(days),
        marks=_marks(days, versions),
        crowded=len(days) > CROWDED,
        **drawn,
    )


def _ticks(days: list[date]) -> tuple[Tick, ...]:
    """At most MOST_TICKS dates, a whole number of days or weeks apart, from the first day on."""
    step = 1
    while len(days) / step > MOST_TICKS:
        step = 7 if step == 1 else step * 2
    ticks = []
    for at in range(0, len(days), step):
        x = (at + 0.5) * 100 / len(days)
        anchor = "start" if x < 5 else "end" if x > 92 else "middle"
        ticks.append(Tick(_percent(x), days[at], anchor))
    return tuple(ticks)


def _marks(days: list[date], versions: Sequence[tuple[int, date]]) -> tuple[Mark, ...]:
    """At the start of the day of issue. A name stands in the first row that has room."""
    marks, taken = [], [-APART] * len(ROWS)
    for number, day in versions:
        x = (day - days[0]).days * 100 / len(days)
        row = next((row for row, end in enumerate(taken) if x - end >= APART), None)
        if row is not None:
            taken[row] = x
        y = str(ROWS[row]) if row is not None else None
        marks.append(Mark(_percent(x), number, y, "end" if x > 92 else "start"))
    return tuple(marks)


def _bands(days: list[date], pauses: Sequence[tuple[date, date | None]]) -> tuple[Band, ...]:
    """The part of each pause that lies within `days`."""
    slot, bands = 100 / len(days), []
    for first, until in pauses:
        begin = max(0, (first - days[0]).days)
        end = len(days) if until is None else min(len(days), (until - days[0]).days)
        if begin < end:
            width = (end - begin) * slot
            middle = _percent(begin * slot + width / 2) if width >= APART else None
            bands.append(Band(_percent(begin * slot), _percent(width), middle))
    return tuple(bands)


def _percent(value: float) -> str:
    return f"{value:.2f}%"


def _tall(number: int, top: int) -> str:
    return f"{TALL * number / top:.1f}"


def _up(number: int, top: int) -> str:
    return f"{HEAD + TALL - TALL * number / top:.1f}"
