"""Who may decide about an access change: asked by the acts, the pages and the mails."""

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from ..models import AccessChange, Practice, User

WAITS = timedelta(hours=24)
Kind, Outcome = AccessChange.Kind, AccessChange.Outcome
GIVES = [Kind.EMAIL, Kind.FACTOR, Kind.ROLES, Kind.OPENED, Kind.INVITATION]  # access


def owners(practice: Practice) -> QuerySet[User]:
    return User.objects.filter(practice=practice, is_owner=True, is_active=True)


def may_decide(user: User, practice: Practice) -> bool:
    """Whether this person is an active owner of the practice."""
    return user.is_active and user.is_owner and user.practice_id == practice.pk


def may_confirm(user: User, change: AccessChange) -> bool:
    """Whether this owner may confirm the change.

    Not the owner it is about, nor who asked for it, since an operator can be an owner too. Nor an
    owner whose own access the operator gave or changed in the last 24 hours: that account may be
    the operator's.
    """
    return (
        may_decide(user, change.practice)
        and user.pk not in (change.asked_by_id, change.person_id)
        and not _came_by_operator(user)
    )


def _came_by_operator(user: User) -> bool:
    day_ago = timezone.now() - WAITS
    own = Q(person=user, kind__in=GIVES, settled_at__gt=day_ago)
    invited = Q(invitation__email__iexact=user.email or "", invitation__accepted_at__gt=day_ago)
    return AccessChange.objects.filter(own | invited, outcome=Outcome.DONE).exists()


def can_be_confirmed(change: AccessChange) -> bool:
    """Whether any owner may confirm it. If not it waits for 24 hours, and mails say so."""
    return any(may_confirm(owner, change) for owner in owners(change.practice))
