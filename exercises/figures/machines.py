"""A leg press and an exercise bike. Lengths are in body heights.

They are symmetrical about the plane y = 0. The positions of their moving parts follow from the
feet, so that the feet stay on the machine in every drawing and loop.
"""

from .geometry import WORLD, Vector, add, bend_forward, between, offset
from .pedals import PEDAL_ASIDE, PEDAL_RADIUS, crank_of, pedal_at
from .shapes import Camera, Cone
from .skeleton import REST_HEIGHT, SIDES, Skeleton
from .solids import ASTRIDE, BEHIND, Cuboid, Disc, Soft, Tubes

BAR = 0.014  # radius of the bars of a frame
GRIP = 0.0105
HANDLE = 0.009
RAIL = 0.05  # height of the rail of a leg press
PLATE_HEIGHT, PLATE_THICKNESS = 0.36, 0.03
WEIGHTS, LIFTED = 7, 4  # in the stack, and how many of them go up
WEIGHT, WEIGHT_GAP = 0.028, 0.004
CABLE = 0.004  # radius
TOWER, TRAVEL = 0.73, 0.40  # height of the tower, and how far its weights can go up
HANDLE_ASIDE = 0.132  # of the handles, from the middle of the seat
HEAD_REST_AHEAD = 0.03  # of the rest of the back
BASE = 0.03  # height of the bar that a bike stands on
WHEEL, RIM = 0.135, 0.026
GRIP_ASIDE = 0.125  # of the handlebar, from the middle of the bike


def leg_press(prop: dict, camera: Camera, skeleton: Skeleton) -> list:
    """The parts of a seat with a back, and of a plate on a rail that the feet push away.

    `at` is [x where seat and back meet, height of the seat, degrees that the back leans, degrees
    that the plate leans, x of the tower with the weights, x of the plate when they are down]. The
    tower is behind the back, so that the plate pulls the weights up as it goes away.
    """
    x, seat, back_leans, plate_leans, tower, rest = prop["at"]
    under = seat - 0.045
    leaning, facing = bend_forward(WORLD, -back_leans), bend_forward(WORLD, plate_leans)
    corner = (x, 0.0, seat)
    back = offset(corner, leaning, forward=-0.024, up=0.19)
    head_rest = offset(corner, leaning, forward=HEAD_REST_AHEAD, up=0.49)
    plate = _plate(skeleton, facing)
    foot = plate[0] + 0.10  # of the strut behind the plate
    lift = max(0.0, min(plate[0] - rest, TRAVEL))
    far = _far_sign(camera)
    far_handle, near_handle = (
        [(x + 0.08, y, under), (x + 0.11, y, seat + 0.125)]
        for y in (far * HANDLE_ASIDE, -far * HANDLE_ASIDE)
    )
    return [
        *_weights(tower, lift),
        Tubes([far_handle], HANDLE),
        Cuboid.along_axes([tower + 0.07, rest + 0.38, -0.04, 0.04, 0.0, RAIL]),
        Tubes([[(x - 0.13, 0.0, RAIL), add(back, (-0.03, 0.0, 0.0))]], BAR),
        Tubes([[back, add(head_rest, (-0.02, 0.0, 0.0))]], BAR),
        Cuboid(back, (0.024, 0.11, 0.215), leaning, top="pad", sides="pad"),
        Cuboid(head_rest, (0.02, 0.07, 0.06), leaning, top="pad", sides="pad"),
        Cuboid.along_axes([x + 0.10, x + 0.15, -0.05, 0.05, RAIL, under]),
        Cuboid.along_axes([x - 0.01, x + 0.25, -0.11, 0.11, under, seat], top="pad", sides="pad"),
        # The cable runs under the seat to the foot of the plate.
        Tubes([[(tower, 0.0, RAIL + 0.014), (foot, 0.0, RAIL + 0.014)]], CABLE, "metal"),
        Tubes([[plate, (foot, 0.0, RAIL + 0.02)]], BAR),
        Cuboid.along_axes([foot - 0.04, foot + 0.04, -0.05, 0.05, RAIL, RAIL + 0.03]),
        Cuboid(plate, (PLATE_THICKNESS / 2, 0.15, 0.165), facing),
        Tubes([near_handle], HANDLE),
    ]


def _plate(skeleton: Skeleton, facing) -> Vector:
    """The middle of the plate under both soles.

    The rail is level, so its height is constant and its x follows from the feet.
    """
    soles = [
        offset(
            skeleton.joints[f"ankle_{side}"],
            skeleton.frames[f"foot_{side}"],
            up=-REST_HEIGHT["ankle"],
        )
        for side in SIDES
    ]
    x, _, z = offset(between(*soles, 0.5), facing, forward=PLATE_THICKNESS / 2)
    along_x, _, along_z = facing[2]
    return (x + along_x / along_z * (PLATE_HEIGHT - z), 0.0, PLATE_HEIGHT)


def _weights(x: float, lift: float) -> list:
    """The tower with a stack of weights between two posts, the upper weights raised by `lift`."""
    stack = []
    for count in range(WEIGHTS):
        bottom = RAIL + (WEIGHT + WEIGHT_GAP) * count
        if count >= WEIGHTS - LIFTED:
            bottom += lift
        at = [x - 0.05, x + 0.05, -0.06, 0.06, bottom, bottom + WEIGHT]
        stack.append(Cuboid.along_axes(at, sides="pad"))
    top = RAIL + (WEIGHT + WEIGHT_GAP) * WEIGHTS + lift
    posts = [[(at, 0.0, RAIL), (at, 0.0, TOWER - 0.03)] for at in (x - 0.06, x + 0.06)]
    return [
        Cuboid.along_axes([x - 0.075, x + 0.075, -0.06, 0.06, 0.0, RAIL]),
        Tubes([[(x, 0.0, top), (x, 0.0, TOWER - 0.02)]], CABLE, "metal"),
        *stack,
        Tubes(posts, HANDLE),
        Cuboid.along_axes([x - 0.075, x + 0.075, -0.06, 0.06, TOWER - 0.04, TOWER]),
    ]


def bike(prop: dict, camera: Camera, skeleton: Skeleton) -> list:
    """The parts of an exercise bike that faces x.

    `at` is [x and z of the crank's axle, x and z of the top of the saddle, x and z of the
    handlebar].
    """
    x, z, saddle_x, saddle_z, bar_x, bar_z = prop["at"]
    axle, post, stem = (x, 0.0, z), (saddle_x, 0.0, saddle_z - 0.035), (bar_x, 0.0, bar_z)
    hub = (x + 0.31, 0.0, z - 0.005)
    back_end, front_end = x - 0.25, x + 0.40
    far = _far_sign(camera)
    far_grip, near_grip = (
        [stem, (bar_x, y * 0.8, bar_z), (bar_x + 0.02, y, bar_z), (bar_x + 0.13, y, bar_z + 0.04)]
        for y in (far * GRIP_ASIDE, -far * GRIP_ASIDE)
    )
    frame = [
        [post, axle],
        [between(post, axle, 0.55), (back_end + 0.06, 0.0, BASE)],
        [stem, hub, (hub[0] + 0.02, 0.0, BASE)],
        [axle, (x + 0.03, 0.0, BASE)],
        [(back_end, 0.0, BASE), (front_end, 0.0, BASE)],
    ]
    guard = [Cone(axle, 0.052, hub, 0.03)]
    return [
        Tubes([far_grip], GRIP, "metal"),
        *reversed(_crank_and_pedal(prop, skeleton, far, BEHIND)),
        Disc(hub, WHEEL, 0.02, "prop_side", slot=ASTRIDE),
        Disc(hub, WHEEL - RIM, 0.02, "prop", slot=ASTRIDE),
        Tubes(frame, 0.0125, "prop", slot=ASTRIDE),
        *(
            Cuboid.along_axes([end - 0.02, end + 0.02, -0.13, 0.13, 0.0, 0.028], slot=ASTRIDE)
            for end in (back_end, front_end)
        ),
        Soft(_saddle(saddle_x, saddle_z), "metal", blend=0.02, hard=True, slot=ASTRIDE),
        Tubes([near_grip], GRIP, "metal", slot=ASTRIDE),
        Soft(guard, "pad", slot=ASTRIDE),
        *_crank_and_pedal(prop, skeleton, -far, ASTRIDE),
    ]


def _saddle(x: float, z: float) -> list[Cone]:
    """The saddle, wide at the back, with a nose that fits between the thighs."""
    neck, nose = (x - 0.01, 0.0, z - 0.017), (x + 0.085, 0.0, z - 0.015)
    behind = [(x - 0.065, y, z - 0.022) for y in (-0.030, 0.030)]
    return [*(Cone(end, 0.021, neck, 0.014) for end in behind), Cone(neck, 0.014, nose, 0.010)]


def _crank_and_pedal(prop: dict, skeleton: Skeleton, sign: int, slot: str) -> list:
    """The crank and then the pedal under the foot, on the side where y has this sign."""
    side = next(name for name, sign_ in SIDES.items() if sign_ == sign)
    pedal = pedal_at(prop, crank_of(prop, skeleton, side), sign)
    inside = sign * PEDAL_ASIDE * 0.4
    x, z = prop["at"][:2]
    crank = [(x, inside, z), (pedal[0], inside, pedal[2])]
    sole = skeleton.frames[f"foot_{side}"]
    edges = [
        [offset(pedal, sole, forward=ahead, left=aside) for ahead in (-0.034, 0.034)]
        for aside in (-0.03, 0.03)
    ]
    return [
        Tubes([crank], 0.010, "metal", slot=slot),
        Tubes(edges, PEDAL_RADIUS, "metal", slot=slot),
    ]


def _far_sign(camera: Camera) -> int:
    """The sign of y on the side that is farther away."""
    return 1 if camera.away[1] > 0 else -1
