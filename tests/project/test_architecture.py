"""Imports point one way: rugpijn ← exercises ← patients. Read from the source, not from hope."""

import ast
import sys
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAY_IMPORT = {
    "rugpijn": set(),
    "exercises": {"rugpijn"},
    "patients": {"rugpijn", "exercises"},
}
# A reason each. Everything else that points up is a mistake.
EXCEPTIONS = {
    ("rugpijn/urls.py", "patients"): "the table of contents names every app's addresses",
    ("rugpijn/urls.py", "exercises"): "the table of contents names every app's addresses",
    ("rugpijn/management/commands/demo.py", "patients"): "the demo puts everything together",
}
SOURCES = sorted(
    path.relative_to(ROOT)
    for app in MAY_IMPORT
    for path in (ROOT / app).rglob("*.py")
    if "migrations" not in path.parts
)


def imported(path: Path) -> set[str]:
    """The modules that a file imports, also inside functions, and what include() names."""
    package = path.parts[:-1]
    found = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text(), str(path))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join((*base, *([node.module] if node.module else [])))
            found |= {module} | {f"{module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in ("include", "import_module", "import_string"):
                found.add(str(node.args[0].value))
    return found


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_imports_point_one_way(path):
    app = path.parts[0]
    apps = {name.partition(".")[0] for name in imported(path)} & set(MAY_IMPORT)
    excused = {other for file, other in EXCEPTIONS if file == str(path)}
    assert apps - MAY_IMPORT[app] - {app} - excused == set()


def test_only_the_press_imports_weasyprint():
    importers = {
        str(path)
        for path in SOURCES
        if any(name.partition(".")[0] == "weasyprint" for name in imported(path))
    }
    assert importers == {"patients/paper/press_child.py", "patients/paper/fast_weasyprint.py"}


FIGURES = sorted(str(p) for p in SOURCES if p.parts[:2] == ("exercises", "figures"))


@pytest.mark.parametrize("file", FIGURES)
def test_drawing_needs_the_standard_library_only(file):
    names = {name.partition(".")[0] for name in imported(Path(file))} - {"exercises"}
    assert names <= sys.stdlib_module_names


DOSAGE = sorted(str(p) for p in SOURCES if p.parts[:2] == ("exercises", "dosage"))


@pytest.mark.parametrize(
    "file", [*DOSAGE, "exercises/progression.py", "rugpijn/typed/text.py", *FIGURES]
)
def test_a_value_knows_no_database(file):
    forbidden = ("django.db", "rugpijn.models", "exercises.models", "patients")
    assert not [name for name in imported(Path(file)) if name.startswith(forbidden)]


# The rooms of patients/, from the ground up: each imports what stands above it in this list.
RANKS = (
    "ages birth_dates names phone_clock",
    "access clinical",
    "line search",
    "sheet",
    "models schedule sheet_changes",
    "sheet_media writes",
    "admin_base",
    "paper",
    "patient_day",
    "prescribing",
    "follow_up",
    "contact",
    "joining privacy",
    "admin apps management templatetags urls",
)
RANK = {room: rank for rank, rooms in enumerate(RANKS) for room in rooms.split()}
OLD_NAMES = {"tasks"}  # for work that was queued before it moved


def room(module: str) -> str:
    return module.split(".")[1]


def within_patients(path: Path) -> set[str]:
    """What a module of patients imports of patients, by module and not by name."""
    modules = {module_of(one) for one in SOURCES}
    return {name for name in imported(path) & modules if name.startswith("patients.")}


@pytest.mark.parametrize("path", [p for p in SOURCES if p.parts[0] == "patients"], ids=str)
def test_a_room_imports_what_stands_below_it(path):
    here = module_of(path)
    if here == "patients" or room(here) in OLD_NAMES:
        return
    others = {name for name in within_patients(path) if room(name) != room(here)}
    assert not [name for name in others if RANK[room(name)] >= RANK[room(here)]]
    views = [name for name in others if ".views" in name]
    assert not views or room(here) in ("admin", "urls")


def test_every_exception_is_still_needed():
    for (file, other), reason in EXCEPTIONS.items():
        if file != "rugpijn/urls.py":  # may name any app, now or later
            assert any(name.startswith(other) for name in imported(Path(file))), reason


def module_of(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def circles(imports: dict[str, set[str]]) -> list[set[str]]:
    """Modules that import each other, by way of others or at once; one set for each circle."""
    reached = {name: set(others) for name, others in imports.items()}
    grew = True
    while grew:
        grew = False
        for others in reached.values():
            more = set().union(*(reached[other] for other in others)) - others
            if more:
                others |= more
                grew = True
    rings = {frozenset(one for one in reached[name] if name in reached[one]) for name in reached}
    return [set(ring) for ring in rings if len(ring) > 1]


def test_no_circle_of_imports():
    """Also none that is hidden in a function."""
    modules = {module_of(path): path for path in SOURCES}
    imports = {
        name: {other for other in imported(path) if other in modules and other != name}
        for name, path in modules.items()
        if name != "rugpijn.urls"  # names every app's addresses
    }
    imports = {name: others & set(imports) for name, others in imports.items()}
    # A module that imports its own package for a neighbour does not import what that one holds.
    imports = {
        name: {other for other in others if not name.startswith(f"{other}.")}
        for name, others in imports.items()
    }
    assert circles(imports) == []
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [{"a", "b", "c"}]


def test_a_public_class_has_a_name_of_its_own():
    places = defaultdict(list)
    for path in SOURCES:
        for node in ast.parse((ROOT / path).read_text()).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(str(path))
    del places["Command"]  # of each management command, as Django asks
    assert {name: files for name, files in places.items() if len(files) > 1} == {}


OF_TESTS = sorted(path.relative_to(ROOT) for path in (ROOT / "tests").rglob("*.py"))
TEST_FILES = [path for path in OF_TESTS if path.name.startswith("test_")]
LONGEST = 449


def test_a_test_file_tells_one_story():
    lines = {str(path): len((ROOT / path).read_text().splitlines()) for path in TEST_FILES}
    assert {path: count for path, count in lines.items() if count > LONGEST} == {}


def test_no_test_module_is_imported():
    """What several of them need stands in a conftest or in a module without tests."""
    modules = {module_of(path) for path in TEST_FILES}
    importers = {str(path): imported(path) & modules for path in OF_TESTS}
    assert {path: names for path, names in importers.items() if names} == {}
