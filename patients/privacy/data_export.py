"""A copy of everything about one patient in one file, as AVG 15 and 20 and BW 7:456 require.

The file holds the readable tables of `export_tables.py` and each database table as it is stored.
The columns come from the classification (`classified.py`), so none is missing and no secret is
included. Notes between colleagues are included, because they are part of the record. So are the
handouts as they were printed, and the access log. Photos and films of the library are not: they
show an exercise and are part of nobody's record.
"""

import hashlib
import io
import json
import logging
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import chain

from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django_tasks import task

from rugpijn.audit import AccessEvent
from rugpijn.models import User
from rugpijn.tables import table

from ..models import DataExport, Patient, StoredHandout, Version
from ..paper import handout
from ..paper.press import PrintingError
from ..paper.printing_places import WORKER, asked_by
from . import export_tables
from .classified import fields_to_show
from .related_rows import rows_of, rows_of_login

log = logging.getLogger(__name__)

SCHEMA = 2
AN_HOUR, MOST = timedelta(hours=1), 3  # a person may make three in an hour
AT_ONCE = 2  # handouts still to be printed; with more, the file is made in the background
STALLED = timedelta(minutes=2)  # without any progress

Row = dict[str, object]


# ---------------------------------------------------------------- asking for it


class TooOftenError(Exception):
    """This person made `MOST` files in the last hour."""


def session_digest(request) -> str:
    """Return a digest of the session key: it names the browser session that asked."""
    key = request.session.session_key or ""
    return salted_hmac("patients.privacy.export_tables", key, algorithm="sha256").hexdigest()


@transaction.atomic
def begin(request, patient: Patient, *, reason: str = "") -> DataExport:
    """Store who asks for a file and why. Raises TooOftenError."""
    user = User.objects.select_for_update().get(pk=request.user.pk)  # so that two at once count
    recent = DataExport.objects.filter(made_for=user, asked_at__gt=timezone.now() - AN_HOUR)
    if recent.count() >= MOST:
        raise TooOftenError
    return DataExport.objects.create(
        patient=patient,
        made_for=user,
        by_name=user.name,
        reason=reason,
        session=session_digest(request),
        total=_versions(patient).count(),
    )


def is_long(patient: Patient) -> bool:
    """Whether more than `AT_ONCE` handouts must be printed first."""
    printed = StoredHandout.objects.filter(issued=True).values("version")
    return _versions(patient).exclude(pk__in=printed).count() > AT_ONCE


def enqueue(export: DataExport) -> None:
    transaction.on_commit(lambda: make_export.enqueue(str(export.uuid)))


@task
def make_export(export_uuid: str) -> bool:
    """Make the file in the background. False when the patient was erased before that."""
    export = DataExport.objects.filter(uuid=export_uuid, finished_at=None).first()
    if export is None:
        return False
    with asked_by(WORKER):
        make(export)
    return True


def make(export: DataExport) -> bytes:
    """Make the file, and store it for the browser that asked. Returns its content."""
    row = DataExport.objects.filter(pk=export.pk)
    language = export.made_for.language if export.made_for else export.patient.language
    with translation.override(language):
        content = pack(export.patient, lambda done: row.update(done=done))
    row.update(content=content, finished_at=timezone.now())
    return content


def _versions(patient: Patient) -> QuerySet[Version]:
    versions = Version.objects.filter(programme__patient=patient)
    return versions.select_related("programme__patient__practice").order_by("programme", "number")


# ---------------------------------------------------------------- what is in it


def pack(patient: Patient, on_progress: Callable[[int], object] = lambda done: None) -> bytes:
    """Return the zip. Its last file, manifest.json, has the SHA-256 of every other one.

    `on_progress` is called with the number of handouts that are done.
    """
    tables = {label: rows for label, rows in _tables(patient) if rows}
    events = [log_row(event, patient) for event in _events(patient)]
    content = {
        "schema": SCHEMA,
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "records": [export_tables.whole(patient)],
        "tables": tables,
        "access_log": events,
    }
    files = {"data.json": export_tables.as_json(content).encode()}
    for name, part in export_tables.PARTS.items():
        if rows := list(part(patient)):
            files[f"{name}.csv"] = table(rows).encode()
    for label, rows in tables.items():
        files[f"tables/{label.lower().replace('.', '_')}.csv"] = _as_csv(rows)
    if events:
        files["access_log.csv"] = table(events).encode()
    files |= dict(_handouts(patient, on_progress))
    files[_("README.txt")] = explanation().encode()
    files["manifest.json"] = _manifest(files)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def _manifest(files: dict[str, bytes]) -> bytes:
    digests = {
        name: {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
        for name, data in sorted(files.items())
    }
    return json.dumps({"schema": SCHEMA, "files": digests}, indent=1).encode()


def _tables(patient: Patient) -> Iterator[tuple[str, list[Row]]]:
    of_login = rows_of_login(patient.user) if patient.user is not None else ()
    for rows in chain(rows_of(patient), of_login):
        yield rows.model._meta.label, _plain_rows(rows)


def _plain_rows(rows: QuerySet) -> list[Row]:
    fields = fields_to_show(rows.model)
    links = [field.name for field in fields if field.is_relation]
    rows = rows.select_related(*links) if links else rows
    return [{field.name: _plain(row, field) for field in fields} for row in rows]


def _plain(row: Model, field) -> object:
    """Return a value as it is stored: of a user the name, of another row its primary key."""
    if field.is_relation:
        other = getattr(row, field.name)
        return other.name if isinstance(other, User) else other and other.pk
    value = getattr(row, field.attname)
    if isinstance(value, bytes | memoryview):
        data = bytes(value)
        return {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    return value


def _as_csv(rows: list[Row]) -> bytes:
    """Return a table whose cells hold lists and mappings as JSON."""
    flat = [
        {
            name: json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
            for name, value in row.items()
        }
        for row in rows
    ]
    return table(flat).encode()


def _handouts(
    patient: Patient, on_progress: Callable[[int], object]
) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each version's handout; one that was never printed is printed."""
    printed = {
        paper.version_id: bytes(paper.pdf)
        for paper in StoredHandout.objects.filter(
            version__programme__patient=patient, issued=True
        ).order_by("made_at")
    }
    numbers: dict[int, int] = {}
    for done, version in enumerate(_versions(patient), 1):
        place = numbers.setdefault(version.programme_id, len(numbers) + 1)
        name = f"pdf/programme-{place}-version-{version.number}.pdf"
        try:
            yield name, printed.get(version.pk) or handout.stored(version)
        except PrintingError:
            log.warning("A version could not be printed for an export; the rest is in it")
            yield name.replace(".pdf", ".txt"), _("This handout could not be printed.").encode()
        on_progress(done)


def _events(patient: Patient) -> QuerySet[AccessEvent]:
    return AccessEvent.objects.filter(patient=patient.uuid).order_by("at", "pk")


def log_row(event: AccessEvent, patient: Patient) -> Row:
    """Return an event of the log. Address and device are left out unless they are the patient's."""
    row = {field.name: getattr(event, field.attname) for field in fields_to_show(AccessEvent)}
    if patient.user is None or event.actor != patient.user.uuid:
        row |= {name: None for name in ("address", "device") if name in row}
    return row


def explanation() -> str:
    return "\n".join(
        [
            export_tables.explanation(),
            "",
            _("tables: the same data as it is stored, and what your practice wrote for itself."),
            _("access_log: who viewed your data, and when. pdf: what you got on paper."),
            _(
                "manifest.json: the name of each file, and a number that shows whether it was "
                "changed."
            ),
        ]
    )
