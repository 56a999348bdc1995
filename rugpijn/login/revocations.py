"""What a restored backup must not bring back of somebody's access: accounts, roles, passwords,
addresses and second steps that were taken away after the backup was made.
"""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.utils import timezone

from ..backup.revocations import RevocationKind, digest
from ..models import AccessChange, GlassBreak, Practice, StaffInvitation, User

FLAGS = ("is_active", "is_therapist", "is_owner", "is_superuser")
KEY, APP = Authenticator.Type.WEBAUTHN, Authenticator.Type.TOTP
GONE = "gone"


def _flags(user: User) -> str:
    return " ".join(name for name in FLAGS if getattr(user, name))


def _take_flags(user: User, state: str) -> bool:
    lost = [name for name in FLAGS if getattr(user, name) and name not in state.split()]
    for name in lost:
        setattr(user, name, False)
    user.save(update_fields=lost)
    return bool(lost)


def _password(user: User) -> str:
    """A digest of the stored hash. That has a random salt, so it can be compared, not guessed."""
    return digest(user.password)


def _take_password(user: User, state: str) -> bool:
    if not user.has_usable_password() or _password(user) == state:
        return False
    user.set_unusable_password()
    user.save(update_fields=["password"])
    return True


def _address(user: User) -> str:
    """A digest with the random uuid of the account, so that a list of addresses finds none."""
    return digest(user.uuid, user.email or "")


def _take_address(user: User, state: str) -> bool:
    """Remove the address. The mailbox may be somebody else's by now: nothing is mailed to it."""
    if user.email is None or _address(user) == state:
        return False
    user.email = None
    user.login_code = user.login_code or User.new_login_code()
    user.save(update_fields=["email", "login_code"])
    EmailAddress.objects.filter(user=user).delete()
    return True


def _authenticator(factor: Authenticator) -> str:
    """Named by what stays the same in use: the secret of an app, the id of a passkey."""
    secret = factor.data.get("secret") or factor.data.get("credential", {}).get("rawId")
    return f"{factor.user.uuid}:{digest(secret)}"


def _remove(factor: Authenticator, state: str) -> bool:
    factor.delete()
    return True


def _steps(practice: Practice) -> str:
    return "on" if practice.second_step else "off"


def _ask_again(practice: Practice, state: str) -> bool:
    if practice.second_step or state == "off":
        return False
    practice.second_step = True
    practice.save(update_fields=["second_step"])
    return True


def close_what_was_open(restored) -> str | None:
    """After a restore: close the invitations and access changes that were open in the backup.

    An invitation that was used or withdrawn since would open again, and a change that was refused
    would take effect. Returns a sentence for the operator, or None when there were none.
    """
    now = timezone.now()
    expired = now - StaffInvitation.VALID_FOR
    invitations = StaffInvitation.objects.filter(accepted_at=None, created_at__gt=expired)
    number = invitations.update(created_at=expired)
    number += AccessChange.objects.filter(outcome="").update(outcome="refused", settled_at=now)
    GlassBreak.objects.filter(ended_at=None).update(ended_at=now)
    if not number:
        return None
    return (
        f"Open invitations of colleagues and waiting changes are closed: {number}. Make new ones."
    )


def _key(user: User) -> str:
    return str(user.uuid)


def _of_user(name: str, sentence: str, state, take, **more) -> RevocationKind:
    return RevocationKind(name, sentence, User.objects.all, _key, state, take, **more)


KINDS = (
    _of_user("account", "Accounts or roles that were taken away since", _flags, _take_flags),
    _of_user(
        "password",
        "Passwords that were changed since no longer work; a new one is asked for by mail",
        _password,
        _take_password,
        only_since=True,  # Django makes a stronger hash of the same password now and then
    ),
    _of_user(
        "address", "E-mail addresses that were changed since are taken off", _address, _take_address
    ),
    RevocationKind(
        "second step",
        "Passkeys and apps that were removed since",
        lambda: Authenticator.objects.filter(type__in=(KEY, APP)).select_related("user"),
        _authenticator,
        lambda factor: GONE,
        _remove,
    ),
    RevocationKind(
        "practice",
        "Practices that ask patients for a second step again",
        Practice.objects.all,
        lambda practice: str(practice.uuid),
        _steps,
        _ask_again,
    ),
)
