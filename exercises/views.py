"""Drawings as SVG files. They have no text and show no real person, so they need no login."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from rugpijn.web.middleware import FOR_EVERYONE

from .models import Rendering


@login_not_required
@require_safe
def drawing(request, digest, number):
    """One frame of a strip, counted from 1. Responds 404 for a photo."""
    frames = Rendering.objects.filter(digest=digest).values_list("frames", flat=True).first()
    if not frames or not 1 <= number <= len(frames) or "svg" not in frames[number - 1]:
        raise Http404
    return _svg(frames[number - 1]["svg"])


@login_not_required
@require_safe
def loop(request, digest):
    """The moving drawing of a strip. Responds 404 when there is none."""
    svg = Rendering.objects.filter(digest=digest).values_list("loop", flat=True).first()
    if not svg:
        raise Http404
    return _svg(svg)


def _svg(svg: str) -> HttpResponse:
    response = HttpResponse(svg, content_type="image/svg+xml")
    response.headers["Cache-Control"] = FOR_EVERYONE
    return response
