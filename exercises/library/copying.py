"""Copy exercises and protocols to the library of a practice."""

from django.db import models, transaction

from ..models import Exercise, Protocol


@transaction.atomic
def copy_for(practice_id: int, item: Exercise | Protocol) -> Exercise | Protocol:
    """A copy of `item` that belongs to the practice.

    The copy keeps its source but not its review, because a copy is made to be changed. The lines of
    a copied protocol refer to the same exercises.
    """
    unreviewed = {"reviewed_by": "", "reviewed_on": None}
    own = _duplicate(item, practice_id=practice_id, loaded_digest="", **unreviewed)
    owner = item._meta.model_name
    _duplicate_all(item.texts, owner, own)
    if isinstance(item, Exercise):
        own.harder.set(item.harder.all())
        own.easier.set(item.easier.filter(practice=practice_id))
    if isinstance(item, Protocol):
        _duplicate_all(item.lines, owner, own)
        copy_advice(item, own)
    return own


def copy_advice(protocol: Protocol, own: Protocol) -> None:
    """Copy the advice of `protocol`, red flags included, to `own`."""
    for advice in protocol.advice.all():
        unreviewed = {"reviewed_by": "", "reviewed_on": None}
        own_advice = _duplicate(advice, protocol_id=own.pk, **unreviewed)
        _duplicate_all(advice.texts, "advice", own_advice)


def _duplicate_all(rows, owner: str, own: models.Model) -> None:
    for row in rows.order_by("id"):
        _duplicate(row, **{f"{owner}_id": own.pk})


def _duplicate(row: models.Model, **changes) -> models.Model:
    """A new row with the same values, except those that name one row only."""
    columns = [column for column in row._meta.concrete_fields if not column.unique]
    values = {column.attname: getattr(row, column.attname) for column in columns}
    return type(row).objects.create(**(values | changes))
