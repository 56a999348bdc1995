"""Batches: handouts of several patients, made one by one by the worker and printed together.

Each handout is kept as any other (`handout.stored`). A batch that is run again after a power cut
goes on where it stopped, and makes no handout twice.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import task
from pypdf import PdfReader, PdfWriter

from rugpijn.models import User

from ..models import Batch, BatchHandout, Programme
from . import handout, variants
from .press import PrintingError
from .printing_places import WORKER, asked_by
from .variants import Variant

MOST = 200  # handouts in one batch
STALLED = timedelta(minutes=2)  # without a new handout: no worker is making this batch


@dataclass(frozen=True)
class BatchProgress:
    """How many handouts of a batch there are, are made and failed, and whether it still runs."""

    total: int
    made: int
    failed: int
    stopped: bool
    stalled: bool

    @property
    def over(self) -> bool:
        return self.stopped or self.made + self.failed == self.total


@transaction.atomic
def begin(*, programmes: Iterable[Programme], by: User, variant: Variant) -> Batch | None:
    """Make a batch of the newest versions, by name of patient, and queue it for the worker.

    Programmes without a version are left out; None when that leaves nothing.
    """
    versions = [programme.current_version() for programme in programmes]
    versions = [version for version in versions if version is not None][:MOST]
    if not versions:
        return None
    versions.sort(key=lambda version: version.programme.patient.sort_key)
    batch = Batch.objects.create(
        practice=by.practice, made_by=by, variant=variant.name, weeks=variant.weeks
    )
    BatchHandout.objects.bulk_create(
        BatchHandout(batch=batch, version=version, position=number)
        for number, version in enumerate(versions, 1)
    )
    transaction.on_commit(lambda: print_batch.enqueue(str(batch.uuid)))
    return batch


@task
def print_batch(batch_uuid: str) -> None:
    """Run a batch in the worker; nothing happens when it is gone."""
    batch = Batch.objects.filter(uuid=batch_uuid).first()
    if batch is not None:
        with asked_by(WORKER):
            run(batch)


def run(batch: Batch) -> None:
    """Make the handouts that are not made yet, until the batch is stopped. One that fails gets a
    sentence in `problem`, and the others are made."""
    variant = _variant(batch)
    language = batch.made_by.language if batch.made_by else None
    waiting = batch.handouts.filter(made_at=None, problem="")
    for item in waiting.select_related("version__programme__patient__practice"):
        if Batch.objects.filter(pk=batch.pk, stopped_at__isnull=False).exists():
            return
        try:
            handout.stored(item.version, variant)
        except handout.ErasedError:
            continue  # the row in the batch is gone too
        except PrintingError:
            with translation.override(language):
                item.problem = _("This handout could not be printed.")
        else:
            item.made_at = timezone.now()
        item.save(update_fields=["made_at", "problem"])


def stop(batch: Batch) -> None:
    """Stop after the handout that is being made. What is made stays."""
    Batch.objects.filter(pk=batch.pk, stopped_at=None).update(stopped_at=timezone.now())


def go_on(batch: Batch) -> None:
    """Queue what is not made yet, and what failed, once more."""
    with transaction.atomic():
        Batch.objects.filter(pk=batch.pk).update(stopped_at=None, created_at=timezone.now())
        batch.handouts.filter(made_at=None).update(problem="")
        transaction.on_commit(lambda: print_batch.enqueue(str(batch.uuid)))


def progress(batch: Batch, items: list[BatchHandout]) -> BatchProgress:
    made = [item.made_at for item in items if item.made_at is not None]
    failed = sum(bool(item.problem) for item in items)
    busy = len(made) + failed < len(items)
    last = max([batch.created_at, *made])
    return BatchProgress(
        total=len(items),
        made=len(made),
        failed=failed,
        stopped=busy and batch.stopped_at is not None,
        stalled=busy and batch.stopped_at is None and timezone.now() - last > STALLED,
    )


def made(batch: Batch) -> list[BatchHandout]:
    """The handouts that are made, in order, with version, programme, patient and practice."""
    items = batch.handouts.filter(made_at__isnull=False)
    return list(items.select_related("version__programme__patient__practice"))


def as_pdf(batch: Batch) -> bytes:
    """All handouts in one PDF. An empty page is added to an odd number of pages, so that in print
    on both sides each patient begins on a new piece of paper."""
    together = PdfWriter()
    for _item, pdf in _pdfs(batch):
        pages = PdfReader(io.BytesIO(pdf)).pages
        for page in pages:
            together.add_page(page)
        if len(pages) % 2:
            together.add_blank_page()
    output = io.BytesIO()
    together.write(output)
    return output.getvalue()


def as_zip(batch: Batch) -> bytes:
    """A zip with a PDF for each handout. Files are named by number, never by patient."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as files:
        for item, pdf in _pdfs(batch):
            number = {"position": item.position, "number": item.version.number}
            name = _("%(position)03d-exercises-version-%(number)d.pdf") % number
            files.writestr(name, pdf)
    return output.getvalue()


def _pdfs(batch: Batch) -> Iterator[tuple[BatchHandout, bytes]]:
    variant = _variant(batch)
    for item in made(batch):
        try:
            yield item, handout.stored(item.version, variant)
        except handout.ErasedError:
            continue


def _variant(batch: Batch) -> Variant:
    return replace(variants.VARIANTS[batch.variant], weeks=batch.weeks)
