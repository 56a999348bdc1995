"""The list of broken rules keeps up with the code, and five are tried at each commit."""

from pathlib import Path

import pytest

from ..mutants.__main__ import in_rotation
from ..mutants.rules import MUTANTS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_rule_stands_where_it_is_said_to(mutant):
    assert (ROOT / mutant.file).read_text().count(mutant.before) == 1
    assert mutant.before != mutant.after


def test_each_has_its_turn():
    """After a round of commits every one was tried."""
    turns = [
        mutant for number in range(len(MUTANTS)) for mutant in in_rotation(list(MUTANTS), number)
    ]
    assert len(MUTANTS) >= 25 and set(turns) == set(MUTANTS)
