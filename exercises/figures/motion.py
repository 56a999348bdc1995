"""The loop: the same poses in motion, as one SVG with SMIL animation and no script.

Every layer is one path whose points glide. Frames of one path have the same commands, so each
outline is sampled into the same number of points, aligned with the frame before.
"""

import math

from .data import solved_poses
from .field import CELL
from .figure import Figure
from .geometry import between
from .layers import Layer
from .outline import distance, evenly, lines_text, outer_loop, place, whole
from .poses import in_between
from .props import prop_svg
from .shapes import Bounds, Camera
from .skeleton import Skeleton
from .solver import solve
from .strip import MARGIN, MILLIMETRES, framed
from .style import OUTLINE, Person

STEPS = 4  # drawn poses from one key pose to the next
SPACING = 0.017  # between the points of an outline
SMALL, SMALL_SPACING = 0.45, 0.6  # outlines shorter than this get closer points
LOOP_CELL = CELL * 1.15  # coarser than on paper, and not seen in motion
DOT_POINTS, LINE_POINTS, FEWEST_POINTS = 8, 12, 14


def moments(figure: dict) -> list[tuple]:
    """The names of the drawn poses in order: (a,) for a key pose, (a, b, share) in between.

    The way back from b to a has the names of the way there, so it is drawn once.
    """
    names = figure["loop"]["poses"]
    result = []
    for a, b in zip(names, names[1:] + names[:1], strict=True):
        result.append((a,))
        for step in range(1, STEPS):
            share = step / STEPS
            result.append((a, b, share) if a <= b else (b, a, 1 - share))
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
                pose = solve(in_between(poses[start], poses[end], share))
            skeletons[moment] = Skeleton.of(pose)
    return skeletons


def draw_loop(figure: dict) -> str:
    """The SVG of the loop, at the scale of the strip."""
    loop = figure["loop"]
    camera = Camera(*loop.get("view", figure["view"]))
    person = Person(**figure.get("person", {}))
    sequence, skeletons = moments(figure), moment_skeletons(figure)
    order = list(skeletons)
    middle = skeletons[order[len(order) // 2]]
    plan = Figure(middle, camera, person, cell=LOOP_CELL).plan
    bodies = {
        moment: Figure(skeleton, camera, person, cell=LOOP_CELL, plan=plan)
        for moment, skeleton in skeletons.items()
    }
    layers = {m: _named(body.layers_with(loop.get("highlight"))) for m, body in bodies.items()}
    richest = max(order, key=lambda moment: len(layers[moment]))
    timing = f'dur="{loop["seconds"]}s" repeatCount="indefinite" keyTimes="{_key_times(sequence)}"'
    near = next(side for kind, side in plan.order[::-1] if kind == "arm")
    route = [skeletons[moment] for moment in sequence]
    held = [_carried(prop, camera, route, timing) for prop in loop.get("props", [])]
    paths = []
    for name, layer in layers[richest].items():
        shapes = _tracked([layers[moment].get(name) for moment in order])
        if shapes is None:
            continue
        closed = not layer.line
        texts = {
            moment: lines_text(shape, closed=closed)
            for moment, shape in zip(order, shapes, strict=True)
        }
        if name == f"arm_{near}":
            paths += [svg for svg, _ in held]
        paths.append(_path(layer, [texts[moment] for moment in sequence], timing))
    points = [corner for body in bodies.values() for corner in body.bounds().corners()]
    points += [corner for _, corners in held for corner in corners]
    things = ""
    for prop in figure.get("props", []):
        svg, corners = prop_svg(prop, camera, middle)
        things += svg
        points += corners
    around = Bounds.around(points)
    bounds = Bounds(
        around.left - MARGIN, around.bottom - MARGIN, around.right + MARGIN, around.top + MARGIN
    )
    content = f'{things}<g stroke-width="{whole(OUTLINE)}">{"".join(paths)}</g>'
    return framed(bounds, figure.get("millimetres", MILLIMETRES), content).svg


def _carried(prop: dict, camera: Camera, route: list[Skeleton], timing: str) -> tuple[str, list]:
    """A thing that goes along with the hands, from its place at the first pose.

    The SVG, and the flat points that it passes.
    """
    svg, corners = prop_svg(prop, camera, route[0])
    places = [
        camera.flat(between(skeleton.joints["wrist_l"], skeleton.joints["wrist_r"], 0.5))
        for skeleton in route
    ]
    moves = [(x - places[0][0], y - places[0][1]) for x, y in places]
    values = ";".join("{} {}".format(*place(move)) for move in moves)
    svg += f'<animateTransform attributeName="transform" type="translate" {timing}'
    passed = [(x + right, y + up) for x, y in corners for right, up in moves]
    return f'<g>{svg} values="{values}"/></g>', passed


def _path(layer: Layer, texts: list[str], timing: str) -> str:
    start = f'<path d="{texts[0]}"{layer.attributes()}'
    if len(set(texts)) == 1:
        return start + "/>"
    values = ";".join(texts)
    return f'{start}><animate attributeName="d" {timing} values="{values}"/></path>'


def _key_times(sequence) -> str:
    """When each moment is reached: slow at the key poses, fast between them (cosine ease)."""
    legs, times = (len(sequence) - 1) // STEPS, []
    for i in range(len(sequence)):
        leg, step = divmod(i, STEPS)
        share = step / STEPS
        eased = 0.5 - math.asin(1 - 2 * share) / math.pi if step else 0.0
        times.append((leg + eased) / legs)
    return ";".join(f"{time:.4f}".rstrip("0").rstrip(".") for time in times)


def _named(layers: list[Layer]) -> dict[str, Layer]:
    """By name; a second layer of one name gets a number."""
    named = {}
    for layer in layers:
        name, number = layer.name, 1
        while name in named:
            number += 1
            name = f"{layer.name}_{number}"
        named[name] = layer
    return named


def _tracked(layers: list[Layer | None]):
    """The points of one layer at every moment, as many each time.

    A layer that is missing for a moment shrinks to a point. A crease that is there less than half
    the time is left out, and so is a thin line of face or hand that is ever missing: it would stay
    behind as a dot.
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
    """The outline sampled from the start that matches the points of the frame before best."""
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
