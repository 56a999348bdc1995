"""The press makes a PDF of HTML, in a process that can be killed.

Some texts keep WeasyPrint busy for ever, and a web worker must not wait for that. So WeasyPrint
works in a child process (`press_child`) with limits on its time, its memory and its pages. A child
that printed a page well waits for the next one, with fonts, rules and drawings already loaded. One
that failed is killed, and its files are removed.
"""

import atexit
import ctypes
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from functools import cache
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _

from . import made_with
from .paper_files import FACES, FONTS, ROOT, WEB_FONTS
from .printing_places import BusyError, place

MODULE = "patients.paper.press_child"

SECONDS = 20  # of clock and of processor; a handout of twelve exercises takes about one
PAGES = 500  # after which a child ends, and with it what its libraries leak
MOST_LINES = 20  # of a child's output that are logged for one page

LIBRARIES = ("gobject-2.0", "pango-1.0", "harfbuzz", "fontconfig", "pangoft2-1.0")
INSTALL = "apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"

log = logging.getLogger(__name__)


class PrintingError(Exception):
    """There is no PDF. The message is a sentence for whoever asked for one.

    `seconds` is how long to wait before trying again.
    """

    seconds = 300


class PrinterBusyError(PrintingError):
    """Others are printing. Nothing is wrong with this page."""

    seconds = 10


class PaperError(PrintingError):
    """This page itself took too long, or made its process end."""

    seconds = 15 * 60


class _EndedError(Exception):
    """The child has ended. `status` is its Popen.returncode."""

    def __init__(self, status: int):
        super().__init__(f"The child ended with status {status}")
        self.status = status


def problem() -> str | None:
    """Why nothing can be printed on this machine; None when it can."""
    if (library := _missing_library()) is not None:
        return _(
            "Printing is switched off here: the system library %(library)s is missing. "
            "Whoever runs the server can install it with “%(command)s”."
        ) % {"library": library, "command": INSTALL}
    if (font := _missing_font()) is not None:
        return _(
            "Printing is switched off here: the font %(font)s is missing. "
            "Whoever runs the server can put the files of this app back."
        ) % {"font": font}
    return None


@cache
def _missing_library() -> str | None:
    """The first library that WeasyPrint needs and this machine lacks."""
    for name in LIBRARIES:
        try:
            ctypes.CDLL(f"lib{name}.so.0" if name != "fontconfig" else "libfontconfig.so.1")
        except OSError:
            return name
    return None


def _missing_font() -> str | None:
    """The first font of paper whose file is missing. Without it, text would not be printed."""
    for path in fonts():
        if not path.is_file():
            return path.name
    return None


def fonts() -> list[Path]:
    """The files of the fonts: those of the screen, and DejaVu for every other character."""
    atkinson = [WEB_FONTS / file for _family, _weight, file in FACES]
    return [*atkinson, FONTS / "DejaVuSans.ttf", FONTS / "DejaVuSans-Bold.ttf"]


@cache
def paper_digest() -> str:
    """A digest of what paper is made with. When it changes, paper may look different."""
    return made_with.digest(fonts())


def render_pdf(html: str) -> bytes:
    """The PDF of a page. Raises PrintingError.

    Takes at most SECONDS, after waiting for a place as `printing_places` allows.
    """
    if (reason := problem()) is not None:
        raise PrintingError(reason)
    try:
        with place(), _child() as child:
            return child.render(html)
    except BusyError as error:
        raise PrinterBusyError(busy()) from error
    except (TimeoutError, subprocess.TimeoutExpired) as error:
        log.warning("Printing was stopped after %s seconds", SECONDS)
        raise PaperError(_took_too_long()) from error
    except _EndedError as error:
        if error.status == 0:  # it ended by itself, after a long wait, as this page came
            return render_pdf(html)
        if error.status == -signal.SIGXCPU:
            log.warning("Printing was stopped after %s seconds of work", SECONDS)
            raise PaperError(_took_too_long()) from error
        log.error("Printing ended with status %s", error.status)
        raise PaperError(_("Printing did not work just now. Please try again.")) from error
    except OSError as error:  # no room for a file or a process
        log.error("Nothing can be printed: %s", error)
        raise PrintingError(no_room()) from error


def no_room() -> str:
    return _(
        "Printing did not work: the server has no room left, on its disk or in its memory. "
        "Whoever runs the server can make room."
    )


def _took_too_long() -> str:
    return _("Printing took too long and was stopped. Shorten the longest text and try again.")


class Child:
    """A process with WeasyPrint in it, which prints one page at a time."""

    def __init__(self):
        self.owner = os.getpid()
        self.pages = 0
        self.folder = Path(tempfile.mkdtemp(prefix="rugpijn-print-"))
        try:
            path = self.folder / "output"
            writing, self.output = open(path, "wb"), open(path, "rb")  # noqa: SIM115
            ours, theirs = Pipe()
            self.connection: Connection = ours
            with theirs, writing:
                self.process = subprocess.Popen(  # noqa: S603  our own module, and two numbers
                    [sys.executable, "-m", MODULE, str(theirs.fileno()), str(SECONDS)],
                    stdin=subprocess.DEVNULL,
                    stdout=writing,
                    stderr=writing,
                    cwd=ROOT,
                    env=_environment(self.folder),
                    pass_fds=[theirs.fileno()],
                )
        except OSError:
            shutil.rmtree(self.folder)
            raise

    def alive(self) -> bool:
        return self.process.poll() is None

    def render(self, html: str) -> bytes:
        """The PDF of a page. Raises TimeoutError after SECONDS, and _EndedError when the child has
        ended."""
        self.pages += 1
        give_up = time.monotonic() + SECONDS
        try:
            self.connection.send_bytes(html.encode())
            if not self.connection.poll(max(0, give_up - time.monotonic())):
                raise TimeoutError
            pdf = self.connection.recv_bytes()
        except (EOFError, ConnectionError) as error:
            raise _EndedError(self.process.wait(SECONDS)) from error
        finally:
            self._log_output()
        return pdf

    def _log_output(self) -> None:
        """Log what the child wrote, such as WeasyPrint's warnings about a page."""
        lines = self.output.read().decode(errors="replace").splitlines()
        for line in lines[-MOST_LINES:]:
            log.warning("printing: %s", line[:300])

    def end(self) -> None:
        """Kill the process, whatever it is doing, and remove its files."""
        self.process.kill()
        self.process.wait()
        self.connection.close()
        self.output.close()
        if self.folder.exists():  # a child that ends by itself removes it
            shutil.rmtree(self.folder)


# Children that wait for a next page. The last one that came is taken first.
_waiting: list[Child] = []


@contextmanager
def _child():
    """A child for one page: a waiting one or a new one. After an exception it is killed."""
    child = _take_waiting() or Child()
    try:
        yield child
    except BaseException:
        child.end()
        raise
    if child.pages < PAGES:
        _waiting.append(child)
    else:
        child.end()


def _take_waiting() -> Child | None:
    """A child that waits; None when there is none. A child ends by itself after a long wait."""
    while True:
        try:
            child = _waiting.pop()
        except IndexError:
            return None
        if child.owner != os.getpid():  # a fork inherited the list; the child is its parent's
            continue
        if child.alive():
            return child
        child.end()


@atexit.register
def end_children() -> None:
    """End the waiting children: when this process ends, or to free memory."""
    while (child := _take_waiting()) is not None:
        child.end()


def _environment(folder: Path) -> dict[str, str]:
    """The environment of a child: no secret and no address of a database.

    Its temporary files are in its folder, which is removed even when it was killed. Fontconfig
    gets our own fonts only, so that paper looks alike on every machine.
    """
    config = folder / "fonts.conf"
    config.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<dir>{escape(str(FONTS))}</dir><cachedir>{escape(str(folder))}</cachedir></fontconfig>"
    )
    return {
        "PATH": os.environ.get("PATH", ""),
        "LANG": "C.UTF-8",
        "TMPDIR": str(folder),
        "FONTCONFIG_FILE": str(config),
    }


def busy() -> str:
    return _("The printer is busy. Please try again in a moment.")
