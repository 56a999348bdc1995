"""The press: HTML in, PDF out, by a process that can be killed.

A page of hostile or merely unlucky text can keep WeasyPrint busy for ever, and a web worker must
not wait for that. It therefore works in a child (`press_child`), with limits on time, memory and
number. A child that did its work well is kept for the next page, which then finds fonts, rules and
drawings prepared; one that did not is killed, with everything it left behind.
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
PAGES = 500  # and a child may go: whatever a library forgets to give back, ends there
LOUDEST = 20  # lines of a child's standard error that are worth a log line

LIBRARIES = ("gobject-2.0", "pango-1.0", "harfbuzz", "fontconfig", "pangoft2-1.0")
INSTALL = "apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"

log = logging.getLogger(__name__)


class PrintingError(Exception):
    """There is no PDF. The message is a sentence for whoever asked for one."""

    seconds = 300  # until it is worth trying again


class PrinterBusyError(PrintingError):
    """Others are printing; nothing is the matter with this page."""

    seconds = 10


class PaperError(PrintingError):
    """It is about this page: it took too long, or its process ended over it."""

    seconds = 15 * 60


class _EndedError(Exception):
    """The child is no more. `status` as Popen.returncode has it."""

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
    """The first library that WeasyPrint needs and does not find."""
    for name in LIBRARIES:
        try:
            ctypes.CDLL(f"lib{name}.so.0" if name != "fontconfig" else "libfontconfig.so.1")
        except OSError:
            return name
    return None


def _missing_font() -> str | None:
    """The first font of ours that is not there: a page would come out in no font at all."""
    for path in fonts():
        if not path.is_file():
            return path.name
    return None


def fonts() -> list[Path]:
    """The fonts of paper: those of the screen, and one with every other character."""
    atkinson = [WEB_FONTS / file for _family, _weight, file in FACES]
    return [*atkinson, FONTS / "DejaVuSans.ttf", FONTS / "DejaVuSans-Bold.ttf"]


@cache
def paper_digest() -> str:
    """What paper is made with, as one number: another one means that paper may look different."""
    return made_with.number(fonts())


def render_pdf(html: str) -> bytes:
    """The PDF of a page. Raises PrintingError, in words, when there is none.

    Takes SECONDS at most, and what printing_places lets it wait for a place.
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
        if error.status == 0:  # it had waited for long, and went home as this page came
            return render_pdf(html)
        if error.status == -signal.SIGXCPU:
            log.warning("Printing was stopped after %s seconds of work", SECONDS)
            raise PaperError(_took_too_long()) from error
        log.error("Printing ended with status %s", error.status)
        raise PaperError(_("Printing did not work just now. Please try again.")) from error
    except OSError as error:  # no room for a file, no room for a process
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
    """A process with WeasyPrint in it. One page at a time."""

    def __init__(self):
        self.owner = os.getpid()
        self.pages = 0
        self.folder = Path(tempfile.mkdtemp(prefix="rugpijn-print-"))
        try:
            said = self.folder / "said"
            writing, self.said = open(said, "wb"), open(said, "rb")  # noqa: SIM115
            ours, theirs = Pipe()
            self.line: Connection = ours
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
        """Raises TimeoutError after SECONDS, and _EndedError when the child is no more."""
        self.pages += 1
        give_up = time.monotonic() + SECONDS
        try:
            self.line.send_bytes(html.encode())
            if not self.line.poll(max(0, give_up - time.monotonic())):
                raise TimeoutError
            pdf = self.line.recv_bytes()
        except (EOFError, ConnectionError) as error:
            raise _EndedError(self.process.wait(SECONDS)) from error
        finally:
            self._pass_on()
        return pdf

    def _pass_on(self) -> None:
        """What the child said, as warnings of ours: WeasyPrint says there where it had to guess."""
        lines = self.said.read().decode(errors="replace").splitlines()
        for line in lines[-LOUDEST:]:
            log.warning("printing: %s", line[:300])

    def end(self) -> None:
        """Kill it, whatever it is doing; nothing of it stays behind."""
        self.process.kill()
        self.process.wait()
        self.line.close()
        self.said.close()
        if self.folder.exists():  # it removes that itself when it goes in peace
            shutil.rmtree(self.folder)


# Children that wait for a next page. Threads take from one end and put back at the same one.
_waiting: list[Child] = []


@contextmanager
def _child():
    """A child for one page: one that waits, or else a new one. Only a good one is kept."""
    child = _kept() or Child()
    try:
        yield child
    except BaseException:
        child.end()
        raise
    if child.pages < PAGES:
        _waiting.append(child)
    else:
        child.end()


def _kept() -> Child | None:
    """A child that waits and lives. It goes home by itself when nobody has asked for long."""
    while True:
        try:
            child = _waiting.pop()
        except IndexError:
            return None
        if child.owner != os.getpid():  # this process was forked: not ours to use or to end
            continue
        if child.alive():
            return child
        child.end()


@atexit.register
def end_children() -> None:
    """Send home who waits: when this process ends, or when memory is wanted."""
    while (child := _kept()) is not None:
        child.end()


def _environment(folder: Path) -> dict[str, str]:
    """What a child knows: no key, no database. Its files end with the folder, even if killed.

    Fontconfig is told of our own fonts only, so that paper looks alike everywhere.
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
