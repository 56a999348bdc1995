"""The Sheet: what is frozen, how it comes back, and how two of them differ."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from exercises.dosage import Dosage
from exercises.models import ExerciseText, Figure
from patients.sheet import Sheet
from patients.sheet_changes import changes

pytestmark = pytest.mark.django_db
SAMPLE = Path(__file__).parent / "samples" / "sheet_schema_1.json"


def test_json_and_back_is_the_same_sheet(programme):
    sheet = Sheet.of(programme)
    again = Sheet.from_json(json.loads(json.dumps(sheet.to_json())))
    assert again == sheet
    assert again.digest == sheet.digest


def test_a_stored_sheet_of_schema_1_still_opens():
    """Written by the first release. Whatever comes later, this file stays as it is."""
    sheet = Sheet.from_json(json.loads(SAMPLE.read_text()))
    assert sheet.language == "nl"
    assert [line.title for line in sheet.lines] == ["Hol en bol", "Superman"]
    assert sheet.lines[1].dosage == Dosage(per_day=2, sets=2, reps=5, hold=5, side="each")
    assert sheet.lines[1].caution == "Stop bij pijn in het been."
    assert [block.kind for block in sheet.red_flags] == ["red_flags"]


def test_a_stored_sheet_of_schema_2_still_opens():
    """The first schema with pictures. Whatever comes later, this file stays as it is."""
    sheet = Sheet.from_json(json.loads((SAMPLE.parent / "sheet_schema_2.json").read_text()))
    hol_bol = sheet.lines[0].figure
    assert [frame.caption for frame in hol_bol.frames] == ["Start.", "Hol."]
    assert hol_bol.digest == "d" * 64
    assert sheet.lines[1].figure is None
    assert sheet.advice[0].figure.title == "In en uit bed"


def test_a_picture_is_frozen_with_the_version(programme):
    """The figure changes; what was given stays as it was, and a new version shows the new one."""
    version = programme.current_version()
    figure = Figure.objects.get(key="superman")
    before = version.sheet.lines[5].figure
    figure.data["strip"][0]["caption"]["nl"] = "Anders."
    figure.save()
    assert version.sheet.lines[5].figure == before
    found = changes(version.sheet, Sheet.of(programme))
    assert [(change.where, change.part) for change in found] == [("Superman", "figure")]
    assert "Anders." in found[0].after and "Anders." not in found[0].before


def test_finer_drawing_is_no_change(programme):
    """An upgrade of the app that draws the same figure otherwise makes no new version."""
    sheet = Sheet.of(programme)
    finer = replace(
        sheet,
        lines=tuple(
            replace(line, figure=replace(line.figure, digest="f" * 64)) for line in sheet.lines
        ),
    )
    assert changes(sheet, finer) == []


def test_sentences_are_in_the_patients_language(make_programme, cast):
    dutch = Sheet.of(make_programme())
    english = Sheet.of(make_programme(cast.roos_patient, cast.bram))
    assert dutch.lines[5].sentence == (
        "2 keer per dag: 2 series van 5 herhalingen, 5 seconden vasthouden, links en rechts"
    )
    assert english.lines[5].sentence == (
        "2 times a day: 2 sets of 5 repetitions, hold for 5 seconds, left and right"
    )
    assert english.language == "en"


def test_a_text_nobody_translated_is_read_in_dutch(make_programme, cast, programme):
    """A caution that exists in Dutch only is still a caution."""
    caution = programme.prescriptions.all()[4].exercise.text("caution", "nl")
    ExerciseText.objects.filter(language="en").update(caution="")
    english = Sheet.of(make_programme(cast.roos_patient, cast.bram))
    assert english.lines[4].caution == caution


@pytest.mark.parametrize("lines", [1, 12])
def test_five_queries_however_long(programme, lines, django_assert_num_queries):
    from patients.prescribing import authoring

    first = programme.prescriptions.first()
    programme.prescriptions.exclude(pk=first.pk).delete()
    for _number in range(lines - 1):
        authoring.prescribe(programme=programme, exercise=first.exercise)
    programme = type(programme).objects.select_related("patient", "therapist").get(pk=programme.pk)
    with django_assert_num_queries(5):
        sheet = Sheet.of(programme)
    assert len(sheet.lines) == lines


def test_advice_reads_as_paragraphs_and_lists(programme):
    bed = next(block for block in Sheet.of(programme).advice if block.kind == "bed")
    kinds = [kind for kind, _texts in bed.parts()]
    assert "list" in kinds and "paragraph" in kinds
    items = next(texts for kind, texts in bed.parts() if kind == "list")
    assert len(items) == 4
    assert not any(item.startswith("-") for item in items)


def test_two_protocols_give_each_subject_once_and_every_red_flag(programme, library_loaded):
    from exercises.models import Protocol

    programme.protocols.add(Protocol.objects.get(key="knie"))
    sheet = Sheet.of(programme)
    kinds = [block.kind for block in sheet.advice]
    assert kinds.count("why_exercise") == 1
    assert kinds.count("red_flags") == 2
    assert not changes(sheet, sheet)


class TestChanges:
    def test_nothing_changed(self, programme):
        assert changes(Sheet.of(programme), Sheet.of(programme)) == []

    def test_a_dosage_and_a_note(self, programme):
        before = Sheet.of(programme)
        line = programme.prescriptions.first()
        line.dosage = Dosage.parse("3x8 5s")
        line.note = "Rustig aan"
        line.save()
        found = changes(before, Sheet.of(programme))
        assert [(change.part, change.before, change.after) for change in found] == [
            (
                "sentence",
                before.lines[0].sentence,
                "3 series van 8 herhalingen, 5 seconden vasthouden",
            ),
            ("note", "", "Rustig aan"),
        ]
        assert {change.where for change in found} == {before.lines[0].title}

    def test_a_line_gone_and_the_order(self, programme):
        before = Sheet.of(programme)
        first, second, *_rest, last = programme.prescriptions.all()
        last.delete()
        type(first).objects.filter(pk=second.pk).update(position=0)
        type(first).objects.filter(pk=first.pk).update(position=1)
        parts = [change.part for change in changes(before, Sheet.of(programme))]
        assert parts == ["line", "order"]


class TestCorrectedLibrary:
    def test_the_words_of_then_are_kept_on_request(self, programme):
        given = programme.current_version().sheet
        ExerciseText.objects.filter(language="nl").update(caution="Nieuw uit de bibliotheek")
        assert Sheet.of(programme) != given
        assert Sheet.of(programme, library_as_in=given) == given

    def test_what_the_therapist_changed_is_never_kept_back(self, programme):
        given = programme.current_version().sheet
        line = programme.prescriptions.first()
        line.steps = "Alleen dit"
        line.note = "Voor u"
        line.save()
        kept = Sheet.of(programme, library_as_in=given)
        assert kept.lines[0].steps == ("Alleen dit",)
        assert kept.lines[0].note == "Voor u"


def test_the_nameless_sheet_has_no_word_that_was_written_for_one_person(programme):
    sheet = programme.current_version().sheet
    whole = replace(sheet, lines=tuple(replace(line, note="Kanarie") for line in sheet.lines))
    assert "Kanarie" in str(whole.to_json()) and "Kanarie" not in str(whole.nameless.to_json())
    assert whole.nameless == whole.nameless.nameless
    assert (whole.nameless.title, whole.nameless.therapist) == ("", "")
