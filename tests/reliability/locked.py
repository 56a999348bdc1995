"""A database that others hold, and a disk that is full."""

import json
import os
import resource
import signal
import sqlite3
import subprocess
import threading
import time
from contextlib import contextmanager
from urllib.parse import urlencode

from django.db import connection

from .house import House, is_sound, message, status_of, stored


def run(house: House, short: bool) -> None:
    one = house.patients[0]
    caller, reader = house.caller(one.user), house.caller(one.user)
    share = one.programme.share_link
    with house.served() as server:
        waits = (3,) if short else (3, 10) if house.is_sqlite else (3,)
        for seconds in waits:
            with _held(house, seconds):
                began = time.monotonic()
                answer = caller.post("/sync/", message(one))
            waited = time.monotonic() - began
            house.say(
                f"locked for {seconds} s",
                f"stored after {waited:.1f} s",
                status_of(answer) == "stored" and waited > seconds - 1,
                "waits, and is stored",
            )
        if not short:
            seconds = 60 if house.is_sqlite else 12
            with _held(house, seconds):
                answer = caller.post("/sync/", message(one))
            again = answer.headers.get("Retry-After")
            house.say(
                f"locked for {seconds} s",
                f"{answer.status}, Retry-After {again}",
                answer.status == 503 and again,
                "503 and when to try again",
            )
        if house.is_sqlite:
            _full(house, server, one, caller, reader, f"/s/{share.token}/1/")


@contextmanager
def _held(house: House, seconds: float):
    """Somebody else's transaction, which ends after so many seconds."""
    if house.is_sqlite:
        lock = sqlite3.connect(house.file, check_same_thread=False, isolation_level=None)
        lock.execute("BEGIN EXCLUSIVE")
    else:
        import psycopg

        lock = psycopg.connect(house.environment["DATABASE_URL"])
        lock.execute("LOCK TABLE patients_sessionlog IN ACCESS EXCLUSIVE MODE")
    timer = threading.Timer(seconds, lambda: lock.execute("ROLLBACK"))
    timer.start()
    try:
        yield
    finally:
        timer.join()
        lock.close()


def _full(house: House, server, one, caller, reader, share: str) -> None:
    """No file of the server may grow: what a full disk says, without filling one."""
    pids = _family(server.pid)

    def limit(size):
        for pid in pids:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    limit(house.file.stat().st_size)
    acknowledged, refused = set(), None
    for number in range(3000):
        operation = f"3f0b9f0e-6c4f-4a51-8a0e-{number:012}"
        answer = caller.post("/sync/", message(one, operation=operation))
        if answer.status != 200:
            refused = answer
            break
        if status_of(answer) == "stored":
            acknowledged.add(operation)
    house.say("full, a write", refused and refused.status, refused and refused.status == 503, 503)
    typed = json.loads(message(one, pain="4"))["acts"][0]
    page = reader.post(
        f"/programmes/{one.programme.uuid}/log/",
        urlencode(typed),
        "application/x-www-form-urlencoded",
    )
    told = "Opnieuw versturen" in page.body.decode() and b'name="pain" value="4"' in page.body
    house.say(
        "full, a form", f"{page.status}, kept: {told}", page.status == 503 and told, "503, kept"
    )
    seen = reader.get(share).status
    house.say("full, the page behind the code on paper", seen, seen == 200, 200)
    limit(resource.RLIM_INFINITY)
    after = status_of(caller.post("/sync/", message(one)))
    house.say("room again", after, after == "stored", "stored, without repair")
    lost = len(acknowledged - stored())
    house.say("full, acknowledged and not stored", lost, lost == 0, 0)
    house.say("full, the database is whole", is_sound(), is_sound())
    connection.close()
    os.kill(server.pid, signal.SIGTERM)


def _family(pid: int) -> list[int]:
    said = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=True
    )
    return [pid, *map(int, said.stdout.split())]
