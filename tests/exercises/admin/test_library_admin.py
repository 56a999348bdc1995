"""The library in the admin: ours to edit, shared to read and copy, another practice's not there."""

import pytest
from django.contrib import admin
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exercises.admin.library import LibraryAdmin
from exercises.dosage import Dosage
from exercises.models import (
    Advice,
    AdviceText,
    Exercise,
    ExerciseText,
    Protocol,
    ProtocolLine,
    ProtocolText,
)
from exercises.templatetags.pictures import thumbnail_address
from rugpijn.audit import AccessEvent

from .exercise_form import fields, filled_in, tree

MODELS = (Exercise, ExerciseText, Protocol, ProtocolText, ProtocolLine, Advice, AdviceText)
SECRET = "Geheime oefening van De Linde"
HOME = "/admin/"

ADD = reverse("admin:exercises_exercise_add")
LIST = reverse("admin:exercises_exercise_changelist")
ADD_PROTOCOL = reverse("admin:exercises_protocol_add")
ADD_ADVICE = reverse("admin:exercises_advice_add")
ADMIN_NAMES = {Exercise: "exercise", Protocol: "protocol", Advice: "advice"}


def address(obj, page="change"):
    return reverse(f"admin:exercises_{ADMIN_NAMES[type(obj)]}_{page}", args=[obj.pk])


def everything():
    return {model: list(model.objects.order_by("pk").values()) for model in MODELS}


def words(page):
    return " ".join(" ".join(tree(page).itertext()).split())


def logged(action):
    return AccessEvent.objects.filter(action=action).values_list("outcome", "object_type")


@pytest.fixture
def as_(client, cast):
    def login(name):
        client.force_login(getattr(cast, name))
        return client

    return login


@pytest.fixture
def own_protocol(practice, own_exercise):
    protocol = Protocol.objects.create(practice=practice, category="low_back")
    protocol.texts.create(language="nl", title="Geheim protocol")
    ProtocolLine.objects.create(protocol=protocol, exercise=own_exercise, position=1, reps=10)
    advice = protocol.advice.create(kind="bed", position=1)
    advice.texts.create(language="nl", title="Geheim advies", body="Slaap.")
    return protocol


@pytest.fixture
def superman(library_loaded):
    return Exercise.objects.get(key="superman")


@pytest.fixture
def own_things(own_protocol, own_exercise):
    return own_exercise, own_protocol, own_protocol.advice.get()


@pytest.fixture
def shared_things(lage_rugpijn, superman):
    return superman, lage_rugpijn, lage_rugpijn.advice.first()


# Who sees what.


@pytest.mark.parametrize("name", ["bram", "root"])
@pytest.mark.parametrize("page", ["change", "delete"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_another_practices_things_are_not_there(as_, own_things, name, page, method):
    before = everything()
    for thing in own_things:
        answer = getattr(as_(name), method)(address(thing, page))
        assert (answer.status_code, answer["Location"]) == (302, HOME)
    assert everything() == before
    assert set(logged("open")) == {
        ("denied", "exercise"),
        ("denied", "protocol"),
        ("denied", "advice"),
    }


@pytest.mark.parametrize("name", ["anna", "els"])
def test_a_practice_opens_its_own(as_, own_things, name):
    for thing in own_things:
        assert as_(name).get(address(thing)).status_code == 200


@pytest.mark.parametrize("name", ["piet", "mo", "roos"])
def test_a_patient_sees_no_library_in_the_admin(as_, own_things, shared_things, name):
    for thing in (*own_things, *shared_things):
        assert as_(name).get(address(thing)).status_code == 302


def test_lists_hold_what_is_ours_and_what_is_shared(as_, own_things, superman):
    for name, expected in [("anna", True), ("els", True), ("bram", False), ("root", False)]:
        page = as_(name).get(LIST)
        assert (SECRET in words(page)) is expected
        assert "Superman" in words(page)
        protocols = as_(name).get(reverse("admin:exercises_protocol_changelist"))
        assert ("Geheim protocol" in words(protocols)) is expected
        advice = as_(name).get(reverse("admin:exercises_advice_changelist"))
        assert ("Geheim advies" in words(advice)) is expected


def test_no_name_of_another_practice_appears_anywhere(as_, own_things, shared_things, practice):
    bram = as_("bram")
    pages = [
        LIST,
        ADD,
        ADD_PROTOCOL,
        ADD_ADVICE,
        f"{ADD_ADVICE}?protocol={own_things[1].pk}",
        f"{LIST}?q=Geheime",
        f"{LIST}?whose=own",
        f"{LIST}?_facets=True",
        *map(address, shared_things),
    ]
    for page in pages:
        answer = bram.get(page)
        assert answer.status_code == 200, page
        body = words(answer).replace("q=Geheime", "")
        assert SECRET not in body, page
        assert "Geheim " not in body, page
        assert practice.name not in body, page


def autocomplete(client, term=""):
    query = {"app_label": "exercises", "model_name": "protocolline", "field_name": "exercise"}
    answer = client.get(reverse("admin:autocomplete"), query | {"term": term})
    return [found["text"] for found in answer.json()["results"]]


def test_the_picker_knows_ours_and_the_shared_ones(as_, own_exercise, superman):
    assert autocomplete(as_("anna"), "Geheime") == [f"{SECRET} (van ons)"]
    assert autocomplete(as_("bram"), "Geheime") == []
    assert autocomplete(as_("bram"), "Superman") == ["Superman"]
    assert not [text for text in autocomplete(as_("bram")) if SECRET in text]


@pytest.mark.parametrize("query", ["practice__name__startswith=F", "texts__title__startswith=G"])
def test_a_list_cannot_be_asked_about_what_it_hides(as_, own_exercise, query):
    answer = as_("bram").get(f"{LIST}?{query}")
    assert answer.status_code in (302, 400) or SECRET not in words(answer)


# What is shared.


def test_what_is_shared_is_for_reading(as_, shared_things):
    before = everything()
    for thing in shared_things:
        page = as_("anna").get(address(thing))
        assert page.status_code == 200
        assert tree(page).find(".//input[@name='_save']") is None
        for data in ({}, {"category": "hip", "dosage": "1x", "kind": "bed", "position": 3}):
            assert as_("anna").post(address(thing), data).status_code == 403
        assert as_("anna").get(address(thing, "delete")).status_code == 403
        assert as_("anna").post(address(thing, "delete"), {"post": "yes"}).status_code == 403
    assert everything() == before


def test_a_shared_exercise_shows_its_sentence(as_, superman):
    page = words(as_("anna").get(address(superman)))
    assert superman.dosage.notation in page
    assert "Houd dit even vast, of zo lang als er bij de oefening staat." in page


@pytest.mark.parametrize("name", ["anna", "els"])
def test_copying_leads_to_ones_own(as_, cast, superman, practice, name):
    client, before = as_(name), everything()[ExerciseText]
    page = client.get(address(superman))
    form = tree(page).find(".//form[@class='library-copy']")
    assert form.get("method") == "post"
    assert form.find(".//input[@name='csrfmiddlewaretoken']") is not None
    answer = client.post(form.get("action"))
    own = Exercise.objects.get(practice=practice)
    assert answer["Location"] == address(own)
    assert (own.key, own.loaded_digest, own.dosage) == (None, "", superman.dosage)
    assert own.uuid != superman.uuid
    assert [text.title for text in own.texts.all()] == ["Superman", "Superman"]
    assert list(ExerciseText.objects.exclude(exercise=own).order_by("pk").values()) == before
    assert "Superman" in str(next(iter(get_messages(answer.wsgi_request))))
    assert list(logged("copy")) == [("allowed", "exercise")]
    assert client.get(address(own)).context["has_change_permission"]


def test_a_copied_protocol_brings_its_lines_and_advice(as_, lage_rugpijn, practice):
    as_("anna").post(address(lage_rugpijn, "copy"))
    own = Protocol.objects.get(practice=practice)
    shared = [(line.exercise_id, line.dosage) for line in lage_rugpijn.lines.all()]
    assert [(line.exercise_id, line.dosage) for line in own.lines.all()] == shared
    assert [advice.text("body", "en") for advice in own.advice.all()] == [
        advice.text("body", "en") for advice in lage_rugpijn.advice.all()
    ]
    assert lage_rugpijn.advice.count() == 11
    own.advice.first().texts.update(body="Anders.")
    assert not lage_rugpijn.advice.filter(texts__body="Anders.").exists()


def test_copying_is_a_post_by_someone_of_a_practice(as_, own_exercise, superman):
    before = everything()
    assert as_("anna").get(address(superman, "copy")).status_code == 405
    assert as_("root").post(address(superman, "copy")).status_code == 403
    assert as_("bram").post(address(own_exercise, "copy"))["Location"] == HOME
    assert as_("bram").post(reverse("admin:exercises_exercise_copy", args=[999999])).url == HOME
    assert as_("piet").post(address(superman, "copy")).status_code == 302
    assert everything() == before


def test_copying_asks_for_the_token(cast, superman):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.anna)
    assert client.post(address(superman, "copy")).status_code == 403
    assert not Exercise.objects.filter(practice=cast.anna.practice).exists()


def test_whoever_runs_the_server_edits_what_is_shared(as_, superman):
    root = as_("root")
    data = filled_in(root.get(address(superman)))
    before = superman.loaded_digest
    assert root.post(address(superman), data | {"dosage": "3x per dag 5x"}).status_code == 302
    superman.refresh_from_db()
    assert superman.dosage == Dosage(per_day=3, reps=5)
    assert (superman.key, superman.practice, superman.loaded_digest) == ("superman", None, before)


def test_saving_a_shared_page_unchanged_changes_nothing(as_, shared_things):
    """Else the loader would think that someone here had changed it."""
    before = everything()
    for thing in shared_things:
        root = as_("root")
        answer = root.post(address(thing), filled_in(root.get(address(thing))))
        assert answer.status_code == 302
    assert everything() == before


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


# Searching, counting, deleting.


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=superman", ["Superman"]),
        ("q=leg+press", ["Been strekken in de beenpers"]),
        ("q=hometrainer", ["Fietsen"]),
        ("q=soepel+bij+buigen", ["Buigen lage rug"]),
        ("whose=own", [SECRET]),
        ("q=niets+van+dit", []),
    ],
)
def test_searching_finds_each_exercise_once(as_, own_exercise, superman, query, found):
    results = as_("anna").get(f"{LIST}?{query}").context["cl"].result_list
    assert [exercise.text("title", "nl") for exercise in results] == found


def test_a_list_is_filtered_by_region_and_owner(as_, own_exercise, superman):
    page = as_("anna").get(f"{LIST}?whose=shared&category__exact=low_back")
    assert page.context["cl"].result_count == 6


def test_the_list_shows_each_exercise_as_it_is_drawn(as_, own_exercise, superman):
    page = as_("anna").get(LIST).content.decode()
    assert f'src="{thumbnail_address(superman.figure)}"' in page
    assert page.count('class="thumbnail"') == Exercise.objects.exclude(figure=None).count()


def test_a_shared_protocol_says_in_which_weeks(as_, lage_rugpijn):
    lage_rugpijn.lines.filter(position=1).update(from_week=1, until_week=2)
    page = as_("anna").get(address(lage_rugpijn)).content.decode()
    assert "Period" not in page
    assert "week 1-2" in page and "alle weken" in page


def count(client, page):
    client.get(page)  # the first view of a session writes things of its own
    with CaptureQueriesContext(connection) as queries:
        assert client.get(page).status_code == 200
    return len(queries)


def test_a_list_takes_as_many_queries_for_5_as_for_50(as_, practice):
    def more(number):
        for i in range(number):
            exercise = Exercise.objects.create(practice=practice, reps=10)
            for language in ("nl", "en"):
                exercise.texts.create(language=language, title=f"Oefening {i}")

    anna = as_("anna")
    more(5)
    few = count(anna, LIST), count(anna, f"{LIST}?q=oefening"), len(autocomplete(anna))
    more(45)
    assert (count(anna, LIST), count(anna, f"{LIST}?q=oefening"), 5) == few
    assert few[0] <= 12


def test_lists_of_protocols_and_advice_take_a_fixed_number_of_queries(as_, lage_rugpijn):
    anna = as_("anna")
    assert count(anna, reverse("admin:exercises_protocol_changelist")) <= 12
    assert count(anna, reverse("admin:exercises_advice_changelist")) <= 14


def test_an_own_exercise_that_nobody_uses_can_go(as_, own_exercise):
    answer = as_("anna").post(address(own_exercise, "delete"), {"post": "yes"})
    assert answer.status_code == 302
    assert not Exercise.objects.filter(pk=own_exercise.pk).exists()
    assert list(logged("delete")) == [("allowed", "exercise")]


def test_an_exercise_in_a_protocol_stays(as_, own_protocol, own_exercise):
    before = everything()
    page = as_("anna").get(address(own_exercise, "delete"))
    assert page.context["protected"]
    answer = as_("anna").post(address(own_exercise, "delete"), {"post": "yes"})
    assert answer.context["protected"]
    assert everything() == before


def test_a_prescribed_exercise_stays(as_, own_exercise, make_programme):
    programme = make_programme(started=False)
    programme.prescriptions.create(exercise=own_exercise, reps=10)
    assert as_("anna").get(address(own_exercise, "delete")).context["protected"]
    as_("anna").post(address(own_exercise, "delete"), {"post": "yes"})
    own_exercise.refresh_from_db()


def test_a_protocol_that_a_programme_came_from_stays(as_, own_protocol, make_programme):
    make_programme(started=False, protocol=own_protocol)
    page = as_("anna").get(address(own_protocol, "delete"))
    assert page.context["protected"]
    as_("anna").post(address(own_protocol, "delete"), {"post": "yes"})
    own_protocol.refresh_from_db()


def test_a_protocol_without_programmes_can_go(as_, own_protocol):
    as_("anna").post(address(own_protocol, "delete"), {"post": "yes"})
    assert not Protocol.objects.filter(pk=own_protocol.pk).exists()


def test_both_pages_of_the_library_are_the_same_kind():
    for model in (Exercise, Protocol):
        assert isinstance(admin.site._registry[model], LibraryAdmin)


def test_other_words_are_another_version_of_the_advice(as_, own_protocol):
    advice = own_protocol.advice.get()
    text = advice.texts.get()
    change = reverse("admin:exercises_advice_change", args=[advice.pk])
    data = {
        "kind": advice.kind,
        "position": 1,
        "texts-TOTAL_FORMS": 1,
        "texts-INITIAL_FORMS": 1,
        "texts-0-id": text.pk,
        "texts-0-advice": advice.pk,
        "texts-0-language": "nl",
        "texts-0-title": text.title,
        "texts-0-body": text.body,
    }
    assert as_("anna").post(change, data).status_code == 302
    advice.refresh_from_db()
    assert advice.version == 1
    as_("anna").post(change, {**data, "texts-0-body": "Slaap op uw zij."})
    advice.refresh_from_db()
    assert (advice.version, advice.text("body", "nl")) == (2, "Slaap op uw zij.")
