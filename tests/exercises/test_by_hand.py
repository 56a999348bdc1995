"""Drawings by hand: ours are in order, and nothing but a drawing is one."""

import json

import pytest
from django.core.management import call_command

from exercises import pictures
from exercises.figures import by_hand, data
from exercises.figures.style import ACCENT, ACCENT_TINT, COLOURS, GREY_LINE, INK, RIGHT_GREEN
from exercises.library import reading
from exercises.models import Figure, Protocol
from exercises.pictures import Picture

GOOD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10">{}</svg>'
WORDS = {"title": {"nl": "A"}, "alternative": {"nl": "B"}, "width": 40}


@pytest.mark.parametrize("key", by_hand.keys())
def test_ours_are_in_order(key):
    words, svg = by_hand.load(key)
    assert key not in set(data.keys()), "one key, one figure"
    assert words["title"]["en"] and words["alternative"]["en"]
    used = {word for word in svg.replace('"', " ").split() if word.startswith("#")}
    ours = {INK, ACCENT, ACCENT_TINT, GREY_LINE, RIGHT_GREEN, *COLOURS.values()}
    assert used <= ours, "the colours of the other drawings"


def test_the_size_on_paper_is_on_it():
    words, svg = by_hand.parse(GOOD.format('<path d="M0 0L9 9"/>'), WORDS, "a")
    assert (words["width"], words["height"]) == (40, 20.0)
    assert 'width="40mm"' in svg and 'height="20.0mm"' in svg


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<path id="a" d="M0 0"/>',
        '<path class="a" d="M0 0"/>',
        '<path onclick="alert(1)" d="M0 0"/>',
        '<path style="fill:red" d="M0 0"/>',
        '<path fill="url(#a)" d="M0 0"/>',
        '<path fill="var(--ink)" d="M0 0"/>',
        '<path fill="URL (#a)" d="M0 0"/>',
        "<filter/>",
        "<mask/>",
        "<style>a{}</style>",
        '<image href="https://x.example/a.png"/>',
        '<use href="#a"/>',
        "<foreignObject/>",
        '<a href="javascript:alert(1)"><path d="M0 0"/></a>',
        "<text>woorden</text>",
        "<animate/>",
        "<g>los</g>",
        '<g xmlns:x="http://www.w3.org/1999/xlink" x:href="x"/>',
        '<path d="M0 0;x"/>',
        '<path xmlns="http://www.w3.org/1999/xhtml" d="M0 0"/>',
    ],
)
def test_what_is_more_than_a_drawing_is_refused(inside):
    with pytest.raises(ValueError, match=r"^a\.svg: .+"):
        by_hand.parse(GOOD.format(inside), WORDS, "a")


@pytest.mark.parametrize(
    "svg",
    [
        '<!DOCTYPE svg [<!ENTITY a "b">]>' + GOOD.format(""),
        "<?xml-stylesheet href='a'?>" + GOOD.format(""),
        "<svg viewBox='0 0 1 1'/>",
        "<html/>",
        "",
        GOOD.format("<g>"),
        GOOD.replace("0 0 20 10", "0 0 0 0").format(""),
        GOOD.replace(' viewBox="0 0 20 10"', "").format(""),
        GOOD.format("<!--" + "x" * 60_000 + "-->"),
    ],
    ids=lambda svg: svg[:20],
)
def test_what_is_no_svg_is_refused(svg):
    with pytest.raises(ValueError, match=r"^a\.svg: .+"):
        by_hand.parse(svg, WORDS, "a")


@pytest.mark.parametrize(
    "words",
    [
        {},
        [],
        {**WORDS, "title": {}},
        {**WORDS, "alternative": {"en": "B"}},
        {**WORDS, "more": 1},
        {**WORDS, "width": "40"},
        {**WORDS, "width": 400},
        {**WORDS, "width": True},
        {**WORDS, "caption": {"nl": 3}},
        {**WORDS, "title": "A"},
    ],
)
def test_words_that_are_missing_are_named(words):
    with pytest.raises(ValueError, match=r"^a.json"):
        by_hand.parse(GOOD.format(""), words, "a")


@pytest.mark.django_db
def test_the_library_shows_it_beside_advice(library_loaded):
    walking = Protocol.objects.get(key="lage-rugpijn").advice.get(kind="walking")
    assert walking.figure.kind == Figure.Kind.BY_HAND
    assert walking.figure.practice is None and walking.figure.key == "wandelen"
    seen = Picture.of(walking.figure, "nl")
    (frame,) = seen.frames
    assert "wandelschoenen" in frame.alternative and frame.width == 44


@pytest.mark.django_db
def test_another_drawing_is_another_picture(library_loaded, tmp_path, monkeypatch):
    before = Picture.of(Figure.objects.get(key="wandelen"), "nl")
    call_command("load_library", verbosity=0)
    assert Picture.of(Figure.objects.get(key="wandelen"), "nl") == before
    (tmp_path / "wandelen.svg").write_text(GOOD.format('<path d="M0 0L9 9"/>'))
    (tmp_path / "wandelen.json").write_text(json.dumps({**WORDS, "width": 44}))
    monkeypatch.setattr(by_hand, "FOLDER", tmp_path)
    after = Picture.of(pictures.shared_figure("wandelen"), "nl")
    assert after.source != before.source and after.digest != before.digest


@pytest.mark.django_db
def test_a_file_that_names_an_unknown_drawing_hears_which_there_are(write_library):
    path = write_library(("online_number = 3", 'figure = "geen"\nonline_number = 3'))
    with pytest.raises(ValueError, match=r"“geen”.*wandelen"):
        reading.read(path)
