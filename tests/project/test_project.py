"""The house as a whole: migrations, refused settings, translations, the first owner."""

import gettext
import re
import signal
import sqlite3
import subprocess
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.core.management.sql import emit_pre_migrate_signal
from django.db import OperationalError, connection, connections, migrations, models
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from rugpijn.database.sqlite import sqlite_options
from rugpijn.management.commands.worker import PatientWorker, Worker
from rugpijn.models import Practice, StaffInvitation, User

from ..catalogues import CATALOGUE, collected
from ..environment import needs
from .commands import ROOT, practice_settings, run

pytestmark = pytest.mark.long

OURS = ("rugpijn", "exercises", "patients")


# ------------------------------------------------------------ migrations


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_our_migrations_go_back_to_nothing_and_forth_again():
    try:
        MigrationExecutor(connection).migrate([(app, None) for app in OURS])
        models = [model for app in OURS for model in apps.get_app_config(app).get_models()]
        ours = {model._meta.db_table for model in models}
        assert ours & set(connection.introspection.table_names()) == set()
    finally:
        call_command("migrate", verbosity=0)  # and what follows a migration, for the next test
    assert ours <= set(connection.introspection.table_names())


@pytest.mark.django_db(transaction=True)
def test_a_migration_and_its_row_are_one(monkeypatch):
    """Also one that leaves an index for its end: what is cut off there starts again."""

    class Made(migrations.Migration):
        operations = (
            migrations.CreateModel(
                "Thing",
                [("id", models.BigAutoField(primary_key=True)), ("name", models.SlugField())],
            ),
        )

    def cut(app, name):
        raise OperationalError("the power is gone")

    def there():
        return "patients_thing" in connection.introspection.table_names()

    made, executor = Made("9999_made", "patients"), MigrationExecutor(connection)
    state = executor.loader.project_state()
    emit_pre_migrate_signal(0, False, "default", plan=[(made, False)])
    with monkeypatch.context() as patch, pytest.raises(OperationalError):
        patch.setattr(executor.recorder, "record_applied", cut)
        executor.apply_migration(state.clone(), made)
    assert not there()
    executor.apply_migration(state.clone(), made)
    try:
        assert there() and ("patients", "9999_made") in executor.recorder.applied_migrations()
        constraints = connection.introspection.get_constraints(
            connection.cursor(), "patients_thing"
        )
        assert any(each["index"] and each["columns"] == ["name"] for each in constraints.values())
    finally:
        executor.unapply_migration(state.clone(), made)
    assert not there()


@pytest.mark.django_db
def test_after_a_plain_migrate_there_is_nobody_and_no_practice():
    assert not User.objects.exists()
    assert not Practice.objects.exists()


# ------------------------------------------------------------ settings


def test_production_settings_pass_the_deploy_check(tmp_path):
    check = run(
        "manage.py", "check", "--deploy", "--fail-level", "WARNING", **practice_settings(tmp_path)
    )
    assert check.returncode == 0, check.stderr
    assert "no issues" in check.stdout


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"DEBUG": "1"}, "Turn DEBUG off"),
        ({"SECRET_KEY": "secret"}, "at least 50 random characters"),
        ({"SECRET_KEY": "a" * 60}, "at least 50 random characters"),
        ({"SHARE_KEY": "short"}, "at least 50 random characters"),
        ({"MFA_KEY": ""}, "Set MFA_KEY"),
        ({"MFA_KEY": f"{'0123456789' * 6},short"}, "Set MFA_KEY"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"SITE_URL": "http://rugpijn.example"}, "https address"),
        ({"EMAIL_URL": "consolemail://"}, "EMAIL_URL to a mail server"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_dangerous_start_is_refused(tmp_path, changes, sentence):
    start = run("-c", "import rugpijn.wsgi", **practice_settings(tmp_path, **changes))
    assert start.returncode != 0
    assert "Rugpijn does not start" in start.stderr
    assert sentence in start.stderr


@pytest.mark.parametrize("missing", ["SECRET_KEY", "SITE_URL"])
def test_a_missing_setting_stops_the_start(tmp_path, missing):
    settings = practice_settings(tmp_path)
    del settings[missing]
    start = run("-c", "import rugpijn.wsgi", **settings)
    assert start.returncode != 0
    assert missing in start.stderr


def test_a_safe_start_is_not_refused_and_one_without_its_database_is(tmp_path):
    settings = practice_settings(tmp_path)
    start = run("-c", "import rugpijn.wsgi", **settings)
    assert start.returncode != 0 and "rugpijn.sqlite3 is not there" in start.stderr
    (file,) = re.findall(r"(/\S+rugpijn\.sqlite3) is not there", start.stderr)[:1]
    assert not Path(file).exists()
    Path(file).parent.mkdir(mode=0o700, exist_ok=True)
    with sqlite3.connect(file) as base:
        base.execute("CREATE TABLE something (name TEXT)")
    start = run("-c", "import rugpijn.wsgi", **settings)
    assert start.returncode == 0, start.stderr


@pytest.mark.parametrize(
    ("version", "journal", "synchronous"),
    [
        ((3, 40, 1), "DELETE", "EXTRA"),
        ((3, 44, 5), "DELETE", "EXTRA"),
        ((3, 44, 6), "WAL", "FULL"),
        ((3, 46, 1), "DELETE", "EXTRA"),
        ((3, 50, 6), "DELETE", "EXTRA"),
        ((3, 50, 7), "WAL", "FULL"),
        ((3, 51, 2), "DELETE", "EXTRA"),
        ((3, 51, 3), "WAL", "FULL"),
        ((3, 52, 0), "WAL", "FULL"),
        ((4, 0, 0), "WAL", "FULL"),
    ],
)
def test_sqlite_writes_ahead_only_where_that_is_safe(version, journal, synchronous):
    options = sqlite_options(version)
    assert f"journal_mode={journal};" in options["init_command"]
    assert f"synchronous={synchronous};" in options["init_command"]
    assert options["transaction_mode"] == "IMMEDIATE"


# ------------------------------------------------------------ the first owner


def start_practice(**options):
    out = StringIO()
    given = {"name": "Praktijk De Brug", "owner": "Els", "email": "Els@Brug.example"} | options
    call_command("start_practice", no_input=True, stdout=out, **given)
    return re.search(r"http://localhost:8000(/\S+)", out.getvalue())[1]


@pytest.mark.django_db
def test_start_practice_prints_a_link_that_makes_an_owner(client):
    link = start_practice()
    assert not User.objects.exists()
    assert client.get(link).status_code == 200
    invitation = StaffInvitation.objects.get()
    assert (invitation.practice.name, invitation.name) == ("Praktijk De Brug", "Els")
    assert (invitation.email, invitation.is_owner) == ("els@brug.example", True)
    assert invitation.is_therapist is False
    assert invitation.expires_at > timezone.now()


@pytest.mark.django_db
def test_a_second_practice_starts_likewise():
    start_practice()
    start_practice(name="Praktijk De Toren", email="bram@toren.example", therapist=True)
    assert Practice.objects.count() == 2
    assert StaffInvitation.objects.get(email="bram@toren.example").is_therapist is True


@pytest.mark.django_db
def test_a_practice_that_is_there_is_not_made_twice(client):
    start_practice()
    with pytest.raises(CommandError, match="already a practice"):
        start_practice(name="praktijk de brug")
    assert client.get(start_practice(again=True)).status_code == 200
    assert Practice.objects.count() == 1
    with pytest.raises(CommandError, match="no practice called"):
        start_practice(name="Elders", again=True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": " "}, "Name of the practice: This field cannot be blank"),
        ({"name": "x" * 200}, "Name of the practice: Ensure this value has at most 120"),
        ({"owner": "\x00"}, "Name of its owner"),
        ({"email": "els"}, "E-mail of the owner: Enter a valid email address"),
        ({"email": None}, "E-mail of the owner is missing"),
    ],
    ids=str,
)
def test_start_practice_says_what_is_wrong_and_makes_nothing(wrong, sentence):
    with pytest.raises(CommandError, match=sentence):
        start_practice(**wrong)
    assert not Practice.objects.exists()
    assert not StaffInvitation.objects.exists()


@pytest.mark.django_db
def test_start_practice_refuses_an_address_that_has_an_account():
    User.objects.create_user("els@brug.example", name="Els")
    with pytest.raises(CommandError, match="already an account"):
        start_practice()


@pytest.mark.django_db
def test_start_practice_asks_again_after_a_mistake(monkeypatch):
    answers = iter(["", "Praktijk De Brug", "Els", "els", "els@brug.example", "y"])
    monkeypatch.setattr("builtins.input", lambda question: next(answers))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    out, err = StringIO(), StringIO()
    call_command("start_practice", stdout=out, stderr=err)
    assert "/colleague/" in out.getvalue()
    assert "cannot be blank" in err.getvalue()
    assert "valid email address" in err.getvalue()
    assert StaffInvitation.objects.get().is_therapist is True


# ------------------------------------------------------------ the demo and the worker


def test_the_demo_refuses_without_debug(settings):
    assert settings.DEBUG is False
    with pytest.raises(CommandError, match="DEBUG=1"):
        call_command("demo")


def test_the_demo_says_that_a_port_is_taken(settings, live_server):
    settings.DEBUG = True
    with pytest.raises(CommandError, match="make run PORT="):
        call_command("demo", port=live_server.thread.port)


@pytest.mark.django_db(transaction=True)
def test_the_worker_runs_what_waits_and_stops(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    from django_tasks_db.models import DBTaskResult

    from patients.paper.handout import render_handout

    render_handout.enqueue("00000000-0000-0000-0000-000000000000")
    call_command("worker", once=True, verbosity=0)
    assert [result.status for result in DBTaskResult.objects.all()] == ["SUCCESSFUL"]


def test_the_worker_outlives_a_lost_database(monkeypatch):
    worker = PatientWorker(
        queue_names=["*"],
        excluded_queue_names=[],
        interval=0,
        batch=False,
        max_tasks=None,
        backend_name="default",
        startup_delay=False,
        worker_id="test",
    )
    runs, waits = [], []

    def run(self):
        runs.append(1)
        if len(runs) <= 3:
            raise OperationalError("the server closed the connection")
        self.shutdown(signal.SIGTERM, None)

    monkeypatch.setattr(Worker, "run", run)
    monkeypatch.setattr(worker.stopped, "wait", waits.append)
    monkeypatch.setattr(connections, "close_all", lambda: None)
    worker.run_for_ever()
    assert waits == [1, 2, 4]


# ------------------------------------------------------------ translations


def compiled(po: Path, folder: Path) -> dict:
    """Every text of a catalogue with its translation."""
    mo = folder / "compiled.mo"
    command = [needs("msgfmt", "gettext"), "--check-format", "-o", mo, po]
    subprocess.run(command, check=True, capture_output=True)
    return read(mo)


def read(mo: Path) -> dict:
    with mo.open("rb") as file:
        texts = dict(gettext.GNUTranslations(file)._catalog)
    texts.pop("")  # the header, with its dates
    return texts


def unfinished(po: Path) -> list[str]:
    """The texts without a translation, or with a guessed one."""
    found = []
    for kind in ("--untranslated", "--only-fuzzy"):
        command = [needs("msgattrib", "gettext"), kind, "--no-obsolete", "--no-wrap", str(po)]
        listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        found += re.findall(r'^msgid "(.+)"$', listed, re.MULTILINE)
    return found


def test_catalogue_is_complete():
    texts = unfinished(CATALOGUE)
    assert not texts, f"{len(texts)} texts to translate, such as {texts[:5]}"


@pytest.mark.parametrize("folder", ["locale", "locale_of_libraries"])
def test_catalogue_is_compiled(folder, tmp_path):
    po = ROOT / "rugpijn" / folder / "nl" / "LC_MESSAGES" / "django.po"
    assert compiled(po, tmp_path) == read(po.with_suffix(".mo")), "make messages"


def test_catalogue_knows_every_text_of_the_source(tmp_path):
    catalogue = tmp_path / "django.po"
    catalogue.write_text(collected(), encoding="utf-8")
    texts = unfinished(catalogue)
    assert not texts, f"make messages, then translate {len(texts)} texts, such as {texts[:5]}"
    left_over = read(CATALOGUE.with_suffix(".mo")).keys() - compiled(catalogue, tmp_path).keys()
    assert not left_over, "no longer in the source: make messages"


# ------------------------------------------------------------ README


def test_the_commands_of_readme_exist():
    text = (ROOT / "README.md").read_text()
    promised = set(re.findall(r"(?:^|`)(?:[A-Z_]+=\S+ )?make ([a-z]+)(?:$|`)", text, re.MULTILINE))
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {"run", "test"} <= promised <= targets


def test_the_pictures_and_pages_of_readme_exist():
    text = (ROOT / "README.md").read_text()
    links = re.findall(r"\]\(((?!https?:|#)[^)#]+)", text) + re.findall(r'src="([^"]+)"', text)
    assert "docs/install.md" in links
    assert [link for link in links if not (ROOT / link).exists()] == []
