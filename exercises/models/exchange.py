"""A file with exercises and protocols that a member of staff is importing."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rugpijn.models import Practice, User


class LibraryImportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The user's own uploads, for the practice in which the user works now."""
        if not user.is_active or not user.is_staff:
            return self.none()
        return self.filter(made_by=user, practice=user.practice_id)


class LibraryImport(models.Model):
    """An uploaded file with its findings. Its dates tell its state.

    `exercises.exchange.importing` writes it. Nothing of it is in the library before `imported_at`.
    """

    class Format(models.TextChoices):
        ZIP = "zip", "ZIP"
        CSV = "csv", "CSV"
        XLSX = "xlsx", "Excel (XLSX)"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    practice = models.ForeignKey(Practice, models.CASCADE, null=True, related_name="+")
    made_by = models.ForeignKey(User, models.CASCADE, related_name="+")
    name = models.CharField(max_length=255)
    format = models.CharField(max_length=4, choices=Format)
    content = models.BinaryField(null=True)  # None when the import has ended
    created_at = models.DateTimeField(default=timezone.now)
    touched_at = models.DateTimeField(default=timezone.now)  # by the background worker
    checked = models.PositiveIntegerField(default=0)  # rows, of `total`
    total = models.PositiveIntegerField(null=True)
    checked_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True)  # why the file as a whole is refused
    findings = models.JSONField(default=list)  # for each row that is new, changed or wrong
    counts = models.JSONField(default=dict)  # {kind: {status: number of rows}}
    outdated = models.BooleanField(default=False)  # the library changed after the first check
    confirmed_at = models.DateTimeField(null=True)
    imported_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)

    objects = LibraryImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-created_at"]

    def __str__(self):
        return self.name
