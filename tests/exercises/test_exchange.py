"""The library as a file: one's own export changes nothing, and what is wrong is said in words."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exercises.exchange import exporting, importing
from exercises.library import copy_for
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

pytestmark = pytest.mark.django_db

LIBRARY = (
    Exercise, ExerciseText, Protocol, ProtocolText, ProtocolLine, Advice, AdviceText, Figure, Rendering,
)  # fmt: skip


def everything():
    return {model: list(model.objects.order_by("pk").values()) for model in LIBRARY}


def writes(queries):
    tables = tuple(f'"{model._meta.db_table}"' for model in LIBRARY)
    verbs = ("INSERT INTO", "UPDATE", "DELETE FROM")
    return [q["sql"] for q in queries if q["sql"].startswith(verbs) and q["sql"].split('"')[1] and f'"{q["sql"].split(chr(34))[1]}"' in tables]


def upload(user, content, format="zip", name="bestand"):
    """Sent, and checked by the worker."""
    sent = importing.begin(by=user, name=name, format=format, content=content)
    importing.check(LibraryImport.objects.get(pk=sent.pk))
    return LibraryImport.objects.get(pk=sent.pk)


def imported(user, content, format="zip"):
    """Sent, checked, confirmed and written."""
    sent = upload(user, content, format)
    assert importing.confirm(sent), (sent.problem, sent.findings, sent.counts)
    importing.write(LibraryImport.objects.get(pk=sent.pk))
    return LibraryImport.objects.get(pk=sent.pk)


def total(sent, status):
    return sum(statuses[status] for statuses in sent.counts.values())


FORMATS = ("zip", "csv", "xlsx")


def exported(user, format, kind="exercises", whose="all"):
    if format == "zip":
        return exporting.as_zip(user, whose)
    return exporting.as_table(user, whose, kind, format)


@pytest.mark.parametrize("kind", ["exercises", "protocols"])
@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("who", ["anna", "root"])
def test_ones_own_export_changes_nothing(cast, library_loaded, own_exercise, format, kind, who):
    user = getattr(cast, who)
    before = everything()
    content = exported(user, format, kind)
    with CaptureQueriesContext(connection, ) as queries:
        sent = upload(user, content, format)
    assert sent.problem == ""
    assert sent.findings == []
    assert total(sent, "same") == sum(sum(s.values()) for s in sent.counts.values()) > 1
    assert writes(queries.captured_queries) == []
    assert not importing.confirm(sent)
    assert everything() == before


def test_a_library_of_one_practice_in_another(cast, lage_rugpijn):
    copy_for(cast.anna.practice_id, lage_rugpijn)
    content = exported(cast.anna, "zip", whose="own")
    before = everything()
    imported(cast.bram, content)
    own = Protocol.objects.get(practice=cast.bram.practice)
    assert own.lines.count() == lage_rugpijn.lines.count()
    assert [advice.kind for advice in own.advice.all()] == list(Advice.Kind.values)
    assert [line.exercise for line in own.lines.all()] == [l.exercise for l in lage_rugpijn.lines.all()]
    again = upload(cast.bram, content)
    assert (again.findings, again.problem) == ([], "")
