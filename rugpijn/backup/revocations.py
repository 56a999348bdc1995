"""The ledger of what was taken away, so that restoring an old backup does not bring it back.

A backup may hold a colleague who has left since, a password that somebody learned, or a helper
whose access has ended. Each act that takes such a thing away writes a line to a file beside the
ledger of erasures, outside the database: a kind, a digest of random numbers, the state that holds
now, and the time. The line names nobody and says nothing about health. After a restore each kind
compares its rows with its lines and takes away again. It never gives anything back.

What has no lines is closed after each restore: open invitations and waiting changes. The table in
docs/operate.md lists what a restore does with each kind, and a test tries each row.
"""

import fcntl
import hashlib
import json
import logging
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from .. import hooks

logger = logging.getLogger(__name__)
KEPT = timedelta(days=2 * 365)  # longer than any backup is kept


@dataclass(frozen=True)
class RevocationKind:
    """One kind of thing that can be taken away.

    `key` returns the random numbers that identify a thing, and `state` what holds of it now, which
    is compared or read as what is left. `take_away` brings one row to that state and returns
    whether it changed the row.
    """

    name: str
    words: str  # the name that the person who restores reads
    rows: Callable[[], Iterable[Model]]
    key: Callable[[Any], str]
    state: Callable[[Any], str]
    take_away: Callable[[Any, str], bool]
    # The state also changes by itself, so lines older than the backup are not used.
    only_since: bool = False


def digest(*parts: object) -> str:
    return hashlib.sha256(":".join(map(str, parts)).encode()).hexdigest()


def path() -> Path:
    return settings.ERASURE_LEDGER.with_name("ended.jsonl")


def note(name: str, thing: Any, state: str | None = None) -> None:
    """Write to the ledger what holds of this thing now, as soon as the act is done. When the line
    cannot be written, the act is done all the same and the technical log gets an error."""
    kind = next(kind for kind in hooks.revocation_kinds if kind.name == name)
    state = kind.state(thing) if state is None else state
    line = {"kind": name, "of": digest(name, kind.key(thing)), "state": state}
    transaction.on_commit(lambda: _write(line), robust=True)


def _write(line: dict) -> None:
    line["at"] = timezone.now().isoformat()
    with _locked(), os.fdopen(os.open(path(), _APPEND, 0o600), "w") as file:
        file.write(json.dumps(line) + "\n")
        file.flush()
        os.fsync(file.fileno())


_APPEND = os.O_APPEND | os.O_CREAT | os.O_WRONLY


@contextmanager
def _locked() -> Iterator[None]:
    """Hold the lock under which one process at a time writes or shortens the file."""
    path().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path().with_suffix(".lock"), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def read() -> dict[tuple[str, str], dict]:
    """Return the last line of each thing. A line that a power cut left incomplete is ignored."""
    found: dict[tuple[str, str], dict] = {}
    if not path().exists():
        return found
    for text in path().read_text().splitlines():
        try:
            line = json.loads(text)
            found[line["kind"], line["of"]] = line
        except (json.JSONDecodeError, KeyError, TypeError):
            continue
    return found


def shorten() -> None:
    """Keep only the last line of each thing, and remove lines that are older than every backup."""
    if not path().exists():
        return
    oldest = timezone.now() - KEPT
    with _locked():
        lines = [line for line in read().values() if _at(line) > oldest]
        new = path().with_suffix(".new")
        with os.fdopen(os.open(new, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
            file.writelines(json.dumps(line) + "\n" for line in lines)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, path())


def _at(line: dict) -> datetime:
    return datetime.fromisoformat(line["at"])


@transaction.atomic
def apply(made_at: datetime | None) -> list[str]:
    """Take away again what a backup from `made_at` brought back. Returns sentences that say what.

    Without a moment (a restore by other means) every line counts, except the lines of a kind whose
    state also changes by itself.
    """
    lines = {key: line for key, line in read().items() if made_at is None or _at(line) >= made_at}
    sentences = []
    for kind in hooks.revocation_kinds:
        states = {of: line["state"] for (name, of), line in lines.items() if name == kind.name}
        if not states or (kind.only_since and made_at is None):
            continue
        number = 0
        for row in kind.rows():
            state = states.get(digest(kind.name, kind.key(row)))
            number += state is not None and kind.take_away(row, state)
        if number:
            sentences.append(f"{kind.words}: {number}.")
    return sentences
