"""Read figure files, mirror figures, and solve their poses.

There is one file for each figure, `data/<key>.json`, which checks.py validates. `side` is the
patient's side that a figure of one side shows, such as the leg that is stretched.
"""

import copy
import json
import re
from pathlib import Path

from .pedals import on_pedals
from .poses import OTHER_SIDE, complete, expand, merge, mirror, presets
from .solver import solve, solve_from

FOLDER = Path(__file__).parent / "data"
# The words for a side in a caption, with the word for the other side.
SIDE_WORDS = {"links": "rechts", "linker": "rechter", "linkse": "rechtse", "left": "right"}
SIDE_WORDS |= {right: left for left, right in SIDE_WORDS.items()}
# "Right:" at the start of a caption means correct, and is not a side.
SIDE_PATTERN = re.compile(
    r"(?!^Right:)\b(linker|rechter|linkse|rechtse|links|rechts|left|right)", re.I
)


def keys() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def load(key: str) -> dict:
    """The checked figure of the library with this key."""
    path = FOLDER / f"{key}.json"
    figure = parse(path.read_text(encoding="utf-8"), path.name)
    if figure["key"] != key:
        raise ValueError(f"{path.name}: “key” must be the name of the file, {key}.")
    return figure


def parse(text: str, file: str) -> dict:
    """The checked figure in a JSON text. Raises ValueError with a sentence that names `file`."""
    from .checks import Checker  # at module level this would be a circular import

    try:
        figure = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(
            f"{file}: this is not JSON, at line {error.lineno}: {error.msg}."
        ) from None
    Checker(file, presets()).figure(figure)
    return figure


def solved_poses(figure: dict) -> dict[str, dict]:
    """Every pose by name, complete and solved."""
    solved = {}
    for name in figure["poses"]:
        pose = _inherited(figure["poses"], name)
        mirrored = pose.pop("mirrored", False)
        base = complete(expand({"preset": pose["preset"]})) if "preset" in pose else None
        full = on_pedals(complete(expand(pose)), figure.get("props", []))
        pose = solve_from(base, full) if base and "solve" in base else solve(full)
        solved[name] = _mirrored_pose(pose) if mirrored else pose
    return solved


def _mirrored_pose(pose: dict) -> dict:
    twin = mirror(pose)
    if "crank" in twin:  # `crank` is about the right pedal, which has the other foot now
        twin["crank"] += 180
    return twin


def _inherited(poses: dict, name: str) -> dict:
    """The pose merged with the pose that it names in `like`."""
    pose = copy.deepcopy(poses[name])
    if "like" not in pose:
        return pose
    base = _inherited(poses, pose.pop("like"))
    # `reset` of a limb is kept, because the limb of the preset must be reset too.
    merged = merge(base, pose)
    for limb, change in pose.items():
        if isinstance(change, dict) and "reset" in change:
            merged[limb]["reset"] = True
    return merged


def mirrored(figure: dict) -> dict:
    """The figure for the other side, with poses, views, things and captions mirrored."""
    twin = copy.deepcopy(figure)
    if "side" in twin:
        twin["side"] = SIDE_WORDS[twin["side"]]
    twin["poses"] = {}
    for name in figure["poses"]:
        pose = _inherited(figure["poses"], name)
        twin["poses"][name] = {**pose, "mirrored": not pose.get("mirrored", False)}
    for place in (twin, twin.get("loop", {}), *twin["strip"]):
        if "view" in place:
            place["view"][0] = 180 - place["view"][0]
    for place in (twin, twin.get("loop", {}), *twin["strip"]):
        for prop in place.get("props", []):
            _mirror_prop(prop)
    for frame in twin["strip"]:
        frame["caption"] = {k: _other_side(words) for k, words in frame["caption"].items()}
        for arrow in frame.get("arrows", []):
            arrow["from"], arrow["to"] = _flipped(arrow["from"]), _flipped(arrow["to"])
            arrow["bend"] = -arrow.get("bend", 0.0)
        if "mark" in frame:
            frame["mark"]["at"] = _flipped(frame["mark"]["at"])
    return twin


def _mirror_prop(prop: dict) -> None:
    at = prop.get("at", [])
    if prop["kind"] in ("pillow", "shadow"):
        at[1] = -at[1]
    elif at and prop["kind"] not in ("leg_press", "bike"):  # those are the same on both sides
        at[2], at[3] = -at[3], -at[2]


def _flipped(anchor: list) -> list:
    name, *moved = anchor
    if name[-2:] in ("_l", "_r"):
        name = name[:-1] + OTHER_SIDE[name[-1]]
    return [name, -moved[0], moved[1]] if moved else [name]


def _other_side(words: str) -> str:
    def swap(match):
        other = SIDE_WORDS[match[0].lower()]
        return other.capitalize() if match[0][0].isupper() else other

    return SIDE_PATTERN.sub(swap, words)
