"""Load library files into the shared rows, except rows that were changed here."""

from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from ..models import Exercise, Figure, Protocol
from ..pictures import shared_figure
from .entries import LibraryFile, digest
from .reading import read
from .writing import write_exercises, write_protocols


@dataclass
class LoadReport:
    """The outcome of loading a file, as lists of keys."""

    file: str
    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)  # changed here, so not overwritten

    def __str__(self) -> str:
        line = _("%(file)s: %(added)d new, %(updated)d updated, %(unchanged)d unchanged") % {
            "file": self.file,
            "added": len(self.added),
            "updated": len(self.updated),
            "unchanged": len(self.unchanged),
        }
        if self.kept:
            keys = get_text_list(self.kept, _("and"))
            line += "; " + _("not overwritten, because changed here: %(keys)s") % {"keys": keys}
        return line + "."


def load(library: LibraryFile | Path | str) -> LoadReport:
    """Write the exercises and the protocol of a file to the shared rows, all or none.

    A row that was changed here since it was loaded is not overwritten. Nothing is deleted, because
    prescriptions refer to exercises. Raises ValueError for a mistake in the file, and for a key
    that a practice's own row has.
    """
    if not isinstance(library, LibraryFile):
        library = read(library)
    report = LoadReport(library.file)
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


def _is_due(row: Exercise | Protocol | None, entry, report: LoadReport) -> bool:
    """Whether the row must be written. Adds its key to the report."""
    if row is None:
        report.added.append(entry.key)
        return True
    wanted, present = digest(entry), digest(type(entry).of(row))
    if present == wanted:
        if row.loaded_digest != wanted:  # a user made the same change as the file
            type(row).objects.filter(pk=row.pk).update(loaded_digest=wanted)
        report.unchanged.append(entry.key)
        return False
    if present != row.loaded_digest:
        report.kept.append(entry.key)
        return False
    report.updated.append(entry.key)
    return True


class _Figures(dict):
    """The shared figures by key, each saved from its file on first use."""

    def __missing__(self, key: str) -> Figure | None:
        self[key] = shared_figure(key)
        return self[key]
