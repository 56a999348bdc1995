"""What a file may not be: one sentence in the reader's language, and nothing is stored."""

import hashlib
import io
import struct
from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook

from exercises.exchange import importing, tables
from exercises.models import Exercise, Figure, LibraryImport, Rendering
from exercises.pose_editor.sliders import figure_of, new_frame, new_settings
from rugpijn.audit import AccessEvent

from ..media.uploads import picture
from ..media.uploads import upload as as_upload
from .packages import MANIFEST, an_exercise, counted, sent, table, words, zipped

pytestmark = pytest.mark.django_db
HEAD = ["title_nl", "dosage"]


def with_password():
    content = bytearray(zipped(exercises=[]))
    at = content.find(b"PK\x01\x02")
    content[at + 8] |= 1  # the flag in its list of files
    return bytes(content)


def a_sheet(write) -> bytes:
    book, content = Workbook(), io.BytesIO()
    write(book.active)
    book.save(content)
    return content.getvalue()


def lying_zip():
    """It says that the first file has no more than 10 bytes; there is more."""
    content = bytearray(zipped(files={}, exercises=[an_exercise()]))
    at = content.rfind(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 10)
    return bytes(content)


BOMB = {f"{n:064x}.jpg": b"\0" * (1024 * 1024) for n in range(51)}
NO_FILES = {
    "too many files": (
        "zip",
        lambda: zipped({f"{n:064x}.jpg": b"" for n in range(2000)}),
        "Er zitten 2001 bestanden in deze zip",
    ),
    "a bomb": ("zip", lambda: zipped(BOMB), "groter dan 50 MB"),
    "a way up": ("zip", lambda: zipped({"../../x.json": "[]"}), "“../../x.json” hoort niet"),
    "a folder": ("zip", lambda: zipped({"map/exercises.json": "[]"}), "“map/exercises.json”"),
    "backslashes": ("zip", lambda: zipped({"..\\x.json": "[]"}), "hoort niet in deze zip"),
    "a zip inside": ("zip", lambda: zipped({"a.zip": zipped()}), "“a.zip” hoort niet"),
    "a drawing": ("zip", lambda: zipped({"a.svg": "<svg/>"}), "“a.svg” hoort niet"),
    "a web page": ("zip", lambda: zipped({"a.html": "<script>"}), "“a.html” hoort niet"),
    "a long name": ("zip", lambda: zipped({"x" * 300: ""}), "hoort niet"),
    "a password": ("zip", with_password, "heeft een wachtwoord"),
    "no zip": ("zip", lambda: b"PK\x03\x04 and no more", "geen zipbestand"),
    "empty": ("zip", lambda: b"", "leeg"),
    "not UTF-8": ("csv", lambda: "title_nl;dosage\nKnieën;10x\n".encode("cp1252"), "niet in UTF-8"),
    "UTF-16": ("csv", lambda: table(HEAD, ["A", "10x"], encoding="utf-16"), "niet in UTF-8"),
    "twice a header": ("csv", lambda: table([*HEAD, "dosage"]), "“dosage” staat er twee keer"),
    "no header": ("csv", lambda: table([]), "namen van de kolommen"),
    "a nameless column": ("csv", lambda: table(["title_nl", "", "dosage"]), "Kolom 2 heeft geen"),
    "an unknown column": ("csv", lambda: table([*HEAD, "kleur"]), "“kleur” is onbekend"),
    "somebody's practice": (
        "csv",
        lambda: table([*HEAD, "practice_id"], ["A", "10x", "2"]),
        "voor uw eigen praktijk",
    ),
    "a citizen's number": (
        "csv",
        lambda: table([*HEAD, "BSN"], ["A", "10x", "123456782"]),
        "burgerservicenummer",
    ),
    "NUL": ("csv", lambda: b"title_nl;dosage\nA\0;10x\n", "geen CSV-bestand"),
    "2 MB and one": ("csv", lambda: b"a" * (tables.BYTES + 1), "groter dan 2 MB"),
    "no spreadsheet": ("xlsx", lambda: b"title_nl;dosage\n", "geen Excel-bestand"),
    "another ending": ("ods", lambda: b"x", "eindigt op .zip, .csv of .xlsx"),
}


@pytest.mark.parametrize("name", NO_FILES)
def test_what_is_no_file_of_ours_is_refused_at_its_field(client, cast, name):
    format, content, expected = NO_FILES[name]
    client.force_login(cast.anna)
    address = reverse("admin:exercises_import")
    answer = client.post(address, {"file": as_upload(content(), f"bestand.{format}")})
    assert answer.status_code == 400
    (sentence,) = answer.context["form"].errors["file"]
    assert expected in sentence
    assert not LibraryImport.objects.exists()


def test_50_mb_is_refused_before_it_is_opened(client, cast, monkeypatch):
    monkeypatch.setitem(importing.BYTES, "zip", 10)
    client.force_login(cast.anna)
    answer = client.post(
        reverse("admin:exercises_import"), {"file": as_upload(zipped(exercises=[]), "a.zip")}
    )
    assert "groter dan 0 MB" in answer.context["form"].errors["file"][0]


def many(count):
    return [an_exercise(f"nr-{n}") for n in range(count)]


def deep(levels):
    return b"[" * levels + b"]" * levels


WHOLE_FILES = {
    "no manifest": ("zip", lambda: zipped(manifest=None, exercises=[]), "manifest.json ontbreekt"),
    "a newer schema": ("zip", lambda: zipped(manifest=MANIFEST | {"schema": 3}), "nieuwere versie"),
    "no schema": ("zip", lambda: zipped(manifest=MANIFEST | {"schema": None}), "1 tot en met 2"),
    "an unknown fact": ("zip", lambda: zipped(manifest=MANIFEST | {"x": 1}), "“x” is hier"),
    "a longer file than it says": ("zip", lying_zip, "beschadigd"),
    "broken JSON": ("zip", lambda: zipped({"exercises.json": "[{"}), "exercises.json, regel 1"),
    "no JSON": ("zip", lambda: zipped({"exercises.json": b"\xff\xfe"}), "is geen JSON"),
    "NaN": ("zip", lambda: zipped({"exercises.json": '[{"key": NaN}]'}), "geen getal"),
    "deep JSON": ("zip", lambda: zipped({"exercises.json": deep(100_000)}), "geen JSON"),
    "a name twice": (
        "zip",
        lambda: zipped({"exercises.json": '[{"key": "a", "key": "b"}]'}),
        "“key” staat twee",
    ),
    "no list": ("zip", lambda: zipped(exercises={"key": "a"}), "moet een lijst zijn"),
    "nothing": ("zip", lambda: zipped(exercises=[]), "niets in dit bestand"),
    "5001 things": ("zip", lambda: zipped(exercises=many(5001)), "bevat 5001 onderdelen"),
    "5001 rows": ("csv", lambda: table(HEAD, *[["A", "10x"]] * 5001), "meer dan 5000 rijen"),
    "no rows": ("csv", lambda: table(HEAD, ["", ""]), "geen rijen"),
    "too many cells": ("csv", lambda: table(HEAD, ["A", "10x", "B"]), "Rij 2 heeft meer cellen"),
    "an open quotation": ("csv", lambda: b'title_nl;dosage\n"A;10x\n', "Rij 2"),
    "half a spreadsheet": ("xlsx", lambda: zipped({"xl/workbook.xml": "<x"}), "geen Excel-bestand"),
    "an empty spreadsheet": ("xlsx", lambda: a_sheet(lambda sheet: None), "namen van de kolommen"),
}


@pytest.mark.parametrize("name", WHOLE_FILES)
def test_what_is_seen_only_when_it_is_read_ends_the_import(cast, name):
    format, content, expected = WHOLE_FILES[name]
    upload = sent(cast.anna, content(), format)
    assert expected in upload.problem
    assert (upload.content, upload.findings) == (None, [])
    assert not Exercise.objects.exists()


def test_a_spreadsheet_that_claims_a_million_rows_is_read_to_its_end(cast):
    def far(sheet):
        sheet.append(HEAD)
        sheet.append(["Bruggetje", "10x"])
        sheet["XFD1048576"] = "x"

    assert counted(sent(cast.anna, a_sheet(far), "xlsx")) == {"new": 1}


def test_what_a_spreadsheet_made_of_a_cell_is_read_as_it_was_typed(cast):
    def typed(sheet):
        sheet.append(["title_nl", "dosage", "online_number", "reviewed_on"])
        sheet.append(["Bruggetje", "10x", 12.0, datetime(2026, 5, 31)])
        sheet.append([12, "10x", None, None])

    upload = sent(cast.anna, a_sheet(typed), "xlsx")
    assert (upload.problem, words(upload), counted(upload)) == ("", [], {"new": 2})
    assert [finding["title"] for finding in upload.findings] == ["Bruggetje", "12"]


def line(**changes):
    return {"exercise": "nieuw-1", "dosage": "10x"} | changes


def a_protocol(*lines, **changes):
    return {"key": "p", "nl": {"title": "P"}, "lines": list(lines)} | changes


ROWS = {
    "no title": (an_exercise(nl={"title": ""}), ["nl.title: Dit veld kan niet leeg zijn."]),
    "no Dutch": (an_exercise(nl={}), ["nl.title: "]),
    "an unknown name": (an_exercise(weeks=6), ["weeks: Deze naam is hier onbekend."]),
    "no key": (an_exercise(""), ["key: "]),
    "a key that is none": (an_exercise("een twee"), ["key: "]),
    "a dosage with two meanings": (an_exercise(dosage="2-3x per dag"), ["dosage: “2-3x per dag”"]),
    "a script in a link": (an_exercise(video="javascript:alert(1)"), ["video: Geef een"]),
    "another region": (an_exercise(category="elbow"), ["category: "]),
    "no number": (an_exercise(online_number="veel"), ["online_number: Hier hoort een"]),
    "no day": (an_exercise(reviewed_on="gisteren"), ["reviewed_on: "]),
    "NUL": (an_exercise(source="a\0b"), ["source: Er staat een teken in"]),
    "half a character": (an_exercise(licence="\ud800"), ["licence: Er staat een teken in"]),
    "unprintable": (an_exercise(nl={"title": "☃\U0001f9a9"}), ["nl.title: "]),
    "too long": (an_exercise(nl={"title": "x" * 121}), ["nl.title: "]),
    "steps that are no list": (
        an_exercise(nl={"title": "A", "steps": "Sta."}),
        ["nl.steps: Hier hoort een lijst"],
    ),
    "no such drawing": (an_exercise(figure="geen"), ["figure: “geen” staat niet in dit bestand"]),
    "every mistake at once": (
        an_exercise(dosage="x", video="x", nl={"title": ""}),
        ["video: ", "dosage: ", "nl.title: "],
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_a_mistake_is_said_at_its_row_and_field(cast, name):
    row, expected = ROWS[name]
    upload = sent(cast.anna, zipped(exercises=[row]))
    found = words(upload)
    assert len(found) == len(expected)
    for said, start in zip(found, expected, strict=True):
        assert said.startswith(start)
    assert counted(upload) == {"faulty": 1}


def test_a_mistake_in_a_line_or_in_advice_says_in_which(cast):
    advice = {"kind": "cause", "nl": {"title": "Waarom", "body": ""}}
    wrong = a_protocol(line(), line(dosage="x"), advice=[advice])
    found = words(sent(cast.anna, zipped(exercises=[an_exercise()], protocols=[wrong])))
    assert found[0].startswith("dosage: regel 2: ")
    assert found[1].startswith("nl.body: advies “cause”: ")


def test_a_mistake_in_a_table_names_row_and_column(cast):
    rows = table([*HEAD, "title_en"], ["A", "10x", ""], [], ["", "veel", "B"])
    upload = sent(cast.anna, rows, "csv")
    faulty = upload.findings[1]
    assert (faulty["number"], faulty["title"]) == (4, "B")
    assert [problem["field"] for problem in faulty["problems"]] == ["dosage", "title_nl"]
    protocols = table(["title_nl", "lines"], ["P", "10x"], ["Q", "10x | geen"])
    found = words(sent(cast.anna, protocols, "csv"))
    assert found[0].startswith("lines: regel 1: Geef de key van een oefening")
    assert found[1].startswith("lines: regel 1: “geen” staat niet")


def test_the_words_are_in_the_readers_language(cast):
    cast.anna.language = "en"
    cast.anna.save()
    upload = sent(cast.anna, table(HEAD, ["", "10x"]), "csv")
    assert words(upload) == ["title_nl: This field cannot be blank."]
    assert (
        sent(cast.anna, b"", "csv").problem == "The first row must have the names of the columns."
    )


def test_the_same_thing_twice_is_refused(cast, own_exercise):
    key = str(own_exercise.uuid)
    upload = sent(cast.anna, zipped(exercises=[an_exercise(key), an_exercise(key.upper())]))
    assert words(upload) == ["key: Deze staat twee keer in het bestand."]


# Pictures.


def a_photo(content=None, name=None, **changes):
    content = picture() if content is None else content
    digest = hashlib.sha256(content).hexdigest()
    data = {"title": {"nl": "Foto"}, "alternative": {"nl": "Iemand."}, "photo": digest}
    row = {"key": "foto", "kind": "photo", "data": data | changes}
    return zipped({f"{name or digest}.jpg": content}, figures=[row])


PHOTOS = {
    "a web page": (lambda: a_photo(b"<html>"), "deze foto kunnen we niet lezen"),
    "a moving picture": (lambda: a_photo(picture("GIF")), "deze foto kunnen we niet lezen"),
    "a picture with a tail": (lambda: a_photo(picture("PNG") + b"<script>"), "meer dan een"),
    "another than it says": (lambda: a_photo(photo="0" * 64), "deze foto zit niet in de zip"),
    "under another name": (lambda: a_photo(name="0" * 64), "deze foto zit niet in de zip"),
    "no Dutch": (lambda: a_photo(alternative={"en": "Someone."}), "Nederlandse tekst ontbreekt"),
    "words that are none": (lambda: a_photo(title="Foto"), "teksten per taal"),
    "unprintable words": (lambda: a_photo(title={"nl": "\U0001f9a9"}), "kan niet worden afgedrukt"),
    "more than a photo has": (lambda: a_photo(film="x"), "een foto heeft"),
}


@pytest.mark.parametrize("name", PHOTOS)
def test_a_photo_is_looked_at_like_every_upload(cast, name):
    content, expected = PHOTOS[name]
    upload = sent(cast.anna, content())
    (found,) = words(upload)
    assert expected.lower() in found.lower()
    assert not Figure.objects.exists()


def drawn(**changes):
    frames = [new_frame() | {"caption_nl": "Lig."}]
    data = figure_of(new_settings() | {"title_nl": "Tekening", "frames": frames})
    return zipped(figures=[{"key": "t", "kind": "poses", "data": data | changes}])


@pytest.mark.parametrize(
    "content",
    [
        lambda: drawn(poses={}),
        lambda: drawn(strip=[]),
        lambda: drawn(svg="<script>"),
        lambda: drawn(title={"nl": "\U0001f9a9"}),
        lambda: zipped(figures=[{"key": "t", "kind": "film", "data": {}}]),
        lambda: zipped(figures=[{"key": "t", "kind": "poses", "data": []}]),
        lambda: zipped(
            figures=[
                {
                    "key": "t",
                    "kind": "by_hand",
                    "data": {
                        "title": {"nl": "A"},
                        "alternative": {"nl": "B"},
                        "svg": "<svg onload=x>",
                    },
                }
            ]
        ),
    ],
)
def test_a_drawing_that_is_none_is_refused(cast, content):
    upload = sent(cast.anna, content())
    assert len(words(upload)) == 1
    assert not Figure.objects.exists()
    assert not Rendering.objects.exists()


def test_shared_drawings_come_from_no_file(cast):
    assert words(sent(cast.root, drawn())) == [
        "key: Gedeelde tekeningen horen bij de app en komen niet uit een bestand."
    ]


# The pages.


@pytest.mark.parametrize("what", ["exercises.xlsx", "protocols.csv", "zip"])
def test_an_export_is_a_file_with_a_day_and_stands_in_the_log(client, cast, library_loaded, what):
    client.force_login(cast.anna)
    answer = client.get(reverse("admin:exercises_export"), {"what": what, "whose": "all"})
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    assert AccessEvent.objects.filter(action="export", actor=cast.anna.uuid).count() == 1


def test_a_wrong_choice_is_said_and_no_file_comes(client, cast):
    client.force_login(cast.anna)
    answer = client.get(reverse("admin:exercises_export"), {"what": "films", "whose": "theirs"})
    assert answer.status_code == 400
    assert set(answer.context["form"].errors) == {"what", "whose"}
    assert not AccessEvent.objects.filter(action="export").exists()


def test_what_no_spreadsheet_can_hold_is_said(client, cast, own_exercise):
    own_exercise.source = "a\x01b"
    own_exercise.save()
    client.force_login(cast.anna)
    address = reverse("admin:exercises_export")
    answer = client.get(address, {"what": "exercises.xlsx", "whose": "own"})
    assert "niet in een spreadsheet" in answer.context["form"].errors["what"][0]
    own_exercise.texts.update(purpose="x" * 40_000)
    answer = client.get(address, {"what": "exercises.xlsx", "whose": "own"})
    assert "te lang" in answer.context["form"].errors["what"][0]


def test_an_upload_and_an_import_stand_in_the_log(client, cast):
    client.force_login(cast.anna)
    file = as_upload(table(HEAD, ["Bruggetje", "10x"]), "nieuw.csv")
    page = client.post(reverse("admin:exercises_import"), {"file": file})["Location"]
    upload = LibraryImport.objects.get()
    assert b"wacht op controle" in client.get(page).content
    importing.check(upload)
    answer = client.get(page)
    assert "Bruggetje" in answer.content.decode()
    client.post(page + "act/", {"import": ""})
    importing.write(LibraryImport.objects.get())
    assert "Geïmporteerd: 1 nieuw, 0 gewijzigd." in client.get(page).content.decode()
    link = reverse("admin:exercises_exercise_change", args=[Exercise.objects.get().pk])
    assert link in client.get(page).content.decode()
    log = AccessEvent.objects.filter(object_id=str(upload.uuid)).order_by("id")
    assert [event.action for event in log] == ["upload", "import"]
    client.post(page + "act/", {"import": ""})
    assert log.count() == 2


def test_without_a_worker_it_works_as_well(
    client, cast, settings, django_capture_on_commit_callbacks
):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    client.force_login(cast.anna)
    file = as_upload(table(HEAD, ["Bruggetje", "10x"]), "nieuw.csv")
    with django_capture_on_commit_callbacks(execute=True):
        page = client.post(reverse("admin:exercises_import"), {"file": file})["Location"]
    with django_capture_on_commit_callbacks(execute=True):
        client.post(page + "act/", {"import": ""})
    assert str(Exercise.objects.get()) == "Bruggetje"


def test_a_page_shows_fifty_rows_in_few_queries(client, cast, django_assert_max_num_queries):
    rows = [[f"Oefening {n}", "10x"] for n in range(120)]
    upload = sent(cast.anna, table(HEAD, *rows), "csv")
    client.force_login(cast.anna)
    address = reverse("admin:exercises_upload", args=[upload.uuid])
    with django_assert_max_num_queries(12):
        first = client.get(address).content.decode()
    assert first.count('class="finding ') == 50
    last = client.get(address, {"page": 3, "show": "new"}).content.decode()
    assert last.count('class="finding ') == 20
    assert "Pagina 3 van 3" in last
    hostile = client.get(address, {"page": "x", "show": "<script>"})
    assert hostile.status_code == 200


def test_what_stands_still_is_said_and_can_go_on(client, cast, monkeypatch):
    begun = importing.begin(
        by=cast.anna, name="a.csv", format="csv", content=table(HEAD, ["A", "10x"])
    )
    LibraryImport.objects.update(touched_at=timezone.now() - timedelta(minutes=3))
    client.force_login(cast.anna)
    page = reverse("admin:exercises_upload", args=[begun.uuid])
    assert 'name="go_on"' in client.get(page).content.decode()
    client.post(page + "act/", {"go_on": ""})
    assert 'name="go_on"' not in client.get(page).content.decode()
    importing.check_import.call(str(begun.uuid))
    assert LibraryImport.objects.get().checked_at is not None
    client.post(page + "act/", {"stop": ""})
    assert "Gestopt" in client.get(page).content.decode()


def test_the_lists_lead_to_the_exchange(client, cast):
    client.force_login(cast.anna)
    for name, shown in (("exercise", True), ("protocol", True), ("figure", False)):
        page = client.get(reverse(f"admin:exercises_{name}_changelist")).content.decode()
        assert (reverse("admin:exercises_import") in page) is shown
        assert (reverse("admin:exercises_export") in page) is shown
