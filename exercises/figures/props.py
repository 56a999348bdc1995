"""Things around the body: mat, box, bed, chair, pillow, cushion and shadow.

Places are in the world, in shares of body height: [x from, x to, y from, y to, z from, z to].
"""

from .body import girth, spine_at
from .field import Field
from .geometry import WORLD, offset
from .outline import field_text, place, whole
from .shapes import Camera, Cone, Ellipsoid
from .skeleton import Skeleton
from .style import COLOURS, GREY_LINE, INK, OUTLINE

EDGE, MAT_EDGE = 0.006, 0.0045
MAT_THICKNESS = 0.016
LEG = 0.022  # thickness of a chair's leg


def prop_svg(prop: dict, camera: Camera, skeleton: Skeleton) -> tuple[str, list]:
    """The SVG of one thing, and flat points that must fit in the picture."""
    return KINDS[prop["kind"]](prop, camera, skeleton)


def _mat(prop, camera, _skeleton):
    at = [*prop["at"], -MAT_THICKNESS, 0]
    return _block(camera, at, "mat", "mat_side", MAT_EDGE, GREY_LINE)


def _box(prop, camera, _skeleton):
    return _block(camera, prop["at"])


def _bed(prop, camera, _skeleton):
    """A bed with its headboard at the low end of x; z from is the underside of the frame."""
    x0, x1, y0, y1, z0, z1 = prop["at"]
    middle = z0 + (z1 - z0) * 0.37
    parts = [
        _block(camera, [x0 - 0.025, x0, y0, y1, 0, z1 + 0.19]),
        _block(camera, [x0, x1, y0, y1, z0, middle], "prop_side", "prop_side"),
        _block(camera, [x0, x1, y0, y1, middle, z1], "white", "prop"),
    ]
    return _together(parts)


def _chair(prop, camera, _skeleton):
    """`at` is the seat: [x from, x to, y from, y to, height of the seat, top of the back]."""
    x0, x1, y0, y1, seat, top = prop["at"]
    under = seat - 0.027
    posts = []
    for y in (y1 - 0.031, y0 + 0.009):  # far to near
        posts += [
            _block(camera, [x0, x0 + LEG, y, y + LEG, 0, under]),
            _block(camera, [x1 - LEG, x1, y, y + LEG, 0, under]),
            _block(camera, [x0, x0 + LEG, y, y + LEG, seat, top - 0.02]),
        ]
    rest = _block(camera, [x0, x0 + LEG, y0, y1, top - 0.31, top])
    return _together(
        [*posts[:3], *posts[3:5], _block(camera, [x0, x1, y0, y1, under, seat]), posts[5], rest]
    )


def _pillow(prop, camera, _skeleton):
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
    field = Field.of([row.seen_by(camera) for row in rows], blend=0.02)
    return _soft(field, "white"), [camera.flat((x, y, z))]


def _cushion(prop, camera, skeleton):
    """A cushion against the back at a position on the spine: `spine`, and its `radii`."""
    position, radii = prop["spine"], tuple(prop["radii"])
    point, frame = spine_at(skeleton, position)
    centre = offset(point, frame, forward=-girth(position)[2] - radii[0] * 0.6)
    field = Field.of([Ellipsoid(centre, frame, radii).seen_by(camera)])
    return _soft(field, "cushion"), [camera.flat(centre)]


def _shadow(prop, camera, _skeleton):
    """Where somebody stands, on a floor without a mat: [x, y, half length, half width]."""
    x, y, half_length, half_width = prop["at"]
    disc = Ellipsoid((x, y, 0.0), WORLD, (half_length, half_width, 0.001)).seen_by(camera)
    svg = f'<path d="{field_text(Field.of([disc]))}" fill="{COLOURS["mat_side"]}" stroke="none"/>'
    return svg, disc.bounds.corners()


KINDS = {
    "mat": _mat,
    "box": _box,
    "bed": _bed,
    "chair": _chair,
    "pillow": _pillow,
    "cushion": _cushion,
    "shadow": _shadow,
}
# How many numbers `at` has.
PLACES = {"mat": 4, "box": 6, "bed": 6, "chair": 6, "pillow": 3, "shadow": 4}


def _soft(field: Field, fill: str) -> str:
    path = field_text(field)
    return f'<path d="{path}" fill="{COLOURS[fill]}" stroke-width="{whole(OUTLINE * 0.85)}"/>'


def _together(parts):
    return "".join(svg for svg, _ in parts), [point for _, points in parts for point in points]


def _block(camera, at, top="prop", sides="prop_side", width=EDGE, ink=INK):
    """The visible faces of a block along the axes."""
    x0, x1, y0, y1, z0, z1 = at
    away_x, away_y, away_z = camera.away
    edge_on = 0.02
    faces = []
    if abs(away_x) > edge_on:
        x = x1 if away_x < 0 else x0
        faces.append(([(x, y0, z0), (x, y1, z0), (x, y1, z1), (x, y0, z1)], sides))
    if abs(away_y) > edge_on:
        y = y0 if away_y > 0 else y1
        faces.append(([(x0, y, z0), (x1, y, z0), (x1, y, z1), (x0, y, z1)], sides))
    if away_z < -edge_on:
        faces.append(([(x0, y0, z1), (x1, y0, z1), (x1, y1, z1), (x0, y1, z1)], top))
    svg, points = "", []
    for corners, fill in faces:
        flat = [camera.flat(corner) for corner in corners]
        points += flat
        path = "L".join("{} {}".format(*place(point)) for point in flat)
        svg += (
            f'<path d="M{path}z" fill="{COLOURS[fill]}" stroke="{ink}"'
            f' stroke-width="{whole(width)}"/>'
        )
    return svg, points
