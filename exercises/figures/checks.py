"""Validate the data of a figure. A mistake is one sentence that names file, pose and field.

The tables below are the schema: the name of each field with the check of its value. A check takes a
value and returns None, or the words that complete the sentence "... must be".
"""

import math

from .figure import GHOST_PARTS, MOVING_BACK
from .poses import PELVIS_ANGLES
from .props import KINDS, PLACES
from .scene import LANDMARKS
from .signs import NUMERALS, SIGN_SIZES
from .solver import FREE, GOALS
from .style import BUILD, CLOTHES, HAIR, HAIR_COLOURS

HIGHLIGHTS = {"low_back": MOVING_BACK}
LANGUAGES = ("nl", "en")
SKIRT_PRESETS = ("standing", "sitting")


def _is_number(value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def number(low=-1000.0, high=1000.0):
    def check(value):
        if not _is_number(value) or not low <= value <= high:
            return f"a number from {low:g} to {high:g}"
        return None

    return check


def numbers(*counts):
    def check(value):
        if (
            not isinstance(value, list)
            or len(value) not in counts
            or not all(_is_number(item) and abs(item) <= 1000 for item in value)
        ):
            return f"a list of {' or '.join(map(str, counts))} numbers"
        return None

    return check


def one_of(choices):
    def check(value):
        if not isinstance(value, str) or value not in choices:
            return f"one of {', '.join(sorted(choices))}"
        return None

    return check


def either(first, second):
    def check(value):
        wrong = first(value), second(value)
        return f"{wrong[0]}, or {wrong[1]}" if all(wrong) else None

    return check


def text(value):
    return None if isinstance(value, str) and value.strip() else "a text"


def flag(value):
    return None if isinstance(value, bool) else "true or false"


def yes(value):
    return None if value is True else "true"


def anchor(value):
    if (
        not isinstance(value, list)
        or len(value) not in (1, 3)
        or value[0] not in list(LANDMARKS)
        or not all(_is_number(item) and abs(item) < 2 for item in value[1:])
    ):
        return (
            "the name of a place on the body, with or without an offset to the right and up,"
            f' such as ["low_back", 0, 0.1]; the places are {", ".join(LANDMARKS)}'
        )
    return None


def goals(value):
    wrong = f"a list of goals; the goals are {', '.join(GOALS)}"
    if not isinstance(value, list):
        return wrong
    for goal in value:
        name, *rest = goal if isinstance(goal, list) and goal else [goal]
        if not isinstance(name, str) or name not in GOALS:
            return wrong
        if len(rest) > 1 or not all(map(_is_number, rest)):
            return wrong
        if name.endswith("_height") and not rest:
            return f"a list of goals in which {name} has a height"
    return None


def free(value):
    if not isinstance(value, list) or not value or not all(item in list(FREE) for item in value):
        return f"a list of some of {', '.join(FREE)}"
    return None


DIRECTION = numbers(3)
PLACE = numbers(2, 3)
ANGLES = either(number(-360, 360), numbers(3))
ANGLE = number(-360, 360)

# The kinds of things on which a part of the body can rest.
ON = one_of(set(KINDS) - {"mat", "pillow", "cushion", "shadow"})
PELVIS = {"on": ON, "position": numbers(3), **dict.fromkeys(PELVIS_ANGLES, ANGLE)}
SPINE = dict.fromkeys(("lumbar", "thoracic", "neck", "head"), ANGLES)
ARM = {
    "on": ON,
    "reset": yes,
    "hand": PLACE,
    "pole": DIRECTION,
    "fingers": DIRECTION,
    "palm": either(one_of(("down", "up")), DIRECTION),
    "shoulder": ANGLES,
    "elbow": ANGLE,
    "wrist": ANGLE,
    "pronation": ANGLE,
}
LEG = {
    "on": ON,
    "reset": yes,
    "foot": PLACE,
    "knee_at": PLACE,
    "ankle_height": number(0, 1),
    "pole": DIRECTION,
    "toes": DIRECTION,
    "sole": DIRECTION,
    "shank": DIRECTION,
    "hip": ANGLES,
    "knee": ANGLE,
    "ankle": ANGLE,
}
SOLVE = {"free": free, "goals": goals}
ARROW = {"from": anchor, "to": anchor, "bend": number(-2, 2), "both": flag}
MARK = {"kind": one_of(("right", "wrong")), "at": anchor}
WORDS = dict.fromkeys(LANGUAGES, text)
PERSON = {
    "build": number(*BUILD),
    "hair": one_of(HAIR),
    "hair_colour": one_of(HAIR_COLOURS),
    "clothes": one_of(CLOTHES),
}
VIEW = numbers(2)
PROP = {
    "kind": one_of(KINDS),
    "at": numbers(*sorted(set(PLACES.values()))),
    "radii": numbers(3),
    "spine": number(-3, 14),
    "held": flag,
}


class Checker:
    """Checks one figure. Raises ValueError with a sentence about the first mistake.

    Title and captions must have a text in each of `languages`.
    """

    def __init__(self, file: str, presets, languages=LANGUAGES):
        self.file, self.presets, self.languages = file, presets, languages

    def wrong(self, where: str, sentence: str):
        place = f"{self.file}, {where}" if where else self.file
        raise ValueError(f"{place}: {sentence}.")

    def record(self, value, where: str, table: dict, required=()) -> None:
        """Check that `value` has all required fields, no others than those of the table, and that
        each passes its check."""
        if not isinstance(value, dict):
            self.wrong(where, "must be a group of fields")
        for name in required:
            if name not in value:
                self.wrong(where, f"“{name}” is missing")
        for name, item in value.items():
            if name not in table:
                self.wrong(where, f"there is no field “{name}”; the fields are {', '.join(table)}")
            rule = table[name]
            if isinstance(rule, dict):
                self.record(item, f"{where}, {name}" if where else name, rule)
            elif callable(rule):
                problem = rule(item)
                if problem:
                    self.wrong(where, f"“{name}” must be {problem}")

    def listed(self, value, where: str, least: int, most: int) -> None:
        if not isinstance(value, list) or not least <= len(value) <= most:
            self.wrong("", f"“{where}” must be a list of {least} to {most}")

    def figure(self, figure) -> None:
        self.record(figure, "", FIGURE, ("key", "title", "view", "poses", "strip"))
        self.record(figure["title"], "title", WORDS, self.languages)
        if not isinstance(figure["poses"], dict) or not figure["poses"]:
            self.wrong("", "“poses” must be a group of poses")
        for name, pose in figure["poses"].items():
            self.pose(pose, name, figure["poses"])
        if figure.get("person", {}).get("clothes") == "skirt":
            self.skirt(figure["poses"])
        self.things(figure.get("props", []), "props")
        self.listed(figure["strip"], "strip", 1, len(NUMERALS))
        for count, frame in enumerate(figure["strip"], 1):
            self.frame(frame, f"frame {count}", figure["poses"])
        if "loop" in figure:
            self.loop(figure["loop"], figure["poses"])

    def pose(self, pose, name: str, poses: dict) -> None:
        where = f"pose “{name}”"
        table = POSE | {"preset": one_of(self.presets), "like": one_of(poses)}
        self.record(pose, where, table)
        seen, step = {name}, pose
        while "like" in step:
            if step["like"] in seen:
                self.wrong(where, f"“like” leads back to “{step['like']}”")
            seen.add(step["like"])
            step = poses[step["like"]]
            if not isinstance(step, dict) or step.get("like", name) not in poses:
                self.wrong(where, "“like” leads to a pose that is not one")
        if "preset" not in step and "position" not in step.get("pelvis", {}):
            self.wrong(where, "“preset” is missing, and the pelvis has no “position”")
        for limb in pose:
            if limb in ("arms", "arm_l", "arm_r", "legs", "leg_l", "leg_r"):
                planted = [part for part in ("foot", "knee_at") if part in pose[limb]]
                if len(planted) > 1:
                    self.wrong(f"{where}, {limb}", "has both “foot” and “knee_at”; choose one")

    def skirt(self, poses: dict) -> None:
        """Refuse a skirt on poses that it cannot be drawn on, such as kneeling."""
        for name, pose in poses.items():
            step = pose
            while "like" in step:
                step = poses[step["like"]]
            if step.get("preset") not in SKIRT_PRESETS:
                self.wrong(
                    "person",
                    f"a skirt is drawn on {' and '.join(SKIRT_PRESETS)} people only,"
                    f" and pose “{name}” is not one of them",
                )

    def frame(self, frame, where: str, poses: dict) -> None:
        named = one_of(poses)
        table = FRAME | {"pose": named, "ghost": named}
        self.record(frame, where, table, ("pose", "caption"))
        self.record(frame["caption"], f"{where}, caption", WORDS, self.languages)
        arrows = frame.get("arrows", [])
        if not isinstance(arrows, list):
            self.wrong(where, "“arrows” must be a list")
        for count, arrow in enumerate(arrows, 1):
            self.record(arrow, f"{where}, arrow {count}", ARROW, ("from", "to"))
            if arrow["from"] == arrow["to"]:
                self.wrong(f"{where}, arrow {count}", "ends where it starts")
        if "ghost_parts" in frame and "ghost" not in frame:
            self.wrong(where, "has “ghost_parts” and no “ghost”")
        if "mark" in frame:
            self.record(frame["mark"], f"{where}, mark", MARK, ("kind", "at"))
            if "highlight" in frame:
                self.wrong(
                    where, "has “highlight” and “mark”; the coloured back means movement only"
                )
        self.things(frame.get("props", []), f"{where}, props")

    def things(self, props, where: str) -> None:
        if not isinstance(props, list):
            self.wrong(where, "must be a list")
        for count, prop in enumerate(props, 1):
            place = f"{where} {count}"
            self.record(prop, place, PROP, ("kind",))
            kind = prop["kind"]
            needed = {"cushion": ("spine", "radii"), "pillow": ("at", "radii")}.get(kind, ("at",))
            self.record(prop, place, PROP, needed)
            if kind in PLACES and len(prop["at"]) != PLACES[kind]:
                self.wrong(place, f"“at” of a {kind} must be {PLACES[kind]} numbers")

    def loop(self, loop, poses: dict) -> None:
        self.record(loop, "loop", LOOP, ("poses", "seconds"))
        self.things(loop.get("props", []), "loop, props")
        names = loop["poses"]
        if not isinstance(names, list) or not 2 <= len(names) <= 8:
            self.wrong("loop", "“poses” must be a list of 2 to 8")
        for name in names:
            if not isinstance(name, str) or name not in poses:
                self.wrong("loop", f"there is no pose “{name}”")


def anything(_value):
    """Accept any value: a method of Checker checks it."""


POSE = {
    "preset": anything,
    "like": anything,
    "pelvis": PELVIS,
    "spine": SPINE,
    **dict.fromkeys(("arms", "arm_l", "arm_r"), ARM),
    **dict.fromkeys(("legs", "leg_l", "leg_r"), LEG),
    "solve": SOLVE,
    "crank": ANGLE,
}
FRAME = {
    "pose": anything,
    "caption": anything,
    "view": VIEW,
    "ghost": anything,
    "ghost_parts": one_of(GHOST_PARTS),
    "highlight": one_of(HIGHLIGHTS),
    "arrows": anything,
    "mark": anything,
    "props": anything,
    "sign": one_of(SIGN_SIZES),
}
LOOP = {
    "poses": anything,
    "seconds": number(1, 30),
    "round": flag,
    "props": anything,
    "view": VIEW,
    "highlight": one_of(HIGHLIGHTS),
}
FIGURE = {
    "key": text,
    "title": anything,
    "view": VIEW,
    "side": one_of(("left", "right")),
    "person": PERSON,
    "millimetres": number(20, 80),
    "props": anything,
    "poses": anything,
    "strip": anything,
    "loop": anything,
}
