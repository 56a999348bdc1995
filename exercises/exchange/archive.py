"""A zip with exercises, protocols and their pictures, in files that a person can read.

    manifest.json     schema, version of the app, date, name of the practice
    exercises.json    a list of exercises, in the form that `exercises.library` reads
    protocols.json    a list of protocols, each with its lines and its advice
    figures.json      a list of key, kind and data, as `exercises.pictures` describes them
    <digest>.jpg      a photo, named as in the data of its figure

A zip may come from anyone. Unknown names, folders, a name that occurs twice, files that are too
large or too many, and damaged contents raise ValueError with one sentence.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from rugpijn.typed.text import shown

from ..library import schemas
from .content import MOST, Content, ContentRow


def _from_1_to_2(content: dict[str, Any]) -> dict[str, Any]:
    """Schema 2 adds the optional symptoms of a protocol, so nothing has to be converted."""
    return {**content, "schema": 2}


# For each older schema the function that converts it to the next one.
UPGRADES = {1: _from_1_to_2}
SCHEMA = schemas.newest(UPGRADES)
UNPACKED = 50 * 1024 * 1024  # bytes, for all files together
ENTRIES = 2000
LISTS = ("exercises", "protocols", "figures")
MANIFEST = ("schema", "app", "made_on", "practice")
PHOTO = re.compile(r"[0-9a-f]{64}\.jpg")
DAMAGED = (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError)


def write(manifest: dict[str, str], lists: dict[str, list], photos: dict[str, bytes]) -> bytes:
    """The zip as bytes. `lists` has the rows by name of the list, `photos` the JPEGs by digest."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as files:
        for name, content in ({"manifest": {"schema": SCHEMA} | manifest} | lists).items():
            files.writestr(f"{name}.json", json.dumps(content, ensure_ascii=False, indent=1))
        for digest, photo in photos.items():
            files.writestr(f"{digest}.jpg", photo, zipfile.ZIP_STORED)
    return output.getvalue()


def read(packed: bytes) -> Content:
    """The contents of a zip. Raises ValueError with one sentence when it is refused."""
    files = _unpacked(packed)
    photos = {name: files.pop(name) for name in list(files) if PHOTO.fullmatch(name)}
    parsed = {name: _parsed(name, content) for name, content in files.items()}
    manifest = _checked_manifest(parsed.pop("manifest.json", None))
    items = {name: _checked_list(f"{name}.json", parsed.get(f"{name}.json", [])) for name in LISTS}
    try:
        items = schemas.upgraded({"schema": manifest.get("schema"), **items}, UPGRADES)
    except ValueError as error:
        raise ValueError(f"manifest.json: {error}") from error
    lists = {
        name: [ContentRow(number, values) for number, values in enumerate(items[name], start=1)]
        for name in LISTS
    }
    content = Content(**lists, photos={name[:64]: photo for name, photo in photos.items()})
    if not len(content):
        raise ValueError(_("There is nothing in this file that can be imported."))
    if len(content) > MOST:
        raise ValueError(_too_many() % {"most": MOST, "count": len(content)})
    return content


def look(packed: bytes) -> None:
    """Check the names and sizes without unpacking. Raises ValueError with one sentence."""
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as files:
            _check_list(files.infolist())
    except Refusal:
        raise
    except DAMAGED as error:
        raise ValueError(_damaged()) from error


def _damaged() -> str:
    return _("This file is damaged or is not a zip file.")


def _too_many() -> str:
    return _("This file has %(count)d items; at most %(most)d can be imported at a time.")


def _unpacked(packed: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as files:
            _check_list(files.infolist())
            entries = [entry for entry in files.infolist() if not _is_litter(entry)]
            return {entry.filename: _unpack(files, entry) for entry in entries}
    except Refusal:
        raise
    except DAMAGED as error:
        raise ValueError(_damaged()) from error


class Refusal(ValueError):
    """Its message is a translated sentence for the user, unlike that of another ValueError."""


def _check_list(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > ENTRIES:
        raise Refusal(
            _("This zip has %(count)d files; at most %(most)d are allowed.")
            % {"count": len(entries), "most": ENTRIES}
        )
    if sum(entry.file_size for entry in entries) > UNPACKED:
        raise Refusal(_("Unpacked, this zip file is larger than 50 MB."))
    known = {f"{name}.json" for name in ("manifest", *LISTS)}
    seen = set()
    for entry in entries:
        if _is_litter(entry):
            continue
        # `filename` is not the stored name: zipfile cuts it at NUL and changes its slashes.
        name = entry.orig_filename
        if name not in known and not PHOTO.fullmatch(name):
            raise Refusal(
                _("“%(name)s” does not belong in this zip; it holds %(known)s and photos.")
                % {"name": shown(name), "known": ", ".join(sorted(known))}
            )
        if name in seen:
            raise Refusal(_("“%(name)s” is in this zip twice.") % {"name": name})
        if entry.flag_bits & 0x1:
            raise Refusal(_("This zip file has a password. Make one without."))
        seen.add(name)


def _is_litter(entry: zipfile.ZipInfo) -> bool:
    """Whether the operating system added this file when it made the zip."""
    name = entry.orig_filename
    return name.startswith("__MACOSX/") or name in (".DS_Store", "Thumbs.db", "desktop.ini")


def _unpack(files: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """The contents of a file, never longer than the size in the zip, which was checked before."""
    with files.open(entry) as file:
        content = file.read(entry.file_size + 1)
    if len(content) != entry.file_size:
        raise zipfile.BadZipFile("It is longer than it says.")
    return content


def _parsed(name: str, content: bytes) -> Any:
    try:
        return json.loads(
            content.decode(), object_pairs_hook=_once, parse_constant=_refuse_constant
        )
    except Refusal as error:
        raise ValueError(f"{name}: {error}") from error
    except (ValueError, RecursionError) as error:
        place = f", {_('line')} {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise ValueError(_("%(file)s is not readable JSON.") % {"file": name + place}) from error


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    values = {}
    for name, value in pairs:
        if name in values:
            raise Refusal(_("“%(name)s” occurs twice in one place.") % {"name": shown(name)})
        values[name] = value
    return values


def _refuse_constant(name: str):
    raise Refusal(_("“%(name)s” is not a number.") % {"name": name})


def _checked_manifest(manifest: Any) -> dict[str, Any]:
    if not isinstance(manifest, dict):
        raise ValueError(_("manifest.json is missing: this zip was not made by this app."))
    for name in manifest:
        if name not in MANIFEST:
            raise ValueError(
                _("manifest.json: the name “%(name)s” is unknown here.") % {"name": shown(name)}
            )
    return manifest


def _checked_list(file: str, content: Any) -> list[dict[str, Any]]:
    if not isinstance(content, list) or not all(isinstance(item, dict) for item in content):
        raise ValueError(_("%(file)s must be a list.") % {"file": file})
    if len(content) > MOST:
        raise ValueError(_too_many() % {"most": MOST, "count": len(content)})
    return content
