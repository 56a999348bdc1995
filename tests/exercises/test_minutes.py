"""The estimate of minutes: what each part of a dosage adds, as a table."""

import pytest

from exercises.dosage import Dosage
from exercises.minutes import (
    GETTING_READY,
    REST_BETWEEN_SETS,
    SECONDS_PER_REPETITION,
    minutes_per_day,
    seconds_per_day,
)

READY, REST, REP = GETTING_READY, REST_BETWEEN_SETS, SECONDS_PER_REPETITION


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("10x", READY + 10 * REP),
        ("2x10x", READY + 20 * REP + REST),
        ("3x10x rust 60s", READY + 30 * REP + 120),
        ("2x per dag 10x", 2 * (READY + 10 * REP)),
        ("5x5 s", READY + 5 * (REP + 5)),
        ("2x5x5s", READY + 10 * (REP + 5) + REST),
        ("2x5x5s l/r", READY + 2 * (10 * (REP + 5) + REST)),
        ("10x links", READY + 10 * REP),
        ("3x30s rust 30s", READY + 3 * (REP + 30) + 60),
        ("3x8-12", READY + 36 * REP + 2 * REST),
        ("10 min", READY + 600),
        ("2x per dag 10 min l/r", 2 * (READY + 1200)),
        ("3x/week 10x", READY + 10 * REP),  # on a day that it is done
        ("om de dag 10x", READY + 10 * REP),
        ("10x 5kg", READY + 10 * REP),
    ],
)
def test_what_each_part_adds(text, seconds):
    assert seconds_per_day(Dosage.parse(text)) == seconds


@pytest.mark.parametrize(
    ("texts", "minutes"),
    [([], 0), (["10x"], 1), (["10 min"], 11), (["10x", "10x"], 2), (["20s", "20s"], 2)],
)
def test_minutes_are_rounded_up(texts, minutes):
    assert minutes_per_day(map(Dosage.parse, texts)) == minutes
