"""Where the marks of a chart stand."""

from dataclasses import asdict
from datetime import date, timedelta
from itertools import pairwise

import pytest

from patients.follow_up import charts

FIRST = date(2026, 11, 2)


def day(number: int) -> date:
    return FIRST + timedelta(days=number - 1)


def bars(*numbers, **options):
    return charts.bars([(day(n), *pair) for n, pair in enumerate(numbers, 1)], **options)


def line(*scores, **options):
    days = [(day(n), score, score) for n, score in enumerate(scores, 1)]
    return charts.line(days, (0, 5, 10), **options)


def pixels(text: str) -> float:
    return float(text)


def test_a_bar_is_as_high_as_its_number():
    chart = bars((3, 6), (6, 6))
    half, full = chart.bars
    assert pixels(half.done_height) == pixels(full.done_height) / 2
    assert pixels(full.done_y) == pixels(full.given_y) == chart.top
    assert pixels(half.done_y) + pixels(half.done_height) == chart.floor


def test_what_was_done_beyond_the_agreed_stands_above_it():
    (bar,) = bars((4, 2)).bars
    assert pixels(bar.done_y) < pixels(bar.given_y)
    assert pixels(bar.done_y) >= charts.HEAD


def test_bars_stand_beside_each_other_within_the_width():
    chart = bars(*[(1, 2)] * 42)
    left = [float(bar.x.rstrip("%")) for bar in chart.bars]
    width = float(chart.bars[0].width.rstrip("%"))
    assert left == sorted(left) and left[0] >= 0 and left[-1] + width <= 100
    assert all(b - a >= width for a, b in pairwise(left))


def test_of_a_long_time_a_bar_is_a_week_and_days_stay_where_they_are():
    chart = bars(*[(1, 2)] * 100, versions=[(2, day(51))])
    assert chart.crowded and len(chart.bars) == 15
    assert pixels(chart.bars[0].given_height) == 7 * pixels(chart.bars[-1].given_height) / 2
    left, width = (float(text.rstrip("%")) for text in (chart.bars[-1].x, chart.bars[-1].width))
    assert left >= 98 and left + width <= 100  # two days of the hundred are left for the last
    assert chart.marks[0].x == line(*[1] * 100, versions=[(2, day(51))]).marks[0].x == "50.00%"


def test_a_day_without_anything_has_no_bar_and_an_empty_chart_is_one():
    chart = bars((0, 0))
    assert chart.bars == ()
    assert [level.number for level in chart.levels] == [0, 1]


@pytest.mark.parametrize("most", range(1, 80))
def test_levels_are_few_whole_numbers_and_hold_the_highest(most):
    levels = [level.number for level in bars((most, 1)).levels]
    assert levels[0] == 0 and levels[-1] >= most and len(levels) <= 4


def test_zero_pain_is_a_dot_on_the_floor_and_no_answer_is_none():
    chart = line(0, None, 10)
    zero, ten = chart.dots
    assert pixels(zero.y) == chart.floor
    assert pixels(ten.y) == chart.top
    assert chart.stretches == ()  # nobody knows what was between them


def test_days_beside_each_other_are_joined():
    chart = line(5, 6, None, 7, 7)
    assert [(s.x1, s.x2) for s in chart.stretches] == [("10.00%", "30.00%"), ("70.00%", "90.00%")]


def test_a_dot_goes_down_to_the_lowest_of_its_day():
    chart = charts.line([(FIRST, 2, 8)], (0, 5, 10))
    assert pixels(chart.dots[0].y) < pixels(chart.dots[0].lowest_y) < chart.floor


@pytest.mark.parametrize("days", [1, 2, 6, 7, 21, 42, 43, 100, 400, 2000])
def test_never_more_dates_than_fit(days):
    ticks = bars(*[(1, 1)] * days).ticks
    assert 1 <= len(ticks) <= charts.MOST_TICKS
    assert ticks[0].day == FIRST


def test_versions_stand_at_the_beginning_of_their_day_and_their_names_apart():
    versions = [(1, day(1)), (2, day(2)), (3, day(3)), (4, day(40))]
    marks = bars(*[(1, 1)] * 50, versions=versions).marks
    assert [mark.x for mark in marks] == ["0.00%", "2.00%", "4.00%", "78.00%"]
    one, two = map(str, charts.ROWS)
    assert [mark.y for mark in marks] == [one, two, None, one]


@pytest.mark.parametrize(
    ("done", "given", "filled"), [(1, 3, "33.33%"), (4, 2, "100.00%"), (1, 0, "0.00%")]
)
def test_a_share(done, given, filled):
    assert charts.share(done, given) == filled


def test_numbers_are_written_as_a_drawing_reads_them():
    chart = bars((1, 7), versions=[(1, FIRST)])
    texts = [value for bar in chart.bars for value in asdict(bar).values()]
    texts += [value for mark in chart.marks for value in (mark.x, mark.y)]
    assert all(isinstance(text, str) and "," not in text for text in texts)


@pytest.mark.parametrize(
    ("pauses", "bands"),
    [
        ([], []),
        ([(day(3), day(5))], [("20.00%", "20.00%", "30.00%")]),
        ([(day(9), None)], [("80.00%", "20.00%", "90.00%")]),
        ([(day(-5), day(2))], [("0.00%", "10.00%", "5.00%")]),  # began before the period
        ([(day(10), day(40))], [("90.00%", "10.00%", "95.00%")]),
        ([(day(-9), day(1)), (day(11), None)], []),  # before and after it
    ],
)
@pytest.mark.parametrize("drawn", ["bars", "line"])
def test_a_pause_is_a_band_as_wide_as_its_days(pauses, bands, drawn):
    chart = (
        bars(*[(1, 2)] * 10, pauses=pauses) if drawn == "bars" else line(*[1] * 10, pauses=pauses)
    )
    assert [(band.x, band.width, band.middle) for band in chart.bands] == bands


def test_a_narrow_band_has_no_room_for_its_name():
    (band,) = bars(*[(1, 2)] * 42, pauses=[(day(3), day(5))]).bands
    assert band.middle is None
