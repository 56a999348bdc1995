"""What is written down about the app as a whole is what the app is: addresses, terms, parts."""

import io
import json
import re
import sqlite3
from importlib.metadata import version
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from patients.management.commands.inventory import inventory
from rugpijn.database.sqlite import sqlite_options
from rugpijn.log.acts import ACTS
from rugpijn.management.commands.sbom import bill
from rugpijn.web import rates

from ..access import access_table

ROOT = Path(__file__).resolve().parents[2]
# What is known to be wrong with older ones: forged formsets in Django's admin; a PDF that fetches
# and embeds local files.
FLOORS = {"django": (5, 2, 19), "weasyprint": (70, 0)}


def test_make_inventory_writes_both_lists():
    """As `make inventory` does, and the same again: two releases can be compared by `diff`."""
    for command, options, content in (
        ("inventory", ["--table", "tests.access.access_table"], inventory(access_table)),
        ("sbom", [], bill()),
    ):
        written = io.StringIO()
        call_command(command, *options, stdout=written)
        assert written.getvalue() == content
        assert " ".join(["$(MANAGE)", command, *options, ">"]) in _recipe()


def _recipe() -> str:
    return (ROOT / "Makefile").read_text().partition("\ninventory:")[2].partition("\n\n")[0]


def test_the_inventory_lists_every_address_event_and_ceiling():
    lines = inventory(access_table).splitlines()
    named = {line.split(" | ")[0].removeprefix("| ") for line in lines if line.startswith("| ")}
    assert {*access_table.NAMES, *ACTS, *rates.RATES} <= named
    [plain] = [line for line in inventory().splitlines() if line.startswith("| healthz")]
    assert plain == "| healthz | `/healthz` | no |"


def test_the_bill_has_every_part_once_and_says_what_needs_what():
    found = json.loads(bill())
    parts = {part["bom-ref"]: part for part in found["components"]}
    lock = (ROOT / "requirements.txt").read_text()
    locked = re.findall(r"^[a-z0-9._-]+(?:\[[^]]*\])?==", lock, re.MULTILINE)
    vendored = list((ROOT / "rugpijn/static/vendor").iterdir())
    assert len(found["components"]) == len(parts) == len(locked) + len(vendored)
    tree = {one["ref"]: one["dependsOn"] for one in found["dependencies"]}
    django = next(ref for ref in parts if ref.startswith("pkg:pypi/django@"))
    assert django in tree["rugpijn"]
    assert [ref for ref in tree[django] if ref.startswith("pkg:pypi/sqlparse@")]
    assert {ref for needed in tree.values() for ref in needed} <= {*parts}


@pytest.mark.parametrize("name", FLOORS)
def test_no_version_with_known_holes(name):
    """Both what is locked and what runs here."""
    locked = next(part for part in json.loads(bill())["components"] if part["name"] == name)
    for told in (locked["version"], version(name)):
        assert tuple(map(int, told.split("."))) >= FLOORS[name], (name, told)


def test_the_journal_of_sqlite_is_the_safe_one_for_the_library_that_runs_here():
    database = settings.DATABASES["default"]
    if not database["ENGINE"].endswith("sqlite3"):
        pytest.skip("another database")
    rule = sqlite_options(sqlite3.sqlite_version_info)["init_command"]
    assert database["OPTIONS"]["init_command"].startswith(rule)
