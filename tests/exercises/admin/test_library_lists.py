"""Lists of the library: found once, as cheap for many as for few, and what may go."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exercises.admin.library import LibraryAdmin
from exercises.models import Exercise, Protocol
from exercises.templatetags.pictures import thumbnail_address

from .library_pages import LIST, SECRET, address, autocomplete, everything, logged


@pytest.fixture
def superman(library_loaded):
    return Exercise.objects.get(key="superman")


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
