"""Emergency access: the operator of the server reads one practice's records, for an hour at most.

Running the server is not a treatment relationship, so it opens no patient. When a record must be
read all the same, the operator gives a reason, which the practice's owners read. It opens one
practice, for reading only, and each page is logged in the practice's own access log.
`patients/access.py` asks `open_practices`; nothing else opens a record.
"""

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from .. import audit
from ..web.base_middleware import Middleware
from .models import GlassBreak

LONGEST = timedelta(minutes=60)
OVER = "close glass after its hour"


def of(user) -> GlassBreak | None:
    """The access that this person opened and still has."""
    if not (user.is_authenticated and user.is_active and user.is_superuser):
        return None
    return GlassBreak.objects.open().filter(actor=user.uuid).first()


def open_practices(user) -> QuerySet:
    """The uuid of the practice that this person may read in now; never more than one."""
    return GlassBreak.objects.open().filter(actor=user.uuid).values("practice")


def open_in(practice) -> list[GlassBreak]:
    """The access to a practice that is open now, for its owners."""
    return list(GlassBreak.objects.open().filter(practice=practice.uuid))


def begin(request, practice, reason: str) -> GlassBreak:
    """Open the records of `practice`, whose owners are told. Call it within a transaction."""
    user, now = request.user, timezone.now()
    opened = GlassBreak.objects.create(
        practice=practice.uuid,
        actor=user.uuid,
        actor_name=user.name,
        reason=reason,
        began_at=now,
        until=now + LONGEST,
    )
    _write_down(request, "break glass", opened)
    return opened


def end(request, opened: GlassBreak) -> bool:
    """End it, for whoever opened it or for an owner. Call it within a transaction. Returns whether
    it was still open."""
    still_open = GlassBreak.objects.filter(pk=opened.pk, ended_at=None)
    if still_open.update(ended_at=min(timezone.now(), opened.until)) != 1:
        return False
    _write_down(request, "close glass", opened)
    return True


def _write_down(request, act: str, opened: GlassBreak) -> None:
    """Log it for the practice: the operator has no practice of their own."""
    before = request.glass
    if opened.actor == request.user.uuid:
        request.glass = opened
    audit.record(request, act, thing=opened)
    request.glass = before


def write_down_ends(**which) -> int:
    """Log the access that ended by itself: every night, or sooner when a page needs it.

    The access itself ended on its minute. Only the row in the log comes later. Call it within a
    transaction. Returns how many rows were written.
    """
    written = 0
    for opened in GlassBreak.objects.overdue().filter(**which):
        still_open = GlassBreak.objects.filter(pk=opened.pk, ended_at=None)
        if still_open.update(ended_at=opened.until) == 1:
            audit.record_by_system(OVER, practice=opened.practice, thing=opened)
            written += 1
    return written


class GlassMiddleware(Middleware):
    """Sets `request.glass` to the access that the operator has open, for page and log."""

    def __call__(self, request):
        request.glass = of(request.user)
        return self.get_response(request)
