"""What a film file is, read from the file itself: no name and no word of a browser is believed.

Two kinds, which browsers play without help: MP4 (boxes) and WebM (EBML elements). Only headings
are read, with a bound on how many; no picture is decoded. What else such a file may carry (the
place where it was made, a name, a file in the file) is found here and blanked by `Footage.clean`:
written over in place, so that nothing shifts. ValueError is one sentence for who uploads.
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
LONGEST = 4 * 3600  # seconds; what is longer was not measured well
ZEROS = bytes(1 << 16)

# MP4: what a player needs. Everything else is written over.
MP4_BRANDS = {
    b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"iso7", b"iso8", b"iso9",
    b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"dash", b"av01",
}  # fmt: skip
MP4_FILE = {b"ftyp", b"styp", b"moov", b"moof", b"mdat", b"mfra", b"sidx", b"ssix", b"pdin"}
MP4_KEPT = {
    b"moov": {b"mvhd", b"trak", b"mvex", b"iods"},
    b"trak": {b"tkhd", b"mdia", b"edts", b"tref"},
    b"mdia": {b"mdhd", b"hdlr", b"minf", b"elng"},
    b"minf": {b"vmhd", b"smhd", b"hmhd", b"nmhd", b"sthd", b"gmhd", b"dinf", b"stbl"},
}
MP4_OTHER_TRACKS = {b"soun", b"subt", b"sbtl", b"text", b"clcp", b"tmcd"}
# What every browser of today plays: H.264 in eight bits, and VP9. HEVC is played by Safari alone,
# AV1 on the newest telephones only, and VP8 in WebM only.
MP4_CODECS = {b"avc1", b"avc3", b"vp09"}
HEVC = {b"hvc1", b"hev1", b"dvh1", b"dvhe"}
H264 = {b"avc1", b"avc3"}
H264_PROFILES = {66, 77, 88, 100}  # baseline, main, extended and high
VISUAL = 78  # bytes of a sample entry before its own boxes
MP4_SOUNDS = {b"mp4a", b"Opus", b".mp3", b"fLaC"}

# WebM: element numbers, with their length bits. Tags and attachments are not among what is kept;
# the last five stand in a cluster, or beside it when it has no size.
EBML, DOCTYPE, SEGMENT, INFO, TRACKS, CLUSTER = (
    0x1A45DFA3, 0x4282, 0x18538067, 0x1549A966, 0x1654AE6B, 0x1F43B675,
)  # fmt: skip
SEEK_HEAD, CUES, VOID = 0x114D9B74, 0x1C53BB6B, 0xEC
WEBM_KEPT = {SEEK_HEAD, INFO, TRACKS, CUES, CLUSTER, 0xE7, 0xA7, 0xAB, 0xA3, 0xA0}
TRACK, TRACK_TYPE, CODEC, VIDEO, PIXEL_WIDTH, PIXEL_HEIGHT = 0xAE, 0x83, 0x86, 0xE0, 0xB0, 0xBA
SCALE, DURATION = 0x2AD7B1, 0x4489
WEBM_CODECS = {b"V_VP8", b"V_VP9"}
IS_VIDEO, WEBM_OTHER_TRACKS = 1, {2, 17}  # sound and subtitles


@dataclass(frozen=True)
class Blank:
    """From `start` to `stop` the file says `heading`, and then nothing."""

    start: int
    stop: int
    heading: bytes


@dataclass(frozen=True)
class Footage:
    """A film that a browser plays: what it is, and what in it is nobody's business."""

    extension: str
    width: int  # as it is shown: upright when the telephone was held upright
    height: int
    seconds: int | None
    blanks: tuple[Blank, ...]

    @classmethod
    def read(cls, file: BinaryIO) -> "Footage":
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
        """Write over what the film does not need. The file keeps its size."""
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
    inside: int  # where its contents begin
    stop: int

    def blank(self) -> Blank:
        """The same room, marked as free."""
        long = self.inside - self.start == 16
        size = self.stop - self.start
        heading = (
            struct.pack(">I4sQ", 1, b"free", size) if long else struct.pack(">I4s", size, b"free")
        )
        return Blank(self.start, self.stop, heading)


def _boxes(file: BinaryIO, start: int, stop: int, bound: Iterator[int]) -> Iterator[_Box]:
    """The boxes that stand beside each other between two places; together they fill it."""
    while start < stop:
        _count(bound)
        file.seek(start)
        size, kind = struct.unpack(">I4s", file.read(8))
        inside = start + 8
        if size == 1:
            (size,) = struct.unpack(">Q", file.read(8))
            inside += 8
        elif size == 0:  # to the end
            size = stop - start
        if inside - start > size or size > stop - start:
            raise _broken()
        yield _Box(kind, start, inside, start + size)
        start += size


class _Mp4:
    """One walk through the boxes."""

    def __init__(self, file: BinaryIO):
        self.file, self.bound = file, iter(range(MOST))
        self.blanks: list[Blank] = []

    def children(self, box: _Box) -> list[_Box]:
        """What a player needs of this box; the rest will be blank."""
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
                "This film is not an MP4 inside, but for example QuickTime (.mov), which not "
                "every browser plays. Export it as MP4 with H.264."
            )
        )
    moovs = [box for box in top if box.kind == b"moov"]
    if len(moovs) != 1 or not any(box.kind == b"mdat" for box in top):
        raise _broken()
    parts = walk.children(moovs[0])
    headings = [walk.content(box) for box in parts if box.kind == b"mvhd"]
    shown = [
        track
        for box in parts
        if box.kind == b"trak" and (track := _read_track(walk, box)) is not None
    ]
    if not shown or len(headings) != 1:
        raise _without_picture()
    width, height = shown[0]
    return _footage("mp4", width, height, _mp4_seconds(headings[0]), walk.blanks)


def _mp4_seconds(mvhd: bytes) -> float:
    if mvhd[0] == 1:
        scale, duration = struct.unpack(">IQ", mvhd[20:32])
    else:
        scale, duration = struct.unpack(">II", mvhd[12:20])
    return duration / scale if scale else 0.0


def _read_track(walk: _Mp4, box: _Box) -> tuple[int, int] | None:
    """Width and height of a track with pictures; None for sound. The rest is refused."""
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
    """How the samples of a track are coded."""
    if b"stbl" not in inner:
        raise _broken()
    table = inner[b"stbl"]
    samples = [
        part for part in _boxes(walk.file, table.inside, table.stop, walk.bound)
        if part.kind == b"stsd"
    ]  # fmt: skip
    if len(samples) != 1:
        raise _broken()
    said = _Box(b"stsd", samples[0].start, samples[0].inside + 8, samples[0].stop)
    return list(_boxes(walk.file, said.inside, said.stop, walk.bound))


def _is_played(walk: _Mp4, entry: _Box) -> bool:
    """H.264 has profiles for cameras, with ten bits or full colour, that browsers do not know."""
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
    """The last two numbers; swapped when the matrix before them turns the picture a quarter."""
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
    stop: int | None  # None: until something else begins

    def blank(self) -> Blank:
        """The same room as a Void element: its number takes one byte, its size what is left."""
        length = self.stop - self.start
        width = 8 if length >= 9 else 1
        size = (length - 1 - width) | 1 << (7 * width)
        return Blank(self.start, self.stop, bytes([VOID]) + size.to_bytes(width))


def _vint(file: BinaryIO, longest: int, keep_marker: bool) -> int:
    """A number that says its own length in its first bits."""
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
    """Elements in a row. One without a size is passed as a heading: what follows is its own."""
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
            _("This film is not a WebM inside, but for example Matroska. Please save it as MP4.")
        )
    segment = next(_elements(file, heading.stop, size, bound), None)
    if segment is None or segment.number != SEGMENT or segment.stop not in (size, None):
        raise _broken()
    blanks, shown, seconds, tracks, clusters = [], [], 0.0, 0, 0
    for element in _elements(file, segment.inside, size, bound):
        if element.number in (EBML, SEGMENT):  # a second film behind the first
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
            shown += [
                sides
                for part in within(element)
                if part.number == TRACK and (sides := _webm_sides(part, within, first)) is not None
            ]
        elif element.number == CLUSTER:
            clusters += 1
    if tracks != 1 or not clusters:
        raise _broken()
    if not shown:
        raise _without_picture()
    return _footage("webm", *shown[0], seconds, blanks)


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
    known = math.isfinite(seconds) and 0 < seconds <= LONGEST
    return Footage(extension, width, height, round(seconds) or 1 if known else None, tuple(blanks))


def _count(bound: Iterator[int]) -> None:
    if next(bound, None) is None:
        raise _broken()


def _broken() -> ValueError:
    return ValueError(_("This film is damaged, or there is more in the file than a film."))


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
            "This film carries data beside picture and sound, such as the place where it was "
            "made. Please save it without."
        )
    )
