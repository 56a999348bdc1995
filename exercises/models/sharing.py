"""Whose things in the library are, who may read and change them, and who judged them.

And in which language their words always exist.
"""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rugpijn.models import Practice, User

FALLBACK = "nl"  # every text exists in Dutch; other languages fall back to it, field by field


class LibraryQuerySet(models.QuerySet):
    """Shared things (no practice) are everyone's; the rest belongs to one practice."""

    def visible_to(self, user: User):
        """Exercises and protocols are no patient data, yet stay inside their practice."""
        if not user.is_active:
            return self.none()
        rule = Q(practice__isnull=True)
        if user.practice_id is not None:
            rule |= Q(practice=user.practice_id)
        return self.filter(rule)

    def editable_by(self, user: User):
        """A practice edits its own; whoever runs the server edits what is shared."""
        if not user.is_active:
            return self.none()
        rule = Q(pk__in=[])
        if user.is_superuser:
            rule |= Q(practice__isnull=True)
        if user.practice_id is not None and user.is_staff:
            rule |= Q(practice=user.practice_id)
        return self.filter(rule)

    def with_texts(self):
        return self.prefetch_related("texts")


class Reviewed(models.Model):
    """Who of the trade judged it, and when."""

    reviewed_by = models.CharField(_("reviewed by"), max_length=120, blank=True)
    reviewed_on = models.DateField(_("reviewed on"), null=True, blank=True)

    class Meta:
        abstract = True


class Owned(Reviewed):
    """Something of the library: shared (no practice), or one practice's own."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    practice = models.ForeignKey(
        Practice,
        models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("practice"),
    )
    # The name in the file it was loaded from.
    key = models.SlugField(max_length=60, null=True, unique=True, editable=False)

    objects = LibraryQuerySet.as_manager()

    class Meta:
        abstract = True
