"""The small charts of the therapist's first page, as SVG without style or script of its own.

Each has a text beside it that says the same in words, so the drawing is silent when read aloud.
"""

from collections.abc import Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from .. import clinical
from ..follow_up.daily_totals import DayTotal
from ..models import Pause
from ..prescribing import lifecycle
from ..privacy.erasure import open_requests

register = template.Library()

STEP, BAR, HEIGHT = 10, 7, 36  # of a day, of its bar, of a full bar


@register.simple_tag
def done_chart(days: Sequence[DayTotal]) -> SafeString:
    """A bar a day: what was given, and in it what was done."""
    most = max((day.given for day in days), default=0)
    if not most:
        return mark_safe("")
    bars = format_html_join(
        "",
        '<rect class="given" x="{}" y="{}" width="{}" height="{}"/>'
        '<rect class="done" x="{}" y="{}" width="{}" height="{}"/>',
        (
            (*_bar(number, day.given, most), *_bar(number, day.done, most))
            for number, day in enumerate(days)
        ),
    )
    return _svg("done-chart", len(days), bars)


def _bar(number: int, count: int, most: int) -> tuple[str, str, int, str]:
    height = HEIGHT * count / most
    return f"{number * STEP + 1.5:g}", f"{HEIGHT - height + 2:.4g}", BAR, f"{height:.4g}"


@register.simple_tag
def pain_chart(days: Sequence[DayTotal]) -> SafeString:
    """A dot for each day with an answer, joined when they follow each other: what was not
    answered is a gap, and no line is drawn over it."""
    dots, lines, previous = [], [], None
    for number, day in enumerate(days):
        at = None if day.pain is None else _dot(number, day.pain)
        if at is not None:
            dots.append(at)
            if previous is not None:
                lines.append((*previous, *at))
        previous = at
    if not dots:
        return mark_safe("")
    floor = format_html(
        '<line class="floor" x1="0" y1="{y}" x2="{x}" y2="{y}"/>', x=len(days) * STEP, y=HEIGHT + 2
    )
    joined = format_html_join("", '<line x1="{}" y1="{}" x2="{}" y2="{}"/>', lines)
    marked = format_html_join("", '<circle cx="{}" cy="{}" r="2.4"/>', dots)
    return _svg("pain-chart", len(days), floor + joined + marked)


def _dot(number: int, pain: int) -> tuple[str, str]:
    share = (pain - clinical.PAIN_LEAST) / (clinical.PAIN_MOST - clinical.PAIN_LEAST)
    return f"{number * STEP + 5:g}", f"{HEIGHT - share * HEIGHT + 2:.4g}"


def _svg(name: str, days: int, inside: SafeString) -> SafeString:
    """Yesterday is at the right edge, also of who began last week."""
    return format_html(
        '<svg class="{}" viewBox="0 0 {} {}" preserveAspectRatio="xMaxYMid" aria-hidden="true" '
        'focusable="false">{}</svg>',
        name, days * STEP, HEIGHT + 4, inside,
    )  # fmt: skip


@register.filter
def done_words(days: Sequence[DayTotal]) -> str:
    """What the bars say."""
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
    """What the line says: the pain at the start and now, and whether that is a change."""
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


@register.filter
def pause_words(pause: Pause) -> str:
    """How long a programme stands still, beside its day."""
    return lifecycle.paused_words(pause)


@register.simple_tag
def erasures_asked(user) -> dict | None:
    """How many patients of this owner wait for an answer, and before what day the first has it."""
    waiting = list(open_requests(user))
    if not waiting:
        return None
    return {"number": len(waiting), "by": min(each.answer_by for each in waiting)}
