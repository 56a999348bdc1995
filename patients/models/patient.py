"""The patient, and the invitation that lets a patient in."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rugpijn.models import Invitation, Practice, User, languages
from rugpijn.validators import printable

from ..access import CareQuerySet, OfPatientQuerySet


class Patient(models.Model):
    """Someone who is treated. Needs no e-mail and no login: paper is enough."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    practice = models.ForeignKey(
        Practice,
        models.PROTECT,
        related_name="patients",
        editable=False,
        verbose_name=_("practice"),
    )
    user = models.ForeignKey(
        User,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="patients",
        verbose_name=_("login"),
    )
    name = models.CharField(_("name"), max_length=120, validators=[printable])
    birth_date = models.DateField(_("date of birth"))
    email = models.EmailField(
        _("e-mail"), blank=True, help_text=_("To reach the patient; two people may share one.")
    )
    phone = models.CharField(_("phone"), max_length=30, blank=True, validators=[printable])
    language = models.CharField(
        _("language"),
        max_length=7,
        choices=languages,
        default="nl",
        help_text=_("Programme, paper and screen are in this language."),
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        User, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    # Treated until that day; empty for somebody who is treated now.
    discharged_on = models.DateField(_("discharged on"), null=True, editable=False)
    discharged_by = models.ForeignKey(
        User, models.SET_NULL, null=True, editable=False, related_name="+"
    )

    objects = CareQuerySet.as_manager()

    class Meta:
        verbose_name = _("patient")
        verbose_name_plural = _("patients")
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["practice", "name"], name="patient_by_name")]

    def __str__(self):
        return self.name

    @property
    def record_of(self) -> "Patient":
        """Whose record this row belongs to; every row about a patient has it."""
        return self


class PatientInvitation(Invitation):
    """Lets a patient choose a password, after saying the own date of birth."""

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="invitations")

    objects = OfPatientQuerySet.as_manager()

    @property
    def record_of(self) -> Patient:
        return self.patient
