"""Points, directions and frames in three dimensions.

World axes: x is where a standing figure faces, y is to its left, z is up. The floor is z = 0. One
unit is the height of the body. Angles are degrees. A `Frame` is three unit vectors at right angles:
forward, left and up, as seen by the bone that it belongs to.
"""

import math

Vector = tuple[float, float, float]
Frame = tuple[Vector, Vector, Vector]

WORLD: Frame = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
FORWARD, LEFT, UP = range(3)


def add(a: Vector, b: Vector) -> Vector:
    return (a[0] + b[0], a[1] + b[1], a[2] + b[2])


def subtract(a: Vector, b: Vector) -> Vector:
    return (a[0] - b[0], a[1] - b[1], a[2] - b[2])


def scale(a: Vector, factor: float) -> Vector:
    return (a[0] * factor, a[1] * factor, a[2] * factor)


def dot(a: Vector, b: Vector) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def cross(a: Vector, b: Vector) -> Vector:
    return (
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    )


def length(a: Vector) -> float:
    return math.sqrt(dot(a, a))


def unit(a: Vector) -> Vector:
    size = length(a)
    return scale(a, 1 / size) if size > 1e-12 else (1.0, 0.0, 0.0)


def between(a, b, t: float):
    """The point at share `t` of the way from a to b, in two or three dimensions."""
    return tuple(p + (q - p) * t for p, q in zip(a, b, strict=True))


def offset(origin: Vector, frame: Frame, forward=0.0, left=0.0, up=0.0) -> Vector:
    """`origin` moved along the axes of `frame`."""
    return tuple(
        origin[i] + frame[FORWARD][i] * forward + frame[LEFT][i] * left + frame[UP][i] * up
        for i in range(3)
    )


def _rotate(a: Vector, b: Vector, degrees: float) -> tuple[Vector, Vector]:
    """Both vectors turned in their own plane, from a towards b."""
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return (
        add(scale(a, cosine), scale(b, sine)),
        subtract(scale(b, cosine), scale(a, sine)),
    )


def bend_forward(frame: Frame, degrees: float) -> Frame:
    """The frame with `up` turned towards `forward`."""
    up, forward = _rotate(frame[UP], frame[FORWARD], degrees)
    return (forward, frame[LEFT], up)


def bend_left(frame: Frame, degrees: float) -> Frame:
    """The frame with `up` turned towards the figure's own left."""
    up, left = _rotate(frame[UP], frame[LEFT], degrees)
    return (frame[FORWARD], left, up)


def turn_left(frame: Frame, degrees: float) -> Frame:
    """The frame with `forward` turned towards the figure's own left."""
    forward, left = _rotate(frame[FORWARD], frame[LEFT], degrees)
    return (forward, left, frame[UP])


def frame_along(up: Vector, forward: Vector) -> Frame:
    """The frame with this `up`, whose forward axis is as near to `forward` as possible."""
    up = unit(up)
    forward = unit(subtract(forward, scale(up, dot(forward, up))))
    return (forward, cross(up, forward), up)


def two_bone_reach(root: Vector, target: Vector, upper: float, lower: float, pole: Vector):
    """Two bones from `root` to `target`, the joint between them bent towards `pole`.

    Returns the middle joint, the end, the direction of the bend, and the distance by which the
    target is out of reach (zero or negative otherwise). The bones always keep their lengths.
    """
    to_target = subtract(target, root)
    wanted = length(to_target)
    reached = max(abs(upper - lower) + 1e-4, min(upper + lower - 1e-5, wanted))
    direction = unit(to_target)
    along = (upper**2 - lower**2 + reached**2) / (2 * reached)
    aside = math.sqrt(max(0.0, upper**2 - along**2))
    bend = subtract(pole, scale(direction, dot(pole, direction)))
    bend = unit(bend) if length(bend) > 1e-6 else WORLD[UP]
    middle = add(root, add(scale(direction, along), scale(bend, aside)))
    return middle, add(root, scale(direction, reached)), bend, wanted - reached


# --- rotations between frames, for the loop ------------------------------------------------------


def seen_from(parent: Frame, frame: Frame) -> Frame:
    """`frame` in the coordinates of `parent`."""
    return tuple(tuple(dot(axis, column) for axis in parent) for column in frame)


def placed_in(parent: Frame, local: Frame) -> Frame:
    """The inverse of `seen_from`."""
    return tuple(
        tuple(sum(parent[k][i] * column[k] for k in range(3)) for i in range(3)) for column in local
    )


def quaternion(frame: Frame) -> tuple[float, float, float, float]:
    """The rotation from WORLD to `frame`, as (w, x, y, z)."""
    row = [[frame[j][i] for j in range(3)] for i in range(3)]
    trace = row[0][0] + row[1][1] + row[2][2]
    if trace > 0:
        size = math.sqrt(trace + 1) * 2
        return (
            size / 4,
            (row[2][1] - row[1][2]) / size,
            (row[0][2] - row[2][0]) / size,
            (row[1][0] - row[0][1]) / size,
        )
    i = max(range(3), key=lambda axis: row[axis][axis])
    j, k = (i + 1) % 3, (i + 2) % 3
    size = math.sqrt(max(1e-9, 1 + row[i][i] - row[j][j] - row[k][k])) * 2
    result = [(row[k][j] - row[j][k]) / size, 0.0, 0.0, 0.0]
    result[i + 1] = size / 4
    result[j + 1] = (row[j][i] + row[i][j]) / size
    result[k + 1] = (row[k][i] + row[i][k]) / size
    return tuple(result)


def frame_of(rotation) -> Frame:
    """The inverse of `quaternion`."""
    w, x, y, z = rotation
    return (
        (1 - 2 * (y * y + z * z), 2 * (x * y + z * w), 2 * (x * z - y * w)),
        (2 * (x * y - z * w), 1 - 2 * (x * x + z * z), 2 * (y * z + x * w)),
        (2 * (x * z + y * w), 2 * (y * z - x * w), 1 - 2 * (x * x + y * y)),
    )


def turn_between(a: Frame, b: Frame, t: float) -> Frame:
    """The frame at share `t` of the shortest turn from a to b (slerp)."""
    start, end = quaternion(a), quaternion(b)
    cosine = sum(p * q for p, q in zip(start, end, strict=True))
    if cosine < 0:
        end, cosine = tuple(-q for q in end), -cosine
    if cosine > 0.9995:
        mixed = between(start, end, t)
    else:
        angle = math.acos(cosine)
        first, second = math.sin((1 - t) * angle), math.sin(t * angle)
        mixed = tuple(first * p + second * q for p, q in zip(start, end, strict=True))
    size = math.sqrt(sum(q * q for q in mixed))
    return frame_of(tuple(q / size for q in mixed))
