"""Turn a distance field into the text of an SVG path, by smoothing, curve fitting and rounding.

Coordinates are whole numbers: one unit is a thousandth of body height, and y points down. Relative
commands are short, and compress well with gzip.
"""

import itertools
import math

from .field import Field

UNITS = 1000  # of the drawing, per body height
TOLERANCE = 0.0011  # of body height, a third of the width of a line's edge on paper
SMALLEST_AREA = 2.5e-5
CORNER = 38.0  # degrees; a sharper turn stays a corner
SMOOTHING_ROUNDS = 4

Point = tuple[float, float]


def distance(a: Point, b: Point) -> float:
    return math.hypot(b[0] - a[0], b[1] - a[1])


def area(loop) -> float:
    """Positive when the loop runs counter-clockwise."""
    return sum(loop[i - 1][0] * p[1] - p[0] * loop[i - 1][1] for i, p in enumerate(loop)) / 2


def loops(field: Field) -> list[list[Point]]:
    """The outlines of a field, evenly sampled and smoothed. Very small ones are left out."""
    outlines = []
    for loop in field.contours():
        if len(loop) > 5 and abs(area(loop)) > SMALLEST_AREA:
            count = max(8, int(_around(loop) / (field.cell * 0.9)))
            outlines.append(_smooth(evenly(loop, count)))
    return outlines


def outer_loop(field: Field) -> list[Point] | None:
    """The largest outline that is not a hole."""
    return max((loop for loop in loops(field) if area(loop) > 0), key=area, default=None)


def _around(loop) -> float:
    return sum(distance(a, b) for a, b in zip(loop, loop[1:] + loop[:1], strict=True))


def evenly(points, count: int, *, closed=True) -> list[Point]:
    """`count` points at equal distances along a loop, or along an open line with both its ends."""
    line = [*points, points[0]] if closed else points
    travelled = [0.0]
    for a, b in itertools.pairwise(line):
        travelled.append(travelled[-1] + distance(a, b))
    result, j = [], 0
    for k in range(count):
        wanted = travelled[-1] * k / (count if closed else count - 1)
        while j < len(travelled) - 2 and travelled[j + 1] < wanted:
            j += 1
        t = (wanted - travelled[j]) / ((travelled[j + 1] - travelled[j]) or 1)
        (x0, y0), (x1, y1) = line[j], line[j + 1]
        result.append((x0 + (x1 - x0) * t, y0 + (y1 - y0) * t))
    return result


def _smooth(loop) -> list[Point]:
    """Remove the steps of the grid without shrinking the loop (Taubin 1995)."""
    for share in (0.5, -0.53) * SMOOTHING_ROUNDS:
        loop = [
            (p[0] + share * ((a[0] + b[0]) / 2 - p[0]), p[1] + share * ((a[1] + b[1]) / 2 - p[1]))
            for a, p, b in zip(loop[-1:] + loop[:-1], loop, loop[1:] + loop[:1], strict=True)
        ]
    return loop


# --- curves: Schneider, "An algorithm for automatically fitting digitized curves", 1990 ----------


def fit_loop(loop, tolerance=TOLERANCE) -> list[tuple[Point, ...]]:
    """Cubic curves along a closed loop, with its sharp corners kept."""
    count = len(loop)
    corners = _corners(loop)
    if not corners:
        tangent = _direction(loop[-3], loop[3 % count])
        return _fit([*loop, loop[0]], tangent, _back(tangent), tolerance)
    curves = []
    for k, start in enumerate(corners):
        steps = (corners[(k + 1) % len(corners)] - start) % count or count
        curves += fit_line([loop[(start + i) % count] for i in range(steps + 1)], tolerance)
    return curves


def fit_line(points, tolerance=TOLERANCE) -> list[tuple[Point, ...]]:
    """Cubic curves along an open line."""
    step = min(3, len(points) - 1)
    first = _direction(points[0], points[step])
    last = _direction(points[-1], points[-1 - step])
    return _fit(points, first, last, tolerance)


def _corners(loop) -> list[int]:
    reach, count = 3, len(loop)
    turns = []
    for i in range(count):
        a, b, c = loop[i - reach], loop[i], loop[(i + reach) % count]
        ux, uy, vx, vy = b[0] - a[0], b[1] - a[1], c[0] - b[0], c[1] - b[1]
        turns.append(abs(math.degrees(math.atan2(ux * vy - uy * vx, ux * vx + uy * vy))))
    return [
        i
        for i in range(count)
        if turns[i] > CORNER
        and turns[i] == max(turns[(i + k) % count] for k in range(-reach, reach + 1))
    ]


def _direction(a: Point, b: Point) -> Point:
    size = distance(a, b) or 1.0
    return ((b[0] - a[0]) / size, (b[1] - a[1]) / size)


def _back(direction: Point) -> Point:
    return (-direction[0], -direction[1])


def _fit(points, first: Point, last: Point, tolerance: float) -> list[tuple[Point, ...]]:
    """One curve if it is close enough; otherwise several, split at the point farthest from it."""
    if len(points) == 2:
        third = distance(*points) / 3
        return [_curve(points, first, last, third, third)]
    travelled = [0.0]
    for a, b in itertools.pairwise(points):
        travelled.append(travelled[-1] + distance(a, b))
    total = travelled[-1] or 1.0
    shares = [way / total for way in travelled]
    worst = len(points) // 2
    for attempt in range(4):
        curve = _curve(points, first, last, *_handles(points, shares, first, last, total))
        error, worst = _worst(points, shares, curve)
        if error < tolerance**2:
            return [curve]
        if error > (tolerance * 4) ** 2 and attempt == 0:
            break
        shares = _closer_shares(points, shares, curve)
    worst = max(1, min(len(points) - 2, worst))
    before, after = points[max(0, worst - 2)], points[min(len(points) - 1, worst + 2)]
    tangent = _direction(after, before)
    return _fit(points[: worst + 1], first, tangent, tolerance) + _fit(
        points[worst:], _back(tangent), last, tolerance
    )


def _curve(points, first, last, first_handle, last_handle):
    a, z = points[0], points[-1]
    return (
        a,
        (a[0] + first[0] * first_handle, a[1] + first[1] * first_handle),
        (z[0] + last[0] * last_handle, z[1] + last[1] * last_handle),
        z,
    )


def _bernstein(t: float):
    m = 1 - t
    return m * m * m, 3 * t * m * m, 3 * t * t * m, t * t * t


def _handles(points, shares, first, last, total):
    """Lengths of the two handles with the least squared error."""
    c00 = c01 = c11 = x0 = x1 = 0.0
    (ax, ay), (zx, zy) = points[0], points[-1]
    for (px, py), t in zip(points, shares, strict=True):
        b0, b1, b2, b3 = _bernstein(t)
        ux, uy, vx, vy = first[0] * b1, first[1] * b1, last[0] * b2, last[1] * b2
        c00 += ux * ux + uy * uy
        c01 += ux * vx + uy * vy
        c11 += vx * vx + vy * vy
        tx, ty = px - ax * (b0 + b1) - zx * (b2 + b3), py - ay * (b0 + b1) - zy * (b2 + b3)
        x0 += ux * tx + uy * ty
        x1 += vx * tx + vy * ty
    determinant = c00 * c11 - c01 * c01
    chord = math.hypot(zx - ax, zy - ay)
    if abs(determinant) > 1e-14:
        handles = (
            (x0 * c11 - x1 * c01) / determinant,
            (c00 * x1 - c01 * x0) / determinant,
        )
        if all(1e-4 * chord <= handle <= 3 * total for handle in handles):
            return handles
    return chord / 3, chord / 3


def _worst(points, shares, curve) -> tuple[float, int]:
    """The largest squared error, and where."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = curve
    error, worst = 0.0, len(points) // 2
    for i in range(1, len(points) - 1):
        b0, b1, b2, b3 = _bernstein(shares[i])
        x = ax * b0 + bx * b1 + cx * b2 + dx * b3 - points[i][0]
        y = ay * b0 + by * b1 + cy * b2 + dy * b3 - points[i][1]
        if x * x + y * y > error:
            error, worst = x * x + y * y, i
    return error, worst


def _closer_shares(points, shares, curve) -> list[float]:
    """One Newton step of each share towards the nearest point of the curve."""
    moved = list(shares)
    for i in range(1, len(points) - 1):
        t, m = shares[i], 1 - shares[i]
        weights = _bernstein(t)
        away, slope, bow = [], [], []
        for k in (0, 1):
            a, b, c, d = (handle[k] for handle in curve)
            at = a * weights[0] + b * weights[1] + c * weights[2] + d * weights[3]
            away.append(at - points[i][k])
            slope.append(3 * (m * m * (b - a) + 2 * m * t * (c - b) + t * t * (d - c)))
            bow.append(6 * (m * (c - 2 * b + a) + t * (d - 2 * c + b)))
        below = slope[0] ** 2 + slope[1] ** 2 + away[0] * bow[0] + away[1] * bow[1]
        if abs(below) > 1e-12:
            step = (away[0] * slope[0] + away[1] * slope[1]) / below
            moved[i] = min(1.0, max(0.0, t - step))
    return moved


# --- text ----------------------------------------------------------------------------------------


def whole(value: float) -> int:
    """A length in units of the drawing."""
    return round(value * UNITS)


def place(point: Point) -> tuple[int, int]:
    return whole(point[0]), whole(-point[1])


def curves_text(curves, *, closed=True) -> str:
    """The `d` of a path along cubic curves."""
    x, y = place(curves[0][0])
    numbers, here = [], (x, y)
    for curve in curves:
        for handle in curve[1:]:
            px, py = place(handle)
            numbers += [px - here[0], py - here[1]]
        here = place(curve[3])
    return f"M{x} {y}c{_joined(numbers)}" + ("z" if closed else "")


def lines_text(points, *, closed=True) -> str:
    """The `d` of a path along straight lines. As many points give the same commands."""
    places = [place(point) for point in points]
    steps = [b[k] - a[k] for a, b in itertools.pairwise(places) for k in (0, 1)]
    return f"M{places[0][0]} {places[0][1]}l{_joined(steps)}" + ("z" if closed else "")


def field_text(field: Field, tolerance=TOLERANCE) -> str:
    return "".join(curves_text(fit_loop(loop, tolerance)) for loop in loops(field))


def _joined(numbers) -> str:
    """Numbers with a space only where a minus does not separate them already."""
    text = ""
    for number in numbers:
        text += str(number) if number < 0 or not text else f" {number}"
    return text
