"""Drawings on paper, compiled once a process: SVG to a form of PDF, which a page only refers to.

WeasyPrint parses and draws an SVG image again each time it stands in a page, and a handout is
mostly drawings. What it draws is a form that can be kept. This leans on WeasyPrint's inside (what
it asks of an image, what is in a stream), so a test compares it with the plain way, and
press_child prints the plain way where this fails.
"""

import hashlib
import logging
import zlib
from base64 import b64decode
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree

import pydyf
from weasyprint.pdf.stream import Stream
from weasyprint.svg import SVG

KIND = "data:image/svg+xml"
FONT_SIZE = 16  # pixels; none of our drawings measures in letters
KEPT = 400  # drawings, of some ten kilobytes each

log = logging.getLogger(__name__)


class Form:
    """A compiled drawing: what WeasyPrint asks of an image, and nothing that changes.

    Raises ValueError for a drawing that needs more than lines, shapes and transparency.
    """

    def __init__(self, svg: bytes):
        tree = ElementTree.fromstring(svg)  # noqa: S314  WeasyPrint does the same with it
        drawing = SVG(tree, "about:blank", None, None)
        box = drawing.get_viewbox()
        if not box or not box[2] or not box[3]:
            raise ValueError("a drawing that does not say how large it is")
        _x, _y, self.width, self.height = box
        self.size = drawing.get_intrinsic_size(FONT_SIZE)
        wide, high = self.size if all(self.size) else (self.width, self.height)
        self.ratio = wide / high
        resources = pydyf.Dictionary(
            {kind: pydyf.Dictionary() for kind in ("ExtGState", "XObject", "Pattern", "Shading")}
        )
        resources["ColorSpace"] = pydyf.Dictionary()
        stream = Stream({}, (0, 0, self.width, self.height), resources, {}, None, {}, None)
        drawing.draw(stream, self.width, self.height, "about:blank", None)
        if resources["XObject"] or resources["Pattern"] or resources["Shading"]:
            raise ValueError("a drawing with pictures, patterns or shades")
        body = b"\n".join(pydyf._to_bytes(part) for part in stream.stream)
        self.states = {name: dict(state) for name, state in resources["ExtGState"].items()}
        self.body = zlib.compress(body, 9)
        # By its content, so that two processes write the same bytes.
        self.id = "d" + hashlib.sha256(repr((box, self.states)).encode() + body).hexdigest()[:20]

    def get_intrinsic_size(self, _resolution, _font_size):
        return *self.size, self.ratio

    def draw(self, stream, width, height, _style):
        name = stream.add_image(self, False, 1)
        stream.transform(a=width / self.width, d=height / self.height)
        stream.draw_x_object(name)

    def get_x_object(self, _interpolate, _dpi_ratio):
        states = {name: pydyf.Dictionary(state) for name, state in self.states.items()}
        resources = pydyf.Dictionary({"ExtGState": pydyf.Dictionary(states)})
        extra = {
            "Type": "/XObject",
            "Subtype": "/Form",
            "Filter": "/FlateDecode",
            "BBox": pydyf.Array([0, 0, self.width, self.height]),
            "Resources": resources,
        }
        return pydyf.Stream([self.body], pydyf.Dictionary(extra))


class Drawings(dict):
    """The images of one page, by address, as WeasyPrint looks them up."""

    forms: dict[str, Form | None] = {}  # of this process, by address; the oldest goes first

    def __contains__(self, address) -> bool:
        if dict.__contains__(self, address):
            return True
        if not address.startswith(KIND) or (form := self._form(address)) is None:
            return False
        self[address] = form
        return True

    def _form(self, address: str) -> Form | None:
        """None for what WeasyPrint has to draw itself."""
        if address not in self.forms:
            head, body = address.split(",", 1)
            svg = b64decode(body) if head.endswith(";base64") else unquote_to_bytes(body)
            try:
                form = Form(svg)
            except (ValueError, ElementTree.ParseError) as error:
                log.debug("Not compiled: %s", error)
                form = None
            while len(self.forms) >= KEPT:
                del self.forms[next(iter(self.forms))]
            self.forms[address] = form
        return self.forms[address]
