"""Small things that several pages need: an icon, a phone number to press."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html

from ..typed import phones
from ..web import unavailable
from ..web.visitor import shown_name

register = template.Library()


@register.filter
def device_name(stored: str) -> str:
    """The name of a browser on a device, in the language of the page."""
    return shown_name(stored)


@register.simple_tag
def icon(name: str) -> str:
    """An icon from the sprite, beside words that say the same: silent when read aloud."""
    return format_html(
        '<svg class="icon icon-{}" aria-hidden="true" focusable="false">'
        '<use href="{}#{}"></use></svg>',
        name,
        static("rugpijn/icons.svg"),
        name,
    )


@register.filter
def phone(text: str) -> phones.Phones:
    """What a phone field holds: the number that is dialled, and the words beside it."""
    return phones.read(text)


@register.filter
def without_placeholders(form):
    """A form whose fields have labels only: grey example text is taken for an answer."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
    return form


@register.simple_tag
def relabel(bound_field, label: str) -> str:
    """Give a field of somebody else's form our own words."""
    bound_field.label = bound_field.field.label = label
    return ""


@register.inclusion_tag("_again.html", takes_context=True)
def again(context):
    """What this request sent, to be sent once more from the page that refuses it."""
    return unavailable.again(context["request"])
