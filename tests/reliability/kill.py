"""The server killed with -9 while sixteen patients tick, again and again."""

import os
import random
import signal
import threading
import time
import uuid
from contextlib import suppress

from patients.models import SessionLog
from rugpijn.audit import AccessEvent

from .house import House, is_sound, message, status_of, stored


def run(house: House, short: bool) -> None:
    rounds = 2 if short else 200 if house.is_sqlite else 50
    rounds = int(os.environ.get("ROUNDS", rounds))
    dice, acknowledged, restarts = random.Random(9), set(), []
    before, there = AccessEvent.objects.filter(action="log").count(), len(stored())
    callers = [(one, house.caller(one.user)) for one in house.patients[:16]]
    for _round in range(rounds):
        server = house.start()
        restarts.append(house.wait())
        stop = threading.Event()

        def tick(one, caller, stop=stop):
            while not stop.is_set():
                operation = str(uuid.uuid4())
                sent = message(one, operation=operation)
                with suppress(ConnectionError):
                    if status_of(caller.post("/sync/", sent)) == "stored":
                        acknowledged.add(operation)
                    continue
                stop.wait(0.02)

        threads = [threading.Thread(target=tick, args=pair) for pair in callers]
        for thread in threads:
            thread.start()
        time.sleep(dice.uniform(0.2, 1.2))
        os.killpg(server.pid, signal.SIGKILL)
        stop.set()
        for thread in threads:
            thread.join()
        server.wait()
    kept = stored()
    title = f"kill -9, {rounds} times"
    house.say(f"{title}, acts acknowledged", len(acknowledged), bool(acknowledged))
    lost = len(acknowledged - kept)
    house.say(f"{title}, acknowledged and not stored", lost, lost == 0, "0")
    doubled = SessionLog.objects.count() - len(kept)
    house.say(f"{title}, stored twice", doubled, doubled == 0, "0")
    rows = AccessEvent.objects.filter(action="log").count() - before
    added = len(kept) - there
    house.say(f"{title}, rows of the log beside acts", f"{rows} of {added}", rows == added, "equal")
    house.say(f"{title}, the database is whole", is_sound(), is_sound())
    slowest = max(restarts)
    quick, must = short or slowest <= 5, "" if short else "at most 5 s"
    house.say(f"{title}, slowest restart", f"{slowest:.1f} s", quick, must)
