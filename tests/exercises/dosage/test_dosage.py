"""A dosage is read, printed and written down again without a word gained or lost."""

import re
from dataclasses import FrozenInstanceError
from decimal import Decimal

import pytest
from django.utils import translation

from exercises.dosage import LABELS, LIMITS, MAX_LENGTH, Dosage


def sentence(dosage, language):
    with translation.override(language):
        return str(dosage)


def refusal(text, language="en"):
    with translation.override(language), pytest.raises(ValueError) as refused:
        Dosage.parse(text)
    return str(refused.value)


# Each dose of the leaflet "Folder Lage rugpijn": text, value, sentences, notation.
LEAFLET = {
    "1 hol en bol": (
        "2x per dag 2x10x",
        Dosage(per_day=2, sets=2, reps=10),
        "2 keer per dag: 2 series van 10 herhalingen",
        "2 times a day: 2 sets of 10 repetitions",
        "2x per dag 2x10x",
    ),
    "3 buigen": (
        "2x per dag\n5x5 seconden",
        Dosage(per_day=2, reps=5, hold=5),
        "2 keer per dag: 5 herhalingen, 5 seconden vasthouden",
        "2 times a day: 5 repetitions, hold for 5 seconds",
        "2x per dag 5x 5s",
    ),
    "5 strekken": (
        "2x per dag 10x",
        Dosage(per_day=2, reps=10),
        "2 keer per dag: 10 herhalingen",
        "2 times a day: 10 repetitions",
        "2x per dag 10x",
    ),
    "6 superman": (
        "2x per dag\n2x5x 5 seconden links en 2x5x 5 seconden rechts",
        Dosage(per_day=2, sets=2, reps=5, hold=5, side="each"),
        "2 keer per dag: 2 series van 5 herhalingen, 5 seconden vasthouden, links en rechts",
        "2 times a day: 2 sets of 5 repetitions, hold for 5 seconds, left and right",
        "2x per dag 2x5x 5s l/r",
    ),
}


@pytest.mark.parametrize(("text", "dosage", "dutch", "english", "notation"), LEAFLET.values())
def test_leaflet_in_sentence_out_and_back(text, dosage, dutch, english, notation):
    assert Dosage.parse(text) == dosage
    assert sentence(dosage, "nl") == dutch
    assert sentence(dosage, "en") == english
    assert dosage.notation == notation
    assert Dosage.parse(notation) == dosage


TYPED = {
    # as a hurried therapist types it
    "2x10": Dosage(sets=2, reps=10),
    "3x8 5s": Dosage(sets=3, reps=8, hold=5),
    "5s 3x8": Dosage(sets=3, reps=8, hold=5),
    "2dd 2x10": Dosage(per_day=2, sets=2, reps=10),
    "2 d.d. 2x10": Dosage(per_day=2, sets=2, reps=10),
    "3x/week 3x8-12 10kg": Dosage(days_per_week=3, sets=3, reps=8, reps_max=12, load=Decimal("10")),
    "3 dagen per week 3x8": Dosage(days_per_week=3, sets=3, reps=8),
    "3x8 3x per week": Dosage(days_per_week=3, sets=3, reps=8),
    "om de dag 3x15": Dosage(every_days=2, sets=3, reps=15),
    "elke 3 dagen 3x15": Dosage(every_days=3, sets=3, reps=15),
    "10x": Dosage(reps=10),
    "8-12x": Dosage(reps=8, reps_max=12),
    "8 tot 12 herhalingen": Dosage(reps=8, reps_max=12),
    "3x8\u201312": Dosage(sets=3, reps=8, reps_max=12),
    "5 x 5 sec": Dosage(reps=5, hold=5),
    "5x5 s": Dosage(reps=5, hold=5),
    "5x5": Dosage(sets=5, reps=5),
    "2x5x5s": Dosage(sets=2, reps=5, hold=5),
    "2x5x5s l/r": Dosage(sets=2, reps=5, hold=5, side="each"),
    "1x per dag 10 min": Dosage(per_day=1, duration=600),
    "10 min 30 s": Dosage(duration=630),
    "30s": Dosage(duration=30),
    "2x per dag 30 sec.": Dosage(per_day=2, duration=30),
    "3x30s rust 30s": Dosage(reps=3, hold=30, rest=30),
    "3x8 rust 1 min": Dosage(sets=3, reps=8, rest=60),
    "3x8, rust 1 min, 5s": Dosage(sets=3, reps=8, hold=5, rest=60),
    "elk been 2x12": Dosage(sets=2, reps=12, side="each"),
    "2x12 links": Dosage(sets=2, reps=12, side="left"),
    "2x12 alleen rechts": Dosage(sets=2, reps=12, side="right"),
    "2x12 rechterbeen": Dosage(sets=2, reps=12, side="right"),
    "3x8 2,5kg": Dosage(sets=3, reps=8, load=Decimal("2.5")),
    "3x8 2.5 kg": Dosage(sets=3, reps=8, load=Decimal("2.5")),
    "10x 2,5kg": Dosage(reps=10, load=Decimal("2.5")),
    "8-12x 2,5kg": Dosage(reps=8, reps_max=12, load=Decimal("2.5")),
    "10x 2dd": Dosage(per_day=2, reps=10),
    "10x, 2x per dag": Dosage(per_day=2, reps=10),
    "10x 3 dagen per week": Dosage(days_per_week=3, reps=10),
    "3 series van 10": Dosage(sets=3, reps=10),
    "03x8": Dosage(sets=3, reps=8),
    # left and right carry the same dose; how often may be said once
    "2x10 links en 2x10 rechts 2x per dag": Dosage(per_day=2, sets=2, reps=10, side="each"),
    "rechts 30s en links 30s": Dosage(duration=30, side="each"),
    # English
    "2x a day 2x10": Dosage(per_day=2, sets=2, reps=10),
    "2x per day 3 sets of 10": Dosage(per_day=2, sets=3, reps=10),
    "every other day 3x15": Dosage(every_days=2, sets=3, reps=15),
    "every 3 days 3x15": Dosage(every_days=3, sets=3, reps=15),
    "3x8 each side rest 30s": Dosage(sets=3, reps=8, side="each", rest=30),
    "3x8 left": Dosage(sets=3, reps=8, side="left"),
    "3x8 right": Dosage(sets=3, reps=8, side="right"),
    # signs, capitals and spaces as they come
    "2\u00d710": Dosage(sets=2, reps=10),
    "2*10": Dosage(sets=2, reps=10),
    "2X PER DAG 2X10X": Dosage(per_day=2, sets=2, reps=10),
    "\t2x\u00a0per\u2009dag \n 2\u202fx 10 x ": Dosage(per_day=2, sets=2, reps=10),
    "2 keer per dag: 2 series van 10 herhalingen": Dosage(per_day=2, sets=2, reps=10),
}


@pytest.mark.parametrize(("text", "dosage"), TYPED.items())
def test_typed_in_a_hurry(text, dosage):
    assert Dosage.parse(text) == dosage
    assert Dosage.parse(dosage.notation) == dosage


REFUSED = {
    "": "Write a dosage, such as",
    " \n": "Write a dosage, such as",
    "2x per dag": "how many repetitions or how long",
    "10x per dag": "how many repetitions or how long",
    "2-3x per dag 10x": "“2-3x per dag”: only repetitions can be a range",
    "2-3x10": "“2-3x10”: only repetitions can be a range",
    "3x8 5-10s": "“5-10s”: only repetitions can be a range",
    "2x10 min": "“2x10 min” has two meanings; write “2x a day 10 min”",
    "2x10x per dag": "“2x10x per dag” has two meanings; start with how often",
    "10x 2x per dag": "“10x 2x per dag” has two meanings; start with how often",
    "2x10kg": "“2x10kg” has two meanings; write “2x10 5kg”",
    "om de 2 dagen 3x8": "“om de 2 dagen” has two meanings; write “every other day 10x”",
    "10": "“10” has no unit; write “10x”",
    "3x8 10": "“10” has no unit",
    "2x10x5": "“5” has no unit",
    "2x10 foo": "“foo” does not fit; write it as in “2x a day",
    "2x10 rust 1 min 5s": "“rust 1 min 5s”: write a rest with one time",
    "3x8 1.000kg": "“1.000kg” does not fit",
    "2x10.5": "“.5” does not fit",
    "-2x10": "“-2x10” does not fit",
    "\uff15\uff58\uff15": "“\uff15\uff58\uff15” does not fit",  # fullwidth 5x5
    "\u0662x\u0661\u0660": "“\u0662x\u0661\u0660” does not fit",  # Arabic digits
    "2x10\u00b2": "does not fit",  # a superscript is not a 2
    "2x10 \u0378\u0379": "“��” does not fit",  # what a page cannot show
    "2x10 5s 5s": "“5s” states “Seconds” twice",
    "2x10 3x10": "“3x10” states “Sets” twice",
    "2dd 2x per dag 10x": "“2x per dag” states “Times a day” twice",
    "3x8 5s vasthouden 10s": "“10s” states “Hold in seconds” twice",
    "2x10 links rechts": "“rechts” states “Side” twice",
    "links 2x10 en rechts 3x10": "Left and right differ",
    "2x10 5s links en 2x10 rechts": "Left and right differ",
    "2dd 2x10 links en 3x/week 2x10 rechts": "Left and right differ",
    "2x10 en rust 30s": "“and” stands only between left and right",
    "0x10": "Sets: give a whole number from 1 to 20.",
    "2x0": "Repetitions: give a whole number from 1 to 100.",
    "0s": "Duration in seconds: give a whole number from 5 to 7200.",
    "0 min": "Duration in seconds: give a whole number from 5 to 7200.",
    "13x per dag 10x": "Times a day: give a whole number from 1 to 12.",
    "8x per week 10x": "Days a week: give a whole number from 1 to 7.",
    "elke 15 dagen 10x": "Every so many days: give a whole number from 2 to 14.",
    "3x8 0,1kg": "Load in kg: give a number from 0.25 to 200",
    "12-8x": "Write the lower number of repetitions first",
    "8-8x": "Write the lower number of repetitions first",
    "3x8 15 min": "Sets does not go with a duration",
    "30s rust 10s": "Rest in seconds does not go with a duration",
    "10x rust 30s": "A rest needs at least two sets",
    "1x10 rust 30s": "A rest needs at least two sets",
    "1x 30s rust 30s": "A rest needs at least two sets",
    "3x/week om de dag 3x8": "Choose days a week or every so many days",
    "2x10" + " " * MAX_LENGTH: "A dosage has at most 200 characters",
}


@pytest.mark.parametrize(("text", "says"), REFUSED.items())
def test_refused_with_what_is_wrong(text, says):
    assert says in refusal(text)


@pytest.mark.parametrize("text", REFUSED)
def test_every_refusal_is_one_sentence(text):
    for language in ("nl", "en"):
        message = refusal(text, language)
        assert message.endswith(".")
        assert "%(" not in message


@pytest.mark.parametrize(
    ("text", "says"),
    {
        "2x10 min": "“2x10 min” heeft twee betekenissen; schrijf “2x per dag 10 min” of “2x 30s”.",
        "10": "Bij “10” staat niet wat het is; schrijf “10x”, “10s”, “10 min” of “10x 10kg”.",
        "3x8 0,1kg": "Gewicht in kg: vul een getal in van 0,25 tot en met 200, "
        "met hoogstens twee cijfers achter de komma. Bijvoorbeeld “2x per dag 3x8 5s” of “10 min”.",
        "13dd 10x": "Keer per dag: vul een heel getal in van 1 tot en met 12. "
        "Bijvoorbeeld “2x per dag 3x8 5s” of “10 min”.",
    }.items(),
)
def test_refused_in_dutch(text, says):
    assert refusal(text, "nl") == says


@pytest.mark.parametrize("value", [None, 5, b"2x10", ["2x10"]])
def test_what_is_no_text_is_refused(value):
    assert "Write a dosage" in refusal(value)


SENTENCES = {
    "3x/week 3x8-12 10kg": (
        "3 dagen per week: 3 series van 8 tot 12 herhalingen, met 10 kg",
        "3 days a week: 3 sets of 8 to 12 repetitions, with 10 kg",
    ),
    "om de dag 3x15": (
        "Om de dag: 3 series van 15 herhalingen",
        "Every other day: 3 sets of 15 repetitions",
    ),
    "elke 3 dagen 10x": ("Elke 3 dagen: 10 herhalingen", "Every 3 days: 10 repetitions"),
    "2dd 3x/week 10x": (
        "2 keer per dag, 3 dagen per week: 10 herhalingen",
        "2 times a day, 3 days a week: 10 repetitions",
    ),
    "2dd om de dag 10x": (
        "2 keer per dag, om de dag: 10 herhalingen",
        "2 times a day, every other day: 10 repetitions",
    ),
    "1x per dag 10 min": ("1 keer per dag: 10 minuten", "1 time a day: 10 minutes"),
    "90s": ("1 minuut en 30 seconden", "1 minute and 30 seconds"),
    "61s": ("1 minuut en 1 seconde", "1 minute and 1 second"),
    "1x/week 1x1 1s": (
        "1 dag per week: 1 serie van 1 herhaling, 1 seconde vasthouden",
        "1 day a week: 1 set of 1 repetition, hold for 1 second",
    ),
    "2x12 2,50kg links": (
        "2 series van 12 herhalingen, met 2,5 kg, alleen links",
        "2 sets of 12 repetitions, with 2.5 kg, left only",
    ),
    "2x12 rechts rust 30s": (
        "2 series van 12 herhalingen, alleen rechts, 30 seconden rust tussen de series",
        "2 sets of 12 repetitions, right only, 30 seconds rest between sets",
    ),
    "3x30s rust 1 min": (
        "3 herhalingen, 30 seconden vasthouden, 1 minuut rust tussen de herhalingen",
        "3 repetitions, hold for 30 seconds, 1 minute rest between repetitions",
    ),
}


@pytest.mark.parametrize(
    ("text", "dutch", "english"), [(text, *both) for text, both in SENTENCES.items()]
)
def test_sentence(text, dutch, english):
    dosage = Dosage.parse(text)
    assert sentence(dosage, "nl") == dutch
    assert sentence(dosage, "en") == english


def test_notation_is_the_same_in_every_language():
    dosage = Dosage.parse("3x/week 3x8-12 2,5kg l/r rust 30s")
    for language in ("nl", "en", "de"):
        with translation.override(language):
            assert dosage.notation == "3x per week 3x8-12x 2,5kg l/r rust 30s"


@pytest.mark.parametrize("name", LIMITS)
def test_limits_hold_at_both_ends(name):
    low, high = LIMITS[name]
    step = Decimal("0.01") if name == "load" else 1
    rest_of_it = {"hold": {"reps": 5}, "rest": {"sets": 2, "reps": 5}, "reps_max": {"reps": 1}}
    given_parts = rest_of_it.get(name, {} if name in ("reps", "duration") else {"reps": 5})
    for value in (low, high):
        assert getattr(Dosage(**given_parts, **{name: value}), name) == value
    wrong = (low - step, high + step, -high, True, 5.0, "5", [5])
    with translation.override("en"):
        for value in wrong:
            with pytest.raises(ValueError, match=re.escape(f"{LABELS[name]}: give a ")):
                Dosage(**given_parts, **{name: value})


@pytest.mark.parametrize("load", ["NaN", "sNaN", "Infinity", "2.505", "1E+9999", "1E-9999", "-1"])
def test_a_load_is_a_weight(load):
    with translation.override("en"), pytest.raises(ValueError, match="Load in kg: give a number"):
        Dosage(reps=5, load=Decimal(load))


@pytest.mark.parametrize("side", [None, "both", "links", 1, True, []])
def test_a_side_is_one_of_four(side):
    with translation.override("en"), pytest.raises(ValueError, match="choose left, right, each"):
        Dosage(reps=5, side=side)


def test_a_dosage_never_changes():
    with pytest.raises(FrozenInstanceError):
        Dosage(reps=5).reps = 6


def test_moments_of_a_day():
    assert Dosage(reps=5).moments == 1
    assert Dosage(reps=5, per_day=3).moments == 3


def test_dict_leaves_out_what_is_absent():
    assert Dosage(reps=10).to_dict() == {"reps": 10}
    assert Dosage.parse("2dd 3x8 2,50kg l/r").to_dict() == {
        "per_day": 2,
        "sets": 3,
        "reps": 8,
        "load": "2.5",
        "side": "each",
    }


@pytest.mark.parametrize(
    ("stored", "says"),
    [
        ({}, "how many repetitions"),
        ({"reps": 5, "tempo": 3}, "not a stored dosage"),
        ([], "not a stored dosage"),
        (None, "not a stored dosage"),
        ({"reps": "5"}, "Repetitions: give"),
        ({"reps": 5.0}, "Repetitions: give"),
        ({"reps": True}, "Repetitions: give"),
        ({"reps": 5, "load": "NaN"}, "Load in kg: give"),
        ({"reps": 5, "load": "1_0"}, "Load in kg: give"),
        ({"reps": 5, "load": 2.5}, "Load in kg: give"),
        ({"reps": 5, "side": {}}, "choose left"),
    ],
)
def test_a_stored_dosage_is_checked(stored, says):
    with translation.override("en"), pytest.raises(ValueError, match=says):
        Dosage.from_dict(stored)
