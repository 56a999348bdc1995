"""One step harder or easier: which part moves, how far, and where it ends."""

import itertools

import pytest

from exercises.dosage import LIMITS, Dosage
from exercises.progression import EASIER, HARDER, RANGE, SAYS, SIZES, steps


def after(text, direction):
    return [step.dosage.notation for step in steps(Dosage.parse(text), direction)]


@pytest.mark.parametrize(
    ("text", "harder", "easier"),
    [
        (
            "2x per dag 2x10x",
            ["2x per dag 2x12x", "2x per dag 3x10x"],
            ["2x per dag 2x8x", "2x per dag 1x10x"],
        ),
        (
            "2x per dag 5x5s",
            ["2x per dag 6x 5s", "2x per dag 5x 10s"],
            ["2x per dag 4x 5s", "2x per dag 5x 4s"],
        ),
        ("2x per dag 10x", ["2x per dag 12x"], ["2x per dag 8x"]),  # no sets are added
        (
            "3x/week 3x8-12 10kg",
            ["3x per week 3x10-14x 10kg", "3x per week 4x8-12x 10kg", "3x per week 3x8-12x 11kg"],
            ["3x per week 3x6-10x 10kg", "3x per week 2x8-12x 10kg", "3x per week 3x8-12x 9kg"],
        ),
        ("10 min", ["11 min"], ["9 min"]),
        ("30s", ["40s"], ["20s"]),
        ("4x20x", [], ["4x18x", "3x20x"]),  # as far as we go
        ("1x3x", ["1x4x", "2x3x"], []),
        ("2x20x rust 30s", ["3x20x rust 30s"], ["2x18x rust 30s"]),  # one set has no rest between
    ],
)
def test_the_rule(text, harder, easier):
    assert after(text, HARDER) == harder
    assert after(text, EASIER) == easier


@pytest.mark.parametrize(
    "text", ["2x per dag 2x10x", "6x", "5x", "10 min", "3x8 5s 5kg", "3x8 20kg"]
)
def test_a_step_back_undoes_a_step_ahead(text):
    dosage = Dosage.parse(text)
    for step in steps(dosage, HARDER):
        back = {each.part: each.dosage for each in steps(step.dosage, EASIER)}
        assert back[step.part] == dosage


@pytest.mark.parametrize("direction", [HARDER, EASIER])
def test_one_part_changes_and_how_often_never(direction):
    parts = itertools.product([3, 10, 20], [None, 1, 4], [None, 1, 60], [None, "each"], [None, 2])
    for reps, sets, hold, side, per_day in parts:
        dosage = Dosage(reps=reps, sets=sets, hold=hold, side=side or "", per_day=per_day)
        for step in steps(dosage, direction):
            before, now = dosage.to_dict(), step.dosage.to_dict()
            assert before.keys() == now.keys()
            assert [name for name in now if now[name] != before[name]] == [step.part]
            assert Dosage.parse(step.dosage.notation) == step.dosage
            assert step.says


def test_the_ends_are_within_what_a_dosage_may_be():
    for part, (low, high) in RANGE.items():
        assert LIMITS[part][0] <= low < high <= LIMITS[part][1]
        assert SIZES[part] and {(part, HARDER), (part, EASIER)} <= SAYS.keys()
