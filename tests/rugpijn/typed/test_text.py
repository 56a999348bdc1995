"""What is kept of a text, and when two texts are the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rugpijn import validators
from rugpijn.typed import dates, text

CLEAN = {
    "Zoe\u0308": "Zoë",
    "a\u200bb\ufeff": "ab",
    "coo\u00adper": "cooper",
    "\u202eevil\u202c\u2066x\u2069": "evilx",
    "\uf0b7 stap\n\uf0b7\tnog een": "• stap\n•\tnog een",
    "x\uf0b7y\ue000": "xy",
    "een\r\ntwee\rdrie\x0bvier\u2028vijf": "een\ntwee\ndrie\nvier\nvijf",
    "regel_x000D_\nnog": "regel\nnog",
    "bel\x07\x1b[0m": "bel[0m",
    "half\ud800": "half",
    "2½ – “zo”…\u00a0ja": "2½ – “zo”…\u00a0ja",  # typography stays
    "می\u200cخواهم": "می\u200cخواهم",  # joiners stay where a script needs them
    "a\u200db\u200c": "ab",
}


@pytest.mark.parametrize(("typed", "kept"), CLEAN.items(), ids=map(ascii, CLEAN))
def test_what_is_kept(typed, kept):
    assert text.clean(typed) == kept
    assert text.clean(kept) == kept


@given(st.text())
def test_clean_text_is_clean_and_every_fold_of_it_the_same(typed):
    kept = text.clean(typed)
    assert text.clean(kept) == kept
    assert text.fold(kept) == text.fold(typed)
    assert text.fold(text.fold(typed)) == text.fold(typed)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sigurður", "sigurdur"),
        ("Anne-Marie", "ANNE MARIE"),
        ("knieën", "knieen"),
        ("Eén been", "één BEEN"),
        ("Straße", "strasse"),
        ("Ærø", "aero"),
        ("Þór", "thor"),
        ("O’Brien", "o'brien"),
        ("O’Brien", "OBrien"),
        ("ĳs", "ijs"),
        ("Zoe\u0308", "zoe"),
        ("a\u2014b", "A-b"),
        ("Müller,  J.", "muller j"),
        ("Łódź", "lodz"),
        ("İnci", "inci"),
    ],
)
def test_what_is_the_same(one, other):
    assert text.fold(one) == text.fold(other)


@pytest.mark.parametrize(
    "typed",
    ["7316-4482", "73164482", "7316 4482", " 7316\u20134482", "73I6-4482", "7316.4482\u200b"],
)
def test_a_code_of_digits_is_read_as_it_is_meant(typed):
    assert text.digits(typed) == "73164482"


@pytest.mark.parametrize("typed", ["abcd-2345", "ABCD 2345", "Abcd\u20142345", "ab cd 23 45\u200b"])
def test_a_code_of_letters_is_read_as_it_is_meant(typed):
    assert text.code(typed) == "ABCD2345"


@pytest.mark.parametrize(
    ("pasted", "steps"),
    [
        ("• Sta.\n• Buig.", "Sta.\nBuig."),
        ("\uf0b7\tSta.\n\uf0b7\tBuig.", "Sta.\nBuig."),
        ("- Sta.\n– Buig.", "Sta.\nBuig."),
        ("1. Sta.\n2. Buig.", "Sta.\nBuig."),
        ("1) Sta.\n\n2) Buig.", "Sta.\n\nBuig."),
        ("Sta.\n2. Buig.", "Sta.\n2. Buig."),  # it does not count the lines
        ("10 keer.\n-5 graden.", "10 keer.\n-5 graden."),
    ],
)
def test_a_pasted_list_loses_its_own_bullets(pasted, steps):
    assert text.without_bullets(text.clean(pasted)) == steps


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("www.youtube.com/watch?v=a", "https://www.youtube.com/watch?v=a"),
        ("youtu.be/a\u200b", "https://youtu.be/a"),
        ("https://www.example.nl/\u200b", "https://www.example.nl/"),
        ("javascript:alert(1)", "javascript:alert(1)"),  # for the validator to refuse
        ("filmpje", "filmpje"),
    ],
)
def test_an_address_gets_its_https(typed, address):
    assert text.web_address(typed) == address


def test_a_character_that_cannot_be_seen_is_named():
    assert validators.shown("\u3164") != "\u3164" or "\u3164".isprintable()
    assert validators.shown("\uf0b7") == "U+F0B7"
    assert validators.shown("\u2067") == "U+2067 RIGHT-TO-LEFT ISOLATE"


def test_a_date_of_a_file_has_its_year_in_four_digits():
    assert str(dates.read("31-5-2026")) == str(dates.read("31 mei 2026")) == "2026-05-31"
    assert str(dates.read("20101210")) == "2010-12-10"
    for wrong in ("31-5-26", "31-2-2026", "straks", ""):
        with pytest.raises(ValueError):
            dates.read(wrong)
