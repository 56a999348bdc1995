"""Store uploaded films as files named by their digest, and describe a film as a `Clip`.

A file is in MEDIA_ROOT/films/, named by the SHA-256 of its contents. It has no address of its own:
`exercises.media.serving` sends it to people who may see it. It is never changed. Only
`manage.py sweep_pictures` deletes files, because a version may refer to them.
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

# The media types of files, by extension.
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
    """A film as a reader sees it, in one language. It is frozen with the programme."""

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
        """The clip from the result of `dataclasses.asdict`, or None from None."""
        if content is None:
            return None
        return cls(
            **{**content, "captions": tuple(Track(**track) for track in content["captions"])}
        )

    @property
    def digests(self) -> set[str]:
        """The digests of all files that a page with this film loads."""
        return {self.digest, self.poster, *(track.digest for track in self.captions)} - {""}


# Files.


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "films"


def find(digest: str) -> Path | None:
    """The path of the file with this digest, whatever its extension, or None."""
    if not DIGEST.fullmatch(digest):
        return None
    paths = (folder() / f"{digest}.{ending}" for ending in MEDIA_TYPES)
    return next((path for path in paths if path.is_file()), None)


class Kept:
    """The files of one upload. `undo` removes the new ones when their row is not saved."""

    def __init__(self):
        self.new: list[Path] = []

    def bytes(self, content: bytes, ending: str) -> str:
        return self.chunks([content], ending)

    def chunks(self, chunks: Iterable[bytes], ending: str, footage: Footage | None = None) -> str:
        """Write and clean a file, and name it by its digest, which is returned.

        The file gets its name when it is complete, so that no part of it can be read before.
        """
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
        """Remove the new files, except those that another film refers to meanwhile."""
        used = set().union(*(film.digests for film in Film.objects.all()))
        for path in self.new:
            if path.stem not in used:
                path.unlink(missing_ok=True)


@contextmanager
def keeping() -> Iterator[Kept]:
    """A transaction for rows and files. When it is rolled back, the new files are removed."""
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
    """The cleaned data of a form. None, and a language that is left out, change nothing."""

    texts: dict
    film: object | None = None  # an UploadedFile
    footage: Footage | None = None  # of that file
    poster: bytes | None = None  # b"" removes it
    captions: dict[str, bytes] | None = None  # by language; b"" removes them


def save(exercise: Exercise, upload: Upload, kept: Kept) -> Film:
    """Save the film of an exercise, new or changed. Call it within `keeping()`."""
    film = Film.objects.filter(exercise=exercise).first() or Film(exercise=exercise)
    if upload.film is not None:
        footage = upload.footage
        upload.film.seek(0)
        film.digest = kept.chunks(upload.film.chunks(), footage.extension, footage)
        film.media_type = MEDIA_TYPES[footage.extension]
        film.size, film.seconds = upload.film.size, footage.seconds
        film.width, film.height = footage.width, footage.height
        if upload.poster is None:
            film.poster = ""  # the old still picture belongs to the former film
    if upload.poster is not None:
        film.poster = kept.bytes(upload.poster, "jpg") if upload.poster else ""
    for language, content in (upload.captions or {}).items():
        film.captions.pop(language, None)
        if content:
            film.captions[language] = kept.bytes(content, "vtt")
    film.texts, film.changed_at = upload.texts, timezone.now()
    film.save()
    return film
