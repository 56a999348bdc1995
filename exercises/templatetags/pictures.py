"""Pictures on a page: the frames with their captions, and small drawings for lists."""

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

PIXELS = 4.6  # CSS pixels for a millimetre of the drawing: a body of 42 mm is 193 pixels tall
SMALL = 1.7  # the same for a small drawing


@register.inclusion_tag("exercises/_picture.html", takes_context=True)
def picture(context, shown: Picture):
    """All frames of a picture. The address of a photo, which not everyone may see, is in `media`
    of the context."""
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
    """The frame that shows the movement, without an alternative text: it is beside the title of
    the exercise, and all frames are further on."""
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
    """A player for a film. The addresses of film, still and captions are in `media` of the
    context."""
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
    """The frame that shows the movement, small, for a list of figures by name."""
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
    """The address of the same frame, without a query for the drawing."""
    if figure is None or figure.kind == Figure.Kind.PHOTO:
        return ""
    return _drawing(figure.rendering_id, _key_number(figure.data.get("strip", [None])))


def _key_number(frames: Sequence) -> int:
    """The number of the frame that shows the movement best."""
    return min(2, len(frames))


def _drawing(digest: str, number: int) -> str:
    return reverse("exercises:drawing", args=[digest, number])
