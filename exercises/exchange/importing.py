"""An upload, from the first check to the last row.

It is checked in the background without a transaction, so that nobody waits for it, and shown. When
somebody says yes it is checked once more; if that finds the same, it is written in one transaction
that is short, and if not, what was found now is shown instead.
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
from .checking import FAULTY, KINDS, SAME, STATUSES, Check, PendingRow, Shelf, entry_of, loaded
from .content import Content

KEPT = timedelta(hours=24)  # an upload that nobody comes back to
STALLED = timedelta(minutes=2)
EVERY = 1  # seconds between two words about how far it is
BYTES = {"zip": archive.UNPACKED, "csv": tables.BYTES, "xlsx": tables.BYTES}
MODELS = {"figures": Figure, "exercises": Exercise, "protocols": Protocol}


class Outdated(Exception):
    """What was checked is not what is there any more."""


class Stopped(Exception):
    """Somebody pressed the button, or another process was first."""


def begin(*, by: User, name: str, format: str, content: bytes) -> LibraryImport:
    """Keep an upload and have it checked; what was left behind by others goes."""
    sweep()
    with transaction.atomic():
        upload = LibraryImport.objects.create(
            practice_id=by.practice_id, made_by=by, name=name[:255], format=format, content=content
        )
        transaction.on_commit(lambda: check_import.enqueue(str(upload.uuid)))
    return upload


def confirm(upload: LibraryImport) -> bool:
    """Have it written. False when there is nothing to write, or it was asked already."""
    with transaction.atomic():
        now = timezone.now()
        asked = LibraryImport.objects.filter(
            pk=upload.pk, checked_at__isnull=False, confirmed_at=None, stopped_at=None, problem=""
        )
        if not is_ready(upload) or not asked.update(confirmed_at=now, touched_at=now, checked=0):
            return False
        transaction.on_commit(lambda: write_import.enqueue(str(upload.uuid)))
    return True


def look(content: bytes, format: str) -> None:
    """What can be said before anything is kept; ValueError with one sentence."""
    if format == LibraryImport.Format.ZIP:
        archive.look(content)
    else:
        tables.look(content, format)


def stop(upload: LibraryImport) -> None:
    """Nothing of it is in the library, and nothing will be. What is written already stays."""
    LibraryImport.objects.filter(pk=upload.pk, imported_at=None, stopped_at=None).update(
        stopped_at=timezone.now(), content=None
    )


def go_on(upload: LibraryImport) -> None:
    """For one that nobody seems to be at work on."""
    with transaction.atomic():
        LibraryImport.objects.filter(pk=upload.pk).update(touched_at=timezone.now())
        work = check_import if upload.confirmed_at is None else write_import
        transaction.on_commit(lambda: work.enqueue(str(upload.uuid)))


def sweep() -> int:
    """Remove uploads that are a day old, done or not. Returns how many."""
    old = LibraryImport.objects.filter(created_at__lt=timezone.now() - KEPT)
    return old.delete()[0]


# How far it is.


@dataclass(frozen=True)
class ImportProgress:
    """What the page says: at work, ready to be imported, or over."""

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
    """Whether there is something to import, and nothing to mend."""
    found = Counter()
    for statuses in upload.counts.values():
        found.update(statuses)
    return not found[FAULTY] and found["new"] + found["changed"] > 0


# In the background.


def check(upload: LibraryImport) -> None:
    """Look at every row and keep what was found, for the page."""
    with translation.override(upload.made_by.language):
        try:
            content = _content(upload)
        except ValueError as error:
            _note(upload, problem=str(error), checked_at=timezone.now(), content=None)
            return
        try:
            _keep(upload, *_look(upload, content))
        except Stopped:
            return


def write(upload: LibraryImport) -> None:
    """Check again; import when that finds the same."""
    with translation.override(upload.made_by.language):
        try:
            found, looked = _look(upload, _content(upload))
            if _found(found) != (upload.findings, upload.counts):
                _keep(upload, found, looked, outdated=True)
                return
            _write(upload, looked)
        except Stopped:
            return
        except (Outdated, IntegrityError):  # between the check and the lock: it is shown anew
            upload.outdated = True
            _note(upload, confirmed_at=None, checked_at=None)
            check(upload)


def _content(upload: LibraryImport) -> Content:
    packed = bytes(upload.content)
    if upload.format == LibraryImport.Format.ZIP:
        return archive.read(packed)
    return tables.read(packed, upload.format)


def _look(upload: LibraryImport, content: Content) -> tuple[list, Check]:
    looked, found = Check(content, upload.made_by), []
    _note(upload, total=len(content), checked=0)
    said = time.monotonic()
    for finding in looked:
        found.append(finding)
        if time.monotonic() - said >= EVERY:
            _note(upload, checked=len(found))
            said = time.monotonic()
    _note(upload, checked=len(found))
    return found, looked


def _note(upload: LibraryImport, **facts) -> None:
    """Say how far it is; raises Stopped when it is over."""
    running = LibraryImport.objects.filter(pk=upload.pk, stopped_at=None, imported_at=None)
    if not running.update(touched_at=timezone.now(), **facts):
        raise Stopped


def _found(found: list) -> tuple[list[dict], dict]:
    """In the shape in which it is kept. Rows that stay as they are, are only counted."""
    counts = {kind: dict.fromkeys(STATUSES, 0) for kind in KINDS}
    for finding in found:
        counts[finding.kind][finding.status] += 1
    return [finding.to_json() for finding in found if finding.status != SAME], counts


def _keep(upload: LibraryImport, found: list, looked: Check, outdated: bool = False) -> None:
    findings, counts = _found(found)
    _note(
        upload, findings=findings, counts=counts, checked_at=timezone.now(),
        confirmed_at=None, outdated=outdated or upload.outdated,
    )  # fmt: skip


class _Named(dict):
    """What is written now, by name; what is not, stands on the shelf."""

    def __init__(self, written: list[tuple[PendingRow, Model]], shelf: Shelf):
        super().__init__((one.key, row) for one, row in written)
        self.shelf = shelf

    def __missing__(self, name: str) -> Model | None:
        return self.shelf.find(name)


def _write(upload: LibraryImport, looked: Check) -> None:
    """All of it or nothing. Rows that somebody changed since the check are not overwritten."""
    with transaction.atomic():
        _note(upload, imported_at=timezone.now(), content=None)
        rows = {kind: _rows_for(kind, looked.due[kind], upload) for kind in KINDS}
        for one, figure in rows["figures"]:
            one.entry.save(figure)
        named = {kind: _Named(rows[kind], looked.shelves[kind]) for kind in KINDS}
        entries = {kind: [(row, one.entry) for one, row in rows[kind]] for kind in KINDS}
        write_exercises(entries["exercises"], named["figures"])
        write_protocols(entries["protocols"], named["exercises"], named["figures"])


def _rows_for(
    kind: str, due: list[PendingRow], upload: LibraryImport
) -> list[tuple[PendingRow, Model]]:
    numbers = [one.present.pk for one in due if one.present is not None]
    locked = loaded(kind).filter(pk__in=numbers).select_for_update(of=("self",))
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
        check(upload)


@task
def write_import(upload_uuid: str) -> None:
    """Bring a file that was looked over into the library."""
    upload = _upload(upload_uuid)
    if upload is not None and upload.confirmed_at is not None:
        write(upload)
