"""Finds patients by name or id for readers of the access log (rugpijn/log/search.py)."""

import uuid
from collections.abc import Iterable

from django.urls import reverse

from rugpijn.log.search import MOST_PATIENTS, MOST_PEOPLE

from ..access import answered_for
from ..models import Patient
from ..search import find


def records_of(user) -> list[Patient]:
    """Return the records of this login, with their practices."""
    return list(Patient.objects.filter(user=user).select_related("practice").order_by("pk"))


class PatientsInLog:
    """Finds patients of the practice that the reader owns."""

    def find(self, reader, name: str) -> list[Patient]:
        return list(find(_of(reader), name)[: MOST_PATIENTS + 1])

    def by_id(self, reader, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Patient]:
        return {patient.uuid: patient for patient in _of(reader).filter(uuid__in=ids)}

    def users_of(self, reader, name: str) -> list[uuid.UUID]:
        """Return the logins of patients with this name, who act in the log too."""
        patients = find(_of(reader).filter(user__isnull=False), name)
        return list(patients.values_list("user__uuid", flat=True)[:MOST_PEOPLE])

    def page_of(self, patient: Patient) -> str:
        return reverse("patients:access_log", args=[patient.uuid])


def _of(reader):
    return Patient.objects.filter(answered_for(reader))
