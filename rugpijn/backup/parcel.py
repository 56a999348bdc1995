"""The contents of a backup: a compressed tar with a heading, the database, the media and a list.

`about.json` comes first, so that a backup of another engine or a newer app is refused before
gigabytes are unpacked. `manifest.json` comes after the data and has the length and SHA-256 of
everything before it. `mark` comes last: everybody who has the public key can make a backup, but
only this installation has the key of its mark.
"""

import gzip
import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from . import BackupError, seal

ABOUT, MANIFEST, DATABASE, MEDIA = "about.json", "manifest.json", "database", "media/"
MARK = "mark"  # of the manifest, and so of everything
INCOMING = "incoming-"  # how the name of an incomplete upload begins


@dataclass(frozen=True)
class About:
    """What a backup says about itself."""

    version: str  # of the app
    made_at: str  # ISO 8601, UTC
    engine: str
    migrations: list[list[str]]  # app and name, in the order in which they were applied
    rows: dict[str, int]  # of each table
    format: int = 1  # 2 has a mark

    @classmethod
    def read(cls, content: bytes) -> "About":
        try:
            return cls(**json.loads(content))
        except (ValueError, TypeError):
            raise BackupError("This backup was made by another version of Rugpijn.") from None


class _Counted(io.RawIOBase):
    """Reads a file, and counts and hashes the bytes that were read."""

    def __init__(self, file: BinaryIO):
        super().__init__()
        self.file, self.digest = file, hashlib.sha256()

    def read(self, size=-1):
        piece = self.file.read(size)
        self.digest.update(piece)
        return piece


class Origin(Enum):
    """Which installation made a backup, as its mark shows."""

    OURS = "made by this installation"
    ANOTHERS = "marked by another installation, or with another SHARE_KEY"
    UNKNOWN = "without a mark: from before backups had one, or made by somebody else"


def mark_of(manifest: bytes) -> str:
    """Return the mark, made with SHARE_KEY: that key does not change with a new SECRET_KEY, and
    printed codes need it after a restore anyway."""
    made = salted_hmac("rugpijn.backup", manifest, secret=settings.SHARE_KEY, algorithm="sha256")
    return made.hexdigest()


def pack(file: BinaryIO, public: str, about: About, database: BinaryIO, media: Path) -> bytes:
    """Write the whole backup to `file`. Returns the key of the file, with which it can be read
    back."""
    sealer = seal.Sealer(file, public)
    listed = {}
    with (
        gzip.GzipFile(fileobj=sealer, mode="wb", compresslevel=3, mtime=0) as pressed,
        tarfile.open(fileobj=pressed, mode="w|") as tar,
    ):

        def add(name: str, content: BinaryIO, size: int) -> None:
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = size, 0o600
            counted = _Counted(content)
            tar.addfile(entry, counted)
            listed[name] = {"bytes": size, "sha256": counted.digest.hexdigest()}

        content = json.dumps(asdict(about), indent=1).encode()
        add(ABOUT, io.BytesIO(content), len(content))
        database.seek(0)
        add(DATABASE, database, os.fstat(database.fileno()).st_size)
        for name, path in files(media):
            with path.open("rb") as opened:
                add(name, opened, os.fstat(opened.fileno()).st_size)
        content = json.dumps(listed, indent=1).encode()
        for name, data in ((MANIFEST, content), (MARK, mark_of(content).encode())):
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    sealer.finish()
    return sealer.key


def files(media: Path) -> Iterator[tuple[str, Path]]:
    """Return every file of the media except incomplete uploads, which no row names."""
    for path in sorted(media.rglob("*")):
        if path.is_file() and not path.is_symlink() and not path.name.startswith(INCOMING):
            yield MEDIA + path.relative_to(media).as_posix(), path


def unpack(
    opener: seal.Opener, into: Path | None, accept=lambda about: None
) -> tuple[About, Origin]:
    """Read a backup to its end, and check every length and digest.

    With `into` the contents are written to that folder. `accept` is called with the heading before
    anything else is read.
    """
    about, found, listed, manifest, origin = None, {}, None, b"", Origin.UNKNOWN
    if into is not None:
        (into / MEDIA).mkdir(mode=0o700)
    try:
        with (
            io.BufferedReader(opener, 1 << 20) as raw,
            gzip.GzipFile(fileobj=raw, mode="rb") as pressed,
            tarfile.open(fileobj=pressed, mode="r|") as tar,
        ):
            for entry in tar:
                content = tar.extractfile(entry)
                if content is None or not _is_ours(entry.name):
                    raise seal.not_whole()
                if (entry.name == MARK) is (listed is None) or origin is not Origin.UNKNOWN:
                    raise seal.not_whole()  # nothing but the mark follows the list
                if entry.name == MANIFEST:
                    manifest = content.read()
                    listed = json.loads(manifest)
                    continue
                if entry.name == MARK:
                    same = constant_time_compare(content.read(1000), mark_of(manifest))
                    origin = Origin.OURS if same else Origin.ANOTHERS
                    continue
                counted = _Counted(content)
                if entry.name == ABOUT:
                    about = About.read(counted.read())
                    accept(about)
                elif about is None:
                    raise seal.not_whole()
                else:
                    _write(counted, into and into / entry.name)
                found[entry.name] = {"bytes": entry.size, "sha256": counted.digest.hexdigest()}
            while pressed.read(1 << 20):  # to the end, so that the last chunk is checked too
                pass
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno:
            raise  # a fault of this machine's disk, and not of the file
        raise seal.not_whole() from None
    if about is None or found != listed or DATABASE not in found:
        raise seal.not_whole()
    return about, origin


def _is_ours(name: str) -> bool:
    inside = name.startswith(MEDIA) and not {"", ".", ".."} & set(name.split("/"))
    return inside or name in (ABOUT, MANIFEST, DATABASE, MARK)


def _write(content: _Counted, path: Path | None) -> None:
    if path is None:
        while content.read(1 << 20):
            pass
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while piece := content.read(1 << 20):
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
