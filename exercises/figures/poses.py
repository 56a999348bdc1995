"""Poses as data: presets, merging, mirroring, and the pose between two poses.

A pose is a dict; skeleton.py describes its numbers. It may name a `preset` and change parts of it.
`arms` and `legs` set both sides at once, written for the left side. `reset` in a limb removes the
values of the preset for that limb, so that a planted limb can become a free one or the reverse.
"""

import copy
import json
from functools import cache
from pathlib import Path

from .geometry import seen_from, turn_between
from .skeleton import ARM_BONES, LEG_BONES, Skeleton, three_angles

PRESETS_FILE = Path(__file__).parent / "presets.json"
LIMBS = ("arm_l", "arm_r", "leg_l", "leg_r")
BOTH = {"arms": ("arm_l", "arm_r"), "legs": ("leg_l", "leg_r")}
# Fields of a limb that are a place or a direction in the world, so y changes sign in a mirror.
WORLD_FIELDS = ("hand", "foot", "knee_at", "pole", "fingers", "palm", "toes", "sole", "shank")
PELVIS_ANGLES = ("yaw", "pitch", "roll", "tilt")
SPINE_REGIONS = ("lumbar", "thoracic", "neck", "head")
PLANTED = ("hand", "foot", "knee_at")
OTHER_SIDE = {"l": "r", "r": "l"}


@cache
def presets() -> dict:
    return json.loads(PRESETS_FILE.read_text(encoding="utf-8"))


def expand(pose: dict) -> dict:
    """The full pose: `preset`, `arms` and `legs` resolved."""
    pose = copy.deepcopy(pose)
    for both, (left, right) in BOTH.items():
        if both in pose:
            shared = pose.pop(both)
            pose[left] = merge(shared, pose.get(left, {}))
            pose[right] = merge(mirror_limb(shared), pose.get(right, {}))
            if "reset" in shared:
                pose[left]["reset"] = pose[right]["reset"] = True
    if "preset" in pose:
        base = expand(presets()[pose.pop("preset")])
        return merge(base, pose)
    return pose


def complete(pose: dict) -> dict:
    """The expanded pose with every angle of pelvis and spine stated.

    An angle that only one of two poses states cannot be interpolated, so a loop would jump.
    """
    pelvis = {**dict.fromkeys(PELVIS_ANGLES, 0), **pose["pelvis"]}
    stated = pose.get("spine", {})
    spine = {region: list(three_angles(stated.get(region, 0))) for region in SPINE_REGIONS}
    return {**pose, "pelvis": pelvis, "spine": spine}


def merge(base: dict, change: dict) -> dict:
    """`base` with the values of `change`, merged at every depth."""
    merged = copy.deepcopy(base)
    for name, value in change.items():
        if name in LIMBS and "reset" in value:
            merged[name] = {k: copy.deepcopy(v) for k, v in value.items() if k != "reset"}
        elif isinstance(value, dict) and isinstance(merged.get(name), dict):
            merged[name] = merge(merged[name], value)
        else:
            merged[name] = copy.deepcopy(value)
    return merged


def mirror_limb(limb: dict) -> dict:
    mirrored = copy.deepcopy(limb)
    for name in WORLD_FIELDS:
        if isinstance(mirrored.get(name), list):
            mirrored[name][1] = -mirrored[name][1]
    return mirrored


def mirror(pose: dict) -> dict:
    """The same pose with left and right exchanged, of a pose that `complete` has filled in."""
    mirrored = {name: copy.deepcopy(part) for name, part in pose.items() if name not in LIMBS}
    for limb in LIMBS:
        if limb in pose:
            mirrored[limb[:-1] + OTHER_SIDE[limb[-1]]] = mirror_limb(pose[limb])
    pelvis = mirrored["pelvis"]
    pelvis["position"][1] = -pelvis["position"][1]
    for angle in ("yaw", "roll", "tilt"):
        pelvis[angle] = -pelvis[angle]
    for region, (flexion, side_bend, twist) in mirrored["spine"].items():
        mirrored["spine"][region] = [flexion, -side_bend, -twist]
    return mirrored


def mix(a, b, t: float):
    """The value with every number at share `t` of the way from a to b.

    A value that only one of them has is kept.
    """
    if isinstance(a, dict) and isinstance(b, dict):
        return {
            name: mix(a[name], b[name], t)
            if name in a and name in b
            else copy.deepcopy(a.get(name, b.get(name)))
            for name in sorted({*a, *b})
        }
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)) and len(a) == len(b):
        return [mix(p, q, t) for p, q in zip(a, b, strict=True)]
    if isinstance(a, (int, float)) and isinstance(b, (int, float)) and not isinstance(a, bool):
        return a + (b - a) * t
    return copy.deepcopy(a)


def in_between(a: dict, b: dict, t: float) -> dict:
    """The pose at share `t` between two solved poses, before it is solved itself.

    A limb planted in both stays planted. One that is planted in only one of them is turned bone by
    bone. Goals that both poses share are kept.
    """
    pose = mix(a, b, t)
    for limb in LIMBS:
        if _planted(a, limb) != _planted(b, limb):
            pose[limb] = {"turned": _turned(Skeleton.of(a), Skeleton.of(b), limb, t)}
    pose.pop("solve", None)
    if "solve" in a and "solve" in b:
        pose["solve"] = _shared_goals(a["solve"], b["solve"], t)
    return pose


def _planted(pose: dict, limb: str) -> tuple[bool, ...]:
    return tuple(name in pose.get(limb, {}) for name in PLANTED)


def _turned(a: Skeleton, b: Skeleton, limb: str, t: float) -> list:
    kind, side = limb.split("_")
    parent, bones = ("chest", ARM_BONES) if kind == "arm" else ("pelvis", LEG_BONES)
    return [
        turn_between(
            seen_from(a.frames[parent], a.frames[f"{bone}_{side}"]),
            seen_from(b.frames[parent], b.frames[f"{bone}_{side}"]),
            t,
        )
        for bone in bones
    ]


def _shared_goals(a: dict, b: dict, t: float) -> dict:
    """All goals, interpolated, if both poses have the same ones; otherwise the knees only.

    Another goal of one pose would distort the other pose.
    """
    named = {_goal_name(goal): goal for goal in b["goals"]}
    if [_goal_name(goal) for goal in a["goals"]] == list(named):
        goals = [mix(goal, named[_goal_name(goal)], t) for goal in a["goals"]]
        return {"free": a["free"], "goals": goals}
    return {"free": ["pelvis.x", "pelvis.z"], "goals": ["knees"]}


def _goal_name(goal) -> str:
    return goal if isinstance(goal, str) else goal[0]
