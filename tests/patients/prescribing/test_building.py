"""Building a programme: read back while typing, found, duplicated, removed, kept as a protocol."""

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exercises.dosage import Dosage
from exercises.models import Exercise, PracticeDosage
from patients import clinical
from patients.models import Programme
from patients.prescribing import authoring
from patients.prescribing.views.typing import PAGE
from rugpijn.audit import AccessEvent

from ...exercises.many import many_exercises
from .posting import as_posted, change

pytestmark = pytest.mark.django_db
DOSAGE = reverse("admin:patients_programme_dosage")
EXERCISES = reverse("admin:patients_programme_exercises")


@pytest.fixture
def anna(client, cast):
    client.force_login(cast.anna)
    return client


class TestReadingBack:
    @pytest.mark.parametrize(
        ("asked", "sentence"),
        [
            (
                {"text": "3x8 5s l/r"},
                "3 series van 8 herhalingen, 5 seconden vasthouden, links en rechts",
            ),
            ({"text": "2DD 2x10"}, "2 keer per dag: 2 series van 10 herhalingen"),
            ({"text": "2dd 2x10", "language": "en"}, "2 times a day: 2 sets of 10 repetitions"),
            ({"text": "10x", "language": "xx"}, "10 herhalingen"),
        ],
    )
    def test_as_the_patient_will_read_it(self, anna, asked, sentence):
        assert anna.get(DOSAGE, asked).json()["sentence"] == sentence

    @pytest.mark.parametrize("text", ["", "2-3x per dag", "5", "zo vaak als het gaat", "x" * 300])
    def test_what_cannot_be_read_says_what_can(self, anna, text):
        answer = anna.get(DOSAGE, {"text": text, "language": "en"})
        assert answer.status_code == 200
        assert set(answer.json()) == {"error"}
        assert "“" in answer.json()["error"]  # with an example, in the therapist's language
        assert " a day" not in answer.json()["error"]

    @pytest.mark.parametrize(
        ("text", "per_day", "notation"),
        [
            ("2x per dag 2x10x", "1", "1x per dag 2x10x"),
            ("10 min", "2", "2x per dag 10 min"),
            ("3x/week 3x8 5s l/r", "2", "2x per dag 3x per week 3x8x 5s l/r"),
        ],
    )
    def test_another_number_of_times_a_day(self, anna, text, per_day, notation):
        answer = anna.get(DOSAGE, {"text": text, "per_day": per_day}).json()
        assert answer["notation"] == notation

    @pytest.mark.parametrize("per_day", ["", "0", "13", "-1", "²", "9" * 50])
    def test_a_number_that_no_dosage_has(self, anna, per_day):
        assert "error" in anna.get(DOSAGE, {"text": "10x", "per_day": per_day}).json()

    def test_a_script_without_a_session_is_told_so(self, client):
        for address in (DOSAGE, EXERCISES):
            answer = client.get(address, {"text": "10x"})
            assert answer.status_code == 401
            assert answer["Content-Type"] == "application/json"


class TestFinding:
    def titles(self, client, **asked):
        answer = client.get(EXERCISES, asked).json()
        return [found["text"] for found in answer["results"]]

    @pytest.mark.parametrize(
        ("term", "found"),
        [
            ("superman", ["Superman"]),
            ("hollow round", ["Hol en bol maken op handen en knieën"]),  # in English
            ("hometrainer", ["Fietsen"]),  # equipment
            ("soepel bij buigen", ["Buigen lage rug"]),  # purpose
            ("lage rug superman", ["Superman"]),  # region and title
            ("low superman", ["Superman"]),  # region in English
            ("knie superman", []),
            ("niets van dit", []),
        ],
    )
    def test_by_title_purpose_equipment_and_region(self, anna, lage_rugpijn, term, found):
        assert self.titles(anna, term=term) == found

    def test_a_region_finds_all_of_it(self, anna, lage_rugpijn):
        knees = Exercise.objects.filter(category="knee").count()
        assert knees and len(self.titles(anna, term="knee")) >= knees

    def test_a_result_has_its_drawing_and_dosage(self, anna, lage_rugpijn):
        (found,) = anna.get(EXERCISES, {"term": "superman"}).json()["results"]
        exercise = Exercise.objects.get(pk=found["id"])
        assert found["dosage"] == exercise.dosage.notation
        assert found["picture"].endswith(f"{exercise.figure.rendering_id}/2.svg")
        assert anna.get(found["picture"]).status_code == 200

    def test_what_this_practice_uses_most_is_first(self, anna, cast, make_programme):
        last = self.titles(anna)[-1]
        exercise = Exercise.objects.get(texts__title=last, texts__language="nl")
        theirs = make_programme(cast.roos_patient, cast.bram, started=False)
        for _time in range(3):
            authoring.prescribe(programme=theirs, exercise=exercise)
        assert self.titles(anna)[0] != last  # what another practice does counts for nothing
        authoring.prescribe(programme=make_programme(started=False), exercise=exercise)
        authoring.prescribe(programme=Programme.objects.first(), exercise=exercise)
        assert self.titles(anna)[0] == last

    def test_another_practices_exercise_is_not_found(self, client, cast, own_exercise):
        client.force_login(cast.bram)
        assert self.titles(client, term="geheime") == []
        client.force_login(cast.anna)
        assert self.titles(client, term="geheime") == ["Geheime oefening van De Linde (van ons)"]

    def test_as_many_queries_for_6_as_for_200(self, anna, practice, programme):
        def queries(**asked):
            with CaptureQueriesContext(connection) as found:
                anna.get(EXERCISES, asked)
            return len(found)

        few = [queries(), queries(term="superman"), queries(term="lage rug")]
        figure = Exercise.objects.exclude(figure=None).first().figure
        for number in range(200):
            more = Exercise.objects.create(practice=practice, reps=10, figure=figure)
            more.texts.create(language="nl", title=f"Superman voor de lage rug {number}")
        assert [queries(), queries(term="superman"), queries(term="lage rug")] == few
        assert max(few) <= 7
        answer = anna.get(EXERCISES, {"term": "superman", "page": 2}).json()
        assert len(answer["results"]) == 20 and answer["pagination"]["more"]

    @pytest.mark.parametrize("asked", [{"page": "x"}, {"page": "9999"}, {"term": "' % _ " * 40}])
    def test_what_no_browser_of_ours_asks(self, anna, asked):
        assert anna.get(EXERCISES, asked).status_code == 200


class TestEffort:
    @pytest.mark.parametrize(
        ("count", "hint", "word"),
        [
            (1, False, False),
            (4, False, False),
            (5, True, False),
            (7, True, False),
            (8, False, True),
            (12, False, True),
        ],
    )
    def test_a_hint_above_four_and_a_word_from_eight(
        self, anna, make_programme, own_exercise, count, hint, word
    ):
        programme = make_programme(started=False)
        programme.prescriptions.all().delete()
        for _number in range(count):
            authoring.prescribe(programme=programme, exercise=own_exercise)
        page = anna.get(change(programme)).content.decode()
        shown = [part.partition(">")[0] for part in page.split('<p class="nudge ')[1:]]
        assert [" hidden" not in part for part in shown] == [hint, word]

    def test_thresholds(self):
        assert (clinical.EXERCISES_ENOUGH, clinical.EXERCISES_MANY) == (4, 8)

    def test_the_minutes_of_the_leaflet(self, anna, make_programme):
        page = anna.get(change(make_programme(started=False))).content.decode()
        assert "6 oefeningen" in page or "6 exercises" in page


def new_row(data, programme, exercise, number=6, **values):
    row = {
        "exercise": exercise.pk,
        "dosage": "",
        "note": "",
        "steps": "",
        "position": number,
        "programme": programme.pk,
        "id": "",
        **values,
    }
    return {
        **data,
        "prescriptions-TOTAL_FORMS": number + 1,
        **{f"prescriptions-{number}-{name}": value for name, value in row.items()},
    }


class TestRows:
    def test_a_new_row_that_was_removed_again_was_never_there(self, anna, programme, own_exercise):
        data = as_posted(anna.get(change(programme)))
        removed = new_row(data, programme, own_exercise, DELETE="on", dosage="onzin")
        assert anna.post(change(programme), removed).status_code == 302
        assert programme.prescriptions.count() == 6

    def test_nor_when_somebody_else_saved_meanwhile(self, anna, programme, own_exercise, cast):
        data = as_posted(anna.get(change(programme)))
        authoring.touch(programme=programme, by=cast.anna)
        response = anna.post(change(programme), new_row(data, programme, own_exercise, DELETE="on"))
        assert response.status_code == 302
        assert programme.prescriptions.count() == 6

    def test_a_duplicate_keeps_the_librarys_words_the_librarys(self, anna, programme):
        line = programme.prescriptions.first()
        data = as_posted(anna.get(change(programme)))
        steps = line.exercise.text("steps", "nl").replace("\n", "\r\n")
        anna.post(change(programme), new_row(data, programme, line.exercise, steps=steps))
        assert programme.prescriptions.count() == 7
        assert programme.prescriptions.last().steps == ""

    def test_a_duplicate_takes_own_words_along(self, anna, programme):
        line = programme.prescriptions.first()
        data = as_posted(anna.get(change(programme)))
        anna.post(
            change(programme),
            new_row(data, programme, line.exercise, steps="Alleen hol.", dosage="3x8"),
        )
        made = programme.prescriptions.last()
        assert (made.steps, made.dosage.notation) == ("Alleen hol.", "3x8x")
        assert made.uuid != line.uuid


class TestStarsAndOurDosage:
    """What a therapist and a practice set of their own, in the picker and in a programme."""

    def found(self, client, **asked):
        return client.get(EXERCISES, asked).json()["results"]

    def test_favourites_then_most_used_then_the_rest(self, anna, cast, programme):
        bike = Exercise.objects.get(key="fietsen")
        stretch = Exercise.objects.get(key="kuit-rekken")
        cast.anna.favourites.create(exercise=stretch)
        cast.els.favourites.create(exercise=bike)  # hers
        first, second = self.found(anna)[:2]
        assert (first["id"], first["starred"]) == (str(stretch.pk), True)
        assert second["id"] == str(programme.prescriptions.first().exercise_id)
        assert not second["starred"]

    def test_the_dosage_of_the_practice_is_shown_as_ours(self, anna, cast, lage_rugpijn):
        (before,) = self.found(anna, term="superman")
        assert before["ours"] == ""
        ours(cast.anna.practice, "superman", "1x per dag 3x12x")
        ours(cast.bram.practice, "superman", "1x per dag 1x1x")
        (found,) = self.found(anna, term="superman")
        assert found["dosage"] == "1x per dag 3x12x"
        assert found["ours"] == "dosering van onze praktijk"

    def test_prescribed_without_a_dosage_it_is_ours(self, cast, make_programme):
        ours(cast.anna.practice, "fietsen", "1x per dag 15 min")
        ours(cast.bram.practice, "fietsen", "1x per dag 99 min")
        bike = Exercise.objects.get(key="fietsen")
        line = authoring.prescribe(programme=make_programme(started=False), exercise=bike)
        assert line.dosage.notation == "1x per dag 15 min"

    def test_an_empty_row_takes_it_too(self, anna, cast, make_programme):
        ours(cast.anna.practice, "fietsen", "1x per dag 15 min")
        programme = make_programme(started=False)
        data = as_posted(anna.get(change(programme)))
        data |= {
            "prescriptions-TOTAL_FORMS": 7,
            "prescriptions-6-exercise": Exercise.objects.get(key="fietsen").pk,
        }
        anna.post(change(programme), data)
        assert programme.prescriptions.last().dosage.notation == "1x per dag 15 min"

    def test_a_protocol_goes_before_it(self, cast, make_programme):
        ours(cast.anna.practice, "superman", "1x per dag 3x12x")
        line = make_programme(started=False).prescriptions.get(exercise__key="superman")
        assert line.dosage.notation == "2x per dag 2x5x 5s l/r"

    def test_the_form_knows_the_favourites_of_who_looks(self, anna, cast, make_programme):
        programme = make_programme(started=False)
        cast.els.favourites.create(exercise=Exercise.objects.get(key="hol-bol"))
        page = change(programme)
        assert 'aria-pressed="true"' not in anna.get(page).content.decode()
        cast.anna.favourites.create(exercise=Exercise.objects.get(key="hol-bol"))
        assert anna.get(page).content.decode().count('aria-pressed="true"') == 1


def ours(practice, key, dosage):
    row = PracticeDosage(practice=practice, exercise=Exercise.objects.get(key=key))
    row.dosage = Dosage.parse(dosage)
    row.save()


class TestHarderAndEasier:
    STEPS = reverse("admin:patients_programme_steps")

    def ask(self, client, exercise, text="2x per dag 2x10x", direction="harder", **more):
        asked = {"exercise": exercise.pk, "text": text, "direction": direction, **more}
        return client.get(self.STEPS, asked)

    @pytest.fixture
    def superman(self, lage_rugpijn):
        return Exercise.objects.get(key="superman")

    def test_steps_of_the_dosage_as_the_patient_reads_them(self, anna, superman):
        answer = self.ask(anna, superman, "3x8 5s 10kg", language="en").json()
        assert answer["when"] == superman.text("harder_when", "nl")
        assert answer["suggestions"][0] == {
            "dosage": "3x10x 5s 10kg",
            "says": "meer herhalingen",
            "sentence": "3 sets of 10 repetitions, hold for 5 seconds, with 10 kg",
        }
        assert len(answer["suggestions"]) == 3  # of the four that there are

    def test_variants_of_the_library_and_the_dosage_of_the_practice(self, anna, cast, superman):
        easier = Exercise.objects.get(key="hol-bol")
        easier.harder.add(superman)
        ours(cast.anna.practice, "hol-bol", "1x per dag 3x12x")
        *steps, variant = self.ask(anna, superman, "3x8 5s 10kg", "easier").json()["suggestions"]
        assert [bool(step["dosage"]) for step in steps] == [True, True]
        assert (variant["id"], variant["text"]) == (str(easier.pk), str(easier))
        assert variant["dosage"] == "1x per dag 3x12x"
        assert variant["picture"].endswith(".svg")
        harder = self.ask(anna, easier, "4x20x").json()["suggestions"]
        assert [each["id"] for each in harder] == [str(superman.pk)]

    def test_no_variant_of_another_practice(self, client, cast, superman, own_exercise):
        """A shared exercise may be the easier one of what only practice 1 has."""
        superman.harder.add(own_exercise)
        for who, titles in ((cast.anna, 1), (cast.bram, 0)):
            client.force_login(who)
            answer = self.ask(client, superman)
            assert answer.content.decode().count("Geheime oefening") == titles

    def test_an_exercise_of_another_practice_is_not_there(self, client, cast, own_exercise):
        client.force_login(cast.bram)
        assert self.ask(client, own_exercise).status_code == 404
        assert AccessEvent.objects.filter(outcome="denied", actor=cast.bram.uuid).count() == 1

    def test_a_dosage_that_cannot_be_read_has_no_steps(self, anna, superman):
        for text in ("", "2-3x per dag", "x" * 300):
            assert self.ask(anna, superman, text).json()["suggestions"] == []

    @pytest.mark.parametrize(
        "asked",
        [
            {},
            {"direction": "up"},
            {"direction": "harder"},
            {"direction": "harder", "exercise": "9" * 40},
            {"direction": "harder", "exercise": "²"},
        ],
    )
    def test_what_cannot_be_asked(self, anna, asked):
        assert anna.get(self.STEPS, asked).status_code == 400


def test_the_picker_asks_as_much_of_five_thousand_exercises(anna, practice, lage_rugpijn):
    """In a constant number of questions, and at most ten times the 300 ms that it may take."""

    def questions(**asked):
        with CaptureQueriesContext(connection) as log:
            assert anna.get(EXERCISES, asked).status_code == 200
        return len(log)

    many_exercises(practice, PAGE * 2)
    terms = ({}, {"term": "strekken muur"}, {"term": "knie"}, {"page": 2})
    few = [questions(**asked) for asked in terms]
    many_exercises(practice, 5000)
    began = time.perf_counter()
    assert [questions(**asked) for asked in terms] == few
    assert time.perf_counter() - began < 3 * len(terms)
