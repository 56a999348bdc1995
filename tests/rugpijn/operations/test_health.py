"""What whoever runs the server hears, and what a stranger does not."""

import os
import time
from io import StringIO
from unittest.mock import patch

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.utils import timezone

from rugpijn import hooks
from rugpijn.backup import make, seal
from rugpijn.management.commands.worker import PatientWorker
from rugpijn.operations import checks, health

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:Overriding setting DATABASES"),
]
PRIVATE, PUBLIC = seal.new_pair()


@pytest.fixture
def well(settings, tmp_path):
    """An installation that lacks nothing."""
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path / "data", tmp_path / "data" / "media"
    settings.DATA_DIR.mkdir(mode=0o700)
    settings.BACKUP_KEY = PUBLIC
    health.beat()
    (settings.DATA_DIR / "db").touch(0o600)
    aged_backup(settings, hours=2)
    health.forget()
    with patch.object(hooks, "health_problems", [("printing", lambda: None)]):
        yield settings
    health.forget()


def aged_backup(settings, *, hours):
    at = timezone.now() - timezone.timedelta(hours=hours)
    (settings.DATA_DIR / make.LAST).write_text(f'{{"at": "{at.isoformat()}", "bytes": 1}}')


def told() -> str:
    out = StringIO()
    try:
        call_command("health", stdout=out)
    except CommandError:
        assert "NOT OK" in out.getvalue()
    return out.getvalue()


def test_all_is_well(client, well):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "NOT OK" not in told()


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("no beat", "worker: has never run"),
        ("old beat", "worker: looked for work 2000 seconds ago"),
        ("no backup", "backup: was never made"),
        ("old backup", "backup: made 27.0 hours ago"),
        ("no space", "disk: 400 MB left"),
        ("no pango", "printing: Pango is missing"),
    ],
    ids=lambda value: value.partition(":")[0],
)
def test_what_is_not_well_wakes_somebody_and_keeps_patients_in(client, well, what, sentence):
    space = 400e6 if what == "no space" else 400e9
    if what == "no beat":
        (well.DATA_DIR / health.BEAT).unlink()
    elif what == "old beat":
        os.utime(well.DATA_DIR / health.BEAT, (time.time() - 2000,) * 2)
    elif what == "no backup":
        (well.DATA_DIR / make.LAST).unlink()
    elif what == "old backup":
        aged_backup(well, hours=27)
    elif what == "no pango":
        hooks.health_problems[0] = ("printing", lambda: "Pango is missing")
    with patch("rugpijn.operations.health.shutil.disk_usage", **{"return_value.free": space}):
        answer = client.get("/healthz")
        assert (answer.status_code, answer.content) == (200, b'{"status": "not ok"}')
        assert f"NOT OK  {sentence}" in told()


def test_a_database_that_cannot_be_written_is_503(client, well):
    def refuse(execute, sql, params, many, context):
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            raise OperationalError
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"status": "not ok"})


def test_who_asks_often_writes_once(client, well, django_assert_num_queries):
    client.get("/healthz")
    with django_assert_num_queries(0):
        client.get("/healthz")


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_looks_for_work_is_alive(well):
    beat = well.DATA_DIR / health.BEAT
    beat.unlink()
    call_command("worker", once=True, verbosity=0)
    assert health.worker().well and beat.stat().st_mode & 0o077 == 0
    assert PatientWorker.running.fset  # the library sets it, and asks it before each look


# ------------------------------------------------------------ what the deploy check says


def test_a_database_on_a_server_has_no_file_to_close(well):
    well.DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql"}}
    assert checks.shortcomings() == []


@pytest.mark.parametrize(
    ("break_it", "sentence"),
    [
        (lambda s: s.DATA_DIR.chmod(0o755), "chmod 700"),
        (lambda s: (s.DATA_DIR / "db").chmod(0o640), "chmod 600"),
        (lambda s: setattr(s, "BACKUP_KEY", ""), "Set BACKUP_KEY"),
        (lambda s: setattr(s, "BACKUP_KEY", PRIVATE), "cannot seal a backup"),
        (lambda s: aged_backup(s, hours=30), "made 30 hours ago"),
    ],
    ids=["folder", "file", "no key", "private key", "old"],
)
def test_what_should_be_better_is_said(well, break_it, sentence):
    file = {"ENGINE": "django.db.backends.sqlite3", "NAME": well.DATA_DIR / "db"}
    well.DATABASES = {"default": file}
    assert checks.shortcomings() == []
    break_it(well)
    (said,) = checks.shortcomings()
    assert sentence in said


@pytest.mark.parametrize(
    ("change", "danger"),
    [
        *(
            (
                {"EMAIL_BACKEND": f"django.core.mail.backends.{name}.EmailBackend"},
                checks.MAIL_IN_LOG,
            )
            for name in ("console", "dummy", "filebased", "locmem")
        ),
        ({"USE_TZ": False}, checks.NO_ZONES),
        (
            {"DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3", "OPTIONS": {}}}},
            checks.NO_LOCKS,
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_could_hurt_a_patient_stops_the_start(settings, change, danger):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert danger not in checks.dangers()
    for name, value in change.items():
        setattr(settings, name, value)
    assert danger in checks.dangers()


# ------------------------------------------------------------ from one version to the next


def upgrade(folder) -> str:
    out = StringIO()
    call_command("upgrade", folder, stdout=out)
    return out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_an_upgrade_backs_up_first(well, tmp_path, practices):
    well.DEBUG = True  # a test has no certificate
    said = upgrade(tmp_path)
    (backup,) = tmp_path.glob("*.backup")
    assert f"Backed up: {backup}" in said and "The database is up to date." in said
    assert said.index("Backed up") < said.index("up to date") < said.index("Done.")


def test_without_a_backup_nothing_is_changed(well, tmp_path):
    well.BACKUP_KEY = ""
    with (
        patch("rugpijn.management.commands.upgrade.MigrationExecutor") as executor,
        pytest.raises(CommandError, match="Without a backup nothing is changed"),
    ):
        upgrade(tmp_path)
    assert not executor.called


@pytest.mark.django_db(transaction=True)
def test_an_upgrade_that_stops_says_how_to_go_back(well, tmp_path, practices):
    with (
        patch("exercises.library.loading.load", side_effect=OSError("the disk is broken")),
        pytest.raises(CommandError) as stopped,
    ):
        upgrade(tmp_path)
    (backup,) = tmp_path.glob("*.backup")
    said = str(stopped.value)
    assert "the disk is broken" in said and f"restore {backup} --key" in said
    assert "type the same again" in said
