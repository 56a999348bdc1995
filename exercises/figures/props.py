"""Things around the body: mat, box, bed, chair, wall, pillow, cushion and shadow; and machines.

Places are in the world, in shares of body height: [x from, x to, y from, y to, z from, z to]. Each
kind is a list of parts from far to near; a part says itself where it lies among the limbs. What
moves with the body, such as the plate of a leg press, takes its place from the skeleton.
"""

from dataclasses import replace

from .body import girth, spine_at
from .geometry import WORLD, offset
from .machines import bike, leg_press
from .shapes import Camera, Cone, Ellipsoid
from .skeleton import Skeleton
from .solids import HELD, Block, Edges, Soft
from .style import GREY_LINE

MAT_EDGE = 0.0045
MAT_THICKNESS = 0.016
LEG = 0.022  # thickness of a chair's leg
SKIRTING = 0.05  # height of the board at the foot of a wall


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


KINDS = {
    "mat": _mat,
    "box": _box,
    "bed": _bed,
    "chair": _chair,
    "wall": _wall,
    "pillow": _pillow,
    "cushion": _cushion,
    "shadow": _shadow,
    "leg_press": leg_press,
    "bike": bike,
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
