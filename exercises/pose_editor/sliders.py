"""The sliders of the pose editor, and the figure that they describe.

A frame is a start position (preset) with a value for each slider. A slider runs from 0 to 100
between two words, and at first has the value of the start position. `figure_of` turns the settings
into the data that figures/checks.py describes. `settings_of` does the reverse for a figure that was
made here, and returns None for any other.

In a start position a hand, foot or knee may be fixed to a place. Moving a slider of that arm or leg
releases the limb, which from then on follows its sliders only.
"""

import math
from dataclasses import dataclass
from functools import cache

from django.utils.translation import gettext_lazy as _

from ..figures.checks import Checker
from ..figures.geometry import FORWARD, LEFT, UP, Frame, bend_forward, bend_left, dot, seen_from
from ..figures.poses import complete, expand, presets
from ..figures.skeleton import SIDES, Skeleton, three_angles
from ..figures.solver import solve

KEY = "own"  # the key in the data of every practice's figure, which has a uuid instead
MOST_FRAMES = 6
MOST = 100  # the highest value of a slider

PRESETS = {
    "standing": _("standing"),
    "step": _("standing, one foot on a step"),
    "sitting": _("sitting on a chair"),
    "half_kneeling": _("kneeling on one knee"),
    "hands_and_knees": _("on hands and knees"),
    "prone": _("lying on the stomach"),
    "lying_on_back": _("lying on the back, legs straight"),
    "hook_lying": _("lying on the back, knees bent"),
    "on_side": _("lying on the side"),
}
LYING_ON_BACK = ("lying_on_back", "hook_lying")


@dataclass(frozen=True, eq=False)  # hashed by identity, because the labels vary with the language
class Control:
    """One slider. `low` and `high` are the amounts at its ends, `middle` the amount at 50.

    An amount is in degrees or body heights. With `middle`, each half of the slider is linear.
    """

    name: str
    label: str
    low_end: str
    high_end: str
    low: float
    high: float
    middle: float | None = None
    presets: tuple[str, ...] = tuple(PRESETS)

    def amount(self, value: int) -> float:
        """The amount at this value of the slider."""
        if self.middle is None:
            return self.low + (self.high - self.low) * value / MOST
        end = self.high if value >= MOST / 2 else self.low
        return self.middle + (end - self.middle) * abs(value / MOST * 2 - 1)

    def value(self, amount: float) -> int:
        """The value of the slider nearest to this amount."""
        if self.middle is None:
            share = (amount - self.low) / (self.high - self.low)
        else:
            end = self.high if amount >= self.middle else self.low
            sign = 1 if amount >= self.middle else -1
            share = (1 + sign * (amount - self.middle) / (end - self.middle)) / 2
        return round(MOST * min(1.0, max(0.0, share)))


RIGHT, TO_THE_LEFT = _("to the right"), _("to the left")
ACROSS, OUTWARDS = _("across the body"), _("away from it")

# The whole body. The amounts are added to the start position.
LEANING = ("standing", "step", "sitting", "half_kneeling", *LYING_ON_BACK)
ON_FEET = ("standing", "step")
SWAYING = ("standing", "hands_and_knees")
ROLLING = ("hands_and_knees", "prone", "on_side", *LYING_ON_BACK)
KNEELING = ("hands_and_knees",)
SEATED = ("sitting",)
BODY = (
    Control("lean", _("Trunk"), _("leaning back"), _("leaning forward"), -25, 90, 0, LEANING),
    Control(
        "squat", _("Hips"), _("low, knees bent"), _("high, upright"), -0.25, 0.0, None, ON_FEET
    ),
    Control("rise", _("Buttocks"), _("on the seat"), _("standing up"), 0.0, 0.2, None, SEATED),
    Control("bridge", _("Buttocks"), _("on the mat"), _("lifted"), 0.0, 0.12, None, LYING_ON_BACK),
    Control(
        "sit_back", _("Buttocks"), _("above the knees"), _("on the heels"), 0, 71, None, KNEELING
    ),
    Control("sway", _("Hips sideways"), RIGHT, TO_THE_LEFT, -1.0, 1.0, 0, SWAYING),
    Control("roll", _("Turn the whole body"), RIGHT, TO_THE_LEFT, -90, 90, 0, ROLLING),
)

# The spine: the share of each slider in an angle of a region. The angles of a region are 0 flexion,
# 1 side bend and 2 twist.
SPINE = {
    Control("low_back", _("Low back"), _("hollow"), _("round"), -45, 90, 0): {("lumbar", 0): 1.0},
    Control("upper_back", _("Upper back"), _("stretched"), _("round"), -40, 50, 0): {
        ("thoracic", 0): 1.0
    },
    Control("side_bend", _("Bend the trunk sideways"), RIGHT, TO_THE_LEFT, -60, 60, 0): {
        ("lumbar", 1): 0.5,
        ("thoracic", 1): 0.5,
    },
    Control("twist", _("Twist the trunk"), RIGHT, TO_THE_LEFT, -60, 60, 0): {
        ("lumbar", 2): 0.35,
        ("thoracic", 2): 0.65,
    },
    Control("nod", _("Head up and down"), _("looking up"), _("chin to the chest"), -70, 70, 0): {
        ("neck", 0): 0.6,
        ("head", 0): 0.4,
    },
    Control("head_turn", _("Turn the head"), RIGHT, TO_THE_LEFT, -80, 80, 0): {
        ("neck", 2): 0.5,
        ("head", 2): 0.5,
    },
    Control("head_tilt", _("Tilt the head"), RIGHT, TO_THE_LEFT, -45, 45, 0): {
        ("neck", 1): 0.6,
        ("head", 1): 0.4,
    },
}


def _arm(side: str) -> tuple[Control, ...]:
    return (
        Control(f"arm_{side}_forward", _("Raise the arm"), _("backward"), _("overhead"), -50, 180),
        Control(f"arm_{side}_sideways", _("Arm sideways"), ACROSS, OUTWARDS, -40, 150, 0),
        Control(f"arm_{side}_turn", _("Turn the arm"), _("inward"), _("outward"), -90, 90, 0),
        Control(f"arm_{side}_elbow", _("Elbow"), _("straight"), _("bent"), 0, 145),
    )


def _leg(side: str) -> tuple[Control, ...]:
    return (
        Control(f"leg_{side}_hip", _("Raise the leg"), _("backward"), _("to the chest"), -30, 125),
        Control(f"leg_{side}_sideways", _("Leg sideways"), ACROSS, OUTWARDS, -30, 60, 0),
        Control(f"leg_{side}_turn", _("Turn the leg"), _("inward"), _("outward"), -50, 50, 0),
        Control(f"leg_{side}_knee", _("Knee"), _("straight"), _("bent"), 0, 145),
        Control(f"leg_{side}_ankle", _("Foot"), _("toes up"), _("toes pointed"), -25, 80),
    )


LIMBS = {"arm_l": _arm("l"), "arm_r": _arm("r"), "leg_l": _leg("l"), "leg_r": _leg("r")}
GROUPS = (
    ("body", _("Whole body"), BODY),
    ("spine", _("Back, neck and head"), tuple(SPINE)),
    ("arm_l", _("Left arm"), LIMBS["arm_l"]),
    ("arm_r", _("Right arm"), LIMBS["arm_r"]),
    ("leg_l", _("Left leg"), LIMBS["leg_l"]),
    ("leg_r", _("Right leg"), LIMBS["leg_r"]),
)
CONTROLS = {control.name: control for _key, _label, group in GROUPS for control in group}


# --- one pose -------------------------------------------------------------------------------------


@cache
def _start(preset: str) -> dict:
    return complete(expand({"preset": preset}))


@cache
def _start_skeleton(preset: str) -> Skeleton:
    return Skeleton.of(solve(_start(preset)))


def start_joints(preset: str) -> list:
    """The positions of the joints in a start position."""
    return list(_start_skeleton(preset).joints.values())


@cache
def rest(preset: str) -> dict[str, float]:
    """The amount of every slider in the start position."""
    amounts = {control.name: 0.0 for control in BODY}
    for control, shares in SPINE.items():
        amounts[control.name] = _in_spine(_start(preset)["spine"], shares)
    skeleton = _start_skeleton(preset)
    for side in SIDES:
        amounts |= _arm_angles(skeleton, side) | _leg_angles(skeleton, side)
    return amounts


@cache
def defaults(preset: str) -> dict[str, int]:
    """The value of every slider in the start position."""
    return {name: control.value(rest(preset)[name]) for name, control in CONTROLS.items()}


def _in_spine(spine: dict, shares: dict) -> float:
    return sum(three_angles(spine.get(region, 0))[axis] for region, axis in shares)


def _three(parent: Frame, bone: Frame, sign: float) -> list[float]:
    """The flexion, abduction and rotation from `parent` to `bone`, in degrees."""
    down = [-part for part in seen_from(parent, bone)[UP]]
    abduction = math.degrees(math.asin(max(-1.0, min(1.0, sign * down[LEFT]))))
    flexion = math.degrees(math.atan2(down[FORWARD], -down[UP]))
    unturned = bend_left(bend_forward(parent, -flexion), -sign * abduction)
    forward = bone[FORWARD]
    turn = math.atan2(dot(forward, unturned[LEFT]), dot(forward, unturned[FORWARD]))
    return [round(angle, 1) for angle in (flexion, abduction, sign * math.degrees(turn))]


def _bend(upper: Frame, lower: Frame) -> float:
    """The angle by which `lower` is bent forward from `upper`, in degrees."""
    up = lower[UP]
    return round(math.degrees(math.atan2(dot(up, upper[FORWARD]), dot(up, upper[UP]))), 1)


def _arm_angles(skeleton: Skeleton, side: str) -> dict[str, float]:
    frames = skeleton.frames
    upper, lower = frames[f"upper_arm_{side}"], frames[f"forearm_{side}"]
    angles = [*_three(frames["chest"], upper, SIDES[side]), -_bend(upper, lower)]
    return _named(f"arm_{side}", angles)


def _leg_angles(skeleton: Skeleton, side: str) -> dict[str, float]:
    frames = skeleton.frames
    upper, lower, foot = (frames[f"{bone}_{side}"] for bone in ("thigh", "shank", "foot"))
    hip = _three(frames["pelvis"], upper, SIDES[side])
    angles = [*hip, _bend(upper, lower), _bend(lower, foot)]
    return _named(f"leg_{side}", angles)


def _named(limb: str, angles: list[float]) -> dict[str, float]:
    return {c.name: angle for c, angle in zip(LIMBS[limb], angles, strict=True)}


def pose_of(preset: str, values: dict[str, int]) -> dict:
    """The pose for these values of the sliders, with only the parts that differ from the preset."""
    start, unmoved = _start(preset), defaults(preset)
    moved = {
        name: round(control.amount(values[name]), 3)
        for name, control in CONTROLS.items()
        if preset in control.presets and values.get(name, unmoved[name]) != unmoved[name]
    }
    pose = {"preset": preset} | _body(preset, moved)
    spine = {region: list(angles) for region, angles in start["spine"].items()}
    for control, shares in SPINE.items():
        if control.name in moved:
            more = moved[control.name] - rest(preset)[control.name]
            for (region, axis), share in shares.items():
                spine[region][axis] = round(spine[region][axis] + share * more, 2)
    changed = {r: angles for r, angles in spine.items() if angles != start["spine"][r]}
    if changed:
        pose["spine"] = changed
    for limb, controls in LIMBS.items():
        if any(control.name in moved for control in controls):
            pose[limb] = _freed(limb, [moved.get(c.name, rest(preset)[c.name]) for c in controls])
    return pose


def _freed(limb: str, angles: list[float]) -> dict:
    if limb.startswith("arm"):
        return {"reset": True, "shoulder": angles[:3], "elbow": angles[3]}
    return {"reset": True, "hip": angles[:3], "knee": angles[3], "ankle": angles[4]}


def _body(preset: str, moved: dict[str, float]) -> dict:
    """The parts of the pose that the sliders of the whole body change, from their amounts."""
    start = _start(preset)
    (x, y, z), pelvis, pose = start["pelvis"]["position"], {}, {}
    if "lean" in moved:
        pelvis["pitch"] = start["pelvis"]["pitch"] + moved["lean"]
    if "roll" in moved:
        pelvis["roll"] = start["pelvis"]["roll"] + moved["roll"]
    if "sway" in moved:
        y += 0.05 * moved["sway"]
        if preset == "hands_and_knees":  # the pelvis turns along
            pelvis["yaw"] = -22 * moved["sway"]
    if "squat" in moved:  # the hips go down and backward
        x, z = x + 0.45 * moved["squat"], z + moved["squat"]
    if "rise" in moved:  # the hips go up and forward
        x, z = x + moved["rise"], z + moved["rise"]
    if "bridge" in moved:  # the shoulders and hands stay on the mat
        z += moved["bridge"]
        height = _shoulder_height(preset)
        for side in SIDES:
            wrist = [round(part, 3) for part in _start_skeleton(preset).joints[f"wrist_{side}"]]
            pose[f"arm_{side}"] = {"reset": True, "hand": wrist, "pole": [0, SIDES[side], 1]}
        pose["solve"] = {"free": ["pelvis.pitch"], "goals": [["shoulder_height", height]]}
    if "sit_back" in moved:
        share = moved["sit_back"] / CONTROLS["sit_back"].high
        x, z = x - 0.17 * share, z - 0.14 * share
        pelvis["pitch"] = start["pelvis"]["pitch"] - 24 * share
        height = _shoulder_height(preset)
        pose["arms"] = {"pole": [-0.3, 0.9, 0.3]}
        pose["solve"] = {
            "free": ["pelvis.x", "pelvis.z", "pelvis.pitch"],
            "goals": [
                "knees",
                ["thigh_lean", moved["sit_back"]],
                ["shoulder_height", round(height + (0.12 - height) * share, 4)],
            ],
        }
    if (x, y, z) != tuple(start["pelvis"]["position"]):
        pelvis["position"] = [round(part, 4) for part in (x, y, z)]
    for angle in pelvis.keys() - {"position"}:
        pelvis[angle] = round(pelvis[angle], 2)
    return ({"pelvis": pelvis} if pelvis else {}) | pose


def _shoulder_height(preset: str) -> float:
    joints = _start_skeleton(preset).joints
    return round((joints["shoulder_l"][2] + joints["shoulder_r"][2]) / 2, 4)


def values_of(pose: dict) -> dict[str, int]:
    """The values of the sliders for a pose that `pose_of` made."""
    preset = pose["preset"]
    start, values = _start(preset), dict(defaults(preset))
    pelvis = {**start["pelvis"], **pose.get("pelvis", {})}
    positions = zip(pelvis["position"], start["pelvis"]["position"], strict=True)
    shift = [now - then for now, then in positions]
    goals = dict(goal for goal in pose.get("solve", {}).get("goals", []) if isinstance(goal, list))
    amounts = {
        "lean": pelvis["pitch"] - start["pelvis"]["pitch"],
        "roll": pelvis["roll"] - start["pelvis"]["roll"],
        "sway": shift[1] / 0.05,
        "squat": shift[2],
        "rise": shift[2],
        "bridge": shift[2],
        "sit_back": goals.get("thigh_lean", 0.0),
    }
    spine = {**start["spine"], **pose.get("spine", {})}
    for control, shares in SPINE.items():
        amounts[control.name] = _in_spine(spine, shares)
    for limb, controls in LIMBS.items():
        free = pose.get(limb, {})
        angles = free.get("shoulder") or free.get("hip")
        if angles:
            angles = [*angles, *(free[part] for part in ("elbow", "knee", "ankle") if part in free)]
            amounts |= {c.name: angle for c, angle in zip(controls, angles, strict=True)}
    for name, amount in amounts.items():
        if preset in CONTROLS[name].presets:
            values[name] = CONTROLS[name].value(amount)
    return values


# --- the camera, the person, the things and the signs ---------------------------------------------

VIEWS = {
    "side": (_("from the side"), [0, 4]),
    "back_side": (_("from the side, slightly from behind"), [-22, 9]),
    "front_side": (_("from the side, slightly from the front"), [26, 10]),
    "front": (_("from the front"), [90, 6]),
    "back": (_("from behind"), [-90, 6]),
    "high": (_("from the side and above"), [28, 34]),
    "above": (_("from above"), [0, 88]),
    "feet": (_("from the feet, slightly from above"), [64, 40]),
    "other_side": (_("from the other side"), [180, 4]),
}
CAMERA_TURN = Control(
    "camera_turn",
    _("Camera around the body"),
    _("towards the back"),
    _("towards the front"),
    -180,
    180,
    0,
)
CAMERA_HEIGHT = Control(
    "camera_height", _("Camera height"), _("at floor height"), _("from above"), 0, 88
)

BUILDS = {"slim": (_("slim"), 0.92), "average": (_("average"), 1.0), "broad": (_("broad"), 1.13)}
HAIRS = {
    "short": _("short hair"),
    "bun": _("hair in a bun"),
    "tail": _("hair in a tail"),
    "bald": _("bald"),
}
CLOTHES = {"trousers": _("long trousers"), "shorts": _("shorts")}
SIDES_SHOWN = {"": _("both sides, or neither"), "left": _("left"), "right": _("right")}

THINGS = {
    "fitting": _("what suits the position"),
    "none": _("nothing"),
    "mat": _("a mat"),
    "shadow": _("a floor"),
    "chair": _("a chair"),
    "step": _("a step"),
}
OTHER_THINGS = {"standing": "shadow", "step": "step", "sitting": "chair"}
FITTING = dict.fromkeys(PRESETS, "mat") | OTHER_THINGS

PLACES = {
    "low_back": _("low back"),
    "mid_back": _("upper back"),
    "sacrum": _("sacrum"),
    "buttocks": _("buttocks"),
    "belly": _("belly"),
    "chest": _("chest"),
    "crown": _("head"),
    "shoulder_l": _("left shoulder"),
    "shoulder_r": _("right shoulder"),
    "elbow_l": _("left elbow"),
    "elbow_r": _("right elbow"),
    "hand_l": _("left hand"),
    "hand_r": _("right hand"),
    "hip_l": _("left hip"),
    "hip_r": _("right hip"),
    "knees": _("both knees"),
    "knee_l": _("left knee"),
    "knee_r": _("right knee"),
    "ankle_l": _("left ankle"),
    "ankle_r": _("right ankle"),
    "heel_l": _("left heel"),
    "heel_r": _("right heel"),
    "toe_l": _("left toes"),
    "toe_r": _("right toes"),
}
# Begin and end of the arrow, each to the right of and above the place on the picture, in body
# heights; then its bend.
WAYS = {
    "up": (_("up"), (0, 0.03), (0, 0.18), 0),
    "down": (_("down, towards it"), (0, 0.2), (0, 0.05), 0),
    "down_from": (_("down, away from it"), (0, -0.03), (0, -0.18), 0),
    "left": (_("to the left on the picture"), (-0.04, 0.02), (-0.2, 0.02), 0),
    "right": (_("to the right on the picture"), (0.04, 0.02), (0.2, 0.02), 0),
    "curve_left": (_("in a curve over it, to the left"), (0.1, 0.07), (-0.1, 0.07), -0.35),
    "curve_right": (_("in a curve over it, to the right"), (-0.1, 0.07), (0.1, 0.07), 0.35),
    "to_and_fro": (_("to and fro"), (-0.1, 0.1), (0.1, 0.1), 0),
}
HIGHLIGHTS = {"": _("nothing"), "low_back": _("the low back moves")}


def arrow_of(place: str, way: str) -> dict:
    _label, start, end, bend = WAYS[way]
    arrow = {"from": [place, *start], "to": [place, *end]}
    if bend:
        arrow["bend"] = bend
    if way == "to_and_fro":
        arrow["both"] = True
    return arrow


@cache
def _extent(preset: str) -> tuple[float, float]:
    """The lowest and highest x of the start position, with some space, in body heights."""
    xs = [point[0] for point in start_joints(preset)]
    return round(min(xs) - 0.1, 2), round(max(xs) + 0.13, 2)


def things_of(things: str, preset: str) -> list[dict]:
    """The props of a frame with this start position, as figures/checks.py describes them."""
    kind = FITTING[preset] if things == "fitting" else things
    start, end = _extent(preset)
    middle = round((start + end) / 2, 2)
    floor = {"kind": "shadow", "at": [middle, 0, max(0.22, round((end - start) / 2, 2)), 0.17]}
    if kind == "mat":
        return [{"kind": "mat", "at": [start, end, -0.19, 0.19]}]
    if kind == "shadow":
        return [floor]
    if kind == "chair" and preset == "sitting":
        return [floor, {"kind": "chair", "at": [-0.128, 0.16, -0.14, 0.14, 0.262, 0.64]}]
    if kind == "chair":  # in front of the body, to hold on to
        return [floor, {"kind": "chair", "at": [0.3, 0.58, -0.14, 0.14, 0.262, 0.56]}]
    if kind == "step":
        return [floor, {"kind": "box", "at": [0.145, 0.37, -0.12, 0.14, 0, 0.1]}]
    return []


# --- a whole figure -------------------------------------------------------------------------------


def new_frame(preset: str = "hands_and_knees") -> dict:
    """The settings of a new frame."""
    empty = dict.fromkeys(("caption_nl", "caption_en", "highlight", "arrow_at", "arrow_way"), "")
    return {"preset": preset, **defaults(preset), **empty, "ghost": False}


def new_settings() -> dict:
    """The settings of a new figure."""
    return {
        "title_nl": "",
        "title_en": "",
        "view": "back_side",
        "camera_turn": CAMERA_TURN.value(-22),
        "camera_height": CAMERA_HEIGHT.value(9),
        "build": "average",
        "hair": "short",
        "clothes": "trousers",
        "things": "fitting",
        "side": "",
        "loop": False,
        "frames": [new_frame()],
    }


def _words(settings: dict, name: str) -> dict:
    """The texts in Dutch, and in English where there is one."""
    return {
        language: settings[f"{name}_{language}"]
        for language in ("nl", "en")
        if settings[f"{name}_{language}"] or language == "nl"
    }


def _view(settings: dict) -> list[float]:
    if settings["view"] in VIEWS:
        return list(VIEWS[settings["view"]][1])
    return [
        round(CAMERA_TURN.amount(settings["camera_turn"]), 1),
        round(CAMERA_HEIGHT.amount(settings["camera_height"]), 1),
    ]


def figure_of(settings: dict) -> dict:
    """The data of the figure with these settings. `check` validates it."""
    frames = settings["frames"]
    data = {
        "key": KEY,
        "title": _words(settings, "title"),
        "view": _view(settings),
        "person": {
            "build": BUILDS[settings["build"]][1],
            "hair": settings["hair"],
            "clothes": settings["clothes"],
        },
        "poses": {str(i): pose_of(f["preset"], f) for i, f in enumerate(frames, 1)},
        "strip": [_frame(i, f, settings["things"]) for i, f in enumerate(frames, 1)],
    }
    if settings["side"]:
        data["side"] = settings["side"]
    if settings["loop"] and len(frames) > 1:
        data["loop"] = {"poses": list(data["poses"]), "seconds": 2.5 * len(frames)}
        if any(frame["highlight"] for frame in frames):
            data["loop"]["highlight"] = "low_back"
    return data


def _frame(number: int, frame: dict, things: str) -> dict:
    data = {"pose": str(number), "caption": _words(frame, "caption")}
    if props := things_of(things, frame["preset"]):
        data["props"] = props
    if frame["highlight"]:
        data["highlight"] = frame["highlight"]
    if frame["arrow_at"] and frame["arrow_way"]:
        data["arrows"] = [arrow_of(frame["arrow_at"], frame["arrow_way"])]
    if frame["ghost"] and number > 1:
        data["ghost"] = "1"
    return data


def settings_of(data: dict) -> dict | None:
    """The settings of this figure; None when the sliders cannot express it."""
    try:
        settings = _settings(data)
        return settings if figure_of(settings) == data else None
    except (KeyError, TypeError, ValueError, IndexError, StopIteration):
        return None


def _settings(data: dict) -> dict:
    azimuth, elevation = data["view"]
    views = [name for name, (_label, view) in VIEWS.items() if view == data["view"]]
    settings = {
        "title_nl": data["title"]["nl"],
        "title_en": data["title"].get("en", ""),
        "view": views[0] if views else "own",
        "camera_turn": CAMERA_TURN.value(azimuth),
        "camera_height": CAMERA_HEIGHT.value(elevation),
        "build": next(n for n, (_l, b) in BUILDS.items() if b == data["person"]["build"]),
        "hair": data["person"]["hair"],
        "clothes": data["person"]["clothes"],
        "side": data.get("side", ""),
        "loop": "loop" in data,
        "frames": [_frame_settings(data["poses"][f["pose"]], f) for f in data["strip"]],
    }
    settings["things"] = next(
        things
        for things in THINGS
        if all(
            things_of(things, frame["preset"]) == drawn.get("props", [])
            for frame, drawn in zip(settings["frames"], data["strip"], strict=True)
        )
    )
    return settings


def _frame_settings(pose: dict, frame: dict) -> dict:
    arrow = {"arrow_at": "", "arrow_way": ""}
    for drawn in frame.get("arrows", []):
        place = drawn["from"][0]
        way = next(way for way in WAYS if arrow_of(place, way) == drawn)
        arrow = {"arrow_at": place, "arrow_way": way}
    return {
        "preset": pose["preset"],
        **values_of(pose),
        "caption_nl": frame["caption"]["nl"],
        "caption_en": frame["caption"].get("en", ""),
        "highlight": frame.get("highlight", ""),
        "ghost": "ghost" in frame,
        **arrow,
    }


def check(data: dict) -> None:
    """Raise ValueError if `data` is not a figure. Texts in English may be missing."""
    Checker("figure", presets(), languages=("nl",)).figure(data)
