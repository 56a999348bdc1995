"""The steps of an import.

The background worker checks an upload without a transaction, so that nobody has to wait, and the
page shows the findings. When the user confirms, the upload is checked again. If the findings are
the same, it is written in one short transaction; if not, the new findings are shown.
"""

import time
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils import timezone, translation
from django_tasks import task

from rugpijn.models import User

from ..library.writing import write_exercises, write_protocols
from ..models import Exercise, Figure, LibraryImport, Protocol
from . import archive, tables
from .checking import (
    FAULTY,
    KINDS,
    SAME,
    STATUSES,
    Check,
    PendingRow,
    RowFinding,
    Shelf,
    entry_of,
    loaded,
)
from .content import Content

KEPT = timedelta(hours=24)  # then an upload is deleted
STALLED = timedelta(minutes=2)  # without progress
EVERY = 1  # seconds between two updates of the progress
BYTES = {"zip": archive.UNPACKED, "csv": tables.BYTES, "xlsx": tables.BYTES}
MODELS = {"figures": Figure, "exercises": Exercise, "protocols": Protocol}


class Outdated(Exception):
    """A row changed between the check and the write."""


class Stopped(Exception):
    """The user stopped the import, or another process finished it."""


def begin(*, by: User, name: str, format: str, content: bytes) -> LibraryImport:
    """Store an upload and queue its check. Also deletes uploads that are a day old."""
    sweep()
    with transaction.atomic():
        upload = LibraryImport.objects.create(
            practice_id=by.practice_id, made_by=by, name=name[:255], format=format, content=content
        )
        transaction.on_commit(lambda: check_import.enqueue(str(upload.uuid)))
    return upload


def confirm(upload: LibraryImport) -> bool:
    """Queue the write. Returns False when it is not ready, or was confirmed or stopped before."""
    with transaction.atomic():
        now = timezone.now()
        waiting = LibraryImport.objects.filter(
            pk=upload.pk, checked_at__isnull=False, confirmed_at=None, stopped_at=None, problem=""
        )
        if not is_ready(upload) or not waiting.update(confirmed_at=now, touched_at=now, checked=0):
            return False
        transaction.on_commit(lambda: write_import.enqueue(str(upload.uuid)))
    return True


def look(content: bytes, format: str) -> None:
    """Check what can be checked before storing. Raises ValueError with one sentence."""
    if format == LibraryImport.Format.ZIP:
        archive.look(content)
    else:
        tables.look(content, format)


def stop(upload: LibraryImport) -> None:
    """End an import before it is written. Does nothing when it has been written."""
    LibraryImport.objects.filter(pk=upload.pk, imported_at=None, stopped_at=None).update(
        stopped_at=timezone.now(), content=None
    )


def go_on(upload: LibraryImport) -> None:
    """Queue the check or the write again, for an import without progress."""
    with transaction.atomic():
        LibraryImport.objects.filter(pk=upload.pk).update(touched_at=timezone.now())
        work = check_import if upload.confirmed_at is None else write_import
        transaction.on_commit(lambda: work.enqueue(str(upload.uuid)))


def sweep() -> int:
    """Delete uploads that are a day old, finished or not. Returns how many."""
    old = LibraryImport.objects.filter(created_at__lt=timezone.now() - KEPT)
    return old.delete()[0]


# Progress.


@dataclass(frozen=True)
class ImportProgress:
    """The state of an import for its page. `checked` and `total` count rows."""

    busy: bool
    stalled: bool
    writing: bool
    checked: int
    total: int | None


def progress(upload: LibraryImport) -> ImportProgress:
    writing = upload.confirmed_at is not None and upload.imported_at is None
    busy = upload.stopped_at is None and (upload.checked_at is None or writing)
    return ImportProgress(
        busy=busy,
        stalled=busy and timezone.now() - upload.touched_at > STALLED,
        writing=writing,
        checked=upload.checked,
        total=upload.total,
    )


def is_ready(upload: LibraryImport) -> bool:
    """Whether there are rows to import and none with mistakes."""
    totals = Counter()
    for statuses in upload.counts.values():
        totals.update(statuses)
    return not totals[FAULTY] and totals["new"] + totals["changed"] > 0


# In the background.


def check(upload: LibraryImport) -> None:
    """Check every row and store the findings for the page."""
    with translation.override(upload.made_by.language):
        try:
            content = _content(upload)
        except ValueError as error:
            _note(upload, problem=str(error), checked_at=timezone.now(), content=None)
            return
        try:
            _store(upload, *_check_rows(upload, content))
        except Stopped:
            return


def write(upload: LibraryImport) -> None:
    """Check again, and write the rows when the findings are the same as those shown."""
    with translation.override(upload.made_by.language):
        try:
            findings, checked = _check_rows(upload, _content(upload))
            if _as_stored(findings) != (upload.findings, upload.counts):
                _store(upload, findings, checked, outdated=True)
                return
            _write(upload, checked)
        except Stopped:
            return
        except (Outdated, IntegrityError):  # a row changed between the check and the lock
            upload.outdated = True
            _note(upload, confirmed_at=None, checked_at=None)
            check(upload)


def _content(upload: LibraryImport) -> Content:
    packed = bytes(upload.content)
    if upload.format == LibraryImport.Format.ZIP:
        return archive.read(packed)
    return tables.read(packed, upload.format)


def _check_rows(upload: LibraryImport, content: Content) -> tuple[list[RowFinding], Check]:
    """The findings for all rows, and the check with the rows to write. Updates the progress."""
    checked, findings = Check(content, upload.made_by), []
    _note(upload, total=len(content), checked=0)
    noted_at = time.monotonic()
    for finding in checked:
        findings.append(finding)
        if time.monotonic() - noted_at >= EVERY:
            _note(upload, checked=len(findings))
            noted_at = time.monotonic()
    _note(upload, checked=len(findings))
    return findings, checked


def _note(upload: LibraryImport, **facts) -> None:
    """Store facts about the upload. Raises Stopped when it was stopped or is imported."""
    running = LibraryImport.objects.filter(pk=upload.pk, stopped_at=None, imported_at=None)
    if not running.update(touched_at=timezone.now(), **facts):
        raise Stopped


def _as_stored(findings: list[RowFinding]) -> tuple[list[dict], dict]:
    """The findings as JSON, and the counts. Unchanged rows are counted only."""
    counts = {kind: dict.fromkeys(STATUSES, 0) for kind in KINDS}
    for finding in findings:
        counts[finding.kind][finding.status] += 1
    return [finding.to_json() for finding in findings if finding.status != SAME], counts


def _store(
    upload: LibraryImport, findings: list[RowFinding], checked: Check, outdated: bool = False
) -> None:
    stored, counts = _as_stored(findings)
    _note(
        upload,
        findings=stored,
        counts=counts,
        checked_at=timezone.now(),
        confirmed_at=None,
        outdated=outdated or upload.outdated,
    )


class _Named(dict):
    """Rows by name: those that are written now, or else those that the user may see."""

    def __init__(self, written: list[tuple[PendingRow, Model]], shelf: Shelf):
        super().__init__((one.key, row) for one, row in written)
        self.shelf = shelf

    def __missing__(self, name: str) -> Model | None:
        return self.shelf.find(name)


def _write(upload: LibraryImport, checked: Check) -> None:
    """Write all rows or none. Raises Outdated when a row changed since the check."""
    with transaction.atomic():
        _note(upload, imported_at=timezone.now(), content=None)
        rows = {kind: _rows_for(kind, checked.due[kind], upload) for kind in KINDS}
        for one, figure in rows["figures"]:
            one.entry.save(figure)
        named = {kind: _Named(rows[kind], checked.shelves[kind]) for kind in KINDS}
        entries = {kind: [(row, one.entry) for one, row in rows[kind]] for kind in KINDS}
        write_exercises(entries["exercises"], named["figures"])
        write_protocols(entries["protocols"], named["exercises"], named["figures"])


def _rows_for(
    kind: str, due: list[PendingRow], upload: LibraryImport
) -> list[tuple[PendingRow, Model]]:
    """The rows to write, the present ones locked. Raises Outdated when one has changed."""
    ids = [one.present.pk for one in due if one.present is not None]
    locked = loaded(kind).filter(pk__in=ids).select_for_update(of=("self",))
    present = {row.pk: row for row in locked}
    rows = []
    for one in due:
        if one.present is None:
            row = MODELS[kind](uuid=one.key, practice_id=upload.practice_id)
        else:
            row = present.get(one.present.pk)
            if row is None or entry_of(kind, row) != one.before:
                raise Outdated
        rows.append((one, row))
    return rows


def _upload(uuid: str) -> LibraryImport | None:
    """The unfinished upload, or None, also when its maker no longer works in that practice."""
    waiting = LibraryImport.objects.filter(uuid=uuid, content__isnull=False, stopped_at=None)
    waiting = waiting.select_related("made_by__practice")
    upload = waiting.first()
    return upload and waiting.visible_to(upload.made_by).first()


@task
def check_import(upload_uuid: str) -> None:
    """Find what an upload would change."""
    upload = _upload(upload_uuid)
    if upload is not None and upload.checked_at is None:
        check(upload)


@task
def write_import(upload_uuid: str) -> None:
    """Write a confirmed upload to the library."""
    upload = _upload(upload_uuid)
    if upload is not None and upload.confirmed_at is not None:
        write(upload)
