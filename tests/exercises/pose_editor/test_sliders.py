"""Sliders to poses and back: each is read as it was set, and moves the body as it says."""

import json

import pytest
from django.utils import translation

from exercises import pictures
from exercises.figures.data import keys, load, solved_poses
from exercises.figures.geometry import FORWARD, LEFT, UP, dot, scale
from exercises.figures.skeleton import Skeleton
from exercises.figures.solver import Warned
from exercises.models import Figure
from exercises.pose_editor import sliders
from exercises.pose_editor.preview import in_words, preview
from exercises.pose_editor.sliders import (
    CONTROLS,
    PRESETS,
    THINGS,
    VIEWS,
    WAYS,
    check,
    defaults,
    figure_of,
    settings_of,
)

from .drawn import frame, settings


def skeleton(preset, **values):
    data = figure_of(settings(frame(preset, **values)))
    return Skeleton.of(solved_poses(data)["1"])


# Words to poses and back.

OFFERED = [(p, name) for p in PRESETS for name, c in CONTROLS.items() if p in c.presets]


@pytest.mark.parametrize("preset", PRESETS)
def test_every_slider_comes_back_where_it_was(preset):
    for name, control in CONTROLS.items():
        for value in (0, 17, 50, 73, 100) if preset in control.presets else ():
            asked = settings(frame(preset, **{name: value}))
            data = json.loads(json.dumps(figure_of(asked)))
            check(data)
            assert settings_of(data) == asked, (name, value)


def test_all_sliders_at_once_come_back():
    for preset in PRESETS:
        moved = {n: (i * 37) % 101 for i, n in enumerate(CONTROLS) if preset in CONTROLS[n].presets}
        asked = settings(frame(preset, **moved))
        assert settings_of(figure_of(asked)) == asked, preset


def test_what_is_beside_the_body_comes_back():
    for view in VIEWS:
        azimuth, height = VIEWS[view][1]
        asked = settings(
            view=view,
            camera_turn=sliders.CAMERA_TURN.value(azimuth),
            camera_height=sliders.CAMERA_HEIGHT.value(height),
        )
        assert settings_of(figure_of(asked)) == asked
    for things in ("fitting", "none", "chair"):
        asked = settings(frame("standing"), frame("hands_and_knees"), things=things)
        assert settings_of(figure_of(asked)) == asked
    for way in WAYS:
        asked = settings(frame(arrow_at="knee_l", arrow_way=way))
        assert settings_of(figure_of(asked)) == asked
    asked = settings(
        frame(highlight="low_back"),
        frame(ghost=True, caption_en="Hollow your back."),
        loop=True,
        side="left",
        build="broad",
        hair="bun",
        clothes="shorts",
        title_en="Trial",
        view="own",
        camera_turn=12,
        camera_height=80,
    )
    data = figure_of(asked)
    check(data)
    assert settings_of(data) == asked
    assert data["loop"]["poses"] == ["1", "2"]


def test_a_loop_needs_two_drawings():
    assert "loop" not in figure_of(settings(loop=True))


@pytest.mark.parametrize("key", keys())
def test_what_the_sliders_cannot_say_is_not_guessed(key):
    """A figure of the library comes back exactly, or not at all."""
    data = load(key)
    found = settings_of(data)
    assert found is None or figure_of(found) == data


@pytest.mark.parametrize("data", [{}, {"view": 3}, {"view": [1, 2], "title": []}, [], "x", None])
def test_settings_of_nonsense_is_none(data):
    assert settings_of(data) is None


@pytest.mark.parametrize("preset", PRESETS)
def test_untouched_sliders_leave_the_start_position(preset):
    assert figure_of(settings(frame(preset)))["poses"] == {"1": {"preset": preset}}


@pytest.mark.parametrize("things", THINGS)
@pytest.mark.parametrize("preset", PRESETS)
def test_every_start_position_is_a_figure_without_a_warning(preset, things):
    asked = settings(frame(preset), things=things)
    check(figure_of(asked))
    if things == "fitting":
        assert preview(asked, 1).warnings == []


def test_a_limb_that_is_touched_starts_where_it_was_planted():
    """One step of a slider moves a foot a little, not across the room."""
    for preset, name in OFFERED:
        if not name.startswith(("arm", "leg")):
            continue
        still = defaults(preset)[name]
        near = skeleton(preset, **{name: still + 1 if still < 100 else still - 1})
        joint = ("wrist_" if name.startswith("arm") else "ankle_") + name[4]
        before, after = skeleton(preset).joints[joint], near.joints[joint]
        assert max(abs(a - b) for a, b in zip(before, after, strict=True)) < 0.04, (preset, name)


# Every slider moves the body the way it says.


def seen(bone, axis, parent, along, sign=1):
    return lambda s: sign * dot(s.frames[bone][axis], s.frames[parent][along])


def along_spine(upper, axis, lower, along):
    return lambda s: dot(s.spine[upper][1][axis], s.spine[lower][1][along])


def reach(bone, parent, along, sign=1):
    return lambda s: sign * dot(scale(s.frames[bone][UP], -1), s.frames[parent][along])


def joint(name, axis, sign=1):
    return lambda s: sign * s.joints[name][axis]


# name: start position, from, to, and what grows on the way.
PROMISES = {
    "lean": ("standing", 30, 80, joint("head", 0)),
    "squat": ("standing", 0, 100, joint("pelvis", 2)),
    "rise": ("sitting", 0, 100, joint("pelvis", 2)),
    "bridge": ("hook_lying", 0, 100, joint("pelvis", 2)),
    "sit_back": ("hands_and_knees", 0, 100, joint("pelvis", 0, -1)),
    "sway": ("hands_and_knees", 0, 100, joint("pelvis", 1)),
    "roll": ("lying_on_back", 20, 80, lambda s: s.frames["pelvis"][FORWARD][1]),
    "low_back": ("hands_and_knees", 10, 90, along_spine(5, UP, 0, FORWARD)),
    "upper_back": ("sitting", 10, 90, along_spine(13, UP, 5, FORWARD)),
    "side_bend": ("standing", 10, 90, along_spine(13, UP, 0, LEFT)),
    "twist": ("standing", 10, 90, along_spine(13, FORWARD, 0, LEFT)),
    "nod": ("standing", 10, 90, seen("head", UP, "chest", FORWARD)),
    "head_turn": ("standing", 10, 90, seen("head", FORWARD, "chest", LEFT)),
    "head_tilt": ("standing", 10, 90, seen("head", UP, "chest", LEFT)),
}


for _side, _sign in (("l", 1), ("r", -1)):
    _upper, _lower = f"upper_arm_{_side}", f"forearm_{_side}"
    _thigh, _shank, _foot = f"thigh_{_side}", f"shank_{_side}", f"foot_{_side}"
    PROMISES |= {
        f"arm_{_side}_forward": ("standing", 10, 50, reach(_upper, "chest", FORWARD)),
        f"arm_{_side}_sideways": ("standing", 30, 80, reach(_upper, "chest", LEFT, _sign)),
        f"arm_{_side}_turn": ("standing", 20, 80, seen(_upper, FORWARD, "chest", LEFT, _sign)),
        f"arm_{_side}_elbow": ("standing", 10, 60, reach(_lower, _upper, FORWARD)),
        f"leg_{_side}_hip": ("standing", 5, 70, reach(_thigh, "pelvis", FORWARD)),
        f"leg_{_side}_sideways": ("standing", 30, 90, reach(_thigh, "pelvis", LEFT, _sign)),
        f"leg_{_side}_turn": ("standing", 20, 80, seen(_foot, FORWARD, "pelvis", LEFT, _sign)),
        f"leg_{_side}_knee": ("standing", 10, 60, reach(_shank, _thigh, FORWARD, -1)),
        f"leg_{_side}_ankle": ("standing", 10, 90, reach(_foot, _shank, FORWARD, -1)),
    }


def test_every_slider_has_a_promise():
    assert set(PROMISES) == set(CONTROLS)


@pytest.mark.parametrize("name", PROMISES)
def test_a_slider_moves_the_body_the_way_it_says(name):
    preset, low, high, grows = PROMISES[name]
    values = [grows(skeleton(preset, **{name: v})) for v in (low, (low + high) // 2, high)]
    assert values[0] < values[1] < values[2]


@pytest.mark.parametrize("preset", ["standing", "sitting", "hands_and_knees", "prone"])
def test_what_rests_stays_where_it_rests_when_the_back_moves(preset):
    before, after = skeleton(preset), skeleton(preset, low_back=70)
    for side in "lr":
        for part in ("wrist", "ankle"):
            name = f"{part}_{side}"
            if preset == "standing" and part == "wrist":
                continue
            moved = max(
                abs(a - b) for a, b in zip(before.joints[name], after.joints[name], strict=True)
            )
            assert moved < 0.01, name


# Warnings.


def test_a_hand_that_does_not_reach_is_told_in_words():
    with translation.override("en"):
        found = preview(settings(frame("sitting", rise=100)), 1).warnings
        assert [w.split(";")[0] for w in found] == [
            "The left hand does not reach its place",
            "The right hand does not reach its place",
        ]
        assert "cm" in found[0]


def test_a_part_below_the_floor_is_told_in_words():
    with translation.override("en"):
        (found,) = preview(settings(frame("lying_on_back", lean=90)), 1).warnings
        assert found.startswith("A part of the body goes") and "floor" in found


@pytest.mark.parametrize("part", ["hand", "foot", "knee"])
@pytest.mark.parametrize("side", ["l", "r"])
def test_every_warning_has_its_words(part, side):
    with translation.override("en"):
        said = in_words(Warned(0.02, part, side))
        assert part in said and {"l": "left", "r": "right"}[side] in said and "4 cm" in said


@pytest.fixture
def own(cast, practice, drawn_before):
    return pictures.save_poses(Figure(practice=practice), figure_of(settings(title_nl="Geheim")))
