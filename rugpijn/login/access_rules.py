"""Who decides about a change to somebody's way in, for the acts, the pages and the mails."""

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from ..models import AccessChange, Practice, User

WAITS = timedelta(hours=24)
Kind, Outcome = AccessChange.Kind, AccessChange.Outcome
GIVES = [Kind.EMAIL, Kind.FACTOR, Kind.ROLES, Kind.OPENED, Kind.INVITATION]  # a way in


def owners(practice: Practice) -> QuerySet[User]:
    return User.objects.filter(practice=practice, is_owner=True, is_active=True)


def may_decide(user: User, practice: Practice) -> bool:
    """Whether this person answers for who gets into the practice."""
    return user.is_active and user.is_owner and user.practice_id == practice.pk


def may_confirm(user: User, change: AccessChange) -> bool:
    """An owner; never the one it is about, nor the one who asked, who may run the server as well.

    Nor one whose own way in the operator made or changed within a day: it may be the operator.
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
    """Whether anybody may confirm it; otherwise it waits its day, and everybody is told so."""
    return any(may_confirm(owner, change) for owner in owners(change.practice))
