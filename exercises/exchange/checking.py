"""Find what a file would change here, row by row, in words for the user. Nothing is written.

A name in a file refers to a row of the user's practice, or else to a shared row. Any other name is
new here, even if another practice has it. Its row gets a uuid made from that name and the practice:
importing the same file twice gives the same rows, and reveals nothing about other practices.
"""

import hashlib
import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from rugpijn.models import User

from ..library.entries import ExerciseEntry, ProtocolEntry, name_of, table_of
from ..library.reading import read_exercise, read_protocol
from ..library.table import FileTable, Problem, Refused, is_language
from ..models import (
    FALLBACK,
    Advice,
    AdviceText,
    Exercise,
    ExerciseText,
    Figure,
    Protocol,
    ProtocolText,
)
from ..symptoms import catalogue
from . import figures
from .content import Content, ContentRow
from .figures import FigureEntry

NEW, CHANGED, SAME, SHARED, FAULTY = "new", "changed", "same", "shared", "faulty"
STATUSES = (FAULTY, NEW, CHANGED, SHARED, SAME)
KINDS = ("figures", "exercises", "protocols")  # a kind comes after the kinds that it refers to
SHARED_SPACE = uuid.UUID("6f0e2c1e-7a5b-4c8e-9b6d-3d0c1f5a2b47")  # namespace of new shared rows


@dataclass(frozen=True)
class FieldChange:
    """One field with its value here and its value in the file, as the user reads them."""

    part: str
    before: str
    after: str


@dataclass
class RowFinding:
    """The outcome of the check of one row."""

    kind: str
    number: int
    title: str
    status: str
    key: str = ""
    changes: list[FieldChange] = field(default_factory=list)
    problems: list[dict[str, str]] = field(default_factory=list)  # each with "field" and "words"

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass
class PendingRow:
    """A row to be written. `present` and `before` are the row and entry here; None if it is new."""

    key: str
    present: Model | None
    before: Any
    entry: Any


class Shelf:
    """The rows of one kind that the user may see, by their names in files."""

    def __init__(self, rows, user: User):
        self.owner = user.practice_id
        self.space = user.practice.uuid if user.practice_id is not None else SHARED_SPACE
        # A superuser without a practice changes shared rows, except drawings, which come with
        # the app.
        self.root = user.is_superuser and self.owner is None and rows.model is not Figure
        self.own: dict[str, Model] = {}
        self.shared: dict[str, Model] = {}
        for row in rows:
            names = self.own if self.may_change(row) else self.shared
            names |= {str(row.uuid): row, name_of(row): row}

    def may_change(self, row: Model) -> bool:
        """Whether the user may change this row, which is shared or of the user's practice."""
        return self.root if row.practice_id is None else True

    def new_name(self, name: str) -> str:
        """The uuid of a new row that the file calls `name`."""
        return str(uuid.uuid5(self.space, name))

    def find(self, name: str) -> Model | None:
        """The row that the file calls `name`: the practice's own, or else a shared one."""
        return self.own.get(name) or self.own.get(self.new_name(name)) or self.shared.get(name)

    def name_here(self, name: str) -> str:
        """The key or uuid here of the row that the file calls `name`, whether it exists or not."""
        row = self.find(name)
        return self.new_name(name) if row is None else name_of(row)


def _canonical(name: str) -> str:
    """A uuid in its usual spelling. A key is returned unchanged."""
    try:
        return str(uuid.UUID(name))
    except ValueError:
        return name


class Check:
    """The check of a file. Iterating yields a finding for each row and fills `due`.

    After the last row `due` holds the rows to write, by kind.
    """

    def __init__(self, content: Content, user: User):
        self.content = content
        self.shelves = {kind: Shelf(rows_of(kind, user), user) for kind in KINDS}
        self.titles = {kind: self._titles(kind) for kind in KINDS}
        self.seen: dict[str, set[str]] = {kind: set() for kind in KINDS}
        self.due: dict[str, list[PendingRow]] = {kind: [] for kind in KINDS}

    def __iter__(self) -> Iterator[RowFinding]:
        for kind in KINDS:
            for row in getattr(self.content, kind):
                yield self._check_row(kind, row)

    def _titles(self, kind: str) -> dict[str, str]:
        """The title of each row in the file by its name here, for rows that refer to it."""
        shelf, titles = self.shelves[kind], {}
        for row in getattr(self.content, kind):
            if key := _key(row, self.content.partial):
                titles[shelf.name_here(key)] = _title(row.values, shelf.find(key))
        return titles

    def _title_of(self, kind: str, name: str) -> str:
        row = self.shelves[kind].find(name)
        return self.titles[kind].get(name) or (str(row) if row is not None else name)

    def _check_row(self, kind: str, row: ContentRow) -> RowFinding:
        shelf, key = self.shelves[kind], _key(row, self.content.partial)
        present = shelf.find(key) if key else None
        finding = RowFinding(kind, row.number, _title(row.values, present), FAULTY)
        try:
            finding.key = shelf.name_here(key) if key else ""
            if finding.key and finding.key in self.seen[kind]:
                raise Refused(Problem("", "key", _("this one is in the file twice.")))
            self.seen[kind].add(finding.key)
            before = None if present is None else entry_of(kind, present)
            entry = self._read(kind, row, finding.key, present, before)
            _refuse_lost_red_flags(before, entry)
        except Refused as error:
            finding.problems = [
                {"field": self._column(problem), "words": _with_place(problem)}
                for problem in error.problems
            ]
            return finding
        finding.changes = differences(kind, before, entry, self._title_of)
        if before == entry:
            finding.status = SAME
        elif present is None:
            finding.status = NEW
        else:
            finding.status = CHANGED if shelf.may_change(present) else SHARED
        if finding.status in (NEW, CHANGED):
            self.due[kind].append(PendingRow(finding.key, present, before, entry))
        return finding

    def _column(self, problem: Problem) -> str:
        """The field with a mistake, named as in the file: a path in a zip, a column in a table."""
        path = f"{problem.inside}.{problem.field}" if problem.inside else problem.field
        if not self.content.partial:
            return path
        language, dot, name = path.rpartition(".")
        if dot:
            return f"{name}_{language}"
        return "lines" if problem.place else path

    def _read(self, kind: str, row: ContentRow, key: str, present: Model | None, before: Any):
        """The entry of the row. Raises Refused with its mistakes."""
        here = {} if before is None or kind == "figures" else table_of(before)
        table = FileTable("", dict(row.values), known=frozenset(_texts(here)))
        if kind == "figures":
            table.key()
            self._refuse_new_shared(table, present)
            return figures.read(table, key, present, self.content.photos.get)
        if self.content.partial:
            table = replace(table, values=_merged(here, row.values) | {"key": key})
        if kind == "exercises":
            entry = read_exercise(table, self._figure)
        else:
            entry = read_protocol(table, self._exercise, self._figure)
        return type(entry)(**{**vars(entry), "key": key})

    def _refuse_new_shared(self, table: FileTable, present: Model | None) -> None:
        if present is None and self.shelves["figures"].owner is None:
            raise table.refuse("key", _("shared drawings come with the app, not from a file."))

    def _figure(self, table: FileTable) -> str:
        name = table.string("figure")
        return self._reference(table, "figure", "figures", name) if name else ""

    def _exercise(self, table: FileTable) -> str:
        name = table.string("exercise")
        if not name:
            sentence = _(
                "Give the key of an exercise; in a table it stands after the dosage and “|”."
            )
            raise table.refuse("exercise", sentence)
        return self._reference(table, "exercise", "exercises", name)

    def _reference(self, table: FileTable, field: str, kind: str, name: str) -> str:
        here = self.shelves[kind].name_here(_canonical(name))
        if here not in self.titles[kind] and self.shelves[kind].find(here) is None:
            sentence = _("“%(name)s” is not in this file, and not in your library.")
            raise table.refuse(field, sentence % {"name": name})
        return here


def _refuse_lost_red_flags(before: Any, entry: Any) -> None:
    """Raise Refused when a file would remove the last red flags of a protocol."""
    if isinstance(entry, ProtocolEntry) and _red_flags(before) and not _red_flags(entry):
        sentence = _(
            "The file lacks the red flags that this protocol has here. "
            "Include them, changed or not."
        )
        raise Refused(Problem("", "advice", sentence))


def _red_flags(entry: ProtocolEntry | None) -> list:
    advice = entry.advice if entry is not None else ()
    return [one for one in advice if one.facts["kind"] == Advice.Kind.RED_FLAGS]


def _with_place(problem: Problem) -> str:
    """The sentence about a mistake, with the line or the block of advice that has it."""
    place = problem.place.strip(", ")
    if problem.inside:
        place = place.removesuffix(problem.inside).strip(", ")
    return f"{place}: {problem.words}" if place else capfirst(problem.words)


def rows_of(kind: str, user: User):
    """The rows of a kind that the user may see, with the relations that an entry reads."""
    return loaded(kind).visible_to(user)


def loaded(kind: str):
    """All rows of a kind, with the relations that an entry reads."""
    if kind == "figures":
        return Figure.objects.all()
    if kind == "exercises":
        return Exercise.objects.select_related("figure").prefetch_related("texts")
    return Protocol.objects.prefetch_related(
        "texts", "lines__exercise", "advice__texts", "advice__figure"
    )


def entry_of(kind: str, row: Model) -> FigureEntry | ExerciseEntry | ProtocolEntry:
    if kind == "figures":
        return FigureEntry(name_of(row), row.kind, row.data)
    return ExerciseEntry.of(row) if kind == "exercises" else ProtocolEntry.of(row)


def _key(row: ContentRow, partial: bool) -> str:
    """The name of the row in the file, or "".

    A row of a table without a name gets a digest of its values, so that it is the same row when
    the file is imported again.
    """
    key = row.values.get("key")
    if isinstance(key, str) and key.strip():
        return _canonical(key.strip())
    if not partial:
        return ""
    values = json.dumps(row.values, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(values.encode("utf-8", "replace")).hexdigest()


def _title(values: dict[str, Any], present: Model | None) -> str:
    """The title of a row in the file, or else that of the present row."""
    data = values.get("data")
    titles = data.get("title") if isinstance(data, dict) else None
    for texts in (titles, values.get("nl"), values.get("en")):
        title = (texts.get("title") or texts.get("nl")) if isinstance(texts, dict) else None
        if isinstance(title, str) and title.strip():
            return title.strip()[:120]
    return "" if present is None else str(present)


def _texts(value: Any) -> Iterator[str]:
    """Every text in a table, also in the tables within it."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)


def _merged(here: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """The values here, replaced by those in the cells of a table row."""
    merged = {FALLBACK: {}} | here | values
    for name, words in values.items():
        if is_language(name):
            words = {**here.get(name, {}), **words}
            merged[name] = words
            if name != FALLBACK and not any(words.values()):
                del merged[name]
    return merged


# Differences.


def differences(kind: str, before: Any, after: Any, title_of: Callable) -> list[FieldChange]:
    """The fields that differ, in words for the therapist; of a new row only its exercises.

    `before` is None for a new row. `title_of` returns the title of another row by its kind and
    name.
    """
    if kind == "figures":
        return [] if before is None else _figure_differences(before, after)
    if before is None:
        doing = _doing(kind, after, title_of)
        return [FieldChange(part, "", value) for part, value in doing.items()]
    was, now = (_fields(kind, entry, title_of) for entry in (before, after))
    return [
        FieldChange(part, was.get(part, ""), now.get(part, ""))
        for part in [*now, *(part for part in was if part not in now)]
        if was.get(part, "") != now.get(part, "")
    ]


def _doing(kind: str, entry: Any, title_of: Callable) -> dict[str, str]:
    """The dosage of an exercise, or the exercises of a protocol, as the patient reads them."""
    if kind == "exercises":
        return {_("dosage"): str(entry.dosage)}
    return {
        _("exercise %d") % number: f"{title_of('exercises', line.exercise)}: {line.dosage}"
        + (f" ({line.weeks})" if line.weeks else "")
        for number, line in enumerate(entry.lines, start=1)
    }


def _fields(kind: str, entry: Any, title_of: Callable) -> dict[str, str]:
    """The values of an entry by their labels, both as the user reads them."""
    if kind == "exercises":
        return _doing(kind, entry, title_of) | _labelled(Exercise, ExerciseText, entry, title_of)
    fields = _labelled(Protocol, ProtocolText, entry, title_of) | _doing(kind, entry, title_of)
    symptoms = [str(catalogue.words[name]) for name in entry.symptoms or ()]
    fields[_label(Protocol, "symptoms")] = "\n".join(symptoms)
    for number, advice in enumerate(entry.advice, start=1):
        for label, value in _labelled(Advice, AdviceText, advice, title_of).items():
            fields[_("advice %(number)d, %(field)s") % {"number": number, "field": label}] = value
    return fields


def _labelled(model, texts, entry, title_of: Callable) -> dict[str, str]:
    """The facts, figure and texts of an entry by their labels."""
    facts = entry.facts.items()
    fields = {_label(model, name): _shown(model, name, value) for name, value in facts}
    if hasattr(entry, "figure"):
        figure = entry.figure and title_of("figures", entry.figure)
        fields[_("drawing or photo")] = figure
    languages = dict(settings.LANGUAGES)
    for code, words in entry.texts.items():
        for name, text in words.items():
            fields[f"{_label(texts, name)} ({_(languages.get(code, code))})"] = text
    return fields


def _label(model, name: str) -> str:
    return str(model._meta.get_field(name).verbose_name)


def _shown(model, name: str, value: Any) -> str:
    choices = dict(model._meta.get_field(name).flatchoices)
    return "" if value is None else str(choices.get(value, value))


def _figure_differences(was: FigureEntry, now: FigureEntry) -> list[FieldChange]:
    """The texts that differ, one by one, and whether the drawing itself differs."""
    labels = {"title": _("title"), "alternative": _("description"), "caption": _("caption")}
    changes = []
    for name, label in labels.items():
        before, after = was.data.get(name, {}), now.data.get(name, {})
        changes += [
            FieldChange(f"{label} ({language})", before.get(language, ""), after.get(language, ""))
            for language in sorted(before.keys() | after.keys())
            if before.get(language, "") != after.get(language, "")
        ]
    drawings = [{n: part for n, part in e.data.items() if n not in labels} for e in (was, now)]
    if drawings[0] != drawings[1] or was.kind != now.kind:
        changes.append(FieldChange(_("what is drawn"), _("as it is here"), _("as in the file")))
    return changes
