"""Write entries to rows.

Thousands of rows are written in a few queries, because on SQLite others must wait meanwhile.
"""

from ..models import (
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
from ..period import Period
from .entries import WORDS, ExerciseEntry, ProtocolEntry

BATCH = 200  # rows in one query


def write_exercises(
    due: list[tuple[Exercise, ExerciseEntry]], figures: dict[str, Figure | None]
) -> None:
    """Write each entry to its row, new or not. `figures` has the figures by name."""
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
    """Write each entry to its row. Its lines and advice replace those of the row."""
    for row, entry in due:
        row.symptoms = list(entry.symptoms or ())
    _write(Protocol, due)
    _write_texts(ProtocolText, "protocol", due)
    rows = [row for row, _entry in due]
    ProtocolLine.objects.filter(protocol__in=rows).delete()
    Advice.objects.filter(protocol__in=rows).delete()
    lines, advice = [], []
    for row, entry in due:
        for position, part in enumerate(entry.lines, start=1):
            line = ProtocolLine(protocol=row, position=position, exercise=exercises[part.exercise])
            line.dosage = part.dosage
            line.period = Period.parse(part.weeks)
            lines.append(line)
        for position, part in enumerate(entry.advice, start=1):
            figure = figures[part.figure] if part.figure else None
            block = Advice(protocol=row, position=position, figure=figure, **part.facts)
            advice.append((block, part))
    ProtocolLine.objects.bulk_create(lines, batch_size=BATCH)
    Advice.objects.bulk_create([block for block, _entry in advice], batch_size=BATCH)
    _write_texts(AdviceText, "advice", advice)


def _write(model: type[Exercise | Protocol], due: list) -> None:
    for row, entry in due:
        for name, value in entry.facts.items():
            setattr(row, name, value)
        if not row._state.adding:
            row.save()
    model.objects.bulk_create([row for row, _e in due if row._state.adding], batch_size=BATCH)


def _write_texts(model: type[Text], owner: str, due: list) -> None:
    """Write the texts that differ, and delete those in languages that the entry lacks."""
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
