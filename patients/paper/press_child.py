"""The process that the press keeps running: WeasyPrint within limits, and without a network.

`python -m patients.paper.press_child SOCKET SECONDS` reads pages from an open socket, given by its
number, and answers each with its PDF. It has no Django. An error ends it, and the press starts
another one. Only this file and fast_weasyprint.py import WeasyPrint.
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
FILE = 32 * 1024**2  # bytes of one file, so that no page fills the disk
PATIENCE = 300  # seconds without a page, after which the process ends

log = logging.getLogger(__name__)


class Printer:
    """Prints pages with fonts and rules that are loaded once.

    A font configuration is slow to make, keeps memory and must not be shared between threads, so
    there is one for each process.
    """

    def __init__(self):
        self.fetcher = URLFetcher(allowed_protocols=("data",), allow_redirects=False)
        self.fonts = FontConfiguration()
        self.rules = CSS(string=stylesheet(), font_config=self.fonts, url_fetcher=self.fetcher)

    def plain(self, html: str) -> bytes:
        """The PDF of a page in the way that WeasyPrint documents."""
        return self._write(HTML(string=html, url_fetcher=self.fetcher), {})

    def print(self, html: str) -> bytes:
        """The same PDF in less time. When that fails, the page is printed as documented."""
        try:
            return self._write(Page(html, self.fetcher), Drawings())
        except Exception:
            log.exception("The quick way does not work; printing the plain way")
            return self.plain(html)

    def _write(self, page: HTML, images: dict) -> bytes:
        return page.write_pdf(
            stylesheets=[self.rules],
            font_config=self.fonts,
            cache=images,  # one for each page: WeasyPrint adds to it and removes nothing
            pdf_variant="pdf/ua-1",
        )


def stylesheet() -> str:
    """The CSS of paper, with the fonts of the screen as data: addresses."""

    def face(family: str, weight: int, file: str) -> str:
        data = base64.b64encode((WEB_FONTS / file).read_bytes()).decode()
        return (
            f"@font-face {{ font-family: '{family}'; font-weight: {weight};"
            f" src: url(data:font/woff2;base64,{data}) }}\n"
        )

    return "".join(face(*one) for one in FACES) + RULES.read_text()


def limit() -> None:
    """Limit memory and files of this process to more than any page needs."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE, FILE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a dump would hold somebody's name
    os.nice(5)  # web pages come first


def work_at_most(seconds: int) -> None:
    """Limit the processor time from now on. The system counts it from the start of the process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = math.ceil(used.ru_utime + used.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def serve(connection: Connection, seconds: int) -> None:
    """Answer each page with its PDF, until the other side is gone or PATIENCE is over."""
    work_at_most(seconds)
    printer = Printer()
    gc.freeze()  # what is loaded now stays, and need not be searched again
    gc.disable()  # a page is one large cycle of objects: collected once, after it is sent
    while connection.poll(PATIENCE):
        try:
            html = connection.recv_bytes().decode()
        except EOFError:
            return
        work_at_most(seconds)
        connection.send_bytes(printer.print(html))
        gc.collect()


if __name__ == "__main__":
    # When the app is stopped, all of its processes get the signal. The press still needs the page
    # that is being made, and closes the connection when it ends.
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, signal.SIG_IGN)
    limit()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    logging.captureWarnings(True)
    warnings.simplefilter("default")
    serve(Connection(int(sys.argv[1])), int(sys.argv[2]))
    shutil.rmtree(os.environ["TMPDIR"])  # the press may have ended before
