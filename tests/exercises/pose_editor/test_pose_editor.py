"""The pose editor: words to poses and back, what it refuses, and whose figures these are."""

import pytest
from django.urls import reverse

from exercises import pictures
from exercises.admin import figures
from exercises.models import Figure
from exercises.pose_editor.sliders import defaults, figure_of, settings_of
from rugpijn.audit import AccessEvent

from .drawn import ADD, change, drawn_twice, everything, frame, posted, settings


@pytest.fixture
def own(cast, practice, drawn_before):
    return pictures.save_poses(Figure(practice=practice), figure_of(settings(title_nl="Geheim")))


def test_a_figure_is_made_and_can_be_chosen_at_once(as_, practice, own_exercise):
    anna = as_("anna")
    answer = anna.post(ADD, posted(drawn_twice()))
    figure = Figure.objects.get()
    assert answer["Location"] == change(figure)
    assert (figure.practice, figure.kind, str(figure)) == (practice, "poses", "Proef")
    assert settings_of(figure.data) == drawn_twice()
    assert len(figure.rendering.frames) == 2
    logged = AccessEvent.objects.filter(object_type="figure").values_list("action", "object_id")
    assert list(logged) == [("add", str(figure.uuid))]
    page = anna.get(reverse("admin:exercises_exercise_change", args=[own_exercise.pk]))
    assert "Proef (ours)" in page.content.decode()
    assert anna.get(reverse("exercises:drawing", args=[figure.rendering_id, 2])).status_code == 200


def test_a_figure_is_changed_and_its_review_is_cleared(as_, own):
    anna = as_("anna")
    answer = anna.post(
        change(own), {"_review": "", "reviewed_by": "A. de Wit", "reviewed_on": "2026-11-01"}
    )
    assert answer.status_code == 302
    own.refresh_from_db()
    assert (own.reviewed_by, str(own.reviewed_on)) == ("A. de Wit", "2026-11-01")
    assert anna.post(change(own), posted(settings_of(own.data))).status_code == 302
    own.refresh_from_db()
    assert own.reviewed_by  # nothing changed
    answer = anna.post(change(own), posted(settings(frame(low_back=5))), follow=True)
    own.refresh_from_db()
    assert (own.reviewed_by, own.reviewed_on) == ("", None)
    assert "changed after its review" in answer.content.decode()
    actions = AccessEvent.objects.filter(object_type="figure").values_list("action", flat=True)
    assert sorted(actions) == ["change", "change", "review"]


REFUSED = {
    "no title": ({"title_nl": " "}, "Give the drawing a title in Dutch."),
    "no caption": ({"frames-0-caption_nl": ""}, "Write what the patient does in drawing 1."),
    "no frames": ({"frames": "0"}, "A figure has 1 to 6 drawings."),
    "thousands": ({"frames": "4000"}, "A figure has 1 to 6 drawings."),
    "not a count": ({"frames": "NaN"}, "A figure has 1 to 6 drawings."),
    "half an arrow": ({"frames-0-arrow_at": "knees"}, "Choose which way the arrow points."),
    "a way without a place": ({"frames-0-arrow_way": "up"}, "Choose where the arrow goes."),
    "NaN": ({"frames-0-low_back": "NaN"}, "Enter a whole number."),
    "huge": ({"frames-0-low_back": "1" + "0" * 300}, "Ensure this value is less than"),
    "infinite": ({"frames-0-nod": "inf"}, "Enter a whole number."),
    "negative": ({"camera_turn": "-1"}, "Ensure this value is greater than"),
    "unknown position": ({"frames-0-preset": "flying"}, "Select a valid choice."),
    "unknown view": ({"view": "../x"}, "Select a valid choice."),
    "a NUL sign": ({"title_nl": "a\0b"}, "Null characters are not allowed."),
    "a long title": ({"title_nl": "x" * 5000}, "at most 120"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_says_why_and_nothing_is_saved(as_, own, case):
    before = everything()
    sent, sentence = REFUSED[case]
    for address in (ADD, change(own)):
        answer = as_("anna").post(address, posted(settings()) | sent)
        assert answer.status_code == 200
        page = answer.content.decode()
        assert sentence in page
        assert "Nothing was saved yet" in page
    assert everything() == before
    assert not AccessEvent.objects.filter(object_type="figure").exists()


def test_when_saving_fails_half_way_nothing_is_left(as_, own, monkeypatch):
    def fail(*args, **options):
        raise RuntimeError("the log is full")

    before = Figure.objects.values().get()
    client = as_("anna")
    client.raise_request_exception = False
    monkeypatch.setattr(figures.audit, "record", fail)
    for address in (ADD, change(own)):
        assert client.post(address, posted(drawn_twice())).status_code == 500
    assert Figure.objects.values().get() == before


def numbers(page):
    """The low back of every frame, in their order on the page."""
    form = page.context["form"]
    return [int(f["low_back"].value()) for f in form.frames]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("add", [10, 20, 30, defaults("hands_and_knees")["low_back"]]),
        ("copy:1", [10, 20, 20, 30]),
        ("remove:0", [20, 30]),
        ("up:1", [20, 10, 30]),
        ("down:1", [10, 30, 20]),
        ("up:0", [10, 20, 30]),
        ("down:2", [10, 20, 30]),
        ("reset:1", [10, defaults("hands_and_knees")["low_back"], 30]),
        ("remove:99", [10, 20]),
        ("up:x", [10, 20, 30]),
        ("explode:1", [10, 20, 30]),
        ("", [10, 20, 30]),
    ],
)
def test_frames_are_added_and_reordered_without_a_script(as_, command, expected):
    asked = posted(settings(*[frame(low_back=n) for n in (10, 20, 30)], title_nl=""))
    page = as_("anna").post(ADD, asked | {"_do": command, "_partial": "1"})
    assert numbers(page) == expected
    assert "Nothing was saved" not in page.content.decode()
    assert not Figure.objects.exists()


def test_there_are_one_to_six_frames(as_):
    six = posted(settings(*[frame() for _ in range(6)]))
    page = as_("anna").post(ADD, six | {"_do": "add", "_partial": "1"})
    assert len(numbers(page)) == 6
    assert "at most 6 drawings" in page.context["form"].announcement
    page = as_("anna").post(ADD, posted(settings()) | {"_do": "remove:0", "_partial": "1"})
    assert len(numbers(page)) == 1


def test_another_start_position_puts_the_sliders_back(as_):
    asked = posted(settings(frame(low_back=3, arm_l_forward=99)))
    asked |= {"frames-0-preset": "standing", "_show": ""}
    page = as_("anna").post(ADD, asked)
    form = page.context["form"].frames[0]
    assert int(form["low_back"].value()) == defaults("standing")["low_back"]
    assert int(form["arm_l_forward"].value()) == defaults("standing")["arm_l_forward"]
    assert "data:image/svg+xml," in page.content.decode()
