"""Real PDFs, printed by real processes: a few of them, asked many questions."""

import io
import re
import subprocess
from dataclasses import replace

import page as pdf_ua
import pypdf
import pytest

from exercises.dosage import Dosage
from patients.paper import diary, handout, paper_files, pictures, press
from patients.paper.variants import VARIANTS
from tests.environment import needs

from .papers import (
    NOTE,
    PATIENT,
    THERAPIST,
    TITLE,
    URL,
    Paper,
    boxes,
    leaflet,
    letterhead,
    squeezed,
)

pytestmark = pytest.mark.long


@pytest.fixture(scope="module", autouse=True)
def at_leisure():
    """How long a print may take is asked elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(press, "SECONDS", 120)
        yield


@pytest.fixture(scope="module")
def papers():
    knee = leaflet("knie")
    all_day = replace(
        knee.lines[0], note="n" * 300 + " noot" * 140, dosage=Dosage(reps=1, per_day=12)
    )
    return {
        "nl": Paper.of(leaflet(), letterhead()),
        "en": Paper.of(leaflet(language="en"), letterhead(logo=False)),
        "nameless": Paper.of(leaflet(), letterhead(patient_name="")),
        "twelve": Paper.of(
            leaflet(lines=(*leaflet().lines, *knee.lines, all_day)),
            letterhead(patient_name="W" * 120, logo=False),
        ),
    }


KINDS = pytest.mark.parametrize("kind", ["nl", "en", "nameless", "twelve"])


@KINDS
def test_pdf_ua(papers, kind):
    report = pdf_ua.validate_pdf_bytes(papers[kind].pdf, profile="ua1")
    assert [str(failure) for failure in report.failures] == []


@KINDS
def test_weasyprint_has_nothing_to_complain_about(papers, kind):
    assert papers[kind].log == []
    assert papers[kind].pdf.startswith(b"%PDF")
    assert papers[kind].pdf.rstrip().endswith(b"%%EOF")


@KINDS
def test_every_word_in_reading_order(papers, kind):
    paper, place = papers[kind], 0
    for line in paper.sheet.lines:
        for words in replace(line, note="" if kind == "nameless" else line.note).words():
            found = paper.text.find(squeezed(words), place)
            assert found >= 0, f"{words!r} is not there, or not after the words before it"
            place = found + len(squeezed(words))


@pytest.mark.parametrize("kind", ["nl", "en", "twelve"])
def test_all_advice_is_there(papers, kind):
    for block in papers[kind].sheet.advice:
        for words in block.words():
            assert squeezed(words) in papers[kind].text


@pytest.mark.parametrize("kind", ["nl", "en"])
def test_who_and_when(papers, kind):
    text = papers[kind].text
    for words in (
        PATIENT,
        THERAPIST,
        TITLE,
        "0570 123 456",
        "Lindenlaan 12, 7411 AB Deventer",
        URL,
    ):
        assert squeezed(words) in text
    assert squeezed("22 november 2026" if kind == "nl" else "22 November 2026") in text


def test_nameless_says_nothing_about_anyone(papers):
    paper = papers["nameless"]
    reader = pypdf.PdfReader(io.BytesIO(paper.pdf))
    everything = paper.text + squeezed(paper.html + str(reader.metadata) + str(reader.outline))
    advice = [b for b in paper.sheet.advice if b.kind not in ("red_flags", "cautions")]
    secrets = [
        PATIENT,
        THERAPIST,
        TITLE,
        *NOTE.splitlines(),
        *(w for b in advice for w in b.words()),
    ]
    assert [secret for secret in secrets if squeezed(secret) in everything] == []
    for words in paper.sheet.red_flags[0].words():
        assert squeezed(words) in paper.text
    assert '<section class="diary">' not in paper.html


def test_the_leaflet_fits_on_four_pages(papers):
    """Without drawings; with them it does too, see the last test."""
    assert papers["nl"].pages <= 4
    assert papers["en"].pages <= 4


@pytest.mark.parametrize("kind", ["nl", "en", "twelve"])
def test_the_diary_has_a_box_for_every_exercise_and_moment(papers, kind):
    sheet = papers[kind].sheet
    assert boxes(papers[kind].html) == [21 * line.dosage.moments for line in sheet.lines]


def alternatives(pdf: bytes) -> list[str]:
    """What is said for each picture, in reading order: from the tags of a PDF."""
    found, todo = [], [pypdf.PdfReader(io.BytesIO(pdf)).trailer["/Root"]["/StructTreeRoot"]]
    while todo:
        element = todo.pop(0).get_object()
        if isinstance(element, pypdf.generic.ArrayObject):
            todo = [*element, *todo]
        elif isinstance(element, pypdf.generic.DictionaryObject):
            if element.get("/S") == "/Figure":
                found.append(element["/Alt"])
            todo = [element["/K"], *todo] if "/K" in element else todo
    return found


def test_the_diary_says_what_its_boxes_are(papers):
    """To whoever does not see them."""
    rows = ["Dag 1 tot en met 21: 2 vakjes per dag"] * len(papers["nl"].sheet.lines)
    pain = "Dag 1 tot en met 21: een streepje om een cijfer op te schrijven"
    assert alternatives(papers["nl"].pdf)[-len(rows) - 1 :] == [*rows, pain]


@pytest.mark.parametrize("moments", [1, 2, 5, 12])
@pytest.mark.parametrize("variant", VARIANTS.values(), ids=VARIANTS)
def test_boxes_can_be_ticked_by_hand(variant, moments):
    """Four millimetres at least, each in the column of its day, none over another."""
    assert variant.box >= 4
    for table in diary.tables(replace(variant, weeks=6)):
        corners = re.findall(r"M([\d.]+) ([\d.]+)h", table.boxes(moments))
        assert len(set(corners)) == len(corners) == table.days * moments
        day = table.width / table.days
        for number, (left, _top) in enumerate(corners):
            assert number // moments * day <= float(left)
            assert float(left) + variant.box <= (number // moments + 1) * day


@KINDS
def test_fonts_are_ours_and_inside(papers, kind):
    rows = papers[kind].ask("pdffonts").splitlines()[2:]
    assert rows
    for row in rows:
        name, *_rest, embedded, subset, unicode, _object, _generation = row.split()
        assert name.split("+")[-1].split("-")[0] in ("Atkinson", "DejaVu")
        assert (embedded, subset, unicode) == ("yes", "yes", "yes")


def test_tagged_and_named(papers):
    for kind, title in (("nl", TITLE), ("en", TITLE), ("nameless", "Oefeningen voor thuis")):
        reader = pypdf.PdfReader(io.BytesIO(papers[kind].pdf))
        assert reader.trailer["/Root"]["/Lang"] == papers[kind].sheet.language
        assert reader.metadata.title == title


@pytest.mark.parametrize("kind", ["nl", "nameless"])
def test_the_qr_codes_can_be_read(papers, kind, tmp_path):
    zbarimg = needs("zbarimg", "zbar-tools")
    (tmp_path / "paper.pdf").write_bytes(papers[kind].pdf)
    command = [needs("pdftoppm", "poppler-utils"), "-r", "200", "-l", "2", "-png", "paper.pdf", "p"]
    subprocess.run(command, cwd=tmp_path, check=True)
    pictures = sorted(tmp_path.glob("p-*.png"))
    command = [zbarimg, "--quiet", "--raw", *pictures]  # a page without any code is an error to it
    read = subprocess.run(command, capture_output=True, check=False)
    assert set(read.stdout.decode().split()) == {URL, papers[kind].sheet.lines[0].video}


def test_videos_at_one_address_are_printed_once():
    """In the head of the section; a video of its own stands with its exercise."""
    sheet = leaflet(advice=())
    assert handout.render_html(sheet, letterhead()).count(f'href="{sheet.lines[0].video}"') == 1
    own = replace(sheet.lines[1], video="https://video.example/17")
    html = handout.render_html(replace(sheet, lines=(sheet.lines[0], own)), letterhead())
    for address in (sheet.lines[0].video, own.video):
        assert html.count(f'href="{address}"') == 1
    assert html.count('class="code"') == 3


def test_a_lost_logo_does_not_stop_the_paper(tmp_path, settings, caplog):
    settings.MEDIA_ROOT = tmp_path
    head = letterhead(logo=False)
    head.practice.logo = "logos/gone.png"
    assert "data:image/png" not in handout.render_html(leaflet(), head)
    assert "gone.png" in caplog.text


@pytest.mark.parametrize(
    ("sentence", "html"),
    {
        "2 keer per dag: 3 series van 8 tot 12 herhalingen": '<span class="together">2 keer</span>'
        ' per dag: <span class="together">3 series</span> van'
        ' <span class="together">8 tot 12</span> herhalingen',
        "<b> & 'x'": "&lt;b&gt; &amp; &#x27;x&#x27;",
    }.items(),
)
def test_a_dosage_breaks_where_it_reads_well(sentence, html):
    assert handout._broken_well(sentence) == html


def test_the_rules_know_no_left_and_right():
    """A language that is read from the right then needs no other template."""
    css = (paper_files.PAPER / "handout.css").read_text()
    pages = r"@page[^{]*\{[^{}]*(\{[^{}]*\}[^{}]*)*\}"
    rules = re.sub(rf'{pages}|url\("data:[^"]*"\)|(?s:/\*.*?\*/)', "", css)
    physical = r"[^;{}]*\b(?:left|right)\b[^;}]*|(?<![-\w])(?:float|width|height):[^;}]*"
    assert re.findall(physical, rules) == []
    assert re.findall(physical, f"{rules} .card {{ margin-left: 1mm }}")


def test_addresses_are_short():
    assert pictures.short_address("https://www.a.example/b_c/") == "a.example/b_c"
    assert pictures.short_address("javascript:alert(1)") == ""
    assert pictures.short_address("") == ""


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["nl", "en"])
def test_drawings_are_on_paper_with_their_captions(cast, make_programme, language):
    cast.piet_patient.language = language
    cast.piet_patient.save()
    version = make_programme().current_version()
    assert version.sheet.language == language
    paper = Paper.of(version.sheet, handout.letterhead(version))
    assert paper.log == []
    assert paper.pages == 4
    said = alternatives(paper.pdf)
    for line in version.sheet.lines:
        for frame in line.figure.frames:
            assert squeezed(frame.caption) in paper.text
    told = [frame.alternative for picture in version.sheet.pictures() for frame in picture.frames]
    assert [text for text in told if text not in said] == []
