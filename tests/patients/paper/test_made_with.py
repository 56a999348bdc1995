"""A kept print is named by all that makes paper: nothing of it can change, or go, unnoticed."""

import shutil
from pathlib import Path

import pytest
from django.template.exceptions import TemplateDoesNotExist

from patients.paper import made_with, paper_files, press, press_child

PAPER = paper_files.PAPER.relative_to(paper_files.ROOT)
EDITED = [
    *(str(PAPER / path.name) for path in sorted(paper_files.PAPER.glob("*handout*"))),
    "rugpijn/static/rugpijn/fonts/atkinson-hyperlegible-latin-400-normal.woff2",
    "rugpijn/fonts/DejaVuSans.ttf",
    "rugpijn/locale/nl/LC_MESSAGES/django.po",
    "patients/paper/handout.py",
    "patients/sheet.py",
    "patients/line.py",
    "patients/paper/pictures.py",
    "patients/paper/diary.py",
    "patients/paper/variants.py",
    "patients/clinical.py",
    "patients/paper/press.py",
    "patients/paper/press_child.py",
    "patients/paper/fast_weasyprint.py",
    "exercises/dosage/__init__.py",
    "exercises/dosage/value.py",
    "exercises/dosage/grammar.py",
    "exercises/dosage/words.py",
    "exercises/period.py",
    "exercises/pictures.py",
]


@pytest.fixture(scope="module")
def made():
    return made_with.everything(press.fonts())


@pytest.mark.parametrize("name", EDITED)
def test_what_makes_paper_is_followed(made, name):
    """By name here and nowhere else: a file that is renamed fails, and so does one left out."""
    assert (paper_files.ROOT / name).is_file()
    assert paper_files.ROOT / name in made[0]


def test_libraries_are_followed_too(made):
    assert {"weasyprint", "pydyf", "cssselect2", "segno", "Django"} <= made[1]


def test_the_printer_reads_the_rules_and_fonts_that_are_followed(made):
    assert {press_child.RULES, *press.fonts()} <= made[0]
    assert all((press_child.WEB_FONTS / file) in made[0] for *_face, file in press_child.FACES)


@pytest.fixture
def copied(made, tmp_path, monkeypatch):
    """The same files somewhere else, to be changed; which they are is known already."""
    here = {}
    for path in made[0]:
        here[path] = tmp_path / path.relative_to(paper_files.ROOT)
        here[path].parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, here[path])
    monkeypatch.setattr(made_with, "ROOT", tmp_path)
    monkeypatch.setattr(made_with, "everything", lambda fonts: (set(here.values()), made[1]))
    return tmp_path


def test_an_edit_of_any_of_them_is_another_name(copied):
    before = made_with.digest([])
    assert made_with.digest([]) == before
    for name in EDITED:
        path: Path = copied / name
        was = path.read_bytes()
        path.write_bytes(was + b"\n")
        assert made_with.digest([]) != before, name
        path.write_bytes(was)
    assert made_with.digest([]) == before


def test_another_version_of_a_library_is_another_name(copied, monkeypatch):
    before = made_with.digest([])
    monkeypatch.setattr(made_with, "version", lambda name: "99")
    assert made_with.digest([]) != before


@pytest.mark.parametrize(
    ("gone", "error"),
    [
        (lambda: made_with.template_files("patients/paper/flyer.html"), TemplateDoesNotExist),
        (lambda: made_with.module_files(["patients.leaflet"]), FileNotFoundError),
        (lambda: made_with.digest([paper_files.ROOT / "rugpijn/fonts/None.ttf"]), OSError),
    ],
    ids=["template", "module", "font"],
)
def test_what_is_named_and_not_there_is_an_error(gone, error):
    with pytest.raises(error):
        gone()


def test_a_translation_that_is_gone_is_an_error(settings):
    settings.LANGUAGES = [*settings.LANGUAGES, ("fy", "Frysk")]
    with pytest.raises(FileNotFoundError, match="fy"):
        made_with.catalogues()
