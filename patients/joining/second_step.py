"""Whether a practice asks its patients for more than a password."""

from ..access import own_record
from ..models import Patient


def asks_second_step(user) -> bool:
    """Whether a practice of this person wants more than a password. One that does is enough."""
    return Patient.objects.filter(own_record(user), practice__second_step=True).exists()
