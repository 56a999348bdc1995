"""The parts of things: blocks, tubes, discs, soft shapes and edges.

`draw` returns a part as flat pieces. A `hard` part also has `way_to`, which gives the direction and
distance from a point to its surface, to find poses that go through it. Lengths are in body heights.
"""

import math
from dataclasses import dataclass
from itertools import chain, pairwise

from .field import Field
from .geometry import WORLD, Frame, Vector, add, between, dot, length, offset, scale, subtract, unit
from .outline import curves_text, field_text, place, whole
from .shapes import Bounds, Camera, Cone, Ellipsoid
from .style import COLOURS, INK, OUTLINE

EDGE = 0.006
# The slot of a piece among the layers of the body: behind the whole body, between the far limbs and
# the trunk with the near leg, or between the two arms.
BEHIND, ASTRIDE, HELD = "behind", "astride", "held"
EDGE_ON = 0.02  # a face is not drawn when its normal is this close to the page
FILLS = COLOURS | {"wall": "#dbe1e5", "pad": "#c9d2d8", "metal": "#7d8a94"}
FILLS |= {"cushion": "#a9cbc4", "cushion_seam": "#5f8c83"}  # unlike the body and the clothes
NO_LINE = ' stroke="none"'
QUARTER = 0.5523  # handles of the cubic curve along a quarter of a circle of radius 1


@dataclass(frozen=True)
class Piece:
    """One path of a thing. `points` are in the plane of the picture, which must contain them."""

    path: str
    attributes: str
    points: list

    def svg(self) -> str:
        return f'<path d="{self.path}"{self.attributes}/>'


@dataclass(frozen=True)
class Cuboid:
    """A block around `centre`. `half` is half its size along each axis of `frame`."""

    centre: Vector
    half: Vector
    frame: Frame = WORLD
    top: str = "prop"
    sides: str = "prop_side"
    width: float = EDGE
    ink: str = INK
    slot: str = BEHIND
    hard: bool = True

    @classmethod
    def along_axes(cls, at, **looks) -> "Cuboid":
        """`at` is [x from, x to, y from, y to, z from, z to]."""
        pairs = list(zip(at[::2], at[1::2], strict=True))
        centre = tuple((low + high) / 2 for low, high in pairs)
        return cls(centre, tuple((high - low) / 2 for low, high in pairs), **looks)

    def draw(self, camera: Camera) -> list[Piece]:
        faces = {}
        for axis, (first, second), fill in (
            (0, (1, 2), self.sides),
            (1, (0, 2), self.sides),
            (2, (0, 1), self.top),
        ):
            facing = dot(self.frame[axis], camera.away)
            if abs(facing) < EDGE_ON:
                continue
            flat = []
            for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
                sign = [0.0, 0.0, 0.0]
                sign[axis], sign[first], sign[second] = -math.copysign(1, facing), a, b
                flat.append(camera.flat(self._corner(sign)))
            faces.setdefault(fill, []).append(flat)
        line = _pen(self.ink, self.width) if self.width else NO_LINE
        return [
            Piece(
                "".join(_lines(flat) + "z" for flat in same),
                f' fill="{FILLS[fill]}"{line}',
                list(chain(*same)),
            )
            for fill, same in faces.items()
        ]

    def _corner(self, sign) -> Vector:
        forward, left, up = (s * half for s, half in zip(sign, self.half, strict=True))
        return offset(self.centre, self.frame, forward, left, up)

    def way_to(self, point: Vector) -> tuple[Vector, float]:
        """The direction to the surface from outside, and the distance; negative inside."""
        away = subtract(point, self.centre)
        local = [dot(away, axis) for axis in self.frame]
        beyond = [abs(at) - half for at, half in zip(local, self.half, strict=True)]
        if max(beyond) <= 0:  # the nearest face
            axis = beyond.index(max(beyond))
            return scale(self.frame[axis], -math.copysign(1, local[axis])), beyond[axis]
        to_surface = [-math.copysign(max(0.0, b), at) for b, at in zip(beyond, local, strict=True)]
        way = offset((0.0, 0.0, 0.0), self.frame, *to_surface)
        return unit(way), length(way)


@dataclass(frozen=True)
class Tubes:
    """Round bars along lines of points; where bars meet they run into each other."""

    lines: list
    radius: float
    fill: str = "prop_side"
    slot: str = BEHIND
    hard: bool = True

    def draw(self, camera: Camera) -> list[Piece]:
        flat = [[camera.flat(point) for point in line] for line in self.lines]
        path = "".join(_lines(line) for line in flat)
        r = self.radius
        points = [(x + dx, y + dy) for x, y in chain(*flat) for dx in (-r, r) for dy in (-r, r)]
        # A line drawn on a wider line, so that only the bars as a whole have an outline.
        return [
            Piece(path, f' fill="none"{_pen(colour, width)}', points)
            for colour, width in (
                (INK, 2 * self.radius + EDGE),
                (FILLS[self.fill], 2 * self.radius - EDGE),
            )
        ]

    def way_to(self, point: Vector) -> tuple[Vector, float]:
        ways = [
            _way_to_cone(Cone(a, self.radius, b, self.radius), point)
            for line in self.lines
            for a, b in pairwise(line)
        ]
        return min(ways, key=lambda way: way[1])


@dataclass(frozen=True)
class Disc:
    """An upright wheel that faces sideways."""

    centre: Vector
    radius: float
    thickness: float
    fill: str = "prop_side"
    slot: str = BEHIND
    hard: bool = True

    def draw(self, camera: Camera) -> list[Piece]:
        near = -math.copysign(self.thickness / 2, camera.away[1])
        centre = add(self.centre, (0.0, near, 0.0))

        def rim(x, z):
            return camera.flat(add(centre, (x * self.radius, 0.0, z * self.radius)))

        corners = [(1, 0), (0, 1), (-1, 0), (0, -1), (1, 0)]
        curves = [
            (
                rim(*a),
                rim(a[0] + QUARTER * b[0], a[1] + QUARTER * b[1]),
                rim(b[0] + QUARTER * a[0], b[1] + QUARTER * a[1]),
                rim(*b),
            )
            for a, b in pairwise(corners)
        ]
        colour = f' fill="{FILLS[self.fill]}"{_pen(INK, EDGE)}'
        points = [rim(*corner) for corner in corners[:4]]
        return [Piece(curves_text(curves), colour, points)]

    def way_to(self, point: Vector) -> tuple[Vector, float]:
        x, y, z = subtract(point, self.centre)
        from_axle = math.hypot(x, z)
        outward = (x / from_axle, 0.0, z / from_axle) if from_axle else (1.0, 0.0, 0.0)
        sideways = (0.0, math.copysign(1, y), 0.0)
        past_rim, past_side = from_axle - self.radius, abs(y) - self.thickness / 2
        if max(past_rim, past_side) <= 0:
            depth, out = max((past_rim, outward), (past_side, sideways))
            return scale(out, -1), depth
        way = add(scale(outward, max(0.0, past_rim)), scale(sideways, max(0.0, past_side)))
        return scale(unit(way), -1), length(way)


@dataclass(frozen=True)
class Soft:
    """A rounded shape of cones and ellipsoids. Only a shape of cones can be hard."""

    shapes: list
    fill: str
    blend: float = 0.0
    outlined: bool = True
    slot: str = BEHIND
    hard: bool = False

    def draw(self, camera: Camera) -> list[Piece]:
        flat = [shape.seen_by(camera) for shape in self.shapes]
        path = field_text(Field.of(flat, blend=self.blend))
        line = f' stroke-width="{whole(OUTLINE * 0.85)}"' if self.outlined else NO_LINE
        colour = f' fill="{FILLS[self.fill]}"{line}'
        around = Bounds.around([p for shape in flat for p in shape.bounds.corners()])
        points = [(x, y) for x in (around.left, around.right) for y in (around.bottom, around.top)]
        return [Piece(path, colour, points)]

    def way_to(self, point: Vector) -> tuple[Vector, float]:
        return min((_way_to_cone(cone, point) for cone in self.shapes), key=lambda way: way[1])


@dataclass(frozen=True)
class Edges:
    """Thin lines, such as the edges of a wall."""

    lines: list
    ink: str = INK
    slot: str = BEHIND
    hard: bool = False

    def draw(self, camera: Camera) -> list[Piece]:
        flat = [[camera.flat(point) for point in line] for line in self.lines]
        pen = f' fill="none"{_pen(self.ink, EDGE)}'
        return [Piece("".join(_lines(line) for line in flat), pen, list(chain(*flat)))]


def overlap(shape, part) -> float:
    """The depth of a round shape of the body in a hard part; if negative, minus the gap."""
    if isinstance(shape, Ellipsoid):
        way, distance = part.way_to(shape.centre)
        axes = zip(shape.frame, shape.radii, strict=True)
        return math.sqrt(sum((dot(axis, way) * r) ** 2 for axis, r in axes)) - distance
    ends = ((shape.start, shape.start_radius), (shape.end, shape.end_radius))
    return max(radius - part.way_to(centre)[1] for centre, radius in ends)


def _way_to_cone(cone: Cone, point: Vector) -> tuple[Vector, float]:
    axis = subtract(cone.end, cone.start)
    square = dot(axis, axis)
    t = max(0.0, min(1.0, dot(subtract(point, cone.start), axis) / square)) if square else 0.0
    way = subtract(between(cone.start, cone.end, t), point)
    return unit(way), length(way) - (cone.start_radius + (cone.end_radius - cone.start_radius) * t)


def _pen(colour: str, width: float) -> str:
    """The attributes of a line. INK, the colour of the whole picture, is left out."""
    stroke = "" if colour == INK else f' stroke="{colour}"'
    return f'{stroke} stroke-width="{whole(width)}"'


def _lines(points) -> str:
    return "M" + "L".join("{} {}".format(*place(point)) for point in points)
