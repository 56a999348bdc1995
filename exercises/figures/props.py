"""Things around the body: mat, box, bed, chair, wall, pillow, cushion, shadow, machines.

Places are in the world, in shares of body height: [x from, x to, y from, y to, z from, z to]. Each
kind is a list of parts from far to near; a part says itself where it lies among the limbs. What
moves with the body, such as the plate of a leg press, takes its place from the skeleton.
"""

from dataclasses import replace

from .body import girth, spine_at
from .geometry import WORLD, add, bend_forward, between, offset
from .pedals import PEDAL_ASIDE, PEDAL_RADIUS, crank_of, pedal_at
from .shapes import Camera, Cone, Ellipsoid
from .skeleton import SIDES, Skeleton
from .solids import ASTRIDE, BEHIND, HELD, Block, Disc, Edges, Soft, Tubes
from .style import GREY_LINE

MAT_EDGE = 0.0045
MAT_THICKNESS = 0.016
LEG = 0.022  # thickness of a chair's leg
SKIRTING = 0.05  # height of the board at the foot of a wall
RAIL = 0.05  # height of the rail of a leg press
PLATE_HEIGHT, PLATE_THICK = 0.36, 0.03
SOLE = 0.039  # from an ankle to what the foot stands on


def prop_parts(prop: dict, camera: Camera, skeleton: Skeleton) -> list:
    """The parts of one thing, from far to near."""
    parts = KINDS[prop["kind"]](prop, camera, skeleton)
    return [replace(part, slot=HELD) for part in parts] if prop.get("held") else parts


def _mat(prop, _camera, _skeleton):
    at = [*prop["at"], -MAT_THICKNESS, 0]
    return [
        Block.along_axes(at, top="mat", sides="mat_side", width=MAT_EDGE, ink=GREY_LINE, hard=False)
    ]


def _box(prop, _camera, _skeleton):
    return [Block.along_axes(prop["at"])]


def _bed(prop, _camera, _skeleton):
    """A bed with its headboard at the low end of x; z from is the underside of the frame."""
    x0, x1, y0, y1, z0, z1 = prop["at"]
    middle = z0 + (z1 - z0) * 0.37
    return [
        Block.along_axes([x0 - 0.025, x0, y0, y1, 0, z1 + 0.19]),
        Block.along_axes([x0, x1, y0, y1, z0, middle], top="prop_side"),
        Block.along_axes([x0, x1, y0, y1, middle, z1], top="white", sides="prop"),
    ]


def _chair(prop, camera, _skeleton):
    """`at` is the seat: [x from, x to, y from, y to, height of the seat, top of the back]."""
    x0, x1, y0, y1, seat, top = prop["at"]
    under = seat - 0.027
    posts = []
    across = [y1 - 0.031, y0 + 0.009]
    for y in across if camera.away[1] > 0 else across[::-1]:  # far to near
        posts += [
            Block.along_axes([x0, x0 + LEG, y, y + LEG, 0, under]),
            Block.along_axes([x1 - LEG, x1, y, y + LEG, 0, under]),
            Block.along_axes([x0, x0 + LEG, y, y + LEG, seat, top - 0.02]),
        ]
    sitting = Block.along_axes([x0, x1, y0, y1, under, seat])
    rest = Block.along_axes([x0, x0 + LEG, y0, y1, top - 0.31, top])
    return [*posts[:3], *posts[3:5], sitting, posts[5], rest]


def _wall(prop, camera, _skeleton):
    """A piece of wall that goes on above the picture, so its top has no line."""
    x0, x1, y0, y1, z0, z1 = prop["at"]
    hidden = (x1 if camera.away[0] > 0 else x0, y1 if camera.away[1] > 0 else y0)
    seen = (x0 + x1 - hidden[0], y0 + y1 - hidden[1])
    corners = [(seen[0], hidden[1]), seen, (hidden[0], seen[1])]
    upright = [[(*corner, z1), (*corner, z0)] for corner in corners]
    level = [[(*corner, z) for corner in corners] for z in (z0, z0 + SKIRTING)]
    return [
        Block.along_axes(prop["at"], top="wall", sides="wall", width=0),
        Edges(upright + level, GREY_LINE),
    ]


def _pillow(prop, _camera, _skeleton):
    """A pillow lying flat: `at` is its middle, `radii` half its length, width and height."""
    x, y, z = prop["at"]
    half_length, half_width, height = prop["radii"]
    rows = [
        Cone(
            (x - half_length, y + half_width * k / 4, z),
            height * (1.15 if abs(k) < 4 else 1),
            (x + half_length, y + half_width * k / 4, z),
            height * (1.15 if abs(k) < 4 else 1),
        )
        for k in range(-4, 5)
    ]
    return [Soft(rows, "white", blend=0.02)]


def _cushion(prop, _camera, skeleton):
    """A cushion against the back at a position on the spine: `spine`, and its `radii`."""
    position, radii = prop["spine"], tuple(prop["radii"])
    point, frame = spine_at(skeleton, position)
    centre = offset(point, frame, forward=-girth(position)[2] - radii[0] * 0.6)
    return [Soft([Ellipsoid(centre, frame, radii)], "cushion")]


def _shadow(prop, _camera, _skeleton):
    """Where somebody stands, on a floor without a mat: [x, y, half length, half width]."""
    x, y, half_length, half_width = prop["at"]
    disc = Ellipsoid((x, y, 0.0), WORLD, (half_length, half_width, 0.001))
    return [Soft([disc], "mat_side", outlined=False)]


def _leg_press(prop, camera, skeleton):
    """A seat with a back, and a plate on a rail that the feet push away.

    `at` is [x where seat and back meet, height of the seat, degrees that the back leans, degrees
    that the plate leans, x of the tower with the weights].
    """
    x, seat, back_leans, plate_leans, tower = prop["at"]
    under = seat - 0.045
    leaning = bend_forward(WORLD, -back_leans)
    back = offset((x, 0.0, seat), leaning, forward=-0.024, up=0.20)
    facing = bend_forward(WORLD, plate_leans)
    soles = [
        offset(skeleton.joints[f"ankle_{side}"], skeleton.frames[f"foot_{side}"], up=-SOLE)
        for side in SIDES
    ]
    sole = between(*soles, 0.5)
    middle = PLATE_HEIGHT - sole[2]
    ahead = offset(sole, facing, forward=PLATE_THICK / 2)
    # The plate runs along a level rail, so it keeps its height and goes as far as the feet.
    slope = facing[2]
    plate = (ahead[0] + slope[0] / slope[2] * middle, 0.0, PLATE_HEIGHT)
    foot = (plate[0] + 0.10, 0.0, RAIL + 0.02)
    far = 1 if camera.away[1] > 0 else -1
    far_grip, near_grip = (
        Tubes([[(x + 0.04, y, seat - 0.02), (x + 0.04, y, grip), (x + 0.12, y, grip)]], 0.009)
        for y, grip in ((far * 0.13, seat + 0.05), (-far * 0.13, seat + 0.05))
    )
    return [
        *_weights(tower),
        far_grip,
        Block.along_axes([x - 0.14, tower - 0.07, -0.04, 0.04, 0.0, RAIL]),
        Tubes([[(x - 0.11, 0.0, RAIL), add(back, (-0.03, 0.0, 0.06))]], 0.014),
        Block(back, (0.024, 0.11, 0.23), leaning, top="pad", sides="pad"),
        Block.along_axes([x + 0.10, x + 0.15, -0.05, 0.05, RAIL, under]),
        Block.along_axes([x - 0.01, x + 0.25, -0.11, 0.11, under, seat], top="pad", sides="pad"),
        Tubes([[plate, foot]], 0.014),
        Block.along_axes([foot[0] - 0.04, foot[0] + 0.04, -0.05, 0.05, RAIL, RAIL + 0.03]),
        Block(plate, (PLATE_THICK / 2, 0.15, 0.15), facing),
        near_grip,
    ]


def _weights(x: float) -> list:
    """A tower with a stack of weights between two posts."""
    stack = [
        Block.along_axes([x - 0.05, x + 0.05, -0.06, 0.06, z, z + 0.028])
        for z in (RAIL + 0.032 * i for i in range(7))
    ]
    return [
        Block.along_axes([x - 0.075, x + 0.075, -0.06, 0.06, 0.0, RAIL]),
        Tubes([[(x, 0.0, RAIL), (x, 0.0, 0.68)]], 0.008),
        *stack,
        Tubes([[(x - 0.06, 0.0, RAIL), (x - 0.06, 0.0, 0.70)]], 0.009),
        Tubes([[(x + 0.06, 0.0, RAIL), (x + 0.06, 0.0, 0.70)]], 0.009),
        Block.along_axes([x - 0.075, x + 0.075, -0.06, 0.06, 0.69, 0.73]),
    ]


def _bike(prop, camera, skeleton):
    """An exercise bike in the plane y = 0: [x and z of the crank's axle, x and z of the top of the
    saddle, x and z of the handlebar]."""
    x, z, saddle_x, saddle_z, bar_x, bar_z = prop["at"]
    axle, post = (x, 0.0, z), (saddle_x, 0.0, saddle_z - 0.035)
    hub = (x + 0.25, 0.0, z - 0.005)
    stem = (bar_x, 0.0, bar_z)
    low = between(stem, hub, 0.62)
    far = 1 if camera.away[1] > 0 else -1
    grips = {
        side: [stem, (bar_x, side * 0.10, bar_z), (bar_x + 0.09, side * 0.10, bar_z + 0.02)]
        for side in (far, -far)
    }
    frame = [
        [post, axle, (x - 0.02, 0.0, 0.03)],
        [between(post, axle, 0.45), low],
        [axle, low],
        [stem, hub, (x + 0.27, 0.0, 0.03)],
        [(x - 0.27, 0.0, 0.03), (x + 0.40, 0.0, 0.03)],
        [between(post, axle, 0.72), (x - 0.20, 0.0, 0.03)],
    ]
    return [
        Tubes([grips[far]], 0.0105, "metal"),
        _pedal(prop, skeleton, far),
        _crank(prop, skeleton, far),
        Disc(hub, 0.165, 0.02, "prop_side", slot=ASTRIDE),
        Disc(add(hub, (0.0, -far * 0.001, 0.0)), 0.135, 0.02, "prop", slot=ASTRIDE),
        Tubes(frame, 0.0125, "prop", slot=ASTRIDE),
        *(
            Block.along_axes([foot - 0.02, foot + 0.02, -0.13, 0.13, 0.0, 0.028], slot=ASTRIDE)
            for foot in (x - 0.27, x + 0.40)
        ),
        Soft(_saddle(saddle_x, saddle_z), "metal", blend=0.02, hard=True, slot=ASTRIDE),
        Tubes([grips[-far]], 0.0105, "metal", slot=ASTRIDE),
        Disc(axle, 0.045, 0.03, "metal", slot=ASTRIDE),
        _crank(prop, skeleton, -far, slot=ASTRIDE),
        _pedal(prop, skeleton, -far, slot=ASTRIDE),
    ]


def _saddle(x: float, z: float) -> list[Cone]:
    """Broad behind, with a nose that is narrow enough for the thighs."""
    neck, nose = (x - 0.01, 0.0, z - 0.017), (x + 0.085, 0.0, z - 0.015)
    behind = [(x - 0.065, y, z - 0.022) for y in (-0.030, 0.030)]
    return [*(Cone(end, 0.021, neck, 0.014) for end in behind), Cone(neck, 0.014, nose, 0.010)]


def _crank(bike, skeleton, side, slot=BEHIND):
    degrees = _degrees(bike, skeleton, side)
    x, _, z = pedal_at(bike, degrees, side)
    aside = side * PEDAL_ASIDE * 0.4
    ends = [(bike["at"][0], aside, bike["at"][1]), (x, aside, z)]
    return Tubes([ends], 0.010, "metal", slot=slot)


def _pedal(bike, skeleton, side, slot=BEHIND):
    x, y, z = pedal_at(bike, _degrees(bike, skeleton, side), side)
    ahead = skeleton.frames[f"foot_{'l' if side > 0 else 'r'}"][0]
    half = 0.034
    lines = [
        [
            (x - ahead[0] * half, y + aside, z - ahead[2] * half),
            (x + ahead[0] * half, y + aside, z + ahead[2] * half),
        ]
        for aside in (-0.03, 0.03)
    ]
    return Tubes(lines, PEDAL_RADIUS, "metal", slot=slot)


def _degrees(bike, skeleton, side):
    return crank_of(bike, skeleton, "l" if side > 0 else "r")


KINDS = {
    "mat": _mat,
    "box": _box,
    "bed": _bed,
    "chair": _chair,
    "wall": _wall,
    "pillow": _pillow,
    "cushion": _cushion,
    "shadow": _shadow,
    "leg_press": _leg_press,
    "bike": _bike,
}
# How many numbers `at` has.
PLACES = {
    "mat": 4,
    "box": 6,
    "bed": 6,
    "chair": 6,
    "wall": 6,
    "pillow": 3,
    "shadow": 4,
    "leg_press": 5,
    "bike": 6,
}
