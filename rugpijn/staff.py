"""What happens to a colleague's account: logged out at once, and never the last owner."""

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone

from .models import Practice, User


def end_sessions(user: User) -> int:
    """Log somebody out everywhere, now. Says how many browsers that were.

    `is_active` alone would refuse the next page as well; without its session a stolen
    cookie is worth nothing, also when the account is opened again.
    """
    own = [
        session.session_key
        for session in Session.objects.filter(expire_date__gte=timezone.now()).iterator()
        if session.get_decoded().get(SESSION_KEY) == str(user.pk)
    ]
    Session.objects.filter(session_key__in=own).delete()
    return len(own)


def is_last_owner(user: User) -> bool:
    """Whether nobody else could manage the practice.

    Locks the practice: two owners who take each other's role away at once must not both succeed.
    """
    if not (user.is_owner and user.is_active and user.practice_id):
        return False
    Practice.objects.select_for_update().get(pk=user.practice_id)
    others = User.objects.filter(practice=user.practice_id, is_owner=True, is_active=True)
    return not others.exclude(pk=user.pk).exists()
