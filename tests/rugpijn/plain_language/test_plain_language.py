"""Plain language: what is marked in a text, where, and what may stand there."""

import time

import pytest
from django.urls import reverse

from rugpijn.plain_language.findings import findings

ADDRESS = reverse("plain_language")
LEAFLET = (
    "aspecifiek",
    "LWK",
    "mobiliserend",
    "c.q.",
    "spiercorset",
    "bewegingsuitslag",
    "prognose",
    "overbelasting",
    "rotatie",
    "uitstralende pijn",
)


def hard(text, language="nl"):
    return [
        (found.text, found.suggestion)
        for found in findings(text, language)
        if found.reason == "word"
    ]


def long(text):
    return [(found.words, found.reason) for found in findings(text, "nl") if found.words]


@pytest.mark.parametrize("word", LEAFLET)
def test_each_hard_word_of_the_leaflet_has_a_simpler_one(word):
    ((found, simpler),) = hard(f"Dit is {word} of zo.")
    assert found == word and simpler and simpler != word


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Doe dit m.b.v. een stok.", [("m.b.v.", "met")]),
        ("Neem bijv. een kussen.", [("bijv.", "bijvoorbeeld")]),
        ("Mobiliserende oefening", [("Mobiliserende", "Soepel maken")]),  # begins the sentence
        ("Van de LWK", [("LWK", "lage rug")]),  # is written so, and begins nothing
        ("excentrische oefening", [("excentrische", "")]),  # hard, without a simpler word
        ("Rust uit en draai uw hoofd.", []),
        ("https://voorbeeld.nl/rotatie-lwk en lwk@rotatie.nl", []),
        ("krotatie rotatief", []),
    ],
)
def test_words(text, found):
    assert hard(text) == found


def test_in_english_and_in_a_language_without_a_list():
    assert hard("Improve your range of motion.", "en") == [
        ("range of motion", "how far you can move")
    ]
    assert hard("Improve your range of motion.", "nl") == []
    assert findings("rotatie " * 16, "fr")[0].words == 16


@pytest.mark.parametrize(
    ("count", "found"),
    [(15, []), (16, [(16, "long")]), (20, [(20, "long")]), (21, [(21, "very long")])],
)
def test_from_how_many_words_a_sentence_is_long(count, found):
    assert long("woord " * count) == found
    assert long("Kort. " + "woord " * (count - 1) + "klaar. Kort.") == found


@pytest.mark.parametrize(
    "text",
    [
        "- " + "een twee drie vier vijf zes zeven acht\n- " * 4,  # a list: a sentence each
        "1. " + "een twee drie vier vijf zes zeven acht\n2. " * 4,
        "een twee drie vier vijf zes zeven acht enz. Dan een twee drie vier vijf zes zeven acht.",
        "Doe dit tien keer en houd vast, 10 sec. Rust dan uit en doe het nog eens over, 10 min.",
        "een twee drie vier vijf zes zeven acht? Dan een twee drie vier vijf zes zeven acht!",
        "https://voorbeeld.nl/een.twee?drie=vier " * 15,
        "",
        " \n\n . ? ",
    ],
)
def test_what_is_no_long_sentence(text):
    assert long(text) == []


@pytest.mark.parametrize("inside", ["c.q.", "bijv.", "m.b.v.", "2.5", "1,5", "dr.", "t/m", "enz."])
def test_what_ends_no_sentence(inside):
    assert [words for words, _reason in long(f"{'woord ' * 9}{inside} {'woord ' * 9}")] == [19]


def test_a_dash_is_no_word_and_a_number_is():
    assert long("10 " * 15 + "– – – –") == []
    assert long("10 " * 16) == [(16, "long")]


def test_where_it_stands_is_exact():
    text = "  😀 Goed.\n- Doe de rotatie\u00a0langzaam. " + "woord " * 17
    for found in findings(text, "nl"):
        assert text[found.start : found.end] == found.text
    assert [found.text.split()[0] for found in findings(text, "nl")] == ["rotatie", "woord"]


NASTY = ["een rotatie c.q. bijv. ", "a.", ". ", "-", " ", "\n", "1. ", "core ", "”", ".”", "İ"]


@pytest.mark.parametrize("piece", NASTY)
def test_three_thousand_characters_take_no_time(piece):
    text = (piece * 3000)[:3000]
    findings(text, "nl")
    began = time.perf_counter()
    findings(text, "nl")
    assert time.perf_counter() - began < 0.05  # ten times what it may take


class TestServed:
    @pytest.fixture
    def anna(self, client, cast):
        client.force_login(cast.anna)
        return client

    def test_said_in_the_language_of_who_writes(self, anna):
        asked = {"text": "Goed voor de LWK. " + "woord " * 21, "language": "nl"}
        word, sentence = anna.post(ADDRESS, asked).json()["lines"]
        assert word["says"] == "“LWK” is een moeilijk woord: misschien “lage rug”."
        assert (word["start"], word["end"], word["simple"]) == (13, 16, "lage rug")
        assert word["label"] == "Vervang “LWK” door “lage rug”"
        assert sentence["says"].startswith("Een erg lange zin (21 woorden): “woord")
        assert sentence["strong"]

    def test_nothing_to_say(self, anna):
        for asked in ({}, {"text": "Loop rustig."}, {"text": "x", "language": "zz"}):
            assert anna.post(ADDRESS, asked).json() == {"lines": []}

    def test_no_more_lines_than_somebody_reads(self, anna):
        lines = anna.post(ADDRESS, {"text": "rotatie. " * 9, "language": "nl"}).json()["lines"]
        assert len(lines) == 6 and lines[-1] == {"says": "En nog 4 plekken."}

    def test_a_script_without_a_session_is_told_so(self, client):
        assert client.post(ADDRESS, {"text": "LWK"}).status_code == 401

    def test_patients_write_no_exercises(self, client, cast):
        client.force_login(cast.piet)
        assert client.post(ADDRESS, {"text": "LWK"}).status_code == 403
