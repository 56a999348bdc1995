"""Files for an import, and the way through it without a browser."""

import csv
import io
import json
import zipfile

from exercises.exchange import exporting, importing
from exercises.models import (
    Advice,
    AdviceText,
    Exercise,
    ExerciseText,
    Figure,
    LibraryImport,
    Protocol,
    ProtocolLine,
    ProtocolText,
    Rendering,
)

LIBRARY = (
    Exercise,
    ExerciseText,
    Protocol,
    ProtocolText,
    ProtocolLine,
    Advice,
    AdviceText,
    Figure,
    Rendering,
)
MANIFEST = {"schema": 1, "app": "rugpijn", "made_on": "2026-11-28", "practice": ""}


def everything():
    """All rows of the library, column by column: equal means that nothing changed."""
    return {model: list(model.objects.order_by("pk").values()) for model in LIBRARY}


def writes(queries):
    """What was written into the library."""
    tables = {f'"{model._meta.db_table}"' for model in LIBRARY}
    starts = tuple(
        f"{verb} {t}" for verb in ("INSERT INTO", "UPDATE", "DELETE FROM") for t in tables
    )
    return [query["sql"] for query in queries if query["sql"].startswith(starts)]


def exported(user, format="zip", kind="exercises", whose="all"):
    if format == "zip":
        return exporting.as_zip(user, whose)
    return exporting.as_table(user, whose, kind, format)


def sent(user, content, format="zip"):
    """Sent, and checked as the worker does it."""
    begun = importing.begin(by=user, name=f"bestand.{format}", format=format, content=content)
    importing.check(LibraryImport.objects.get(pk=begun.pk))
    return LibraryImport.objects.get(pk=begun.pk)


def written(upload):
    """Confirmed, and written as the worker does it."""
    assert importing.confirm(upload), (upload.problem, upload.findings)
    importing.write(LibraryImport.objects.get(pk=upload.pk))
    return LibraryImport.objects.get(pk=upload.pk)


def imported(user, content, format="zip"):
    return written(sent(user, content, format))


def counted(upload):
    """How many rows of each status, without the zeros."""
    counts = {}
    for statuses in upload.counts.values():
        for status, count in statuses.items():
            counts[status] = counts.get(status, 0) + count
    return {status: count for status, count in counts.items() if count}


def words(upload):
    """Every mistake as `field: words`."""
    return [
        f"{problem['field']}: {problem['words']}"
        for finding in upload.findings
        for problem in finding["problems"]
    ]


def table(*rows, delimiter=";", encoding="utf-8-sig"):
    """A CSV of these rows; the first has the names of the columns."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def cells(content):
    """The rows of a CSV of ours, by the names of their columns."""
    text = io.StringIO(content.decode("utf-8-sig"), newline="")
    return list(csv.DictReader(text, delimiter=";"))


def zipped(files=None, manifest=MANIFEST, **lists):
    """A zip as ours. `files` are more of them, by name."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        if manifest is not None:
            archive.writestr("manifest.json", json.dumps(manifest))
        for name, content in lists.items():
            archive.writestr(f"{name}.json", json.dumps(content))
        for name, content in (files or {}).items():
            archive.writestr(name, content)
    return output.getvalue()


def opened(content):
    """The JSON of a zip by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if name.endswith(".json")]
        return {name.removesuffix(".json"): json.loads(archive.read(name)) for name in names}


def an_exercise(key="nieuw-1", **changes):
    return {"key": key, "dosage": "2x10", "nl": {"title": "Bruggetje"}} | changes
