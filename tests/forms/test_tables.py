"""Every table that leaves as CSV opens in a Dutch spreadsheet: by route, and inside a zip."""

import csv
import io
import re
import zipfile
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from rugpijn import tables

from ..access.access_table import TABLE
from ..access.access_world import client_for

pytestmark = pytest.mark.django_db
ISO = re.compile(r"(?:^|;)\d{4}-\d\d-\d\d(?:T[^;]*)?(?:;|$)")
ROLES = ("anna", "els", "piet", "mo", "bram", "roos", "root")


def all_tables(world):
    """Each route that answers with a table, or with a zip that holds some."""
    for name, row in TABLE.items():
        for role in (role for role, answer in zip(ROLES, row, strict=False) if answer == "200"):
            answer = client_for(world, role).get(world.address(name))
            kind = answer.headers.get("Content-Type", "")
            if kind.startswith("text/csv"):
                yield name, b"".join(answer)
            elif kind == "application/zip":
                with zipfile.ZipFile(io.BytesIO(b"".join(answer))) as files:
                    for file in files.namelist():
                        if file.endswith(".csv"):
                            yield f"{name} {file}", files.read(file)
            break


def test_every_table_is_written_in_one_way(world):
    found = dict(all_tables(world))
    names = {name.partition(" ")[0] for name in found}
    assert names >= {"patients:access_log_file", "admin:rugpijn_accessevent_download"}
    for name, content in found.items():
        assert content.startswith(b"\xef\xbb\xbf"), name
        text = content.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text), delimiter=";"))
        assert len({len(row) for row in rows if row}) == 1 and len(rows[0]) > 1, name
        assert not [line for line in text.splitlines() if ISO.search(line)], name
        assert not [cell for row in rows for cell in row if cell.startswith(tables.FORMULA)], name


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (datetime(2026, 12, 1, 8, 5, 9, tzinfo=UTC), "01-12-2026 09:05:09"),
        (date(2026, 12, 1), "01-12-2026"),
        (time(8, 5), "08:05"),
        (Decimal("2.5"), "2,5"),
        (0.25, "0,25"),
        (7, 7),
        (None, ""),
        ("Jansen; Piet", "Jansen; Piet"),
        ("=1+1", "'=1+1"),
        ("+31 30", "'+31 30"),
        ("-2", "'-2"),
        ("@x", "'@x"),
    ],
)
def test_a_cell(value, cell):
    assert tables.cell(value) == cell
