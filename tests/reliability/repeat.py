"""The same acts, sent many times at once; and the same number with other contents."""

import os
import uuid
from concurrent.futures import ThreadPoolExecutor

from patients.models import SessionLog

from .house import House, message, status_of

TIMES = 25


def run(house: House, short: bool) -> None:
    count = int(os.environ.get("OPERATIONS", 10 if short else 1000))
    callers = [[house.caller(one.user) for _copy in (1, 2)] for one in house.patients]
    operations = [(str(uuid.uuid4()), number % len(house.patients)) for number in range(count)]
    said, others = {}, []

    def worker(number):
        """Two for each patient, who send all of that patient's acts many times."""
        which, copy = divmod(number, 2)
        one, caller = house.patients[which], callers[which][copy]
        mine = [operation for operation, whose in operations if whose == which]
        half = range(TIMES // 2 + copy * (TIMES % 2))
        return [
            (operation, status_of(caller.post("/sync/", message(one, operation=operation))))
            for _time in half
            for operation in mine
        ]

    with house.served():
        with ThreadPoolExecutor(2 * len(house.patients)) as pool:
            for answers in pool.map(worker, range(2 * len(house.patients))):
                for operation, status in answers:
                    said.setdefault(operation, set()).add(status)
        for operation, which in operations[:20]:
            sent = message(house.patients[which], operation=operation, pain="9")
            others.append(status_of(callers[which][0].post("/sync/", sent)))
    rows = SessionLog.objects.filter(operation__in=[operation for operation, _ in operations])
    title = f"{count} numbers {TIMES} times"
    house.say(f"{title}, rows", rows.count(), rows.count() == count, count)
    one_answer = sum(answers == {"stored"} for answers in said.values())
    house.say(f"{title}, one and the same answer", one_answer, one_answer == count, count)
    refused = set(others) == {"conflict"}
    house.say("the same number, other contents", ", ".join(set(others)), refused, "conflict")
    changed = rows.exclude(pain=2).count()
    house.say("the same number, first value changed", changed, changed == 0, "0")
