"""What the worker does with mail."""

from django_tasks import task

from . import sending
from .models import Letter

FIRST = 50  # before handouts, which nobody waits for with a code in mind


@task(priority=FIRST)
def deliver(letter: int) -> bool:
    """Send one mail; False when it is gone, or did not go."""
    found = Letter.objects.select_related("user").filter(pk=letter, given_up_at=None).first()
    return found is not None and sending.deliver(found)
