"""What the worker does in the background for the library."""

from django_tasks import task

from .exchange import importing
from .models import LibraryImport


def _upload(uuid: str) -> LibraryImport | None:
    """What waits, as long as whoever sent it still works there."""
    waiting = LibraryImport.objects.filter(uuid=uuid, content__isnull=False, stopped_at=None)
    waiting = waiting.select_related("made_by__practice")
    found = waiting.first()
    return found and waiting.visible_to(found.made_by).first()


@task
def check_import(upload_uuid: str) -> None:
    """See what a file would change."""
    upload = _upload(upload_uuid)
    if upload is not None and upload.checked_at is None:
        importing.check(upload)


@task
def write_import(upload_uuid: str) -> None:
    """Bring a file that was looked over into the library."""
    upload = _upload(upload_uuid)
    if upload is not None and upload.confirmed_at is not None:
        importing.write(upload)
