"""Another practice's things are not there; what is shared is read and copied."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from exercises.dosage import Dosage
from exercises.models import Exercise, ExerciseText, Protocol

from .exercise_form import filled_in, tree
from .library_pages import (
    ADD,
    ADD_ADVICE,
    ADD_PROTOCOL,
    LIST,
    SECRET,
    address,
    autocomplete,
    everything,
    logged,
    words,
)

HOME = "/admin/"


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
