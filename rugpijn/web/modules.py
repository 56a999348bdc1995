"""JavaScript modules: what a script imports, for the pages and the worker that name all of it."""

import posixpath
import re
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders

IMPORT = re.compile(
    r"""^(?:import|export)\s(?:[^"';]+\sfrom\s)?["'](\.[^"']+)["'];""", re.MULTILINE
)


@cache
def imports(name: str) -> tuple[str, ...]:
    """All that a script imports, and what those import, in the order in which they run.

    `name` and the answer are names of static files. An import that is only made when it is needed
    (`await import(…)`) does not count.
    """
    found: dict[str, None] = {}
    for path in IMPORT.findall(Path(finders.find(name)).read_text()):
        other = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
        found.update(dict.fromkeys((*imports(other), other)))
    return tuple(found)


def with_imports(names) -> tuple[str, ...]:
    """These static files, and what the scripts among them import, each once."""
    found: dict[str, None] = {}
    for name in names:
        more = imports(name) if name.endswith(".js") else ()
        found.update(dict.fromkeys((*more, name)))
    return tuple(found)
