"""The Sheet on A4. The only file that imports WeasyPrint.

WeasyPrint runs in a process of its own, which can be killed: a page of hostile
or merely unlucky text can keep it busy for ever, and a web worker must not wait
for that. Run as `python -m patients.handout SECONDS` it reads HTML from standard
input, writes a PDF to standard output, and what it has to say to standard error.
"""

import base64
import ctypes
import fcntl
import hashlib
import logging
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

import segno
from django.conf import settings
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from exercises.dosage import Dosage

from . import clinical
from .sheet import Block, Line, Sheet

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
FIRST_PAGE = ("prognosis", "cause", "why_exercise")  # advice that is read before anything else
TOGETHER = r"\d[\d.,]* \w+ \d+|\d[\d.,]* \w+"  # 8 to 12, 5 seconds: not torn apart
BOX = "\u2610"  # to tick, in the diary

log = logging.getLogger(__name__)


class PrintingError(Exception):
    """There is no PDF. The message is a sentence for whoever asked for one."""


@dataclass(frozen=True)
class Letterhead:
    """What stands around a Sheet on paper and is not frozen with it."""

    practice: object
    patient_name: str  # empty on the nameless handout
    number: int
    issued_on: object  # a date
    share_url: str

    @property
    def nameless(self) -> bool:
        """For whoever holds the link: what to do, and nothing about anyone."""
        return not self.patient_name

    @property
    def digest(self) -> str:
        """All of it as one number. A logo is known by its name, which no other upload has."""
        practice = self.practice
        texts = [
            practice.name, practice.address, practice.phone, practice.email, practice.website,
            practice.logo.name or "", self.patient_name, self.share_url,
            str(self.number), self.issued_on.isoformat(),
        ]  # fmt: skip
        return hashlib.sha256("\0".join(texts).encode()).hexdigest()

    @property
    def logo(self) -> str:
        """The practice's logo as a data: address; empty without one that can be read."""
        if not self.practice.logo:
            return ""
        try:
            with self.practice.logo.open("rb") as picture:
                content = picture.read()
        except OSError as error:  # a lost picture is no reason to give no exercises
            log.warning("The logo is not on the paper: %s", error)
            return ""
        kind = "jpeg" if content.startswith(b"\xff\xd8") else "png"
        return f"data:image/{kind};base64," + base64.b64encode(content).decode()


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


def stored(version) -> bytes:
    """The default handout of a version: rendered once, then the same bytes each time."""
    head = letterhead(version)
    kept = version.handouts.filter(letterhead=head.digest).first()
    if kept is not None:
        return bytes(kept.pdf)
    pdf = render_pdf(render_html(version.sheet, head))
    try:
        with transaction.atomic():
            version.handouts.create(letterhead=head.digest, pdf=pdf)
    except IntegrityError:  # somebody printed it at the same moment: that one stays
        return bytes(version.handouts.get(letterhead=head.digest).pdf)
    return pdf


def letterhead(version, *, nameless: bool = False) -> Letterhead:
    patient = version.programme.patient
    return Letterhead(
        practice=patient.practice,
        patient_name="" if nameless else patient.name,
        number=version.number,
        issued_on=timezone.localdate(version.issued_at),
        share_url=share_url(version),
    )


def share_url(version) -> str:
    """The address in the QR code: this version, without any name."""
    path = reverse("patients:share_page", args=[version.programme.share_link.token, version.number])
    return settings.SITE_URL + path


def render_html(sheet: Sheet, head: Letterhead) -> str:
    """The page that is printed, in the language of the sheet.

    Without a patient's name it says nothing about anyone: no therapist, title,
    note or advice, and no diary, which is one person's.
    """
    with translation.override(sheet.language):
        practice, nameless = head.practice, head.nameless
        return render_to_string(
            "patients/paper/handout.html",
            {
                "sheet": sheet,
                "head": head,
                "rtl": translation.get_language_bidi(),
                "title": _("Home exercises") if nameless else sheet.title,
                "contact": _contact(practice),
                "logo": head.logo,
                "facts": _facts(sheet, head),
                "first": [] if nameless else _advice(sheet, "prognosis", "cause"),
                "why": [] if nameless else _advice(sheet, "why_exercise"),
                "advice": [] if nameless else _rest_of_advice(sheet),
                "qr": qr_code(head.share_url),
                "cards": [
                    _card(line, number, nameless) for number, line in enumerate(sheet.lines, 1)
                ],
                "weeks": [] if nameless or not sheet.lines else _weeks(),
                "least": clinical.PAIN_LEAST,
                "most": clinical.PAIN_MOST,
                # Filled in by the stylesheet, which alone knows the pages.
                "page": format_html('<span class="{}"></span>', "number"),
                "pages": format_html('<span class="{}"></span>', "total"),
            },
        )


def _contact(practice) -> list[str]:
    texts = [practice.phone, practice.email, _short_address(practice.website)]
    return [text for text in texts if text]


def _facts(sheet: Sheet, head: Letterhead) -> list[tuple[str, str]]:
    """Label and value: for whom, from whom, of when."""
    facts = [
        (pgettext("on paper", "For"), head.patient_name),
        (_("Your therapist"), "" if head.nameless else sheet.therapist),
        (_("Date"), date_format(head.issued_on, "j F Y")),
        (_("Version"), str(head.number)),
    ]
    return [(label, value) for label, value in facts if value]


def _advice(sheet: Sheet, *kinds: str) -> list[Block]:
    """The advice of these kinds, in the order of the kinds."""
    return [block for kind in kinds for block in sheet.other_advice if block.kind == kind]


def _rest_of_advice(sheet: Sheet) -> list[Block]:
    """What follows the exercises, because the first page does not have it."""
    return [block for block in sheet.other_advice if block.kind not in FIRST_PAGE]


def _card(line: Line, number: int, nameless: bool) -> dict:
    """What the card and the diary say about a line beside its own words."""
    online = [line.online_title] if line.online_title else []
    if line.online_number is not None:
        online.insert(0, _("number %(number)d") % {"number": line.online_number})
    address = _short_address(line.video)
    small_print = [
        (_("Harder"), line.harder_when, ""),
        (_("Easier"), line.easier_when, ""),
        (_("You need"), line.equipment, ""),
        (pgettext("on paper", "Online"), ", ".join(online), address),
    ]
    return {
        "line": line,
        "number": number,
        "dosage": _broken_well(line.sentence),
        "note": [] if nameless else [t for t in line.note.splitlines() if t.strip()],
        "more": [row for row in small_print if row[1] or row[2]],
        "rhythm": _rhythm(line.dosage),
        "boxes": " ".join(BOX * line.dosage.moments),
    }


def _broken_well(sentence: str) -> str:
    """A dosage for a narrow column: a new line after how often, a number beside its unit."""
    when, colon, dose = conditional_escape(sentence).partition(": ")
    html = f"{when}:<br>{dose}" if colon else when
    return mark_safe(re.sub(TOGETHER, r'<span class="together">\g<0></span>', html))  # noqa: S308  escaped above


def _rhythm(dosage: Dosage) -> str:
    """On which days, when that is not every day: it stands in the diary beside the boxes."""
    if (count := dosage.days_per_week) is not None:
        return ngettext("%(count)d day a week", "%(count)d days a week", count) % {"count": count}
    if dosage.every_days == 2:
        return _("every other day")
    if dosage.every_days is not None:
        return _("every %(count)d days") % {"count": dosage.every_days}
    return ""


def _short_address(address: str) -> str:
    """A web address as people type it; empty for anything else."""
    if not address.lower().startswith(("http://", "https://")):
        return ""
    return address.split("://", 1)[1].removeprefix("www.").rstrip("/")


def _weeks() -> list[range]:
    """The days of the diary, week by week, counted from 1."""
    last = clinical.DIARY_DAYS + 1
    return [range(first, min(first + 7, last)) for first in range(1, last, 7)]


def qr_code(address: str) -> str:
    """A QR code as a data: address. A fixed mask gives the same picture each time."""
    return segno.make(address, error="m", micro=False, mask=2).svg_data_uri(
        border=2, dark="#000", light="#fff", omitsize=True
    )


def render_pdf(html: str) -> bytes:
    """The PDF of a page. Raises PrintingError, in words, when there is none.

    Takes at most WAIT seconds for a place and SECONDS for the work.
    """
    if (reason := problem()) is not None:
        raise PrintingError(reason)
    with _place(), tempfile.TemporaryDirectory(prefix="rugpijn-print-") as folder:
        try:
            child = subprocess.run(  # noqa: S603  our own module, and a number
                [sys.executable, "-m", "patients.handout", str(SECONDS)],
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
