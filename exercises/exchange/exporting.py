"""Export the practice's own rows, or these with the shared ones, to a file."""

import re
from collections.abc import Iterable

from django.utils import timezone

from rugpijn.models import User

from ..library.entries import ExerciseEntry, ProtocolEntry, name_of, table_of
from ..models import Exercise, Figure, Protocol
from . import archive, tables
from .checking import loaded

OWN, ALL = "own", "all"


def as_zip(user: User, whose: str) -> bytes:
    """A zip with the chosen rows and with everything that they refer to."""
    protocols = list(_chosen("protocols", user, whose))
    exercises = {row.pk: row for row in _chosen("exercises", user, whose)}
    lines = [line.exercise_id for protocol in protocols for line in protocol.lines.all()]
    missing = loaded("exercises").visible_to(user).filter(pk__in=set(lines) - exercises.keys())
    exercises |= {row.pk: row for row in missing}
    advice = [block for protocol in protocols for block in protocol.advice.all()]
    used = {thing.figure_id for thing in [*exercises.values(), *advice]} - {None}
    figures = list(Figure.objects.visible_to(user).filter(pk__in=used))
    lists = {
        "exercises": [table_of(ExerciseEntry.of(row)) for row in exercises.values()],
        "protocols": [table_of(ProtocolEntry.of(row)) for row in protocols],
        "figures": [{"key": name_of(row), "kind": row.kind, "data": row.data} for row in figures],
    }
    manifest = {
        "app": "rugpijn",
        "made_on": timezone.localdate().isoformat(),
        "practice": user.practice.name if user.practice_id is not None else "",
    }
    return archive.write(manifest, lists, _photos(figures))


def as_table(user: User, whose: str, kind: str, format: str) -> bytes:
    """A CSV or XLSX of one kind. Raises ValueError when a spreadsheet cannot hold a text."""
    rows = list(_chosen(kind, user, whose))
    if kind == "exercises":
        return tables.write(kind, format, [table_of(ExerciseEntry.of(row)) for row in rows])
    return tables.write(kind, format, [_with_titles(row) for row in rows])


def _with_titles(protocol: Protocol) -> dict:
    """The protocol as a table of the file, with the title of the exercise in each line."""
    table = table_of(ProtocolEntry.of(protocol))
    for line, row in zip(table["lines"], protocol.lines.all(), strict=True):
        line["title"] = re.sub(r"[|\s]+", " ", row.exercise.text("title"))
    return table


def _chosen(kind: str, user: User, whose: str):
    rows = loaded(kind).visible_to(user)
    if kind == "protocols":
        rows = rows.prefetch_related("lines__exercise__texts")
    rows = rows.order_by("id")
    if whose == ALL:
        return rows
    model = {"exercises": Exercise, "protocols": Protocol}[kind]
    return rows.filter(pk__in=model.objects.editable_by(user).values("pk"))


def _photos(figures: Iterable[Figure]) -> dict[str, bytes]:
    """The bytes of the photos among `figures`, by digest."""
    of_photos = [figure for figure in figures if figure.kind == Figure.Kind.PHOTO]
    rows = Figure.objects.filter(pk__in=[figure.pk for figure in of_photos])
    photos = dict(rows.values_list("pk", "rendering__photo"))
    return {figure.data["photo"]: bytes(photos[figure.pk]) for figure in of_photos}
