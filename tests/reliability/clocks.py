"""The nightly work on a server whose clock is three years ahead, as faketime gives it."""

import shutil
import subprocess
import sys

from django.utils import timezone

from patients.models import Patient, Programme
from rugpijn.backup import seal

from .house import ROOT, House

AHEAD = "+1095d"


def run(house: House, short: bool) -> None:
    faketime = shutil.which("faketime")
    if faketime is None:
        print("skip   a clock that is ahead: faketime is missing: apt install faketime", flush=True)
        return
    _private, public = seal.new_pair()
    folder = house.folder / "backups"
    folder.mkdir()
    for day in range(1, 6):
        (folder / f"rugpijn-2026010{day}-000000.backup").touch()

    def manage(*command: str, before: tuple[str, ...] = ()) -> int:
        done = subprocess.run(
            [*before, sys.executable, "manage.py", *command],
            cwd=ROOT,
            check=False,
            capture_output=True,
            env=house.environment | {"BACKUP_KEY": public},
        )
        return done.returncode

    running = Programme.objects.filter(started_on__isnull=False, ended_on=None)
    running.update(ended_on=timezone.localdate())  # nobody is in treatment any more
    house.close()
    tonight = [manage("retention")]
    there = Patient.objects.count(), len(list(folder.iterdir()))
    house.close()
    keep = ("backup", str(folder), "--keep-days", "35")
    night = [("retention",), keep]
    if not short:
        night += [("purge_log",), ("sweep_pictures", "--delete"), ("sweep_imports",)]
    ahead = [manage(*command, before=(faketime, "-f", AHEAD)) for command in night]
    left = Patient.objects.count(), len(list(folder.iterdir())) - 1  # one was made
    house.say("tonight, exit status", tonight, tonight == [0], [0])
    house.say("a clock three years ahead, exit status", ahead, 0 not in ahead, "not 0")
    house.say("a clock three years ahead, patients and backups", left, left == there, there)
    house.close()
    on_time = [manage(*command) for command in night]
    kept = len(list(folder.iterdir()))
    house.say("and on time again, exit status", on_time, set(on_time) == {0}, 0)
    house.say("and on time again, backups kept", kept, kept == 3, 3)
