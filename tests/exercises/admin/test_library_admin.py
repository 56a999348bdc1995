"""The library in the admin: ours to edit, shared to read and copy, another practice's not there."""

import pytest

from exercises.dosage import Dosage
from exercises.models import Advice, Exercise, Protocol, ProtocolLine

from .exercise_form import fields, filled_in, tree
from .library_pages import ADD, ADD_ADVICE, ADD_PROTOCOL, SECRET, address, everything, logged, words


@pytest.fixture
def superman(library_loaded):
    return Exercise.objects.get(key="superman")


@pytest.fixture
def own_things(own_protocol, own_exercise):
    return own_exercise, own_protocol, own_protocol.advice.get()


# Writing one's own.


def a_new_exercise(client, **changes):
    data = filled_in(client.get(ADD)) | {
        "texts-0-title": "Bruggetje",
        "texts-0-steps": "Ga liggen.\r\nTil uw billen op.",
        "dosage": "2x per dag 3x8 5s l/r",
        "category": "low_back",
    }
    return client.post(ADD, data | changes)


@pytest.mark.parametrize("name", ["anna", "els"])
def test_a_new_exercise_belongs_to_the_practice(as_, name, practice, other_practice):
    answer = a_new_exercise(as_(name), practice=other_practice.pk, key="superman", uuid="x")
    assert answer.status_code == 302
    exercise = Exercise.objects.get()
    assert (exercise.practice, exercise.key) == (practice, None)
    assert exercise.dosage == Dosage(per_day=2, sets=3, reps=8, hold=5, side="each")
    text = exercise.texts.get()
    assert (text.language, text.title) == ("nl", "Bruggetje")
    assert text.steps == "Ga liggen.\nTil uw billen op."
    assert list(logged("add")) == [("allowed", "exercise")]


def test_a_new_exercise_of_the_server_is_shared(as_, practice):
    assert a_new_exercise(as_("root")).status_code == 302
    assert Exercise.objects.get().practice is None


@pytest.mark.parametrize("steps", ["Ga liggen.", ""])
def test_a_dutch_title_is_asked_for_at_its_field(as_, steps):
    dutch = {"texts-0-title": "", "texts-0-steps": steps}
    answer = a_new_exercise(as_("anna"), **dutch, **{"texts-1-title": "Bridge"})
    assert answer.status_code == 200
    forms = answer.context["inline_admin_formsets"][0].formset.forms
    assert "title" in forms[0].errors
    assert not forms[1].errors
    assert not Exercise.objects.exists()


def test_a_post_that_leaves_dutch_out_is_refused(as_):
    answer = a_new_exercise(as_("anna"), **{"texts-TOTAL_FORMS": "0"})
    assert answer.status_code == 200
    assert not Exercise.objects.exists()


def test_one_text_in_each_language(as_):
    twice = {"texts-1-title": "Nog eens", "texts-1-language": "nl"}
    assert a_new_exercise(as_("anna"), **twice).status_code == 200
    unknown = {"texts-1-title": "Köprü", "texts-1-language": "tr"}
    assert a_new_exercise(as_("anna"), **unknown).status_code == 200
    assert not Exercise.objects.exists()


def test_english_can_be_added_and_deleted_but_dutch_stays(as_, own_exercise):
    anna, page = as_("anna"), address(own_exercise)
    data = filled_in(anna.get(page))
    assert anna.post(page, data | {"texts-1-title": "Bridge"}).status_code == 302
    assert set(own_exercise.texts.values_list("language", flat=True)) == {"nl", "en"}
    data = filled_in(anna.get(page))
    delete = {"texts-0-DELETE": "on", "texts-1-DELETE": "on"}
    assert anna.post(page, data | delete).status_code == 302
    assert own_exercise.texts.get().language == "nl"


@pytest.mark.parametrize("typed", ["2-3x per dag 10x", "veel", "", "10x " * 80, "0x"])
def test_a_wrong_dosage_is_explained_at_its_field(as_, typed):
    answer = a_new_exercise(as_("anna"), dosage=typed)
    assert answer.status_code == 200
    form = answer.context["adminform"].form
    assert len(form.errors["dosage"]) == 1
    assert set(form.errors) == {"dosage"}
    assert tree(answer).find(".//input[@name='dosage']").get("value", "") == typed
    assert not Exercise.objects.exists()


def test_a_dosage_is_shown_as_notation_and_as_the_patients_sentence(as_, own_exercise):
    page = as_("anna").get(address(own_exercise))
    field = tree(page).find(".//input[@name='dosage']")
    assert field.get("value") == "2x per dag 10x"
    assert str(own_exercise.dosage) in words(page)


def test_a_video_link_is_a_web_address(as_):
    answer = a_new_exercise(as_("anna"), video="javascript:alert(1)")
    assert "video" in answer.context["adminform"].form.errors


@pytest.mark.parametrize("model", [Exercise, Protocol, Advice])
def test_every_field_has_a_name_that_can_be_read_aloud(as_, own_things, model):
    thing = next(thing for thing in own_things if type(thing) is model)
    for page in (address(thing), address(thing).replace(f"{thing.pk}/change/", "add/")):
        answer = as_("anna").get(page)
        labelled = {label.get("for") for label in tree(answer).iter("label")}
        for field in fields(answer):
            if field.get("type") != "hidden":
                assert field.get("aria-label") or field.get("id") in labelled, field.get("name")


# Protocols and advice.


def test_a_forged_exercise_of_another_practice_is_refused(as_, cast, own_exercise, superman):
    bram = as_("bram")
    data = filled_in(bram.get(ADD_PROTOCOL)) | {
        "texts-0-title": "Schouder",
        "lines-TOTAL_FORMS": "1",
        "lines-0-dosage": "10x",
    }
    answer = bram.post(ADD_PROTOCOL, data | {"lines-0-exercise": own_exercise.pk})
    assert answer.status_code == 200
    assert SECRET not in words(answer)
    assert not Protocol.objects.filter(practice=cast.bram.practice).exists()
    answer = bram.post(ADD_PROTOCOL, data | {"lines-0-exercise": superman.pk})
    assert answer.status_code == 302
    assert Protocol.objects.get(practice=cast.bram.practice).lines.get().exercise == superman


def test_a_shared_protocol_takes_no_exercise_of_one_practice(as_, cast, own_exercise, lage_rugpijn):
    """Also not by someone who runs the server and works in a practice."""
    cast.root.practice = cast.anna.practice
    cast.root.save()
    root = as_("root")
    data = filled_in(root.get(address(lage_rugpijn)))
    before = everything()
    answer = root.post(address(lage_rugpijn), data | {"lines-0-exercise": own_exercise.pk})
    assert answer.status_code == 200
    assert everything() == before


def test_a_line_without_a_dosage_takes_the_exercises_own(as_, own_protocol, superman):
    anna = as_("anna")
    data = filled_in(anna.get(address(own_protocol))) | {
        "lines-TOTAL_FORMS": "3",
        "lines-1-exercise": superman.pk,
        "lines-2-exercise": superman.pk,
        "lines-2-dosage": "3x8",
    }
    assert anna.post(address(own_protocol), data).status_code == 302
    lines = own_protocol.lines.all()
    assert [line.position for line in lines] == [1, 2, 3]
    assert [line.dosage for line in lines] == [
        Dosage(reps=10),
        superman.dosage,
        Dosage(sets=3, reps=8),
    ]


def test_two_lines_can_change_places(as_, own_protocol, superman):
    ProtocolLine.objects.create(protocol=own_protocol, exercise=superman, position=2, reps=5)
    anna = as_("anna")
    data = filled_in(anna.get(address(own_protocol)))
    data |= {"lines-0-position": "2", "lines-1-position": "1"}
    assert anna.post(address(own_protocol), data).status_code == 302
    assert own_protocol.lines.first().exercise == superman


def test_a_wrong_dosage_in_a_line_is_explained_there(as_, own_protocol):
    anna = as_("anna")
    data = filled_in(anna.get(address(own_protocol))) | {"lines-0-dosage": "vaak"}
    answer = anna.post(address(own_protocol), data)
    errors = answer.context["inline_admin_formsets"][1].formset.errors
    assert list(errors[0]) == ["dosage"]
    assert 'value="vaak"' in answer.content.decode()


def test_a_line_of_another_protocol_cannot_be_changed_through_ones_own(
    as_, cast, own_protocol, lage_rugpijn
):
    theirs = Protocol.objects.create(practice=cast.bram.practice)
    theirs.texts.create(language="nl", title="Van Zuid")
    bram, line = as_("bram"), own_protocol.lines.get()
    data = filled_in(bram.get(address(theirs))) | {
        "lines-TOTAL_FORMS": "1",
        "lines-INITIAL_FORMS": "1",
        "lines-0-id": line.pk,
        "lines-0-protocol": own_protocol.pk,
        "lines-0-exercise": lage_rugpijn.lines.first().exercise_id,
        "lines-0-dosage": "99x",
    }
    before = everything()
    assert bram.post(address(theirs), data).status_code in (200, 302)
    assert everything() == before


def new_advice(client, protocol, **changes):
    data = filled_in(client.get(f"{ADD_ADVICE}?protocol={protocol.pk}")) | {
        "protocol": protocol.pk,
        "kind": "walking",
        "texts-0-title": "Wandelen",
        "texts-0-body": "Loop vaker een klein stuk.",
    }
    return client.post(ADD_ADVICE, data | changes)


def test_advice_is_added_from_its_protocol_and_leads_back(as_, own_protocol):
    page = as_("anna").get(address(own_protocol))
    assert f"{ADD_ADVICE}?protocol={own_protocol.pk}" in page.content.decode()
    assert "Geheim advies" in words(page)
    answer = new_advice(as_("anna"), own_protocol)
    assert answer["Location"] == address(own_protocol)
    advice = own_protocol.advice.last()
    assert (advice.kind, advice.position, str(advice)) == ("walking", 2, "Wandelen")
    data = filled_in(as_("anna").get(address(advice))) | {"texts-0-title": "Lopen"}
    assert as_("anna").post(address(advice), data)["Location"] == address(own_protocol)
    assert str(own_protocol.advice.last()) == "Lopen"


def test_advice_for_what_one_may_only_see_is_refused(as_, own_protocol, lage_rugpijn):
    before = everything()
    assert new_advice(as_("anna"), lage_rugpijn).status_code == 200
    assert new_advice(as_("bram"), own_protocol).status_code == 200
    assert new_advice(as_("bram"), lage_rugpijn).status_code == 200
    assert everything() == before


def test_advice_stays_with_its_protocol(as_, own_protocol, practice):
    other = Protocol.objects.create(practice=practice)
    advice = own_protocol.advice.get()
    data = filled_in(as_("anna").get(address(advice))) | {"protocol": other.pk}
    as_("anna").post(address(advice), data)
    advice.refresh_from_db()
    assert advice.protocol == own_protocol
