"""What the worker does in the background."""

from django_tasks import task

from . import batches, handout, press
from .models import Batch, Version


@task
def render_handout(version_uuid: str) -> bool:
    """Print a version ahead; False when it is gone or printing is switched off here."""
    version = Version.objects.filter(uuid=version_uuid).first()
    if version is None or press.problem() is not None:
        return False
    handout.stored(version)
    return True


@task
def print_batch(batch_uuid: str) -> None:
    """Make the handouts of a batch that are not made yet."""
    batch = Batch.objects.filter(uuid=batch_uuid).first()
    if batch is not None:
        batches.run(batch)
