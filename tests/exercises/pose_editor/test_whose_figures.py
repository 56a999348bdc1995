"""Whose figures these are: of one practice, or shared with all."""

import copy

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exercises import pictures
from exercises.models import Exercise, Figure, Rendering
from exercises.pose_editor.sliders import VIEWS, figure_of
from rugpijn.audit import AccessEvent

from .drawn import ADD, change, everything, posted, settings

LIST = reverse("admin:exercises_figure_changelist")


@pytest.fixture
def own(cast, practice, drawn_before):
    return pictures.save_poses(Figure(practice=practice), figure_of(settings(title_nl="Geheim")))


@pytest.fixture
def shared(library_loaded):
    return Figure.objects.get(key="hol-bol")


# Whose figures these are.


def test_the_list_asks_as_much_for_many_as_for_few(as_, practice, shared):
    anna = as_("anna")

    def queries():
        with CaptureQueriesContext(connection) as found:
            assert anna.get(LIST).status_code == 200
        return len(found)

    queries()
    few = queries()
    for _ in range(5):
        twin = Figure(practice=practice, data=shared.data, rendering=shared.rendering)
        twin.save()
    assert queries() == few


@pytest.mark.parametrize("name", ["bram", "root"])
def test_another_practices_figure_is_not_there(as_, own, shared, name):
    client, before = as_(name), everything()
    assert "Geheim" not in client.get(LIST).content.decode()
    for page in ("change", "delete"):
        assert client.get(change(own, page))["Location"] == "/admin/"
        assert client.post(change(own, page), {"post": "yes"})["Location"] == "/admin/"
    assert client.post(change(own, "copy"))["Location"] == "/admin/"
    assert everything() == before
    assert AccessEvent.objects.filter(outcome="denied", object_type="figure").exists()


def test_an_exercise_takes_no_figure_of_another_practice(as_, cast, own, shared):
    exercise = Exercise.objects.create(practice=cast.bram.practice, per_day=1, reps=5)
    exercise.texts.create(language="nl", title="Van Bram")
    address = reverse("admin:exercises_exercise_change", args=[exercise.pk])
    bram = as_("bram")
    page = bram.get(address).content.decode()
    assert "Hol" in page and "Geheim" not in page
    sent = {
        "dosage": "2x per dag 10x",
        "category": "general",
        "texts-TOTAL_FORMS": 1,
        "texts-INITIAL_FORMS": 1,
        "texts-0-id": exercise.texts.get().pk,
        "texts-0-exercise": exercise.pk,
        "texts-0-language": "nl",
        "texts-0-title": "Van Bram",
    }
    answer = bram.post(address, sent | {"figure": own.pk})
    assert "figure" in answer.context["adminform"].form.errors
    exercise.refresh_from_db()
    assert exercise.figure is None
    assert bram.post(address, sent | {"figure": shared.pk}).status_code == 302
    exercise.refresh_from_db()
    assert exercise.figure == shared


def test_a_shared_exercise_takes_no_figure_of_one_practice(as_, cast, own, shared):
    cast.root.practice = cast.anna.practice
    superman = Exercise.objects.get(key="superman")
    page = as_("root").get(reverse("admin:exercises_exercise_change", args=[superman.pk]))
    assert "Geheim" not in page.content.decode()


def test_what_is_shared_is_read_copied_and_judged(as_, cast, shared):
    anna, before = as_("anna"), everything()
    page = anna.get(change(shared)).content.decode()
    assert "Copy to our library and edit" in page
    assert 'name="_save"' not in page and 'name="_review"' not in page
    for sent in (posted(settings()), {"_review": "", "reviewed_by": "x"}, {}):
        assert anna.post(change(shared), sent).status_code == 403
    assert anna.post(change(shared, "delete"), {"post": "yes"}).status_code == 403
    assert everything() == before
    root = as_("root")
    page = root.get(change(shared)).content.decode()
    assert 'name="_save"' not in page and 'name="_review"' in page
    assert root.post(change(shared), posted(settings())).status_code == 403
    judged = {"_review": "", "reviewed_by": "P. Broek", "reviewed_on": "2026-11-01"}
    assert root.post(change(shared), judged).status_code == 302
    shared.refresh_from_db()
    assert shared.reviewed_by == "P. Broek"
    assert root.get(ADD).status_code == 403
    assert root.post(change(shared, "copy")).status_code == 403


def test_a_copy_keeps_its_poses_and_takes_other_words(as_, practice, shared):
    anna = as_("anna")
    answer = anna.post(change(shared, "copy"))
    own = Figure.objects.get(practice=practice)
    assert answer["Location"] == change(own)
    assert (own.key, own.data, own.rendering) == (None, shared.data, shared.rendering)
    page = anna.get(change(own))
    sent = {field.html_name: field.value() or "" for field in page.context["form"]}
    assert anna.post(change(own), sent).status_code == 302
    own.refresh_from_db()
    assert own.data == shared.data
    before = copy.deepcopy(shared.data)
    assert anna.post(change(own), sent | {"caption_2_nl": ""}).status_code == 200
    answer = anna.post(
        change(own),
        sent | {"title_nl": "Kat en koe", "hair": "bun", "view": "front", "caption_2_en": ""},
    )
    assert answer.status_code == 302
    own.refresh_from_db()
    assert own.data["title"]["nl"] == "Kat en koe"
    assert own.data["poses"] == before["poses"]
    assert own.data["person"]["hair"] == "bun" and own.data["view"] == VIEWS["front"][1]
    assert "en" not in own.data["strip"][1]["caption"]
    shared.refresh_from_db()
    assert shared.data == before


def test_a_figure_that_is_used_can_be_deleted(as_, own, own_exercise):
    own_exercise.figure = own
    own_exercise.save()
    page = as_("anna").get(change(own)).content.decode()
    assert str(own_exercise) in page
    assert as_("anna").post(change(own, "delete"), {"post": "yes"}).status_code == 302
    own_exercise.refresh_from_db()
    assert own_exercise.figure is None
    assert Rendering.objects.filter(pk=own.rendering_id).exists()
