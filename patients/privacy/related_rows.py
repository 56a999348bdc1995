"""Finds the rows about a patient, and those about a login, from the models.

A table belongs to a patient when foreign keys with CASCADE lead from it to the patient, directly or
by way of other tables. So a table that is added later is exported and erased as well.
"""

from collections.abc import Iterator
from functools import cache

from django.apps import apps
from django.db.models import CASCADE, Model, QuerySet

from rugpijn.models import User

from ..models import Patient

Way = str  # a lookup, such as "programme__patient"


@cache
def ways_to(target: type[Model]) -> dict[type[Model], Way]:
    """Return the shortest lookup from each model to the target; the nearest models come first."""
    ways, edge = {}, {target: ""}
    while edge:
        beyond = {}
        for model in apps.get_models():
            for field in model._meta.concrete_fields:
                near = field.related_model
                if near not in edge or field.remote_field.on_delete is not CASCADE:
                    continue
                if model not in ways and model is not target:
                    way = f"{field.name}__{edge[near]}" if edge[near] else field.name
                    beyond.setdefault(model, way)
        ways |= beyond
        edge = beyond
    return ways


def rows_of(patient: Patient) -> Iterator[QuerySet]:
    """Yield the rows about a patient, one queryset a table; the patient's own row comes first."""
    yield Patient.objects.filter(pk=patient.pk)
    for model, way in ways_to(Patient).items():
        yield model._base_manager.filter(**{way: patient.pk}).order_by("pk")


def rows_of_login(user: User) -> Iterator[QuerySet]:
    """Yield the rows about a login that belong to no patient: devices, sessions, keys."""
    yield User.objects.filter(pk=user.pk)
    of_patients = ways_to(Patient)
    for model, way in ways_to(User).items():
        if model not in of_patients and model is not Patient:
            yield model._base_manager.filter(**{way: user.pk}).order_by("pk")
