"""The small charts of the therapist's first page, as SVG of what follow_up/charts.py computes.

Each has a text beside it that says the same, so screen readers skip the drawing.
"""

from collections.abc import Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from .. import clinical
from ..follow_up import charts
from ..follow_up.daily_totals import DayTotal
from ..prescribing import lifecycle
from ..privacy.erasure import open_requests

register = template.Library()
register.filter("pause_words", lifecycle.paused_words)

DAY, MARGIN, DOT = 42, 8, 10  # units of the viewBox: width of a day, above and below, radius


@register.simple_tag
def done_chart(days: Sequence[DayTotal]) -> SafeString:
    """A bar for each day: what was given, and in it what was done. Empty when nothing was given."""
    if not any(day.given for day in days):
        return mark_safe("")
    chart = charts.bars([(day.day, day.done, day.given) for day in days])
    bars = format_html_join(
        "",
        '<rect class="given" x="{x}" y="{given_y}" width="{width}" height="{given_height}"/>'
        '<rect class="done" x="{x}" y="{done_y}" width="{width}" height="{done_height}"/>',
        (vars(bar) for bar in chart.bars),
    )
    return _svg("done-chart", len(days), chart, bars)


@register.simple_tag
def pain_chart(days: Sequence[DayTotal]) -> SafeString:
    """A dot for each day with an answer, joined to the day before. Empty without answers."""
    if all(day.pain is None for day in days):
        return mark_safe("")
    chart = charts.line([(day.day, day.pain, day.pain) for day in days], charts.PAIN_LEVELS)
    floor = format_html('<line class="floor" x1="0" y1="{y}" x2="100%" y2="{y}"/>', y=chart.floor)
    stretches = format_html_join(
        "",
        '<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>',
        (vars(stretch) for stretch in chart.stretches),
    )
    dots = format_html_join(
        "", '<circle cx="{}" cy="{}" r="{}"/>', ((dot.x, dot.y, DOT) for dot in chart.dots)
    )
    return _svg("pain-chart", len(days), chart, floor + stretches + dots)


def _svg(name: str, days: int, chart: charts.Chart, marks: SafeString) -> SafeString:
    """Every day has the same width and yesterday is at the right edge, however few the days."""
    return format_html(
        '<svg class="{}" viewBox="0 {} {} {}" preserveAspectRatio="xMaxYMid" aria-hidden="true" '
        'focusable="false">{}</svg>',
        name,
        chart.top - MARGIN,
        days * DAY,
        chart.tall + 2 * MARGIN,
        marks,
    )


@register.filter
def done_words(days: Sequence[DayTotal]) -> str:
    """What the bars show, as text."""
    given = sum(day.given for day in days)
    if not given:
        return _("nothing was asked yet")
    return _("%(done)d of %(given)d done in %(days)d days") % {
        "done": sum(day.done for day in days),
        "given": given,
        "days": len(days),
    }


@register.simple_tag
def pain_words(days: Sequence[DayTotal], at_start: int | None) -> str:
    """The pain at the start and the last score, and whether that is a change."""
    answered = [day.pain for day in days if day.pain is not None]
    if not answered:
        return _("pain not answered")
    words = {
        "less": _("pain %(start)d at the start, now %(now)d: less"),
        "same": _("pain %(start)d at the start, now %(now)d: about the same"),
        "more": _("pain %(start)d at the start, now %(now)d: more"),
        "": _("pain now %(now)d"),
    }
    change = clinical.pain_change(at_start, answered[-1])
    return words[change] % {"start": at_start, "now": answered[-1]}


@register.simple_tag
def erasures_asked(user) -> dict | None:
    """How many patients of this owner asked for erasure, and by what day the first must have an
    answer; None when nobody did."""
    waiting = list(open_requests(user))
    if not waiting:
        return None
    return {"number": len(waiting), "by": min(each.answer_by for each in waiting)}
