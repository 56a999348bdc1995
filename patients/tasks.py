"""What the worker does in the background."""

from django_tasks import task

from . import batches, everything, handout, mail, press
from .models import Batch, DataExport, Message, Version
from .printing_places import WORKER, asked_by


@task
def render_handout(version_uuid: str) -> bool:
    """Print a version ahead; False when it is gone or printing is switched off here."""
    version = Version.objects.filter(uuid=version_uuid).first()
    if version is None or press.problem() is not None:
        return False
    with asked_by(WORKER):
        handout.stored(version)
    return True


@task
def print_batch(batch_uuid: str) -> None:
    """Make the handouts of a batch that are not made yet."""
    batch = Batch.objects.filter(uuid=batch_uuid).first()
    if batch is not None:
        with asked_by(WORKER):
            batches.run(batch)


@task
def tell_patient(message_pk: int) -> bool:
    """Mail that something can be read; False without an address, or when it was read already."""
    message = Message.objects.filter(pk=message_pk, seen_at=None).first()
    return message is not None and mail.send_notice(message.patient)


@task
def make_export(export_uuid: str) -> bool:
    """Pack everything about a patient; False when it was erased meanwhile."""
    asked = DataExport.objects.filter(uuid=export_uuid, finished_at=None).first()
    if asked is None:
        return False
    with asked_by(WORKER):
        everything.make(asked)
    return True
