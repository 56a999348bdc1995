"""What of somebody's way in was taken away: accounts, roles, passwords, addresses, second steps."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.utils import timezone

from ..backup.ended import EndedKind, digest
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
    """Of the stored hash, which holds a random salt: it can be compared and not guessed."""
    return digest(user.password)


def _take_password(user: User, state: str) -> bool:
    if not user.has_usable_password() or _password(user) == state:
        return False
    user.set_unusable_password()
    user.save(update_fields=["password"])
    return True


def _address(user: User) -> str:
    """With the random number of the account, so that no list of addresses gives it away."""
    return digest(user.uuid, user.email or "")


def _take_address(user: User, state: str) -> bool:
    """The mailbox of before may be somebody else's by now: nothing is mailed to it."""
    if user.email is None or _address(user) == state:
        return False
    user.email = None
    user.login_code = user.login_code or User.new_login_code()
    user.save(update_fields=["email", "login_code"])
    EmailAddress.objects.filter(user=user).delete()
    return True


def _authenticator(one: Authenticator) -> str:
    """By what stays the same while it is used: the secret of an app, the id of a passkey."""
    own = one.data.get("secret") or one.data.get("credential", {}).get("rawId")
    return f"{one.user.uuid}:{digest(own)}"


def _remove(one: Authenticator, state: str) -> bool:
    one.delete()
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
    """After a restore: an invitation that was used or withdrawn since would open again, and a
    change that was refused would work after all. So none of those in a backup stays open."""
    now = timezone.now()
    expired = now - StaffInvitation.VALID_FOR
    closed = StaffInvitation.objects.filter(accepted_at=None, created_at__gt=expired)
    number = closed.update(created_at=expired)
    number += AccessChange.objects.filter(outcome="").update(outcome="refused", settled_at=now)
    GlassBreak.objects.filter(ended_at=None).update(ended_at=now)
    if not number:
        return None
    return (
        f"Open invitations of colleagues and waiting changes are closed: {number}. Make new ones."
    )


def _key(user: User) -> str:
    return str(user.uuid)


KINDS = (
    EndedKind(
        "account",
        "Accounts or roles that were taken away since",
        User.objects.all,
        _key,
        _flags,
        _take_flags,
    ),
    EndedKind(
        "password",
        "Passwords that were changed since no longer work; a new one is asked for by mail",
        User.objects.all,
        _key,
        _password,
        _take_password,
        only_since=True,  # Django makes a stronger hash of the same password now and then
    ),
    EndedKind(
        "address",
        "E-mail addresses that were changed since are taken off",
        User.objects.all,
        _key,
        _address,
        _take_address,
    ),
    EndedKind(
        "second step",
        "Passkeys and apps that were removed since",
        lambda: Authenticator.objects.filter(type__in=(KEY, APP)).select_related("user"),
        _authenticator,
        lambda one: GONE,
        _remove,
    ),
    EndedKind(
        "practice",
        "Practices that ask patients for a second step again",
        Practice.objects.all,
        lambda practice: str(practice.uuid),
        _steps,
        _ask_again,
    ),
)
