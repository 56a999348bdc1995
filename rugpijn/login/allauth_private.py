"""What this app uses of django-allauth although its authors promise nothing about it.

A release of allauth may move, rename or remove any of these, so requirements.in pins one release.
Nothing else in this app imports an `internal` module of allauth. The tests say which name is gone
after an upgrade.
"""

from allauth import __version__
from django.utils.module_loading import import_string

PASSKEYS = "allauth.mfa.webauthn.internal.auth"


def private(path: str, why: str):
    """Return the function at `path`. Raises an ImportError that names the upgrade if it is gone."""
    try:
        return import_string(path)
    except ImportError as error:
        raise ImportError(
            f"The upgrade to django-allauth {__version__} took {path} away, which is used {why}. "
            "Change rugpijn/login/allauth_private.py together with the upgrade."
        ) from error


record_authentication = private(
    "allauth.account.internal.flows.login.record_authentication",
    "to note in the session how somebody showed who they are",
)
stash_login = private(
    "allauth.account.internal.stagekit.stash_login",
    "to keep how many wrong codes were typed during a login",
)
begin_registration = private(f"{PASSKEYS}.begin_registration", "to ask a browser for a new passkey")
complete_registration = private(
    f"{PASSKEYS}.complete_registration", "to check a new passkey against the challenge"
)
begin_authentication = private(
    f"{PASSKEYS}.begin_authentication", "to ask a browser for a passkey of a person"
)
parse_authentication_response = private(
    f"{PASSKEYS}.parse_authentication_response", "to refuse an answer that is no passkey"
)
complete_authentication = private(
    f"{PASSKEYS}.complete_authentication", "to check the signature of a passkey"
)
