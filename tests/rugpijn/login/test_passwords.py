"""Which new passwords are refused as the first ones that somebody guesses."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import translation

from rugpijn.login.passwords import CommonWordsValidator, common_words

COMMON = [
    "wachtwoord123",
    "welkom2026!!",
    "fysiotherapie1",
    "Wachtwoord-2026",
    "W@chtw00rd123",
    "WELKOM welkom 1",
    "welkomwelkom12",
    "januari2026!",
    "zomer2026zomer",
    "Herfst-2026-!",
    "maandag12345",
    "dinsdag 12-12",
    "augustus2026",
    "mijnwachtwoord",
    "123welkom456",
    "w3lk0m2026!!",
    "fysi0therap1e",
    "geheim1234567",
    "amsterdam2026",
    "feyenoord010!",
    "iloveyou12345",
    "ikhouvanjou14",
    "qwertyuiop12",
    "asdfghjkl1234",
    "password12345",
    "P@ssw0rd2026",
    "letmein12345",
    "zomerzomer123",
    "kerstmis2026!",
    "oefenen 12345",
    "huisarts12345",
    "wélkom2026!!",
    "kaboutertje1",
    "welkom-thuis-26",
    "lente lente 26",
    "schatje123456",
    "voetbal123456",
    "welkomwelkom!x",
]
FINE = [
    "een-rustige-ochtend-26",
    "een lange rustige zin",
    "vier groene ballen op zolder",
    "correct horse battery staple",
    "mijn zus fietst naar Zwolle",
    "xK9#vbT2qLmW",
    "Zomers ruikt het naar hooi",
    "wachtwoord van tante Annie uit Gent",
]


@pytest.mark.parametrize("password", COMMON)
def test_a_common_word_is_refused_however_dressed_up(password):
    with pytest.raises(ValidationError) as refused:
        CommonWordsValidator().validate(password)
    assert refused.value.code == "password_is_common"


@pytest.mark.django_db
def test_it_is_one_of_the_rules_and_says_why():
    with translation.override("nl"), pytest.raises(ValidationError) as refused:
        validate_password("fysiotherapie1")
    assert "Veel mensen gebruiken dit wachtwoord" in " ".join(refused.value.messages)


@pytest.mark.parametrize("password", FINE)
def test_a_sentence_or_random_signs_are_taken(password):
    CommonWordsValidator().validate(password)


def test_the_list_is_folded():
    assert all(word == word.casefold() and word.isascii() for word in common_words())
    assert len(common_words()) > 400
