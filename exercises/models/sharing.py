"""Who may read and change what is in the library, and in which language it always exists."""

from django.db import models
from django.db.models import Q

from rugpijn.models import User

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
