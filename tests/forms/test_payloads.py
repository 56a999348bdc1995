"""What people type stays a text: on every page, on paper, in a browser, in a file and back."""

import csv
import io
import re

import pypdf
import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from exercises.exchange import exporting
from exercises.models import Exercise, ExerciseText
from patients.models import Programme
from patients.paper import handout, press
from patients.prescribing import authoring
from rugpijn.models import Practice

from ..access.access_table import ROLES, TABLE
from ..access.access_world import client_for
from .payloads import CORPUS, ZQX, born, poison

pytestmark = [pytest.mark.long, pytest.mark.slow, pytest.mark.django_db]

# A page is one of staff, or of a patient and who treats him: two roles see all there is of it.
SHOWN_TO = {
    name: {role for role in ("anna", "piet") if dict(zip(ROLES, row, strict=True))[role] == "200"}
    or set([role for role, got in zip(ROLES, row, strict=True) if got == "200"][:1])
    for name, row in TABLE.items()
}


@pytest.fixture
def poisoned(world):
    """Everything that anybody wrote is a payload; a version was issued with it."""
    world.columns = poison()
    programme = Programme.objects.get(pk=world.programme.pk)
    authoring.issue(programme=programme, by=world.anna)
    world.version = programme.current_version()
    return world


def test_the_corpus_is_large_and_the_judge_sees_it():
    """Without escaping, most of it makes something; escaped, nothing does."""
    from django.utils.html import escape

    assert len(set(CORPUS)) >= 60
    seen = [text for text in CORPUS if born(f"<!doctype html><title>x</title><div>{text}</div>")]
    assert len(seen) >= 50
    assert born(f"<!doctype html><title>x</title><div>{escape(' '.join(CORPUS))}</div>") == []
    assert born("<!doctype html><title>x</title><a href='javascript:zqx()'>x</a>")


def test_no_page_makes_anything_of_what_was_typed(poisoned):
    """Every page there is, with payloads in every column of words."""
    shown = 0
    for name, roles in SHOWN_TO.items():
        for role in roles:
            answer = client_for(poisoned, role).get(poisoned.address(name))
            if not answer.headers["Content-Type"].startswith("text/html"):
                continue
            text = answer.content.decode()
            assert born(text) == [], (name, role)
            shown += ZQX in text
    assert shown > 70, shown
    assert len(poisoned.columns) >= 50, poisoned.columns


def test_paper_makes_nothing_of_it_either(poisoned, monkeypatch):
    """The HTML of paper is judged like a page; the real PDF runs nothing and leads nowhere."""
    monkeypatch.undo()
    sheet, letterhead = poisoned.version.sheet, handout.letterhead(poisoned.version)
    html = handout.render_html(sheet, letterhead)
    assert ZQX in html
    assert born(html, paper=True) == []
    pdf = press.render_pdf(html)
    press.end_children()
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    words = "".join(page.extract_text() for page in reader.pages)
    assert ZQX in words.replace("\0", "")
    assert not reader.attachments
    for sign in (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/OpenAction"):
        assert sign not in pdf, sign
    leads = [
        str(note.get_object().get("/A", {}).get("/URI", ""))
        for page in reader.pages
        for note in page.get("/Annots", [])
    ]
    assert [address for address in leads if not re.match(r"https?://(?!zqx)|tel:", address)] == []


# ------------------------------------------------------------ addresses

NO_ADDRESSES = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "//host/x",
    "\\\\host\\x",
    "vbscript:x",
    "file:///etc/passwd",
    "https:",
    "https:///x",
    "http://",
    "ftp://host/x",
    "host.nl",
    "https://a b.nl",
    "blob:https://x",
    "view-source:https://x.nl",
)


@pytest.mark.parametrize("address", NO_ADDRESSES)
def test_an_address_that_is_none_is_refused_by_the_model(address):
    """Not only by a form: `full_clean` is what an import and a command ask as well."""
    for thing, field in (
        (Practice(name="x", website=address), "website"),
        (Exercise(video=address, category="low_back", reps=1), "video"),
    ):
        with pytest.raises(ValidationError) as refused:
            thing.full_clean()
        assert field in refused.value.message_dict


# ------------------------------------------------------------ tables, out and in again


def test_a_table_with_payloads_is_safe_to_open_and_comes_back_whole(world):
    """No cell begins with what a spreadsheet would run; reading it again gives the same words."""
    from ..exercises.exchange.packages import counted, sent

    runs = ["=1+1", "+1", "-1", "@SUM(A1)", "'=1", "=cmd|'/C calc'!A0", *CORPUS[:20]]
    exercise = Exercise.objects.filter(practice=world.anna.practice).first()
    words = ExerciseText.objects.get(exercise=exercise, language="nl")
    with transaction.atomic():
        for text in runs:
            words.title = words.purpose = text.strip()
            words.steps = "Een stap."
            words.save()
            content = exporting.as_table(world.anna, "own", "exercises", "csv").decode("utf-8-sig")
            rows = list(csv.reader(io.StringIO(content), delimiter=";"))
            assert not [cell for row in rows for cell in row if re.match(r"[=+\-@\t\r]", cell)], (
                text
            )
            back = sent(world.anna, content.encode(), "csv")
            assert set(counted(back)) <= {"same", "unchanged"}, (text, back.problem, back.findings)


def test_a_name_of_a_file_stays_a_text(world):
    """The name that an upload claims is shown, and nothing else."""
    from ..exercises.media.uploads import upload

    anna = client_for(world, "anna")
    for name in (
        "<img src=x onerror=zqx()>.csv",
        "'\"><zqx>.csv",
        "../../zqx.csv",
        "x" * 300 + ".csv",
    ):
        file = upload(b"title_nl;dosage\nBruggetje;10x\n", name)
        page = anna.post(reverse("admin:exercises_import"), {"file": file}, follow=True)
        assert page.status_code in (200, 400) and born(page.content.decode()) == []
