"""What every write of a record shares: how it is refused, who waits, and that it counts once.

The acts themselves stand in the rooms that they belong to.
"""

import uuid

from django.db import IntegrityError, transaction

from .models import Patient, Programme


class RefusedError(Exception):
    """What was asked cannot be done; the message is a sentence for whoever asked."""


class StaleOperationError(RefusedError):
    """An operation number came back with other contents; the first stays."""


def hold(row: Patient | Programme) -> None:
    """Read a row anew and keep it until the act is done: two acts take turns.

    An invitation is held before a programme, and a programme before its patient, everywhere: or
    two acts would wait for each other. What a patient does meanwhile is written down (`no_key`).
    """
    row.refresh_from_db(from_queryset=type(row).objects.select_for_update(no_key=True))


def hold_programme(programme: Programme) -> None:
    """One act about a patient at a time, and the programme as the one before has left it."""
    hold(programme)
    hold(programme.patient)


def write_once(
    model, patient: Patient, operation: uuid.UUID, contents: dict, *, refusal: str, **rest
):
    """One row for one operation of this patient: `is_new`, or the one that was there already.

    `rest` may differ the second time; for other contents StaleOperationError says `refusal`.
    """
    try:
        with transaction.atomic():
            row = model(patient=patient, operation=operation, **contents, **rest)
            row.save(force_insert=True)
            row.is_new = True
            return row
    except IntegrityError:
        row = model.objects.filter(patient=patient, operation=operation).first()
        if row is None:
            raise
        if any(getattr(row, name) != value for name, value in contents.items()):
            raise StaleOperationError(refusal) from None
        return row
