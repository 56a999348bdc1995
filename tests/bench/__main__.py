"""`python -m tests.bench [part …]`: all parts, or those named."""

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rugpijn.settings")
os.environ.setdefault("DEBUG", "1")

import django

django.setup()

from . import editor, figures, lists, pages, paper, picker  # noqa: E402  Django first

PARTS = {
    part.__name__.rpartition(".")[2]: part.run
    for part in (figures, editor, paper, picker, lists, pages)
}

unknown = set(sys.argv[1:]) - set(PARTS)
if unknown:
    sys.exit(f"There is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}.")
for name in sys.argv[1:] or PARTS:
    PARTS[name]()
