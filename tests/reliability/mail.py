"""A mail server that takes seconds for every answer: nobody waits for it but the worker."""

import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

from .house import ROOT, Caller, House

RESETS, SLOW = 8, 1.0  # requests at once; seconds for each answer of the mail server
GOAL, CEILING = 0.5, 5.0


def run(house: House, short: bool) -> None:
    with _slow_server() as (port, received):
        environment = {"EMAIL_URL": f"smtp://127.0.0.1:{port}", "WITH_QUEUE": "1"}
        with house.served(environment=environment):
            _ask(house, "slow mail server, no worker", CEILING + 2 * SLOW)
            worker = _worker(house, environment)
            try:
                _until(lambda: (house.folder / "worker-beat").exists(), 30)
                before = len(received)
                _ask(house, "slow mail server, with a worker", CEILING)
                arrived = _until(lambda: len(received) > before, 90)
                house.say("slow mail server, a mail arrives", arrived, arrived)
            finally:
                worker.terminate()
                worker.wait()
                (house.folder / "worker-beat").unlink(missing_ok=True)


def _ask(house: House, what: str, most: float) -> None:
    """Eight forgotten passwords at once, and another page meanwhile."""
    reader = house.caller(house.patients[3].user)
    times, waits, statuses = [], [], set()

    def reset(number: int) -> None:
        caller, began = Caller(""), time.monotonic()
        body = f"email=p{number}@mail.example&csrfmiddlewaretoken={'t' * 32}"
        answer = caller.post("/accounts/password/reset/", body, "application/x-www-form-urlencoded")
        statuses.add(answer.status)
        times.append(time.monotonic() - began)

    asking = [threading.Thread(target=reset, args=[number]) for number in range(RESETS)]
    for thread in asking:
        thread.start()
    while any(thread.is_alive() for thread in asking) or not waits:
        began = time.monotonic()
        reader.get("/")
        waits.append(time.monotonic() - began)
        time.sleep(0.05)
    house.say(f"{what}, {RESETS} new passwords asked", sorted(statuses), statuses == {302}, 302)
    house.say(
        f"{what}, the median wait",
        f"{sorted(times)[RESETS // 2]:.2f} s",
        sorted(times)[RESETS // 2] < most,
        f"at most {most:.0f} s",
    )
    house.say(
        f"{what}, slowest other page meanwhile",
        f"{max(waits):.2f} s",
        max(waits) < CEILING,
        f"goal {GOAL} s, at most {CEILING:.0f} s",
    )


def _worker(house: House, environment: dict) -> subprocess.Popen:
    log = (house.folder / "worker.log").open("ab")
    return subprocess.Popen(
        [sys.executable, "manage.py", "worker"],
        cwd=ROOT,
        stdout=log,
        stderr=log,
        stdin=subprocess.DEVNULL,
        env=house.environment | environment,
    )


def _until(is_so, seconds: float) -> bool:
    give_up = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > give_up:
            return False
        time.sleep(0.1)
    return True


@contextmanager
def _slow_server():
    """Speaks as much SMTP as a mail needs, and waits before each answer."""
    received: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=_accept, args=(listener, received), daemon=True).start()
    try:
        yield listener.getsockname()[1], received
    finally:
        listener.close()


def _accept(listener: socket.socket, received: list[bytes]) -> None:
    while True:
        try:
            peer, _address = listener.accept()
        except OSError:  # closed: the part is over
            return
        threading.Thread(target=_talk, args=(peer, received), daemon=True).start()


def _talk(peer: socket.socket, received: list[bytes]) -> None:
    with peer, peer.makefile("rwb") as line:

        def say(text: str) -> None:
            time.sleep(SLOW)
            line.write(text.encode() + b"\r\n")
            line.flush()

        try:
            say("220 slow")
            for command in line:
                if command.upper().startswith(b"DATA"):
                    say("354 go on")
                    content = b"".join(iter(line.readline, b".\r\n"))
                    received.append(content)
                if command.upper().startswith(b"QUIT"):
                    say("221 bye")
                    return
                say("250 ok")
        except ConnectionError:  # who asked has gone
            return
