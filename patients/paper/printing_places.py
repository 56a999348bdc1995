"""Places to print a page and seats to wait for one, shared by all processes of the app.

A place is taken while a page is printed. A seat is taken by a request that prints or waits for a
place: it keeps a thread busy, and a web process has few. There are fewer seats than threads, and a
request that finds none is refused at once. Strangers, who come by the code on paper, have fewer
seats than people who are logged in, and one of the two places, so that they cannot keep the
practice from printing. The worker has a thread of its own: it needs no seat, and waits.
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
    """There is no free seat, or no place became free in time."""


@dataclass(frozen=True)
class Share:
    """The places and seats that one kind of asker may take."""

    name: str
    places: tuple[int, ...]  # their numbers below AT_ONCE, in the order in which they are tried
    seats: int  # requests that print or wait, in all processes; 0: needs no seat
    threads: BoundedSemaphore = field(compare=False)  # the same in this process
    wait: float = 8  # seconds for a place


PEOPLE = Share("people", (1, 0), 4, BoundedSemaphore(2))
STRANGERS = Share("strangers", (0,), 2, BoundedSemaphore(1))
WORKER = Share("worker", (0, 1), 0, BoundedSemaphore(1), wait=120)

# Two of the four threads that docs/install.md gives a process, for strangers and people together.
_threads = BoundedSemaphore(2)
_asker: ContextVar[Share] = ContextVar("asker", default=PEOPLE)


@contextmanager
def asked_by(share: Share) -> Iterator[None]:
    """Let what is printed inside count for this share. Outside it counts for PEOPLE."""
    before = _asker.set(share)
    try:
        yield
    finally:
        _asker.reset(before)


@contextmanager
def seat() -> Iterator[None]:
    """Hold a seat while a paper is made, from its HTML to its PDF. Raises BusyError at once when
    there is none."""
    share = _asker.get()
    with ExitStack() as locks:
        if share.seats:
            for threads in (share.threads, _threads):
                if not threads.acquire(blocking=False):
                    raise BusyError
                locks.callback(threads.release)
            lock = take(share.name, range(share.seats))
            if lock is None:
                raise BusyError
            locks.enter_context(lock)
        yield


@contextmanager
def place() -> Iterator[None]:
    """Hold a place while a page is printed. Raises BusyError when none is free within the wait of
    the share."""
    share = _asker.get()
    give_up = time.monotonic() + share.wait
    while (lock := take("place", share.places)) is None:
        if time.monotonic() > give_up:
            raise BusyError
        time.sleep(0.05)
    with lock:
        yield


def take(name: str, numbers: Iterable[int]) -> IO | None:
    """An open file with a lock on the first free one of these numbers; None when none is free.

    The lock ends when the file is closed or the process ends.
    """
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
