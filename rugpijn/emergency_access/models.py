"""The table with each time that the operator of the server read in a practice."""

import uuid

from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class GlassQuerySet(QuerySet):
    def open(self) -> "GlassQuerySet":
        """Access that has not ended. At its end time it ends by itself, without a write."""
        return self.filter(ended_at=None, until__gt=timezone.now())

    def overdue(self) -> "GlassQuerySet":
        """Access whose time is over, of which the log does not yet have the end."""
        return self.filter(ended_at=None, until__lte=timezone.now())


class GlassBreak(models.Model):
    """Why the operator of the server read a practice's records, from when until when. Without
    foreign keys, like the access log: it stays when people are deleted."""

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
        """Rounded up, so that the last minute is 1."""
        left = self.until - timezone.now()
        return max(0, -(-int(left.total_seconds()) // 60))
