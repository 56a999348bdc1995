"""The knee figures: machines, walls and chairs that a body touches and does not go through; figures
of one side in the mirror; the signs; and the comparison of two drawings."""

import copy
import gzip
import json
import math
import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

from exercises.figures.data import keys, load, mirrored, parse, solved_poses
from exercises.figures.figure import DrawnFigure
from exercises.figures.geometry import WORLD, dot, subtract
from exercises.figures.machines import PLATE_THICKNESS, WEIGHT
from exercises.figures.motion import draw_loop, moment_skeletons
from exercises.figures.outline import whole
from exercises.figures.pedals import BALL_AHEAD, BALL_BELOW, CRANK, crank_of
from exercises.figures.props import prop_parts
from exercises.figures.scene import Scene
from exercises.figures.shapes import Camera, Cone, Ellipsoid
from exercises.figures.signs import BADGE, SIGN_SIZES, WRONG_RED, sign_svg
from exercises.figures.skeleton import Skeleton
from exercises.figures.solids import ASTRIDE, HELD, Cuboid, Disc, Soft, Tubes, overlap
from exercises.figures.strip import draw_strip
from exercises.figures.style import INK, RIGHT_GREEN, Person
from tests.environment import and_in_ci

from .drawings import differences, knee_bend

pytestmark = [pytest.mark.long, pytest.mark.slow]

KNEE = ("fietsen", "knie-strekken-zittend", "opstaan-uit-stoel", "beenpers", "kuit-rekken")
ONE_SIDED = [key for key in keys() if "side" in load(key)]
CENTIMETRE = 0.01 / 1.75
WIDEST = 165  # mm, the text of a leaflet
TEXTS = Path(__file__).parents[3] / "exercises" / "data" / "knie.toml"


def skeletons(figure) -> dict[str, Skeleton]:
    return {name: Skeleton.of(pose) for name, pose in solved_poses(figure).items()}


def both_ways(key):
    return load(key), mirrored(load(key))


def thing(figure, kind):
    return next(prop for prop in figure["props"] if prop["kind"] == kind)


def test_every_knee_exercise_has_a_figure_with_its_own_name():
    exercises = {each["key"]: each for each in tomllib.loads(TEXTS.read_text())["exercises"]}
    assert set(exercises) == set(KNEE) <= set(keys())
    for key in KNEE:
        figure = load(key)
        assert "loop" in figure
        for language in ("nl", "en"):
            assert figure["title"][language] == exercises[key][language]["title"]


@pytest.mark.parametrize("key", and_in_ci("beenpers", *(key for key in KNEE if key != "beenpers")))
def test_as_drawn_and_in_the_mirror_it_fits_and_has_no_warnings(key):
    """The loop as drawn is measured in test_figures.py, with those of all figures."""
    for figure in both_ways(key):
        strip = draw_strip(figure)
        assert strip.warnings == []
        assert strip.width <= WIDEST
        assert len(strip.svg.encode()) < 25_000
    assert len(gzip.compress(draw_loop(mirrored(load(key))).encode(), 9, mtime=0)) < 16_000


# --- what the texts ask --------------------------------------------------------------------------


def test_a_knee_is_a_little_bent_where_the_text_says_so():
    for key, pose in (("beenpers", "gestrekt"), ("fietsen", "onder")):
        for figure in both_ways(key):
            bends = [knee_bend(skeletons(figure)[pose], side) for side in "lr"]
            assert 15 < min(bends) < 50


def test_a_stretched_calf_keeps_its_heel_on_the_floor_and_the_knee_straight():
    for figure in both_ways("kuit-rekken"):
        side = figure["side"][0]
        for skeleton in skeletons(figure).values():
            assert knee_bend(skeleton, side) < 10
            assert skeleton.joints[f"ankle_{side}"][2] == pytest.approx(0.039, abs=0.002)
            assert skeleton.frames[f"foot_{side}"][2][2] > 0.99


def test_knees_stay_above_the_feet_when_standing_up():
    for skeleton in moment_skeletons(load("opstaan-uit-stoel")).values():
        for side in "lr":
            knee, ankle = skeleton.joints[f"knee_{side}"], skeleton.joints[f"ankle_{side}"]
            assert abs(knee[1] - ankle[1]) < 4 * CENTIMETRE
            assert -2 * CENTIMETRE < knee[0] - ankle[0] < 0.112  # never past the toes


# --- feet on what moves --------------------------------------------------------------------------


def test_pedals_go_round_evenly_with_the_feet_on_them():
    for figure in both_ways("fietsen"):
        bike = thing(figure, "bike")
        x, z = bike["at"][:2]
        turned = []
        for skeleton in moment_skeletons(figure).values():
            for side in "lr":
                foot = skeleton.frames[f"foot_{side}"]
                ball = tuple(
                    a + BALL_AHEAD * f - BALL_BELOW * u
                    for a, f, u in zip(
                        skeleton.joints[f"ankle_{side}"], foot[0], foot[2], strict=True
                    )
                )
                assert math.hypot(ball[0] - x, ball[2] - z) == pytest.approx(CRANK, abs=0.001)
            right, left = (crank_of(bike, skeleton, side) for side in "rl")
            assert (left - right) % 360 == pytest.approx(180, abs=1)
            turned.append(right)
        steps = [(b - a) % 360 for a, b in pairwise(turned)]
        assert steps == pytest.approx([22.5] * len(steps), abs=0.5)


def test_the_plate_runs_along_its_rail_with_both_soles_on_it():
    for figure in both_ways("beenpers"):
        camera, press = Camera(*figure["view"]), thing(figure, "leg_press")
        plates = []
        for skeleton in moment_skeletons(figure).values():
            plate = next(
                part
                for part in prop_parts(press, camera, skeleton)
                if isinstance(part, Cuboid) and part.half[0] == PLATE_THICKNESS / 2
            )
            plates.append(plate.centre)
            for side in "lr":
                sole = subtract(skeleton.joints[f"ankle_{side}"], plate.centre)
                above = -dot(sole, plate.frame[0]) - plate.half[0]
                assert above == pytest.approx(0.039, abs=CENTIMETRE)
                assert dot(skeleton.frames[f"foot_{side}"][2], plate.frame[0]) < -0.99
        assert max(plate[0] for plate in plates) - min(plate[0] for plate in plates) > 0.1
        assert len({round(plate[2], 6) for plate in plates}) == 1


def test_the_plate_pulls_the_weights_up():
    figure = load("beenpers")
    camera, press = Camera(*figure["view"]), thing(figure, "leg_press")
    tower = press["at"][4]
    tops = {}
    for name, skeleton in skeletons(figure).items():
        parts = prop_parts(press, camera, skeleton)
        stack = [
            p for p in parts if isinstance(p, Cuboid) and p.half[2] == pytest.approx(WEIGHT / 2)
        ]
        assert all(part.centre[0] == pytest.approx(tower) for part in stack)
        tops[name] = max(part.centre[2] for part in stack)
    assert tops["gestrekt"] - tops["gebogen"] == pytest.approx(0.18, abs=0.01)


# --- contact -------------------------------------------------------------------------------------


def warned(figure) -> str:
    return "\n".join(draw_strip(parse(json.dumps(figure), "x.json")).warnings)


def test_a_pose_through_a_chair_or_above_it_is_named():
    figure = load("knie-strekken-zittend")
    pelvis = figure["poses"]["start"]["pelvis"]["position"]
    pelvis[2] -= 0.06
    assert "frame 1 (start): the seat is 9 cm inside the chair" in warned(figure)
    assert "thigh" in warned(figure)
    pelvis[2] += 0.11
    assert re.search(r"frame 1 \(start\): the seat is \d cm away from the chair", warned(figure))


def test_a_hand_off_the_wall_and_a_foot_off_its_pedal_are_named():
    figure = load("kuit-rekken")
    thing(figure, "wall")["at"][0] += 0.03
    assert "the left hand is 4 cm away from the wall" in warned(figure)
    figure = load("fietsen")
    del figure["poses"]["onder"]["crank"]
    figure["poses"]["onder"]["legs"]["foot"] = [0.2, 0.2, 0.35]
    assert "away from the bike" in warned(figure)


def test_to_rest_on_a_thing_that_is_not_there_is_named():
    figure = load("knie-strekken-zittend")
    figure["props"] = []
    assert "there is no chair for the seat to rest on" in warned(figure)
    figure["poses"]["start"]["pelvis"]["on"] = "cloud"
    with pytest.raises(ValueError, match=r"pose “start”, pelvis: “on” must be one of bed, bike"):
        warned(figure)


BALL = Cone((0, 0, 1), 0.1, (0, 0, 1), 0.1)


@pytest.mark.parametrize(
    ("part", "depth"),
    [
        (Cuboid((0, 0, 0.5), (1, 1, 0.45)), 0.05),
        (Cuboid((0, 0, 1), (1, 1, 0.02)), 0.12),
        (Cuboid((1, 0, 2), (0.7, 1, 0.6)), 0.1 - 0.5),
        (Tubes([[(-1, 0, 0.8), (1, 0, 0.8)]], 0.05), -0.05),
        (Disc((0, 0.2, 1), 0.5, 0.1), -0.05),
        (Disc((0.7, 0, 1), 0.5, 0.1), -0.1),
        (Disc((0.3, 0, 1), 0.5, 0.1), 0.15),
        (Soft([Cone((0, 0, 0.7), 0.1, (1, 0, 0.7), 0.1)], "white", hard=True), -0.1),
    ],
)
def test_how_deep_a_ball_is_in_a_part(part, depth):
    assert overlap(BALL, part) == pytest.approx(depth)
    assert overlap(Ellipsoid((0, 0, 1), WORLD, (0.1,) * 3), part) == pytest.approx(depth)


# --- what lies in front of what ------------------------------------------------------------------


@pytest.mark.parametrize("twin", [False, True], ids=["as drawn", "mirrored"])
def test_the_frame_of_a_bike_is_between_the_legs(twin):
    figure = both_ways("fietsen")[twin]
    poses, camera = solved_poses(figure), Camera(*figure["view"])
    skeleton = Skeleton.of(poses[figure["strip"][1]["pose"]])
    body = DrawnFigure(skeleton, camera, Person(**figure.get("person", {})))
    near = "l" if twin else "r"
    assert body.plan.far == ("r" if twin else "l")
    drawn = Scene(figure["strip"][1], figure, poses).svg
    layers = {layer.name: drawn.index(layer.svg()) for layer in body.layers}
    between = [
        drawn.index(piece.svg())
        for part in prop_parts(figure["props"][0], camera, skeleton)
        if part.slot == ASTRIDE
        for piece in part.draw(camera)
    ]
    assert layers[f"leg_{body.plan.far}"] < min(between)
    assert max(between) < min(layers["body"], layers[f"foot_{near}"], layers[f"arm_{near}"])


def test_what_is_held_is_between_the_arms():
    figure = load("tillen")
    box = figure["strip"][0]["props"][1]
    camera, poses = Camera(*figure["view"]), solved_poses(figure)
    skeleton = Skeleton.of(poses["goed"])
    (part,) = prop_parts(box, camera, skeleton)
    assert part.slot == HELD
    drawn = Scene(figure["strip"][0], figure, poses).svg
    body = DrawnFigure(skeleton, camera, Person(**figure.get("person", {})))
    layers = {layer.name: layer.svg() for layer in body.layers}
    at = drawn.index(part.draw(camera)[0].svg())
    assert drawn.index(layers["body"]) < at < drawn.index(layers["arm_r"])


# --- the other side ------------------------------------------------------------------------------


@pytest.mark.parametrize("key", sorted({*KNEE, *ONE_SIDED}))
def test_the_mirrored_picture_is_the_mirror_image(key):
    """Body and things, in every frame: what was at x is at -x, and left is right."""
    figure, twin = both_ways(key)
    here, there = skeletons(figure), skeletons(twin)
    cameras = [Camera(*each["view"]) for each in (figure, twin)]
    for frame, other in zip(figure["strip"], twin["strip"], strict=True):
        a, b = here[frame["pose"]], there[other["pose"]]
        for name, joint in a.joints.items():
            side = {"_l": "_r", "_r": "_l"}.get(name[-2:])
            opposite = b.joints[name[:-2] + side if side else name]
            x, y = cameras[0].flat(joint)
            assert cameras[1].flat(opposite) == pytest.approx((-x, y), abs=1e-6)
        for prop, mirror_prop in zip(figure["props"], twin["props"], strict=True):
            ours = points_of(prop, cameras[0], a)
            theirs = [(-x, y) for x, y in points_of(mirror_prop, cameras[1], b)]
            for some, others in ((ours, theirs), (theirs, ours)):
                assert all(min(math.dist(p, q) for q in others) < 0.002 for p in some)


def points_of(prop, camera, skeleton):
    pieces = [piece for part in prop_parts(prop, camera, skeleton) for piece in part.draw(camera)]
    return [point for piece in pieces for point in piece.points]


@pytest.mark.parametrize("key", ONE_SIDED)
def test_a_figure_of_one_side_shows_that_leg_nearest(key):
    for figure in both_ways(key):
        side = figure["side"][0]
        for pose in solved_poses(figure).values():
            body = DrawnFigure(Skeleton.of(pose), Camera(*figure["view"]), Person())
            assert body.plan.far == ("r" if side == "l" else "l")


def test_right_and_wrong_are_not_sides():
    captions = [frame["caption"]["en"] for frame in mirrored(load("tillen"))["strip"]]
    assert captions[0].startswith("Right: ")


# --- signs ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", SIGN_SIZES)
def test_a_sign_stays_in_its_place_and_is_never_mirrored(kind):
    figure = load("superman")
    figure["strip"][2]["sign"] = kind
    for drawn in (figure, mirrored(figure)):
        scene = Scene(drawn["strip"][2], drawn, solved_poses(drawn))
        scene.add_sign(kind, scene.bounds.top)
        around = scene.occupied[-1]
        middle = (around.left + around.right) / 2, (around.bottom + around.top) / 2
        assert scene.svg.endswith(sign_svg(kind, *middle))
        assert not any(around.overlaps(part) for part in scene.occupied[:-1])
        assert scene.bounds.right >= around.right and scene.bounds.top >= around.top


@pytest.mark.parametrize("key", ["zitten", "tillen", "opstaan-uit-stoel"])
def test_what_carries_a_mark_carries_no_number(key):
    """Right and wrong are not a first and a second step."""
    figure = load(key)
    for frame, drawn in zip(figure["strip"], draw_strip(figure).frames, strict=True):
        numbers = drawn.svg.count(f'r="{whole(BADGE)}" fill="{INK}"')
        assert numbers == (0 if "mark" in frame else 1)


@pytest.mark.parametrize("colour", [RIGHT_GREEN, WRONG_RED])
def test_the_sign_in_a_mark_stands_out(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    brightness = sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    assert 1.05 / (brightness + 0.05) > 4.5


def test_a_mistake_in_a_sign_is_one_sentence():
    figure = load("superman")
    figure["strip"][0]["sign"] = "wave"
    with pytest.raises(ValueError, match="“sign” must be one of hold, other_side, repeat"):
        parse(json.dumps(figure), "x.json")


# --- the same picture ----------------------------------------------------------------------------

PICTURE = (
    '<svg viewBox="0 0 100 90" width="4.2mm"><g stroke="#22303c"><path d="M1 2c3 4 5 6 7-8z"/>'
    '<path d="M9 9l1 1" fill="none"/></g></svg>'
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("M1 2c", "M3 0c"),
        ("7-8z", "9-7z"),
        ("0 0 100", "0 1 101"),
        ("4.2mm", "4.3mm"),
        ("M9 9l1 1", "M9 9l2 0"),
    ],
)
def test_a_hair_apart_is_the_same_picture(old, new):
    assert differences(PICTURE, PICTURE.replace(old, new)) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("M1 2c", "M4 2c", "element 3, d: 3.0 apart"),
        ("M9 9l1 1", "M9 9l1 4", "element 4, d: 3.0 apart"),
        ("M9 9l1 1", "M9 9l1 1 1 1", "element 4, d: 4 numbers and 6"),
        ("M9 9l1 1", "M9 9L10 10", "element 4, d: other commands"),
        ("#22303c", "#22303d", "element 2, stroke: #22303c and #22303d"),
        ("4.2mm", "4.4mm", "element 1, width: 0.2 apart"),
        ('fill="none"', 'stroke="none"', "element 4: <path d fill> and <path d stroke>"),
        ('<path d="M9 9l1 1" fill="none"/>', "", "element 4: <path d fill> and nothing"),
    ],
)
def test_more_than_a_hair_is_another_picture(old, new, said):
    assert differences(PICTURE, PICTURE.replace(old, new)) == [said]


def test_drawings_are_compared_as_they_come():
    figure = load("knie-strekken-zittend")
    drawn, nudged = draw_loop(figure), copy.deepcopy(figure)
    nudged["poses"]["strek"]["leg_l"]["hip"] = [80, 2, 0]
    assert differences(drawn, drawn) == []
    assert differences(drawn, draw_loop(nudged)) != []
