"""Requests of patients for a copy of their data or its erasure, and the ledger of erasures."""

import hashlib
import uuid
from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rugpijn.models import User
from rugpijn.validators import printable

from .of_patient import OfPatient
from .patient import Patient


class DataExport(OfPatient):
    """A copy of everything about one patient: who asked for it and why, and the file.

    The file is kept for 15 minutes, for the browser session that asked.
    """

    REASON_LENGTH = 200
    KEPT = timedelta(minutes=15)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    patient = models.ForeignKey(Patient, models.CASCADE, related_name="exports")
    made_for = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=120)
    reason = models.CharField(
        _("why"), max_length=REASON_LENGTH, blank=True, validators=[printable]
    )
    session = models.CharField(max_length=64)  # a digest of the browser session that asked
    asked_at = models.DateTimeField(default=timezone.now)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    content = models.BinaryField(null=True)

    class Meta:
        ordering = ["-asked_at"]

    @property
    def is_over(self) -> bool:
        """Whether the file can no longer be fetched."""
        return self.finished_at is not None and (
            self.content is None or self.finished_at < timezone.now() - self.KEPT
        )


class ErasureRequest(OfPatient):
    """A patient's request to erase everything.

    An erasure removes this row as well; the ledger (`Erased`) then says when it was requested.
    """

    LENGTH = 500
    ANSWER_WITHIN = 30  # days; AVG 12(3) says within a month

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    patient = models.ForeignKey(Patient, models.CASCADE, related_name="erasure_requests")
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    words = models.CharField(
        _("What do you want to say about it?"),
        max_length=LENGTH,
        blank=True,
        validators=[printable],
    )
    refused_at = models.DateTimeField(null=True)
    refused_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    refused_name = models.CharField(max_length=120, blank=True)
    answer = models.CharField(_("reason"), max_length=LENGTH, blank=True, validators=[printable])

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient"],
                condition=models.Q(refused_at__isnull=True),
                name="one_open_erasure_request_a_patient",
            )
        ]

    @property
    def answer_by(self):
        return timezone.localdate(self.asked_at) + timedelta(days=self.ANSWER_WITHIN)


class Erased(models.Model):
    """One line of the ledger: somebody was erased. It does not identify the patient.

    `patient` is a digest of the record's random uuid, to recognise the record after a restore.
    """

    class Role(models.TextChoices):
        OWNER = "owner", _("practice owner")
        REQUEST = "request", _("practice owner, asked by the patient")
        TERM = "term", _("after the time that data is kept")
        LEDGER = "ledger", _("again, after a restore")

    patient = models.CharField(max_length=64, unique=True)
    practice = models.UUIDField(null=True)
    at = models.DateTimeField(default=timezone.now)
    by_role = models.CharField(max_length=8, choices=Role)
    asked_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)  # holds no names

    class Meta:
        ordering = ["at"]

    @staticmethod
    def digest(patient_uuid: uuid.UUID) -> str:
        return hashlib.sha256(patient_uuid.bytes).hexdigest()
