"""Read the drawings and photos of a file, with the same checks as those made here.

Drawings from poses are drawn from their data, and a photo is encoded anew like every upload. An SVG
drawn by hand is never in a file: it comes with the app, and a file can only refer to it.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext as _

from rugpijn.validators import printable

from .. import pictures
from ..figures import kept
from ..library.table import FileTable
from ..media import photos
from ..models import Figure, Rendering
from ..pose_editor.sliders import check

WORDS = {"title": 120, "alternative": 400, "caption": 160}  # characters
CANNOT_BE_DRAWN = (ValueError, ArithmeticError, LookupError)


@dataclass(frozen=True)
class FigureEntry:
    """A figure to be saved here. `photo` is empty when the photo is already stored."""

    key: str
    kind: str
    data: dict[str, Any]
    photo: bytes = field(default=b"", compare=False)  # `data` has their digest

    def save(self, figure: Figure) -> Figure:
        if self.kind == Figure.Kind.POSES:
            return pictures.save_poses(figure, self.data)
        if self.kind == Figure.Kind.BY_HAND:
            return pictures.save_known(figure, self.kind, self.data)
        photo = self.photo or bytes(figure.rendering.photo)
        return pictures.save_photo(figure, self.data, photo)


def read(table: FileTable, key: str, present: Figure | None, photo_of: Callable) -> FigureEntry:
    """The figure of a row. Raises Refused with its first mistake.

    `present` is the figure here, if there is one. `photo_of` returns the bytes of a photo in the
    file by its digest, or None.
    """
    table.allow("key", "kind", "data", texts=False)
    kind, data = table.values.get("kind"), table.values.get("data")
    if kind not in Figure.Kind.values:
        raise table.refuse("kind", _("one of %s is expected here.") % ", ".join(Figure.Kind.values))
    if not isinstance(data, dict):
        raise table.refuse("data", _("a table is expected here."))
    if present is not None and (present.kind, present.data) == (kind, data):
        return FigureEntry(key, kind, data)
    _check_words(table, kind, data)
    if kind == Figure.Kind.POSES:
        return _poses(table, key, data)
    if kind == Figure.Kind.PHOTO:
        return _photo(table, key, data, present, photo_of)
    return _by_hand(table, key, data)


def _check_words(table: FileTable, kind: str, data: dict) -> None:
    words = [(name, data.get(name, {})) for name in WORDS]
    if kind == Figure.Kind.POSES and isinstance(data.get("strip"), list):
        frames = [frame for frame in data["strip"] if isinstance(frame, dict)]
        words += [("caption", frame.get("caption", {})) for frame in frames]
    for name, texts in words:
        if not isinstance(texts, dict) or not all(isinstance(t, str) for t in texts.values()):
            raise table.refuse(name, _("texts by language are expected here."))
        for text in texts.values():
            if len(text) > WORDS[name]:
                raise table.refuse(name, _("at most %d characters fit here.") % WORDS[name])
            try:
                printable(text)
            except ValidationError as error:
                raise table.refuse(name, error.messages[0]) from error
    if kind != Figure.Kind.POSES:
        for name in ("title", "alternative"):
            if not data.get(name, {}).get("nl", "").strip():
                raise table.refuse(name, _("the Dutch text is missing."))


def _poses(table: FileTable, key: str, data: dict) -> FigureEntry:
    try:
        check(data)
        pictures.draw_ahead(data)  # slow, so it is done before the transaction
    except CANNOT_BE_DRAWN as error:
        raise table.refuse("data", _("this cannot be drawn: %s") % error) from error
    return FigureEntry(key, Figure.Kind.POSES, data)


def _photo(
    table: FileTable, key: str, data: dict, present: Figure | None, photo_of: Callable
) -> FigureEntry:
    words = {name: data[name] for name in WORDS if data.get(name)}
    digest = data.get("photo")
    if data.keys() - WORDS.keys() - {"photo"} or not isinstance(digest, str):
        raise table.refuse("data", _("a photo has title, alternative, caption and photo."))
    if present is not None and present.data.get("photo") == digest:
        return FigureEntry(key, Figure.Kind.PHOTO, words | {"photo": digest})
    original = photo_of(digest)
    if original is None:
        raise table.refuse("photo", _("this photo is not in the zip."))
    if hashlib.sha256(original).hexdigest() != digest:
        raise table.refuse("photo", _("the contents of this photo do not match its name."))
    try:
        jpeg = photos.redrawn(SimpleUploadedFile("photo.jpg", original))
    except ValidationError as error:
        raise table.refuse("photo", error.messages[0]) from error
    digest = hashlib.sha256(jpeg).hexdigest()
    return FigureEntry(key, Figure.Kind.PHOTO, words | {"photo": digest}, jpeg)


def _by_hand(table: FileTable, key: str, data: dict) -> FigureEntry:
    if not Rendering.objects.filter(pk=kept.digest_of(data)).exists():
        raise table.refuse(
            "data", _("drawings by hand come with the app, and this one is not part of it.")
        )
    return FigureEntry(key, Figure.Kind.BY_HAND, data)
