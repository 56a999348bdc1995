"""Settings that could hurt a patient stop the start."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from . import log_guard

WEAK_KEY = (
    "Set SECRET_KEY to at least 50 random characters; a weak key lets anyone log in as anyone."
)
DEBUG_ON = "Turn DEBUG off: its error pages show patients' data."
ANY_HOST = "Name the practice's own host in ALLOWED_HOSTS instead of “*”."
UNGUARDED_LOG = (
    "The access log is not guarded against changes. Type `manage.py migrate`, and find out who "
    "took the guard away."
)
NO_SITE = "Set SITE_URL to the practice's https address; every link on paper starts with it."


def dangers() -> list[str]:
    """What is wrong with these settings for a practice with real patients."""
    found = []
    if settings.DEBUG:
        found.append(DEBUG_ON)
    for key in (settings.SECRET_KEY, settings.SHARE_KEY):
        if (len(key) < 50 or len(set(key)) < 10) and WEAK_KEY not in found:
            found.append(WEAK_KEY)
    if "*" in settings.ALLOWED_HOSTS:
        found.append(ANY_HOST)
    if urlsplit(settings.SITE_URL).scheme != "https":
        found.append(NO_SITE)
    return found


def refuse_dangerous_settings() -> None:
    """Called by wsgi.py, since a production server runs no Django checks."""
    found = dangers()
    if found:
        raise ImproperlyConfigured("Rugpijn does not start. " + " ".join(found))


@checks.register(checks.Tags.security, deploy=True)
def check_settings(app_configs, **kwargs):
    return [
        checks.Error(message, id=f"rugpijn.E{number:03}")
        for number, message in enumerate(dangers(), start=1)
    ]


def refuse_unguarded_log() -> None:
    """Called by wsgi.py. Without a database there is no page to serve either."""
    if log_guard.missing():
        raise ImproperlyConfigured(f"Rugpijn does not start. {UNGUARDED_LOG}")


@checks.register(checks.Tags.database)
def check_log_guard(app_configs, databases=None, **kwargs):
    """By `manage.py check --database default`, and before each migrate, which puts it right."""
    if not databases:
        return []
    try:
        unguarded = log_guard.missing()
    except DatabaseError as error:
        return [checks.Error(f"The database does not answer: {error}", id="rugpijn.E100")]
    return [checks.Warning(UNGUARDED_LOG, id="rugpijn.W101")] if unguarded else []
