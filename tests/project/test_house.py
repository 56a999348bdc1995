"""Rules for the whole source: how many modules stand in a folder, and texts that are translated."""

import ast
from collections import Counter

import pytest

from .commands import ROOT

APPS = ("rugpijn", "exercises", "patients")
SOURCES = sorted(
    path.relative_to(ROOT)
    for app in APPS
    for path in (ROOT / app).rglob("*.py")
    if "migrations" not in path.parts
)
MODULES = 20  # in one folder
MODULES_OF_AN_APP = 16  # beside its folders
LARGER = {"exercises/figures": 26}  # the drawing engine; it may not grow
OLD_NAMES = "tasks.py"  # of work that was queued before it moved
EAGER = {"gettext", "ngettext", "pgettext", "npgettext"}


def test_no_folder_is_a_drawer():
    left_out = ("__init__.py", OLD_NAMES)
    counts = Counter(
        path.parent
        for path in SOURCES
        if path.name not in left_out and path.parent.name != "commands"  # a file for each command
    )
    limits = {
        folder: LARGER.get(str(folder), MODULES_OF_AN_APP if len(folder.parts) == 1 else MODULES)
        for folder in counts
    }
    assert {str(f): number for f, number in counts.items() if number > limits[f]} == {}


def eager_at_import(source: str) -> list[int]:
    """The lines on which a text is translated when the module is imported, before anyone reads."""
    tree = ast.parse(source)
    names = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.name in EAGER
    }
    lines = []

    def visit(node):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                for part in (*child.decorator_list, *child.args.defaults, *child.args.kw_defaults):
                    if part is not None:
                        look_at(part)
            elif not isinstance(child, ast.Lambda):
                look_at(child)

    def look_at(node):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            lines.append(node.lineno)
        visit(node)

    visit(tree)
    return lines


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_no_text_is_translated_at_import(path):
    assert eager_at_import((ROOT / path).read_text()) == []


def test_the_check_sees_what_it_is_for():
    heading = "from django.utils.translation import gettext as _, gettext_lazy\n"
    assert eager_at_import(heading + "NAME = _('x')") == [2]
    assert eager_at_import(heading + "class A:\n    name = _('x')") == [3]
    assert eager_at_import(heading + "def f(a=_('x')):\n    return 1") == [2]
    assert eager_at_import(heading + "NAME = gettext_lazy('x')") == []
    assert eager_at_import(heading + "def f():\n    return _('x')") == []
    assert eager_at_import(heading + "f = lambda: _('x')") == []
