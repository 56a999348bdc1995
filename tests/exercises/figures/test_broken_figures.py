"""What a broken file of a drawing is told: one sentence, whatever is wrong."""

import copy
import json

import pytest

from exercises.figures.checks import Checker
from exercises.figures.data import load, parse
from exercises.figures.poses import presets

pytestmark = [pytest.mark.long, pytest.mark.slow]

# --- what a broken file is told ------------------------------------------------------------------


def change(path, value):
    def apply(figure):
        *way, last = path
        for step in way:
            figure = figure[step]
        figure[last] = value

    return apply


def drop(*path):
    def apply(figure):
        *way, last = path
        for step in way:
            figure = figure[step]
        del figure[last]

    return apply


BROKEN = {
    "a missing field": (drop("view"), "x.json: “view” is missing."),
    "an unknown field": (change(["colour"], 1), "there is no field “colour”"),
    "an unknown preset": (
        change(["poses", "hol", "preset"], "flying"),
        "x.json, pose “hol”: “preset” must be one of",
    ),
    "an angle in words": (
        change(["poses", "hol", "spine", "lumbar"], "much"),
        "x.json, pose “hol”, spine: “lumbar” must be a number from -360 to 360, or a list of 3",
    ),
    "not a number": (change(["view"], [float("nan"), 1]), "“view” must be a list of 2 numbers"),
    "true is no number": (change(["loop", "seconds"], True), "x.json, loop: “seconds” must be"),
    "an unknown pose": (
        change(["strip", 1, "pose"], "up"),
        "x.json, frame 2: “pose” must be one of bol, hol, start.",
    ),
    "no caption": (drop("strip", 0, "caption"), "x.json, frame 1: “caption” is missing."),
    "half a caption": (
        drop("strip", 0, "caption", "en"),
        "x.json, frame 1, caption: “en” is missing.",
    ),
    "an arrow from nowhere": (
        change(["strip", 1, "arrows", 0, "from"], ["tail"]),
        "x.json, frame 2, arrow 1: “from” must be the name of a place on the body",
    ),
    "an arrow of no length": (
        change(["strip", 1, "arrows", 0], {"from": ["crown"], "to": ["crown"]}),
        "x.json, frame 2, arrow 1: ends where it starts.",
    ),
    "a ghost of no known part": (
        change(["strip", 1, "ghost_parts"], "arms"),
        "x.json, frame 2: “ghost_parts” must be one of hips, legs, whole.",
    ),
    "parts of no ghost": (
        change(["strip", 0, "ghost_parts"], "legs"),
        "x.json, frame 1: has “ghost_parts” and no “ghost”.",
    ),
    "colour on a right and wrong pair": (
        change(["strip", 1, "mark"], {"kind": "right", "at": ["crown"]}),
        "x.json, frame 2: has “highlight” and “mark”",
    ),
    "a circle of poses": (
        change(["poses", "hol"], {"like": "hol"}),
        "x.json, pose “hol”: “like” leads back to “hol”.",
    ),
    "no position": (
        change(["poses", "hol"], {"spine": {}}),
        "x.json, pose “hol”: “preset” is missing, and the pelvis has no “position”.",
    ),
    "an unknown goal": (
        change(["poses", "hol", "solve"], {"free": ["pelvis.x"], "goals": ["win"]}),
        "x.json, pose “hol”, solve: “goals” must be a list of goals",
    ),
    "a mat with six sides": (
        change(["props", 0, "at"], [0, 1, 0, 1, 0, 1]),
        "x.json, props 1: “at” of a mat must be 4 numbers.",
    ),
    "an empty strip": (change(["strip"], []), "x.json: “strip” must be a list of 1 to 6."),
    "a loop of one": (change(["loop", "poses"], ["hol"]), "“poses” must be a list of 2 to 8."),
    "a loop to nowhere": (
        change(["loop", "poses"], ["hol", "up"]),
        "x.json, loop: there is no pose “up”.",
    ),
    "hair that we cannot draw": (
        change(["person"], {"hair": "afro"}),
        "x.json, person: “hair” must be one of bald, bun, short, tail.",
    ),
    "a skirt on hands and knees": (
        change(["person"], {"clothes": "skirt"}),
        "x.json, person: a skirt is drawn on standing and sitting people only,"
        " and pose “start” is not one of them.",
    ),
    "a list for a pose": (change(["poses", "hol"], []), "pose “hol”: must be a group of fields."),
    "a list for the figure": (None, "x.json: must be a group of fields."),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_mistake_is_one_sentence(case):
    apply, sentence = BROKEN[case]
    figure = load("hol-bol") if apply else []
    if apply:
        apply(figure)
    with pytest.raises(ValueError) as error:
        parse(json.dumps(figure), "x.json")
    assert sentence in str(error.value)
    assert str(error.value).endswith(".") and "\n" not in str(error.value)


def test_text_that_is_not_json_is_one_sentence():
    with pytest.raises(ValueError, match=r"x\.json: this is not JSON, at line 1: .+\."):
        parse("{", "x.json")


def test_any_value_in_any_place_is_accepted_or_refused_with_a_sentence():
    """Each field in turn becomes nonsense: never another error than a sentence."""
    figure = load("superman")

    def places(value, path=()):
        yield path
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for name, item in items:
            if isinstance(item, (dict, list)):
                yield from places(item, (*path, name))
            else:
                yield (*path, name)

    for path in list(places(figure))[1:]:
        for nonsense in (None, "x", [], {}, [[]], {"x": 1}, -1e9):
            broken = copy.deepcopy(figure)
            change(path, nonsense)(broken)
            try:
                Checker("x.json", presets()).figure(broken)
            except ValueError as error:
                assert str(error).startswith("x.json")
