"""The head: skull, nose, hair, ears, eyes and mouth, right from every side."""

import math

from .field import CELL, Field
from .geometry import add, dot, offset, scale, unit
from .layers import Layer
from .shapes import Camera, Ellipsoid
from .skeleton import SIDES, Skeleton
from .style import COLOURS, INK

HEAD_CELL = CELL * 0.75
EYE_CELL = CELL * 0.5
SCALP = (0.0605, 0.0500, 0.0575)  # radii of the ellipsoid that the hair is painted on
MOUTH_LINE = 0.0042


def head_layers(skeleton: Skeleton, camera: Camera, shapes: dict, hair: str) -> list[Layer]:
    centre, frame = skeleton.joints["head"], skeleton.frames["head"]
    skull = Field.of(shapes["head"], blend=0.02, cell=HEAD_CELL)
    skull.join(shapes["nose"][0].distance())
    layers = [Layer("head", COLOURS["skin"], skull)]
    if hair == "bun":
        knot = offset(centre, frame, forward=-0.066, up=0.030)
        bun = _ball("bun", COLOURS["hair"], Ellipsoid(knot, frame, (0.024, 0.026, 0.025)), camera)
        behind = camera.depth(knot) > camera.depth(centre)
        layers.insert(0 if behind else 1, bun)
    layers.append(_hair(centre, frame, camera))
    return layers + _ears(centre, frame, camera) + _face(centre, frame, camera)


def _ball(name, fill, ellipsoid, camera, cell=HEAD_CELL, pen=None) -> Layer:
    return Layer(name, fill, Field.of([ellipsoid.seen_by(camera)], cell=cell), pen=pen)


def _hair(centre, frame, camera: Camera) -> Layer:
    """Painted: where the line of sight meets the scalp above the hairline."""
    middle = offset(centre, frame, up=0.0145, forward=-0.004)
    scalp = Ellipsoid(middle, frame, SCALP)
    x0, y0 = camera.flat(middle)
    axes = list(zip(frame, SCALP, strict=True))
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
        return [(p + way * a) * r for p, a, r in zip(start, aways, SCALP, strict=True)]

    def beyond_hairline(x, y):
        forward, left, up = seen(x, y)
        peak = 0.010 * max(0.0, 1 - (left / 0.042) ** 2)
        brow = 0.30 * forward - 0.95 * up + 0.002 + peak
        nape = max(forward + 0.012, -up - 0.040 - 0.25 * (forward + 0.05))
        apart, soft = abs(brow - nape), 0.016
        rounding = (soft - apart) ** 2 / soft / 4 if apart < soft else 0.0
        return min(brow, nape) - rounding

    field = Field.of([scalp.seen_by(camera)], cell=HEAD_CELL).keep(beyond_hairline)
    return Layer("hair", COLOURS["hair"], field)


def _ears(centre, frame, camera: Camera) -> list[Layer]:
    layers = []
    for side, sign in SIDES.items():
        if dot(scale(frame[1], sign), camera.away) < -0.35:
            place = offset(centre, frame, left=sign * 0.045, forward=-0.006, up=-0.012)
            ear = Ellipsoid(place, frame, (0.0100, 0.004, 0.0155))
            layers.append(_ball(f"ear_{side}", COLOURS["skin"], ear, camera))
    return layers


def _face(centre, frame, camera: Camera) -> list[Layer]:
    layers = []
    for side, sign in SIDES.items():
        outward = unit(add(frame[0], scale(frame[1], sign * 0.55)))
        if dot(outward, camera.away) < -0.30:
            place = offset(centre, frame, left=sign * 0.019, forward=0.0475, up=0.0015)
            eye = Ellipsoid(place, frame, (0.003, 0.0036, 0.0058))
            layers.append(_ball(f"eye_{side}", COLOURS["hair"], eye, camera, EYE_CELL, ""))
    # Seen from the feet a mouth turns into a frown, so it is drawn only on an upright face.
    if dot(frame[0], camera.away) < -0.62 and abs(dot(frame[2], camera.away)) < 0.5:
        line = []
        for i in range(-4, 5):
            a = i / 4
            place = offset(
                centre,
                frame,
                left=a * 0.0125,
                forward=0.0505 - 0.006 * a * a,
                up=-0.0375 + 0.0035 * a * a,
            )
            line.append(camera.flat(place))
        layers.append(Layer("mouth", line=line, pen=(INK, MOUTH_LINE)))
    return layers
