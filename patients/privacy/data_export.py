"""Everything about one patient in one file: what AVG 15 and 20 and WGBO 7:456 give a right to.

The readable tables of `export_tables.py`, and beside them each table as it is stored: its columns
come from the classification, so that nothing is left out and no secret goes along. Notes that
colleagues wrote for each other are in it: they are part of the record. The papers that were given
are in it as they were printed, and so is who looked. The library's photos and films are not: they
show an exercise, and belong to nobody's record.
"""

import hashlib
import io
import json
import logging
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

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
from .classified import told
from .related_rows import rows_of, rows_of_login

log = logging.getLogger(__name__)

SCHEMA = 2
AN_HOUR, MOST = timedelta(hours=1), 3  # of one person
AT_ONCE = 2  # papers that must still be printed; with more it is made in the background
STALLED = timedelta(minutes=2)

Row = dict[str, object]


# ---------------------------------------------------------------- asking for it


class TooOftenError(Exception):
    """Three in an hour are enough for anybody who wants to read them."""


def session_digest(request) -> str:
    """Names the browser session that asked; its key itself is written nowhere else."""
    key = request.session.session_key or ""
    return salted_hmac("patients.privacy.export_tables", key, algorithm="sha256").hexdigest()


@transaction.atomic
def begin(request, patient: Patient, *, reason: str = "") -> DataExport:
    """Write down who asks and why. Raises TooOftenError."""
    user = User.objects.select_for_update().get(pk=request.user.pk)  # two at once are counted
    lately = DataExport.objects.filter(made_for=user, asked_at__gt=timezone.now() - AN_HOUR)
    if lately.count() >= MOST:
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
    """Whether so much must be printed first that nobody should wait for it."""
    printed = StoredHandout.objects.filter(issued=True).values("version")
    return _versions(patient).exclude(pk__in=printed).count() > AT_ONCE


def enqueue(asked: DataExport) -> None:
    transaction.on_commit(lambda: make_export.enqueue(str(asked.uuid)))


@task
def make_export(export_uuid: str) -> bool:
    """Pack everything about a patient; False when it was erased meanwhile."""
    asked = DataExport.objects.filter(uuid=export_uuid, finished_at=None).first()
    if asked is None:
        return False
    with asked_by(WORKER):
        make(asked)
    return True


def make(asked: DataExport) -> bytes:
    """Pack it, and keep it for the browser that asked."""

    def tell(done: int) -> None:
        DataExport.objects.filter(pk=asked.pk).update(done=done)

    language = asked.made_for.language if asked.made_for else asked.patient.language
    with translation.override(language):
        content = pack(asked.patient, tell)
    DataExport.objects.filter(pk=asked.pk).update(content=content, finished_at=timezone.now())
    return content


def _versions(patient: Patient) -> QuerySet[Version]:
    given = Version.objects.filter(programme__patient=patient)
    return given.select_related("programme__patient__practice").order_by("programme", "number")


# ---------------------------------------------------------------- what is in it


def pack(patient: Patient, tell: Callable[[int], None] = lambda done: None) -> bytes:
    """The zip. Its last file names every other one with its SHA-256."""
    rows = {label: list(found) for label, found in _tables(patient) if found}
    looked = [log_row(event, patient) for event in _events(patient)]
    content = {
        "schema": SCHEMA,
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "records": [export_tables.whole(patient)],
        "tables": rows,
        "access_log": looked,
    }
    files = {"data.json": export_tables.as_json(content).encode()}
    for name, part in export_tables.PARTS.items():
        if found := list(part(patient)):
            files[f"{name}.csv"] = table(found).encode()
    for label, found in rows.items():
        files[f"tables/{label.lower().replace('.', '_')}.csv"] = _flat(found)
    if looked:
        files["access_log.csv"] = table(looked).encode()
    files |= dict(_papers(patient, tell))
    files[_("README.txt")] = explanation().encode()
    files["manifest.json"] = _manifest(files)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def _manifest(files: dict[str, bytes]) -> bytes:
    named = {
        name: {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
        for name, data in sorted(files.items())
    }
    return json.dumps({"schema": SCHEMA, "files": named}, indent=1).encode()


def _tables(patient: Patient) -> Iterator[tuple[str, Iterable[Row]]]:
    for found in rows_of(patient):
        yield found.model._meta.label, _plain_rows(found)
    if patient.user is not None:
        for found in rows_of_login(patient.user):
            yield found.model._meta.label, _plain_rows(found)


def _plain_rows(found: QuerySet) -> list[Row]:
    fields = told(found.model)
    links = [field.name for field in fields if field.is_relation]
    rows = found.select_related(*links) if links else found
    return [{field.name: _plain(row, field) for field in fields} for row in rows]


def _plain(row: Model, field) -> object:
    """A value as it is stored. A person is a name; another row is its number."""
    if field.is_relation:
        other = getattr(row, field.name)
        return other.name if isinstance(other, User) else other and other.pk
    value = getattr(row, field.attname)
    if isinstance(value, bytes | memoryview):
        data = bytes(value)
        return {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    return value


def _flat(rows: list[Row]) -> bytes:
    """As a table: what is no single value stands in its cell as JSON."""
    flat = [
        {
            name: json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
            for name, value in row.items()
        }
        for row in rows
    ]
    return table(flat).encode()


def _papers(patient: Patient, tell: Callable[[int], None]) -> Iterator[tuple[str, bytes]]:
    """Every version on paper, as it was given; what never was printed is printed now."""
    kept = {
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
            yield name, kept.get(version.pk) or handout.stored(version)
        except PrintingError:
            log.warning("A version could not be printed for an export; the rest is in it")
            yield name.replace(".pdf", ".txt"), _("This handout could not be printed.").encode()
        tell(done)


def _events(patient: Patient) -> QuerySet[AccessEvent]:
    return AccessEvent.objects.filter(patient=patient.uuid).order_by("at", "pk")


def log_row(event: AccessEvent, patient: Patient) -> Row:
    """Whatever the log has. From where a colleague looked is the colleague's own."""
    row = {field.name: getattr(event, field.attname) for field in told(AccessEvent)}
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
