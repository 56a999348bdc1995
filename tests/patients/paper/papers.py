"""A leaflet to print, and the printed pages read back."""

import io
import logging
import re
import subprocess
import tomllib
from base64 import b64decode
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

import pypdf
from django.core.files.base import ContentFile
from django.utils import translation
from PIL import Image

from exercises.dosage import Dosage
from patients.paper import handout, press
from patients.paper.variants import FULL
from patients.sheet import AdviceBlock, Line, Sheet
from rugpijn.models import Practice
from tests.conftest import LEAFLET_PAGE
from tests.environment import needs

LIBRARY = Path(__file__).parents[3] / "exercises" / "data"


URL = "http://localhost:8000/s/Zm9vYmFyYmF6cXV4MTIzNGtKM2hWOHhRMm1ON3BSNHRX/2"


NOTE = "Begin met 1 serie & kijk hoe het gaat.\nMeer dan <3 kg> tillen? Nog niet."


PATIENT, THERAPIST, TITLE = "Łucja Őry-Ştefan", "Anna Bakker", "Rugprogramma Q7"


def leaflet(file="lage_rugpijn", language="nl", **fields) -> Sheet:
    """The library's own programme as a Sheet; a note stands with its second exercise."""
    library = tomllib.loads((LIBRARY / f"{file}.toml").read_text())
    exercises = {exercise["key"]: exercise for exercise in library["exercises"]}
    with translation.override(language):
        lines = []
        for number, row in enumerate(library["protocol"]["lines"]):
            exercise, dosage = exercises[row["exercise"]], Dosage.parse(row["dosage"])
            words = {**exercise[language], "steps": tuple(exercise[language]["steps"])}
            lines.append(
                Line(
                    uuid=f"{file}-{number}",
                    exercise=exercise["key"],
                    dosage=dosage,
                    sentence=str(dosage),
                    note=NOTE if number == 1 else "",
                    video=LEAFLET_PAGE if "online_number" in exercise else "",
                    online_number=exercise.get("online_number"),
                    online_title=exercise.get("online_title", ""),
                    **words,
                )
            )
    advice = tuple(
        AdviceBlock(kind=block["kind"], **block[language]) for block in library["advice"]
    )
    sheet = Sheet(
        language=language, title=TITLE, therapist=THERAPIST, lines=tuple(lines), advice=advice
    )
    return replace(sheet, **fields).with_cautions_once()


def letterhead(patient_name=PATIENT, logo=True, **fields) -> handout.Letterhead:
    practice = Practice(
        name="Fysiotherapie De Linden",
        street="Lindenlaan 12",
        postcode="7411 AB",
        city="Deventer",
        phone="0570 123 456",
        website="https://www.linden.example/",
        **fields,
    )
    if logo:
        picture = io.BytesIO()
        Image.new("RGB", (600, 200), "teal").save(picture, "PNG")
        practice.logo = ContentFile(picture.getvalue(), name="logo.png")
    return handout.Letterhead(
        practice=practice,
        patient_name=patient_name,
        number=2,
        issued_on=date(2026, 11, 22),
        share_url=URL,
    )


def squeezed(text: str) -> str:
    """Without any space: where a line ends is a matter of layout."""
    return "".join(text.split())


@dataclass
class Paper:
    sheet: Sheet
    html: str
    pdf: bytes
    log: list[str]

    @classmethod
    def of(cls, sheet, head, variant=FULL) -> "Paper":
        said = []
        listener = logging.Handler()
        listener.emit = lambda record: said.append(record.getMessage())
        press.log.addHandler(listener)
        try:
            html = handout.render_html(sheet, head, variant)
            return cls(sheet, html, press.render_pdf(html), said)
        finally:
            press.log.removeHandler(listener)

    @property
    def pages(self) -> int:
        return len(pypdf.PdfReader(io.BytesIO(self.pdf)).pages)

    def ask(self, program: str, *options: str) -> str:
        """What one of poppler's programs says about this PDF."""
        command = [needs(program, "poppler-utils"), *options, "-"]
        command += ["-"] if program == "pdftotext" else []
        return subprocess.run(
            command, input=self.pdf, capture_output=True, check=True
        ).stdout.decode()

    @cached_property
    def text(self) -> str:
        """In the order of the content, not of the places on the page; without any space."""
        return squeezed(self.ask("pdftotext", "-raw"))


def pictures(html: str) -> list[tuple[str, str]]:
    """The drawings of a page: alternative text and SVG."""
    found = re.findall(r'<img src="data:image/svg\+xml;base64,([^"]*)" alt="([^"]*)"', html)
    return [(alt, b64decode(data).decode()) for data, alt in found]


def boxes(html: str) -> list[int]:
    """How many boxes each row of the diary has."""
    return [
        svg.count("z")
        for alt, svg in pictures(html.split('<section class="diary">')[1])
        if "z" in svg
    ]
