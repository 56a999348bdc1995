"""Who owns something in the library, who may read and change it, and who reviewed it.

Also the language to which texts fall back.
"""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from rugpijn.models import Practice, User

FALLBACK = "nl"  # every text exists in Dutch; other languages fall back to it, field by field


def in_language(texts: dict[str, str], language: str | None = None) -> str:
    """The text in `language`, by default the active one, or else in Dutch, or else ""."""
    return texts.get(language or get_language() or FALLBACK) or texts.get(FALLBACK, "")


class LibraryQuerySet(models.QuerySet):
    """Rows without a practice are shared with everyone; the others belong to one practice."""

    def visible_to(self, user: User):
        """The shared rows and those of the user's practice. Other practices' stay hidden."""
        if not user.is_active:
            return self.none()
        rule = Q(practice__isnull=True)
        if user.practice_id is not None:
            rule |= Q(practice=user.practice_id)
        return self.filter(rule)

    def editable_by(self, user: User):
        """Staff edit the rows of their practice; a superuser edits the shared rows."""
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
    """The name of the physiotherapist who reviewed it, and the day."""

    reviewed_by = models.CharField(_("reviewed by"), max_length=120, blank=True)
    reviewed_on = models.DateField(_("reviewed on"), null=True, blank=True)

    class Meta:
        abstract = True


class Owned(Reviewed):
    """A row of the library: shared (no practice), or owned by one practice."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    practice = models.ForeignKey(
        Practice, models.CASCADE, null=True, blank=True, editable=False, verbose_name=_("practice")
    )
    # Its name in the library file from which it was loaded.
    key = models.SlugField(max_length=60, null=True, unique=True, editable=False)

    objects = LibraryQuerySet.as_manager()

    class Meta:
        abstract = True
