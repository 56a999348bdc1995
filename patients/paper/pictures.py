"""Pictures and links as they are printed. Pictures are data: addresses, so nothing is fetched."""

import base64
import logging
import re
from dataclasses import dataclass

from exercises.models import Rendering
from exercises.pictures import Frame, Picture
from rugpijn.web.qr_code import qr_code

from .variants import Variant

GAP = 2.0  # mm between two frames
LEAST_CAPTION = 34.0  # mm: a narrower caption has too few words on a line

HEX_COLOUR = re.compile(r"#([0-9a-fA-F]{6})\b")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Printed:
    """A frame of a picture on paper."""

    frame: Frame
    src: str
    scale: float

    @property
    def width(self) -> float:
        """In mm."""
        return self.frame.width * self.scale

    @property
    def column(self) -> float:
        """In mm: the width of the picture, or of its caption when that needs more."""
        return max(self.width, LEAST_CAPTION if self.frame.caption else 0)

    @property
    def style(self) -> str:
        return f"inline-size: {self.width:.2f}mm"


@dataclass(frozen=True)
class PrintedStrip:
    """The frames of a picture beside each other; empty when there is none."""

    frames: tuple[Printed, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.frames)

    @property
    def width(self) -> float:
        """In mm, with the gap after each frame."""
        return sum(printed.column + GAP for printed in self.frames)

    @property
    def style(self) -> str:
        return f"inline-size: {self.width:.2f}mm"

    @property
    def shares(self) -> list[tuple[Printed, str]]:
        """Each frame with the style of its column, in percents of the whole strip."""
        return [
            (printed, f"inline-size: {100 * (printed.column + GAP) / self.width:.2f}%")
            for printed in self.frames
        ]


@dataclass(frozen=True)
class Link:
    """A web address on paper: a QR code to scan, and a short text to type."""

    address: str

    @classmethod
    def to(cls, address: str) -> "Link | None":
        """The link to an address; None when it is no web address."""
        return cls(address) if short_address(address) else None

    @property
    def short(self) -> str:
        return short_address(self.address)

    @property
    def qr(self) -> str:
        return qr_code(self.address)


def strip_of(
    picture: Picture | None, pictures: dict[str, Rendering], variant: Variant
) -> PrintedStrip:
    """The frames of a picture, each as a data: address. `pictures` has the drawings by digest."""
    if picture is None:
        return PrintedStrip()
    rendering = pictures.get(picture.digest)
    if rendering is None:  # the exercises are printed without it
        log.error("A drawing is not on the paper: %s is gone", picture.digest)
        return PrintedStrip()
    if rendering.photo is not None:
        sources = [data_address("image/jpeg", rendering.photo)] * len(picture.frames)
    else:
        svgs = [in_ink(frame["svg"], variant) for frame in rendering.frames]
        sources = [data_address("image/svg+xml", svg.encode()) for svg in svgs]
    return PrintedStrip(
        tuple(
            Printed(frame, src, variant.scale)
            for frame, src in zip(picture.frames, sources, strict=True)
        )
    )


def in_ink(svg: str, variant: Variant) -> str:
    """The drawing in the colours of the variant: as it is, or in grey."""
    return svg if variant.colour else HEX_COLOUR.sub(_grey, svg)


def _grey(colour: re.Match) -> str:
    """The grey that is as light as the colour, so that an arrow stays darker than skin."""
    red, green, blue = (int(colour[1][at : at + 2], 16) for at in (0, 2, 4))
    light = round(0.299 * red + 0.587 * green + 0.114 * blue)
    return f"#{light:02x}{light:02x}{light:02x}"


def data_address(media_type: str, content: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def short_address(address: str) -> str:
    """A web address as people type it; empty for anything else."""
    if not address.lower().startswith(("http://", "https://")):
        return ""
    return address.split("://", 1)[1].removeprefix("www.").rstrip("/")
