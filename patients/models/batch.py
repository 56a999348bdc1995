"""Handouts of several patients that are printed together, in the background."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rugpijn.models import Practice, User

from ..access import treated_by
from .programme import Version


class BatchQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Return the batches of a therapist's own practice, whose patients they name."""
        return self.filter(treated_by(user))

    def find_visible(self, user, **lookup):
        return self.visible_to(user).filter(**lookup).first()


class Batch(models.Model):
    """Handouts that were asked for together. Its progress is read from its rows."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    practice = models.ForeignKey(Practice, models.CASCADE, related_name="+")
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    variant = models.CharField(max_length=20)  # a name of variants.VARIANTS
    weeks = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(default=timezone.now)
    stopped_at = models.DateTimeField(null=True)

    objects = BatchQuerySet.as_manager()
    record_of = None  # it has several patients: each is logged when their handout is shown

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")

    def __str__(self):
        return f"{self.created_at:%Y-%m-%d %H:%M}"


class BatchHandout(models.Model):
    """One handout of a batch: waiting, made, or not possible (`problem` says why)."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="handouts")
    version = models.ForeignKey(Version, models.CASCADE, related_name="+")
    position = models.PositiveIntegerField()
    made_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "version"], name="a_version_once_in_a_batch")
        ]

    def __str__(self):
        return f"{self.batch} · {self.position}"
