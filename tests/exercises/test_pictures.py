"""From a figure to a picture: kept by digest, for the right side, reviewed or not any more."""

import dataclasses
import json
from datetime import date

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from exercises import pictures
from exercises.figures import kept
from exercises.figures.data import keys, load, mirrored
from exercises.models import Exercise, Figure, Rendering
from exercises.pictures import Picture
from rugpijn.web.middleware import FOR_EVERYONE

pytestmark = pytest.mark.django_db


def one_sided() -> dict:
    """A small figure of one leg, quick to draw."""
    caption = {"nl": "Strek uw linkerbeen.", "en": "Stretch your left leg."}
    return {
        "key": "proef",
        "title": {"nl": "Proef", "en": "Trial"},
        "view": [0, 0],
        "side": "left",
        "poses": {"start": {"preset": "sitting"}},
        "strip": [{"pose": "start", "caption": caption}],
    }


@pytest.fixture
def drawn(monkeypatch):
    """How often something was drawn, without the time that takes."""
    drawn = []

    def draw(figure):
        drawn.append(figure["key"])
        frame = kept.DrawnFrame(f"<svg>{figure.get('side', '')}</svg>", 10.0, 20.0)
        return kept.Drawn(kept.digest_of(figure), (frame,) * len(figure["strip"]), "")

    monkeypatch.setattr(kept, "draw", draw)
    return drawn


def test_the_whole_library_is_drawn_ahead():
    for key in keys():
        figure = load(key)
        for one in [figure, mirrored(figure)] if "side" in figure else [figure]:
            assert kept.drawn_ahead(one) is not None, f"{key} was changed: draw it ahead"


def test_nothing_lies_ahead_that_no_figure_asks_for():
    wanted = set()
    for key in keys():
        figure = load(key)
        sides = [figure, mirrored(figure)] if "side" in figure else [figure]
        wanted |= {kept.digest_of(one) for one in sides}
    files = kept.FOLDER.glob("*.json")
    assert {json.loads(file.read_text())["digest"] for file in files} == wanted


def test_loading_the_library_twice_draws_nothing_twice(library_loaded, drawn):
    before = list(Figure.objects.values_list("key", "rendering", "changed_at"))
    call_command("load_library", verbosity=0)
    assert list(Figure.objects.values_list("key", "rendering", "changed_at")) == before
    assert drawn == []


def test_every_exercise_of_the_leaflet_has_its_figure(lage_rugpijn):
    for line in lage_rugpijn.lines.all():
        assert line.exercise.figure.key == line.exercise.key
    assert {advice.kind for advice in lage_rugpijn.advice.exclude(figure=None)} >= {
        "bed",
        "lifting",
        "sitting",
    }


class TestReview:
    @pytest.fixture
    def figure(self, practice, drawn):
        figure = pictures.save_poses(Figure(practice=practice), one_sided())
        figure.reviewed_by, figure.reviewed_on = "Anna de Wit", date(2026, 5, 1)
        figure.save()
        return figure

    def test_a_change_voids_it(self, figure):
        changed = one_sided() | {"view": [10, 0]}
        pictures.save_poses(figure, changed)
        figure.refresh_from_db()
        assert (figure.reviewed_by, figure.reviewed_on) == ("", None)

    def test_saving_the_same_does_not(self, figure):
        pictures.save_poses(figure, one_sided())
        figure.refresh_from_db()
        assert figure.reviewed_by == "Anna de Wit"

    def test_a_new_renderer_draws_anew_and_asks_again(self, figure, monkeypatch):
        before = figure.rendering_id
        monkeypatch.setattr(kept, "digest_of", lambda data, renderer=99: f"{renderer}".zfill(64))
        assert pictures.redraw() == 1
        figure.refresh_from_db()
        assert figure.rendering_id != before
        assert figure.reviewed_by == ""
        assert Rendering.objects.filter(digest=before).exists()  # a version may name it


class TestSides:
    def test_the_prescribed_side_is_shown_and_said(self, practice, drawn):
        figure = pictures.save_poses(Figure(practice=practice), one_sided())
        left, right = (Picture.of(figure, "nl", side) for side in ("left", "right"))
        assert left.frames[0].caption == "Strek uw linkerbeen."
        assert right.frames[0].caption == "Strek uw rechterbeen."
        assert (left.side, right.side) == ("left", "right")
        assert left.digest == figure.rendering_id != right.digest == figure.mirrored_id
        assert Picture.of(figure, "nl", "each") == Picture.of(figure, "nl") == left
        assert drawn == ["proef", "proef"]

    def test_a_figure_of_both_sides_is_never_mirrored(self, library_loaded):
        figure = Figure.objects.get(key="hol-bol")
        assert figure.mirrored is None
        assert Picture.of(figure, "nl", "right") == Picture.of(figure, "nl")


def test_a_picture_comes_back_from_json(library_loaded):
    picture = Picture.of(Figure.objects.get(key="hol-bol"), "en")
    again = Picture.from_json(json.loads(json.dumps(dataclasses.asdict(picture))))
    assert again == picture
    assert Picture.from_json(None) is None
    assert picture.frames[1].alternative.endswith("drawing 2 of 3")


class TestAddresses:
    @pytest.fixture
    def rendering(self, library_loaded):
        return Figure.objects.get(key="hol-bol").rendering

    def test_a_drawing_may_be_kept_by_a_browser(self, rendering):
        response = Client().get(reverse("exercises:drawing", args=[rendering.digest, 1]))
        assert response.content.decode() == rendering.frames[0]["svg"]
        assert response.headers["Content-Type"] == "image/svg+xml"
        assert response.headers["Cache-Control"] == FOR_EVERYONE

    def test_also_when_somebody_is_logged_in(self, rendering, client, cast):
        client.force_login(cast.piet)
        response = client.get(reverse("exercises:loop", args=[rendering.digest]))
        assert response.content.decode() == rendering.loop
        assert response.headers["Cache-Control"] == FOR_EVERYONE
        assert client.get("/").headers["Cache-Control"] == "no-store"

    @pytest.mark.parametrize("number", [0, 4, 999])
    def test_a_frame_that_is_not_there(self, rendering, number):
        address = reverse("exercises:drawing", args=[rendering.digest, number])
        assert Client().get(address).status_code == 404

    def test_a_drawing_that_is_not_there(self, db):
        assert Client().get(reverse("exercises:drawing", args=["0" * 64, 1])).status_code == 404
        assert Client().get(reverse("exercises:loop", args=["0" * 64])).status_code == 404

    def test_a_photo_is_not_given_to_everyone(self, db):
        photo = Rendering.objects.create(
            digest="a" * 64, frames=[{"width": 80, "height": 60}], photo=b"\xff\xd8"
        )
        address = reverse("exercises:drawing", args=[photo.digest, 1])
        assert Client().get(address).status_code == 404


def test_an_exercise_survives_its_figure(library_loaded):
    Figure.objects.filter(key="superman").delete()
    assert Exercise.objects.get(key="superman").figure is None
