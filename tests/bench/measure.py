"""Repeat, take the median, and say it in a table."""

import gzip
import statistics
import time
from collections.abc import Callable, Iterable


def milliseconds(work: Callable[[], object], times: int = 5) -> float:
    """The median of some runs, after one that warms up."""
    work()
    runs = []
    for _run in range(times):
        start = time.perf_counter()
        work()
        runs.append((time.perf_counter() - start) * 1000)
    return statistics.median(runs)


def kilobytes(text: str) -> tuple[float, float]:
    """As it is, and compressed with gzip."""
    raw = text.encode()
    return len(raw) / 1000, len(gzip.compress(raw, 9, mtime=0)) / 1000


def table(title: str, head: Iterable[str], rows: Iterable[Iterable]) -> None:
    """Print rows; numbers to one decimal, at the right of their column."""
    lines = [list(head), *([_said(cell) for cell in row] for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    print(f"\n{title}")
    for line in lines:
        first, *rest = zip(line, widths, strict=True)
        cells = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)]
        print("  " + "  ".join(cells))


def _said(cell) -> str:
    return f"{cell:.1f}" if isinstance(cell, float) else str(cell)
