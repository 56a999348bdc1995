"""From an uploaded film to what a reader sees: files kept by digest, and a value.

A file stands in MEDIA_ROOT/films/ under the SHA-256 of its contents and is served by no path:
`exercises.media.serving` gives it out to who may see it. It is never changed and, but for
`manage.py sweep_pictures`, never removed: a version may name it.
"""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from ..models import Exercise, Film
from .film_files import Footage

# The kinds of file, by their ending.
MEDIA_TYPES = {
    "mp4": "video/mp4",
    "webm": "video/webm",
    "jpg": "image/jpeg",
    "vtt": "text/vtt; charset=utf-8",
}
DIGEST = re.compile(r"[0-9a-f]{64}")
INCOMING = "incoming-"


@dataclass(frozen=True)
class Track:
    """Captions in one language."""

    language: str
    digest: str


@dataclass(frozen=True)
class Clip:
    """A film as a reader sees it, in one language. Frozen with the programme, as a Picture is."""

    digest: str
    media_type: str
    title: str
    alternative: str
    width: int
    height: int
    poster: str = ""
    captions: tuple[Track, ...] = ()

    @classmethod
    def of(cls, film: Film, language: str) -> "Clip":
        return cls(
            digest=film.digest,
            media_type=film.media_type,
            title=film.words("title", language),
            alternative=film.words("alternative", language),
            width=film.width,
            height=film.height,
            poster=film.poster,
            captions=tuple(Track(*track) for track in sorted(film.captions.items())),
        )

    @classmethod
    def from_json(cls, content: dict | None) -> "Clip | None":
        """From what `dataclasses.asdict` made of it."""
        if content is None:
            return None
        return cls(
            **{**content, "captions": tuple(Track(**track) for track in content["captions"])}
        )

    @property
    def digests(self) -> set[str]:
        """Every file that a page with this film asks for."""
        return {self.digest, self.poster, *(track.digest for track in self.captions)} - {""}


# Files.


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "films"


def find(digest: str) -> Path | None:
    """The file with these contents, whatever its kind."""
    if not DIGEST.fullmatch(digest):
        return None
    paths = (folder() / f"{digest}.{ending}" for ending in MEDIA_TYPES)
    return next((path for path in paths if path.is_file()), None)


class Kept:
    """The files of one upload. Those that are new go again when their row does not come."""

    def __init__(self):
        self.new: list[Path] = []

    def bytes(self, content: bytes, ending: str) -> str:
        return self.chunks([content], ending)

    def chunks(self, chunks: Iterable[bytes], ending: str, footage: Footage | None = None) -> str:
        """Write, clean and name a file; returns its digest. A piece of it is never to be seen."""
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=INCOMING, dir=folder())
        try:
            with os.fdopen(handle, "w+b") as file:
                for chunk in chunks:
                    file.write(chunk)
                if footage is not None:
                    footage.clean(file)
                file.flush()
                os.fsync(file.fileno())
                file.seek(0)
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            path = folder() / f"{digest}.{ending}"
            if not path.exists():
                self.new.append(path)
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        return digest

    def undo(self) -> None:
        """Remove what nobody else began to use meanwhile."""
        used = set().union(*(film.digests for film in Film.objects.all()))
        for path in self.new:
            if path.stem not in used:
                path.unlink(missing_ok=True)


@contextmanager
def keeping() -> Iterator[Kept]:
    """Files and rows together: when the rows are rolled back, the new files go too."""
    kept = Kept()
    try:
        with transaction.atomic():
            yield kept
    except BaseException:
        kept.undo()
        raise


# Rows.


@dataclass(frozen=True)
class Upload:
    """What a form checked. None for a film, and a name that is left out, keep what is there."""

    texts: dict
    film: object | None = None  # an UploadedFile, with `footage` as it was read
    footage: Footage | None = None
    poster: bytes | None = None  # b"" takes it away
    captions: dict[str, bytes] | None = None  # by language; b"" takes them away


def save(exercise: Exercise, upload: Upload, kept: Kept) -> Film:
    """Write the film of an exercise, new or changed. Within `keeping()`."""
    film = Film.objects.filter(exercise=exercise).first() or Film(exercise=exercise)
    if upload.film is not None:
        footage = upload.footage
        upload.film.seek(0)
        film.digest = kept.chunks(upload.film.chunks(), footage.extension, footage)
        film.media_type = MEDIA_TYPES[footage.extension]
        film.size, film.seconds = upload.film.size, footage.seconds
        film.width, film.height = footage.width, footage.height
        if upload.poster is None:
            film.poster = ""  # it showed the film before
    if upload.poster is not None:
        film.poster = kept.bytes(upload.poster, "jpg") if upload.poster else ""
    for language, content in (upload.captions or {}).items():
        film.captions.pop(language, None)
        if content:
            film.captions[language] = kept.bytes(content, "vtt")
    film.texts, film.changed_at = upload.texts, timezone.now()
    film.save()
    return film
