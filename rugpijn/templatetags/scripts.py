"""The scripts of a page."""

from pathlib import PurePath

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join

from ..web.modules import imports

register = template.Library()


@register.simple_tag(takes_context=True)
def module(context, name: str, **data: str) -> str:
    """A JavaScript module, beside which the browser fetches at once what it imports.

    `data` becomes attributes that the script reads: `{% module "rugpijn/unsent.js" words="…" %}`
    makes an element with the id “unsent-script” and `data-words`.
    """
    named = context.render_context.setdefault(module, set())  # on this page, by scripts before
    imported = [other for other in imports(name) if other not in named]
    named.update(imported)
    return format_html(
        '{}<script type="module" src="{}"{}{}></script>',
        format_html_join(
            "", '<link rel="modulepreload" href="{}">', ((static(other),) for other in imported)
        ),
        static(name),
        format_html(' id="{}-script"', PurePath(name).stem) if data else "",
        format_html_join("", ' data-{}="{}"', data.items()),
    )
