"""What a killed backup or restore left behind: removed, or reported before anything else is done.

This runs when the app, its worker or a backup starts, and in the nightly run.
"""

import fcntl
import json
import logging
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

logger = logging.getLogger(__name__)

WORKSPACE = "backup-"  # how the name of a folder with unencrypted files begins
RESTORING = "restore-unfinished.json"  # in the data folder, while data is being replaced
A_DAY = 24 * 3600  # seconds, after which an upload comes in no more
UNFINISHED = (
    "A restore was cut off, and what is here may be half of it: who was erased may be back. "
    "Type the restore again, or “manage.py undo_restore”, before anybody logs in."
)


def unfinished() -> dict | None:
    """Return what the interrupted restore was doing, or None when no restore was interrupted."""
    try:
        return json.loads((settings.DATA_DIR / RESTORING).read_text())
    except FileNotFoundError:
        return None


def problem() -> str | None:
    """Return a sentence for `manage.py health`, or None."""
    return UNFINISHED if unfinished() is not None else None


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Mark the folder as in use, so that `sweep` leaves it alone until the process ends."""
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def sweep(destination: Path | None = None) -> None:
    """Remove unencrypted copies and incomplete backups and uploads that no process holds."""
    for folder in settings.DATA_DIR.glob(f"{WORKSPACE}*"):
        if _is_free(folder):
            shutil.rmtree(folder)
            logger.warning("what a killed backup left was removed: %s", folder.name)
    for upload in settings.DATA_DIR.glob("tmp*.upload*"):
        if upload.stat().st_mtime < time.time() - A_DAY:
            upload.unlink(missing_ok=True)
    for half in destination.glob(".*.backup.partial") if destination is not None else ():
        if _is_free(half):
            half.unlink(missing_ok=True)


def _is_free(path: Path) -> bool:
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:  # the process that held it has finished
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True
