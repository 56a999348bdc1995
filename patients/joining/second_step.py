"""Whether a patient is asked for a second step when logging in."""

from ..access import own_record
from ..models import Patient


def asks_second_step(user) -> bool:
    """Whether at least one practice of this person asks for more than a password."""
    return Patient.objects.filter(own_record(user), practice__second_step=True).exists()
