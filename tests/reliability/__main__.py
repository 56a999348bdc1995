"""`python -m tests.reliability [--short] [part …]`: all parts, or those named.

Each line says a figure and what it must be; a part that fails makes the whole fail. DATABASE_URL
names a PostgreSQL server on which a database may be made; without it everything is on SQLite.
"""

import sys
import time

from .house import House

house = House()  # before Django: it says where the data stands

from . import (  # noqa: E402
    clocks,
    full,
    fuzz,
    kill,
    load,
    locked,
    mail,
    migrate,
    nth,
    orders,
    power,
    printer,
    repeat,
)

PARTS = {
    part.__name__.rpartition(".")[2]: part.run
    for part in (
        orders,
        fuzz,
        nth,
        repeat,
        load,
        locked,
        full,
        printer,
        mail,
        power,
        kill,
        clocks,
        migrate,
    )
}
names = [name for name in sys.argv[1:] if not name.startswith("--")]
if unknown := set(names) - set(PARTS):
    sys.exit(f"There is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}.")
short = "--short" in sys.argv[1:]
try:
    house.build()
    # Killed migrations need a database of their own, which takes longer than all the rest in short.
    for name in names or [name for name in PARTS if not (short and name == "migrate")]:
        began = time.monotonic()
        PARTS[name](house, short)
        print(f"         ({name}: {time.monotonic() - began:.0f} s)", flush=True)
finally:
    house.remove()
sys.exit(1 if house.failed else 0)
