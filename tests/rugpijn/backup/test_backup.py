"""A backup is whole or it is none; and what comes back is what was there."""

import gzip
import hashlib
import io
import json
import os
import re
import signal
import sqlite3
import stat
import tarfile
import threading
import traceback
import uuid
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings as installed
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from patients.models import SessionLog
from rugpijn import hooks
from rugpijn.audit import AccessEvent
from rugpijn.backup import BackupError, engines, left_behind, make, parcel, restore, seal
from rugpijn.login import second_step
from rugpijn.models import KeptForm, LoginSession, Practice, User
from rugpijn.operations.checks import refuse_half_restore

from .conftest import LETTER, PRIVATE, PUBLIC, elsewhere

STRANGER, _ = seal.new_pair()


# ------------------------------------------------------------ the envelope


def sealed(content=LETTER) -> bytes:
    file = io.BytesIO()
    sealer = seal.Sealer(file, PUBLIC)
    sealer.write(content)
    sealer.finish()
    return file.getvalue()


def opened(content: bytes, private=PRIVATE) -> bytes:
    return io.BufferedReader(seal.Opener(io.BytesIO(content), private=private)).read()


@pytest.mark.parametrize("length", [0, 1, seal.CHUNK - 1, seal.CHUNK, seal.CHUNK + 1, 200_000])
def test_what_was_sealed_opens(length):
    content = os.urandom(length)
    assert opened(sealed(content)) == content


def test_it_cannot_be_read_without_the_key():
    assert b"Rustig" not in sealed()
    with pytest.raises(BackupError, match="another key"):
        opened(sealed(), STRANGER)


@pytest.mark.parametrize("left", [0, 5, 40, 65, 66, 1000, seal.CHUNK + 81, -1])
def test_a_piece_of_it_is_refused(left):
    """Cut off anywhere: in the heading, in a chunk, and exactly between two chunks."""
    with pytest.raises(BackupError, match=r"not whole|small piece|another key"):
        opened(sealed()[:left])


@pytest.mark.parametrize("place", [0, 20, 60, 66, 70_000, -1])
def test_one_changed_bit_is_seen(place):
    content = bytearray(sealed())
    content[place] ^= 1
    with pytest.raises(BackupError):
        opened(bytes(content))


def test_chunks_cannot_be_swapped_or_left_out():
    content, start, one = sealed(), 65, seal.CHUNK + seal.TAG
    head, first, second = content[:start], content[start:][:one], content[start + one :][:one]
    rest = content[start + 2 * one :]
    for mixed in (head + second + first + rest, head + first + rest, content + rest):
        with pytest.raises(BackupError, match="not whole"):
            opened(mixed)


@pytest.mark.parametrize(
    "key",
    ["", "rugpijn-public-", PUBLIC[:-4], PRIVATE, "x" * 60],
    ids=["nothing", "no key", "cut off", "the private one", "no word of ours"],
)
def test_what_is_no_public_key(key):
    with pytest.raises(BackupError):
        seal.check_public(key)


# ------------------------------------------------------------ the parcel


def packed(tmp_path, about=None, **changes) -> Path:
    """A backup of a small database that says of itself what the test wants."""
    database = tmp_path / "small"
    with sqlite3.connect(database) as small:
        small.execute("CREATE TABLE thing (name TEXT)")
        small.execute("INSERT INTO thing VALUES ('één')")
    small.close()
    said = {
        "version": "9.9",
        "made_at": "2026-11-28T10:00:00+00:00",
        "engine": connection.vendor,
        "migrations": [],
        "rows": {"thing": 1},
    } | changes
    (tmp_path / "media").mkdir(exist_ok=True)
    path = tmp_path / "small.backup"
    with path.open("wb") as file, database.open("rb") as content:
        parcel.pack(file, PUBLIC, parcel.About(**said), content, tmp_path / "media")
    return path


@pytest.mark.parametrize("name", ["../x", "media/../../x", "/x", "media//x", "other", "media/"])
def test_no_file_goes_elsewhere(name):
    assert not parcel._is_ours(name)


def test_a_list_that_says_otherwise_is_refused(tmp_path, monkeypatch):
    """Whoever has the public key can seal anything; it is still not what it says it is."""
    monkeypatch.setattr(
        parcel.json,
        "dumps",
        lambda value, **_: json.JSONEncoder().encode(
            {name: {**each, "sha256": "0" * 64} for name, each in value.items()}
            if parcel.ABOUT in value
            else value
        ),
    )
    path = packed(tmp_path)
    monkeypatch.undo()
    with pytest.raises(BackupError, match="not whole"):
        restore.check(path, PRIVATE)


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


# ------------------------------------------------------------ cut off, and planted


def killed(act, at: str) -> None:
    """Run it in a process of its own, which is killed with -9 when it comes to `at`."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        owner, _, name = at.rpartition(".")
        target = {
            "restore": restore,
            "os": os,
            "SQLite": engines.SQLite,
            "make": make,
            "PostgreSQL": engines.PostgreSQL,
            "parcel": parcel,
        }[owner]
        setattr(target, name, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
        # The process that waits for this one may have the database open, as no app would.
        for engine in (engines.SQLite, engines.PostgreSQL):
            engine.busy = lambda self: False
        try:
            act()
        except BaseException:
            traceback.print_exc()  # beside the failure, which says only that it went on
        finally:
            os._exit(0)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, at


STEPS = (
    "restore._swap_media",
    "{engine}.put",
    "restore.call_command",
    "restore.Restored",
    "restore._end",
    "{engine}.settle",
)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", STEPS)
def test_a_restore_that_is_killed_serves_nobody_and_is_undone(
    here, settings, cast, programme, tmp_path, step
):
    """At each step: what is here is not served, and is put back as it was by one command."""
    call_command("backup", here)
    (file,) = here.glob("rugpijn-*.backup")
    Practice.objects.filter(pk=cast.anna.practice_id).update(name="Na de reservekopie")
    media = settings.MEDIA_ROOT / "films" / "b.mp4"
    media.write_bytes(b"made since")
    name = "SQLite" if connection.vendor == "sqlite" else "PostgreSQL"
    step = step.format(engine=name)

    def act():
        restore.restore(file, PRIVATE, replace=True, migrate=True)

    if step.endswith("settle"):  # the restore is whole: it is only tidied up after
        killed_at_second(act, name)
        assert left_behind.unfinished() is None
        assert not Practice.objects.filter(name="Na de reservekopie").exists()
        return
    killed(act, step)
    assert left_behind.unfinished() is not None
    with pytest.raises(ImproperlyConfigured, match="A restore was cut off"):
        refuse_half_restore()
    assert "restore was cut off" in left_behind.problem()
    with pytest.raises(BackupError, match="A restore was cut off"):
        make.backup(here)
    with pytest.raises(CommandError, match="A restore was cut off"):
        call_command("retention")
    killed(restore.undo, "restore._end")  # and that may be cut off as well
    call_command("undo_restore")
    refuse_half_restore()
    assert Practice.objects.filter(name="Na de reservekopie").exists()
    assert media.read_bytes() == b"made since"
    assert not list(settings.DATA_DIR.glob("b*-*"))  # of the work and what was put aside
    restore.restore(file, PRIVATE, replace=True)
    assert not Practice.objects.filter(name="Na de reservekopie").exists()


def killed_at_second(act, engine: str) -> None:
    """`settle` is called when a restore begins as well; killed is the one at its end."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        calls = []

        def settle(self):
            calls.append(1)
            if len(calls) == 2:
                os.kill(os.getpid(), signal.SIGKILL)

        setattr(getattr(engines, engine), "settle", settle)  # noqa: B010  by its name
        try:
            act()
        finally:
            os._exit(0)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["parcel.pack", "parcel.unpack", "os.replace"])
def test_a_backup_that_is_killed_leaves_nothing_to_read(here, settings, practices, step):
    """No copy of the database stays; a sealed half goes when the next one is made."""
    killed(lambda: make.backup(here), step)
    left = [path for path in settings.DATA_DIR.rglob("*") if path.is_file()]
    assert not [path for path in left if b"De Linde" in path.read_bytes()], left
    (half,) = here.iterdir()
    assert half.name.endswith(".partial") and stat.S_IMODE(half.stat().st_mode) == 0o600
    made = make.backup(here)
    assert list(here.iterdir()) == [made.path]
    killed(lambda: make.backup(here / "x.backup"), step)
    assert step == "os.replace" or list(settings.DATA_DIR.glob("backup-*"))
    refuse_half_restore()  # as the app and its worker do when they start
    assert not list(settings.DATA_DIR.glob("backup-*"))


def test_what_is_in_use_is_not_swept_away(here, settings):
    with make.workspace() as folder:
        left_behind.sweep(here)
        assert folder.is_dir()
    assert not folder.exists()


@pytest.mark.django_db(transaction=True)
def test_a_backup_that_was_planted_is_asked_about(here, settings, practices, capsys):
    """Whoever has the public key can make one; the key of the mark is this installation's."""
    ours = make.backup(here).path
    share_key, settings.SHARE_KEY = settings.SHARE_KEY, "k" * 60
    theirs = make.backup(here / "planted.backup").path
    settings.SHARE_KEY = share_key
    key = here.parent / "private"
    key.write_text(PRIVATE)
    for file, said in ((ours, "made by this"), (theirs, "marked by another installation")):
        call_command("check_backup", file, key=key)
        assert said in capsys.readouterr().out
    (other := here.parent / "other").mkdir()
    with elsewhere(settings, other):
        with pytest.raises(CommandError, match="Whoever has BACKUP_KEY can make one"):
            call_command("restore", theirs, key=key)
        assert not engines.of_this_installation().occupied()
        call_command("restore", theirs, key=key, from_elsewhere=True)
        call_command("restore", ours, key=key, replace=True)


@pytest.mark.django_db(transaction=True)
def test_a_backup_from_before_marks_is_asked_about(here, settings, practices):
    old = unmarked(make.backup(here).path)
    _about, origin = restore.check(old, PRIVATE)
    assert origin is parcel.Origin.UNKNOWN
    (other := here.parent / "other").mkdir()
    with elsewhere(settings, other):
        with pytest.raises(BackupError, match="without a mark"):
            restore.restore(old, PRIVATE)
        restored, _said = restore.restore(old, PRIVATE, from_elsewhere=True)
        assert restored.rows


def unmarked(path: Path) -> Path:
    """The same backup as a version before marks would have written it."""
    inside = gzip.decompress(opened(path.read_bytes()))
    kept = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(inside)) as old,
        tarfile.open(fileobj=kept, mode="w") as new,
    ):
        for entry in old:
            if entry.name != parcel.MARK:
                new.addfile(entry, old.extractfile(entry))
    other = path.with_name("old.backup")
    other.write_bytes(sealed(gzip.compress(kept.getvalue())))
    return other
