"""Changes to somebody's way in that are asked for by who runs the server.

Running the server opens no record. Whoever may give a therapist another e-mail address or a new
second step could log in as that therapist. So such a change is written in the practice's own log,
told by mail to its owners and to the person's address of before, and waits for a day. Each owner
and the person can refuse it, with a link in that mail. An owner makes it work at once by confirming
it: another one than it is about, and none who got a way in from the operator within a day. So a
change to the only owner of a practice always waits its day, which ends by itself.

What takes a way in away (a role, the account) never waits: it protects. Owners change the roles,
accounts and second steps of their own colleagues at once; the colleague is told by mail.

`ways_in.py` lists every way into somebody's login.
"""

from collections.abc import Iterable

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from .. import audit
from ..backup import ended
from ..models import AccessChange, Practice, StaffInvitation, User
from . import access_mail, second_factor, sessions
from .access_rules import WAITS, owners
from .devices import forget

Kind, Outcome = AccessChange.Kind, AccessChange.Outcome
ASK, AT_ONCE, CONFIRM = "ask access change", "access change at once", "confirm access change"
REFUSE, CARRY_OUT = "refuse access change", "carry out access change"


def waiting(**which) -> QuerySet[AccessChange]:
    found = AccessChange.objects.filter(outcome=Outcome.OPEN, **which)
    return found.select_related("practice", "person", "invitation", "asked_by")


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
    """Note the change, write it down, and tell owners and person. Without a request it was typed
    on the server. The change that it follows is put aside."""
    practice = (person or invitation).practice
    Practice.objects.select_for_update().get(pk=practice.pk)  # owners come and go one by one
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
    """Nobody has ever had an account in it, so there is nobody to tell and nothing to open."""
    return not User.objects.filter(practice=practice).exists()


@transaction.atomic
def confirm(request, change: AccessChange) -> bool:
    """By an owner: it works from now on. False when it waited no more."""
    held = _hold(change)
    if held is None:
        return False
    _write_down(request, CONFIRM, held)
    _settle(held)
    return True


@transaction.atomic
def refuse(request, change: AccessChange, *, by: User | None = None) -> bool:
    """By an owner, by who asked, or (`by`) by the person, with the link in the mail."""
    held = _hold(change)
    if held is None:
        return False
    _close(held, Outcome.REFUSED)
    _write_down(request, REFUSE, held, actor=by)
    _tell_settled(held, _address(held))
    return True


def settle_due() -> None:
    """Carry out what has waited long enough: asked on every way in, and at night."""
    now = timezone.now()
    if not waiting(works_at__lte=now).exists():
        return
    for change in waiting(works_at__lte=now):
        with transaction.atomic():
            held = _hold(change)
            if held is not None:
                _write_down(None, CARRY_OUT, held)
                _settle(held)


@transaction.atomic
def took_away(request, person: User, roles: Iterable[str]) -> None:
    """The operator took roles or the account of somebody away: that is in force already."""
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
    """Locked; None when somebody else settled it meanwhile."""
    return waiting().select_for_update(of=("self",)).filter(pk=change.pk).first()


def _close(change: AccessChange, outcome: str) -> None:
    change.outcome, change.settled_at = outcome, timezone.now()
    change.save(update_fields=["outcome", "settled_at"])


def _carry_out(change: AccessChange) -> None:
    done = _CARRY_OUT[change.kind](change)
    _close(change, Outcome.DONE if done else Outcome.FAILED)


def _settle(change: AccessChange) -> None:
    before = _address(change)
    _carry_out(change)
    _tell_settled(change, before)


def _address(change: AccessChange) -> str | None:
    return change.person.email if change.person else None


def _tell_settled(change: AccessChange, before: str | None) -> None:
    access_mail.tell_settled(change, owners(change.practice), before)


def _write_down(request, act: str, change: AccessChange, actor: User | None = None) -> None:
    """In the log of the practice, with what kind of change it is."""
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
    ended.note("address", person)
    # allauth's own list would keep the old address good for logging in.
    EmailAddress.objects.filter(user=person).delete()
    return True


def take_factor_away(person: User) -> None:
    """No second factor, no code on paper and no login: the next one sets up a new second step."""
    factors = second_factor.of(person)
    for factor in factors:
        ended.note("second step", factor)
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
    ended.note("account", change.person)
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
