"""Making a backup: the data is copied, encrypted and read back before the file gets its name."""

import fcntl
import json
import logging
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from .. import __version__
from . import BackupError, engines, left_behind, parcel, seal

logger = logging.getLogger(__name__)

STAMP = "%Y%m%d-%H%M%S"
NAMED = re.compile(r"rugpijn-(\d{8}-\d{6})\.backup")
ALWAYS_KEPT = 3  # newest backups, however old they are
LAST = "last-backup.json"  # in the data folder: when, and how large
ASIDE = "before-restore-"  # how the name of a folder with replaced data begins


@dataclass(frozen=True)
class Made:
    path: Path
    bytes: int
    rows: int
    files: int


def backup(destination: Path, *, public: str | None = None) -> Made:
    """Make one encrypted file in the folder `destination`, or with that name.

    The file gets its name only when it is complete: written, read back and flushed to disk. The
    database is copied before the media, so every file that a row names is in the backup.
    """
    public = settings.BACKUP_KEY if public is None else public
    if not public:
        raise BackupError("Set BACKUP_KEY first. `manage.py backup_key` makes it.")
    now = timezone.now().astimezone(UTC)
    path = destination / f"rugpijn-{now:{STAMP}}.backup" if destination.is_dir() else destination
    if left_behind.unfinished() is not None:
        raise BackupError(left_behind.UNFINISHED)
    if not path.parent.is_dir():
        raise BackupError(f"There is no folder {path.parent}.")
    if path.exists():
        raise BackupError(f"{path} is there already, and is left alone.")
    engine, partial = engines.of_this_installation(), path.with_name(f".{path.name}.partial")
    left_behind.sweep(path.parent)
    try:
        with workspace() as folder:
            database, migrations, rows = engine.dump(folder)
            about = parcel.About(__version__, now.isoformat(), engine.name, migrations, rows, 2)
            flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC
            with database, open(os.open(partial, flags, 0o600), "w+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)  # so that `left_behind.sweep` leaves it alone
                key = parcel.pack(file, public, about, database, Path(settings.MEDIA_ROOT))
                file.flush()
                os.fsync(file.fileno())
                file.seek(0)
                read_back = parcel.unpack(seal.Opener(file, key=key), None)
                if read_back != (about, parcel.Origin.OURS):
                    raise seal.not_whole()
                size = file.tell()
        os.replace(partial, path)
        engines.sync_folder(path.parent)
    except FileNotFoundError as error:
        raise BackupError(
            f"{error.filename} went away while it was copied. Make the backup again."
        ) from error
    except (OSError, DatabaseError) as error:
        raise BackupError(f"The backup could not be made: {error}") from error
    finally:
        partial.unlink(missing_ok=True)
    files = sum(1 for _file in parcel.files(Path(settings.MEDIA_ROOT)))
    _note(path, now, size)
    logger.info("backup made: %s bytes", size)
    return Made(path, size, sum(rows.values()), files)


def _note(path: Path, at: datetime, size: int) -> None:
    """Store when the last backup was made, and its size."""
    note = settings.DATA_DIR / LAST
    new = note.with_suffix(".new")
    try:
        new.touch(mode=0o600)
        new.write_text(json.dumps({"at": at.isoformat(), "bytes": size}))
        os.replace(new, note)  # a full disk leaves the earlier note in place
    except OSError as error:
        raise BackupError(
            f"{path} is made and whole. That could not be written down in {note}: {error}"
        ) from error


@contextmanager
def workspace() -> Iterator[Path]:
    """A private folder beside the data for unencrypted files. It is removed at the end.

    The folder is locked while it is in use. A folder that nobody has locked is left from a killed
    run and is removed by `left_behind.sweep`.
    """
    data = engines.data_folder()
    left_behind.sweep()
    made = tempfile.TemporaryDirectory(prefix=left_behind.WORKSPACE, dir=data)
    with made as folder, left_behind.held(Path(folder)):
        yield Path(folder)


def last_made() -> datetime | None:
    """Return when the last backup of this installation was made, as far as this machine knows."""
    try:
        return datetime.fromisoformat(json.loads((settings.DATA_DIR / LAST).read_text())["at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remove_old(folder: Path, *, days: int) -> list[str]:
    """Remove backups in this folder, and data that restores moved aside, older than so many days.

    Somebody who was erased from the database must disappear from the backups as well. The newest
    backups are kept, however old they are: an old backup is better than none.
    """
    oldest, removed = timezone.now() - timedelta(days=days), []
    named = [(made[1], path) for path in folder.iterdir() if (made := NAMED.fullmatch(path.name))]
    for stamp, path in sorted(named)[:-ALWAYS_KEPT]:
        if _stamped(stamp) < oldest:
            path.unlink()
            removed.append(path.name)
    for path in sorted(settings.DATA_DIR.glob(f"{ASIDE}*")):
        if _stamped(path.name.removeprefix(ASIDE)[:15]) < oldest:
            shutil.rmtree(path)
            removed.append(path.name)
    return removed


def _stamped(text: str) -> datetime:
    return datetime.strptime(text, STAMP).replace(tzinfo=UTC)
