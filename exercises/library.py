"""Library files: read strictly, loaded once, and never over what was changed here.

A file holds exercises and at most one protocol, with texts by language (TOML,
`exercises/data/`). Reading it needs no database; a mistake in it is one sentence
that names the file, the exercise and the field. The rules for each field are
those of its model, so a file and a form refuse the same. What practices give each
other (`exercises/exchange/`) has the same shape, and is read and written here too.
"""

import hashlib
import json
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from .dosage import Dosage
from .models import (
    FALLBACK,
    Advice,
    AdviceText,
    Exercise,
    ExerciseText,
    Figure,
    Protocol,
    ProtocolLine,
    ProtocolText,
    Text,
)
from .period import Period
from .pictures import shared_figure, shared_keys

SCHEMA = 1
DATA = Path(__file__).parent / "data"
BATCH = 200  # rows in one query

REVIEW = ("source", "reviewed_by", "reviewed_on", "review_note")
FACTS = {
    Exercise: ("category", "licence", "video", "online_number", "online_title", *REVIEW),
    Protocol: ("category", "licence", *REVIEW),
    Advice: ("kind", "version", *REVIEW),
}
WORDS = {
    ExerciseText: (
        "title", "start_position", "steps", "purpose", "caution",
        "harder_when", "easier_when", "equipment",
    ),
    ProtocolText: ("title", "summary"),
    AdviceText: ("title", "body"),
}  # fmt: skip

Facts = dict[str, str | int | date | None]
Texts = dict[str, dict[str, str]]  # language, then field


# What a file says, and what the database says in the same shape.


@dataclass(frozen=True)
class ExerciseEntry:
    key: str
    facts: Facts
    dosage: Dosage
    texts: Texts
    figure: str = ""  # the name of a figure

    @classmethod
    def of(cls, exercise: Exercise) -> Self:
        return cls(
            name_of(exercise),
            _facts_of(exercise),
            exercise.dosage,
            _texts_of(exercise),
            _figure_of(exercise),
        )


@dataclass(frozen=True)
class Line:
    exercise: str  # its name
    dosage: Dosage
    weeks: str = ""  # in shorthand; empty is the whole programme


@dataclass(frozen=True)
class AdviceEntry:
    facts: Facts
    texts: Texts
    figure: str = ""

    @classmethod
    def of(cls, advice: Advice) -> Self:
        return cls(_facts_of(advice), _texts_of(advice), _figure_of(advice))


@dataclass(frozen=True)
class ProtocolEntry:
    key: str
    facts: Facts
    texts: Texts
    lines: tuple[Line, ...]
    advice: tuple[AdviceEntry, ...]

    @classmethod
    def of(cls, protocol: Protocol) -> Self:
        return cls(
            name_of(protocol),
            _facts_of(protocol),
            _texts_of(protocol),
            tuple(
                Line(name_of(line.exercise), line.dosage, line.period.notation)
                for line in protocol.lines.all()
            ),
            tuple(AdviceEntry.of(advice) for advice in protocol.advice.all()),
        )


@dataclass(frozen=True)
class Library:
    """One file, read and found right."""

    file: str
    exercises: tuple[ExerciseEntry, ...]
    protocol: ProtocolEntry | None


def name_of(row: Exercise | Protocol | Figure) -> str:
    """What a file calls it: the key that it was loaded by, or else its uuid."""
    return row.key or str(row.uuid)


def _facts_of(row: models.Model) -> Facts:
    return {name: _tidy(name, getattr(row, name)) for name in FACTS[type(row)]}


def _figure_of(row: Exercise | Advice) -> str:
    return "" if row.figure is None else name_of(row.figure)


def _texts_of(row: models.Model) -> Texts:
    return {
        text.language: {name: _tidy(name, getattr(text, name)) for name in WORDS[type(text)]}
        for text in row.texts.all()
    }


def _tidy(name: str, value: Any) -> Any:
    """As a file would say it: an empty line between two steps is no difference."""
    if not isinstance(value, str):
        return value
    lines = value.replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")
    if name == "steps":
        lines = [line.strip() for line in lines if line.strip()]
    return "\n".join(lines)


def table_of(entry: ExerciseEntry | ProtocolEntry | AdviceEntry) -> dict[str, Any]:
    """The entry as a file says it, for `read_exercise` and `read_protocol`; what is empty is
    left out."""
    said = {} if isinstance(entry, AdviceEntry) else {"key": entry.key}
    said |= {name: _plain(value) for name, value in entry.facts.items() if value not in (None, "")}
    if isinstance(entry, ExerciseEntry):
        said["dosage"] = entry.dosage.notation
    if getattr(entry, "figure", ""):
        said["figure"] = entry.figure
    for language, words in entry.texts.items():
        said[language] = {name: text for name, text in words.items() if text}
        if "steps" in said[language]:
            said[language]["steps"] = words["steps"].split("\n")
    if isinstance(entry, ProtocolEntry):
        said["lines"] = [
            {"exercise": line.exercise, "dosage": line.dosage.notation}
            | ({"weeks": line.weeks} if line.weeks else {})
            for line in entry.lines
        ]
        said["advice"] = [table_of(advice) for advice in entry.advice]
    return said


def digest(entry: ExerciseEntry | ProtocolEntry) -> str:
    """The same for the same content, wherever it was read.

    What is empty is left out: a column that a later version of the app adds
    must not make every row look changed.
    """
    content = json.dumps(_plain(entry), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Dosage):
        return value.to_dict()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (str, int)):
        return value
    parts = value if isinstance(value, dict) else vars(value)
    return {name: _plain(part) for name, part in parts.items() if part not in (None, "")}


# Reading.


@dataclass(frozen=True)
class Problem:
    """One mistake: where it stands, the field as the file names it, and what is wrong."""

    place: str
    field: str
    words: str
    inside: str = ""  # the table that the field is in, such as nl

    def __str__(self) -> str:
        return _("%(place)s, %(field)s: %(problem)s") % {
            "place": self.place,
            "field": self.field,
            "problem": self.words,
        }


class Refused(ValueError):
    """Every mistake of one thing in a file. As a text it is the sentence of the first."""

    def __init__(self, *problems: Problem):
        super().__init__(str(problems[0]))
        self.problems = problems


def together(**reads: Callable[[], Any]) -> dict[str, Any]:
    """What each of them reads; who mends a file hears of all its mistakes at once."""
    found, problems = {}, []
    for name, read in reads.items():
        try:
            found[name] = read()
        except Refused as error:
            problems += error.problems
    if problems:
        raise Refused(*problems)
    return found


@dataclass(frozen=True)
class Table:
    """A table of the file that knows where it stands, so that a refusal can say so."""

    place: str
    values: dict[str, Any]
    inside: str = ""  # the table that it is a part of, such as nl

    def refuse(self, name: str, problem: str) -> Refused:
        """To be raised: the one sentence of a mistake."""
        return Refused(Problem(self.place, name, problem.rstrip(".") + ".", self.inside))

    def allow(self, *names: str, texts: bool = True) -> None:
        """Refuse what nobody would read: a misspelt name is a lost text."""
        for name in self.values:
            if name not in names and not (texts and name in _languages()):
                raise self.refuse(name, _("this name is unknown here."))

    def table(self, name: str, place: str) -> "Table":
        if not isinstance(self.values.get(name), dict):
            raise self.refuse(name, _("a table is expected here."))
        return Table(place, self.values[name], inside=name)

    def tables(self, name: str) -> list[dict[str, Any]]:
        found = self.values.get(name, [])
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            raise self.refuse(name, _("a list of tables is expected here."))
        return found

    def string(self, name: str) -> str:
        value = self.values.get(name, "")
        if not isinstance(value, str):
            raise self.refuse(name, _("text between quotation marks is expected here."))
        return self._storable(name, value)

    def _storable(self, name: str, text: str) -> str:
        """Without what no database keeps: half a character, and the character NUL."""
        if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
            raise self.refuse(name, _("there is a character in it that cannot be kept."))
        return _tidy("", text)

    def dosage(self) -> Dosage:
        text = self.string("dosage")
        try:
            return Dosage.parse(text)
        except ValueError as error:
            raise self.refuse("dosage", str(error)) from error

    def weeks(self) -> str:
        """Weeks of the programme; a date is one patient's, and no file's."""
        try:
            period = Period.parse(self.string("weeks"))
        except ValueError as error:
            raise self.refuse("weeks", str(error)) from error
        if period.in_any_programme != period:
            raise self.refuse("weeks", _("A protocol is for everybody: give weeks, not dates."))
        return period.notation

    def key(self) -> str:
        key = self.string("key")
        if not key:
            raise self.refuse("key", _("a short name is missing, such as “hol-bol”."))
        return self._checked(Exercise, "key", key)

    def figure(self) -> str:
        figure = self.string("figure")
        if figure and figure not in shared_keys():
            raise self.refuse(
                "figure",
                _("there is no drawing “%(key)s”; there are %(keys)s.")
                % {"key": figure, "keys": ", ".join(shared_keys())},
            )
        return figure

    def facts(self, model: type[models.Model]) -> Facts:
        return together(**{name: partial(self._fact, model, name) for name in FACTS[model]})

    def _fact(self, model: type[models.Model], name: str) -> str | int | date | None:
        column, value = model._meta.get_field(name), self.values.get(name)
        if isinstance(value, str):
            value = self._storable(name, value)
        if value in (None, ""):
            value = column.get_default()
        elif isinstance(column, models.IntegerField):
            if type(value) is not int:  # true is an int in Python
                raise self.refuse(name, _("a whole number is expected here."))
        elif isinstance(column, models.DateField):
            if isinstance(value, datetime) or not isinstance(value, (str, date)):
                raise self.refuse(name, _("a date is expected here, such as 2026-05-31."))
        else:
            value = self.string(name)
        return self._checked(model, name, value)

    def _checked(self, model: type[models.Model], name: str, value: Any) -> Any:
        """The value as its column takes it, or refused in the words of that column."""
        column = model._meta.get_field(name)
        if value is None and column.null:
            return None
        try:
            return column.clean(value, None)
        except ValidationError as error:
            raise self.refuse(name, error.messages[0]) from error

    def texts(self, model: type[Text]) -> Texts:
        """The words by language: Dutch is complete, since every language falls back to it."""
        languages = [name for name in self.values if name in _languages()]
        if FALLBACK not in languages:
            raise self.refuse(FALLBACK, _("the Dutch text is missing."))
        codes = sorted(languages, key=_dutch_first)
        texts = together(**{code: partial(self._words, model, code) for code in codes})
        for code, words in texts.items():
            for name, said in words.items():
                if said and not texts[FALLBACK][name]:
                    raise self.refuse(
                        f"{FALLBACK}.{name}",
                        _("the Dutch text is missing; there is one in “%(language)s”.")
                        % {"language": code},
                    )
        return texts

    def _words(self, model: type[Text], language: str) -> dict[str, str]:
        table = self.table(language, f"{self.place}, {language}")
        table.allow(*WORDS[model], texts=False)
        return together(**{name: partial(table._said, model, name) for name in WORDS[model]})

    def _said(self, model: type[Text], name: str) -> str:
        said = self._steps() if name == "steps" else self.string(name)
        return self._checked(model, name, said)

    def _steps(self) -> str:
        steps = self.values.get("steps", [])
        if not isinstance(steps, list) or not all(isinstance(step, str) for step in steps):
            raise self.refuse("steps", _("a list of texts is expected here, one for each step."))
        steps = [self._storable("steps", step) for step in steps]
        if any(not step or "\n" in step for step in steps):
            raise self.refuse("steps", _("each step is one line, and none is empty."))
        return "\n".join(steps)


def is_language(name: str) -> bool:
    return name in _languages()


def _languages() -> set[str]:
    """What a table may be in: a new language is data, not code, and a slip such as “ln” is not."""
    return LANG_INFO.keys() | dict(settings.LANGUAGES).keys()


def _dutch_first(language: str) -> tuple[bool, str]:
    return language != FALLBACK, language


def read(path: Path | str) -> Library:
    """Read one library file. Raises a ValueError with one sentence when something is wrong."""
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
    top = Table(path.name, content)
    top.allow("schema", "protocol", "advice", "exercises", texts=False)
    if content.get("schema") != SCHEMA:
        raise top.refuse("schema", _("this version of the app reads schema %d.") % SCHEMA)
    exercises = tuple(read_exercise(table) for table in _numbered(top, "exercises", _("exercise")))
    _refuse_twice(path.name, [entry.key for entry in exercises])
    keys = {entry.key for entry in exercises}
    return Library(path.name, exercises, _read_protocol(top, keys))


def read_all(paths: Iterable[Path | str]) -> list[Library]:
    """Read several files before anything is written; a key stands in one of them only."""
    libraries = [read(path) for path in paths]
    for kind in ("exercises", "protocol"):
        found: dict[str, str] = {}
        for library in libraries:
            entries = library.exercises if kind == "exercises" else [library.protocol]
            for entry in filter(None, entries):
                if entry.key in found:
                    raise ValueError(
                        _("%(file)s: “%(key)s” is also in %(other)s.")
                        % {"file": library.file, "key": entry.key, "other": found[entry.key]}
                    )
                found[entry.key] = library.file
    return libraries


def _numbered(top: Table, name: str, kind: str) -> list[Table]:
    """The tables of a list, each with its key, its kind or else its number as its place."""
    tables = []
    for number, values in enumerate(top.tables(name), start=1):
        called = values.get("key") or values.get("kind")
        called = f"“{called}”" if isinstance(called, str) else str(number)
        tables.append(Table(f"{top.place}, {kind} {called}", values))
    return tables


def _refuse_twice(file: str, keys: list[str]) -> None:
    for key in keys:
        if keys.count(key) > 1:
            raise ValueError(
                _("%(file)s: the exercise “%(key)s” stands in it twice.")
                % {"file": file, "key": key}
            )


def read_exercise(table: Table, figure: Callable[[Table], str] = Table.figure) -> ExerciseEntry:
    """`figure` says which figure is meant, or refuses."""
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


def _read_protocol(top: Table, keys: set[str]) -> ProtocolEntry | None:
    if "protocol" not in top.values:
        if top.values.get("advice"):
            raise top.refuse("advice", _("advice belongs to a protocol, and there is none."))
        return None
    table = top.table("protocol", f"{top.place}, {_('protocol')}")
    if "advice" in table.values:
        raise table.refuse("advice", _("this name is unknown here."))
    values = {**table.values, "advice": top.tables("advice")}  # it stands beside the protocol
    return read_protocol(Table(table.place, values), partial(_exercise_of_file, keys))


def read_protocol(
    table: Table,
    exercise: Callable[[Table], str],
    figure: Callable[[Table], str] = Table.figure,
) -> ProtocolEntry:
    """`exercise` and `figure` say which one is meant, or refuse."""
    table.allow("key", "lines", "advice", *FACTS[Protocol])
    return ProtocolEntry(
        **together(
            key=table.key,
            facts=partial(table.facts, Protocol),
            texts=partial(table.texts, ProtocolText),
            lines=lambda: _each(_numbered(table, "lines", _("line")), _read_line, exercise),
            advice=lambda: _each(_numbered(table, "advice", _("advice")), _read_advice, figure),
        )
    )


def _each(tables: list[Table], read: Callable, *how) -> tuple:
    return tuple(
        together(**{str(i): partial(read, t, *how) for i, t in enumerate(tables)}).values()
    )


def _exercise_of_file(keys: set[str], table: Table) -> str:
    exercise = table.string("exercise")
    if exercise not in keys:
        raise table.refuse(
            "exercise", _("“%(key)s” is no exercise of this file.") % {"key": exercise}
        )
    return exercise


def _read_line(table: Table, exercise: Callable[[Table], str]) -> Line:
    table.allow("exercise", "dosage", "weeks", texts=False)
    return Line(
        **together(exercise=partial(exercise, table), dosage=table.dosage, weeks=table.weeks)
    )


def _read_advice(table: Table, figure: Callable[[Table], str]) -> AdviceEntry:
    table.allow("figure", *FACTS[Advice])
    return AdviceEntry(
        **together(
            facts=partial(table.facts, Advice),
            texts=partial(table.texts, AdviceText),
            figure=partial(figure, table),
        )
    )


# Loading.


@dataclass
class Report:
    """What a load did, by the keys of what it touched."""

    file: str
    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)  # changed here, so left as it is

    def __str__(self) -> str:
        line = _("%(file)s: %(added)d new, %(updated)d updated, %(unchanged)d unchanged") % {
            "file": self.file,
            "added": len(self.added),
            "updated": len(self.updated),
            "unchanged": len(self.unchanged),
        }
        if self.kept:
            keys = get_text_list(self.kept, _("and"))
            line += "; " + _("kept: changed here: %(keys)s") % {"keys": keys}
        return line + "."


def load(library: Library | Path | str) -> Report:
    """Bring the shared rows to what a file says, all of it or nothing.

    A row that was changed here since it was loaded is left alone, and nothing is
    ever removed: prescriptions refer to exercises. A key that a practice's own
    row holds is a ValueError, like every mistake in the file.
    """
    if not isinstance(library, Library):
        library = read(library)
    report = Report(library.file)
    with transaction.atomic():
        exercises = _shared_rows(
            library.file,
            Exercise.objects.select_related("figure").prefetch_related("texts"),
            library.exercises,
        )
        due = [
            (exercises.get(entry.key) or Exercise(key=entry.key), entry)
            for entry in library.exercises
            if _is_due(exercises.get(entry.key), entry, report)
        ]
        for row, entry in due:
            row.loaded_digest = digest(entry)
            exercises[entry.key] = row
        write_exercises(due, _Figures())
        if library.protocol is not None:
            entry = library.protocol
            protocols = Protocol.objects.prefetch_related(
                "texts", "lines__exercise", "advice__texts", "advice__figure"
            )
            row = _shared_rows(library.file, protocols, [entry]).get(entry.key)
            if _is_due(row, entry, report):
                row = row or Protocol(key=entry.key)
                row.loaded_digest = digest(entry)
                write_protocols([(row, entry)], exercises, _Figures())
    return report


def _shared_rows(file: str, queryset, entries) -> dict[str, Exercise | Protocol]:
    rows = {row.key: row for row in queryset.filter(key__in=[entry.key for entry in entries])}
    for row in rows.values():
        if row.practice_id is not None:
            raise ValueError(
                _("%(file)s: “%(key)s” is already the name of a practice's own item.")
                % {"file": file, "key": row.key}
            )
    return rows


def _is_due(row: Exercise | Protocol | None, entry, report: Report) -> bool:
    """Whether the row must be written. Says in the report what became of it."""
    if row is None:
        report.added.append(entry.key)
        return True
    wanted, present = digest(entry), digest(type(entry).of(row))
    if present == wanted:
        if row.loaded_digest != wanted:  # someone here made the same change as the file
            type(row).objects.filter(pk=row.pk).update(loaded_digest=wanted)
        report.unchanged.append(entry.key)
        return False
    if present != row.loaded_digest:
        report.kept.append(entry.key)
        return False
    report.updated.append(entry.key)
    return True


class _Figures(dict):
    """The shared figures by key, each as its file says today."""

    def __missing__(self, key: str) -> Figure | None:
        self[key] = shared_figure(key)
        return self[key]


# Writing. Thousands of rows in a few queries: whoever writes holds up everyone else.


def write_exercises(
    due: list[tuple[Exercise, ExerciseEntry]], figures: dict[str, Figure | None]
) -> None:
    """Give each row, new or not, what its entry says. `figures` are those that entries name."""
    for row, entry in due:
        row.dosage = entry.dosage
        row.figure = figures[entry.figure] if entry.figure else None
    _write(Exercise, due)
    _write_texts(ExerciseText, "exercise", due)


def write_protocols(
    due: list[tuple[Protocol, ProtocolEntry]],
    exercises: dict[str, Exercise],
    figures: dict[str, Figure | None],
) -> None:
    """The same, with the lines and the advice of each in the place of what was there."""
    _write(Protocol, due)
    _write_texts(ProtocolText, "protocol", due)
    rows = [row for row, _entry in due]
    ProtocolLine.objects.filter(protocol__in=rows).delete()
    Advice.objects.filter(protocol__in=rows).delete()
    lines, advice = [], []
    for row, entry in due:
        for position, said in enumerate(entry.lines, start=1):
            line = ProtocolLine(protocol=row, position=position, exercise=exercises[said.exercise])
            line.dosage = said.dosage
            line.period = Period.parse(said.weeks)
            lines.append(line)
        for position, said in enumerate(entry.advice, start=1):
            figure = figures[said.figure] if said.figure else None
            block = Advice(protocol=row, position=position, figure=figure, **said.facts)
            advice.append((block, said))
    ProtocolLine.objects.bulk_create(lines, batch_size=BATCH)
    Advice.objects.bulk_create([block for block, _said in advice], batch_size=BATCH)
    _write_texts(AdviceText, "advice", advice)


def _write(model: type[Exercise | Protocol], due: list) -> None:
    for row, entry in due:
        for name, value in entry.facts.items():
            setattr(row, name, value)
        if not row._state.adding:
            row.save()
    model.objects.bulk_create([row for row, _e in due if row._state.adding], batch_size=BATCH)


def _write_texts(model: type[Text], owner: str, due: list) -> None:
    """Only those that are otherwise than they were."""
    wanted = {
        (row.pk, language): words for row, entry in due for language, words in entry.texts.items()
    }
    gone, same = [], set()
    rows = [row.pk for row, _entry in due]
    present = model.objects.filter(**{f"{owner}__in": rows})
    for pk, row, language, *words in present.values_list("pk", owner, "language", *WORDS[model]):
        if (row, language) not in wanted:
            gone.append(pk)
        elif list(wanted[row, language].values()) == words:
            same.add((row, language))
    model.objects.filter(pk__in=gone).delete()
    model.objects.bulk_create(
        [
            model(**{f"{owner}_id": row, "language": language}, **words)
            for (row, language), words in wanted.items()
            if (row, language) not in same
        ],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=[owner, "language"],
        update_fields=WORDS[model],
    )


# Copying.


@transaction.atomic
def copy_for(practice_id: int, item: Exercise | Protocol) -> Exercise | Protocol:
    """A practice's own copy of something it may see, to be changed at will.

    It says where it comes from, but not that it was reviewed: a copy is made to
    be changed. Exercises in a copied protocol stay the same exercises.
    """
    unreviewed = {"reviewed_by": "", "reviewed_on": None}
    own = _duplicate(item, practice_id=practice_id, loaded_digest="", **unreviewed)
    owner = item._meta.model_name
    _duplicate_all(item.texts, owner, own)
    if isinstance(item, Exercise):
        own.harder.set(item.harder.all())
        own.easier.set(item.easier.filter(practice=practice_id))
    if isinstance(item, Protocol):
        _duplicate_all(item.lines, owner, own)
        copy_advice(item, own)
    return own


def copy_advice(protocol: Protocol, own: Protocol) -> None:
    """What a patient should know stays with the exercises, red flags among it."""
    for advice in protocol.advice.all():
        unreviewed = {"reviewed_by": "", "reviewed_on": None}
        own_advice = _duplicate(advice, protocol_id=own.pk, **unreviewed)
        _duplicate_all(advice.texts, "advice", own_advice)


def _duplicate_all(rows, owner: str, own: models.Model) -> None:
    for row in rows.order_by("id"):
        _duplicate(row, **{f"{owner}_id": own.pk})


def _duplicate(row: models.Model, **changes) -> models.Model:
    """A new row with the same values, except those that name one row only."""
    columns = [column for column in row._meta.concrete_fields if not column.unique]
    values = {column.attname: getattr(row, column.attname) for column in columns}
    return type(row).objects.create(**(values | changes))
