"""Things around the body: mat, box, bed, chair, wall, pillow, cushion, shadow and machines.

Places are in the world, in body heights: [x from, x to, y from, y to, z from, z to]. The function
of a kind returns its parts from far to near; the `slot` of a part gives its place among the limbs.
The place of parts that move with the body, such as the plate of a leg press, follows from the
skeleton.
"""

import math
from dataclasses import replace

from .body import girth, spine_at
from .geometry import WORLD, add, bend_forward, offset
from .machines import bike, leg_press
from .shapes import Camera, Cone, Ellipsoid
from .skeleton import Skeleton
from .solids import FILLS, HELD, Cuboid, Edges, Soft
from .style import GREY_LINE

MAT_EDGE = 0.0045
MAT_THICKNESS = 0.016
LEG = 0.022  # thickness of a chair's leg
POST_IN = 0.020  # from the side of the seat to the middle of a leg
BACK_LEANS = 5  # degrees that the back of a chair leans
FLOOR = 0.72  # the length of the floor in front of a wall


def prop_parts(prop: dict, camera: Camera, skeleton: Skeleton) -> list:
    """The parts of one thing, from far to near."""
    parts = KINDS[prop["kind"]](prop, camera, skeleton)
    return [replace(part, slot=HELD) for part in parts] if prop.get("held") else parts


def _mat(prop, _camera, _skeleton):
    at = [*prop["at"], -MAT_THICKNESS, 0]
    return [
        Cuboid.along_axes(
            at, top="mat", sides="mat_side", width=MAT_EDGE, ink=GREY_LINE, hard=False
        )
    ]


def _box(prop, _camera, _skeleton):
    return [Cuboid.along_axes(prop["at"])]


def _bed(prop, _camera, _skeleton):
    """A bed with its headboard at the lowest x. `z from` is the underside of the frame."""
    x0, x1, y0, y1, z0, z1 = prop["at"]
    middle = z0 + (z1 - z0) * 0.37
    return [
        Cuboid.along_axes([x0 - 0.025, x0, y0, y1, 0, z1 + 0.19]),
        Cuboid.along_axes([x0, x1, y0, y1, z0, middle], top="prop_side"),
        Cuboid.along_axes([x0, x1, y0, y1, middle, z1], top="white", sides="prop"),
    ]


def _chair(prop, camera, _skeleton):
    """`at` is the seat: [x from, x to, y from, y to, height of the seat, top of the back]."""
    x0, x1, y0, y1, seat, top = prop["at"]
    under, half = seat - 0.027, LEG / 2
    leaning = bend_forward(WORLD, -BACK_LEANS)
    foot = (x0 + half, 0.0, under)  # of the back, between its posts
    tall = (top - under) / leaning[2][2]

    def of_the_back(y, low, high, half_width):
        """A part of the leaning back, from low to high along it."""
        middle = add(offset(foot, leaning, up=(low + high) / 2), (0.0, y, 0.0))
        return Cuboid(middle, (half, half_width, (high - low) / 2), leaning)

    legs, posts = [], []
    across = [y1 - POST_IN, y0 + POST_IN]
    for y in across if camera.away[1] > 0 else across[::-1]:  # far to near
        legs += [
            Cuboid.along_axes([x, x + LEG, y - half, y + half, 0, under]) for x in (x0, x1 - LEG)
        ]
        posts.append(of_the_back(y, 0.0, tall, half))
    between_posts = (y1 - y0) / 2 - POST_IN - half
    rails = [
        of_the_back((y0 + y1) / 2, tall * low, tall * high, between_posts)
        for low, high in ((0.42, 0.55), (0.72, 0.94))
    ]
    sitting = Cuboid.along_axes([x0, x1, y0, y1, under, seat])
    return [posts[0], *legs, sitting, *rails, posts[1]]


def _wall(prop, camera, _skeleton):
    """A wall in cross-section at the near end of y, with a floor in front of it.

    The cross-section extends out of the picture at the top and the back, so only the side that
    faces the body has a line.
    """
    x0, x1, y0, y1, z0, z1 = prop["at"]
    x, beyond = (x0, x1) if camera.away[0] > 0 else (x1, x0)  # of the side that is seen
    near = y0 if camera.away[1] > 0 else y1
    floor = x - math.copysign(FLOOR, beyond - x)
    return [
        # The whole wall, white on white paper, is needed to find parts that go through it.
        Cuboid.along_axes(prop["at"], top="white", sides="white", width=0),
        Cuboid.along_axes([x0, x1, near, near, z0, z1], top="wall", sides="wall", width=0),
        Edges([[(x, near, z1), (x, near, z0)]]),
        Edges([[(beyond, near, z0), (floor, near, z0)]], GREY_LINE),
    ]


def _pillow(prop, _camera, _skeleton):
    """A flat pillow: `at` is its middle, `radii` are half its length, width and height."""
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


def _cushion(prop, camera, skeleton):
    """A square cushion against the back, with pointed corners and a seam along its side.

    `spine` is its position on the spine, `radii` are half its thickness, width and height.
    """
    position, (thick, wide, high) = prop["spine"], prop["radii"]
    point, frame = spine_at(skeleton, position)
    centre = offset(point, frame, forward=-girth(position)[2] - thick * 0.6)

    def at(forward, left, up):
        return offset(centre, frame, forward * thick, left * wide, up * high)

    ends = [(at(0, -1, up), at(0, 1, up)) for up in (-0.5, 0, 0.5)]
    shapes = [Cone(right, thick * 0.85, left, thick * 0.85) for right, left in ends]
    near = 1 if camera.away[1] < 0 else -1
    for left in (-1, 1):
        for forward in (-1, 1):
            for up in (-1, 1):
                inner, corner = at(0.35 * forward, left, 0.5 * up), at(forward, left, up)
                shapes.append(Cone(inner, thick * 0.6, corner, 0.006))
    seam = [at(-0.75, near, 0.85), at(-0.55, near, 0), at(-0.75, near, -0.85)]
    return [Soft(shapes, "cushion", blend=0.02), Edges([seam], FILLS["cushion_seam"])]


def _shadow(prop, _camera, _skeleton):
    """The shadow below a body on a floor without a mat: [x, y, half length, half width]."""
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
# The number of values in `at`.
PLACES = {
    "mat": 4,
    "box": 6,
    "bed": 6,
    "chair": 6,
    "wall": 6,
    "pillow": 3,
    "shadow": 4,
    "leg_press": 6,
    "bike": 6,
}
