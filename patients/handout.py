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

from . import clinical
from .press import render_pdf
from .sheet import Block, Line, Sheet

FIRST_PAGE = ("prognosis", "cause", "why_exercise")  # advice that is read before anything else
TOGETHER = r"\d[\d.,]* \w+ \d+|\d[\d.,]* \w+"  # 8 to 12, 5 seconds: not torn apart
COLUMN, GAP = 169.0, 2.0  # mm: what the margins leave, and between two frames
LEAST_BESIDE = 38.0  # mm: the narrowest column in which steps read well
BOX = "\u2610"  # to tick, in the diary

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


def nameless(version) -> bytes:
    """The handout for whoever holds the link; it is not kept."""
    return render_pdf(render_html(version.sheet, letterhead(version, nameless=True)))


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
        digests = [picture.digest for picture in sheet.pictures()]
        pictures = Rendering.objects.in_bulk(digests)
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
                "advice": []
                if nameless
                else [(block, _strip(block.figure, pictures)) for block in _rest_of_advice(sheet)],
                "qr": qr_code(head.share_url),
                "cards": [
                    _card(line, number, nameless, _strip(line.figure, pictures))
                    for number, line in enumerate(sheet.lines, 1)
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


def _card(line: Line, number: int, nameless: bool, strip: list[tuple[Frame, str]]) -> dict:
    """What the card and the diary say about a line beside its own words."""
    room = COLUMN - sum(frame.width + GAP for frame, _src in strip)
    online = [line.online_title] if line.online_title else []
    if line.online_number is not None:
        online.insert(0, _("number %(number)d") % {"number": line.online_number})
    address = _short_address(line.video)
    small_print = [
        (_("Harder"), line.harder_when, ""),
        (_("Easier"), line.easier_when, ""),
        (_("You need"), line.equipment, ""),
        (_("Film"), _("see the page behind the QR code") if line.film else "", ""),
        (pgettext("on paper", "Online"), ", ".join(online), address),
    ]
    return {
        "line": line,
        "number": number,
        "dosage": _broken_well(line.sentence),
        "note": [] if nameless else [t for t in line.note.splitlines() if t.strip()],
        "more": [row for row in small_print if row[1] or row[2]],
        "strip": strip,
        "beside": bool(strip) and room >= LEAST_BESIDE,
        "rhythm": _rhythm(line.dosage),
        "boxes": " ".join(BOX * line.dosage.moments),
    }


def _strip(picture: Picture | None, pictures: dict[str, Rendering]) -> list[tuple[Frame, str]]:
    """Each frame with its picture as a data: address, which is fetched from nowhere."""
    if picture is None:
        return []
    rendering = pictures[picture.digest]
    if rendering.photo is not None:
        return [(frame, _data("image/jpeg", rendering.photo)) for frame in picture.frames]
    svgs = [frame["svg"].encode() for frame in rendering.frames]
    return [
        (frame, _data("image/svg+xml", svg))
        for frame, svg in zip(picture.frames, svgs, strict=True)
    ]


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


def _weeks() -> list[range]:
    """The days of the diary, week by week, counted from 1."""
    last = clinical.DIARY_DAYS + 1
    return [range(first, min(first + 7, last)) for first in range(1, last, 7)]


def qr_code(address: str) -> str:
    """A QR code as a data: address. A fixed mask gives the same picture each time."""
    return segno.make(address, error="m", micro=False, mask=2).svg_data_uri(
        border=2, dark="#000", light="#fff", omitsize=True
    )
