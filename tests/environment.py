"""What every test run stands on. A pytest plugin, so that it is there before the settings load.

The shell's own settings do not count, except DATABASE_URL: it says on which
database the tests run. Everything they write goes to a folder that is gone
afterwards.
"""

import gc
import os
import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from playwright.sync_api import expect

DATA_DIR = tempfile.mkdtemp(prefix="rugpijn-tests-")
(Path(DATA_DIR) / "static").mkdir()
for _name in ("SHARE_KEY", "ALLOWED_HOSTS", "EMAIL_URL", "DEFAULT_FROM_EMAIL", "MFA_KEY"):
    os.environ.pop(_name, None)
os.environ.update(
    DEBUG="1",  # pytest-django turns the setting itself off again
    DEMO_CODE="",  # and allauth refuses a code that always works without it
    SECRET_KEY="only-for-tests-" + "0123456789" * 5,
    SITE_URL="http://localhost:8000",
    DATA_DIR=DATA_DIR,
    STATIC_ROOT=f"{DATA_DIR}/static",
    BEHIND_TLS_PROXY="0",
    TRUSTED_PROXIES="0",
    DJANGO_ALLOW_ASYNC_UNSAFE="true",  # Playwright runs an event loop in the tests' own thread
)

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
MUST_HAVE_ALL = os.environ.get("REQUIRE_BROWSER") == "1"
MISSING = "is missing on this machine"


def and_in_ci(first, *more) -> list:
    """The first of what a test is tried with; all of it where every minute of CI may be used."""
    return [first, *more] if os.environ.get("CI") else [first]


def needs(program: str, package: str) -> str:
    """The path of a program. Without it the test is skipped aloud, and fails where CI runs."""
    path = shutil.which(program)
    if path is None:
        missing(program, package)
    return path


def missing(what: str, package: str):
    message = f"{what} {MISSING}: apt install {package}"
    if MUST_HAVE_ALL:
        pytest.fail(message)
    pytest.skip(message)


def pytest_addoption(parser):
    parser.addoption(
        "--database-only",
        action="store_true",
        help="leave out the tests that use no database: on another one they are the same",
    )


def pytest_collection_modifyitems(config, items):
    if not config.getoption("database_only"):
        return
    left_out = [item for item in items if not uses_database(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if uses_database(item)]


def uses_database(item) -> bool:
    return bool(item.get_closest_marker("django_db")) or "django_db_setup" in item.fixturenames


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # As in a practice, nothing waits for what is done in the background; here no worker comes.
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    database = settings.DATABASES["default"]
    if database["ENGINE"] == "django.db.backends.sqlite3":
        # A file and not memory: a live server then has connections of its own,
        # as in real life. Nobody needs these rows after a power cut.
        database.setdefault("TEST", {})["NAME"] = str(Path(DATA_DIR) / "test.sqlite3")
        database["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"
    else:  # UTF-8, also on a server that was installed without a language
        database.setdefault("TEST", {}).update(CHARSET="UTF8", TEMPLATE="template0")
    config.pluginmanager.register(Browser(), "rugpijn-browser")
    # Of waiting for what a page will show. A machine with more to do needs longer than 5 seconds.
    expect.set_options(timeout=20_000)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish():
    """What was collected stays until the end: it is not searched for garbage again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_unconfigure(config):
    shutil.rmtree(DATA_DIR, ignore_errors=True)


class Browser:
    """Debian's Chromium for pytest-playwright, which would download its own."""

    @pytest.fixture(scope="session")
    @classmethod
    def browser_type_launch_args(cls, browser_type_launch_args):
        sandbox = [] if os.geteuid() else ["--no-sandbox"]  # Chromium has none for root
        return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": sandbox}


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    if item.get_closest_marker("browser") and CHROMIUM is None:
        needs("chromium", "chromium")


def pytest_terminal_summary(terminalreporter):
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = [str(report.longrepr[-1]).removeprefix("Skipped: ") for report in skipped]
    missing = Counter(reason for reason in reasons if MISSING in reason)
    if missing:
        terminalreporter.section("NOT TESTED", sep="!", red=True, bold=True)
        for reason, tests in missing.items():
            terminalreporter.line(f"{tests} of the tests: {reason}", red=True)
