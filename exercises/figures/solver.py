"""Find the position of the pelvis with which planted hands, knees and feet stay in their places.

A pose may have `solve`: the numbers of the pelvis that are `free`, and the `goals` of the skeleton.
So an author can write "lumbar -26", and the hips are placed to fit. The method is damped
Gauss-Newton with a numeric Jacobian; with three unknowns plain elimination is enough.
"""

import copy
import math
from dataclasses import dataclass

from .geometry import subtract
from .poses import mix
from .skeleton import FOREARM, THIGH, UPPER_ARM, Skeleton

# One step of the solver in x, y or z is a share of body height; an angle is scaled to match.
DEGREES_PER_STEP = 60.0
FREE = {
    "pelvis.x": ("position", 0, 1.0),
    "pelvis.y": ("position", 1, 1.0),
    "pelvis.z": ("position", 2, 1.0),
    "pelvis.pitch": ("pitch", None, DEGREES_PER_STEP),
    "pelvis.yaw": ("yaw", None, DEGREES_PER_STEP),
    "pelvis.tilt": ("tilt", None, DEGREES_PER_STEP),
}
STRAIGHT_ARM = 0.985  # share of its length; a fully straight elbow looks stiff
STAY_NEAR = 0.004  # weight of the distance from the author's position of the pelvis
# Weights of goals that matter less than contacts.
SOFT_SHOULDERS, SOFT_LEAN = 0.12, 0.03

REACH_TOLERANCE = 0.006  # of body height: about 1 cm, which cannot be seen in a drawing
FLOOR_TOLERANCE = 0.005 / 1.75


# A goal takes the skeleton and the value in the pose, and returns errors that are zero when it is
# met, in body heights times the weight of the goal.


def _knees(skeleton: Skeleton, _value):
    """Keep each hip one thigh away from its planted knee."""
    return [span - THIGH for span in skeleton.thigh_spans.values()]


def _arms_straight(skeleton: Skeleton, share):
    """Stretch each planted arm to `share` of its length."""
    wanted = (share or STRAIGHT_ARM) * (UPPER_ARM + FOREARM)
    return [span - wanted for span in skeleton.arm_spans.values()]


def _shoulders_over_hands(skeleton: Skeleton, ahead):
    """Keep the shoulders above the planted hands, or `ahead` in front of them. Low weight."""
    joints = skeleton.joints
    return [
        SOFT_SHOULDERS * (joints[f"shoulder_{side}"][0] - joints[f"wrist_{side}"][0] - (ahead or 0))
        for side in skeleton.arm_spans
    ]


def _shoulders_between_hands(skeleton: Skeleton, aside):
    """Keep the shoulders midway above the hands, or `aside` to the left of that. Low weight."""
    joints = skeleton.joints
    shoulders = (joints["shoulder_l"][1] + joints["shoulder_r"][1]) / 2
    hands = (joints["wrist_l"][1] + joints["wrist_r"][1]) / 2
    return [SOFT_SHOULDERS * (shoulders - hands - (aside or 0))]


def _thigh_lean(skeleton: Skeleton, degrees):
    """Tilt the thighs back from vertical by `degrees`. Low weight."""
    errors = []
    for side in skeleton.thigh_spans:
        thigh = subtract(skeleton.joints[f"hip_{side}"], skeleton.joints[f"knee_{side}"])
        lean = math.atan2(-thigh[0], thigh[2])
        errors.append(SOFT_LEAN * (lean - math.radians(degrees or 0)))
    return errors


def _shoulder_height(skeleton: Skeleton, height):
    """Keep the middle between the shoulders at `height`."""
    joints = skeleton.joints
    return [(joints["shoulder_l"][2] + joints["shoulder_r"][2]) / 2 - height]


def _head_height(skeleton: Skeleton, height):
    return [skeleton.joints["head"][2] - height]


GOALS = {
    "knees": _knees,
    "arms_straight": _arms_straight,
    "shoulders_over_hands": _shoulders_over_hands,
    "shoulders_between_hands": _shoulders_between_hands,
    "thigh_lean": _thigh_lean,
    "shoulder_height": _shoulder_height,
    "head_height": _head_height,
}


def solve(pose: dict) -> dict:
    """The pose with its free numbers changed so that the goals are met as well as possible."""
    if "solve" not in pose:
        return pose
    pose = copy.deepcopy(pose)
    free = [FREE[name] for name in pose["solve"]["free"]]
    goals = pose["solve"]["goals"]
    start = _read(pose, free)

    def errors(values):
        _write(pose, free, values)
        skeleton = Skeleton.of(pose)
        missed = []
        for goal in goals:
            name, value = (goal, None) if isinstance(goal, str) else goal
            missed += GOALS[name](skeleton, value)
        return missed + [STAY_NEAR * (v - s) for v, s in zip(values, start, strict=True)]

    _write(pose, free, _least_squares(errors, start))
    return pose


def solve_from(base: dict, pose: dict, steps: int = 4) -> dict:
    """Solve `pose` in `steps` from `base`, which has the same structure.

    Solved in one step, a pose with a strongly bent back got its head below the floor.
    """
    if "solve" not in pose:
        return pose
    free = [FREE[name] for name in pose["solve"]["free"]]
    current = _read(solve(base), free)
    authored_start, authored_end = _read(base, free), _read(pose, free)
    solved = pose
    for step in range(1, steps + 1):
        waypoint = mix(base, pose, step / steps) if step < steps else copy.deepcopy(pose)
        waypoint["solve"] = pose["solve"]
        guess = [
            now + (end - start) / steps
            for now, start, end in zip(current, authored_start, authored_end, strict=True)
        ]
        _write(waypoint, free, guess)
        solved = solve(waypoint)
        current = _read(solved, free)
    return solved


@dataclass(frozen=True)
class Warned:
    """One thing that is wrong with a solved pose. `part` is empty for a body below the floor."""

    by: float  # the distance in body heights
    part: str = ""  # hand, foot or knee
    side: str = ""  # l or r

    def __str__(self):
        if not self.part:
            return f"the lowest part is {self.by * 1750:.0f} mm below the floor"
        side = {"l": "left", "r": "right"}[self.side]
        return f"the {side} {self.part} is {self.by * 175:.0f} cm short of its place"


def warnings(skeleton: Skeleton, lowest: float) -> list[Warned]:
    """What is wrong with a solved pose. `lowest` is the height of its lowest point."""
    warned = [
        Warned(miss, *name.split("_"))
        for name, miss in skeleton.misses.items()
        if miss > REACH_TOLERANCE
    ]
    if lowest < -FLOOR_TOLERANCE:
        warned.append(Warned(-lowest))
    return warned


def _read(pose, free) -> list[float]:
    pelvis = pose["pelvis"]
    return [
        (pelvis.get(name, 0) if index is None else pelvis[name][index]) / per_step
        for name, index, per_step in free
    ]


def _write(pose, free, values) -> None:
    for (name, index, per_step), value in zip(free, values, strict=True):
        if index is None:
            pose["pelvis"][name] = value * per_step
        else:
            pose["pelvis"][name][index] = value * per_step


def _least_squares(errors, start: list[float]) -> list[float]:
    """Damped Gauss-Newton. Steps are limited, and a step that increases the error adds damping."""
    nudge, longest_step = 1e-4, 0.2
    values, current, damping = list(start), errors(start), 1e-4
    for _ in range(25):
        slopes = []
        for i in range(len(values)):
            nudged = [v + nudge * (i == j) for j, v in enumerate(values)]
            slopes.append([(a - b) / nudge for a, b in zip(errors(nudged), current, strict=True)])
        matrix = [
            [
                sum(p * q for p, q in zip(a, b, strict=True)) + damping * (i == j)
                for j, b in enumerate(slopes)
            ]
            for i, a in enumerate(slopes)
        ]
        downhill = [-sum(p * q for p, q in zip(a, current, strict=True)) for a in slopes]
        step = _eliminate(matrix, downhill)
        tried = [
            v + max(-longest_step, min(longest_step, s)) for v, s in zip(values, step, strict=True)
        ]
        after = errors(tried)
        if sum(e * e for e in after) < sum(e * e for e in current):
            values, current, damping = tried, after, damping * 0.3
        else:
            damping *= 10
        if max(abs(s) for s in step) < 1e-6:
            break
    return values


def _eliminate(matrix, right) -> list[float]:
    """Solve matrix · x = right, with pivoting."""
    n = len(right)
    for i in range(n):
        pivot = max(range(i, n), key=lambda k: abs(matrix[k][i]))
        matrix[i], matrix[pivot] = matrix[pivot], matrix[i]
        right[i], right[pivot] = right[pivot], right[i]
        for k in range(i + 1, n):
            factor = matrix[k][i] / matrix[i][i]
            right[k] -= factor * right[i]
            for j in range(i, n):
                matrix[k][j] -= factor * matrix[i][j]
    x = [0.0] * n
    for i in reversed(range(n)):
        rest = sum(matrix[i][j] * x[j] for j in range(i + 1, n))
        x[i] = (right[i] - rest) / matrix[i][i]
    return x
