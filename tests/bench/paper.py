"""Handouts: ours beside the plain way with WeasyPrint, Chromium and typst, and the press itself.

Every page is for somebody else, and the engines take turns, so that a busy machine is as busy for
each of them. Times of one run can be compared with each other, and with nothing else.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from itertools import islice
from multiprocessing.connection import Pipe
from pathlib import Path
from threading import Thread

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from patients.paper import press
from tests.logging_in import force_login

from . import clinic
from .measure import table

ROUNDS = 15
SIZES = (6, 12, 24, 48)
OTHERS = ("naive", "chromium", "typst")


class Ours:
    """The press as it is: through the line to a child and back."""

    def __init__(self):
        self.child = press.Child()
        self.pid = self.child.process.pid

    def make(self, html: str) -> tuple[float, bytes]:
        start = time.perf_counter()
        pdf = self.child.render(html)
        return time.perf_counter() - start, pdf

    def end(self) -> None:
        self.child.end()


class Other:
    """An engine of engine.py, with our fonts."""

    def __init__(self, name: str):
        self.folder = tempfile.TemporaryDirectory(prefix="rugpijn-bench-")
        env = press._environment(Path(self.folder.name))
        env |= {"DJANGO_SETTINGS_MODULE": "rugpijn.settings", "DEBUG": "1"}
        self.line, theirs = Pipe()
        command = [sys.executable, "-m", "tests.bench.engine", str(theirs.fileno()), name]
        with theirs:
            self.process = subprocess.Popen(
                command, cwd=press.ROOT, env=env, pass_fds=[theirs.fileno()]
            )
        self.pid = self.process.pid

    def make(self, html: str) -> tuple[float, bytes]:
        self.line.send_bytes(html.encode())
        seconds, pdf = self.line.recv_bytes().split(b"\n", 1)
        return float(seconds), pdf

    def end(self) -> None:
        self.line.close()
        self.process.wait()
        self.folder.cleanup()


def run() -> None:
    with clinic.programme() as running:
        version = running.current_version()
        side_by_side(version)
        batch(version)
        memory(version)
        again(running)


def side_by_side(version) -> None:
    """The leaflet on all four ways; then how ours and the others grow."""
    engines = {"ours": Ours(), **{name: Other(name) for name in OTHERS}}
    try:
        for size in SIZES:
            rounds = ROUNDS if size == SIZES[0] else 3
            times, sizes = measure(engines, clinic.pages(version, size), rounds)
            rows = []
            for name, engine in engines.items():
                each = sorted(times[name])
                ratio = statistics.median(
                    a / b for a, b in zip(times[name], times["ours"], strict=True)
                )
                rows.append(
                    [
                        name,
                        statistics.median(each) * 1000,
                        each[int(0.95 * (len(each) - 1))] * 1000,
                        f"{ratio:.2f}",
                        sizes[name] / 1000,
                        megabytes(engine.pid),
                    ]
                )
            head = ("way", "median ms", "p95 ms", "times ours", "kB", "MB of memory")
            table(f"A handout of {size} exercises, {rounds} rounds", head, rows)
    finally:
        for engine in engines.values():
            engine.end()


def measure(engines, pages, rounds):
    times, sizes = {name: [] for name in engines}, {}
    for number in range(-2, rounds):  # two to get warm
        html = next(pages)
        names = list(engines)
        for name in names[number % len(names) :] + names[: number % len(names)]:
            seconds, pdf = engines[name].make(html)
            if number >= 0:
                times[name].append(seconds)
                sizes[name] = len(pdf)
    return times, sizes


def batch(version, count: int = 100) -> None:
    """Handouts for a hundred people: by one child, and by two beside each other."""
    htmls = list(islice(clinic.pages(version), count))
    rows = []
    for children in (1, 2):
        engines = [Ours() for _child in range(children)]
        for engine in engines:
            engine.make(htmls[0])
        todo = iter(htmls)

        def work(engine, todo=todo):
            for html in todo:
                engine.make(html)

        start = time.perf_counter()
        threads = [Thread(target=work, args=[engine]) for engine in engines]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        rows.append([str(children), time.perf_counter() - start])
        for engine in engines:
            engine.end()
    table(f"{count} handouts", ("children", "seconds"), rows)


def memory(version) -> None:
    """A child after as many pages as it may print."""
    pages, ours = clinic.pages(version), Ours()
    rows = []
    for number in range(1, press.PAGES + 1):
        ours.make(next(pages))
        if number in (1, 10, 100, press.PAGES):
            rows.append([str(number), megabytes(ours.pid)])
    ours.end()
    table("Memory of a child", ("pages", "MB"), rows)


def again(running) -> None:
    """A stored handout through the whole of the app: session, access, log, file."""
    client = Client(headers={"host": "localhost"})
    force_login(client, running.patient.created_by)
    address = reverse("patients:programme_handout", args=[running.uuid])
    first, again = [], []
    for _round in range(5):
        running.current_version().handouts.all().delete()
        for times in (first, *[again] * 20):
            start = time.perf_counter()
            response = client.get(address)
            times.append((time.perf_counter() - start) * 1000)
            assert response.content.startswith(b"%PDF")
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    once, later = statistics.median(first), statistics.median(again)
    head = ("first ms", "again ms", "times", "queries")
    table("Printing again", head, [[f"{once:.1f}", later, once / later, str(len(queries))]])
    press.end_children()


def megabytes(pid: int) -> float:
    """The memory of a process and all it started; what they share counts once."""
    total = 0
    for each in [pid, *descendants(pid)]:
        rollup = Path(f"/proc/{each}/smaps_rollup").read_text()
        total += int(rollup.split("\nPss:")[1].split()[0])
    return total / 1024


def descendants(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [one for child in map(int, children) for one in (child, *descendants(child))]
