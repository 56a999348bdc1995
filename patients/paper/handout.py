"""The Sheet on A4: what stands on paper, and the paper that was issued."""

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
from rugpijn.qr_code import qr_code

from .. import clinical
from ..models import Version
from ..sheet import AdviceBlock, Line, Sheet
from . import diary, failed_papers, variants
from .paper_files import TEMPLATE
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
from .printed import Link, data_address, in_ink, short_address, strip_of
from .printing_places import WORKER, BusyError, asked_by, seat
from .variants import FULL, Variant

# Advice that is read before anything else: two rows and what stands beside the QR code.
FIRST, STAY_ACTIVE, WHY = ("prognosis", "cause"), ("movement", "walking"), ("why_exercise",)
# 3 t/m 6, 8 to 12, 5 seconds: not torn apart.
TOGETHER = r"\d+ \w/\w \d+|\d[\d.,]* \w+ \d+|\d[\d.,]* \w+"
LEAST_BESIDE = 43.0  # mm: the narrowest column, with its gap, in which steps read well

Part = tuple[str, tuple[str, ...]]  # of a Block, as Block.parts() gives it

log = logging.getLogger(__name__)


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
        if practice.colour != COLOUR:  # so that paper of the days without a choice stays the same
            texts.append(practice.colour)
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
        return data_address(f"image/{kind}", content)


def stored(version, variant: Variant | None = None) -> bytes:
    """A version on paper: rendered once, then the same bytes each time.

    As its practice prints, unless a variant is asked for. Raises PrintingError.
    """
    head = letterhead(version)
    return _stored(version, head, variant or variants.of_practice(head.practice))


class ErasedError(PrintingError):
    """While it was printed, the programme was erased: there is nothing to hand out any more."""


def nameless(version, variant: Variant = FULL) -> bytes:
    """The handout for whoever holds the link. Raises PrintingError."""
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
                raise ErasedError(_("This programme was erased meanwhile."))
            if kept is not None:
                version.handouts.filter(pk=kept.pk).update(**fields)
            else:
                version.handouts.create(letterhead=key, issued=issued, **fields)
    except IntegrityError:  # somebody printed it at the same moment: that one stays
        return bytes(version.handouts.get(letterhead=key).pdf)
    except OperationalError as error:
        log.exception("A handout could not be kept")
        raise PrintingError(no_room()) from error
    return pdf


def _key(head: Letterhead, variant: Variant) -> str:
    """By what a PDF is kept. The full one has the key of the days when there was no other."""
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
    """The address in the QR code: this version, without any name. ErasedError: it is gone."""
    try:
        token = version.programme.share_link.token
    except ObjectDoesNotExist as error:
        raise ErasedError(_("This programme was erased meanwhile.")) from error
    path = reverse("patients:share_page", args=[token, version.number])
    return settings.SITE_URL + path


def render_html(sheet: Sheet, head: Letterhead, variant: Variant = FULL) -> str:
    """The page that is printed, in the language of the sheet.

    Without a patient's name it says nothing about anyone: no therapist, title,
    note or advice, and no diary, which is one person's.
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
                # Filled in by the stylesheet, which alone knows the pages.
                "page": format_html('<span class="{}"></span>', "number"),
                "pages": format_html('<span class="{}"></span>', "total"),
            },
        )


def _contact(practice) -> list[str]:
    texts = [practice.phone, practice.email, short_address(practice.website)]
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


def _first_page(sheet: Sheet, pictures: dict[str, Rendering], variant: Variant) -> dict:
    """What is read before the exercises."""
    rows = {"first": FIRST, "stay_active": STAY_ACTIVE, "why": WHY}
    return {name: _advice(sheet, kinds, pictures, variant) for name, kinds in rows.items()}


def _advice(
    sheet: Sheet, kinds: tuple[str, ...], pictures: dict[str, Rendering], variant: Variant
) -> list[dict]:
    """The advice of these kinds, in the order of the kinds, with its drawings."""
    return [
        {"block": block, "strip": strip_of(block.figure, pictures, variant)}
        for kind in kinds
        for block in sheet.other_advice
        if block.kind == kind
    ]


def _red_flags(block: AdviceBlock) -> dict:
    """What to do at once and what to do soon, side by side; what follows is background."""
    pieces = _pieces(block)
    both = len(pieces) > 1 and all(piece[-1][0] == "list" for piece in pieces[:2])
    columns = pieces[:2] if both else []
    return {"block": block, "columns": columns, "rest": _joined(pieces[len(columns) :])}


def _rest_of_advice(
    sheet: Sheet, pictures: dict[str, Rendering], variant: Variant
) -> list[list[dict]]:
    """What follows the exercises, in rows: two short pieces side by side, a long strip alone.

    Two of a kind only, so that drawings stand beside drawings and text beside text. What stands
    alone has its words in two columns.
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
    """The parts that belong together: a list with the words that announce it."""
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
    """Two columns as equal as can be, without tearing a piece apart; one when there is one."""
    lengths = [sum(len(text) + 20 for _kind, texts in p for text in texts) for p in pieces]
    if len(pieces) < 2:
        return [_joined(pieces)]
    best = min(range(1, len(pieces)), key=lambda at: abs(sum(lengths[:at]) - sum(lengths[at:])))
    return [_joined(pieces[:best]), _joined(pieces[best:])]


def _shared_videos(sheet: Sheet) -> Link | None:
    """Where all videos are, when that is one address: it is printed once."""
    addresses = [line.video for line in sheet.lines if short_address(line.video)]
    return Link.to(addresses[0]) if len(addresses) > 1 and len(set(addresses)) == 1 else None


def _card(
    line: Line,
    number: int,
    pictures: dict[str, Rendering],
    videos: Link | None,
    variant: Variant,
) -> dict:
    """What the card and the diary say about a line beside its own words."""
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
    """A heading above the first card of each phase."""
    before = None
    for card in cards:
        when = card["line"].when
        card["phase"] = (when or _("The whole programme")) if when != before else ""
        before = when


def _broken_well(sentence: str) -> str:
    """A dosage or its weeks: these break anywhere but between a number and its unit."""
    html = conditional_escape(sentence)
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


def _weeks(line: Line) -> str:
    """Its weeks, as they stand behind the name in the diary."""
    return line.when[:1].lower() + line.when[1:]


def _diary(cards: list[dict], colour: str, variant: Variant) -> list[dict]:
    """The tables of the diary, each drawing as a data: address."""

    def drawn(svg: str) -> str:
        return data_address("image/svg+xml", in_ink(svg, variant).encode())

    def row(card: dict, table: diary.DiaryTable) -> dict:
        line = card["line"]
        asked = table.asked(line.period)
        boxes = drawn(table.boxes(line.dosage.moments, line.period))
        return {"card": card, "boxes": boxes, "first_day": asked[0], "last_day": asked[-1]}

    return [
        {
            "weeks": table.weeks,
            "first_day": table.first_day,
            "last_day": table.last_day,
            "lines": drawn(table.lines(colour)),
            "rows": [row(card, table) for card in cards if table.asked(card["line"].period)],
            "pain": drawn(table.pain),
        }
        for table in diary.tables(variant)
    ]


@task
def render_handout(version_uuid: str) -> bool:
    """Print a version ahead; False when it is gone or printing is switched off here."""
    version = Version.objects.filter(uuid=version_uuid).first()
    if version is None or problem() is not None:
        return False
    with asked_by(WORKER):
        stored(version)
    return True
