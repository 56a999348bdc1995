"""A backup or a restore that is killed half-way, and one that somebody planted."""

import gzip
import io
import os
import signal
import stat
import tarfile
import traceback
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection, connections

from rugpijn.backup import BackupError, engines, left_behind, make, parcel, restore
from rugpijn.models import Practice
from rugpijn.operations.checks import refuse_half_restore

from .conftest import PRIVATE, elsewhere
from .drill import opened, sealed

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
