"""Draw the loop: the poses of a figure in motion, as one SVG with SMIL animation and no script.

Every layer is one path with moving points. SMIL needs the same commands at every moment, so each
outline is sampled into the same number of points, aligned with those of the moment before.
"""

import math
import re

from .data import solved_poses
from .field import CELL
from .figure import DrawnFigure
from .geometry import between
from .layers import Layer
from .outline import distance, evenly, lines_text, outer_loop, place, whole
from .pedals import on_pedals, turned_on
from .poses import in_between
from .props import prop_parts
from .shapes import Bounds, Camera
from .skeleton import Skeleton
from .solids import HELD, Piece
from .solver import solve
from .strip import MARGIN, MILLIMETRES, framed
from .style import OUTLINE, Person
from .weave import named, woven

STEPS = 4  # drawn poses from one key pose to the next
SPACING = 0.017  # between the points of an outline
SMALL, SMALL_SPACING = 0.45, 0.6  # outlines shorter than this get closer points
LOOP_CELL = CELL * 1.15  # coarser than on paper, and not seen in motion
DOT_POINTS, LINE_POINTS, FEWEST_POINTS = 8, 12, 14


def moments(figure: dict) -> list[tuple]:
    """The moments of the loop in order: (a,) for a key pose, (a, b, share) between two of them.

    A loop goes there and back: the moments from b to a are those from a to b, so they are drawn
    once. A loop that goes round, such as pedalling, does not.
    """
    names, there_and_back = figure["loop"]["poses"], not figure["loop"].get("round")
    result = []
    for a, b in zip(names, names[1:] + names[:1], strict=True):
        result.append((a,))
        for step in range(1, STEPS):
            share = step / STEPS
            backwards = there_and_back and a > b
            result.append((b, a, 1 - share) if backwards else (a, b, share))
    return [*result, (names[0],)]


def moment_skeletons(figure: dict) -> dict[tuple, Skeleton]:
    """The skeleton of every moment of the loop."""
    poses, skeletons = solved_poses(figure), {}
    for moment in moments(figure):
        if moment not in skeletons:
            if len(moment) == 1:
                pose = poses[moment[0]]
            else:
                start, end, share = moment
                pose = _in_between(poses[start], poses[end], share, figure.get("props", []))
            skeletons[moment] = Skeleton.of(pose)
    return skeletons


def _in_between(start: dict, end: dict, share: float, props: list) -> dict:
    pose = in_between(start, end, share)
    if "crank" in start and "crank" in end:
        pose["crank"] = turned_on(start["crank"], end["crank"], share)
    return solve(on_pedals(pose, props))


def draw_loop(figure: dict) -> str:
    """The SVG of the loop, at the scale of the strip."""
    loop = figure["loop"]
    camera = Camera(*loop.get("view", figure["view"]))
    person = Person(**figure.get("person", {}))
    sequence, skeletons = moments(figure), moment_skeletons(figure)
    order = list(skeletons)
    middle = skeletons[order[len(order) // 2]]
    plan = DrawnFigure(middle, camera, person, cell=LOOP_CELL).plan
    bodies = {
        moment: DrawnFigure(skeleton, camera, person, cell=LOOP_CELL, plan=plan)
        for moment, skeleton in skeletons.items()
    }
    layers = {m: named(body.layers_with(loop.get("highlight"))) for m, body in bodies.items()}
    richest = max(order, key=lambda moment: len(layers[moment]))
    times = _key_times(len(sequence), even=loop.get("round", False))
    timing = f'dur="{loop["seconds"]}s" repeatCount="indefinite" keyTimes="{times}"'
    paths = {}
    for name, layer in layers[richest].items():
        shapes = _tracked([layers[moment].get(name) for moment in order])
        if shapes is None:
            continue
        closed = not layer.line
        texts = {
            moment: lines_text(shape, closed=closed)
            for moment, shape in zip(order, shapes, strict=True)
        }
        moving = [texts[moment] for moment in sequence]
        paths[name] = _path(moving, layer.attributes(), timing)
    points = [corner for body in bodies.values() for corner in body.bounds().corners()]
    things = []
    route = [skeletons[moment] for moment in sequence]
    for prop in loop.get("props", []):
        svg, passed = _carried(prop, camera, route, timing)
        things.append((HELD, svg))
        points += passed
    for prop in figure.get("props", []):
        drawn = {m: _pieces(prop, camera, skeleton) for m, skeleton in skeletons.items()}
        for number, (slot, piece) in enumerate(drawn[order[len(order) // 2]]):
            moving = [drawn[moment][number][1].path for moment in sequence]
            if not _can_glide(moving):
                moving = [piece.path]
            things.append((slot, _path(moving, piece.attributes, timing)))
        points += [
            point for pairs in drawn.values() for _, piece in pairs for point in piece.points
        ]
    around = Bounds.around(points)
    bounds = Bounds(
        around.left - MARGIN, around.bottom - MARGIN, around.right + MARGIN, around.top + MARGIN
    )
    content = f'<g stroke-width="{whole(OUTLINE)}">{woven(things, paths, plan)}</g>'
    return framed(bounds, figure.get("millimetres", MILLIMETRES), content).svg


def _pieces(prop: dict, camera: Camera, skeleton: Skeleton) -> list[tuple[str, Piece]]:
    """The paths of one thing, each with its slot."""
    parts = prop_parts(prop, camera, skeleton)
    return [(part.slot, piece) for part in parts for piece in part.draw(camera)]


def _carried(prop: dict, camera: Camera, route: list[Skeleton], timing: str) -> tuple[str, list]:
    """The SVG of a thing that moves with the hands from its place in the first pose.

    Also returns the points of the picture that it passes.
    """
    pieces = [piece for _, piece in _pieces(prop, camera, route[0])]
    places = [
        camera.flat(between(skeleton.joints["wrist_l"], skeleton.joints["wrist_r"], 0.5))
        for skeleton in route
    ]
    moves = [(x - places[0][0], y - places[0][1]) for x, y in places]
    values = ";".join("{} {}".format(*place(move)) for move in moves)
    svg = "".join(piece.svg() for piece in pieces)
    svg += f'<animateTransform attributeName="transform" type="translate" {timing}'
    corners = [point for piece in pieces for point in piece.points]
    passed = [(x + right, y + up) for x, y in corners for right, up in moves]
    return f'<g>{svg} values="{values}"/></g>', passed


def _path(texts: list[str], attributes: str, timing: str) -> str:
    start = f'<path d="{texts[0]}"{attributes}'
    if len(set(texts)) == 1:
        return start + "/>"
    values = ";".join(texts)
    return f'{start}><animate attributeName="d" {timing} values="{values}"/></path>'


def _can_glide(paths: list[str]) -> bool:
    """Whether all paths have the same commands, as those of a rigid thing have."""
    return len({re.sub(r"-?\d+", "", path).replace(" ", "") for path in paths}) == 1


def _key_times(count: int, *, even: bool) -> str:
    """The time of each moment, as a share of the loop.

    The pace is constant with `even`; otherwise it is slow at the key poses and fast between them
    (cosine ease).
    """
    legs, times = (count - 1) // STEPS, []
    for i in range(count):
        leg, step = divmod(i, STEPS)
        share = step / STEPS
        eased = 0.5 - math.asin(1 - 2 * share) / math.pi if step else 0.0
        times.append((leg + (share if even else eased)) / legs)
    return ";".join(f"{time:.4f}".rstrip("0").rstrip(".") for time in times)


def _tracked(layers: list[Layer | None]):
    """The points of one layer at every moment, as many each time; None to leave it out.

    A layer that is missing at a moment shrinks to a point. A crease is left out if it is missing
    for more than half of the time. A thin line of face or hand is left out if it is ever missing,
    because it would be seen as a dot.
    """
    present = [layer for layer in layers if layer is not None]
    thin = present[0].line and present[0].pen
    least = len(layers) if thin else len(layers) / 2
    if (present[0].line or present[0].dot) and len(present) < least:
        return None
    outlines = [_points(layer) if layer else None for layer in layers]
    shown = [outline for outline in outlines if outline]
    if not shown:
        return None
    count = _count(present[0], shown[0])
    shapes, before = [], None
    for outline in outlines:
        shape = _sampled(present[0], outline, count, before) if outline else None
        if shape is None and before:
            shape = [before[0]] * count
        shapes.append(shape)
        before = shape or before
    first = next(shape for shape in shapes if shape)
    return [shape or [first[0]] * count for shape in shapes]


def _points(layer: Layer):
    if layer.dot:
        x, y, radius = layer.dot
        turn = 2 * math.pi / DOT_POINTS
        return [
            (x + radius * math.cos(i * turn), y + radius * math.sin(i * turn))
            for i in range(DOT_POINTS)
        ]
    return layer.line or outer_loop(layer.field)


def _count(layer: Layer, outline) -> int:
    if layer.dot:
        return DOT_POINTS
    if layer.line:
        return LINE_POINTS
    around = sum(map(math.dist, outline, outline[1:]))
    spacing = SPACING * (SMALL_SPACING if around < SMALL else 1)
    return max(FEWEST_POINTS, int(around / spacing))


def _sampled(layer: Layer, outline, count: int, before):
    if layer.dot:
        return outline
    if layer.line:
        line = evenly(outline, count, closed=False)
        backwards = before and distance(line[0], before[0]) > distance(line[-1], before[0])
        return line[::-1] if backwards else line
    return _aligned(outline, count, before) if before else evenly(outline, count)


def _aligned(outline, count: int, before):
    """The outline sampled from the start that best matches the points of the moment before."""
    finer = 4
    dense = evenly(outline, count * finer)
    total = len(dense)
    # Half of the shift of the whole part is allowed for.
    shift_x = (sum(p[0] for p in before) / count - sum(p[0] for p in dense) / total) / 2
    shift_y = (sum(p[1] for p in before) / count - sum(p[1] for p in dense) / total) / 2

    def mismatch(start):
        error = 0.0
        for i in range(0, count, 3):
            x, y = dense[(start + finer * i) % total]
            error += (before[i][0] - x - shift_x) ** 2 + (before[i][1] - y - shift_y) ** 2
        return error

    best = min(range(total), key=mismatch)
    return [dense[(best + finer * i) % total] for i in range(count)]
