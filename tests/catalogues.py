"""The texts of the source, collected anew, with the files that use each of them."""

import shutil
import tempfile
from functools import cache
from pathlib import Path

from .environment import needs
from .project.commands import ROOT, run

APPS = ("rugpijn", "exercises", "patients")
CATALOGUE = ROOT / "rugpijn" / "locale" / "nl" / "LC_MESSAGES" / "django.po"


@cache
def collected() -> str:
    """What `make messages` would write now, and for each text the files that it stands in.

    The catalogue that is kept has no file names: they would change with every move of a module.
    """
    needs("xgettext", "gettext")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for part in ("manage.py", *APPS, "templates"):
            take = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
            take(ROOT / part, copy / part)
        collect = run(
            *("manage.py", "makemessages", "--locale=nl", "--no-obsolete", "--no-wrap"),
            "--add-location=file",
            cwd=copy,
            DEBUG="1",
        )
        assert collect.returncode == 0, collect.stderr
        return (copy / CATALOGUE.relative_to(ROOT)).read_text(encoding="utf-8")
