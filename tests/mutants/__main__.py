"""Take away each rule of access in turn, and see whether the access tests go red.

`make mutants` tries them all. `ARGS=--some` takes five, others at each commit, for CI; names or
parts of names take those. Works in copies of the tree, two at a time.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import Queue

from .rules import MUTANTS, Mutant

ROOT = Path(__file__).parents[2]
TESTS = ("tests/access/test_forged.py", "tests/access/test_access.py")  # the quicker one first
SOME, AT_ONCE = 5, 2


def main() -> int:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("names", nargs="*", help="parts of names")
    parser.add_argument("--some", action="store_true", help=f"{SOME} of them, in rotation")
    asked = parser.parse_args()
    chosen = [m for m in MUTANTS if not asked.names or any(n in m.name for n in asked.names)]
    if asked.some:
        chosen = in_rotation(chosen, number_of_commits())
    copies: Queue[Path] = Queue()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(min(AT_ONCE, len(chosen))):
            copies.put(copy_to(Path(folder) / str(number)))
        began = time.monotonic()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            noticed = list(pool.map(lambda mutant: try_in(copies, mutant), chosen))
    survivors = [m.name for m, seen in zip(chosen, noticed, strict=True) if not seen]
    took = time.monotonic() - began
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} noticed, in {took:.0f} s")
    for name in survivors:
        print(f"NOT NOTICED: {name}")
    return 1 if survivors or not chosen else 0


def in_rotation(mutants: list[Mutant], number: int) -> list[Mutant]:
    """Five neighbours; the next commit takes the five after them."""
    first = number * SOME
    return [mutants[(first + step) % len(mutants)] for step in range(min(SOME, len(mutants)))]


def number_of_commits() -> int:
    asked = ["git", "rev-list", "--count", "HEAD"]
    return int(subprocess.run(asked, cwd=ROOT, check=True, capture_output=True).stdout)


def copy_to(folder: Path) -> Path:
    """The tree as it is now, changes that are not committed included."""
    asked = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(asked, cwd=ROOT, check=True, capture_output=True).stdout
    for name in names.decode().split("\0"):
        if name and (ROOT / name).exists():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
    return folder


def try_in(copies: "Queue[Path]", mutant: Mutant) -> bool:
    """Whether the tests noticed it. They ran, and failed: any other end is an error of ours."""
    folder = copies.get()
    began = time.monotonic()
    try:
        with mutated(folder, mutant):
            ended = run(folder, mutant.by) if mutant.by else None
            if ended is None or ended.returncode == 0:
                ended = run(folder, *TESTS)
    finally:
        copies.put(folder)
    if ended.returncode not in (0, 1):
        raise SystemExit(f"{mutant.name}:\n{ended.stdout}{ended.stderr}")
    by = next((line for line in ended.stdout.splitlines() if line.startswith("FAILED")), "")
    word = "noticed" if ended.returncode == 1 else "NOT NOTICED"
    test = by.removeprefix("FAILED ").split(" - ")[0]
    print(f"{time.monotonic() - began:5.1f} s  {word}: {mutant.name}  {test}", flush=True)
    return ended.returncode == 1


def run(folder: Path, *tests: str) -> subprocess.CompletedProcess:
    asked = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    return subprocess.run(asked, cwd=folder, capture_output=True, text=True)


@contextmanager
def mutated(folder: Path, mutant: Mutant) -> Iterator[None]:
    path = folder / mutant.file
    whole = path.read_text()
    assert whole.count(mutant.before) == 1, f"{mutant.name}: not once in {mutant.file}"
    path.write_text(whole.replace(mutant.before, mutant.after))
    try:
        yield
    finally:
        path.write_text(whole)


if __name__ == "__main__":
    sys.exit(main())
