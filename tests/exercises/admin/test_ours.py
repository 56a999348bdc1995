"""What people of a practice set of their own: favourites, a dosage to begin with, variants."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exercises.dosage import Dosage
from exercises.library import copying
from exercises.models import Exercise, Favourite, PracticeDosage, suggested
from rugpijn.audit import AccessEvent

from ..many import many_exercises
from .exercise_form import filled_in

pytestmark = pytest.mark.django_db
LIST = reverse("admin:exercises_exercise_changelist")


def address(act, exercise):
    return reverse(f"admin:exercises_exercise_{act}", args=[exercise.pk])


@pytest.fixture
def anna(client, cast):
    client.force_login(cast.anna)
    return client


@pytest.fixture
def superman(library_loaded):
    return Exercise.objects.get(key="superman")


class TestFavourites:
    def test_a_star_is_of_one_person(self, anna, cast, superman):
        answer = anna.post(address("star", superman), {"starred": "1"})
        assert answer["Location"] == address("change", superman)
        assert list(cast.anna.favourites.values_list("exercise", flat=True)) == [superman.pk]
        mine = Exercise.objects.with_favourites(cast.anna).get(pk=superman.pk)
        hers = Exercise.objects.with_favourites(cast.els).get(pk=superman.pk)
        assert (mine.starred, hers.starred) == (True, False)

    def test_asked_twice_is_done_once_and_can_be_taken_back(self, anna, superman):
        for starred, count in (("1", 1), ("1", 1), ("", 0), ("", 0)):
            anna.post(address("star", superman), {"starred": starred})
            assert Favourite.objects.count() == count

    def test_back_to_the_list_as_it_was_filtered_and_nowhere_else(self, anna, superman):
        back = f"{LIST}?q=super"
        asked = {"starred": "1", "next": back}
        assert anna.post(address("star", superman), asked)["Location"] == back
        asked["next"] = "https://elders.example/"
        assert anna.post(address("star", superman), asked)["Location"].startswith("/admin/")

    def test_a_script_gets_no_page(self, anna, superman):
        answer = anna.post(
            address("star", superman), {"starred": "1"}, headers={"accept": "application/json"}
        )
        assert answer.json() == {"starred": True}

    def test_the_list_shows_and_filters_them(self, anna, cast, superman, own_exercise):
        cast.anna.favourites.create(exercise=superman)
        page = anna.get(LIST).content.decode()
        assert page.count('aria-pressed="true"') == 1
        assert page.count('aria-pressed="false"') == Exercise.objects.count() - 1
        shown = anna.get(LIST, {"favourites": "mine"}).context["cl"].result_list
        assert [exercise.pk for exercise in shown] == [superman.pk]

    def test_five_thousand_exercises_take_no_more_questions(self, anna, practice, library_loaded):
        def questions():
            with CaptureQueriesContext(connection) as asked:
                assert anna.get(LIST).status_code == 200
            return len(asked)

        many_exercises(practice, 60)  # more than a page
        few = questions()
        many_exercises(practice, 5000)
        assert questions() == few


class TestOurDosage:
    def test_kept_read_back_and_used_in_this_practice_only(self, anna, cast, superman):
        answer = anna.post(address("ours", superman), {"dosage": "1dd 3x12"}, follow=True)
        assert "1 keer per dag: 3 series van 12 herhalingen" in answer.content.decode()
        ours = Dosage.parse("1x per dag 3x12")
        assert suggested(superman, cast.anna.practice_id) == ours
        assert suggested(superman, cast.bram.practice_id) == superman.dosage
        assert suggested(superman, None) == superman.dosage
        assert "De patiënt leest" in anna.get(address("ours", superman)).content.decode()
        assert AccessEvent.objects.filter(action="set our dosage").count() == 1

    def test_a_mistake_is_explained_and_stays(self, anna, superman):
        page = anna.post(address("ours", superman), {"dosage": "2-3x per dag"})
        assert 'value="2-3x per dag"' in page.content.decode()
        assert page.context["form"].errors["dosage"]
        assert not PracticeDosage.objects.exists()

    @pytest.mark.parametrize("typed", ["", "   ", "2x per dag 2x5x 5s l/r"])
    def test_empty_or_the_same_is_the_library(self, anna, cast, superman, typed):
        anna.post(address("ours", superman), {"dosage": "1dd 3x12"})
        anna.post(address("ours", superman), {"dosage": typed})
        assert not PracticeDosage.objects.exists()

    def test_whoever_runs_the_server_has_no_practice(self, client, cast, superman):
        client.force_login(cast.root)
        assert client.post(address("ours", superman), {"dosage": "1dd 3x12"}).status_code == 403


class TestVariants:
    def save(self, client, exercise, *harder):
        page = client.get(address("change", exercise))
        data = filled_in(page) | {"harder": [each.pk for each in harder]}
        return client.post(address("change", exercise), data)

    def test_a_practice_names_them_for_its_own(self, anna, own_exercise, superman):
        assert self.save(anna, own_exercise, superman).status_code == 302
        assert list(own_exercise.harder.all()) == [superman]
        assert list(superman.easier.all()) == [own_exercise]

    def test_no_circle(self, anna, own_exercise, practice, superman):
        other = copying.copy_for(practice.pk, superman)
        other.harder.add(own_exercise)
        for wrong in (own_exercise, other):
            page = self.save(anna, own_exercise, wrong)
            assert page.context["adminform"].form.errors["harder"]
        assert not own_exercise.harder.exists()

    def test_not_one_of_another_practice(
        self, client, cast, own_exercise, other_practice, superman
    ):
        client.force_login(cast.bram)
        theirs = copying.copy_for(cast.bram.practice_id, superman)
        page = self.save(client, theirs, own_exercise)
        assert page.context["adminform"].form.errors["harder"]
        assert "Geheime oefening" not in page.content.decode()

    def test_what_is_shared_leads_to_what_is_shared(self, client, cast, own_exercise, superman):
        cast.root.practice = own_exercise.practice
        cast.root.save()
        client.force_login(cast.root)
        page = self.save(client, superman, own_exercise)
        assert page.context["adminform"].form.errors["harder"]

    def test_a_copy_leads_where_the_original_does(self, practice, superman):
        bending = Exercise.objects.get(key="buigen-lage-rug")
        superman.harder.add(bending)
        assert list(copying.copy_for(practice.pk, superman).harder.all()) == [bending]
