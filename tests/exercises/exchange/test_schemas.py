"""Files of the library that an earlier release wrote: they load, and give the same rows."""

from pathlib import Path

import pytest

from exercises.exchange import archive
from exercises.library import loading, reading, schemas
from exercises.library.entries import ProtocolEntry, digest
from exercises.models import Protocol

from .packages import counted, imported, sent

pytestmark = pytest.mark.django_db
SAMPLES = Path(__file__).parents[1] / "samples"
TOML, ZIP = SAMPLES / "library_schema_1.toml", SAMPLES / "library_schema_1.zip"
# What the release that wrote the sample kept of it: another number looks like a change made here.
KEPT = "1d0fcc46affcd1eaaf389e49c64dd8d8db128a6e1e59be60478653593049d3ba"


def test_a_library_file_of_schema_1_gives_the_rows_of_then():
    library = reading.read(TOML)
    assert digest(library.protocol) == KEPT
    loading.load(library)
    protocol = Protocol.objects.get(key="knie")
    assert (protocol.loaded_digest, protocol.symptoms) == (KEPT, [])
    assert digest(ProtocolEntry.of(protocol)) == KEPT
    assert protocol.lines.count() == 5 and protocol.advice.count() == 3
    assert "calf" in protocol.symptoms_asked  # those of its region
    assert loading.load(TOML).unchanged[-1] == "knie"


def test_what_an_earlier_release_loaded_is_updated_and_not_kept():
    """The new column does not make the row look changed here."""
    loading.load(TOML)
    report = loading.load(reading.DATA / "knie.toml")
    assert "knie" in report.updated and report.kept == []
    assert Protocol.objects.get(key="knie").symptoms == [
        "numbness",
        "locking",
        "swelling",
        "calf",
        "infection",
        "chest",
    ]


def test_an_archive_of_schema_1_gives_the_rows_of_then(cast):
    upload = imported(cast.anna, ZIP.read_bytes())
    assert counted(upload) == {"new": 3}
    protocol = Protocol.objects.get(practice=cast.anna.practice)
    assert [line.exercise.text("title", "nl") for line in protocol.lines.all()] == [
        "Fietsen",
        "Knie strekken op een stoel",
    ]
    assert protocol.has_red_flags and protocol.symptoms == []
    assert counted(sent(cast.anna, ZIP.read_bytes())) == {"same": 3}


@pytest.mark.parametrize("upgrades", [reading.UPGRADES, archive.UPGRADES], ids=["toml", "zip"])
def test_every_older_schema_has_a_way_up(upgrades):
    today = schemas.newest(upgrades)
    assert set(upgrades) == set(range(1, today))
    for schema in range(1, today + 1):
        assert schemas.upgraded({"schema": schema}, upgrades)["schema"] == today


@pytest.mark.parametrize("schema", [3, 10**20, 0, -1, None, "2", 2.0, True, [2]])
def test_a_schema_that_is_not_known_is_refused_in_words(schema):
    with pytest.raises(ValueError, match="1 tot en met 2"):
        schemas.upgraded({"schema": schema}, reading.UPGRADES)
