"""Entries: the contents of a library file, or of the database in the same shape."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from django.db import models

from ..dosage import Dosage
from ..models import Advice, AdviceText, Exercise, ExerciseText, Figure, Protocol, ProtocolText

REVIEW = ("source", "reviewed_by", "reviewed_on", "review_note")

FACTS = {
    Exercise: ("category", "licence", "video", "online_number", "online_title", *REVIEW),
    Protocol: ("category", "licence", *REVIEW),
    Advice: ("kind", "version", *REVIEW),
}

WORDS = {
    ExerciseText: (
        *("title", "start_position", "steps", "purpose", "caution"),
        *("harder_when", "easier_when", "equipment"),
    ),
    ProtocolText: ("title", "summary"),
    AdviceText: ("title", "body"),
}

Facts = dict[str, str | int | date | None]
Texts = dict[str, dict[str, str]]  # language, then field


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
class LineEntry:
    exercise: str  # its name
    dosage: Dosage
    weeks: str = ""  # the notation of a Period; empty is the whole programme


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
    lines: tuple[LineEntry, ...]
    advice: tuple[AdviceEntry, ...]
    symptoms: tuple[str, ...] | None = None  # None: those of its region only

    @classmethod
    def of(cls, protocol: Protocol) -> Self:
        return cls(
            name_of(protocol),
            _facts_of(protocol),
            _texts_of(protocol),
            tuple(
                LineEntry(name_of(line.exercise), line.dosage, line.period.notation)
                for line in protocol.lines.all()
            ),
            tuple(AdviceEntry.of(advice) for advice in protocol.advice.all()),
            tuple(protocol.symptoms) or None,
        )


@dataclass(frozen=True)
class LibraryFile:
    """One file that was read without mistakes."""

    file: str
    exercises: tuple[ExerciseEntry, ...]
    protocol: ProtocolEntry | None


def name_of(row: Exercise | Protocol | Figure) -> str:
    """Its name in files: the key with which it was loaded, or else its uuid."""
    return row.key or str(row.uuid)


def _facts_of(row: models.Model) -> Facts:
    return {name: tidy(name, getattr(row, name)) for name in FACTS[type(row)]}


def _figure_of(row: Exercise | Advice) -> str:
    return "" if row.figure is None else name_of(row.figure)


def _texts_of(row: models.Model) -> Texts:
    return {
        text.language: {name: tidy(name, getattr(text, name)) for name in WORDS[type(text)]}
        for text in row.texts.all()
    }


def tidy(name: str, value: Any) -> Any:
    """The value as a file would have it, with plain line ends and no empty lines between steps."""
    if not isinstance(value, str):
        return value
    lines = value.replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")
    if name == "steps":
        lines = [line.strip() for line in lines if line.strip()]
    return "\n".join(lines)


def table_of(entry: ExerciseEntry | ProtocolEntry | AdviceEntry) -> dict[str, Any]:
    """The entry as a table of a file, for `read_exercise` and `read_protocol`.

    Empty values are left out.
    """
    table = {} if isinstance(entry, AdviceEntry) else {"key": entry.key}
    table |= {name: _plain(value) for name, value in entry.facts.items() if value not in (None, "")}
    if isinstance(entry, ExerciseEntry):
        table["dosage"] = entry.dosage.notation
    if getattr(entry, "figure", ""):
        table["figure"] = entry.figure
    for language, words in entry.texts.items():
        table[language] = {name: text for name, text in words.items() if text}
        if "steps" in table[language]:
            table[language]["steps"] = words["steps"].split("\n")
    if isinstance(entry, ProtocolEntry):
        table["lines"] = [
            {"exercise": line.exercise, "dosage": line.dosage.notation}
            | ({"weeks": line.weeks} if line.weeks else {})
            for line in entry.lines
        ]
        table["advice"] = [table_of(advice) for advice in entry.advice]
        if entry.symptoms is not None:
            table["symptoms"] = list(entry.symptoms)
    return table


def digest(entry: ExerciseEntry | ProtocolEntry) -> str:
    """The SHA-256 of the contents, equal for a file and for the row loaded from it.

    Empty values are left out, so that a column added by a later version of the app does not make
    every row look changed.
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
