"""Breaking the glass: who runs the server reads one practice's records, for an hour at most.

Running the server is no treatment relationship, so it opens no patient. When something must be
looked at all the same, it is done with a reason that the practice's owners read, for one practice,
for reading only, and every page is in the practice's own access log. `patients/access.py` asks
`open_practices`; nothing else opens a record.
"""

import uuid
from datetime import timedelta

from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import audit

LONGEST = timedelta(minutes=60)


class GlassQuerySet(QuerySet):
    def open(self) -> "GlassQuerySet":
        """Ends by itself: who asks a minute too late finds nothing."""
        return self.filter(ended_at=None, until__gt=timezone.now())

    def overdue(self) -> "GlassQuerySet":
        """Over, and not yet written down as ended."""
        return self.filter(ended_at=None, until__lte=timezone.now())


class GlassBreak(models.Model):
    """Why the operator of the server read in a practice's records, and from when until when.

    Without foreign keys, as the access log: it stays when people go.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    practice = models.UUIDField(_("practice"))
    actor = models.UUIDField(_("who"))
    actor_name = models.CharField(_("name"), max_length=120)
    reason = models.CharField(_("reason"), max_length=500)
    began_at = models.DateTimeField(_("from"), default=timezone.now)
    until = models.DateTimeField(_("until"))
    ended_at = models.DateTimeField(_("ended at"), null=True)

    objects = GlassQuerySet.as_manager()

    class Meta:
        verbose_name = _("opened by the server operator")
        verbose_name_plural = _("opened by the server operator")
        ordering = ["-began_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["actor"], condition=Q(ended_at=None), name="glass_one_practice_at_a_time"
            )
        ]

    def __str__(self):
        return f"{self.actor_name} {self.began_at:%Y-%m-%d %H:%M}"

    @property
    def minutes_left(self) -> int:
        """Rounded up: in its last minute it says one."""
        left = self.until - timezone.now()
        return max(0, -(-int(left.total_seconds()) // 60))


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
    request.glass = broken
    audit.record(request, "break glass", thing=broken)
    return broken


def end(request, broken: GlassBreak) -> bool:
    """By whoever opened it, or by an owner. Says whether it was still open. In a transaction."""
    open_still = GlassBreak.objects.filter(pk=broken.pk, ended_at=None)
    if open_still.update(ended_at=min(timezone.now(), broken.until)) != 1:
        return False
    audit.record(request, "close glass", thing=broken)
    return True


def write_down_ends(request, **which) -> None:
    """What ended by itself is written down when somebody next looks. In a transaction."""
    for broken in GlassBreak.objects.overdue().filter(**which):
        end(request, broken)


class GlassMiddleware:
    """`request.glass` is what the operator of the server opened, for the page and for the log."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.glass = of(request.user)
        return self.get_response(request)
