"""What the press keeps running: WeasyPrint, within limits, with nothing to fetch.

`python -m patients.paper.press_child LINE SECONDS` reads pages from a line (the number of an open
socket) and answers each with its PDF. With fast_weasyprint the only file that imports WeasyPrint.
It knows nothing of Django. Anything that goes wrong ends it: the press starts another.
"""

import base64
import gc
import logging
import math
import os
import resource
import shutil
import signal
import sys
import warnings
from multiprocessing.connection import Connection

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from .fast_weasyprint import Drawings, Page
from .paper_files import FACES, RULES, WEB_FONTS

MEMORY = 1024**3  # bytes of address space
FILE = 32 * 1024**2  # bytes of one file: a page may fill no disk
PATIENCE = 300  # seconds without a page, after which there is no sense in waiting

log = logging.getLogger(__name__)


class Printer:
    """Fonts and rules, prepared once. One font configuration a process, never one a page:
    it is slow to make, keeps memory, and is not to be shared between threads."""

    def __init__(self):
        self.fetcher = URLFetcher(allowed_protocols=("data",), allow_redirects=False)
        self.fonts = FontConfiguration()
        self.rules = CSS(string=stylesheet(), font_config=self.fonts, url_fetcher=self.fetcher)

    def plain(self, html: str) -> bytes:
        """The documented way to a PDF."""
        return self._write(HTML(string=html, url_fetcher=self.fetcher), {})

    def print(self, html: str) -> bytes:
        """The same in less time. Where that does not work, a page is printed the documented way."""
        try:
            return self._write(Page(html, self.fetcher), Drawings())
        except Exception:
            log.exception("The quick way does not work; printing the plain way")
            return self.plain(html)

    def _write(self, page: HTML, images: dict) -> bytes:
        return page.write_pdf(
            stylesheets=[self.rules],
            font_config=self.fonts,
            cache=images,  # never one for two pages: it would keep all of both
            pdf_variant="pdf/ua-1",
        )


def stylesheet() -> str:
    """The rules of paper, with the fonts of the screen inside: nothing is fetched."""

    def face(family: str, weight: int, file: str) -> str:
        data = base64.b64encode((WEB_FONTS / file).read_bytes()).decode()
        return (
            f"@font-face {{ font-family: '{family}'; font-weight: {weight};"
            f" src: url(data:font/woff2;base64,{data}) }}\n"
        )

    return "".join(face(*one) for one in FACES) + RULES.read_text()


def limit() -> None:
    """No more than a page can need."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE, FILE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a dump would hold somebody's name
    os.nice(5)  # pages are waiting for the same processor


def work_at_most(seconds: int) -> None:
    """From here on; the clock of the processor runs from the start of a process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = math.ceil(used.ru_utime + used.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def serve(line: Connection, seconds: int) -> None:
    """Answer pages until the other side is gone, or has been silent for long."""
    work_at_most(seconds)
    printer = Printer()
    gc.freeze()  # what was loaded until here stays; no need to look through it again
    gc.disable()  # a page is one large circle of objects: cleared when it is done, not ten times
    while line.poll(PATIENCE):
        try:
            html = line.recv_bytes().decode()
        except EOFError:
            return
        work_at_most(seconds)
        line.send_bytes(printer.print(html))
        gc.collect()  # nobody waits for this


if __name__ == "__main__":
    # Whoever stops the app stops all of its processes at once. The press still wants the page
    # that is being made, and closes the line when it goes.
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, signal.SIG_IGN)
    limit()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    logging.captureWarnings(True)
    warnings.simplefilter("default")
    serve(Connection(int(sys.argv[1])), int(sys.argv[2]))
    shutil.rmtree(os.environ["TMPDIR"])  # nobody else may be left to do it
