"""Whether a write is on the disk before it is acknowledged: what survives a power cut."""

import re
import shutil
import time

from .house import House, message, status_of

WRITES = 20


def run(house: House, short: bool) -> None:
    if not house.is_sqlite:
        print("skip   power: PostgreSQL flushes in a server of its own (fsync, synchronous_commit)")
        return
    if shutil.which("strace") is None:
        print("skip   power: strace is missing")
        return
    caller, one = house.caller(house.patients[1].user), house.patients[1]
    trace = house.folder / "trace"
    watch = ("strace", "-f", "-qq", "-e", "trace=fsync,fdatasync", "-o", str(trace))
    with house.served(*watch, threads=1):
        caller.post("/sync/", message(one))
        time.sleep(0.2)
        before = _flushes(trace)
        done = sum(
            status_of(caller.post("/sync/", message(one))) == "stored" for _ in range(WRITES)
        )
        flushes = _flushes(trace) - before
    house.say(
        f"power, flushes for {done} acknowledged writes",
        flushes,
        flushes >= done == WRITES,
        f"at least {WRITES}",
    )


def _flushes(trace) -> int:
    return len(re.findall(r"(?:fsync|fdatasync)\(", trace.read_text()))
