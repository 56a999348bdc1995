"""Read the format of a film from the file itself, without trusting its name or media type.

Two formats are accepted, which browsers play without help: MP4 (boxes) and WebM (EBML elements).
Only headings are read, at most `MOST` of them; no picture is decoded. Other contents of the file
(the place where it was made, a name, an embedded file) are found here, and `Footage.clean`
overwrites them in place, so that no offset changes. ValueError has one sentence for the user.
"""

import io
import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _

MOST = 200_000  # headings in one file; an hour of film has fewer
SIDES = (16, 8192)  # pixels
LONGEST = 4 * 3600  # seconds; a longer duration in a file is taken to be wrong
ZEROS = bytes(1 << 16)

# MP4: what a player needs. Everything else is overwritten.
MP4_BRANDS = {
    *(b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"iso7", b"iso8", b"iso9"),
    *(b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"dash", b"av01"),
}
MP4_FILE = {b"ftyp", b"styp", b"moov", b"moof", b"mdat", b"mfra", b"sidx", b"ssix", b"pdin"}
MP4_KEPT = {
    b"moov": {b"mvhd", b"trak", b"mvex", b"iods"},
    b"trak": {b"tkhd", b"mdia", b"edts", b"tref"},
    b"mdia": {b"mdhd", b"hdlr", b"minf", b"elng"},
    b"minf": {b"vmhd", b"smhd", b"hmhd", b"nmhd", b"sthd", b"gmhd", b"dinf", b"stbl"},
}
MP4_OTHER_TRACKS = {b"soun", b"subt", b"sbtl", b"text", b"clcp", b"tmcd"}
# What every current browser plays: H.264 in eight bits, and VP9. Only Safari plays HEVC, only the
# newest telephones play AV1, and VP8 is played in WebM only.
MP4_CODECS = {b"avc1", b"avc3", b"vp09"}
HEVC = {b"hvc1", b"hev1", b"dvh1", b"dvhe"}
H264 = {b"avc1", b"avc3"}
H264_PROFILES = {66, 77, 88, 100}  # baseline, main, extended and high
VISUAL = 78  # bytes of a sample entry before its boxes
MP4_SOUNDS = {b"mp4a", b"Opus", b".mp3", b"fLaC"}

# WebM: the numbers of elements, with their length bits. Tags and attachments are not kept. The last
# five of WEBM_KEPT are in a cluster, or after it when the cluster has no size.
EBML, DOCTYPE, SEGMENT, INFO = 0x1A45DFA3, 0x4282, 0x18538067, 0x1549A966
TRACKS, CLUSTER, SEEK_HEAD, CUES, VOID = 0x1654AE6B, 0x1F43B675, 0x114D9B74, 0x1C53BB6B, 0xEC
WEBM_KEPT = {SEEK_HEAD, INFO, TRACKS, CUES, CLUSTER, 0xE7, 0xA7, 0xAB, 0xA3, 0xA0}
TRACK, TRACK_TYPE, CODEC, VIDEO, PIXEL_WIDTH, PIXEL_HEIGHT = 0xAE, 0x83, 0x86, 0xE0, 0xB0, 0xBA
SCALE, DURATION = 0x2AD7B1, 0x4489
WEBM_CODECS = {b"V_VP8", b"V_VP9"}
IS_VIDEO, WEBM_OTHER_TRACKS = 1, {2, 17}  # sound and subtitles


@dataclass(frozen=True)
class Blank:
    """A range of bytes to overwrite with `heading` and then zeros."""

    start: int
    stop: int
    heading: bytes


@dataclass(frozen=True)
class Footage:
    """A film that a browser plays, with the ranges of the file to overwrite."""

    extension: str
    width: int  # pixels as it is shown, after rotation
    height: int
    seconds: int | None
    blanks: tuple[Blank, ...]

    @classmethod
    def read(cls, file: BinaryIO) -> "Footage":
        """Read the headings of a film. Raises ValueError with one sentence."""
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        start = file.read(12)
        try:
            if start[4:8] == b"ftyp":
                return _read_mp4(file, size)
            if start[:4] == b"\x1a\x45\xdf\xa3":
                return _read_webm(file, size)
        except (struct.error, IndexError, OverflowError, RecursionError) as error:
            raise _broken() from error
        raise ValueError(_("This is not a film we can show. Please use an MP4 or WebM file."))

    def clean(self, file: BinaryIO) -> None:
        """Overwrite what the film does not need. The file keeps its size."""
        for blank in self.blanks:
            file.seek(blank.start)
            file.write(blank.heading)
            left = blank.stop - blank.start - len(blank.heading)
            while left > 0:
                left -= file.write(ZEROS[: min(left, len(ZEROS))])


# MP4.


@dataclass(frozen=True)
class _Box:
    kind: bytes
    start: int
    inside: int  # the offset at which its contents begin
    stop: int

    def blank(self) -> Blank:
        """Its range, to be overwritten with a free box of the same size."""
        long = self.inside - self.start == 16
        size = self.stop - self.start
        heading = (
            struct.pack(">I4sQ", 1, b"free", size) if long else struct.pack(">I4s", size, b"free")
        )
        return Blank(self.start, self.stop, heading)


def _boxes(file: BinaryIO, start: int, stop: int, bound: Iterator[int]) -> Iterator[_Box]:
    """The boxes between two offsets. Raises ValueError when they do not fill that range."""
    while start < stop:
        _count(bound)
        file.seek(start)
        size, kind = struct.unpack(">I4s", file.read(8))
        inside = start + 8
        if size == 1:
            (size,) = struct.unpack(">Q", file.read(8))
            inside += 8
        elif size == 0:  # the box extends to the end
            size = stop - start
        if inside - start > size or size > stop - start:
            raise _broken()
        yield _Box(kind, start, inside, start + size)
        start += size


class _Mp4:
    """Reads the boxes of a file, and collects the ranges to overwrite in `blanks`."""

    def __init__(self, file: BinaryIO):
        self.file, self.bound = file, iter(range(MOST))
        self.blanks: list[Blank] = []

    def children(self, box: _Box) -> list[_Box]:
        """The boxes in this box that a player needs. The others are added to `blanks`."""
        return self._kept(_boxes(self.file, box.inside, box.stop, self.bound), MP4_KEPT[box.kind])

    def top(self, size: int) -> list[_Box]:
        return self._kept(_boxes(self.file, 0, size, self.bound), MP4_FILE)

    def _kept(self, boxes: Iterator[_Box], wanted: set[bytes]) -> list[_Box]:
        kept = []
        for box in boxes:
            if box.kind in wanted:
                kept.append(box)
            else:
                self.blanks.append(box.blank())
        return kept

    def content(self, box: _Box, most: int = 4096) -> bytes:
        self.file.seek(box.inside)
        return self.file.read(min(most, box.stop - box.inside))


def _read_mp4(file: BinaryIO, size: int) -> Footage:
    walk = _Mp4(file)
    top = walk.top(size)
    brands = walk.content(top[0])
    brand, *others = (brands[i : i + 4] for i in (0, *range(8, len(brands), 4)))
    if brand == b"qt  " or not {brand, *others} & MP4_BRANDS:
        raise ValueError(
            _(
                "This file is not really an MP4 but, for example, QuickTime (.mov), which not "
                "every browser plays. Export it as MP4 with H.264."
            )
        )
    moovs = [box for box in top if box.kind == b"moov"]
    if len(moovs) != 1 or not any(box.kind == b"mdat" for box in top):
        raise _broken()
    parts = walk.children(moovs[0])
    headings = [walk.content(box) for box in parts if box.kind == b"mvhd"]
    tracks = [
        sides
        for box in parts
        if box.kind == b"trak" and (sides := _read_track(walk, box)) is not None
    ]
    if not tracks or len(headings) != 1:
        raise _without_picture()
    width, height = tracks[0]
    return _footage("mp4", width, height, _mp4_seconds(headings[0]), walk.blanks)


def _mp4_seconds(mvhd: bytes) -> float:
    if mvhd[0] == 1:
        scale, duration = struct.unpack(">IQ", mvhd[20:32])
    else:
        scale, duration = struct.unpack(">II", mvhd[12:20])
    return duration / scale if scale else 0.0


def _read_track(walk: _Mp4, box: _Box) -> tuple[int, int] | None:
    """Width and height of a track with pictures; None for sound and subtitles.

    Raises ValueError for a track of another kind, or in a format that browsers do not play.
    """
    parts = {part.kind: part for part in walk.children(box)}
    if not {b"tkhd", b"mdia"} <= parts.keys():
        raise _broken()
    media = {part.kind: part for part in walk.children(parts[b"mdia"])}
    if not {b"hdlr", b"minf"} <= media.keys():
        raise _broken()
    kind = walk.content(media[b"hdlr"])[8:12]
    inner = {part.kind: part for part in walk.children(media[b"minf"])}
    if kind not in MP4_OTHER_TRACKS | {b"vide"}:
        raise _carries_data()
    if kind == b"soun":
        _check_sound(walk, inner)
    if kind != b"vide":
        return None
    entries = _sample_entries(walk, inner)
    codecs = {entry.kind for entry in entries}
    if codecs & HEVC:
        raise _hevc()
    if not codecs or codecs - MP4_CODECS:
        raise _other_codec()
    if not all(_is_played(walk, entry) for entry in entries):
        raise _other_codec()
    return _mp4_sides(walk.content(parts[b"tkhd"]))


def _sample_entries(walk: _Mp4, inner: dict[bytes, _Box]) -> list[_Box]:
    """The sample entries of a track, which tell its codecs."""
    if b"stbl" not in inner:
        raise _broken()
    table = inner[b"stbl"]
    parts = _boxes(walk.file, table.inside, table.stop, walk.bound)
    descriptions = [part for part in parts if part.kind == b"stsd"]
    if len(descriptions) != 1:
        raise _broken()
    first = descriptions[0].inside + 8  # after the version and the count
    return list(_boxes(walk.file, first, descriptions[0].stop, walk.bound))


def _is_played(walk: _Mp4, entry: _Box) -> bool:
    """Whether browsers play it: not the H.264 profiles with ten bits or full colour of cameras."""
    if entry.kind not in H264:
        return True
    parts = _boxes(walk.file, entry.inside + VISUAL, entry.stop, walk.bound)
    settings = [walk.content(part, 2) for part in parts if part.kind == b"avcC"]
    return bool(settings) and settings[0][1] in H264_PROFILES


def _check_sound(walk: _Mp4, inner: dict[bytes, _Box]) -> None:
    if {entry.kind for entry in _sample_entries(walk, inner)} - MP4_SOUNDS:
        raise ValueError(
            _(
                "Browsers cannot play the sound of this film. Export it as MP4 with H.264 and "
                "AAC, or without sound."
            )
        )


def _mp4_sides(tkhd: bytes) -> tuple[int, int]:
    """Width and height in pixels, swapped when the matrix turns the picture by 90 degrees."""
    base = 52 if tkhd[0] == 1 else 40
    matrix = struct.unpack(">9i", tkhd[base : base + 36])
    width, height = (side >> 16 for side in struct.unpack(">II", tkhd[base + 36 : base + 44]))
    return (height, width) if matrix[0] == 0 and matrix[1] != 0 else (width, height)


# WebM.


@dataclass(frozen=True)
class _Element:
    number: int
    start: int
    inside: int
    stop: int | None  # None: the size is unknown

    def blank(self) -> Blank:
        """Its range, to be overwritten with a Void element of the same size.

        The number of that element takes one byte; its size is coded in one byte or eight.
        """
        length = self.stop - self.start
        width = 8 if length >= 9 else 1
        size = (length - 1 - width) | 1 << (7 * width)
        return Blank(self.start, self.stop, bytes([VOID]) + size.to_bytes(width))


def _vint(file: BinaryIO, longest: int, keep_marker: bool) -> int:
    """A number of EBML, whose first bits tell its length in bytes; -1 when it is "unknown"."""
    first = file.read(1)[0]
    length = 9 - first.bit_length()
    if length > longest:
        raise _broken()
    value = int.from_bytes(bytes([first]) + file.read(length - 1))
    if keep_marker:
        return value
    value &= (1 << 7 * length) - 1
    return -1 if value == (1 << 7 * length) - 1 else value  # all ones: unknown


def _elements(file: BinaryIO, start: int, stop: int, bound: Iterator[int]) -> Iterator[_Element]:
    """The elements between two offsets. Of an element without a size, its contents come next."""
    while start < stop:
        _count(bound)
        file.seek(start)
        number = _vint(file, 4, keep_marker=True)
        size = _vint(file, 8, keep_marker=False)
        inside = file.tell()
        if size > stop - inside or inside > stop:
            raise _broken()
        if size < 0 and number not in (SEGMENT, CLUSTER):
            raise _broken()
        yield _Element(number, start, inside, inside + size if size >= 0 else None)
        start = inside + max(size, 0)


def _read_webm(file: BinaryIO, size: int) -> Footage:
    bound = iter(range(MOST))

    def within(element: _Element) -> list[_Element]:
        return list(_elements(file, element.inside, element.stop, bound))

    def content(element: _Element) -> bytes:
        file.seek(element.inside)
        return file.read(min(64, element.stop - element.inside))

    def first(elements: list[_Element], number: int) -> bytes:
        return next((content(e) for e in elements if e.number == number), b"")

    heading = next(_elements(file, 0, size, bound))
    if first(within(heading), DOCTYPE).rstrip(b"\0") != b"webm":
        raise ValueError(
            _("This file is not really a WebM but, for example, Matroska. Please save it as MP4.")
        )
    segment = next(_elements(file, heading.stop, size, bound), None)
    if segment is None or segment.number != SEGMENT or segment.stop not in (size, None):
        raise _broken()
    blanks, pictures, seconds, tracks, clusters = [], [], 0.0, 0, 0
    for element in _elements(file, segment.inside, size, bound):
        if element.number in (EBML, SEGMENT):  # a second film after the first
            raise _broken()
        if element.number not in WEBM_KEPT:
            blanks.append(element.blank())
        elif element.number == INFO:
            parts = within(element)
            scale = int.from_bytes(first(parts, SCALE)) or 1_000_000
            raw = first(parts, DURATION)
            if len(raw) in (4, 8):
                seconds = struct.unpack(">f" if len(raw) == 4 else ">d", raw)[0] * scale / 1e9
        elif element.number == TRACKS:
            tracks += 1
            pictures += [
                sides
                for part in within(element)
                if part.number == TRACK and (sides := _webm_sides(part, within, first)) is not None
            ]
        elif element.number == CLUSTER:
            clusters += 1
    if tracks != 1 or not clusters:
        raise _broken()
    if not pictures:
        raise _without_picture()
    return _footage("webm", *pictures[0], seconds, blanks)


def _webm_sides(track: _Element, within, first) -> tuple[int, int] | None:
    parts = within(track)
    kind = int.from_bytes(first(parts, TRACK_TYPE))
    if kind in WEBM_OTHER_TRACKS:
        return None
    if kind != IS_VIDEO:
        raise _carries_data()
    if first(parts, CODEC).rstrip(b"\0") not in WEBM_CODECS:
        raise _other_codec()
    video = next((part for part in parts if part.number == VIDEO), None)
    if video is None:
        raise _broken()
    sides = within(video)
    return tuple(int.from_bytes(first(sides, number)) for number in (PIXEL_WIDTH, PIXEL_HEIGHT))


# Both.


def _footage(extension: str, width: int, height: int, seconds: float, blanks) -> Footage:
    least, most = SIDES
    if not (least <= width <= most and least <= height <= most):
        raise _without_picture()
    is_known = math.isfinite(seconds) and 0 < seconds <= LONGEST
    whole_seconds = max(1, round(seconds)) if is_known else None
    return Footage(extension, width, height, whole_seconds, tuple(blanks))


def _count(bound: Iterator[int]) -> None:
    if next(bound, None) is None:
        raise _broken()


def _broken() -> ValueError:
    return ValueError(_("This film is damaged, or the file contains more than a film."))


def _without_picture() -> ValueError:
    return ValueError(_("There is no picture in this film."))


def _hevc() -> ValueError:
    return ValueError(
        _(
            "This film is HEVC, as an iPhone makes it, and most browsers cannot play that. On "
            "the iPhone choose Settings > Camera > Formats > Most Compatible and film again, or "
            "export this film as MP4 with H.264."
        )
    )


def _other_codec() -> ValueError:
    return ValueError(
        _("Browsers cannot play this film. Please save it as MP4 with H.264, or as WebM.")
    )


def _carries_data() -> ValueError:
    return ValueError(
        _(
            "This film contains more than picture and sound, such as the place where it was "
            "made. Please save it without that data."
        )
    )
