"""A backup is whole or it is none; and what comes back is what was there."""

import hashlib
import json
import re
import stat
import threading
import uuid
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings as installed
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from patients.models import SessionLog
from rugpijn import hooks
from rugpijn.audit import AccessEvent
from rugpijn.backup import BackupError, make, restore, seal
from rugpijn.login import second_step
from rugpijn.models import KeptForm, LoginSession, Practice, User

from .conftest import PRIVATE, elsewhere
from .drill import STRANGER, packed

# ------------------------------------------------------------ here, and elsewhere


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith("incoming-")
    }


def tick(client, programme) -> str | None:
    """One act, as a phone sends it. Its number once it is acknowledged."""
    version, operation = programme.current_version(), str(uuid.uuid4())
    act = {
        "operation": operation,
        "programme": str(programme.uuid),
        "version": version.number,
        "line": version.sheet.lines[0].uuid,
        "day": timezone.localdate().isoformat(),
        "moment": "1",
        "done": "1",
        "sequence": 1,
        "performed_at": timezone.now().isoformat(),
    }
    message = {
        "patient": str(programme.patient.uuid),
        "now": timezone.now().isoformat(),
        "acts": [act],
    }
    answer = client.post(
        reverse("patients:sync"), json.dumps(message), content_type="application/json"
    )
    stored = answer.status_code == 200 and answer.json()["results"][0]["status"] == "stored"
    return operation if stored else None


@contextmanager
def at_work(programmes):
    """Patients who tick without a pause, until the block ends; yields what was acknowledged."""
    acknowledged, enough, stop = [], threading.Semaphore(0), threading.Event()

    def work(client, programme):
        while not stop.is_set():
            if operation := tick(client, programme):
                acknowledged.append(operation)
                enough.release()
        connections.close_all()

    threads = []
    for programme in programmes:
        client = Client()
        client.force_login(programme.patient.user)
        threads += [threading.Thread(target=work, args=(client, programme)) for _number in (1, 2)]
    for thread in threads:
        thread.start()
    try:
        yield acknowledged, enough
    finally:
        stop.set()
        for thread in threads:
            thread.join()


@pytest.mark.django_db(transaction=True)
def test_the_drill(here, settings, cast, programme, make_programme, monkeypatch, capsys):
    """While patients tick, a backup; restored elsewhere it has all that was acknowledged before,
    whole acts only, and every file. A restore over it, and one that fails, lose nothing."""
    mos = make_programme(cast.mo_patient)
    KeptForm.objects.create(user=cast.anna, content="{}")
    with at_work([programme, mos]) as (acknowledged, enough):
        for _number in range(12):
            enough.acquire(timeout=30)
        before = set(acknowledged)
        call_command("backup", here)
        for _number in range(8):  # and work goes on
            enough.acquire(timeout=30)
    (file,) = here.glob("rugpijn-*.backup")
    media = digests(settings.MEDIA_ROOT)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(before) >= 12 and SessionLog.objects.count() == len(acknowledged)
    assert AccessEvent.objects.filter(action="back up", actor_role="system").count() == 1
    assert "Piet" not in file.read_bytes().decode("latin-1")

    key = here / "key"
    key.write_text(PRIVATE)
    with elsewhere(settings, here / "elsewhere"):
        (here / "elsewhere").mkdir()
        with monkeypatch.context() as patch:
            patch.setattr(hooks, "after_restore", [lambda r: f"Erased since {r.made_at:%Y}."])
            call_command("restore", file, key=key)
        assert f"Erased since {timezone.now():%Y}." in capsys.readouterr().out
        stored = {str(one) for one in SessionLog.objects.values_list("operation", flat=True)}
        assert before <= stored <= set(acknowledged)
        assert AccessEvent.objects.filter(action="log").count() == len(stored)
        assert AccessEvent.objects.filter(action="restore", actor_role="system").count() == 1
        assert digests(settings.MEDIA_ROOT) == media
        assert not LoginSession.objects.exists() and not KeptForm.objects.exists()
        assert {p.name for p in settings.DATA_DIR.iterdir()} == {"media"}
        assert stat.S_IMODE(settings.MEDIA_ROOT.stat().st_mode) == 0o700

        Practice.objects.update(name="Na de backup")
        with pytest.raises(CommandError, match="There is data here"):
            call_command("restore", file, key=key)
        assert Practice.objects.filter(name="Na de backup").exists()
        _fails_half_way(file, monkeypatch)
        assert Practice.objects.filter(name="Na de backup").exists()
        assert digests(settings.MEDIA_ROOT) == media

        call_command("restore", file, key=key, replace=True)
        assert not Practice.objects.filter(name="Na de backup").exists()
        (aside,) = settings.DATA_DIR.glob("before-restore-*")
        assert digests(aside / "media") == media
        assert len(list(aside.iterdir())) == 2 and stat.S_IMODE(aside.stat().st_mode) == 0o700


@pytest.mark.django_db(transaction=True)
def test_a_code_that_was_used_since_does_not_work_again(here, settings, cast, capsys):
    """Of staff, who have another second step; a patient may have no other."""
    listed = second_step.new_list(cast.anna)[0].replace(" ", "")
    second_step.new_list(cast.piet)
    call_command("backup", here)
    assert second_step.is_code_of_staff(cast.anna, listed)
    (file,) = here.glob("rugpijn-*.backup")
    key = here / "key"
    key.write_text(PRIVATE)
    with elsewhere(settings, here / "elsewhere"):
        (here / "elsewhere").mkdir()
        call_command("restore", file, key=key)
        said = capsys.readouterr().out
        assert not second_step.is_code_of_staff(User.objects.get(pk=cast.anna.pk), listed)
        left = {user.name: second_step.codes_left(user) for user in User.objects.all()}
    assert (left["Anna de Wit"], left["Piet Jansen"]) == (0, 10)
    assert "Codes on paper of staff no longer work; lists: 1" in said
    assert "who may log in are as they were then" in said


def _fails_half_way(file, monkeypatch):
    """What an app does afterwards goes wrong: everything is as it was."""

    def wrong(restored):
        assert restored.rows and restored.aside
        assert not Practice.objects.filter(name="Na de backup").exists()
        raise ZeroDivisionError

    monkeypatch.setattr(hooks, "after_restore", [wrong])
    with pytest.raises(ZeroDivisionError):
        restore.restore(file, PRIVATE, replace=True)
    monkeypatch.undo()


# ------------------------------------------------------------ refusals


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "migrate", "sentence"),
    [
        (
            {"migrations": [["rugpijn", "9999_later"]]},
            True,
            r"newer version of Rugpijn \(9\.9; rug",
        ),
        ({"migrations": []}, False, r"older version .* --migrate"),
        ({"engine": "oracle"}, True, "a backup of oracle, and DATABASE_URL says"),
    ],
    ids=["newer", "older", "other engine"],
)
def test_a_backup_that_does_not_belong_here(here, tmp_path, changes, migrate, sentence):
    file = packed(tmp_path, **changes)
    with pytest.raises(BackupError, match=sentence):
        restore.restore(file, PRIVATE, replace=True, migrate=migrate)
    assert not list(installed.DATA_DIR.glob("backup-*"))


@pytest.mark.django_db
def test_a_damaged_database_is_refused_before_anything_is_touched(here, tmp_path, settings):
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's own check; PostgreSQL restores in one transaction")
    file = packed(tmp_path, rows={"thing": 2})
    with pytest.raises(BackupError, match="damaged"):
        restore.restore(file, PRIVATE, replace=True, migrate=True)
    assert digests(settings.MEDIA_ROOT)


@pytest.mark.django_db
def test_wrong_key_cut_off_and_changed_in_words(here, tmp_path):
    file, key = packed(tmp_path), tmp_path / "key"
    for private, content, sentence in (
        (STRANGER, file.read_bytes(), "sealed for another key"),
        ("", file.read_bytes(), "no private key"),
        (PRIVATE, file.read_bytes()[:-10], "not whole"),
        (PRIVATE, file.read_bytes()[:-1] + bytes([file.read_bytes()[-1] ^ 1]), "not whole"),
        (PRIVATE, b"PK\x03\x04 a zip", "no backup of Rugpijn"),
    ):
        key.write_text(private)
        (tmp_path / "sent").write_bytes(content)
        for command, options in (("check_backup", {}), ("restore", {"replace": True})):
            with pytest.raises(CommandError, match=sentence):
                call_command(command, tmp_path / "sent", key=key, **options)


@pytest.mark.django_db
def test_nothing_is_made_without_a_key_or_a_folder(here, settings, tmp_path):
    with pytest.raises(CommandError, match=r"no folder .*nowhere"):
        call_command("backup", tmp_path / "nowhere" / "x")
    (tmp_path / "there").write_text("mine")
    with pytest.raises(CommandError, match="is there already"):
        call_command("backup", tmp_path / "there")
    assert (tmp_path / "there").read_text() == "mine"
    settings.BACKUP_KEY = ""
    with pytest.raises(CommandError, match="Set BACKUP_KEY first"):
        call_command("backup", here)
    assert not list(here.iterdir())


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_leaves_no_half_backup(here, practices, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(seal.Sealer, "finish", full)
    with pytest.raises(CommandError, match="No space left on device"):
        call_command("backup", here)
    assert not list(here.iterdir()) and not list(installed.DATA_DIR.glob("backup-*"))
    assert make.last_made() is None


# ------------------------------------------------------------ keys, age, and the calendar


def test_a_new_pair(tmp_path, capsys):
    call_command("backup_key", tmp_path / "private")
    said = re.search(r"BACKUP_KEY=(\S+)", capsys.readouterr().out)[1]
    assert stat.S_IMODE((tmp_path / "private").stat().st_mode) == 0o600
    assert said not in (tmp_path / "private").read_text()
    call_command("backup_key", tmp_path / "private", public=True)
    assert said in capsys.readouterr().out
    with pytest.raises(CommandError, match="exists"):
        call_command("backup_key", tmp_path / "private")


def test_what_is_too_old_goes(here, settings):
    now = datetime.now(UTC)
    all_days = (1, 2, 34, 36)
    names = {days: f"rugpijn-{now - timedelta(days=days):%Y%m%d-%H%M%S}" for days in all_days}
    for name in names.values():
        (here / f"{name}.backup").touch()
        (settings.DATA_DIR / name.replace("rugpijn-", make.ASIDE)).mkdir()
    (here / "rugpijn-of-my-own.backup").touch()
    removed = make.remove_old(here, days=35)
    assert removed == [f"{names[36]}.backup", names[36].replace("rugpijn-", make.ASIDE)]
    assert len(list(here.iterdir())) == 4
    for days in (1, 2, 34):  # nothing newer was made: what is there stays, however old
        (here / f"{names[days]}.backup").unlink()
    for old in ("20200101-000000", "20200102-000000", "20200103-000000", "20200104-000000"):
        (here / f"rugpijn-{old}.backup").touch()
    removed = [name for name in make.remove_old(here, days=1) if name.endswith(".backup")]
    assert removed == ["rugpijn-20200101-000000.backup"]
