"""Checks of the settings: those that could hurt a patient stop the start, others give a warning."""

from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.utils import timezone

from ..backup import BackupError, left_behind, make, seal
from ..database.sqlite import is_gone
from ..log import guard
from . import health

WEAK_KEY = (
    "Set SECRET_KEY to at least 50 random characters; a weak key lets anyone log in as anyone."
)
DEBUG_ON = "Turn DEBUG off: its error pages show patients' data."
NO_MFA_KEY = (
    "Set MFA_KEY to at least 50 random characters: with it the secrets of authenticator apps are "
    "encrypted."
)
BYPASS = "Remove MFA_TOTP_INSECURE_BYPASS_CODE: with it a password alone opens every record."
ANY_HOST = "Name the practice's own host in ALLOWED_HOSTS instead of “*”."
UNGUARDED_LOG = (
    "The access log is not guarded against changes. Type `manage.py migrate`, and find out who "
    "took the guard away."
)
NO_SITE = "Set SITE_URL to the practice's https address; every link on paper starts with it."
MAIL_IN_LOG = (
    "Set EMAIL_URL to a mail server: this one writes codes and links to log in where others read."
)
NO_LOCKS = (
    "Open SQLite as rugpijn/database/sqlite.py says (transaction_mode IMMEDIATE), or acts of "
    "patients are lost when two come at once."
)
NO_ZONES = "Set USE_TZ to True, or an exercise of this evening counts for another day."
NO_DATABASE = (
    "The database {path} is not there. Put it back (`manage.py restore`), or type `manage.py "
    "migrate` when this server is new and never had one."
)
OPEN_TO_OTHERS = "Others on this server can read {path}. Type: chmod {mode:o} {path}"
NO_BACKUP_KEY = "Set BACKUP_KEY (manage.py backup_key makes it), or no backup can be made."
WRONG_BACKUP_KEY = "BACKUP_KEY cannot seal a backup: {error}"
OLD_BACKUP = "The last backup was made {hours:.0f} hours ago. Is the night's work still done?"
# E-mail backends that deliver to no mailbox.
NOT_SENT = ("console", "dummy", "filebased", "locmem")


def dangers() -> list[str]:
    """Return what is wrong with these settings for a practice with real patients."""
    found = []
    if settings.DEBUG:
        found.append(DEBUG_ON)
    for key in (settings.SECRET_KEY, settings.SHARE_KEY):
        if _is_weak(key) and WEAK_KEY not in found:
            found.append(WEAK_KEY)
    if not settings.MFA_KEY or any(_is_weak(key) for key in settings.MFA_KEY):
        found.append(NO_MFA_KEY)
    if getattr(settings, "MFA_TOTP_INSECURE_BYPASS_CODE", None):
        found.append(BYPASS)
    if "*" in settings.ALLOWED_HOSTS:
        found.append(ANY_HOST)
    if urlsplit(settings.SITE_URL).scheme != "https":
        found.append(NO_SITE)
    if any(f".{name}." in settings.EMAIL_BACKEND for name in NOT_SENT):
        found.append(MAIL_IN_LOG)
    database = settings.DATABASES["default"]
    if _is_sqlite() and database["OPTIONS"].get("transaction_mode") != "IMMEDIATE":
        found.append(NO_LOCKS)
    if not settings.USE_TZ:
        found.append(NO_ZONES)
    return found


def shortcomings() -> list[str]:
    """Return what a practice should improve. Patients can do their exercises without it."""
    found = []
    database = settings.DATABASES["default"]
    private = [(settings.DATA_DIR, 0o700)]
    if _is_sqlite():
        private.append((Path(database["NAME"]), 0o600))
    for path, mode in private:
        if path.exists() and path.stat().st_mode & 0o077:
            found.append(OPEN_TO_OTHERS.format(path=path, mode=mode))
    if not settings.BACKUP_KEY:
        found.append(NO_BACKUP_KEY)
    else:
        try:
            seal.check_public(settings.BACKUP_KEY)
        except BackupError as error:
            found.append(WRONG_BACKUP_KEY.format(error=error))
    last = make.last_made()
    if last is not None and (age := timezone.now() - last) > health.BACKUP_AGE:
        found.append(OLD_BACKUP.format(hours=age.total_seconds() / 3600))
    return found


def _is_sqlite() -> bool:
    return settings.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"


def _is_weak(key: str) -> bool:
    return len(key) < 50 or len(set(key)) < 10


def refuse_dangerous_settings() -> None:
    """Stop the start with dangerous settings. Called by wsgi.py, since a production server runs no
    Django checks."""
    found = dangers()
    if found:
        raise ImproperlyConfigured("Rugpijn does not start. " + " ".join(found))


@checks.register(checks.Tags.security, deploy=True)
def check_settings(app_configs, **kwargs):
    return [
        checks.Error(message, id=f"rugpijn.E{number:03}")
        for number, message in enumerate(dangers(), start=1)
    ] + [
        checks.Warning(message, id=f"rugpijn.W{number:03}")
        for number, message in enumerate(shortcomings(), start=1)
    ]


def refuse_missing_database() -> None:
    """Stop the start without a database file. Called by wsgi.py, before anything reads the
    database."""
    name = settings.DATABASES["default"]["NAME"]
    if _is_sqlite() and is_gone(name):
        raise ImproperlyConfigured(f"Rugpijn does not start. {NO_DATABASE.format(path=name)}")


def refuse_half_restore() -> None:
    """Stop the start after an interrupted restore. Called by wsgi.py and the worker."""
    if left_behind.unfinished() is not None:
        raise ImproperlyConfigured(f"Rugpijn does not start. {left_behind.UNFINISHED}")
    left_behind.sweep()


def refuse_unguarded_log() -> None:
    """Stop the start when the database does not protect the access log. Called by wsgi.py."""
    if guard.missing():
        raise ImproperlyConfigured(f"Rugpijn does not start. {UNGUARDED_LOG}")


@checks.register(checks.Tags.database)
def check_log_guard(app_configs, databases=None, **kwargs):
    """Check the protection of the access log, in `manage.py check --database default` and before
    each migrate, which restores it."""
    if not databases:
        return []
    try:
        unguarded = guard.missing()
    except DatabaseError as error:
        return [checks.Error(f"The database does not answer: {error}", id="rugpijn.E100")]
    return [checks.Warning(UNGUARDED_LOG, id="rugpijn.W101")] if unguarded else []
