"""Every variant in both languages: what the PDF says, in which order, and how it looks."""

import os
import re
import subprocess
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import page as pdf_ua
import pytest
from django.conf import settings
from django.db import OperationalError
from django.urls import reverse
from PIL import Image, ImageChops

from exercises.models import Rendering
from exercises.pictures import Frame, Picture
from patients.paper import handout, variants
from patients.paper.pictures import data_address
from patients.paper.variants import VARIANTS
from patients.prescribing import authoring
from rugpijn import audit
from tests.environment import and_in_ci, needs

from .papers import NOTE, Paper, boxes, leaflet, letterhead, squeezed

APPROVED = Path(__file__).parents[1] / "approved"
APPROVE = "APPROVE_PAPER"  # set it to keep what is printed now as the pictures to compare with
BOX = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} 25">'
    '<rect x="1" y="1" width="{1}" height="23" fill="#eef2f5" stroke="#c2410c"/></svg>'
)
DRAWN = "box-{}"
WIDTHS = (33, 50)  # mm: a strip with room beside it, and one without

pytestmark = [pytest.mark.long, pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def renderings(db):
    """Drawings that no better drawing of a body will change."""
    for width in WIDTHS:
        svg = BOX.format(width, width - 2)
        frame = {"svg": svg, "width": width, "height": 25}
        Rendering.objects.create(digest=DRAWN.format(width), frames=[frame] * 3)


def drawn(language="nl"):
    sheet = leaflet(language=language)
    lines = []
    for number, line in enumerate(sheet.lines, 1):
        width = WIDTHS[number in (4, 6)]
        frames = tuple(
            Frame(f"{words} {number}.", f"Box {number} {words}", width, 25)
            for words in ("Begin zo", "Dan dit", "En dan dat")
        )
        digest = DRAWN.format(width)
        side = "left" if line.dosage.side == "each" else ""
        figure = Picture(digest=digest, source=digest, title="Box", frames=frames, side=side)
        lines.append(replace(line, figure=figure))
    return replace(sheet, lines=tuple(lines))


@cache
def printed(name: str, language: str = "nl", nameless: bool = False) -> Paper:
    head = letterhead(patient_name="") if nameless else letterhead()
    return Paper.of(drawn(language), head, VARIANTS[name])


class DomText(HTMLParser):
    """The text of a page in the order of its source, without what is in every footer."""

    def __init__(self, html: str):
        super().__init__()
        self.texts, self.skip = [], 0
        self.feed(re.sub(r'(?s)<div class="footer">.*?</div>\s*</div>', "", html))

    def handle_starttag(self, tag, attrs):
        self.skip += tag in ("title", "style")

    def handle_endtag(self, tag):
        self.skip -= tag in ("title", "style")

    def handle_data(self, data):
        if data.strip() and not self.skip:
            self.texts.append(squeezed(data))


def assert_in_order(texts, text):
    place = 0
    for words in texts:
        found = text.find(squeezed(words), place)
        assert found >= 0, f"{words!r} is not there, or not after the words before it"
        place = found + len(squeezed(words))


EVERY = pytest.mark.parametrize(
    ("name", "language"),
    [
        *((name, "nl") for name in VARIANTS),
        *and_in_ci(("full", "en"), *((name, "en") for name in VARIANTS if name != "full")),
    ],
)


@EVERY
def test_pdf_ua_and_syntax(name, language, tmp_path):
    paper = printed(name, language)
    assert paper.log == []
    report = pdf_ua.validate_pdf_bytes(paper.pdf, profile="ua1")
    assert [str(failure) for failure in report.failures] == []
    (tmp_path / "paper.pdf").write_bytes(paper.pdf)
    subprocess.run([needs("qpdf", "qpdf"), "--check", tmp_path / "paper.pdf"], check=True)


@EVERY
def test_the_tags_are_in_the_order_of_the_page(name, language):
    paper = printed(name, language)
    quoted = re.findall(r'(?m)^ *"(.*)"$', paper.ask("pdfinfo", "-struct-text"))
    assert_in_order(DomText(paper.html).texts, squeezed("".join(quoted)))


@EVERY
def test_the_sheet_is_on_it_in_order(name, language):
    paper, variant = printed(name, language), VARIANTS[name]
    for line in paper.sheet.lines:
        if variant.short:
            captions = line.figure.words()
            told = [line.title, line.sentence, *captions, line.caution, line.note]
        else:
            told = line.words() if variant.exercises else [line.title]
        assert_in_order([words for words in told if words], paper.text)
    titles = [line.title for line in paper.sheet.lines]
    assert_in_order(titles, paper.text)
    shown = {"red_flags": variant.red_flags}
    shown |= dict.fromkeys((*handout.FIRST, *handout.STAY_ACTIVE, *handout.WHY), variant.first)
    for block in paper.sheet.advice:
        for words in block.words():
            there = squeezed(words) in paper.text
            assert there or not shown.get(block.kind, variant.advice)
    if variant.diary:
        rows = [7] * 3 if variant.narrow else [21]
        moments = [line.dosage.moments for line in paper.sheet.lines]
        assert boxes(paper.html) == [days * count for days in rows for count in moments]
    assert variant.diary == ('<section class="diary">' in paper.html)


@pytest.mark.parametrize("name", [name for name in VARIANTS if name != "diary"])
def test_nameless_is_nameless_in_every_variant(name):
    paper = printed(name, nameless=True)
    for secret in (
        paper.sheet.title,
        paper.sheet.therapist,
        *NOTE.splitlines(),
        '<section class="diary">',
    ):
        assert squeezed(secret) not in squeezed(paper.html)
    report = pdf_ua.validate_pdf_bytes(paper.pdf, profile="ua1")
    assert [str(failure) for failure in report.failures] == []


def test_pages():
    assert printed("full").pages == printed("grey").pages == 4
    assert printed("compact").pages == printed("diary").pages == 1
    assert printed("exercises").pages <= 3


def test_six_weeks_of_diary():
    six = replace(VARIANTS["diary"], weeks=6)
    html = handout.render_html(drawn(), letterhead(), six)
    assert html.count("<table>") == 2 and "Week 6" in html and "Week 7" not in html


def test_without_colour_drawings_have_none():
    html = handout.render_html(drawn(), letterhead(), VARIANTS["grey"])
    assert data_address("image/svg+xml", BOX.format(33, 31).encode()) not in html
    grey = BOX.format(33, 31).replace("#eef2f5", "#f1f1f1").replace("#c2410c", "#626262")
    assert data_address("image/svg+xml", grey.encode()) in html


def test_paper_has_the_colour_of_the_practice():
    head = letterhead(colour="#5a1446")
    paper = Paper.of(drawn(), head)
    assert paper.log == [] and paper.pages == 4
    assert "color: #5a1446" in paper.html
    report = pdf_ua.validate_pdf_bytes(paper.pdf, profile="ua1")
    assert [str(failure) for failure in report.failures] == []
    assert "#5a1446" not in handout.render_html(drawn(), head, VARIANTS["grey"])
    assert head.digest != letterhead().digest


# How it looks. `APPROVE_PAPER=1 pytest -k approved`, or `python -m tests.patients.approve`.


def pictures(pdf: bytes, folder: Path) -> list[Image.Image]:
    """The pages at 60 dots an inch, in grey."""
    command = [needs("pdftoppm", "poppler-utils"), "-r", "60", "-gray", "-png", "-", folder / "p"]
    subprocess.run(command, input=pdf, check=True)
    return [Image.open(path).convert("L") for path in sorted(folder.glob("p-*.png"))]


def differs(one: Image.Image, other: Image.Image) -> float:
    """The part of a page that is clearly lighter or darker, seen from a little distance."""
    if one.size != other.size:
        return 1.0
    far = (one.width // 4, one.height // 4)
    apart = ImageChops.difference(one.resize(far, Image.BOX), other.resize(far, Image.BOX))
    return sum(apart.histogram()[24:]) / (far[0] * far[1])


@pytest.mark.parametrize("name", ["full", "large", "compact"])
def test_it_looks_as_approved(name, tmp_path):
    pages = pictures(printed(name).pdf, tmp_path)
    if os.environ.get(APPROVE):
        for path in APPROVED.glob(f"{name}-*.png"):
            path.unlink()
        APPROVED.mkdir(exist_ok=True)
        for number, image in enumerate(pages, 1):
            image.quantize(8).save(APPROVED / f"{name}-{number:02}.png", optimize=True)
    kept = [Image.open(path).convert("L") for path in sorted(APPROVED.glob(f"{name}-*.png"))]
    assert len(pages) == len(kept)
    wrong = [n for n, pair in enumerate(zip(pages, kept, strict=True), 1) if differs(*pair) > 0.01]
    assert not wrong, f"pages {wrong} look different; if that is right: make it so, see approve.py"


# What is printed when.


def test_the_practice_chooses_and_the_therapist_overrides(client, cast, programme, monkeypatch):
    monkeypatch.setattr(handout, "render_pdf", lambda html: b"%PDF" + html.encode())
    practice = cast.anna.practice
    practice.paper, practice.diary_weeks = "exercises", 6
    practice.save()
    client.force_login(cast.anna)
    address = reverse("patients:programme_handout", args=[programme.uuid])
    assert b'<body class="exercises">' in client.get(address).content
    assert b'<body class="large narrow">' in client.get(f"{address}?variant=large").content
    assert b"Week 6" in client.get(f"{address}?variant=diary").content
    assert b"Week 6" not in client.get(f"{address}?variant=diary&weeks=3").content
    for wrong in ("variant=huge", "variant=FULL", "weeks=4", "weeks=-3", "weeks=many"):
        assert client.get(f"{address}?{wrong}").status_code == 404


def test_each_variant_is_kept_apart(programme, monkeypatch):
    monkeypatch.setattr(handout, "render_pdf", lambda html: b"%PDF" + html.encode())
    version = programme.current_version()
    version.handouts.all().delete()
    kept = {handout.stored(version, variant) for variant in VARIANTS.values()}
    assert len(kept) == version.handouts.count() == len(VARIANTS)
    monkeypatch.setattr(handout, "render_pdf", None)
    assert {handout.stored(version, variant) for variant in VARIANTS.values()} == kept


def test_better_paper_replaces_all_but_what_was_issued(programme, monkeypatch):
    """What the patient was handed stays byte for byte; the rest may look better tomorrow."""
    printed = []
    monkeypatch.setattr(
        handout, "render_pdf", lambda html: printed.append(html) or b"%%PDF %d" % len(printed)
    )
    version = programme.current_version()
    version.handouts.all().delete()
    issued, large = handout.stored(version), handout.stored(version, VARIANTS["large"])
    nameless = handout.nameless(version)
    assert len(printed) == 3
    monkeypatch.setattr(handout, "paper_digest", lambda: "better")
    assert handout.stored(version) == issued
    newer = handout.stored(version, VARIANTS["large"])
    assert newer != large and handout.stored(version, VARIANTS["large"]) == newer
    assert handout.nameless(version) == handout.nameless(version) != nameless
    assert len(printed) == 5 and version.handouts.count() == 3


@pytest.mark.parametrize("where", ["stored", "logged"])
def test_a_full_disk_prints_nothing_and_says_so(client, cast, programme, monkeypatch, where):
    def full(*args, **kwargs):
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(handout, "render_pdf", lambda html: b"%PDF")
    client.force_login(cast.anna)
    if where == "stored":
        programme.current_version().handouts.all().delete()
        monkeypatch.setattr(type(programme.current_version().handouts), "create", full)
    else:
        monkeypatch.setattr(audit, "record", full)
    response = client.get(reverse("patients:programme_handout", args=[programme.uuid]))
    assert response.status_code == 503
    assert "geen ruimte meer" in response.content.decode()


def test_the_share_page_prints_no_diary(client, programme):
    token = programme.share_link.token
    address = reverse("patients:share_handout", args=[token, 1])
    assert client.get(f"{address}?variant=diary").status_code == 404
    assert client.get(f"{address}?variant=huge").status_code == 404


def test_the_menu_has_every_variant(client, cast, programme):
    client.force_login(cast.anna)
    for page in ("change", "versions"):
        address = reverse(f"admin:patients_programme_{page}", args=[programme.pk])
        content = client.get(address).content.decode()
        for name in VARIANTS:
            assert f"handout.pdf?variant={name}" in content


def test_every_choice_of_the_practice_is_a_variant(practice):
    for choice in type(practice).Paper.values:
        practice.paper = choice
        assert variants.of_practice(practice).name == choice


def test_the_share_page_says_what_changed(client, cast, programme):
    line = programme.prescriptions.first()
    line.per_day, line.note = 3, "Alleen voor Piet"
    line.save()
    programme.prescriptions.last().delete()
    authoring.issue(programme=programme, by=cast.anna)
    address = reverse("patients:share_page", args=[programme.share_link.token, 1])
    content = client.get(address).content.decode()
    new = programme.current_version().sheet.lines[0]
    assert f"{new.title}: " in content and content.count(new.sentence) == 1
    assert "Superman</li>" in content  # told as gone; it is still on this version
    assert "Alleen voor Piet" not in content and programme.patient.name not in content
    assert settings.SITE_URL not in content
