"""Who may print when: places for pages, shared by all of the app's processes.

A request that prints or waits for its turn is a thread that answers nobody else, and a web process
has few. So a request takes a seat first, of which there are fewer than threads; who finds none is
told so at once. Strangers, who come by the code on paper, have fewer seats than people who are
logged in and one place of the two, so that they never keep the practice from printing. The worker
has a thread of its own: it takes no seat, and waits.
"""

import fcntl
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import BoundedSemaphore
from typing import IO

from django.conf import settings

AT_ONCE = 2  # pages; each keeps a core busy


class BusyError(Exception):
    """There is no seat, or no place came free in time."""


@dataclass(frozen=True)
class Share:
    """What one kind of asker may hold of the press."""

    name: str
    places: tuple[int, ...]  # of AT_ONCE, the first that is tried first
    seats: int  # requests that print or wait, in all processes; 0: without a seat
    threads: BoundedSemaphore = field(compare=False)  # requests in this process
    wait: float = 8  # seconds for a place


PEOPLE = Share("people", (1, 0), 4, BoundedSemaphore(2))
STRANGERS = Share("strangers", (0,), 2, BoundedSemaphore(1))
WORKER = Share("worker", (0, 1), 0, BoundedSemaphore(1), wait=120)

# Of the four threads that docs/install.md gives a process; strangers count among them.
_threads = BoundedSemaphore(2)
_asker: ContextVar[Share] = ContextVar("asker", default=PEOPLE)


@contextmanager
def asked_by(share: Share) -> Iterator[None]:
    """What is printed meanwhile counts for this share; without it for people who are logged in."""
    before = _asker.set(share)
    try:
        yield
    finally:
        _asker.reset(before)


@contextmanager
def seat() -> Iterator[None]:
    """Around all the work of one paper, its HTML too. Raises BusyError at once without a seat."""
    share = _asker.get()
    with ExitStack() as held:
        if share.seats:
            for threads in (share.threads, _threads):
                if not threads.acquire(blocking=False):
                    raise BusyError
                held.callback(threads.release)
            taken = take(share.name, range(share.seats))
            if taken is None:
                raise BusyError
            held.enter_context(taken)
        yield


@contextmanager
def place() -> Iterator[None]:
    """One of the places for a page. Raises BusyError after the share's wait."""
    share = _asker.get()
    give_up = time.monotonic() + share.wait
    while (taken := take("place", share.places)) is None:
        if time.monotonic() > give_up:
            raise BusyError
        time.sleep(0.05)
    with taken:
        yield


def take(name: str, numbers: Iterable[int]) -> IO | None:
    """One of these, held until it is closed or this process is no more; None when none is free."""
    places = settings.DATA_DIR / "printing"
    places.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        handle = open(places / f"{name}-{number}", "w")  # noqa: SIM115  kept while it is held
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.close()
        else:
            return handle
    return None
