"""The volumes of all parts of the body, as round cones and ellipsoids around the skeleton.

Radii and offsets are in body heights, and were adjusted by eye to photographs. A position on the
spine is a number: 0 is S1, 5 is L1, 13 is C7; negative positions are in the pelvis.
"""

import itertools
import math

from .geometry import Frame, Vector, add, between, offset, scale, unit
from .shapes import Cone, Ellipsoid
from .skeleton import SIDES, Skeleton

# (position on the spine, half width, depth in front of the spine, depth behind it)
TRUNK = (
    (-2.4, 0.062, 0.060, 0.012),
    (-1, 0.087, 0.074, 0.026),
    (0, 0.090, 0.078, 0.033),
    (1, 0.086, 0.078, 0.032),
    (2, 0.079, 0.077, 0.031),
    (3, 0.075, 0.074, 0.031),
    (4, 0.075, 0.071, 0.033),
    (5, 0.078, 0.071, 0.036),
    (7, 0.086, 0.078, 0.041),
    (9, 0.091, 0.083, 0.043),
    (11, 0.088, 0.073, 0.041),
    (12, 0.074, 0.054, 0.037),
    (13, 0.046, 0.036, 0.033),
)
# (share of the bone, radius, offset forward)
UPPER_ARM = ((0, 0.0332, 0), (0.25, 0.0322, 0), (0.6, 0.0280, 0.001), (1, 0.0240, 0))
FOREARM = ((0, 0.0240, 0), (0.25, 0.0258, 0), (0.6, 0.0215, 0), (1, 0.0165, 0))
THIGH = ((0, 0.0520, -0.002), (0.25, 0.0515, 0.003), (0.7, 0.0415, 0.003), (1, 0.0355, 0))
SHANK = ((0, 0.0355, 0), (0.28, 0.0345, -0.008), (0.6, 0.0270, -0.004), (1, 0.0215, 0))

# From index to little finger: its offset towards the thumb, and the distance from wrist to tip.
FINGERS = ((0.0160, 0.101), (0.0058, 0.107), (-0.0046, 0.103), (-0.0146, 0.091))
FINGER = 0.0076  # radius

SKIRT_AT_HIP, SKIRT_AT_KNEE = 0.056, 0.060  # radii around the thighs

SLICE = 0.4  # distance between the ellipsoids of the trunk, in vertebrae
SLICES = tuple(-2.4 + SLICE * i for i in range(39))
SACRUM_HEIGHT = 0.0215  # one step below S1
LIMB_CONES = 7


def girth(position: float) -> list[float]:
    """Half width, front and back of the trunk at a position on the spine."""
    return _along(TRUNK, position)


def spine_at(skeleton: Skeleton, position: float) -> tuple[Vector, Frame]:
    """The point and frame at a position on the spine."""
    nodes = skeleton.spine
    if position < 0:
        pelvis = skeleton.frames["pelvis"]
        return add(nodes[0][0], scale(pelvis[2], position * SACRUM_HEIGHT)), pelvis
    i = min(len(nodes) - 2, int(position))
    (start, start_frame), (end, end_frame) = nodes[i], nodes[i + 1]
    t = position - i
    frame = tuple(unit(between(a, b, t)) for a, b in zip(start_frame, end_frame, strict=True))
    return between(start, end, t), frame


def back_at(skeleton: Skeleton, position: float, depth: float = 0.0) -> Vector:
    """The point on the skin of the back at a position on the spine, or `depth` below the skin."""
    point, frame = spine_at(skeleton, position)
    return offset(point, frame, forward=depth - girth(position)[2])


def finger_lines(skeleton: Skeleton, side: str) -> list[tuple[Vector, Vector]]:
    """The lines between the fingers, each from knuckle to tip."""
    sign, frame, wrist = (
        SIDES[side],
        skeleton.frames[f"hand_{side}"],
        skeleton.joints[f"wrist_{side}"],
    )
    lines = []
    for (left, tip), (next_left, next_tip) in itertools.pairwise(FINGERS):
        aside, end = (left + next_left) / 2 * sign, min(tip, next_tip)
        lines.append(
            (
                offset(wrist, frame, up=-0.066, left=aside * 0.95, forward=0.002),
                offset(wrist, frame, up=0.004 - end, left=aside, forward=0.004),
            )
        )
    return lines


def volumes(skeleton: Skeleton, build: float = 1.0) -> dict[str, list]:
    """The shapes of all parts except the trunk, by name. Names of a side end in _l or _r."""
    parts = _head(skeleton)
    for side, sign in SIDES.items():
        parts |= _arm(skeleton, side, sign, build)
        parts |= _leg(skeleton, side, build)
    return parts


def skirt(skeleton: Skeleton, build: float = 1.0) -> list[Cone]:
    """The cloth over and between both thighs, wider towards the knees. It is shortened later."""
    joints = skeleton.joints
    wider = 1 + (build - 1) * 0.7
    return [
        Cone(
            between(joints["hip_l"], joints["hip_r"], share),
            SKIRT_AT_HIP * wider,
            between(joints["knee_l"], joints["knee_r"], share),
            SKIRT_AT_KNEE * wider,
        )
        for share in (0, 0.25, 0.5, 0.75, 1)
    ]


def trunk(skeleton: Skeleton, build: float = 1.0) -> dict[str, list]:
    """The trunk in groups that blend smoothly into each other."""
    pelvis, frame = skeleton.joints["pelvis"], skeleton.frames["pelvis"]
    buttocks = [
        Ellipsoid(
            offset(pelvis, frame, forward=-0.024, left=sign * 0.040), frame, (0.049, 0.051, 0.052)
        )
        for sign in SIDES.values()
    ]
    groin = [
        Ellipsoid(offset(pelvis, frame, forward=0.004, up=-0.020), frame, (0.052, 0.070, 0.040))
    ]
    return {
        "slices": [_slice(skeleton, position, build) for position in SLICES],
        "buttocks": buttocks,
        "groin": groin,
        "shoulders": _shoulders(skeleton),
    }


def _slice(skeleton: Skeleton, position: float, build: float) -> Ellipsoid:
    point, frame = spine_at(skeleton, position)
    width, front, back = girth(position)
    waist = math.exp(-(((position - 2.5) / 4.5) ** 2))  # a heavier build is widest at the waist
    extra = build - 1
    width *= 1 + extra * (0.6 + 0.7 * waist)
    front *= 1 + extra * (0.5 + 1.3 * waist)
    back *= 1 + extra * 0.4
    centre = offset(point, frame, forward=(front - back) / 2)
    return Ellipsoid(centre, frame, ((front + back) / 2, width, 0.034))


def _shoulders(skeleton: Skeleton) -> list[Cone]:
    """Trapezius, latissimus and pectoral, from the shoulder joint to the trunk."""
    nape, nape_frame = skeleton.spine[-1]
    ribs, ribs_frame = spine_at(skeleton, 7.5)
    blade, blade_frame = spine_at(skeleton, 10.5)
    neck_root = offset(nape, nape_frame, forward=0.006, up=-0.016)
    cones = []
    for side, sign in SIDES.items():
        joint = skeleton.joints[f"shoulder_{side}"]
        flank = offset(ribs, ribs_frame, forward=0.016, left=sign * 0.036)
        chest = offset(blade, blade_frame, forward=0.012, left=sign * 0.03)
        cones += [
            Cone(neck_root, 0.033, joint, 0.0345),
            Cone(joint, 0.0335, flank, 0.050),
            Cone(joint, 0.0330, chest, 0.045),
        ]
    return cones


def _head(skeleton: Skeleton) -> dict[str, list]:
    centre, frame = skeleton.joints["head"], skeleton.frames["head"]
    nape, nape_frame = skeleton.spine[-1]

    def at(**place):
        return offset(centre, frame, **place)

    throat = offset(nape, nape_frame, forward=0.012, up=-0.016)
    return {
        "neck": [Cone(throat, 0.037, at(forward=-0.010, up=-0.028), 0.0325)],
        "head": [
            Ellipsoid(at(up=0.013, forward=-0.004), frame, (0.055, 0.0465, 0.052)),
            Ellipsoid(at(forward=0.015, up=-0.020), frame, (0.036, 0.0395, 0.042)),
            Cone(at(forward=0.030, up=-0.046), 0.0140, at(forward=0.020, up=-0.046), 0.020),
        ],
        "nose": [Cone(at(forward=0.046, up=-0.002), 0.006, at(forward=0.0575, up=-0.0165), 0.0062)],
    }


def _arm(skeleton: Skeleton, side: str, sign: float, build: float) -> dict[str, list]:
    joints, frames = skeleton.joints, skeleton.frames
    shoulder, elbow, wrist = (joints[f"{j}_{side}"] for j in ("shoulder", "elbow", "wrist"))
    frame = frames[f"hand_{side}"]

    def at(**place):
        return offset(wrist, frame, **place)

    upper = _limb(shoulder, elbow, frames[f"upper_arm_{side}"], UPPER_ARM, 1 + (build - 1) * 0.8)
    lower = _limb(elbow, wrist, frames[f"forearm_{side}"], FOREARM, 1 + (build - 1) * 0.5)
    palm = Ellipsoid(at(up=-0.028, forward=0.001), frame, (0.0125, 0.0225, 0.034))
    heel = Cone(wrist, 0.0160, at(up=-0.022), 0.0140)
    knuckle = at(up=-0.036, left=0.030 * sign, forward=0.003)
    thumb = [
        Cone(at(up=-0.014, left=0.012 * sign), 0.0100, knuckle, 0.0082),
        Cone(knuckle, 0.0082, at(up=-0.060, left=0.037 * sign, forward=0.005), 0.0066),
    ]
    fingers = [
        Cone(
            at(up=-0.050, left=left * sign * 0.9, forward=0.001),
            FINGER * 1.12,
            at(up=-tip + FINGER, left=left * sign, forward=0.004),
            FINGER * 0.92,
        )
        for left, tip in FINGERS
    ]
    return {
        f"upper_arm_{side}": upper,
        f"forearm_{side}": lower,
        f"hand_{side}": [palm, heel, *thumb, *fingers],
    }


def _leg(skeleton: Skeleton, side: str, build: float) -> dict[str, list]:
    joints, frames = skeleton.joints, skeleton.frames
    hip, knee, ankle = (joints[f"{j}_{side}"] for j in ("hip", "knee", "ankle"))
    frame = frames[f"foot_{side}"]
    heel = offset(ankle, frame, forward=-0.022, up=-0.018)
    ball = offset(ankle, frame, forward=0.074, up=-0.025)
    toe = offset(ankle, frame, forward=0.102, up=-0.0275)
    return {
        f"thigh_{side}": _limb(hip, knee, frames[f"thigh_{side}"], THIGH, 1 + (build - 1) * 0.7),
        f"shank_{side}": _limb(knee, ankle, frames[f"shank_{side}"], SHANK, 1 + (build - 1) * 0.5),
        f"foot_{side}": [
            Cone(offset(ankle, frame, up=0.004), 0.0200, heel, 0.0195),
            Cone(ankle, 0.0205, ball, 0.0150),
            Cone(heel, 0.0195, ball, 0.0145),
            Ellipsoid(between(ball, toe, 0.3), frame, (0.034, 0.0235, 0.0125)),
            Cone(ball, 0.0140, toe, 0.0108),
        ],
    }


def _limb(start: Vector, end: Vector, frame: Frame, table, thickness: float) -> list[Cone]:
    """A chain of round cones whose radius follows the table smoothly."""
    balls = []
    for i in range(LIMB_CONES + 1):
        radius, forward = _along(table, i / LIMB_CONES)
        centre = offset(between(start, end, i / LIMB_CONES), frame, forward=forward)
        balls.append((centre, radius * thickness))
    return [Cone(*a, *b) for a, b in itertools.pairwise(balls)]


def _along(table, position: float) -> list[float]:
    """The columns of a table at a position, by cubic Hermite interpolation."""
    if position <= table[0][0]:
        return list(table[0][1:])
    for i, (low, high) in enumerate(itertools.pairwise(table)):
        if position <= high[0] + 1e-9:
            before, after = table[max(0, i - 1)], table[min(len(table) - 1, i + 2)]
            span = high[0] - low[0]
            t = (position - low[0]) / span
            columns = []
            for k in range(1, len(low)):
                rise = (high[k] - before[k]) / (high[0] - before[0]) * span
                fall = (after[k] - low[k]) / (after[0] - low[0]) * span
                columns.append(
                    (2 * t**3 - 3 * t * t + 1) * low[k]
                    + (t**3 - 2 * t * t + t) * rise
                    + (3 * t * t - 2 * t**3) * high[k]
                    + (t**3 - t * t) * fall
                )
            return columns
    return list(table[-1][1:])
