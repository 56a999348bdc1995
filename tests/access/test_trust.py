"""docs/trust.md says what proves each check; the tests that it names must be there."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (S\d\d) \| (.+?) \| (.+) \|$", re.M)
TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::([\w:]+))?`")
NOT_PROVEN = "**Not proven:**"

ROWS = {number: proof for number, _what, proof in ROW.findall((ROOT / "docs/trust.md").read_text())}


def test_every_check_has_its_row():
    assert list(ROWS) == [f"S{number:02}" for number in range(1, 57)]


@cache
def names_in(file: str) -> frozenset[str]:
    """The tests of a file, a method as `Class::test`, and its classes."""
    found = set()
    for node in ast.parse((ROOT / file).read_text()).body:
        if isinstance(node, ast.ClassDef):
            methods = [each.name for each in node.body if isinstance(each, ast.FunctionDef)]
            found |= {node.name, *(f"{node.name}::{method}" for method in methods)}
        elif isinstance(node, ast.FunctionDef):
            found.add(node.name)
    return frozenset(name for name in found if "test" in name.lower())


@pytest.mark.parametrize("number", ROWS)
def test_what_is_named_is_there(number):
    """A file, and in it the test; or an honest reason why there is none."""
    proof = ROWS[number]
    named = TEST.findall(proof)
    assert named or NOT_PROVEN in proof, f"{number} names no test and no reason"
    for file, test in named:
        assert (ROOT / file).is_file(), f"{number}: {file} is gone"
        assert not test or test in names_in(file), f"{number}: {test} is not in {file}"
    reason = proof.partition(NOT_PROVEN)[2]
    assert NOT_PROVEN not in proof or len(reason) > 20, f"{number} gives no reason"
