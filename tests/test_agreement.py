"""Page, paper and stored version say the same, and the leaflet's numbers are in all three."""

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from patients.paper import handout
from patients.sheet import Sheet

from .reading import assert_in_order, words

pytestmark = pytest.mark.django_db

LEAFLET = [
    # title on the leaflet, dosage on the leaflet, online number on the leaflet
    ("Hol en bol maken op handen en knieën", "2x per dag 2x10x", 6),
    ("Kwispelen op handen en knieën", "2x per dag 2x10x", 5),
    ("Buigen lage rug", "2x per dag 5x5 seconden", None),
    ("Rotatie lage rug", "2x per dag 2x10x", 2),
    ("McKenzie strekken rug", "2x per dag 10x", 7),
    ("Superman", "2x per dag 2x5x 5 seconden links en 2x5x 5 seconden rechts", 17),
]


@pytest.fixture(params=["nl", "en"])
def told(request, client, cast, make_programme):
    """(sheet, page, paper, json) of one version, in Dutch and in English."""
    patient, by, user = {
        "nl": (cast.piet_patient, cast.anna, cast.piet),
        "en": (cast.roos_patient, cast.bram, cast.roos),
    }[request.param]
    programme = make_programme(patient, by)
    line = programme.prescriptions.first()
    line.note = "Een opmerking voor u, of 1 < 2 & 3"
    line.save()
    from patients.prescribing import authoring

    version = authoring.issue(programme=programme, by=by)
    client.force_login(user)
    page = client.get(reverse("patients:programme_detail", args=[programme.uuid]))
    paper = handout.render_html(version.sheet, handout.letterhead(version))
    return version.sheet, words(page.content.decode()), words(paper), version.content


def test_every_line_is_told_in_order_on_page_and_paper(told):
    sheet, page, paper, _content = told
    for line in sheet.lines:
        for text in line.words():
            assert " ".join(text.split()) in page
            assert " ".join(text.split()) in paper
    titles_and_dosages = [text for line in sheet.lines for text in (line.title, line.sentence)]
    assert_in_order(titles_and_dosages, page)
    assert_in_order(titles_and_dosages, paper)


def test_advice_and_red_flags_are_on_both(told):
    sheet, page, paper, _content = told
    for block in sheet.advice:
        for text in block.words():
            assert " ".join(text.split()) in page
            assert " ".join(text.split()) in paper


def test_the_stored_version_is_the_same_sheet(told):
    sheet, _page, _paper, content = told
    assert Sheet.from_json(content) == sheet
    assert [line["sentence"] for line in content["lines"]] == [
        line.sentence for line in sheet.lines
    ]


def test_the_leaflets_numbers(programme):
    from exercises.dosage import Dosage

    sheet = programme.current_version().sheet
    told = [(line.title, line.dosage, line.online_number) for line in sheet.lines]
    assert told == [(title, Dosage.parse(dose), number) for title, dose, number in LEAFLET]
    with translation.override("nl"):
        assert [line.sentence for line in sheet.lines] == [
            str(Dosage.parse(dose)) for _title, dose, _number in LEAFLET
        ]


def test_the_knee_needs_no_code_of_its_own(client, cast, make_programme, library_loaded):
    """Loads, a weekly number, one side, a long hold and a duration, from data alone."""
    from exercises.models import Protocol

    programme = make_programme(protocol=Protocol.objects.get(key="knie"))
    sheet = programme.current_version().sheet
    assert len(sheet.lines) == 5
    dosages = [line.dosage for line in sheet.lines]
    assert any(dosage.load for dosage in dosages)
    assert any(dosage.days_per_week == 3 for dosage in dosages)
    assert any(dosage.hold == 30 for dosage in dosages)
    assert any(dosage.side in ("left", "right") for dosage in dosages)
    assert any(dosage.duration for dosage in dosages)
    client.force_login(cast.piet)
    page = words(client.get("/").content.decode())
    paper = words(handout.render_html(sheet, handout.letterhead(programme.current_version())))
    for line in sheet.lines:
        assert line.sentence in page and line.sentence in paper


def test_version_and_date_are_on_paper(programme):
    version = programme.current_version()
    with translation.override("nl"):
        paper = words(handout.render_html(version.sheet, handout.letterhead(version)))
    assert "Piet Jansen" in paper and "Fysiotherapie De Linde" in paper
    assert str(timezone.localdate().year) in paper
