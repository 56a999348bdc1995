"""Read a library file into entries. Uses no database."""

import tomllib
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from ..models import Advice, AdviceText, Exercise, ExerciseText, Protocol, ProtocolText
from . import schemas
from .entries import FACTS, AdviceEntry, ExerciseEntry, LibraryFile, LineEntry, ProtocolEntry
from .table import FileTable, together

DATA = Path(__file__).parent.parent / "data"


def _from_1_to_2(content: dict[str, Any]) -> dict[str, Any]:
    """Schema 2 adds the optional symptoms of a protocol, so nothing has to be converted."""
    return {**content, "schema": 2}


# For each older schema the function that converts it to the next one.
UPGRADES = {1: _from_1_to_2}
SCHEMA = schemas.newest(UPGRADES)


def read(path: Path | str) -> LibraryFile:
    """Read one library file. Raises ValueError with one sentence when it has a mistake."""
    path = Path(path)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(
            _("%(file)s cannot be read: %(problem)s.")
            % {"file": path.name, "problem": error.strerror}
        ) from error
    except (ValueError, RecursionError) as error:
        raise ValueError(
            _("%(file)s is not a TOML file: %(problem)s.") % {"file": path.name, "problem": error}
        ) from error
    try:
        top = FileTable(path.name, schemas.upgraded(content, UPGRADES))
    except ValueError as error:
        raise FileTable(path.name, content).refuse("schema", str(error)) from error
    top.allow("schema", "protocol", "advice", "exercises", texts=False)
    exercises = tuple(read_exercise(table) for table in _numbered(top, "exercises", _("exercise")))
    _refuse_twice(path.name, [entry.key for entry in exercises])
    keys = {entry.key for entry in exercises}
    return LibraryFile(path.name, exercises, _read_protocol(top, keys))


def read_all(paths: Iterable[Path | str]) -> list[LibraryFile]:
    """Read several files. Raises ValueError for a mistake, and for a key that is in two files."""
    libraries = [read(path) for path in paths]
    for kind in ("exercises", "protocol"):
        file_of: dict[str, str] = {}
        for library in libraries:
            entries = library.exercises if kind == "exercises" else [library.protocol]
            for entry in filter(None, entries):
                if entry.key in file_of:
                    raise ValueError(
                        _("%(file)s: “%(key)s” is also in %(other)s.")
                        % {"file": library.file, "key": entry.key, "other": file_of[entry.key]}
                    )
                file_of[entry.key] = library.file
    return libraries


def _numbered(top: FileTable, name: str, kind: str) -> list[FileTable]:
    """The tables of a list. The place of each has its key, its kind or else its number."""
    tables = []
    for number, values in enumerate(top.tables(name), start=1):
        label = values.get("key") or values.get("kind")
        label = f"“{label}”" if isinstance(label, str) else str(number)
        tables.append(FileTable(f"{top.place}, {kind} {label}", values, known=top.known))
    return tables


def _refuse_twice(file: str, keys: list[str]) -> None:
    for key in keys:
        if keys.count(key) > 1:
            raise ValueError(
                _("%(file)s has the exercise “%(key)s” twice.") % {"file": file, "key": key}
            )


def read_exercise(
    table: FileTable, figure: Callable[[FileTable], str] = FileTable.figure
) -> ExerciseEntry:
    """The exercise in a table. `figure` reads the name of its figure. Both raise Refused."""
    table.allow("key", "dosage", "figure", *FACTS[Exercise])
    return ExerciseEntry(
        **together(
            key=table.key,
            facts=partial(table.facts, Exercise),
            dosage=table.dosage,
            texts=partial(table.texts, ExerciseText),
            figure=partial(figure, table),
        )
    )


def _read_protocol(top: FileTable, keys: set[str]) -> ProtocolEntry | None:
    if "protocol" not in top.values:
        if top.values.get("advice"):
            raise top.refuse("advice", _("advice belongs to a protocol, and there is none."))
        return None
    table = top.table("protocol", f"{top.place}, {_('protocol')}")
    if "advice" in table.values:
        raise table.refuse("advice", _("this name is unknown here."))
    values = {**table.values, "advice": top.tables("advice")}  # in a TOML file beside the protocol
    return read_protocol(FileTable(table.place, values), partial(_exercise_of_file, keys))


def read_protocol(
    table: FileTable,
    exercise: Callable[[FileTable], str],
    figure: Callable[[FileTable], str] = FileTable.figure,
) -> ProtocolEntry:
    """The protocol in a table.

    `exercise` and `figure` read the name of an exercise and of a figure. All raise Refused.
    """
    table.allow("key", "lines", "advice", "symptoms", *FACTS[Protocol])
    return ProtocolEntry(
        **together(
            key=table.key,
            facts=partial(table.facts, Protocol),
            texts=partial(table.texts, ProtocolText),
            lines=lambda: _each(_numbered(table, "lines", _("line")), _read_line, exercise),
            advice=lambda: _each(_numbered(table, "advice", _("advice")), _read_advice, figure),
            symptoms=table.symptoms,
        )
    )


def _each(tables: list[FileTable], read: Callable, *how) -> tuple:
    return tuple(
        together(**{str(i): partial(read, t, *how) for i, t in enumerate(tables)}).values()
    )


def _exercise_of_file(keys: set[str], table: FileTable) -> str:
    exercise = table.string("exercise")
    if exercise not in keys:
        raise table.refuse(
            "exercise", _("“%(key)s” is not an exercise of this file.") % {"key": exercise}
        )
    return exercise


def _read_line(table: FileTable, exercise: Callable[[FileTable], str]) -> LineEntry:
    table.allow("exercise", "dosage", "weeks", texts=False)
    return LineEntry(
        **together(exercise=partial(exercise, table), dosage=table.dosage, weeks=table.weeks)
    )


def _read_advice(table: FileTable, figure: Callable[[FileTable], str]) -> AdviceEntry:
    table.allow("figure", *FACTS[Advice])
    return AdviceEntry(
        **together(
            facts=partial(table.facts, Advice),
            texts=partial(table.texts, AdviceText),
            figure=partial(figure, table),
        )
    )
