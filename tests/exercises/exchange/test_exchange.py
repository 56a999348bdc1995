"""The library as a file: one's own export changes nothing, and an import is all or nothing."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from exercises import pictures
from exercises.exchange import archive, importing, tables
from exercises.library.copying import copy_for
from exercises.library.entries import FACTS, WORDS
from exercises.models import Advice, AdviceText, Exercise, Figure, LibraryImport, Protocol
from exercises.pose_editor.sliders import figure_of, new_frame, new_settings

from ..media.uploads import picture
from .packages import (
    an_exercise,
    cells,
    counted,
    everything,
    exported,
    imported,
    opened,
    sent,
    table,
    words,
    writes,
    written,
    zipped,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def own_figures(cast, library_loaded):
    """A photo and a drawing of practice 1, in two exercises of its own."""
    photo = Figure(practice=cast.anna.practice)
    said = {"title": {"nl": "Foto"}, "alternative": {"nl": "Iemand staat."}, "caption": {}}
    pictures.save_photo(photo, said, picture(size=(80, 60)))
    frames = [new_frame() | {"caption_nl": "Lig."}]
    data = figure_of(new_settings() | {"title_nl": "Eigen tekening", "frames": frames})
    drawing = pictures.save_poses(Figure(practice=cast.anna.practice), data)
    Figure.objects.filter(pk=drawing.pk).update(reviewed_by="A. de Wit", reviewed_on="2026-05-31")
    for figure in (photo, drawing):
        exercise = Exercise.objects.create(practice=cast.anna.practice, reps=10, figure=figure)
        exercise.texts.create(language="nl", title=f"Met {figure}", steps="Sta.\n\n Zit. ")
    return photo, drawing


# One's own.


@pytest.mark.parametrize("kind", ["exercises", "protocols"])
@pytest.mark.parametrize("format", ["zip", "csv", "xlsx"])
@pytest.mark.parametrize("who", ["anna", "root"])
def test_ones_own_export_changes_nothing(cast, own_figures, format, kind, who):
    """The whole shipped library, and what the practice made: not one row is written."""
    user = getattr(cast, who)
    copy_for(cast.anna.practice_id, Protocol.objects.get(key="lage-rugpijn"))
    before = everything()
    with CaptureQueriesContext(connection) as queries:
        content = exported(user, format, kind)
        upload = sent(user, content, format)
    assert (upload.problem, upload.findings) == ("", [])
    assert set(counted(upload)) == {"same"}
    assert writes(queries.captured_queries) == []
    assert not importing.confirm(upload)
    assert everything() == before


def test_a_formula_is_a_text_and_comes_back_as_it_was(cast, practice):
    titles = ["=1+1", "+31 6", "-5", "@home", "'=1", "''", "'s Ochtends", '"Aan; en, uit"\nwit']
    for title in titles:
        exercise = Exercise.objects.create(practice=practice, reps=10, source=title)
        exercise.texts.create(language="nl", title=title.replace("\n", " "), steps="=A1\n-B")
    content = exported(cast.anna, "csv", whose="own")
    found = [row["title_nl"] for row in cells(content)]
    assert found[:7] == ["'=1+1", "'+31 6", "'-5", "'@home", "''=1", "''", "'s Ochtends"]
    assert not [
        cell for row in cells(content) for cell in row.values() if cell[:1] in tuple("=+-@\t\r")
    ]
    for format in ("csv", "xlsx"):
        upload = sent(cast.anna, exported(cast.anna, format, whose="own"), format)
        assert (upload.problem, upload.findings) == ("", [])


def test_a_table_leaves_alone_what_it_has_no_column_for(cast, own_exercise):
    own_exercise.source = "Eigen werk"
    own_exercise.save()
    content = table(["key", "title_nl"], [own_exercise.uuid, "Nieuwe titel"])
    upload = sent(cast.anna, content, "csv")
    assert [(c["part"], c["before"], c["after"]) for c in upload.findings[0]["changes"]] == [
        ("titel (Nederlands)", "Geheime oefening van De Linde", "Nieuwe titel")
    ]
    written(upload)
    own_exercise.refresh_from_db()
    assert (str(own_exercise), own_exercise.source) == ("Nieuwe titel", "Eigen werk")
    assert own_exercise.dosage.notation == "2x per dag 10x"


def test_the_lines_of_a_protocol_are_changed_in_a_table(cast, lage_rugpijn):
    own = copy_for(cast.anna.practice_id, lage_rugpijn)
    (row,) = cells(exported(cast.anna, "csv", "protocols", whose="own"))
    first, second, *_rest = row["lines"].split("\n")
    assert first == "2x per dag 2x10x | hol-bol |  | Hol en bol maken op handen en knieën"
    content = table(
        ["key", "lines"], [row["key"], "\n".join([second, "3x8 5s l/r | hol-bol | 3-"])]
    )
    imported(cast.anna, content, "csv")
    lines = [
        (line.exercise.key, line.dosage.notation, line.period.notation) for line in own.lines.all()
    ]
    assert lines == [
        ("kwispelen", "2x per dag 2x10x", ""),
        ("hol-bol", "3x8x 5s l/r", "vanaf week 3"),
    ]
    for kind in ("zip", "csv"):  # and taken out again it is the same
        content = exported(cast.anna, kind, "protocols", whose="own")
        assert counted(sent(cast.anna, content, kind)).get("new", 0) == 0
        assert "changed" not in counted(sent(cast.anna, content, kind))
    assert [advice.kind for advice in own.advice.all()] == list(Advice.Kind.values)


def test_a_row_without_a_key_is_new_once(cast):
    content = table(["title_nl", "dosage"], ["Bruggetje", "3x8"], ["Plank", "3x 30s"])
    assert counted(imported(cast.anna, content, "csv")) == {"new": 2}
    assert counted(sent(cast.anna, content, "csv")) == {"same": 2}
    assert Exercise.objects.filter(practice=cast.anna.practice).count() == 2


def test_a_dutch_excel_and_an_english_one_are_both_read(cast):
    for delimiter, encoding in ((";", "utf-8-sig"), (",", "utf-8"), ("\t", "utf-8")):
        content = table(
            ["title_nl", "steps_nl", "dosage"],
            ["Knieën", "Sta.\r\nZit.", "10x"],
            delimiter=delimiter,
            encoding=encoding,
        )
        assert counted(sent(cast.anna, content, "csv")) == {"new": 1}


# Other people's.


def test_the_library_of_one_practice_in_another(cast, own_figures, lage_rugpijn):
    """Copies of its own, with their pictures; a second time nothing."""
    _photo, drawing = own_figures
    copy_for(cast.anna.practice_id, lage_rugpijn)
    content = exported(cast.anna, "zip", whose="own")
    before = everything()
    upload = imported(cast.bram, content)
    assert upload.imported_at is not None
    assert set(counted(upload)) == {"new", "same"}
    own = Protocol.objects.get(practice=cast.bram.practice)
    assert [advice.kind for advice in own.advice.all()] == list(Advice.Kind.values)
    assert own.lines.count() == lage_rugpijn.lines.count()
    theirs = Figure.objects.filter(practice=cast.bram.practice)
    assert {str(figure) for figure in theirs} == {"Foto", "Eigen tekening"}
    assert theirs.get(kind="poses").rendering_id == drawing.rendering_id
    assert Exercise.objects.filter(figure__in=theirs, practice=cast.bram.practice).count() == 2
    after = everything()
    for model, rows in before.items():
        assert [row for row in after[model] if row in rows] == rows, "somebody else's changed"
    again = sent(cast.bram, content)
    assert (again.findings, again.problem) == ([], "")


def test_nobody_learns_that_another_practice_has_it(cast, own_exercise):
    """Its key is as unknown as one that nobody has, and its row stays as it is."""
    unknown = "4b0f1a52-7b0e-4f3a-9a34-0d6b5f0f3c11"
    for key in (str(own_exercise.uuid), unknown):
        upload = sent(cast.bram, zipped(exercises=[an_exercise(key)]))
        assert counted(upload) == {"new": 1}
        assert upload.findings[0]["key"] not in (str(own_exercise.uuid), unknown)
        written(upload)
    own_exercise.refresh_from_db()
    assert str(own_exercise) == "Geheime oefening van De Linde"
    line = {"exercise": str(own_exercise.uuid), "dosage": "10x"}
    protocol = {"key": "p", "nl": {"title": "P"}, "lines": [line]}
    Exercise.objects.filter(practice=cast.bram.practice).delete()
    assert words(sent(cast.bram, zipped(protocols=[protocol]))) == [
        f"exercise: regel 1: “{own_exercise.uuid}” staat niet in dit bestand en niet in uw"
        " bibliotheek."
    ]


def test_an_export_holds_ones_own_and_what_it_needs(cast, own_exercise, lage_rugpijn):
    copy_for(cast.anna.practice_id, lage_rugpijn)
    found = opened(exported(cast.anna, "zip", whose="own"))
    assert [protocol["nl"]["title"] for protocol in found["protocols"]] == ["Lage rugpijn"]
    keys = [exercise["key"] for exercise in found["exercises"]]
    assert set(keys) == {
        str(own_exercise.uuid),
        *(line.exercise.key for line in lage_rugpijn.lines.all()),
    }
    for user in (cast.bram, cast.root):
        for format in ("zip", "csv"):
            assert str(own_exercise.uuid).encode() not in exported(user, format)
        assert str(own_exercise.uuid) not in str(opened(exported(user)))


def test_what_is_shared_is_left_as_it_is(cast, library_loaded):
    content = table(["key", "dosage"], ["superman", "3x8"])
    upload = sent(cast.anna, content, "csv")
    assert counted(upload) == {"shared": 1}
    assert upload.findings[0]["changes"][0]["after"] == "3 series van 8 herhalingen"
    assert not importing.confirm(upload)
    assert Exercise.objects.get(key="superman").dosage.notation == "2x per dag 2x5x 5s l/r"


def test_who_runs_the_server_changes_what_is_shared(cast, library_loaded):
    loaded = Exercise.objects.get(key="superman")
    imported(cast.root, table(["key", "dosage"], ["superman", "3x8"]), "csv")
    changed = Exercise.objects.get(key="superman")
    assert (changed.pk, changed.uuid, changed.practice) == (loaded.pk, loaded.uuid, None)
    assert changed.dosage.notation == "3x8x"
    assert changed.loaded_digest == loaded.loaded_digest  # so it counts as changed here


# All or nothing.


def test_one_mistake_and_nothing_is_imported(cast):
    upload = sent(cast.anna, zipped(exercises=[an_exercise(), an_exercise("b", dosage="veel")]))
    assert counted(upload) == {"faulty": 1, "new": 1}
    assert not importing.confirm(upload)
    importing.write_import.call(str(upload.uuid))
    assert not Exercise.objects.exists()


def test_a_library_that_changed_meanwhile_is_shown_anew(cast, own_exercise):
    content = table(["key", "title_nl"], [own_exercise.uuid, "Uit het bestand"])
    upload = sent(cast.anna, content, "csv")
    own_exercise.texts.update(title="Van een collega")
    upload = written(upload)
    assert (upload.imported_at, upload.confirmed_at, upload.outdated) == (None, None, True)
    assert upload.findings[0]["changes"][0]["before"] == "Van een collega"
    assert str(Exercise.objects.get()) == "Van een collega"
    assert written(upload).imported_at is not None
    assert str(Exercise.objects.get()) == "Uit het bestand"


@pytest.mark.parametrize("what", ["changed", "gone"])
def test_a_change_between_the_last_check_and_the_lock_is_not_lost(
    cast, own_exercise, monkeypatch, what
):
    content = table(["key", "title_nl"], [own_exercise.uuid, "Uit het bestand"])
    upload = sent(cast.anna, content, "csv")
    write = importing._write

    def too_late(*args):
        monkeypatch.setattr(importing, "_write", write)
        if what == "gone":
            own_exercise.delete()
        else:
            own_exercise.texts.update(title="Van een collega")
        write(*args)

    monkeypatch.setattr(importing, "_write", too_late)
    upload = written(upload)
    assert (upload.imported_at, upload.outdated) == (None, True)
    assert "Uit het bestand" not in [str(row) for row in Exercise.objects.all()]


def test_stopped_it_ends_and_keeps_nothing(cast, monkeypatch):
    monkeypatch.setattr(importing, "EVERY", 0)
    content = table(["title_nl", "dosage"], *[[f"Oefening {i}", "10x"] for i in range(20)])
    begun = importing.begin(by=cast.anna, name="b.csv", format="csv", content=content)
    looked = []
    look = importing.Check._check_row

    def one_more(self, *args):
        looked.append(1)
        if len(looked) == 5:
            importing.stop(begun)
        return look(self, *args)

    monkeypatch.setattr(importing.Check, "_check_row", one_more)
    importing.check_import.call(str(begun.uuid))
    begun.refresh_from_db()
    assert (len(looked), begun.content, begun.checked_at) == (5, None, None)
    assert importing.progress(begun).busy is False
    importing.check_import.call(str(begun.uuid))
    assert len(looked) == 5


def test_two_workers_write_it_once(cast):
    upload = sent(cast.anna, zipped(exercises=[an_exercise()]))
    importing.confirm(upload)
    first, second = (LibraryImport.objects.get(pk=upload.pk) for _ in range(2))
    importing.write(first)
    importing.write(second)
    assert Exercise.objects.count() == 1
    assert LibraryImport.objects.get(pk=upload.pk).outdated is False


def test_an_upload_is_gone_after_a_day(cast):
    old = sent(cast.anna, zipped(exercises=[an_exercise()]))
    yesterday = timezone.now() - timedelta(hours=25)
    LibraryImport.objects.filter(pk=old.pk).update(created_at=yesterday)
    new = sent(cast.bram, zipped(exercises=[an_exercise()]))
    assert list(LibraryImport.objects.all()) == [new]
    LibraryImport.objects.update(created_at=yesterday)
    call_command("sweep_imports")
    assert not LibraryImport.objects.exists()


@pytest.mark.parametrize(
    "loss", [{"is_active": False}, {"is_therapist": False}, {"practice": "other"}]
)
def test_who_left_the_practice_imports_nothing(client, cast, loss):
    upload = sent(cast.anna, zipped(exercises=[an_exercise()]))
    importing.confirm(upload)
    for name, value in loss.items():
        setattr(cast.anna, name, cast.bram.practice if value == "other" else value)
    cast.anna.save()
    importing.write_import.call(str(upload.uuid))
    assert not Exercise.objects.exists()
    client.force_login(cast.anna)
    page = client.get(reverse("admin:exercises_upload", args=[upload.uuid]))
    assert page.status_code in (302, 403, 404)


def test_five_thousand_rows_take_few_queries_to_write(cast):
    content = zipped(exercises=[an_exercise(f"nr-{i}") for i in range(400)])
    upload = sent(cast.anna, content)
    importing.confirm(upload)
    with CaptureQueriesContext(connection) as queries:
        importing.write(LibraryImport.objects.get(pk=upload.pk))
    assert Exercise.objects.count() == 400
    assert len(queries) < 40


# What docs/library-exchange.md says.


@pytest.mark.parametrize("kind", ["exercises", "protocols"])
def test_the_documentation_names_every_column(kind):
    text = (settings.BASE_DIR / "docs" / "library-exchange.md").read_text()
    names = text.split(f"**{kind.capitalize()}:**")[1].split("\n\n")[0]
    assert names.replace("`", "").split() == list(tables.LibraryTable(kind, ["nl"]).fields)


def test_the_documentation_names_every_part_of_a_zip():
    text = (settings.BASE_DIR / "docs" / "library-exchange.md").read_text().split("## A zip")[1]
    named = set(re.findall(r"`([a-z_]+)`", text))
    parts = {*archive.MANIFEST, *FACTS[Advice], *WORDS[AdviceText], *Figure.Kind.values}
    assert parts - named == set()
    assert f"Schema {archive.SCHEMA}" in text
    assert {f"{name}.json" for name in archive.LISTS} <= set(re.findall(r"`(\w+\.json)`", text))
