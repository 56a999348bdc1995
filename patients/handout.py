"""The Sheet on A4: what stands on paper, and the paper that was issued."""

import base64
import hashlib
import logging
import re
from dataclasses import dataclass

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
from exercises.models import Rendering
from exercises.pictures import Frame, Picture

from . import clinical, variants
from .press import render_pdf
from .sheet import Block, Line, Sheet
from .variants import FULL, Variant

# Advice that is read before anything else: two rows and what stands beside the QR code.
FIRST, STAY_ACTIVE, WHY = ("prognosis", "cause"), ("movement", "walking"), ("why_exercise",)
TOGETHER = r"\d[\d.,]* \w+ \d+|\d[\d.,]* \w+"  # 8 to 12, 5 seconds: not torn apart
GAP = 2.0  # mm between two frames
LEAST_CAPTION = 34.0  # mm: a narrower caption would be a tower of words
LEAST_BESIDE = 43.0  # mm: the narrowest column, with its gap, in which steps read well
BOX = "\u2610"  # to tick, in the diary

HEX_COLOUR = re.compile(r"#([0-9a-fA-F]{6})\b")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Printed:
    """A frame of a picture as it stands on paper."""

    frame: Frame
    src: str
    scale: float

    @property
    def width(self) -> float:
        """In mm."""
        return self.frame.width * self.scale

    @property
    def column(self) -> float:
        """In mm: the picture, or else what its caption needs."""
        return max(self.width, LEAST_CAPTION if self.frame.caption else 0)

    @property
    def style(self) -> str:
        return f"inline-size: {self.width:.2f}mm"

    @property
    def column_style(self) -> str:
        return f"inline-size: {self.column:.2f}mm"


@dataclass(frozen=True)
class Link:
    """An address on the web, as paper shows it: to scan, and to type."""

    address: str

    @classmethod
    def to(cls, address: str) -> "Link | None":
        """None for what is no web address."""
        return cls(address) if _short_address(address) else None

    @property
    def short(self) -> str:
        return _short_address(self.address)

    @property
    def qr(self) -> str:
        return qr_code(self.address)


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
        return _data(f"image/{kind}", content)


def stored(version, variant: Variant | None = None) -> bytes:
    """A version on paper: rendered once, then the same bytes each time.

    As its practice prints, unless a variant is asked for.
    """
    head = letterhead(version)
    variant = variant or variants.of_practice(head.practice)
    key = _key(head, variant)
    kept = version.handouts.filter(letterhead=key).first()
    if kept is not None:
        return bytes(kept.pdf)
    pdf = render_pdf(render_html(version.sheet, head, variant))
    try:
        with transaction.atomic():
            version.handouts.create(letterhead=key, pdf=pdf)
    except IntegrityError:  # somebody printed it at the same moment: that one stays
        return bytes(version.handouts.get(letterhead=key).pdf)
    return pdf


def _key(head: Letterhead, variant: Variant) -> str:
    """By what a PDF is kept. The full one has the key of the days when there was no other."""
    if variant == FULL:
        return head.digest
    texts = [head.digest, variant.name, str(variant.weeks)]
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def nameless(version, variant: Variant = FULL) -> bytes:
    """The handout for whoever holds the link; it is not kept."""
    return render_pdf(render_html(version.sheet, letterhead(version, nameless=True), variant))


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


def render_html(sheet: Sheet, head: Letterhead, variant: Variant = FULL) -> str:
    """The page that is printed, in the language of the sheet.

    Without a patient's name it says nothing about anyone: no therapist, title,
    note or advice, and no diary, which is one person's.
    """
    if head.nameless:
        variant = variants.nameless(variant) or variants.nameless(FULL)
    with translation.override(sheet.language):
        digests = [picture.digest for picture in sheet.pictures()]
        pictures = Rendering.objects.in_bulk(digests)
        videos = _shared_videos(sheet)
        return render_to_string(
            "patients/paper/handout.html",
            {
                "sheet": sheet,
                "head": head,
                "variant": variant,
                "rtl": translation.get_language_bidi(),
                "title": _("Home exercises") if head.nameless else sheet.title,
                "contact": _contact(head.practice),
                "logo": head.logo,
                "facts": _facts(sheet, head),
                "first": _advice(sheet, *FIRST) if variant.first else [],
                "red_flags": sheet.red_flags if variant.red_flags else [],
                "stay_active": _advice(sheet, *STAY_ACTIVE) if variant.first else [],
                "why": _advice(sheet, *WHY) if variant.first else [],
                "advice": _rest_of_advice(sheet, pictures, variant) if variant.advice else [],
                "qr": qr_code(head.share_url),
                "videos": videos,
                "cards": [
                    _card(line, number, head.nameless, pictures, videos, variant)
                    for number, line in enumerate(sheet.lines, 1)
                ],
                "diary": _diary(variant) if variant.diary and sheet.lines else [],
                "weeks": variant.weeks,
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


def _rest_of_advice(
    sheet: Sheet, pictures: dict[str, Rendering], variant: Variant
) -> list[list[dict]]:
    """What follows the exercises, in rows: two short pieces side by side, a long strip alone.

    Two of a kind only, so that drawings stand beside drawings and text beside text.
    """
    rows: list[list[dict]] = []
    for block in sheet.other_advice:
        if block.kind in (*FIRST, *STAY_ACTIVE, *WHY):
            continue
        strip = _strip(block.figure, pictures, variant)
        piece = {"block": block, "strip": strip, "wide": _width(strip) > variant.column / 2}
        before = rows[-1] if rows else []
        alike = before and bool(before[0]["strip"]) == bool(strip)
        if alike and len(before) == 1 and not piece["wide"] and not before[0]["wide"]:
            before.append(piece)
        else:
            rows.append([piece])
    return rows


def _width(strip: list[Printed]) -> float:
    return sum(printed.column + GAP for printed in strip)


def _shared_videos(sheet: Sheet) -> Link | None:
    """Where all videos are, when that is one address: it is printed once."""
    addresses = [line.video for line in sheet.lines if _short_address(line.video)]
    return Link.to(addresses[0]) if len(addresses) > 1 and len(set(addresses)) == 1 else None


def _card(
    line: Line,
    number: int,
    nameless: bool,
    pictures: dict[str, Rendering],
    videos: Link | None,
    variant: Variant,
) -> dict:
    """What the card and the diary say about a line beside its own words."""
    strip = _strip(line.figure, pictures, variant)
    room = 0 if variant.narrow else variant.column - _width(strip)
    online = [line.online_title] if line.online_title else []
    if line.online_number is not None:
        online.insert(0, _("number %(number)d") % {"number": line.online_number})
    small_print = [
        (_("Harder"), line.harder_when),
        (_("Easier"), line.easier_when),
        (_("You need"), line.equipment),
        (_("Film"), _("see the page behind the QR code") if line.film else ""),
        (pgettext("on paper", "Online"), ", ".join(online)),
    ]
    return {
        "line": line,
        "number": number,
        "dosage": _broken_well(line.sentence),
        "note": [] if nameless else [t for t in line.note.splitlines() if t.strip()],
        "more": [row for row in small_print if row[1]],
        "video": None if videos else Link.to(line.video),
        "strip": strip,
        "strip_style": f"inline-size: {_width(strip):.2f}mm",
        "beside": bool(strip) and room >= LEAST_BESIDE,
        "rhythm": _rhythm(line.dosage),
        "boxes": " ".join(BOX * line.dosage.moments),
    }


def _strip(
    picture: Picture | None, pictures: dict[str, Rendering], variant: Variant
) -> list[Printed]:
    """The frames of a picture, each as a data: address, which is fetched from nowhere."""
    if picture is None:
        return []
    rendering = pictures[picture.digest]
    if rendering.photo is not None:
        sources = [_data("image/jpeg", rendering.photo)] * len(picture.frames)
    else:
        svgs = [frame["svg"] for frame in rendering.frames]
        if not variant.colour:
            svgs = [HEX_COLOUR.sub(_grey, svg) for svg in svgs]
        sources = [_data("image/svg+xml", svg.encode()) for svg in svgs]
    return [
        Printed(frame, src, variant.scale)
        for frame, src in zip(picture.frames, sources, strict=True)
    ]


def _grey(colour: re.Match) -> str:
    """A colour of a drawing as its own lightness, so that an arrow stays darker than skin."""
    red, green, blue = (int(colour[1][at : at + 2], 16) for at in (0, 2, 4))
    light = round(0.299 * red + 0.587 * green + 0.114 * blue)
    return f"#{light:02x}{light:02x}{light:02x}"


def _data(media_type: str, content: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def _broken_well(sentence: str) -> str:
    """A dosage that breaks anywhere but between a number and its unit."""
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


def _short_address(address: str) -> str:
    """A web address as people type it; empty for anything else."""
    if not address.lower().startswith(("http://", "https://")):
        return ""
    return address.split("://", 1)[1].removeprefix("www.").rstrip("/")


def _diary(variant: Variant) -> list[list[tuple[int, int]]]:
    """The tables of the diary; a first day of a week with the number of that week."""
    last = variant.weeks * 7 + 1
    days = [(day, 0 if (day - 1) % 7 else day // 7 + 1) for day in range(1, last)]
    width = variant.days_abreast
    return [days[at : at + width] for at in range(0, len(days), width)]


def qr_code(address: str) -> str:
    """A QR code as a data: address. A fixed mask gives the same picture each time."""
    return segno.make(address, error="m", micro=False, mask=2).svg_data_uri(
        border=2, dark="#000", light="#fff", omitsize=True
    )
