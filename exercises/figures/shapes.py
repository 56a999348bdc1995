"""Round cones and ellipsoids, of which the body is made, and their images in a camera.

A parallel projection turns a round cone into exactly a flat round cone, and an ellipsoid into
exactly an ellipse. Lengths are in body heights.
"""

import math
from typing import NamedTuple

from .geometry import Frame, Vector, cross, dot

OUTSIDE = 9.0  # farther than any distance in a picture


class Camera:
    """A camera at an azimuth and an elevation, in degrees.

    Azimuth 0 shows the right side of a person who faces the right edge of the page, 90 the front,
    and -90 the back. A positive elevation looks down.
    """

    def __init__(self, azimuth: float = 0.0, elevation: float = 0.0):
        a, e = math.radians(azimuth), math.radians(elevation)
        self.right: Vector = (math.cos(a), math.sin(a), 0.0)
        self.away: Vector = (
            -math.sin(a) * math.cos(e),
            math.cos(a) * math.cos(e),
            -math.sin(e),
        )
        self.up: Vector = cross(self.right, self.away)

    def flat(self, point: Vector) -> tuple[float, float]:
        return (dot(point, self.right), dot(point, self.up))

    def depth(self, point: Vector) -> float:
        """The depth of the point in the picture; greater is farther away."""
        return dot(point, self.away)


class Bounds(NamedTuple):
    left: float
    bottom: float
    right: float
    top: float

    @classmethod
    def around(cls, points) -> "Bounds":
        xs, ys = zip(*points, strict=True)
        return cls(min(xs), min(ys), max(xs), max(ys))

    def corners(self):
        return [(self.left, self.bottom), (self.right, self.top)]

    def overlaps(self, other: "Bounds") -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.bottom < other.top
            and other.bottom < self.top
        )


class FlatCone(NamedTuple):
    """The area within a tight band around two circles."""

    x0: float
    y0: float
    r0: float
    x1: float
    y1: float
    r1: float

    @property
    def bounds(self) -> Bounds:
        x0, y0, r0, x1, y1, r1 = self
        return Bounds(
            min(x0 - r0, x1 - r1),
            min(y0 - r0, y1 - r1),
            max(x0 + r0, x1 + r1),
            max(y0 + r0, y1 + r1),
        )

    def distance(self):
        """A function of (x, y): the distance to the outline, negative inside."""
        sqrt = math.sqrt
        x0, y0, r0, x1, y1, r1 = self
        dx, dy = x1 - x0, y1 - y0
        size = sqrt(dx * dx + dy * dy)
        if size < 1e-6 or abs(r0 - r1) >= size:
            x, y, r = (x0, y0, r0) if r0 >= r1 else (x1, y1, r1)
            return lambda px, py: sqrt((px - x) ** 2 + (py - y) ** 2) - r
        ux, uy = dx / size, dy / size
        slope = (r0 - r1) / size
        level = sqrt(1 - slope * slope)
        end = level * size

        def distance(px, py):
            qx, qy = px - x0, py - y0
            along = qx * ux + qy * uy
            aside = abs(qy * ux - qx * uy)
            where = along * level - aside * slope
            if where < 0:
                return sqrt(qx * qx + qy * qy) - r0
            if where > end:
                return sqrt((px - x1) ** 2 + (py - y1) ** 2) - r1
            return aside * level + along * slope - r0

        return distance


class FlatEllipse(NamedTuple):
    """An ellipse by its centre, its inverse matrix (a b; b c) and its half extents."""

    x: float
    y: float
    a: float
    b: float
    c: float
    half_width: float
    half_height: float

    @property
    def bounds(self) -> Bounds:
        x, y, width, height = self.x, self.y, self.half_width, self.half_height
        return Bounds(x - width, y - height, x + width, y + height)

    def distance(self):
        """A function of (x, y): close to the distance to the outline, negative inside."""
        sqrt = math.sqrt
        x, y, a, b, c, _, _ = self

        def distance(px, py):
            qx, qy = px - x, py - y
            gx, gy = a * qx + b * qy, b * qx + c * qy
            slope = sqrt(gx * gx + gy * gy)
            if slope < 1e-9:
                return -OUTSIDE
            level = sqrt(qx * gx + qy * gy)
            return level * (level - 1) / slope

        return distance


class Cone(NamedTuple):
    """A round cone between two balls."""

    start: Vector
    start_radius: float
    end: Vector
    end_radius: float

    def seen_by(self, camera: Camera) -> FlatCone:
        start, end = camera.flat(self.start), camera.flat(self.end)
        return FlatCone(*start, self.start_radius, *end, self.end_radius)

    def lowest(self) -> float:
        return min(self.start[2] - self.start_radius, self.end[2] - self.end_radius)


class Ellipsoid(NamedTuple):
    """An ellipsoid with its radii along the axes of `frame`."""

    centre: Vector
    frame: Frame
    radii: Vector

    def seen_by(self, camera: Camera) -> FlatEllipse:
        xx = xy = yy = 0.0
        for axis, radius in zip(self.frame, self.radii, strict=True):
            x, y = camera.flat(axis)
            xx += (x * radius) ** 2
            xy += x * y * radius * radius
            yy += (y * radius) ** 2
        determinant = xx * yy - xy * xy
        if determinant < 1e-12:  # seen exactly edge-on, so it gets some thickness
            xx, yy = xx + 1e-6, yy + 1e-6
            determinant = xx * yy - xy * xy
        inverse = (yy / determinant, -xy / determinant, xx / determinant)
        return FlatEllipse(*camera.flat(self.centre), *inverse, math.sqrt(xx), math.sqrt(yy))

    def lowest(self) -> float:
        heights = (axis[2] * r for axis, r in zip(self.frame, self.radii, strict=True))
        return self.centre[2] - math.sqrt(sum(h * h for h in heights))
