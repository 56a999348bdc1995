"""The press: HTML in, PDF out. The only file that imports WeasyPrint.

WeasyPrint runs in a process of its own, which can be killed: a page of hostile
or merely unlucky text can keep it busy for ever, and a web worker must not wait
for that. Run as `python -m patients.press SECONDS` it reads HTML from standard
input, writes a PDF to standard output, and what it has to say to standard error.
"""

import base64
import ctypes
import fcntl
import logging
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

from django.conf import settings
from django.utils.translation import gettext as _

ROOT = Path(__file__).resolve().parent.parent
PAPER = ROOT / "templates" / "patients" / "paper"
FONTS = ROOT / "rugpijn" / "fonts"
WEB_FONTS = ROOT / "rugpijn" / "static" / "rugpijn" / "fonts"

SECONDS = 20  # of clock and of processor; a handout of twelve exercises takes about two
MEMORY = 1024**3  # bytes of address space
AT_ONCE = 2  # processes; each keeps a core busy
WAIT = 15  # seconds to wait for a free place
LOUDEST = 20  # lines of a child's standard error that are worth a log line

LIBRARIES = ("gobject-2.0", "pango-1.0", "harfbuzz", "fontconfig", "pangoft2-1.0")
INSTALL = "apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"

log = logging.getLogger(__name__)


class PrintingError(Exception):
    """There is no PDF. The message is a sentence for whoever asked for one."""


def problem() -> str | None:
    """Why nothing can be printed on this machine; None when it can."""
    missing = _missing_library()
    if missing is None:
        return None
    return _(
        "Printing is switched off here: the system library %(library)s is missing. "
        "Whoever runs the server can install it with “%(command)s”."
    ) % {"library": missing, "command": INSTALL}


@cache
def _missing_library() -> str | None:
    """The first library that WeasyPrint needs and does not find."""
    for name in LIBRARIES:
        try:
            ctypes.CDLL(f"lib{name}.so.0" if name != "fontconfig" else "libfontconfig.so.1")
        except OSError:
            return name
    return None


def render_pdf(html: str) -> bytes:
    """The PDF of a page. Raises PrintingError, in words, when there is none.

    Takes at most WAIT seconds for a place and SECONDS for the work.
    """
    if (reason := problem()) is not None:
        raise PrintingError(reason)
    with _place(), tempfile.TemporaryDirectory(prefix="rugpijn-print-") as folder:
        try:
            child = subprocess.run(  # noqa: S603  our own module, and a number
                [sys.executable, "-m", "patients.press", str(SECONDS)],
                input=html.encode(),
                capture_output=True,
                cwd=ROOT,
                timeout=SECONDS,
                env=_environment(Path(folder)),
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            log.warning("Printing was stopped after %s seconds", SECONDS)
            raise PrintingError(_took_too_long()) from error
    _pass_on(child.stderr)
    if child.returncode == -signal.SIGXCPU:
        log.warning("Printing was stopped after %s seconds of work", SECONDS)
        raise PrintingError(_took_too_long())
    if child.returncode or not child.stdout.startswith(b"%PDF"):
        log.error("Printing ended with status %s", child.returncode)
        raise PrintingError(_("Printing did not work just now. Please try again."))
    return child.stdout


def _took_too_long() -> str:
    return _("Printing took too long and was stopped. Shorten the longest text and try again.")


def _environment(folder: Path) -> dict[str, str]:
    """What a child knows: no key, no database. Its files end with the folder, even if killed.

    Fontconfig is told of our own fonts only, so that paper looks alike everywhere.
    """
    fonts = folder / "fonts.conf"
    fonts.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<dir>{escape(str(FONTS))}</dir><cachedir>{escape(str(folder))}</cachedir></fontconfig>"
    )
    return {
        "PATH": os.environ.get("PATH", ""),
        "LANG": "C.UTF-8",
        "TMPDIR": str(folder),
        "FONTCONFIG_FILE": str(fonts),
    }


def _pass_on(stderr: bytes) -> None:
    """What the child said, as warnings of ours: WeasyPrint says there where it had to guess."""
    lines = stderr.decode(errors="replace").splitlines()
    for line in lines[-LOUDEST:]:
        log.warning("printing: %s", line[:300])


@contextmanager
def _place():
    """One of the few places for a rendering process, shared by all of the app's processes."""
    places = settings.DATA_DIR / "printing"
    places.mkdir(parents=True, exist_ok=True)
    give_up = time.monotonic() + WAIT
    while True:
        for number in range(AT_ONCE):
            handle = open(places / f"place-{number}", "w")  # noqa: SIM115  kept while it is held
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                handle.close()
                continue
            try:
                yield
            finally:
                handle.close()
            return
        if time.monotonic() > give_up:
            raise PrintingError(_("Many handouts are being printed. Please try again in a minute."))
        time.sleep(0.05)


def _stylesheet() -> str:
    """The rules of paper, with the fonts of the screen inside: nothing is fetched."""

    def face(family: str, weight: int, file: str) -> str:
        data = base64.b64encode((WEB_FONTS / file).read_bytes()).decode()
        return (
            f"@font-face {{ font-family: '{family}'; font-weight: {weight};"
            f" src: url(data:font/woff2;base64,{data}) }}\n"
        )

    faces = [
        face(family, weight, f"atkinson-hyperlegible-{subset}-{weight}-normal.woff2")
        for family, subset in (("Atkinson", "latin"), ("Atkinson Ext", "latin-ext"))
        for weight in (400, 700)
    ]
    return "".join(faces) + (PAPER / "handout.css").read_text()


def _child(seconds: int) -> None:
    """Standard input to standard output, within limits, with nothing to fetch."""
    output = os.dup(1)
    os.dup2(2, 1)  # whatever a library prints must not end up inside the PDF
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a dump would hold somebody's name
    os.nice(5)  # pages are waiting for the same processor
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    logging.captureWarnings(True)
    warnings.simplefilter("default")

    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    fetcher = URLFetcher(allowed_protocols=("data",), allow_redirects=False)
    fonts = FontConfiguration()
    page = HTML(string=sys.stdin.buffer.read().decode(), url_fetcher=fetcher)
    rules = CSS(string=_stylesheet(), font_config=fonts, url_fetcher=fetcher)
    pdf = page.write_pdf(stylesheets=[rules], font_config=fonts, pdf_variant="pdf/ua-1")
    with os.fdopen(output, "wb") as file:
        file.write(pdf)


if __name__ == "__main__":
    _child(int(sys.argv[1]))
