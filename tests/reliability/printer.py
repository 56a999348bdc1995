"""Strangers who print a very long programme all at once: everybody else gets pages meanwhile."""

import threading
import time
from collections import Counter

from exercises.models import Exercise
from patients.prescribing import authoring

from .house import Answer, Caller, House

STRANGERS, LINES, FEW_LINES = 24, 200, 60  # the last in short
GOAL, CEILING = 0.5, 5.0  # seconds; a machine with other work may take ten times the goal


def run(house: House, short: bool) -> None:
    long, reader = house.patients[1], house.patients[2]
    exercises = list(Exercise.objects.filter(practice=None))
    lines = FEW_LINES if short else LINES
    for number in range(lines - len(long.lines)):
        authoring.prescribe(programme=long.programme, exercise=exercises[number % len(exercises)])
    version = authoring.issue(programme=long.programme, by=house.world.anna)
    address = f"/s/{long.programme.share_link.token}/{version.number}/handout.pdf"
    caller = house.caller(reader.user)
    answers: list[Answer] = []

    def ask() -> None:
        answers.append(Caller("").get(address))

    with house.served():
        caller.get("/")  # both processes have begun
        asking = [threading.Thread(target=ask) for _one in range(STRANGERS)]
        began = time.monotonic()
        for thread in asking:
            thread.start()
        waits = []
        while any(thread.is_alive() for thread in asking) or len(waits) < 5:
            asked = time.monotonic()
            status = caller.get("/").status
            waits.append(time.monotonic() - asked)
            assert status == 200, status
            time.sleep(0.05)
        lasted = time.monotonic() - began
        again = caller.get(f"/programmes/{long.programme.uuid}/handout.pdf").status
    told = Counter(answer.status for answer in answers)
    in_words = all(
        answer.status == 200 or (b"<h1" in answer.body and "Retry-After" in answer.headers)
        for answer in answers
    )
    what = f"{STRANGERS} strangers print {lines} exercises"
    house.say(f"{what}, answers", f"{dict(told)} in {lasted:.1f} s", set(told) <= {200, 503})
    house.say(f"{what}, refusals in words", in_words, in_words)
    slowest = max(waits)
    house.say(
        f"{what}, slowest of {len(waits)} other pages meanwhile",
        f"{slowest:.2f} s",
        slowest < CEILING,
        f"goal {GOAL} s, at most {CEILING:.0f} s",
    )
    house.say(f"{what}, another's paper is not theirs to see", again, again == 404, 404)
