"""The film page of an exercise: who gets one, what it keeps, and what it refuses in words."""

import pytest
from django.urls import reverse

from exercises.admin import films as film_admin
from exercises.media import films
from exercises.models import Exercise, Film
from rugpijn.audit import AccessEvent

from ..media.uploads import MP4, complete, sample, stored, upload, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media_root(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def page(own_exercise):
    return reverse("admin:exercises_exercise_film", args=[own_exercise.pk])


def test_a_film_is_added_shown_and_removed(client, cast, own_exercise, page):
    client.force_login(cast.anna)
    change = reverse("admin:exercises_exercise_change", args=[own_exercise.pk])
    assert page in client.get(change).content.decode()
    answer = client.post(page, {**words(), "film": upload(*MP4)})
    assert answer.status_code == 302 and answer["Location"] == change
    film = own_exercise.film
    shown = client.get(change).content.decode()
    assert reverse("admin:exercises_media", args=[film.digest]) in shown
    assert 'preload="metadata"' in shown and "#t=0.1" in shown, "no still picture: how it begins"
    assert client.get(page).status_code == 200
    answer = client.post(page, {"remove": "1"})
    assert answer["Location"] == change
    assert not Film.objects.exists()
    assert stored() == {f"{film.digest}.mp4"}, "a version may show it"
    actions = AccessEvent.objects.filter(object_type="film").values_list("action", flat=True)
    assert sorted(actions) == ["add", "delete"]


def test_a_refusal_keeps_what_was_typed_and_nothing_else(client, cast, page):
    client.force_login(cast.anna)
    answer = client.post(page, {**words(), "film": upload(b"<html>", "film.mp4")})
    assert answer.status_code == 400
    assert "Zo doet u het" in answer.content.decode()
    assert answer.context["form"].errors["film"]
    assert stored() == set() and not Film.objects.exists()


@pytest.mark.parametrize("name", ["../../x.mp4", "x" * 200 + ".mp4", "a\0b.mp4", "film.php.jpg"])
def test_a_name_goes_nowhere(client, cast, page, name):
    client.force_login(cast.anna)
    assert (
        client.post(page, {**words(), "film": upload(sample("film.mp4"), name)}).status_code == 302
    )
    (kept,) = stored()
    assert films.DIGEST.fullmatch(kept.removesuffix(".mp4"))


def test_only_the_practice_itself_and_only_its_own(client, cast, page, own_exercise, lage_rugpijn):
    shared = Exercise.objects.filter(practice=None).first()
    theirs = reverse("admin:exercises_exercise_film", args=[shared.pk])
    for who in (cast.anna, cast.root):
        client.force_login(who)
        assert client.post(theirs, {**words(), "film": upload(*MP4)}).status_code == 403
    client.force_login(cast.bram)
    for data in ({**words(), "film": upload(*MP4)}, {"remove": "1"}):
        assert client.post(page, data)["Location"] == "/admin/"
    assert not Film.objects.exists() and stored() == set()


def test_a_full_disk_is_said_in_words(client, cast, page, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(film_admin.films, "save", full)
    client.force_login(cast.anna)
    answer = client.post(page, {**words(), "film": upload(*MP4)})
    assert (answer.status_code, answer["Retry-After"]) == (503, "300")
    assert answer.context["form"].errors["film"]
    assert "Zo doet u het" in answer.content.decode()
    assert not Film.objects.exists()


def test_other_practices_and_patients_get_no_file(client, cast, own_exercise):
    film = complete(own_exercise)
    for digest in film.digests:
        address = reverse("admin:exercises_media", args=[digest])
        for who in ("anna", "els", "bram", "root", "piet"):
            client.force_login(getattr(cast, who))
            expected = {"anna": 200, "els": 200, "piet": 302}.get(who, 404)
            assert client.get(address).status_code == expected, who
    for digest in ("0" * 64, "x", "A" * 64):
        client.force_login(cast.anna)
        assert client.get(f"/admin/exercises/exercise/media/{digest}/").status_code == 404


def test_a_shared_exercise_says_how_it_gets_a_film(client, cast, lage_rugpijn):
    client.force_login(cast.anna)
    shared = Exercise.objects.filter(practice=None).first()
    page = client.get(reverse("admin:exercises_exercise_change", args=[shared.pk]))
    assert page.status_code == 200
    assert "/film/" not in page.content.decode()
