"""The check that keeps an owner in each practice."""

from ..models import Practice, User


def is_last_owner(user: User) -> bool:
    """Whether nobody else could manage the practice. Locks the practice: two owners who take each
    other's role away at once must not both succeed."""
    if not (user.is_owner and user.is_active and user.practice_id):
        return False
    Practice.objects.select_for_update().get(pk=user.practice_id)
    others = User.objects.filter(practice=user.practice_id, is_owner=True, is_active=True)
    return not others.exclude(pk=user.pk).exists()
