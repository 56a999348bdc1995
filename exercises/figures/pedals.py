"""Put the feet on the pedals of a bike.

A pose states only `crank`: the angle of the right pedal from the top in degrees, positive forward.
The places of both feet follow from it, also for a pose between two others, because interpolated
places of the feet would go straight through the axle.
"""

import math

from .geometry import Frame, Vector, frame_along, offset
from .skeleton import SIDES, Skeleton

CRANK = 0.097  # length of a crank, of body height
PEDAL_ASIDE = 0.062  # from the middle of the bike to the middle of a pedal
PEDAL_RADIUS = 0.010
# From the ankle to the axle of a pedal under the ball of the foot.
BALL_AHEAD, BALL_BELOW = 0.070, 0.040 + PEDAL_RADIUS
# The toes point down a little, most when the pedal comes up behind.
TOES_DOWN, MORE_BEHIND = 10.0, 9.0


def pedal_at(bike: dict, degrees: float, sign: float) -> Vector:
    """The middle of the pedal of one side (sign 1 is left) when its crank is at these degrees."""
    x, z = bike["at"][:2]
    turned = math.radians(degrees)
    return (x + CRANK * math.sin(turned), sign * PEDAL_ASIDE, z + CRANK * math.cos(turned))


def crank_of(bike: dict, skeleton: Skeleton, side: str) -> float:
    """The degrees of the crank under the foot of this side."""
    axle = offset(
        skeleton.joints[f"ankle_{side}"],
        skeleton.frames[f"foot_{side}"],
        forward=BALL_AHEAD,
        up=-BALL_BELOW,
    )
    x, z = bike["at"][:2]
    return math.degrees(math.atan2(axle[0] - x, axle[2] - z))


def on_pedals(pose: dict, props: list) -> dict:
    """The pose with its feet on the pedals of the bike among the props, if it has a `crank`."""
    bike = next((prop for prop in props if prop["kind"] == "bike"), None)
    if bike is None or "crank" not in pose:
        return pose
    seated = dict(pose)
    for side, sign in SIDES.items():
        degrees = pose["crank"] + (180 if side == "l" else 0)
        foot = _foot_at(degrees)
        ankle = offset(pedal_at(bike, degrees, sign), foot, forward=-BALL_AHEAD, up=BALL_BELOW)
        leg = pose.get(f"leg_{side}", {})
        seated[f"leg_{side}"] = {
            **leg,
            "foot": list(ankle),
            "toes": list(foot[0]),
            "sole": list(foot[2]),
        }
    return seated


def turned_on(start: float, end: float, share: float) -> float:
    """The angle at this share of the way from start to end, always turning forward."""
    return start + (end - start) % 360 * share


def _foot_at(degrees: float) -> Frame:
    down = math.radians(TOES_DOWN - MORE_BEHIND * math.sin(math.radians(degrees)))
    return frame_along(
        (math.sin(down), 0.0, math.cos(down)), (math.cos(down), 0.0, -math.sin(down))
    )
