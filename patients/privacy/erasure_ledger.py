"""The ledger of erasures: what must be erased again when a backup is put back.

A backup holds whoever was erased after it was made. So each erasure leaves a line that no backup
brings back to an earlier state: in a file of its own, outside the database and its media, as well
as a row in the database. A restore replaces the database and the media; the file stays, and the
two are brought together again. A line is a digest of a random number, a day and a role: it names
nobody.
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
    """Raises OSError when nothing can be written there: then nothing may be erased either."""
    path().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _open().close()


def _open():
    return os.fdopen(os.open(path(), os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o600), "w")


def write(rows: Iterable[Erased]) -> None:
    """Add lines, on the disk before this returns."""
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
    """By digest. A last line that a power cut left half is not one: its row is in the database."""
    found: dict[str, Erased] = {}
    if not path().exists():
        return found
    for text in path().read_text().splitlines():
        try:
            line = json.loads(text)
        except json.JSONDecodeError:
            continue
        line["at"] = parse_datetime(line["at"])
        line["asked_at"] = line["asked_at"] and parse_datetime(line["asked_at"])
        found.setdefault(line["patient"], Erased(**line))
    return found


def bring_together() -> set[str]:
    """Rows that the file lacks go into it, and the other way round. Returns every digest."""
    lines = read()
    rows = {row.patient: row for row in Erased.objects.all()}
    missing = [row for digest, row in rows.items() if digest not in lines]
    if missing:
        make_ready()
        if path().stat().st_size and not path().read_bytes().endswith(b"\n"):
            with _open() as file:
                file.write("\n")  # after half a line
        write(missing)
    Erased.objects.bulk_create(row for digest, row in lines.items() if digest not in rows)
    return lines.keys() | rows.keys()
