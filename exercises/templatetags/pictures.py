"""Tags that show a picture with its captions, a film, or a small drawing for a list."""

from collections.abc import Sequence

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rugpijn.models import languages

from ..media.films import Clip
from ..models import Figure
from ..pictures import Picture

register = template.Library()

PIXELS = 4.6  # CSS pixels for a millimetre on paper: a body is 19 cm tall at 96 dpi
SMALL = 1.7  # the same for a small drawing


@register.inclusion_tag("exercises/_picture.html", takes_context=True)
def picture(context, shown: Picture):
    """All frames with their captions. `media` in the context has the addresses of photos."""
    media = context.get("media", {})
    frames = [
        {
            "caption": frame.caption,
            "alternative": frame.alternative,
            "src": media.get(shown.digest) or _drawing(shown.digest, number),
            "width": round(frame.width * PIXELS),
            "height": round(frame.height * PIXELS),
        }
        for number, frame in enumerate(shown.frames, 1)
    ]
    loop = reverse("exercises:loop", args=[shown.digest]) if shown.loop else ""
    side = {"left": _("Left side"), "right": _("Right side")}.get(shown.side, "")
    return {"picture": shown, "frames": frames, "loop": loop, "side": side}


@register.simple_tag(takes_context=True)
def key_frame(context, shown: Picture | None) -> str:
    """The frame that shows the movement, without a caption: the text beside it names it."""
    if shown is None:
        return ""
    number = _key_number(shown.frames)
    frame = shown.frames[number - 1]
    return format_html(
        '<img class="key-frame" src="{}" alt="" width="{}" height="{}">',
        context.get("media", {}).get(shown.digest) or _drawing(shown.digest, number),
        round(frame.width * PIXELS),
        round(frame.height * PIXELS),
    )


@register.inclusion_tag("exercises/_film.html", takes_context=True)
def film(context, shown: Clip):
    """A player. `media` in the context has the addresses of the files by digest."""
    media = context.get("media", {})
    names = dict(languages())
    tracks = [
        {
            "src": media[track.digest],
            "language": track.language,
            "name": names.get(track.language, track.language),
            "default": track.language == get_language(),
        }
        for track in shown.captions
        if track.digest in media
    ]
    return {
        "clip": shown,
        "src": media.get(shown.digest),
        "poster": media.get(shown.poster),
        "tracks": tracks,
    }


@register.simple_tag
def small_picture(figure: Figure | None) -> str:
    """The frame that shows the movement, small. The text beside it names it."""
    if figure is None or figure.kind == Figure.Kind.PHOTO:
        return ""
    frames = figure.rendering.frames
    number = _key_number(frames)
    size = frames[number - 1]
    return format_html(
        '<img class="thumbnail" src="{}" alt="" width="{}" height="{}" loading="lazy">',
        _drawing(figure.rendering_id, number),
        round(size["width"] * SMALL),
        round(size["height"] * SMALL),
    )


def thumbnail_address(figure: Figure | None) -> str:
    """The address of that frame for a long list, found without reading the drawings."""
    if figure is None or figure.kind == Figure.Kind.PHOTO:
        return ""
    return _drawing(figure.rendering_id, _key_number(figure.data.get("strip", [None])))


def _key_number(frames: Sequence) -> int:
    """The number of the frame that shows the movement best."""
    return min(2, len(frames))


def _drawing(digest: str, number: int) -> str:
    return reverse("exercises:drawing", args=[digest, number])
