"""The health of the server, for its operator. No finding says anything about a person."""

import shutil
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from .. import hooks
from ..backup import make
from ..database.sqlite import is_gone

BEAT = "worker-beat"  # in the data folder; its time is when the worker last looked for work
BEAT_SECONDS = 15 * 60  # a large batch of handouts takes minutes, and the worker is well meanwhile
SPACE_MEGABYTES = 500
BACKUP_AGE = timedelta(hours=26)  # once a day, and some hours for a night that ran late
KEPT_SECONDS = 10  # a look writes a row: whoever asks often gets the last answer


@dataclass(frozen=True)
class HealthFinding:
    name: str
    well: bool
    state: str
    needed: bool = False  # without this no page works


def database() -> HealthFinding:
    """Whether a value can be written to the database and read back."""
    now = time.time()
    options = settings.DATABASES["default"]
    if options["ENGINE"] == "django.db.backends.sqlite3" and is_gone(options["NAME"]):
        return HealthFinding("database", False, "is gone: its file is not there", needed=True)
    try:
        cache.set("health", now, timeout=60)
        well = cache.get("health") == now
    except (DatabaseError, InterfaceError):
        well = False
    state = "can be read and written" if well else "cannot be read or written"
    return HealthFinding("database", well, state, needed=True)


def worker_age() -> float | None:
    """Seconds since the worker last looked for work; None when it never did."""
    try:
        return time.time() - (settings.DATA_DIR / BEAT).stat().st_mtime
    except OSError:
        return None


def worker() -> HealthFinding:
    age = worker_age()
    if age is None:
        return HealthFinding("worker", False, "has never run")
    return HealthFinding("worker", age < BEAT_SECONDS, f"looked for work {age:.0f} seconds ago")


def disk() -> HealthFinding:
    free = shutil.disk_usage(settings.DATA_DIR).free / 1e6
    return HealthFinding("disk", free > SPACE_MEGABYTES, f"{free:.0f} MB left")


def backup() -> HealthFinding:
    last = make.last_made()
    if last is None:
        # A demo holds nobody's data.
        return HealthFinding("backup", settings.DEBUG, "was never made")
    age = timezone.now() - last
    hours = age.total_seconds() / 3600
    return HealthFinding("backup", age < BACKUP_AGE, f"made {hours:.1f} hours ago")


_last: tuple[float, list[HealthFinding]] = (float("-inf"), [])


def look() -> list[HealthFinding]:
    """All findings, at most `KEPT_SECONDS` old."""
    global _last
    if time.monotonic() - _last[0] > KEPT_SECONDS:
        _last = (time.monotonic(), _findings())
    return _last[1]


def forget() -> None:
    """Drop the kept findings, so that the next call of `look` checks again."""
    global _last
    _last = (float("-inf"), [])


def beat() -> None:
    """Note that the worker is running: sets the time of the file `BEAT`."""
    Path(settings.DATA_DIR / BEAT).touch(mode=0o600)


def _findings() -> list[HealthFinding]:
    findings = [database(), worker(), disk(), backup()]
    for name, problem in hooks.health_problems:
        trouble = problem()
        state = "is well" if trouble is None else str(trouble)
        findings.append(HealthFinding(name, trouble is None, state))
    return findings
