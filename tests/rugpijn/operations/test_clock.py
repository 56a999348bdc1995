"""Nothing is removed for good by a clock that may be wrong."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from patients.models import Patient
from rugpijn import audit
from rugpijn.backup import make, seal
from rugpijn.models import Heartbeat
from rugpijn.operations import clock, health

pytestmark = pytest.mark.django_db
_PRIVATE, PUBLIC = seal.new_pair()


@pytest.fixture
def folder(settings, tmp_path):
    settings.DATA_DIR, settings.BACKUP_KEY = tmp_path / "data", PUBLIC
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.DATA_DIR.mkdir()
    (found := tmp_path / "backups").mkdir()
    for day in range(1, 6):
        (found / f"rugpijn-2026010{day}-000000.backup").touch()
    return found


@pytest.fixture
def at(monkeypatch):
    """The clock, so many days from now."""
    true = timezone.now()

    def move(days: float):
        monkeypatch.setattr(timezone, "now", lambda: true + timedelta(days=days))

    return move


@pytest.fixture
def old(cast, monkeypatch):
    """Nobody was here for years: with a clock that is right for it, everybody would go."""
    monkeypatch.setattr("patients.privacy.erasure.compact", lambda: None)
    past = timezone.now() - timedelta(days=10)
    Patient.objects.update(created_at=past, discharged_on=None)


COMMANDS = {"retention": (), "purge_log": (), "sweep_pictures": ("--delete",), "sweep_imports": ()}


@pytest.mark.parametrize("days", [3 * 365, 4, -4, -3 * 365])
@pytest.mark.parametrize("name", [*COMMANDS, "backup"])
def test_a_clock_that_is_days_away_removes_nothing(name, days, cast, old, at, folder, monkeypatch):
    """In a process, so that the exit status and the health of the server say it."""
    monkeypatch.setattr(make, "backup", lambda path: make.Made(path / "x", 1, 1, 1))
    options = (folder, "--keep-days", "35") if name == "backup" else COMMANDS[name]
    run = lambda *more: call_command(name, *options, *more, stdout=io.StringIO())  # noqa: E731
    run()  # as on every night
    before = Patient.objects.count(), len(list(folder.iterdir()))
    for day in range(1, 6):
        (folder / f"rugpijn-2026010{day}-000000.backup").touch()
    left = len(list(folder.iterdir()))
    at(days)
    with pytest.raises(CommandError, match=f"{abs(days)} days .* the last nightly run"):
        run()
    assert (Patient.objects.count(), len(list(folder.iterdir()))) == (before[0], left)
    assert "--clock-is-right" in clock.problem()
    health.forget()
    [said] = [one.state for one in health.look() if one.name == "clock"]
    assert "the nightly run removed nothing" in said
    run("--clock-is-right")
    assert clock.problem() is None
    run()  # and goes on


def test_a_night_that_was_left_out_is_no_doubt(cast, old, at):
    call_command("retention", stdout=io.StringIO())
    at(2.9)
    call_command("retention", stdout=io.StringIO())
    at(5.8)
    call_command("retention", stdout=io.StringIO())
    assert Heartbeat.objects.count() == 1


def test_the_first_run_asks_the_newest_row_and_the_newest_backup(cast, old, at, folder):
    call_command("retention", stdout=io.StringIO())  # nothing is known: nothing can be old
    Heartbeat.objects.all().delete()
    note = folder.parent / "data" / make.LAST
    note.write_text(json.dumps({"at": (timezone.now() - timedelta(days=9)).isoformat()}))
    with pytest.raises(CommandError, match="9 days after the newest backup"):
        call_command("retention", stdout=io.StringIO())
    note.unlink()
    audit.record_by_system("back up", practice=None)
    at(400)
    with pytest.raises(CommandError, match="days after the newest row of the access log"):
        call_command("retention", stdout=io.StringIO())
    at(0)
    call_command("retention", stdout=io.StringIO())


def test_rows_that_a_wrong_clock_wrote_vouch_for_nothing(cast, old, at):
    """One night the clock is three years ahead: people log in, and the nightly run comes."""
    call_command("retention", stdout=io.StringIO())
    at(3 * 365)
    audit.record_by_system("back up", practice=None)
    with pytest.raises(CommandError):
        call_command("retention", stdout=io.StringIO())
    at(1)  # mended: the row of that night does not stop the next run
    call_command("retention", stdout=io.StringIO())


def test_a_dry_run_and_an_erasure_ask_nobody(cast, old, at):
    call_command("retention", stdout=io.StringIO())
    at(1000)
    call_command("retention", "--dry-run", stdout=io.StringIO())
    call_command("purge_log", "--dry-run", stdout=io.StringIO())
    call_command("sweep_pictures", delete=True, by_an_act=True, stdout=io.StringIO())
    assert clock.doubt(timezone.now())  # and none of them vouches for the clock
