"""Photos and films by their digest, for views that know who is looking.

What is given out here was made by a practice, so no page of it is open to everyone. Nothing of
it runs, whatever it would be taken for: it comes with a policy that allows nothing.
"""

import io
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db.models import Q
from django.http import HttpResponse
from django.urls import reverse

from rugpijn.web import byte_ranges, hidden

from ..models import Figure, Film, Rendering
from . import films

POLICY = "default-src 'none'; sandbox"


@dataclass(frozen=True)
class Medium:
    """A file on disk, or a photo out of the database."""

    digest: str
    ending: str
    path: Path | None = None
    content: bytes = b""

    @property
    def is_film(self) -> bool:
        return self.ending in ("mp4", "webm")


def find(digest: str) -> Medium | None:
    """What has this digest. The caller has asked whether this person may see it."""
    path = films.find(digest)
    if path is not None:
        return Medium(digest, path.suffix[1:], path)
    photo = (
        Rendering.objects.filter(digest=digest, photo__isnull=False)
        .values_list("photo", flat=True)
        .first()
    )
    return Medium(digest, "jpg", content=bytes(photo)) if photo else None


def in_library(request, digest: str) -> Medium | None:
    """For staff: what an exercise that they see has, or a photo in their library."""
    found = find(digest)
    if found is None:
        return None
    naming = (
        Figure.objects.filter(kind=Figure.Kind.PHOTO, rendering=digest),
        Film.objects.filter(Q(digest=digest) | Q(poster=digest) | Q(pk__in=_captioned(found))),
    )
    if any(rows.visible_to(request.user).exists() for rows in naming):
        return found
    hidden.write_down(request, next((row for rows in naming for row in rows[:1]), None))
    return None


def library_address(digest: str) -> str:
    return reverse("admin:exercises_media", args=[digest])


def _captioned(medium: Medium) -> list[int]:
    """The films with these captions. Looked up here: not every database searches in JSON."""
    if medium.ending != "vtt":
        return []
    rows = Film.objects.values_list("pk", "captions")
    return [pk for pk, captions in rows if medium.digest in captions.values()]


def answer(request, medium: Medium):
    """The file, or the part of it that the browser asks for."""
    media_type = films.MEDIA_TYPES[medium.ending]
    if medium.path is not None and settings.X_ACCEL_PREFIX:
        address = f"{settings.X_ACCEL_PREFIX.rstrip('/')}/films/{medium.path.name}"
        response = HttpResponse(content_type=media_type, headers={"X-Accel-Redirect": address})
    elif medium.path is not None:
        size = medium.path.stat().st_size
        response = byte_ranges.answer(
            request, medium.path.open("rb"), size, media_type=media_type, etag=medium.digest
        )
    else:
        file = io.BytesIO(medium.content)
        response = byte_ranges.answer(
            request, file, len(medium.content), media_type=media_type, etag=medium.digest
        )
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Disposition"] = f'inline; filename="media.{medium.ending}"'
    return response


def begins(request, medium: Medium) -> bool:
    """Whether a film is opened here: a browser asks for it in many pieces, and one is the first.

    Some ask for two bytes before anything else, to hear whether pieces are served at all.
    """
    if not medium.is_film or request.method != "GET":
        return False
    asked = request.headers.get("Range", "").replace(" ", "")
    return not asked or (asked.startswith("bytes=0-") and asked != "bytes=0-1")
