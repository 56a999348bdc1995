"""A human skeleton: the position of every joint and the direction of every bone in a pose.

The unit of length is the height of the body, so 0.245 is 43 cm for a person of 1.75 m. Angles are
in degrees.

    pelvis   position [x, y, z] of the middle between the hip joints; yaw turns to the own left,
             pitch bends forward (90 lies face down, -90 face up), roll turns about the own long
             axis to the left, tilt leans to the left; applied in this order
    spine    lumbar, thoracic, neck, head: flexion, or [flexion, side bend, twist]. Flexion is
             positive (Dutch "bol"), extension negative ("hol"); side and twist are positive to the
             own left. The numbers are added to the resting curves below and divided over the
             vertebrae. They are for drawing, and not the same as measured joint angles.
    arm      free: shoulder [flexion, abduction, rotation], elbow, wrist, pronation
             planted: hand [x, y] or [x, y, z] of the wrist
    leg      free: hip [flexion, abduction, rotation], knee, ankle (positive points the toes)
             planted: foot [x, y(, z)] of the ankle, or kneeling: knee [x, y(, z)]

A planted limb bends towards `pole`, a direction in the world. Without z, a planted joint rests on
the floor. Abduction and rotation have the same sign on the left and on the right.
"""

import math
from dataclasses import dataclass, field

from .geometry import (
    UP,
    WORLD,
    Frame,
    Vector,
    add,
    bend_forward,
    bend_left,
    cross,
    frame_along,
    length,
    offset,
    placed_in,
    scale,
    subtract,
    turn_left,
    two_bone_reach,
    unit,
)

# Drillis and Contini 1966, from Winter, Biomechanics and Motor Control of Human Movement, fig. 4.1.
THIGH, SHANK = 0.245, 0.246
UPPER_ARM, FOREARM = 0.186, 0.146
HAND, FOOT = 0.108, 0.152
# Half the distance between the joints. Winter's hip breadth .191 and shoulder breadth .259 run
# over skin and muscle; the joints lie inside them (our own estimate, checked by eye).
HIP_HALF, SHOULDER_HALF = 0.047, 0.101

# The height of the centre of a joint whose part rests on the floor: our own estimate from the radii
# of the limbs in body.py.
REST_HEIGHT = {"knee": 0.036, "wrist": 0.019, "ankle": 0.039, "ankle_pointed": 0.027}


@dataclass(frozen=True)
class Region:
    """A region of the spine: its number of vertebrae, the height of each, and the resting curve."""

    vertebrae: int
    height: float
    curve: float


SPINE = {
    "lumbar": Region(5, 0.0215, -24.0),
    "thoracic": Region(8, 0.0205, 30.0),
    "neck": Region(3, 0.0205, -8.0),
}
SACRAL_SLOPE = 13.0
HEAD_CURVE = -11.0

SIDES = {"l": 1.0, "r": -1.0}
ARM_BONES = ("upper_arm", "forearm", "hand")
LEG_BONES = ("thigh", "shank", "foot")


@dataclass
class Skeleton:
    """The joints and bones of a pose, with names such as "knee_l" and "shank_l"."""

    joints: dict[str, Vector] = field(default_factory=dict)
    frames: dict[str, Frame] = field(default_factory=dict)
    # (point, frame) of every joint from S1 (index 0) over L1 (5) to C7 (13).
    spine: list[tuple[Vector, Frame]] = field(default_factory=list)
    # Distance from shoulder to planted hand, and from hip to planted knee.
    arm_spans: dict[str, float] = field(default_factory=dict)
    thigh_spans: dict[str, float] = field(default_factory=dict)
    # The distance of a planted part from its place.
    misses: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, pose: dict) -> "Skeleton":
        """The skeleton of a pose, by forward kinematics: pelvis, then spine, then limbs."""
        skeleton = cls()
        skeleton._place_pelvis(pose["pelvis"])
        skeleton._place_spine(pose.get("spine", {}))
        for side, sign in SIDES.items():
            skeleton._place_arm(side, sign, pose.get(f"arm_{side}", {}))
            skeleton._place_leg(side, sign, pose.get(f"leg_{side}", {}))
        return skeleton

    def _place_pelvis(self, pelvis: dict) -> None:
        frame = turn_left(WORLD, pelvis.get("yaw", 0))
        frame = bend_forward(frame, pelvis.get("pitch", 0))
        frame = turn_left(frame, pelvis.get("roll", 0))
        frame = bend_left(frame, pelvis.get("tilt", 0))
        self.joints["pelvis"] = tuple(pelvis["position"])
        self.frames["pelvis"] = frame

    def _place_spine(self, angles: dict) -> None:
        pelvis = self.frames["pelvis"]
        point = offset(self.joints["pelvis"], pelvis, forward=-0.020, up=0.045)
        node = (point, bend_forward(pelvis, SACRAL_SLOPE))
        self.spine = [node]
        for region in ("lumbar", "thoracic"):
            self.spine += _vertebrae(self.spine[-1], SPINE[region], angles.get(region, 0))
        neck = _vertebrae(self.spine[-1], SPINE["neck"], angles.get("neck", 0))
        # The arms and the rib cage follow the vertebra two below C7.
        self.joints["chest"], self.frames["chest"] = self.spine[-3]
        point, frame = neck[-1]
        flexion, side_bend, twist = three_angles(angles.get("head", 0))
        head = turn_left(bend_left(bend_forward(frame, HEAD_CURVE + flexion), side_bend), twist)
        self.frames["head"] = head
        self.joints["head"] = offset(point, head, forward=0.010, up=0.030)

    def _place_arm(self, side: str, sign: float, arm: dict) -> None:
        chest = self.frames["chest"]
        root = offset(
            self.joints["chest"],
            chest,
            forward=0.016,
            left=sign * (SHOULDER_HALF - 0.004),
            up=0.004,
        )
        if "turned" in arm:
            upper, lower, hand = (placed_in(chest, local) for local in arm["turned"])
            direction = scale(upper[UP], -1)
        elif "hand" in arm:
            target = _on_floor(arm["hand"], "wrist")
            direction = unit(subtract(target, root))
        else:
            flexion, abduction, rotation = three_angles(arm.get("shoulder", 0))
            upper = bend_left(bend_forward(chest, -flexion), -sign * abduction)
            upper = turn_left(upper, sign * rotation)
            lower = bend_forward(upper, -arm.get("elbow", 0))
            direction = scale(upper[UP], -1)
        # The shoulder girdle moves with the arm; without this a raised arm looks dislocated.
        shoulder = add(root, scale(add(direction, chest[UP]), 0.018))
        if "hand" in arm and "turned" not in arm:
            pole = tuple(arm.get("pole", (-1, sign * 0.35, 0)))
            elbow, wrist, bend, miss = two_bone_reach(shoulder, target, UPPER_ARM, FOREARM, pole)
            self.arm_spans[side] = length(subtract(target, shoulder))
            self.misses[f"hand_{side}"] = max(0.0, miss)
            upper = frame_along(subtract(shoulder, elbow), scale(bend, -1))
            lower = frame_along(subtract(elbow, wrist), scale(bend, -1))
        else:
            elbow = add(shoulder, scale(upper[UP], -UPPER_ARM))
            wrist = add(elbow, scale(lower[UP], -FOREARM))
        if "turned" not in arm:
            hand = _hand_frame(arm, lower, sign)
        self._name("shoulder", "elbow", "wrist", side=side, points=(shoulder, elbow, wrist))
        self._frame(ARM_BONES, side, (upper, lower, hand))

    def _place_leg(self, side: str, sign: float, leg: dict) -> None:
        pelvis = self.frames["pelvis"]
        hip = offset(self.joints["pelvis"], pelvis, left=sign * HIP_HALF)
        foot = None
        if "turned" in leg:
            upper, lower, foot = (placed_in(pelvis, local) for local in leg["turned"])
            knee = add(hip, scale(upper[UP], -THIGH))
            ankle = add(knee, scale(lower[UP], -SHANK))
        elif "knee_at" in leg:
            knee, ankle, upper, lower = self._kneel(side, hip, leg)
        elif "foot" in leg:
            target = _on_floor(leg["foot"], "ankle")
            pole = tuple(leg.get("pole", pelvis[0]))
            knee, ankle, bend, miss = two_bone_reach(hip, target, THIGH, SHANK, pole)
            self.misses[f"foot_{side}"] = max(0.0, miss)
            upper = frame_along(subtract(hip, knee), bend)
            lower = frame_along(subtract(knee, ankle), bend)
        else:
            flexion, abduction, rotation = three_angles(leg.get("hip", 0))
            upper = bend_left(bend_forward(pelvis, -flexion), -sign * abduction)
            upper = turn_left(upper, sign * rotation)
            lower = bend_forward(upper, leg.get("knee", 0))
            knee = add(hip, scale(upper[UP], -THIGH))
            ankle = add(knee, scale(lower[UP], -SHANK))
        if foot is None and "toes" in leg:
            foot = frame_along(tuple(leg.get("sole", WORLD[UP])), tuple(leg["toes"]))
        elif foot is None:
            foot = bend_forward(lower, leg.get("ankle", 0))
        self._name("hip", "knee", "ankle", side=side, points=(hip, knee, ankle))
        self._frame(LEG_BONES, side, (upper, lower, foot))

    def _kneel(self, side: str, hip: Vector, leg: dict):
        """The knee on the floor, and the lower leg along the floor in the direction `shank`."""
        target = _on_floor(leg["knee_at"], "knee")
        to_knee = subtract(target, hip)
        self.thigh_spans[side] = length(to_knee)
        self.misses[f"knee_{side}"] = abs(length(to_knee) - THIGH)
        knee = add(hip, scale(unit(to_knee), THIGH))
        ahead = leg.get("shank", (-1, 0, 0))
        ahead = unit((ahead[0], ahead[1], 0.0))
        drop = leg.get("ankle_height", REST_HEIGHT["ankle_pointed"]) - knee[2]
        along = math.sqrt(max(1e-6, SHANK**2 - drop**2))
        ankle = (knee[0] + ahead[0] * along, knee[1] + ahead[1] * along, knee[2] + drop)
        sideways = unit(cross(WORLD[UP], scale(ahead, -1)))
        upper_axis, lower_axis = unit(subtract(hip, knee)), unit(subtract(knee, ankle))
        upper = frame_along(upper_axis, cross(sideways, upper_axis))
        lower = frame_along(lower_axis, cross(sideways, lower_axis))
        return knee, ankle, upper, lower

    def _name(self, *names: str, side: str, points) -> None:
        self.joints.update({f"{n}_{side}": p for n, p in zip(names, points, strict=True)})

    def _frame(self, bones, side: str, frames) -> None:
        self.frames.update({f"{b}_{side}": f for b, f in zip(bones, frames, strict=True)})


def three_angles(value) -> tuple[float, float, float]:
    """Flexion, side bend or abduction, and twist or rotation, from a list or a number (flexion)."""
    angles = tuple(value) if isinstance(value, (list, tuple)) else (value,)
    return angles + (0.0,) * (3 - len(angles))


def _on_floor(place, joint: str) -> Vector:
    return tuple(place) if len(place) == 3 else (*place, REST_HEIGHT[joint])


def _vertebrae(start, region: Region, angles) -> list[tuple[Vector, Frame]]:
    """The joints of one region.

    Half of the bend of a vertebra is applied before it and half after it, so that the points are
    on a smooth curve.
    """
    flexion, side_bend, twist = three_angles(angles)
    half_flexion = (region.curve + flexion) / region.vertebrae / 2
    half_side = side_bend / region.vertebrae / 2
    point, frame = start
    nodes = []
    for _ in range(region.vertebrae):
        frame = bend_left(bend_forward(frame, half_flexion), half_side)
        frame = turn_left(frame, twist / region.vertebrae)
        point = add(point, scale(frame[UP], region.height))
        frame = bend_forward(bend_left(frame, half_side), half_flexion)
        nodes.append((point, frame))
    return nodes


PALMS = {"down": (0.0, 0.0, -1.0), "up": (0.0, 0.0, 1.0)}


def _hand_frame(arm: dict, forearm: Frame, sign: float) -> Frame:
    """The frame of the hand: forward as the palm faces, up from the fingertips to the wrist."""
    if "fingers" in arm or "palm" in arm:
        palm = arm.get("palm", "down")
        palm = PALMS[palm] if isinstance(palm, str) else tuple(palm)
        fingers = tuple(arm["fingers"]) if "fingers" in arm else scale(forearm[UP], -1)
        return frame_along(scale(fingers, -1), palm)
    bent = bend_forward(forearm, -arm.get("wrist", 0))
    return turn_left(bent, -sign * arm.get("pronation", 70))
