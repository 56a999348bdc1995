"""The ledger of erasures: what must be erased again after a backup is restored.

A backup still holds patients who were erased after it was made. So each erasure adds a row to the
database and a line to a file outside the database and its media. A restore replaces the database
and the media but not the file, and `merge` then adds to each what it lacks. A line holds a digest
of a random number, a day and a role; it identifies nobody.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.utils.dateparse import parse_datetime

from ..models import Erased


def path() -> Path:
    return settings.ERASURE_LEDGER


def make_ready() -> None:
    """Create the file if needed. Raises OSError when it cannot be written."""
    path().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _open().close()


def _open():
    return os.fdopen(os.open(path(), os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o600), "w")


def write(rows: Iterable[Erased]) -> None:
    """Add lines to the file, and return when they are on the disk."""
    with _open() as file:
        for row in rows:
            line = {
                "patient": row.patient,
                "practice": str(row.practice) if row.practice else None,
                "at": row.at.isoformat(),
                "by_role": row.by_role,
                "asked_at": row.asked_at.isoformat() if row.asked_at else None,
                "reason": row.reason,
            }
            file.write(json.dumps(line) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read() -> dict[str, Erased]:
    """Return the lines by digest. A line cut short by a power cut is skipped: its row is stored."""
    lines: dict[str, Erased] = {}
    if not path().exists():
        return lines
    for text in path().read_text().splitlines():
        try:
            line = json.loads(text)
        except json.JSONDecodeError:
            continue
        line["at"] = parse_datetime(line["at"])
        line["asked_at"] = line["asked_at"] and parse_datetime(line["asked_at"])
        lines.setdefault(line["patient"], Erased(**line))
    return lines


def merge() -> set[str]:
    """Add to the file and to the database what each lacks. Returns the digests of all lines."""
    lines = read()
    rows = {row.patient: row for row in Erased.objects.all()}
    missing = [row for digest, row in rows.items() if digest not in lines]
    if missing:
        make_ready()
        if path().stat().st_size and not path().read_bytes().endswith(b"\n"):
            with _open() as file:
                file.write("\n")  # ends the half line
        write(missing)
    Erased.objects.bulk_create(row for digest, row in lines.items() if digest not in rows)
    return lines.keys() | rows.keys()
