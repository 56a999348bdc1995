"""A backup that an older version of the program made still opens, and can be restored.

`samples/format_2.backup` was made with the private key beside it: the people of `tests/conftest.py`
and one programme, on SQLite, with the SHARE_KEY of the tests. The drawings were left out of it.
"""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from patients.models import SessionLog, Version
from rugpijn.backup import parcel, restore
from rugpijn.models import AccessEvent, Practice, User
from tests.conftest import broken_links

from .conftest import elsewhere

SAMPLES = Path(__file__).parent / "samples"
SAMPLE, KEY = SAMPLES / "format_2.backup", SAMPLES / "format_2.key"


def test_an_old_backup_opens_on_either_engine():
    about, origin = restore.check(SAMPLE, KEY.read_text())
    assert (about.engine, about.format, origin) == ("sqlite", 2, parcel.Origin.OURS)
    assert about.rows["patients_sessionlog"] == 1


@pytest.mark.django_db(transaction=True)
def test_an_old_backup_is_restored(here, settings):
    if connection.vendor != "sqlite":
        pytest.skip("the sample is of SQLite")
    with elsewhere(settings, here / "elsewhere"):
        (here / "elsewhere").mkdir()
        call_command("restore", SAMPLE, key=KEY, migrate=True)
        assert Practice.objects.count() == 2 and User.objects.count() == 7
        assert SessionLog.objects.get().pain == 3
        sheet = Version.objects.get().sheet
        assert len(sheet.lines) == 6
        assert str(sheet.lines[0].dosage)
        assert (settings.MEDIA_ROOT / "films" / "a.mp4").read_bytes() == b"Rustig aan. " * 100
        assert AccessEvent.objects.filter(action="read").count() == 2
        assert broken_links() == []
