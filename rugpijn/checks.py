"""Settings that could hurt a patient stop the start."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured

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
NO_SITE = "Set SITE_URL to the practice's https address; every link on paper starts with it."


def dangers() -> list[str]:
    """What is wrong with these settings for a practice with real patients."""
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
    return found


def _is_weak(key: str) -> bool:
    return len(key) < 50 or len(set(key)) < 10


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
