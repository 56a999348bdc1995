"""Serve photos and films by digest, for views that have checked the user's access.

These files were made by a practice, so none of them is public. They are sent with a content
security policy that lets a browser run nothing in them.
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
    """A file on disk (`path`), or a photo from the database (`content`)."""

    digest: str
    ending: str
    path: Path | None = None
    content: bytes = b""

    @property
    def is_film(self) -> bool:
        return self.ending in ("mp4", "webm")


def find(digest: str) -> Medium | None:
    """The file or photo with this digest, or None. The caller has checked the user's access."""
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
    """The file or photo with this digest, if a figure or film that the user may see has it.

    Returns None otherwise, and writes a denied access to the access log.
    """
    medium = find(digest)
    if medium is None:
        return None
    naming = (
        Figure.objects.filter(kind=Figure.Kind.PHOTO, rendering=digest),
        Film.objects.filter(Q(digest=digest) | Q(poster=digest) | Q(pk__in=_captioned(medium))),
    )
    if any(rows.visible_to(request.user).exists() for rows in naming):
        return medium
    hidden.write_down(request, next((row for rows in naming for row in rows[:1]), None))
    return None


def library_address(digest: str) -> str:
    return reverse("admin:exercises_media", args=[digest])


def _captioned(medium: Medium) -> list[int]:
    """The primary keys of films with these captions. Not every database can search in JSON."""
    if medium.ending != "vtt":
        return []
    rows = Film.objects.values_list("pk", "captions")
    return [pk for pk, captions in rows if medium.digest in captions.values()]


def answer(request, medium: Medium):
    """The response with the file, or with the range of bytes that the browser asks for."""
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
    """Whether this request is the first of those in which a browser loads a film.

    Some browsers request two bytes before, to find out whether ranges are supported; this does not
    count.
    """
    if not medium.is_film or request.method != "GET":
        return False
    range_wanted = request.headers.get("Range", "").replace(" ", "")
    return not range_wanted or (range_wanted.startswith("bytes=0-") and range_wanted != "bytes=0-1")
