"""Draw one frame as SVG: things, the ghost of another pose, the body, arrows and marks."""

import math

from .body import back_at, girth, spine_at
from .contact import contact_warnings
from .field import CELL, Field
from .figure import WHOLE, Body, DrawnFigure, silhouette
from .geometry import add, between, offset, scale
from .outline import area, curves_text, fit_loop, loops, place, whole
from .props import prop_parts
from .shapes import Bounds, Camera
from .signs import MARK, SIGN_GAP, SIGN_SIZES, mark, sign_bounds, sign_svg
from .skeleton import Skeleton
from .solids import BEHIND
from .solver import warnings
from .style import ACCENT, GREY_LINE, OUTLINE, PAPER, Person
from .weave import named, woven

ARROW, ARROW_HEAD, HALO = 0.0135, 0.040, 0.013
GHOST_LINE, GHOST_TOLERANCE = 0.0055, 0.0016

# The places on the body for arrows and marks, as functions of the skeleton.
LANDMARKS = {
    "low_back": lambda s: back_at(s, 2.5),
    "mid_back": lambda s: back_at(s, 8),
    "sacrum": lambda s: back_at(s, -0.5),
    "belly": lambda s: _front_at(s, 2.5),
    "chest": lambda s: _front_at(s, 9),
    "buttocks": lambda s: offset(s.joints["pelvis"], s.frames["pelvis"], forward=-0.075),
    "crown": lambda s: offset(s.joints["head"], s.frames["head"], up=0.07),
    "knees": lambda s: between(s.joints["knee_l"], s.joints["knee_r"], 0.5),
    "pelvis": lambda s: s.joints["pelvis"],
}
for _side in "lr":
    for _joint in ("hip", "knee", "ankle", "shoulder", "elbow"):
        LANDMARKS[f"{_joint}_{_side}"] = lambda s, name=f"{_joint}_{_side}": s.joints[name]
    LANDMARKS[f"hand_{_side}"] = lambda s, side=_side: offset(
        s.joints[f"wrist_{side}"], s.frames[f"hand_{side}"], up=-0.06
    )
    LANDMARKS[f"toe_{_side}"] = lambda s, side=_side: offset(
        s.joints[f"ankle_{side}"], s.frames[f"foot_{side}"], forward=0.11
    )
    LANDMARKS[f"heel_{_side}"] = lambda s, side=_side: offset(
        s.joints[f"ankle_{side}"], s.frames[f"foot_{side}"], forward=-0.04, up=-0.02
    )


def _front_at(skeleton: Skeleton, position: float):
    point, frame = spine_at(skeleton, position)
    return offset(point, frame, forward=girth(position)[1])


def landmark(skeleton: Skeleton, camera: Camera, anchor: list) -> tuple[float, float]:
    """The point in the picture of [name, right, up]. The two offsets are in its plane."""
    name, *moved = anchor
    x, y = camera.flat(LANDMARKS[name](skeleton))
    right, up = moved or (0.0, 0.0)
    return x + right, y + up


class Scene:
    """A drawn frame: its SVG in the coordinates of the figure, its bounds and its warnings."""

    def __init__(self, frame: dict, figure: dict, poses: dict, cell: float = CELL):
        camera = Camera(*frame.get("view", figure["view"]))
        person = Person(**figure.get("person", {}))
        skeleton = Skeleton.of(poses[frame["pose"]])
        body = DrawnFigure(skeleton, camera, person, cell=cell)
        self.warnings = warnings(skeleton, body.lowest())
        points = body.bounds().corners()
        placed = [
            (prop["kind"], part)
            for prop in figure.get("props", []) + frame.get("props", [])
            for part in prop_parts(prop, camera, skeleton)
        ]
        self.warnings += contact_warnings(poses[frame["pose"]], body, placed)
        pieces = [(part, piece) for _, part in placed for piece in part.draw(camera)]
        things = [(part.slot, piece.svg()) for part, piece in pieces]
        points += [point for _, piece in pieces for point in piece.points]
        things_at = [Bounds.around(piece.points) for part, piece in pieces if part.hard]
        if "ghost" in frame:
            ghost = Body(Skeleton.of(poses[frame["ghost"]]), camera, person, cell=cell)
            shapes = ghost.shapes_of(frame.get("ghost_parts", WHOLE))
            things.append((BEHIND, _ghost(silhouette(shapes, cell))))
            ghost_at = [shape.bounds for shape in shapes]
            points += [corner for bounds in ghost_at for corner in bounds.corners()]
            things_at += ghost_at
        halos, signs, signs_at = [], [], []
        for spec in frame.get("arrows", []):
            ends = (landmark(skeleton, camera, spec[end]) for end in ("from", "to"))
            halo, arrow, corners = _arrow(*ends, spec.get("bend", 0.0), spec.get("both", False))
            halos.append(halo)
            signs.append(arrow)
            signs_at.append(Bounds.around(corners))
            points += corners
        if "mark" in frame:
            x, y = landmark(skeleton, camera, frame["mark"]["at"])
            signs.append(mark(frame["mark"]["kind"], x, y))
            signs_at.append(Bounds(x - MARK, y - MARK, x + MARK, y + MARK))
            points += signs_at[-1].corners()
        self.bounds = Bounds.around(points)
        self.occupied = [*(shape.bounds for shape in body.all_shapes()), *things_at, *signs_at]
        layers = named(body.layers_with(frame.get("highlight")))
        paths = {name: layer.svg() for name, layer in layers.items()}
        self.svg = (
            f'<g stroke-width="{whole(OUTLINE)}">{woven(things, paths, body.plan)}</g>'
            + "".join(halos + signs)
        )

    def add_sign(self, kind: str, level: float) -> None:
        """Add a sign in the top right corner, with its middle at height `level`.

        The picture is made wider when the body or a thing is in that corner.
        """
        half_width, half_height = SIGN_SIZES[kind]
        left, bottom, right, top = self.bounds
        x = right - half_width
        if self._taken(kind, x, level):
            x = right + SIGN_GAP + half_width
        self.svg += sign_svg(kind, x, level)
        self.occupied.append(sign_bounds(kind, x, level))
        self.bounds = Bounds(
            left, bottom, max(right, x + half_width), max(top, level + half_height)
        )

    def _taken(self, kind: str, x: float, y: float) -> bool:
        around = sign_bounds(kind, x, y, SIGN_GAP)
        return any(around.overlaps(part) for part in self.occupied)


def _ghost(seen: Field) -> str:
    """The SVG of a ghost: a dotted outline of the body in another pose."""
    outer = [loop for loop in loops(seen) if area(loop) > 0]
    path = "".join(curves_text(fit_loop(loop, GHOST_TOLERANCE)) for loop in outer)
    return (
        f'<path d="{path}" fill="none" stroke="{GREY_LINE}" stroke-width="{whole(GHOST_LINE)}"'
        ' stroke-dasharray="4 15"/>'
    )


def _arrow(start, end, bend: float, both: bool):
    """The halo, the SVG and the points of a curved arrow.

    `bend` is the share of its length by which it bulges to the left of its direction. The head is
    a path, because WeasyPrint rotates markers wrongly.
    """
    size = math.dist(start, end)
    sideways = (-(end[1] - start[1]) / size, (end[0] - start[0]) / size)
    bulge = add((*between(start, end, 0.5), 0.0), scale((*sideways, 0.0), 2 * bend * size))[:2]
    tail, heads = start, []
    neck, head = _arrow_head(end, bulge)
    heads.append(head)
    if both:
        tail, head = _arrow_head(start, bulge)
        heads.append(head)
    line = "M{} {}Q{} {} {} {}".format(*place(tail), *place(bulge), *place(neck))
    tips = "".join(
        "M" + "L".join("{} {}".format(*place(point)) for point in head) + "z" for head in heads
    )
    halo = (
        f'<path d="{line}" fill="none" stroke="{PAPER}" stroke-width="{whole(ARROW + HALO)}"/>'
        f'<path d="{tips}" fill="{PAPER}" stroke="{PAPER}" stroke-width="{whole(HALO)}"/>'
    )
    arrow = (
        f'<path d="{line}" fill="none" stroke="{ACCENT}" stroke-width="{whole(ARROW)}"/>'
        f'<path d="{tips}" fill="{ACCENT}" stroke="{ACCENT}" stroke-width="4"/>'
    )
    middle = between(between(start, end, 0.5), bulge, 0.5)
    return halo, arrow, [start, end, middle, *(point for head in heads for point in head)]


def _arrow_head(tip, coming_from):
    size = math.dist(tip, coming_from)
    x, y = (tip[0] - coming_from[0]) / size, (tip[1] - coming_from[1]) / size
    base = (tip[0] - x * ARROW_HEAD, tip[1] - y * ARROW_HEAD)
    half, notch = ARROW_HEAD * 0.52, ARROW_HEAD * 0.22
    corners = [
        tip,
        (base[0] - y * half, base[1] + x * half),
        (base[0] + x * notch, base[1] + y * notch),
        (base[0] + y * half, base[1] - x * half),
    ]
    return base, corners
