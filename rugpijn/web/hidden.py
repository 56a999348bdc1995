"""The answer to somebody who asks for a record that is there and is not theirs to open."""

from typing import NoReturn

from django.db.models import Model
from django.http import Http404

from .. import audit


def write_down(request, thing: Model | None, act: str = "open") -> None:
    """Log that `thing` was refused, with the patient whose record it is in. None logs nothing."""
    if thing is not None:
        patient = getattr(thing, "record_of", None)
        audit.deny(request, act, *([patient] if patient else []), thing=thing)


def refuse(request, thing: Model | None, act: str = "open") -> NoReturn:
    """Raise Http404, the same for what is hidden and for what does not exist, and log the first."""
    write_down(request, thing, act)
    raise Http404
