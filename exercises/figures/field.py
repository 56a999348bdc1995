"""Distance fields, in which shapes are joined, cut and blended as numbers on a grid.

The result is one outline for each part, so the drawing needs no masks, clips or filters. Grid
points are at multiples of `cell` in both directions, so fields with one cell size share a grid.
"""

import math

from .shapes import OUTSIDE

CELL = 0.0058  # of body height; a smaller cell costs more, by the inverse square, and is not seen
DEEP = 0.03  # of body height; deeper under an outline, exact distances are not needed


class Field:
    """The distance to the outline at each grid point, negative inside."""

    def __init__(self, left: int, bottom: int, columns: int, rows: int, cell: float):
        self.left, self.bottom = left, bottom  # in cells
        self.columns, self.rows, self.cell = columns, rows, cell
        self.values = [[OUTSIDE] * columns for _ in range(rows)]

    @classmethod
    def of(cls, shapes, *, blend=0.0, grow=0.0, cell=CELL, margin=0.0) -> "Field":
        """The union of flat shapes. `blend` rounds the corners between them, `grow` widens them."""
        room = blend + grow + margin + 3 * cell
        boxes = [shape.bounds for shape in shapes]
        left = math.floor((min(b.left for b in boxes) - room) / cell)
        bottom = math.floor((min(b.bottom for b in boxes) - room) / cell)
        columns = math.ceil((max(b.right for b in boxes) + room) / cell) - left + 1
        rows = math.ceil((max(b.top for b in boxes) + room) / cell) - bottom + 1
        field = cls(left, bottom, columns, rows, cell)
        for shape, box in zip(shapes, boxes, strict=True):
            field._add(shape.distance(), box, room, blend)
        if grow:
            field.values = [[value - grow for value in row] for row in field.values]
        return field

    def _add(self, distance, box, room: float, blend: float) -> None:
        cell = self.cell
        first = max(0, math.floor((box.left - room) / cell) - self.left)
        last = min(self.columns, math.ceil((box.right + room) / cell) - self.left + 1)
        low = max(0, math.floor((box.bottom - room) / cell) - self.bottom)
        high = min(self.rows, math.ceil((box.top + room) / cell) - self.bottom + 1)
        xs = [(self.left + i) * cell for i in range(first, last)]
        deep = -(DEEP + blend)
        for j in range(low, high):
            row, y = self.values[j], (self.bottom + j) * cell
            for i, x in enumerate(xs, first):
                before = row[i]
                if before < deep:
                    continue
                value = distance(x, y)
                if value < before + blend:
                    row[i] = smooth_minimum(value, before, blend)

    @classmethod
    def blended(cls, groups, radius: float, cell=CELL) -> "Field":
        """A plain union inside each group of shapes, a rounded one between the groups."""
        whole = cls.of([shape for group in groups for shape in group], cell=cell, margin=radius)
        whole.values = [[OUTSIDE] * whole.columns for _ in range(whole.rows)]
        for group in groups:
            part = cls.of(group, cell=cell, margin=radius + 2 * cell)
            right, up = part.left - whole.left, part.bottom - whole.bottom
            for j, row in enumerate(part.values, up):
                if not 0 <= j < whole.rows:
                    continue
                target = whole.values[j]
                for i, value in enumerate(row, right):
                    if value < OUTSIDE and 0 <= i < whole.columns:
                        target[i] = smooth_minimum(value, target[i], radius)
        return whole

    def copy(self) -> "Field":
        twin = Field(self.left, self.bottom, 0, 0, self.cell)
        twin.columns, twin.rows = self.columns, self.rows
        twin.values = [list(row) for row in self.values]
        return twin

    def keep(self, outside) -> "Field":
        """Cut away where the function `outside` of (x, y) is positive."""
        near = 4 * self.cell  # farther out nothing changes the outline
        for j, row in enumerate(self.values, self.bottom):
            y = j * self.cell
            for i, value in enumerate(row):
                if value < near:
                    row[i] = max(value, outside((self.left + i) * self.cell, y))
        return self

    def join(self, distance) -> "Field":
        """Add the shape of which `distance` is the distance function."""
        for j, row in enumerate(self.values, self.bottom):
            y = j * self.cell
            for i, value in enumerate(row):
                row[i] = min(value, distance((self.left + i) * self.cell, y))
        return self

    def at(self, x: float, y: float) -> float:
        """The value at a point, interpolated."""
        column, row = x / self.cell - self.left, y / self.cell - self.bottom
        i, j = int(column), int(row)
        if column < 0 or row < 0 or i >= self.columns - 1 or j >= self.rows - 1:
            return OUTSIDE
        s, t = column - i, row - j
        low, high = self.values[j], self.values[j + 1]
        below = low[i] * (1 - s) + low[i + 1] * s
        above = high[i] * (1 - s) + high[i + 1] * s
        return below * (1 - t) + above * t

    def inside(self, every: int = 1):
        """The grid points clearly inside, one in `every` in each direction."""
        for j in range(0, self.rows, every):
            for i in range(0, self.columns, every):
                if self.values[j][i] < -0.004:
                    yield (self.left + i) * self.cell, (self.bottom + j) * self.cell

    def contours(self) -> list[list[tuple[float, float]]]:
        """Closed loops along the zero level, inside on the left hand (marching squares)."""
        points, following = {}, {}
        for j in range(self.rows - 1):
            low, high = self.values[j], self.values[j + 1]
            for i in range(self.columns - 1):
                case = (
                    (low[i] < 0)
                    | (low[i + 1] < 0) << 1
                    | (high[i + 1] < 0) << 2
                    | (high[i] < 0) << 3
                )
                for enter, leave in CROSSINGS[case]:
                    start = self._crossing(i, j, enter, points)
                    following[start] = self._crossing(i, j, leave, points)
        loops = []
        while following:
            first, current = following.popitem()
            loop = [points[first]]
            while current != first and current in following:
                loop.append(points[current])
                current = following.pop(current)
            loops.append(loop)
        return loops

    def _crossing(self, i: int, j: int, edge: str, points: dict):
        """The name of the point where the zero level crosses an edge of cell (i, j)."""
        vertical = edge in "LR"
        i, j = i + (edge == "R"), j + (edge == "T")
        name = (i, j, vertical)
        if name not in points:
            here = self.values[j][i]
            there = self.values[j + 1][i] if vertical else self.values[j][i + 1]
            t = here / (here - there)
            points[name] = (
                (self.left + i + (0 if vertical else t)) * self.cell,
                (self.bottom + j + (t if vertical else 0)) * self.cell,
            )
        return name


# The edges of a cell (bottom, right, top, left) that the outline crosses, by the corners that are
# inside. Bit 0 of the index is the bottom left corner; the others follow counter-clockwise.
CROSSINGS = tuple(
    tuple(pair.split("-") for pair in cell.split())
    for cell in (
        "",
        "B-L",
        "R-B",
        "R-L",
        "T-R",
        "B-R T-L",
        "T-B",
        "T-L",
        "L-T",
        "B-T",
        "R-T L-B",
        "R-T",
        "L-R",
        "B-R",
        "L-B",
        "",
    )
)


def fuse(a: Field, b: Field, radius: float) -> Field:
    """The union of two fields with one cell size, in which only concave corners are rounded.

    A rounded union with a constant radius would make elbows and knees too thick. Here the radius
    is zero where the two surfaces have the same direction.
    """
    left, bottom = min(a.left, b.left), min(a.bottom, b.bottom)
    columns = max(a.left + a.columns, b.left + b.columns) - left
    rows = max(a.bottom + a.rows, b.bottom + b.rows) - bottom
    fused = Field(left, bottom, columns, rows, a.cell)
    first, second = _spread(a, fused), _spread(b, fused)
    fused.values = [
        [p if p < q else q for p, q in zip(u, v, strict=True)]
        for u, v in zip(first, second, strict=True)
    ]
    for j in range(1, rows - 1):
        row_a, row_b, row = first[j], second[j], fused.values[j]
        for i in range(1, columns - 1):
            apart = abs(row_a[i] - row_b[i])
            if apart < radius and -radius < row[i] < radius:
                ax, ay = row_a[i + 1] - row_a[i - 1], first[j + 1][i] - first[j - 1][i]
                bx, by = row_b[i + 1] - row_b[i - 1], second[j + 1][i] - second[j - 1][i]
                size = math.sqrt((ax * ax + ay * ay) * (bx * bx + by * by)) or 1.0
                concave = radius * min(1.0, (0.75 - (ax * bx + ay * by) / size) * 0.9)
                if apart < concave:
                    share = (concave - apart) / concave
                    row[i] -= share * share * concave / 4
    return fused


def _spread(field: Field, target: Field) -> list[list[float]]:
    """The values of `field` on the larger grid of `target`."""
    right, up = field.left - target.left, field.bottom - target.bottom
    values = [[OUTSIDE] * target.columns for _ in range(target.rows)]
    for j, row in enumerate(field.values, up):
        values[j][right : right + field.columns] = row
    return values


def smooth_minimum(a: float, b: float, radius: float) -> float:
    """The lesser of two distances, rounded where they differ by less than `radius`."""
    if radius:
        apart = a - b if a > b else b - a
        if apart < radius:
            share = (radius - apart) / radius
            return (a if a < b else b) - share * share * radius / 4
    return a if a < b else b
