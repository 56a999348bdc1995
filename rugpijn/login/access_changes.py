"""Changes to how somebody logs in that the operator of the server asks for.

The operator opens no record. But whoever may give a therapist another e-mail address or a new
second step could log in as that therapist. So such a change is logged for the practice, mailed to
its owners and to the person's present address, and waits for 24 hours. Each owner and the person
can refuse it with a link in that mail. Another owner can confirm it, and then it works at once;
not the owner whom it is about, nor one whose own access the operator changed in the last 24 hours.
So a change to the only owner of a practice always waits for 24 hours.

What takes access away (a role, the account) works at once, because it protects. Owners change the
roles, accounts and second steps of their own colleagues at once; the colleague is told by mail.

`ways_in.py` lists every way into somebody's account.
"""

from collections.abc import Iterable

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from .. import audit
from ..backup import revocations
from ..models import AccessChange, Practice, StaffInvitation, User
from . import access_mail, second_factor, sessions
from .access_rules import WAITS, owners
from .devices import forget

Kind, Outcome = AccessChange.Kind, AccessChange.Outcome
ASK, AT_ONCE, CONFIRM = "ask access change", "access change at once", "confirm access change"
REFUSE, CARRY_OUT = "refuse access change", "carry out access change"


def waiting(**which) -> QuerySet[AccessChange]:
    changes = AccessChange.objects.filter(outcome=Outcome.OPEN, **which)
    return changes.select_related("practice", "person", "invitation", "asked_by")


@transaction.atomic
def ask(
    request,
    kind: str,
    *,
    person: User | None = None,
    invitation: StaffInvitation | None = None,
    email: str = "",
    roles: Iterable[str] = (),
) -> AccessChange:
    """Store the change, log it, and mail the owners and the person. `request` is None for a change
    that was typed on the server. An earlier change of the same kind that still waits is refused."""
    practice = (person or invitation).practice
    # Changes of one practice wait for each other.
    Practice.objects.select_for_update().get(pk=practice.pk)
    now, at_once = timezone.now(), is_new(practice)
    about = {"person": person, "invitation": invitation}
    waiting(kind=kind, **about).update(outcome=Outcome.REFUSED, settled_at=now)
    change = AccessChange.objects.create(
        kind=kind,
        practice=practice,
        email=email,
        roles=" ".join(sorted(roles)),
        asked_by=request.user if request else None,
        asked_name=request.user.name if request else "",
        asked_at=now,
        works_at=now if at_once else now + WAITS,
        **about,
    )
    _write_down(request, AT_ONCE if at_once else ASK, change)
    before = _address(change)
    if at_once:
        _carry_out(change)
    access_mail.tell_asked(change, owners(practice), before, at_once=at_once)
    return change


def is_new(practice: Practice) -> bool:
    """Whether nobody ever had an account in this practice: then there is nobody to tell."""
    return not User.objects.filter(practice=practice).exists()


@transaction.atomic
def confirm(request, change: AccessChange) -> bool:
    """Carry the change out now, for an owner. Returns False when it no longer waits."""
    locked = _hold(change)
    if locked is None:
        return False
    _write_down(request, CONFIRM, locked)
    _settle(locked)
    return True


@transaction.atomic
def refuse(request, change: AccessChange, *, by: User | None = None) -> bool:
    """Refuse the change; `by` is who used the link in the mail, without a login. Returns False when
    it no longer waits."""
    locked = _hold(change)
    if locked is None:
        return False
    _close(locked, Outcome.REFUSED)
    _write_down(request, REFUSE, locked, actor=by)
    _tell_settled(locked, _address(locked))
    return True


def settle_due() -> None:
    """Carry out each change that has waited long enough. Called at each login and at night."""
    now = timezone.now()
    if not waiting(works_at__lte=now).exists():
        return
    for change in waiting(works_at__lte=now):
        with transaction.atomic():
            locked = _hold(change)
            if locked is not None:
                _write_down(None, CARRY_OUT, locked)
                _settle(locked)


@transaction.atomic
def took_away(request, person: User, roles: Iterable[str]) -> None:
    """Note and mail that the operator took roles or the account away, which works at once."""
    now = timezone.now()
    change = AccessChange.objects.create(
        kind=Kind.LOCKED,
        practice=person.practice,
        person=person,
        roles=" ".join(sorted(roles)),
        asked_by=request.user,
        asked_name=request.user.name,
        asked_at=now,
        works_at=now,
        settled_at=now,
        outcome=Outcome.DONE,
    )
    access_mail.tell_asked(change, owners(person.practice), person.email, at_once=True)


def _hold(change: AccessChange) -> AccessChange | None:
    """The change, with its row locked; None when somebody else settled it meanwhile."""
    return waiting().select_for_update(of=("self",)).filter(pk=change.pk).first()


def _close(change: AccessChange, outcome: str) -> None:
    change.outcome, change.settled_at = outcome, timezone.now()
    change.save(update_fields=["outcome", "settled_at"])


def _carry_out(change: AccessChange) -> None:
    succeeded = _CARRY_OUT[change.kind](change)
    _close(change, Outcome.DONE if succeeded else Outcome.FAILED)


def _settle(change: AccessChange) -> None:
    before = _address(change)
    _carry_out(change)
    _tell_settled(change, before)


def _address(change: AccessChange) -> str | None:
    return change.person.email if change.person else None


def _tell_settled(change: AccessChange, before: str | None) -> None:
    access_mail.tell_settled(change, owners(change.practice), before)


def _write_down(request, act: str, change: AccessChange, actor: User | None = None) -> None:
    """Log the act for the practice, with the kind of change."""
    thing = change.person or change.invitation
    if request is None:
        practice = change.practice.uuid
        audit.record_by_system(act, practice=practice, thing=thing, part=change.kind)
    else:
        audit.record(request, act, thing=thing, part=change.kind, actor=actor)


# ------------------------------------------------------------ what each kind does


def _give_address(change: AccessChange) -> bool:
    person = change.person
    if User.objects.filter(email__iexact=change.email).exclude(pk=person.pk).exists():
        return False
    person.email = change.email
    person.save(update_fields=["email"])
    revocations.note("address", person)
    # With its row in allauth's table the old address could still be used to log in.
    EmailAddress.objects.filter(user=person).delete()
    return True


def take_factor_away(person: User) -> None:
    """Remove second factors and printed codes, end all sessions, and trust no device. At the next
    login the person sets up a new second step."""
    factors = second_factor.of(person)
    for factor in factors:
        revocations.note("second step", factor)
    factors.delete()
    person.one_time_codes.all().delete()
    sessions.end_sessions(person)
    forget(person)


def _take_factor_away(change: AccessChange) -> bool:
    take_factor_away(change.person)
    return True


def _give_roles(change: AccessChange) -> bool:
    for role in change.roles.split():
        setattr(change.person, role, True)
    change.person.save(update_fields=change.roles.split())
    revocations.note("account", change.person)
    return True


def _mail_link(change: AccessChange) -> bool:
    if change.invitation.accepted_at is not None:
        return False
    access_mail.invite(change.invitation)
    return True


_CARRY_OUT = {
    Kind.EMAIL: _give_address,
    Kind.FACTOR: _take_factor_away,
    Kind.ROLES: _give_roles,
    Kind.OPENED: _give_roles,
    Kind.INVITATION: _mail_link,
}
