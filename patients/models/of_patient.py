"""What rows about a patient share: whose record they belong to, and who may see them."""

from django.db import models

from ..access import OfPatientQuerySet, OfProgrammeQuerySet


class OfPatient(models.Model):
    """A row with a `patient` of its own."""

    objects = OfPatientQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def record_of(self):
        """The patient whose record this row belongs to; every row about a patient has it."""
        return self.patient


class OfProgramme(models.Model):
    """A row that belongs to a patient by way of its `programme`."""

    objects = OfProgrammeQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def record_of(self):
        """The patient whose record this row belongs to."""
        return self.programme.patient
