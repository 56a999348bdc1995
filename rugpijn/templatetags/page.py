"""Tags and filters of several pages: an icon, a phone number, a count of today."""

from dataclasses import dataclass

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..typed import phones
from ..web import unavailable
from ..web.visitor import shown_name

register = template.Library()

TIMES = (
    _("First time"),
    _("Second time"),
    _("Third time"),
    _("Fourth time"),
    _("Fifth time"),
    _("Sixth time"),
    _("Seventh time"),
    _("Eighth time"),
    _("Ninth time"),
    _("Tenth time"),
    _("Eleventh time"),
    _("Twelfth time"),
)


@register.filter
def device_name(stored: str) -> str:
    """The stored name of a browser, in the language of the page."""
    return shown_name(stored)


@register.simple_tag
def icon(name: str) -> str:
    """An icon from the sprite. Screen readers skip it: the text beside it says the same."""
    return format_html(
        '<svg class="icon icon-{}" aria-hidden="true" focusable="false">'
        '<use href="{}#{}"></use></svg>',
        name,
        static("rugpijn/icons.svg"),
        name,
    )


@register.filter
def phone(text: str) -> phones.Phones:
    """What a phone field holds, read: the number that is dialled, and the words beside it."""
    return phones.read(text)


@register.filter
def tel(text: str) -> str:
    """The link that dials what a phone field holds: “030 - 234 56 78” is tel:+31302345678."""
    return phones.read(text).link


@register.filter
def ordinal(moment: int) -> str:
    """Which moment of the day it is, such as “First time”."""
    if 1 <= moment <= len(TIMES):
        return str(TIMES[moment - 1])
    return gettext("Time %(number)d") % {"number": moment}


@dataclass(frozen=True)
class Today:
    """How many moments were due today, and how many of those were done."""

    done: int
    asked: int

    @property
    def left(self) -> int:
        return self.asked - self.done


@register.filter
def today_of(cards) -> Today:
    """Count the moments that are due. What is done on a rest day is stored, and not counted."""
    due = [card for card in cards if card.due]
    return Today(done=sum(card.done for card in due), asked=sum(len(card.moments) for card in due))


@register.filter
def without_placeholders(form):
    """Remove the placeholders of a form: grey example text is taken for an answer."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
    return form


@register.simple_tag
def relabel(bound_field, label: str) -> str:
    """Give a field of a library's form our own label."""
    bound_field.label = bound_field.field.label = label
    return ""


@register.filter
def next_moment(card) -> int | None:
    """The first moment that is not done yet, whose button stands out."""
    return next((moment.number for moment in card.moments if not moment.done), None)


@register.filter
def numbers(count: int) -> list[str]:
    """“0”, “1”, … : `count` of them."""
    return [str(number) for number in range(count)]


@register.inclusion_tag("_again.html", takes_context=True)
def again(context):
    """The form with what this request sent, on a page that refused it."""
    return unavailable.again(context["request"])
