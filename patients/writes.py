"""What all writes to a record share: refusals, locks, and storing an operation once."""

import uuid

from django.db import IntegrityError, transaction

from .models import Patient, Programme


class RefusedError(Exception):
    """An act cannot be done. The message is a sentence for the person who asked for it."""


class StaleOperationError(RefusedError):
    """An operation number was used again with other contents; the first ones stay."""


def hold(row: Patient | Programme) -> None:
    """Lock a row until the end of the transaction, and read it again.

    To prevent deadlocks, an invitation is locked before a programme, and a programme before its
    patient. `no_key` lets rows that refer to this one be added meanwhile, such as sessions.
    """
    row.refresh_from_db(from_queryset=type(row).objects.select_for_update(no_key=True))


def hold_programme(programme: Programme) -> None:
    """Lock a programme and its patient, and read both again."""
    hold(programme)
    hold(programme.patient)


def write_once(
    model, patient: Patient, operation: uuid.UUID, contents: dict, *, refusal: str, **rest
):
    """Store a row for an operation of this patient, or return the row that it already has.

    A row that was stored now has `is_new`. Raises StaleOperationError with `refusal` when the
    stored row has other `contents`; `rest` may differ.
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
