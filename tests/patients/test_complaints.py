"""What belongs to a complaint: the symptoms that are asked, the red flags, and one place for what
holds for all exercises."""

import copy
import json
from dataclasses import replace
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import translation

from exercises.forms import ProtocolForm
from exercises.library.copying import copy_for
from exercises.models import Exercise, LibraryItem, Protocol
from patients import clinical
from patients.follow_up import caseload, worklist
from patients.models import SymptomAnswer
from patients.paper import handout
from patients.patient_day import reports
from patients.prescribing import authoring
from patients.sheet import Sheet, upgraded
from patients.sheet_changes import changes

from ..reading import words as read_of
from .patient_day.acts import act, send, statuses
from .patient_day.pages import page, press, text_of
from .prescribing.posting import as_posted, change

pytestmark = pytest.mark.django_db
SAMPLES = Path(__file__).parent / "samples"
BACK = ("leg_pain", "numbness", "saddle", "bladder", "weakness")
KNEE = ("numbness", "locking", "swelling", "calf", "infection", "chest")
CATALOGUE = {*BACK, *KNEE}


@pytest.fixture
def knee(library_loaded):
    return Protocol.objects.get(key="knie")


@pytest.fixture
def knee_programme(make_programme, knee):
    return make_programme(protocol=knee)


@pytest.fixture
def piet(client, cast):
    client.force_login(cast.piet)
    return client


@pytest.fixture
def anna(client, cast):
    client.force_login(cast.anna)
    return client


def asked(programme):
    return tuple(question.key for question in Sheet.of(programme).symptoms)


class TestRules:
    def test_no_name_is_ever_taken_out(self):
        """A stored report refers to it."""
        assert set(clinical.SYMPTOMS) >= CATALOGUE

    def test_every_symptom_has_words_an_urgency_and_a_source(self):
        for symptom in clinical.SYMPTOMS.values():
            assert symptom.words and symptom.source
            assert symptom.urgency in clinical.URGENCIES

    @pytest.mark.parametrize("region", [*LibraryItem.Category.values, "", "unknown"])
    def test_every_region_asks_for_red_flags(self, region):
        names = clinical.symptoms_of_region(region)
        assert set(names) <= set(clinical.SYMPTOMS)
        assert clinical.urgency(names) == "doctor"

    def test_elsewhere_every_red_flag_is_asked(self):
        flags = {name for name, one in clinical.SYMPTOMS.items() if one.urgency == "doctor"}
        assert flags <= set(clinical.SYMPTOMS_ELSEWHERE)

    @pytest.mark.parametrize(
        ("complaints", "names"),
        [
            ([("low_back", [])], BACK),
            ([("knee", [])], KNEE),
            ([("knee", ["bladder"])], (*KNEE, "bladder")),
            ([("low_back", []), ("knee", [])], {*BACK, *KNEE}),
            ([("shoulder", [])], clinical.SYMPTOMS_ELSEWHERE),
            ([], clinical.SYMPTOMS_ELSEWHERE),
        ],
    )
    def test_what_is_asked(self, complaints, names):
        found = clinical.symptoms_asked(complaints)
        assert set(found) == set(names)
        assert list(found) == [name for name in clinical.SYMPTOMS if name in found]


class TestSheet:
    def test_the_leaflet_asks_what_it_always_asked(self, programme):
        assert asked(programme) == BACK

    def test_a_knee_is_not_asked_about_the_back(self, knee_programme):
        assert asked(knee_programme) == KNEE

    def test_two_protocols_ask_both(self, programme, knee):
        programme.protocols.add(knee)
        assert set(asked(programme)) == {*BACK, *KNEE}

    def test_a_protocol_of_ones_own_asks_what_its_region_asks(self, make_programme, cast, knee):
        own = copy_for(cast.anna.practice_id, knee)
        own.symptoms = []
        own.save()
        assert asked(make_programme(protocol=own)) == KNEE
        own.symptoms = ["weakness"]
        own.save()
        assert asked(make_programme(cast.mo_patient, protocol=own)) == (*KNEE, "weakness")

    def test_without_a_protocol_the_exercises_tell(self, cast, knee):
        programme = authoring.draft(patient=cast.piet_patient, by=cast.anna)
        assert set(asked(programme)) == set(clinical.SYMPTOMS_ELSEWHERE)
        authoring.prescribe(programme=programme, exercise=Exercise.objects.get(key="fietsen"))
        assert asked(programme) == KNEE

    def test_kept_as_a_protocol_it_asks_the_same(self, cast, programme, knee):
        programme.protocols.add(knee)
        own = authoring.save_as_protocol(programme=programme, by=cast.anna, title="Samen")
        assert set(own.symptoms_asked) == {*BACK, *KNEE}

    def test_the_words_are_in_the_patients_language(self, make_programme, cast, knee):
        english = make_programme(cast.roos_patient, cast.bram, protocol=knee).current_version()
        assert "My calf is swollen, warm or painful" in {q.words for q in english.sheet.symptoms}

    def test_other_questions_are_a_difference_and_other_words_are_none(self, programme):
        sheet = Sheet.of(programme)
        worded = replace(
            sheet, symptoms=tuple(replace(one, words="Anders.") for one in sheet.symptoms)
        )
        assert changes(sheet, worded) == []
        (found,) = changes(sheet, replace(sheet, symptoms=sheet.symptoms[1:]))
        assert found.part == "symptoms" and "De pijn straalde uit" in found.before


class TestKeptWords:
    """The therapist keeps the library's text as it was given, and adds a protocol."""

    def test_red_flags_and_questions_of_the_new_one_are_there(self, programme, knee):
        given = programme.current_version().sheet
        authoring.add_protocol(programme=programme, protocol=knee)
        kept = Sheet.of(programme, library_as_in=given)
        assert [block.protocol for block in kept.red_flags] == [
            str(programme.protocols.get(key="lage-rugpijn").uuid),
            str(knee.uuid),
        ]
        assert {question.key for question in kept.symptoms} == {*BACK, *KNEE}

    def test_also_beside_a_version_that_did_not_record_where_advice_came_from(
        self, programme, knee
    ):
        given = as_of_schema_3(programme)
        authoring.add_protocol(programme=programme, protocol=knee)
        kept = Sheet.of(programme, library_as_in=given)
        assert len(kept.red_flags) == 2
        assert {question.key for question in kept.symptoms} == {*BACK, *KNEE}

    def test_corrected_red_flags_are_kept_as_they_were(self, programme, lage_rugpijn):
        given = programme.current_version().sheet
        flags = lage_rugpijn.advice.get(kind="red_flags")
        flags.texts.update(body="Anders.")
        assert Sheet.of(programme, library_as_in=given).red_flags == given.red_flags
        assert Sheet.of(programme).red_flags[0].body == "Anders."


def as_of_schema_3(programme) -> Sheet:
    """The running version as the release before wrote it."""
    version = programme.current_version()
    content = copy.deepcopy(version.content)
    content["schema"] = 3
    del content["symptoms"]
    content["advice"] = [block for block in content["advice"] if block["kind"] != "cautions"]
    for block in content["advice"]:
        del block["protocol"]
    for line in content["lines"]:
        del line["library_steps"], line["on_share_page"]
        exercise = Exercise.objects.get(uuid=line["exercise"])
        line["caution"] = exercise.text("caution", content["language"])
    type(version).objects.filter(pk=version.pk).update(content=content)
    return programme.current_version().sheet


class TestOlderVersions:
    @pytest.mark.parametrize("schema", [1, 2, 3])
    def test_what_was_asked_then_is_asked_still(self, schema):
        raw = json.loads((SAMPLES / f"sheet_schema_{schema}.json").read_text())
        sheet = Sheet.from_json(raw)
        assert tuple(question.key for question in sheet.symptoms) == BACK
        assert sheet.symptoms[0].words == "De pijn straalde uit naar mijn been of arm"
        assert raw["schema"] == schema  # what is stored is not touched

    def test_a_stored_sheet_of_schema_4_still_opens_and_prints(self, programme):
        """The first schema that says what is asked. Whatever comes later, it stays as it is."""
        sheet = Sheet.from_json(json.loads((SAMPLES / "sheet_schema_4.json").read_text()))
        assert [question.key for question in sheet.symptoms] == ["numbness", "calf"]
        assert sheet.lines[0].library_steps == ("Maak uw rug hol.", "Maak uw rug bol.")
        assert not sheet.lines[0].on_share_page and sheet.lines[1].on_share_page
        assert [block.title for block in sheet.cautions] == ["Let op bij alle oefeningen"]
        head = handout.letterhead(programme.current_version())
        paper = read_of(handout.render_html(sheet, head))
        line = replace(sheet.lines[0], figure=None)  # its drawing is nowhere
        for text in (*line.words(), *sheet.cautions[0].words()):
            assert text in paper

    def test_no_programme_looks_changed(self, anna, programme):
        """But for the warnings that now stand once, which the library itself says otherwise."""
        before = programme.current_version()
        given = as_of_schema_3(programme)
        now = replace(Sheet.of(programme), advice=given.advice, lines=given.lines)
        assert changes(given, now) == []
        kept = Sheet.of(programme, library_as_in=given)
        assert changes(given, kept) == [] and kept.lines == given.lines
        version = programme.current_version()
        assert (version.digest, version.number) == (before.digest, before.number)
        (case,) = caseload.cases(caseload.running(programme.therapist), programme.started_on)
        assert case.corrected == ()

    def test_a_save_that_keeps_the_text_gives_no_new_version(self, anna, programme):
        as_of_schema_3(programme)
        data = as_posted(anna.get(change(programme)))
        anna.post(change(programme), {**data, "library": "keep"})
        assert programme.versions.count() == 1

    def test_upgrading_leaves_the_stored_content_alone(self, programme):
        as_of_schema_3(programme)
        content = programme.current_version().content
        before = json.dumps(content)
        upgraded(content)
        assert json.dumps(content) == before


class TestSession:
    def test_only_what_the_version_asks_is_shown(self, piet, knee_programme):
        answer = piet.get(page("programme_session", knee_programme))
        assert "Mijn kuit is dik, warm of pijnlijk" in text_of(answer)
        assert "doof rond mijn anus" not in text_of(answer)
        shown = answer.content.decode()
        steps = answer.context["steps"]
        for name in clinical.SYMPTOMS:
            assert shown.count(f'value="{name}"') == len(steps) * (name in KNEE)

    def test_the_back_is_asked_what_it_was(self, piet, programme):
        shown = text_of(piet.get(page("programme_session", programme)))
        assert "doof rond mijn anus" in shown and "Mijn kuit" not in shown

    def test_what_another_version_asked_is_taken(self, piet, knee_programme):
        press(piet, knee_programme, symptoms=["saddle"], pain="")
        assert SymptomAnswer.objects.get().symptoms == ["saddle"]
        late = act(knee_programme, 9, symptoms=["bladder"], moment="1")
        assert statuses(send(piet, knee_programme, late)) == ["stored"]
        assert SymptomAnswer.objects.filter(symptoms=["bladder"]).exists()

    def test_what_is_in_no_catalogue_is_refused(self, piet, knee_programme):
        press(piet, knee_programme, symptoms=["rash"], pain="")
        assert not SymptomAnswer.objects.exists()

    def test_the_words_of_an_issued_version_stay(self, piet, knee_programme, monkeypatch):
        other = replace(clinical.SYMPTOMS["calf"], words="Anders gezegd")
        monkeypatch.setitem(clinical.SYMPTOMS, "calf", other)
        shown = piet.get(page("programme_session", knee_programme)).content.decode()
        assert "Mijn kuit is dik, warm of pijnlijk" in shown and "Anders gezegd" not in shown
        press(piet, knee_programme, symptoms=["calf"], pain="")
        (report,) = reports.standing_in_record(knee_programme.patient_id).reports
        assert report.words == ("Mijn kuit is dik, warm of pijnlijk",)

    @pytest.mark.parametrize(
        ("symptom", "reason", "said"),
        [
            ("calf", "red_flag", "my calf is swollen, warm or painful"),
            ("locking", "locking", "my knee locks, or gives way"),
            ("numbness", "numbness", "numb or tingling"),
        ],
    )
    def test_the_therapist_reads_it(self, piet, cast, knee_programme, symptom, reason, said):
        press(piet, knee_programme, symptoms=[symptom], pain="")
        with translation.override("en"):
            cases = caseload.cases(caseload.running(cast.anna), knee_programme.started_on)
            item = next(worklist.items(cases[0]))
        assert (item.reason, said in item.sentence) == (reason, True)
        assert reason in worklist.ALARMS


class TestCautions:
    SAID = "Wordt de pijn in uw rug duidelijk erger, of trekt de pijn naar uw been?"

    def test_it_stands_once(self, piet, programme):
        sheet = programme.current_version().sheet
        assert [bool(line.caution) for line in sheet.lines] == [False] * 3 + [True] * 2 + [False]
        for name in ("programme_detail", "programme_session"):
            assert text_of(piet.get(page(name, programme))).count(self.SAID) == 1
        paper = read_of(handout.render_html(sheet, handout.letterhead(programme.current_version())))
        assert paper.count(self.SAID) == 1

    def test_what_an_exercise_says_beside_it_stays(self, knee_programme):
        cautions = {line.title: line.caution for line in Sheet.of(knee_programme).lines}
        assert cautions["Opstaan uit een stoel"] == "Zorg dat de stoel niet kan schuiven."
        assert cautions["Fietsen"] == "Stop ook als u duizelig of benauwd wordt."
        assert cautions["Knie strekken op een stoel"] == ""

    def test_an_exercise_without_its_protocol_keeps_its_own(self, cast, programme):
        alone = authoring.draft(patient=cast.mo_patient, by=cast.anna)
        exercise = programme.prescriptions.first().exercise
        authoring.prescribe(programme=alone, exercise=exercise)
        assert self.SAID in Sheet.of(alone).lines[0].caution

    def test_a_new_line_beside_kept_text_loses_nothing(self, programme):
        given = as_of_schema_3(programme)
        authoring.prescribe(programme=programme, exercise=programme.prescriptions.first().exercise)
        kept = Sheet.of(programme, library_as_in=given)
        assert kept.cautions == () and self.SAID in kept.lines[-1].caution

    def test_without_a_name_it_is_there_too(self, client, programme):
        link = programme.share_link
        shown = client.get(reverse("patients:share_page", args=[link.token, 1]))
        assert text_of(shown).count(self.SAID) == 1


class TestProtocolForm:
    def form(self, protocol, **data):
        form = ProtocolForm({"category": protocol.category, **data}, instance=protocol)
        for name in set(form.fields) - {"category", "symptoms"}:
            del form.fields[name]
        return form

    @pytest.fixture(autouse=True)
    def all_columns(self, monkeypatch):
        from django.forms import modelform_factory

        made = modelform_factory(Protocol, form=ProtocolForm, fields=["category", "symptoms"])
        monkeypatch.setattr(f"{__name__}.ProtocolForm", made)

    def test_what_its_region_asks_cannot_be_taken_away(self, knee):
        form = self.form(knee, symptoms=[])
        assert str(form["symptoms"]).count("disabled") == len(KNEE)
        assert form.is_valid()
        assert form.save().symptoms == list(KNEE)

    def test_more_can_be_asked(self, knee):
        form = self.form(knee, symptoms=["bladder"])
        assert form.is_valid()
        assert form.save().symptoms == [*KNEE, "bladder"]

    def test_another_region_takes_no_question_away(self, knee):
        form = self.form(knee, category="low_back", symptoms=[])
        assert form.is_valid()
        assert set(form.save().symptoms_asked) == {*KNEE, *BACK}

    def test_an_unknown_name_is_refused_at_its_field(self, knee):
        form = self.form(knee, symptoms=["rash"])
        assert "rash" in form.errors["symptoms"][0]

    def test_a_page_that_is_only_read_says_it_in_words(self, anna, knee):
        shown = text_of(anna.get(reverse("admin:exercises_protocol_change", args=[knee.pk])))
        assert "Mijn kuit is dik, warm of pijnlijk" in shown and "anus" not in shown
