"""Tags for pages of every app: icons, phone numbers to press, names of devices, forms."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html

from ..typed import phones
from ..web import unavailable
from ..web.visitor import shown_name

register = template.Library()


@register.filter
def device_name(stored: str) -> str:
    """The stored name of a browser and its device, in the language of the page."""
    return shown_name(stored)


@register.simple_tag
def icon(name: str) -> str:
    """An icon from the sprite. A screen reader skips it: words beside it say the same."""
    return format_html(
        '<svg class="icon icon-{}" aria-hidden="true" focusable="false">'
        '<use href="{}#{}"></use></svg>',
        name,
        static("rugpijn/icons.svg"),
        name,
    )


@register.filter
def phone(text: str) -> phones.Phones:
    """A phone field in parts: the number that is dialled, and the words beside it."""
    return phones.read(text)


@register.filter
def without_placeholders(form):
    """The form without placeholders in its fields: people take grey example text for an answer."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
    return form


@register.simple_tag
def relabel(bound_field, label: str) -> str:
    """Replace the label of a field in a form that a library made."""
    bound_field.label = bound_field.field.label = label
    return ""


@register.inclusion_tag("_again.html", takes_context=True)
def again(context):
    """A form that holds what this request sent, so that the refusing page can send it again."""
    return unavailable.again(context["request"])
