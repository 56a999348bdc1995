"""Library files: read strictly, loaded once, and never over what was changed here.

A file holds exercises and at most one protocol, with texts by language (TOML,
`exercises/data/`). Reading it needs no database; a mistake in it is one sentence
that names the file, the exercise and the field. The rules for each field are
those of its model, so a file and a form refuse the same.
"""

import hashlib
import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
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
    Protocol,
    ProtocolLine,
    ProtocolText,
    Text,
)
from .pictures import shared_figure, shared_keys

SCHEMA = 1
DATA = Path(__file__).parent / "data"

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
    figure: str = ""  # the key of a shared figure

    @classmethod
    def of(cls, exercise: Exercise) -> Self:
        return cls(
            exercise.key,
            _facts_of(exercise),
            exercise.dosage,
            _texts_of(exercise),
            _figure_of(exercise),
        )


@dataclass(frozen=True)
class Line:
    exercise: str | None  # its key; None in a row that refers to an exercise of our own
    dosage: Dosage


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
            protocol.key,
            _facts_of(protocol),
            _texts_of(protocol),
            tuple(Line(line.exercise.key, line.dosage) for line in protocol.lines.all()),
            tuple(AdviceEntry.of(advice) for advice in protocol.advice.all()),
        )


@dataclass(frozen=True)
class Library:
    """One file, read and found right."""

    file: str
    exercises: tuple[ExerciseEntry, ...]
    protocol: ProtocolEntry | None


def _facts_of(row: models.Model) -> Facts:
    return {name: getattr(row, name) for name in FACTS[type(row)]}


def _figure_of(row: Exercise | Advice) -> str:
    return (row.figure.key or "") if row.figure is not None else ""


def _texts_of(row: models.Model) -> Texts:
    return {
        text.language: {name: getattr(text, name) for name in WORDS[type(text)]}
        for text in row.texts.all()
    }


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
class Table:
    """A table of the file that knows where it stands, so that a refusal can say so."""

    place: str
    values: dict[str, Any]

    def refuse(self, name: str, problem: str) -> ValueError:
        """To be raised: the one sentence of a mistake."""
        return ValueError(
            _("%(place)s, %(field)s: %(problem)s")
            % {"place": self.place, "field": name, "problem": problem.rstrip(".") + "."}
        )

    def allow(self, *names: str, texts: bool = True) -> None:
        """Refuse what nobody would read: a misspelt name is a lost text."""
        for name in self.values:
            if name not in names and not (texts and name in _languages()):
                raise self.refuse(name, _("this name is unknown here."))

    def table(self, name: str, place: str) -> "Table":
        if not isinstance(self.values.get(name), dict):
            raise self.refuse(name, _("a table is expected here."))
        return Table(place, self.values[name])

    def tables(self, name: str) -> list[dict[str, Any]]:
        found = self.values.get(name, [])
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            raise self.refuse(name, _("a list of tables is expected here."))
        return found

    def string(self, name: str) -> str:
        value = self.values.get(name, "")
        if not isinstance(value, str):
            raise self.refuse(name, _("text between quotation marks is expected here."))
        return value.strip()

    def dosage(self) -> Dosage:
        text = self.string("dosage")
        try:
            return Dosage.parse(text)
        except ValueError as error:
            raise self.refuse("dosage", str(error)) from error

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
        return {name: self._fact(model, name) for name in FACTS[model]}

    def _fact(self, model: type[models.Model], name: str) -> str | int | date | None:
        column, value = model._meta.get_field(name), self.values.get(name)
        if isinstance(value, str):
            value = value.strip()
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
        texts = {code: self._words(model, code) for code in sorted(languages, key=_dutch_first)}
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
        words = {}
        for name in WORDS[model]:
            said = table._steps() if name == "steps" else table.string(name)
            words[name] = table._checked(model, name, said)
        return words

    def _steps(self) -> str:
        steps = self.values.get("steps", [])
        if not isinstance(steps, list) or not all(isinstance(step, str) for step in steps):
            raise self.refuse("steps", _("a list of texts is expected here, one for each step."))
        steps = [step.strip() for step in steps]
        if any(not step or "\n" in step for step in steps):
            raise self.refuse("steps", _("each step is one line, and none is empty."))
        return "\n".join(steps)


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
    exercises = tuple(_read_exercise(table) for table in _numbered(top, "exercises", _("exercise")))
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


def _read_exercise(table: Table) -> ExerciseEntry:
    table.allow("key", "dosage", "figure", *FACTS[Exercise])
    return ExerciseEntry(
        table.key(),
        table.facts(Exercise),
        table.dosage(),
        table.texts(ExerciseText),
        table.figure(),
    )


def _read_protocol(top: Table, keys: set[str]) -> ProtocolEntry | None:
    if "protocol" not in top.values:
        if top.values.get("advice"):
            raise top.refuse("advice", _("advice belongs to a protocol, and there is none."))
        return None
    table = top.table("protocol", f"{top.place}, {_('protocol')}")
    table.allow("key", "lines", *FACTS[Protocol])
    return ProtocolEntry(
        table.key(),
        table.facts(Protocol),
        table.texts(ProtocolText),
        tuple(_read_line(line, keys) for line in _numbered(table, "lines", _("line"))),
        tuple(_read_advice(advice) for advice in _numbered(top, "advice", _("advice"))),
    )


def _read_line(table: Table, keys: set[str]) -> Line:
    table.allow("exercise", "dosage", texts=False)
    exercise = table.string("exercise")
    if exercise not in keys:
        raise table.refuse(
            "exercise", _("“%(key)s” is no exercise of this file.") % {"key": exercise}
        )
    return Line(exercise, table.dosage())


def _read_advice(table: Table) -> AdviceEntry:
    table.allow("figure", *FACTS[Advice])
    return AdviceEntry(table.facts(Advice), table.texts(AdviceText), table.figure())


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
        for entry in library.exercises:
            row = exercises.get(entry.key)
            if _is_due(row, entry, report):
                exercises[entry.key] = _write_exercise(row, entry)
        if library.protocol is not None:
            entry = library.protocol
            protocols = Protocol.objects.prefetch_related(
                "texts", "lines__exercise", "advice__texts", "advice__figure"
            )
            row = _shared_rows(library.file, protocols, [entry]).get(entry.key)
            if _is_due(row, entry, report):
                _write_protocol(row, entry, exercises)
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


def _write_exercise(row: Exercise | None, entry: ExerciseEntry) -> Exercise:
    row = row or Exercise(key=entry.key)
    row.dosage = entry.dosage
    row.figure = shared_figure(entry.figure)
    _write(row, entry)
    return row


def _write_protocol(row: Protocol | None, entry: ProtocolEntry, exercises: dict[str, Exercise]):
    row = row or Protocol(key=entry.key)
    _write(row, entry)
    row.lines.all().delete()
    for position, entry_line in enumerate(entry.lines, start=1):
        line = ProtocolLine(protocol=row, position=position)
        line.exercise = exercises[entry_line.exercise]
        line.dosage = entry_line.dosage
        line.save()
    row.advice.all().delete()
    for position, advice in enumerate(entry.advice, start=1):
        figure = shared_figure(advice.figure)
        own = row.advice.create(position=position, figure=figure, **advice.facts)
        _write_texts(own, advice.texts)


def _write(row: Exercise | Protocol, entry: ExerciseEntry | ProtocolEntry) -> None:
    for name, value in entry.facts.items():
        setattr(row, name, value)
    row.loaded_digest = digest(entry)
    row.save()
    _write_texts(row, entry.texts)


def _write_texts(row: Exercise | Protocol | Advice, texts: Texts) -> None:
    row.texts.exclude(language__in=texts).delete()
    for language, words in texts.items():
        row.texts.update_or_create(language=language, defaults=words)


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
