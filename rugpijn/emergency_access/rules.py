"""Breaking the glass: who runs the server reads one practice's records, for an hour at most.

Running the server is no treatment relationship, so it opens no patient. When something must be
looked at all the same, it is done with a reason that the practice's owners read, for one practice,
for reading only, and every page is in the practice's own access log. `patients/access.py` asks
`open_practices`; nothing else opens a record.
"""

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from .. import audit
from .models import GlassBreak

LONGEST = timedelta(minutes=60)
OVER = "close glass after its hour"


def of(user) -> GlassBreak | None:
    """What this person opened and may still read."""
    if not (user.is_authenticated and user.is_active and user.is_superuser):
        return None
    return GlassBreak.objects.open().filter(actor=user.uuid).first()


def open_practices(user) -> QuerySet:
    """The uuid of the practice that this person may read in now; never more than one."""
    return GlassBreak.objects.open().filter(actor=user.uuid).values("practice")


def open_in(practice) -> list[GlassBreak]:
    """Who reads in a practice now, for its owners."""
    return list(GlassBreak.objects.open().filter(practice=practice.uuid))


def begin(request, practice, reason: str) -> GlassBreak:
    """Within a transaction. `practice` is the one whose owners are told."""
    user, now = request.user, timezone.now()
    broken = GlassBreak.objects.create(
        practice=practice.uuid,
        actor=user.uuid,
        actor_name=user.name,
        reason=reason,
        began_at=now,
        until=now + LONGEST,
    )
    _write_down(request, "break glass", broken)
    return broken


def end(request, broken: GlassBreak) -> bool:
    """By whoever opened it, or by an owner. Says whether it was still open. In a transaction."""
    open_still = GlassBreak.objects.filter(pk=broken.pk, ended_at=None)
    if open_still.update(ended_at=min(timezone.now(), broken.until)) != 1:
        return False
    _write_down(request, "close glass", broken)
    return True


def _write_down(request, act: str, broken: GlassBreak) -> None:
    """In the log of the practice: who runs the server has none of their own."""
    before = request.glass
    if broken.actor == request.user.uuid:
        request.glass = broken
    audit.record(request, act, thing=broken)
    request.glass = before


def write_down_ends(**which) -> int:
    """What ended by itself, by nobody's hand: at night, or sooner when one of both sides looks.

    It was over on its minute whether or not this ran; only the row of the log comes later. In a
    transaction. Says how many.
    """
    written = 0
    for broken in GlassBreak.objects.overdue().filter(**which):
        open_still = GlassBreak.objects.filter(pk=broken.pk, ended_at=None)
        if open_still.update(ended_at=broken.until) == 1:
            audit.record_by_system(OVER, practice=broken.practice, thing=broken)
            written += 1
    return written


class GlassMiddleware:
    """`request.glass` is what the operator of the server opened, for the page and for the log."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.glass = of(request.user)
        return self.get_response(request)
