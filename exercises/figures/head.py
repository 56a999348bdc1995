"""Draw the head: skull, nose, hair, ears, eyes and mouth, seen from any side."""

import itertools
import math

from .field import CELL, Field, smooth_minimum
from .geometry import add, dot, offset, scale, unit
from .layers import Layer
from .shapes import Camera, Cone, Ellipsoid
from .skeleton import SIDES, Skeleton
from .style import COLOURS, HAIR_COLOURS, INK, Person

HEAD_CELL = CELL * 0.75
EYE_CELL = CELL * 0.3
# The ellipsoid on which the hair is drawn: its middle (forward, up) from the middle of the head,
# and its radii. In front it is only just outside the skull, or the hair would look like a cap.
SCALP_AT, SCALP = (-0.0070, 0.0145), (0.0600, 0.0500, 0.0575)
BALD_AT, BALD = (-0.0045, 0.0130), (0.0558, 0.0475, 0.0525)
PARTING = 0.016  # to the left of the middle
BALD_ABOVE = 0.009  # height on the scalp above which a bald head has no hair
HAIRLINE_ROUNDING = 0.016
FACE_LINE = 0.0046  # mouth, nose and parting
EAR_LINE = 0.0056
# The least cosine of the angle between skin and camera at which a line on the face is drawn.
SEEN = 0.12
# The middle of the mouth (forward, up), half its width, and the offset of its corners back and up.
MOUTH, MOUTH_HALF, MOUTH_BACK, MOUTH_SMILE = (0.0505, -0.0355), 0.0140, 0.0085, 0.0022
NOSE = ((0.0535, -0.0060), (0.0575, -0.0120), (0.0585, -0.0175))  # (forward, up) along its ridge
# A ponytail: (forward, up, radius) of its balls, from the middle of the head.
TAIL = (
    (-0.062, 0.024, 0.011),
    (-0.078, 0.014, 0.014),
    (-0.086, -0.010, 0.0165),
    (-0.084, -0.036, 0.0145),
    (-0.076, -0.064, 0.007),
)
TAIL_DROP = 0.55  # the shift towards the neck with the face down, per length of the tail
BUN, BUN_RADII = (-0.066, 0.030), (0.024, 0.026, 0.025)


def head_layers(skeleton: Skeleton, camera: Camera, shapes: dict, person: Person) -> list[Layer]:
    centre, frame = skeleton.joints["head"], skeleton.frames["head"]
    colour = COLOURS[HAIR_COLOURS[person.hair_colour]]
    skull = Field.of(shapes["head"], blend=0.02, cell=HEAD_CELL)
    skull.join(shapes["nose"][0].distance())
    layers = [Layer("head", COLOURS["skin"], skull)]
    layers.append(_hair(centre, frame, camera, colour, bald=person.hair == "bald"))
    if "knot" in shapes:
        field = Field.of(shapes["knot"], blend=0.01, cell=HEAD_CELL)
        behind = dot(frame[0], camera.away) < 0
        layers.insert(0 if behind else len(layers), Layer(person.hair, colour, field))
    if person.hair != "bald":
        layers += _parting(centre, frame, camera)
    layers = _ears(centre, frame, camera, behind=True) + layers
    return layers + _ears(centre, frame, camera, behind=False) + _face(centre, frame, camera)


def knot(skeleton: Skeleton, hair: str) -> list:
    """The solids of a bun or a ponytail."""
    centre, frame = skeleton.joints["head"], skeleton.frames["head"]
    return {"bun": _bun, "tail": _tail}[hair](centre, frame) if hair in ("bun", "tail") else []


def _bun(centre, frame) -> list[Ellipsoid]:
    forward, up = BUN
    return [Ellipsoid(offset(centre, frame, forward=forward, up=up), frame, BUN_RADII)]


def _tail(centre, frame) -> list[Cone]:
    """The ponytail, which lies against the head when the face is down."""
    drop = TAIL_DROP * max(0.0, -frame[0][2])
    balls = [
        (offset(centre, frame, forward=x + drop * max(0.0, TAIL[0][1] - z), up=z), radius)
        for x, z, radius in TAIL
    ]
    return [Cone(*start, *end) for start, end in itertools.pairwise(balls)]


def _ball(name, fill, ellipsoid, camera, cell=HEAD_CELL, pen=None) -> Layer:
    return Layer(name, fill, Field.of([ellipsoid.seen_by(camera)], cell=cell), pen=pen)


def _hair(centre, frame, camera: Camera, colour: str, *, bald: bool) -> Layer:
    """The hair: the points of the picture at which the scalp above the hairline is seen."""
    (ahead, above), radii = (BALD_AT, BALD) if bald else (SCALP_AT, SCALP)
    middle = offset(centre, frame, forward=ahead, up=above)
    scalp = Ellipsoid(middle, frame, radii)
    x0, y0 = camera.flat(middle)
    axes = list(zip(frame, radii, strict=True))
    rights = [dot(axis, camera.right) / r for axis, r in axes]
    ups = [dot(axis, camera.up) / r for axis, r in axes]
    aways = [dot(axis, camera.away) / r for axis, r in axes]
    square = sum(a * a for a in aways)

    def seen(x, y):
        """The point of the scalp, (forward, left, up) from its middle, that is seen at (x, y)."""
        start = [r * (x - x0) + u * (y - y0) for r, u in zip(rights, ups, strict=True)]
        half = sum(p * a for p, a in zip(start, aways, strict=True))
        rest = half * half - square * (sum(p * p for p in start) - 1)
        way = (-half - math.sqrt(max(0.0, rest))) / square
        return [(p + way * a) * r for p, a, r in zip(start, aways, radii, strict=True)]

    def beyond_hairline(x, y):
        forward, left, up = seen(x, y)
        # The fringe is swept to one side: the same hairline left and right looks like a cap.
        peak = 0.011 * max(0.0, 1 - ((left - PARTING) / 0.040) ** 2)
        temple = 0.016 * (max(0.0, abs(left) - 0.022) / 0.028) ** 2
        brow = 0.30 * forward - 0.95 * up + 0.004 + peak - temple
        nape = max(forward + 0.012, -up - 0.040 - 0.25 * (forward + 0.05))
        if bald:
            return -smooth_minimum(-nape, BALD_ABOVE - up, HAIRLINE_ROUNDING)
        return smooth_minimum(brow, nape, HAIRLINE_ROUNDING)

    field = Field.of([scalp.seen_by(camera)], cell=HEAD_CELL).keep(beyond_hairline)
    return Layer("hair", colour, field)


def _parting(centre, frame, camera: Camera) -> list[Layer]:
    """The front part of the parting; with a whole one the hair would look like a cap."""
    (ahead, above), (forward, _, up) = SCALP_AT, SCALP
    rest = math.sqrt(1 - (PARTING / SCALP[1]) ** 2)
    points = []
    for i in range(9):
        angle = math.radians(35 + 38 * i / 8)
        normal = (math.cos(angle) / forward, PARTING / SCALP[1] ** 2, math.sin(angle) / up)
        place = (
            ahead + forward * rest * math.cos(angle),
            PARTING,
            above + up * rest * math.sin(angle),
        )
        points.append((place, normal))
    return _seen_line("parting", points, centre, frame, camera)


def _seen_line(name, points, centre, frame, camera: Camera) -> list[Layer]:
    """A line on the head, where the surface faces the camera.

    `points` are pairs of a place and a normal: (forward, left, up) from the middle of the head.
    """
    line = []
    for place, normal in points:
        outward = unit(offset((0.0, 0.0, 0.0), frame, *normal))
        if dot(outward, camera.away) < -SEEN:
            line.append(camera.flat(offset(centre, frame, *place)))
    long_enough = len(line) > 2 and math.dist(line[0], line[-1]) > FACE_LINE
    return [Layer(name, line=line, pen=(INK, FACE_LINE))] if long_enough else []


def _ears(centre, frame, camera: Camera, *, behind: bool) -> list[Layer]:
    """The ears that are drawn behind the head (those at its outline), or the others."""
    layers = []
    for side, sign in SIDES.items():
        facing = -dot(scale(frame[1], sign), camera.away)
        if (-0.25 < facing <= 0.35) if behind else facing > 0.35:
            place = offset(centre, frame, left=sign * 0.045, forward=-0.004, up=-0.013)
            ear = Ellipsoid(place, frame, (0.0088, 0.0045, 0.0135))
            pen = (INK, EAR_LINE)
            layers.append(_ball(f"ear_{side}", COLOURS["skin"], ear, camera, EYE_CELL, pen))
    return layers


def _face(centre, frame, camera: Camera) -> list[Layer]:
    layers = []
    for side, sign in SIDES.items():
        outward = unit(add(frame[0], scale(frame[1], sign * 0.55)))
        if dot(outward, camera.away) < -0.30:
            place = offset(centre, frame, left=sign * 0.0195, forward=0.0465, up=0.0015)
            eye = Ellipsoid(place, frame, (0.0034, 0.0042, 0.0066))
            layers.append(_ball(f"eye_{side}", INK, eye, camera, EYE_CELL, ""))
    steep = abs(dot(frame[2], camera.away))
    # In profile the outline of the head shows the nose.
    if dot(frame[0], camera.away) < -0.6 and steep < 0.6:
        ridge = [((forward, 0.0, up), (1.0, 0.0, 0.0)) for forward, up in NOSE]
        layers += _seen_line("nose", ridge, centre, frame, camera)
    return layers + _seen_line("mouth", _mouth(steep), centre, frame, camera)


def _mouth(steep: float) -> list:
    """The points of the mouth, which smiles slightly.

    Seen steeply from above or below (`steep` near 1), curved lips would seem to grin or frown, so
    the line becomes straight.
    """
    back, smile = (size * max(0.0, 1 - 2 * steep) for size in (MOUTH_BACK, MOUTH_SMILE))
    points = []
    for i in range(-4, 5):
        share = i / 4
        forward, up = MOUTH[0] - back * share * share, MOUTH[1] + smile * share * share
        points.append(((forward, MOUTH_HALF * share, up), (1.0, 0.6 * share, 0.0)))
    return points
