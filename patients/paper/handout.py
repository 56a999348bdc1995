"""The handout: the page that is printed from a Sheet, and the PDFs that are kept of versions."""

import hashlib
import logging
import re
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, OperationalError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django_tasks import task

from exercises.dosage import Dosage
from exercises.models import Rendering
from rugpijn.models import COLOUR
from rugpijn.web.qr_code import qr_code

from .. import clinical
from ..models import Version
from ..sheet import AdviceBlock, Line, Sheet
from . import diary, failed_papers, variants
from .paper_files import TEMPLATE
from .pictures import Link, data_address, in_ink, short_address, strip_of
from .press import (
    PaperError,
    PrinterBusyError,
    PrintingError,
    busy,
    no_room,
    paper_digest,
    problem,
    render_pdf,
)
from .printing_places import WORKER, BusyError, asked_by, seat
from .variants import FULL, Variant

# Kinds of advice on the first page: two rows, and what is beside the QR code.
FIRST, STAY_ACTIVE, WHY = ("prognosis", "cause"), ("movement", "walking"), ("why_exercise",)
# No line ends inside these: "3 t/m 6", "8 to 12", "5 seconds".
TOGETHER = r"\d+ \w/\w \d+|\d[\d.,]* \w+ \d+|\d[\d.,]* \w+"
LEAST_BESIDE = 43.0  # mm: the narrowest column, with its gap, in which steps read well

Part = tuple[str, tuple[str, ...]]  # one of AdviceBlock.parts()

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Letterhead:
    """What is printed around a Sheet and is not frozen with it."""

    practice: object
    patient_name: str  # empty on the nameless handout
    number: int
    issued_on: object  # a date
    share_url: str

    @property
    def nameless(self) -> bool:
        """Whether this is for whoever holds the link, and so without a name."""
        return not self.patient_name

    @property
    def digest(self) -> str:
        """A digest of all of it. A logo is known by its file name, which no other upload has."""
        practice = self.practice
        texts = [practice.name, practice.address, practice.phone, practice.email, practice.website]
        texts += [practice.logo.name or "", self.patient_name, self.share_url]
        texts += [str(self.number), self.issued_on.isoformat()]
        if practice.colour != COLOUR:  # PDFs from before there was a choice keep their digest
            texts.append(practice.colour)
        return hashlib.sha256("\0".join(texts).encode()).hexdigest()

    @property
    def logo(self) -> str:
        """The practice's logo as a data: address; empty when there is none or it is unreadable."""
        if not self.practice.logo:
            return ""
        try:
            with self.practice.logo.open("rb") as picture:
                content = picture.read()
        except OSError as error:  # the exercises are printed without it
            log.warning("The logo is not on the paper: %s", error)
            return ""
        kind = "jpeg" if content.startswith(b"\xff\xd8") else "png"
        return data_address(f"image/{kind}", content)


def stored(version, variant: Variant | None = None) -> bytes:
    """The PDF of a version in a variant, by default that of its practice. Raises PrintingError.

    It is made once and kept. The first one of the practice's variant is the paper as it was issued
    and stays for ever; another one is made again when what makes paper has changed.
    """
    head = letterhead(version)
    return _stored(version, head, variant or variants.of_practice(head.practice))


class ErasedError(PrintingError):
    """The programme was erased while it was being printed."""


def nameless(version, variant: Variant = FULL) -> bytes:
    """The PDF for whoever holds the link on paper. Raises PrintingError."""
    return _stored(version, letterhead(version, nameless=True), variant)


def _stored(version, head: Letterhead, variant: Variant) -> bytes:
    key = _key(head, variant)
    kept = version.handouts.filter(letterhead=key).first()
    if kept is not None and (kept.issued or kept.made_with == paper_digest()):
        return bytes(kept.pdf)
    paper = f"{version.pk}:{key}:{paper_digest()}"
    if failed_papers.is_known(paper):
        raise PaperError(failed_papers.sentence())
    sheet = version.nameless_sheet if head.nameless else version.sheet
    try:
        with seat():
            pdf = render_pdf(render_html(sheet, head, variant))
    except BusyError as error:
        raise PrinterBusyError(busy()) from error
    except PaperError:
        failed_papers.remember(paper)
        raise
    fields = {"pdf": pdf, "made_with": paper_digest(), "made_at": timezone.now()}
    issued = not head.nameless and variant == variants.of_practice(head.practice)
    try:
        with transaction.atomic():
            there = type(version).objects.select_for_update(no_key=True).filter(pk=version.pk)
            if not there.values_list("pk").first():
                raise ErasedError(_("This programme has been erased in the meantime."))
            if kept is not None:
                version.handouts.filter(pk=kept.pk).update(**fields)
            else:
                version.handouts.create(letterhead=key, issued=issued, **fields)
    except IntegrityError:  # another process made it at the same moment: that one is kept
        return bytes(version.handouts.get(letterhead=key).pdf)
    except OperationalError as error:
        log.exception("A handout could not be kept")
        raise PrintingError(no_room()) from error
    return pdf


def _key(head: Letterhead, variant: Variant) -> str:
    """The key of a kept PDF. Of the full variant, once the only one, it is the digest itself."""
    if variant == FULL:
        return head.digest
    texts = [head.digest, variant.name, str(variant.weeks)]
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


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
    """The address in the QR code, of this version without any name. Raises ErasedError."""
    try:
        token = version.programme.share_link.token
    except ObjectDoesNotExist as error:
        raise ErasedError(_("This programme has been erased in the meantime.")) from error
    path = reverse("patients:share_page", args=[token, version.number])
    return settings.SITE_URL + path


def render_html(sheet: Sheet, head: Letterhead, variant: Variant = FULL) -> str:
    """The HTML that is printed, in the language of the sheet.

    A nameless one has no therapist, title, note, advice or diary.
    """
    if head.nameless:
        sheet = sheet.nameless
        variant = variants.nameless(variant) or variants.nameless(FULL)
    with translation.override(sheet.language):
        digests = [picture.digest for picture in sheet.pictures()]
        pictures = Rendering.objects.in_bulk(digests)
        videos = _shared_videos(sheet)
        colour = head.practice.colour if variant.colour else COLOUR
        cards = [
            _card(line, number, pictures, videos, variant)
            for number, line in enumerate(sheet.lines, 1)
        ]
        if sheet.has_phases:
            _name_phases(cards)
        return render_to_string(
            TEMPLATE,
            {
                "sheet": sheet,
                "head": head,
                "variant": variant,
                "colour": colour if colour != COLOUR else "",
                "rtl": translation.get_language_bidi(),
                "title": _("Home exercises") if head.nameless else sheet.title,
                "contact": _contact(head.practice),
                "logo": head.logo,
                "facts": _facts(sheet, head),
                "cautions": sheet.cautions if variant.exercises else (),
                "red_flags": map(_red_flags, sheet.red_flags if variant.red_flags else []),
                **(_first_page(sheet, pictures, variant) if variant.first else {}),
                "advice": _rest_of_advice(sheet, pictures, variant) if variant.advice else [],
                "qr": qr_code(head.share_url),
                "videos": videos,
                "cards": cards,
                "diary": _diary(cards, colour, variant) if variant.diary and cards else [],
                "weeks": variant.weeks,
                "least": clinical.PAIN_LEAST,
                "most": clinical.PAIN_MOST,
                # handout.css fills in the numbers: only the layout knows the pages.
                "page": format_html('<span class="{}"></span>', "number"),
                "pages": format_html('<span class="{}"></span>', "total"),
            },
        )


def _contact(practice) -> list[str]:
    texts = [practice.phone, practice.email, short_address(practice.website)]
    return [text for text in texts if text]


def _facts(sheet: Sheet, head: Letterhead) -> list[tuple[str, str]]:
    """Label and value of what is in the head: patient, therapist, date and version."""
    facts = [
        (pgettext("on paper", "For"), head.patient_name),
        (_("Your therapist"), "" if head.nameless else sheet.therapist),
        (_("Date"), date_format(head.issued_on, "j F Y")),
        (_("Version"), str(head.number)),
    ]
    return [(label, value) for label, value in facts if value]


def _first_page(sheet: Sheet, pictures: dict[str, Rendering], variant: Variant) -> dict:
    """The advice of the first page with its drawings, by its names in the template."""
    return {
        name: [
            {"block": block, "strip": strip_of(block.figure, pictures, variant)}
            for kind in kinds
            for block in sheet.other_advice
            if block.kind == kind
        ]
        for name, kinds in (("first", FIRST), ("stay_active", STAY_ACTIVE), ("why", WHY))
    }


def _red_flags(block: AdviceBlock) -> dict:
    """Red flags for the template: the first two lists side by side (what to do at once, and what
    to do soon), and the rest below them. Without two lists all of it is the rest."""
    pieces = _pieces(block)
    both = len(pieces) > 1 and all(piece[-1][0] == "list" for piece in pieces[:2])
    columns = pieces[:2] if both else []
    return {"block": block, "columns": columns, "rest": _joined(pieces[len(columns) :])}


def _rest_of_advice(
    sheet: Sheet, pictures: dict[str, Rendering], variant: Variant
) -> list[list[dict]]:
    """The advice after the exercises in rows of one or two pieces.

    Two pieces share a row when both have drawings or both have none, and no strip is wider than
    half the column. A piece alone in its row has its text in two columns.
    """
    rows: list[list[dict]] = []
    for block in sheet.other_advice:
        if block.kind in (*FIRST, *STAY_ACTIVE, *WHY):
            continue
        strip = strip_of(block.figure, pictures, variant)
        piece = {"block": block, "strip": strip, "wide": strip.width > variant.column / 2}
        before = rows[-1] if rows else []
        alike = before and bool(before[0]["strip"]) == bool(strip)
        if alike and len(before) == 1 and not piece["wide"] and not before[0]["wide"]:
            before.append(piece)
        else:
            rows.append([piece])
    for row in rows:
        for piece in row:
            alone = piece["wide"] or (len(row) == 1 and not piece["strip"])
            pieces = _pieces(piece["block"])
            piece["columns"] = _balanced(pieces) if alone else [_joined(pieces)]
    return rows


def _pieces(block: AdviceBlock) -> list[list[Part]]:
    """The parts of a block, a list together with the paragraph before it."""
    pieces: list[list[Part]] = []
    for part in block.parts():
        if part[0] == "list" and pieces and pieces[-1][-1][0] != "list":
            pieces[-1].append(part)
        else:
            pieces.append([part])
    return pieces


def _joined(pieces: list[list[Part]]) -> list[Part]:
    return [part for piece in pieces for part in piece]


def _balanced(pieces: list[list[Part]]) -> list[list[Part]]:
    """The pieces in two columns of nearly equal length; a single piece in one column."""
    lengths = [sum(len(text) + 20 for _kind, texts in p for text in texts) for p in pieces]
    if len(pieces) < 2:
        return [_joined(pieces)]
    best = min(range(1, len(pieces)), key=lambda at: abs(sum(lengths[:at]) - sum(lengths[at:])))
    return [_joined(pieces[:best]), _joined(pieces[best:])]


def _shared_videos(sheet: Sheet) -> Link | None:
    """The address of the videos when all have the same one: it is then printed once."""
    addresses = [line.video for line in sheet.lines if short_address(line.video)]
    return Link.to(addresses[0]) if len(addresses) > 1 and len(set(addresses)) == 1 else None


def _card(
    line: Line,
    number: int,
    pictures: dict[str, Rendering],
    videos: Link | None,
    variant: Variant,
) -> dict:
    """A line for the template: what the card and the diary print besides its own texts."""
    strip = strip_of(line.figure, pictures, variant)
    room = 0 if variant.narrow else variant.column - strip.width
    return {
        "line": line,
        "number": number,
        "dosage": _broken_well(line.sentence),
        "note": [t for t in line.note.splitlines() if t.strip()],
        "more": line.small_print,
        "video": None if videos else Link.to(line.video),
        "strip": strip,
        "beside": bool(strip) and room >= LEAST_BESIDE,
        "rhythm": _broken_well(
            ", ".join(text for text in (_rhythm(line.dosage), _weeks(line)) if text)
        ),
    }


def _name_phases(cards: list[dict]) -> None:
    """Set `phase` on each card: a heading on the first card of a phase, empty on the others."""
    before = None
    for card in cards:
        when = card["line"].when
        card["phase"] = (when or _("The whole programme")) if when != before else ""
        before = when


def _broken_well(sentence: str) -> str:
    """HTML of a dosage or its weeks, in which no line ends between a number and its unit."""
    html = conditional_escape(sentence)
    return mark_safe(re.sub(TOGETHER, r'<span class="together">\g<0></span>', html))  # noqa: S308  escaped above


def _rhythm(dosage: Dosage) -> str:
    """On which days, for the diary; empty for every day."""
    if (count := dosage.days_per_week) is not None:
        return ngettext("%(count)d day a week", "%(count)d days a week", count) % {"count": count}
    if dosage.every_days == 2:
        return _("every other day")
    if dosage.every_days is not None:
        return _("every %(count)d days") % {"count": dosage.every_days}
    return ""


def _weeks(line: Line) -> str:
    """The weeks of a line in small letters, to be put behind its name in the diary."""
    return line.when[:1].lower() + line.when[1:]


def _diary(cards: list[dict], colour: str, variant: Variant) -> list[dict]:
    """The tables of the diary for the template, each drawing as a data: address."""

    def drawn(svg: str) -> str:
        return data_address("image/svg+xml", in_ink(svg, variant).encode())

    def row(card: dict, table: diary.DiaryTable) -> dict:
        line = card["line"]
        days = table.days_of(line.period)
        boxes = drawn(table.boxes(line.dosage.moments, line.period))
        return {"card": card, "boxes": boxes, "first_day": days[0], "last_day": days[-1]}

    return [
        {
            "weeks": table.weeks,
            "first_day": table.first_day,
            "last_day": table.last_day,
            "lines": drawn(table.lines(colour)),
            "rows": [row(card, table) for card in cards if table.days_of(card["line"].period)],
            "pain": drawn(table.pain),
        }
        for table in diary.tables(variant)
    ]


@task
def render_handout(version_uuid: str) -> bool:
    """Make the PDF of a version in the worker, before anybody asks for it. Returns False when the
    version is gone or this machine cannot print."""
    version = Version.objects.filter(uuid=version_uuid).first()
    if version is None or problem() is not None:
        return False
    with asked_by(WORKER):
        stored(version)
    return True
