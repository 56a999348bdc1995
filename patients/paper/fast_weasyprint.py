"""Makes WeasyPrint print a handout in less time than the documented way takes. Three changes:

- Drawings are compiled once for each process. WeasyPrint parses and draws an SVG image each time
  it is in a page, and a handout is mostly drawings. Here the drawing is kept as a PDF form (a form
  XObject), to which each page refers.
- Our pages are well formed, so Python's own XML parser reads them.
- The style sheet of the browser has rules for the elements of a handout only.

All three use private parts of WeasyPrint. A test compares the result with the documented way, and
`press_child` prints in the documented way when this one fails.
"""

import hashlib
import logging
import zlib
from base64 import b64decode
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree

import pydyf
from cssselect2 import ElementWrapper
from weasyprint import CSS, HTML
from weasyprint.pdf.stream import Stream
from weasyprint.svg import SVG

KIND = "data:image/svg+xml"
FONT_SIZE = 16  # pixels; no drawing of ours has a length in em
KEPT = 400  # drawings, of about ten kilobytes each

log = logging.getLogger(__name__)


# The rules that a browser has for these elements by itself.
ELEMENTS = CSS(
    string="""
    head, meta, title { display: none }
    html, body, div, section, p, h1, h2, h3, ol, ul { display: block }
    body { margin: 8px }
    p, ol, ul { margin-block: 1em }
    h1, h2, h3 {
      margin-block: 1em; font-weight: bold; hyphens: manual;
      break-after: avoid; break-inside: avoid; bookmark-label: content(text);
    }
    h1 { bookmark-level: 1 } h2 { bookmark-level: 2 } h3 { bookmark-level: 3 }
    ol, ul { padding-inline-start: 40px; counter-reset: list-item; break-before: avoid }
    ol { list-style-type: decimal } ul { list-style-type: disc }
    li { display: list-item }
    ::marker { font-variant-numeric: tabular-nums; white-space: pre; text-transform: none }
    table {
      display: table; box-sizing: border-box; border-spacing: 2px; border-collapse: separate;
      text-indent: initial;
    }
    colgroup { display: table-column-group } col { display: table-column }
    thead { display: table-header-group; vertical-align: middle }
    tbody { display: table-row-group; vertical-align: middle }
    tr { display: table-row; vertical-align: inherit }
    td, th { display: table-cell; vertical-align: inherit; padding: 1px }
    th { font-weight: bold }
    img { overflow: hidden }
    :link { color: blue; text-decoration: underline }
    [dir=rtl] { direction: rtl }
    @page { margin: 75px; @bottom-left { text-align: left; vertical-align: middle } }
    """
)


class Page(HTML):
    """A page of ours, read as XML. Raises ParseError when it is not well formed."""

    def __init__(self, string: str, url_fetcher):
        root = ElementTree.fromstring(string)  # noqa: S314  our own template, escaped
        self.base_url, self.url_fetcher, self.media_type = None, url_fetcher, "print"
        self.wrapper_element = ElementWrapper.from_html_root(root, content_language=None)
        self.etree_element = self.wrapper_element.etree_element

    def _ua_stylesheets(self, forms=False):
        return [ELEMENTS]


class Form:
    """A compiled drawing, with the methods that WeasyPrint calls on an image.

    Raises ValueError for a drawing with more than lines, shapes and transparency.
    """

    def __init__(self, svg: bytes):
        tree = ElementTree.fromstring(svg)  # noqa: S314  WeasyPrint does the same with it
        drawing = SVG(tree, "about:blank", None, None)
        box = drawing.get_viewbox()
        if not box or not box[2] or not box[3]:
            raise ValueError("a drawing without a size")
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
        # Made of the content, so that all processes write the same bytes.
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
    """The images of one page by address, where WeasyPrint looks them up."""

    forms: dict[str, Form | None] = {}  # of this process, by address; the oldest is dropped first

    def __contains__(self, address) -> bool:
        if dict.__contains__(self, address):
            return True
        if not address.startswith(KIND) or (form := self._form(address)) is None:
            return False
        self[address] = form
        return True

    def _form(self, address: str) -> Form | None:
        """The compiled drawing at this address; None when WeasyPrint has to draw it itself."""
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
