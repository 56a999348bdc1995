"""A strip: the frames of a figure side by side at one print scale, numbered."""

from dataclasses import dataclass
from html import escape

from .data import solved_poses
from .outline import UNITS, whole
from .scene import BADGE, Scene, number_svg
from .shapes import Bounds
from .style import INK

MILLIMETRES = 50.0  # of paper per body height: every figure in a leaflet is equally tall
GAP, MARGIN = 0.07, 0.022
NUMBER_MARGIN = 0.004


@dataclass(frozen=True)
class Strip:
    """The SVG text, what is wrong with the poses in words, and sizes in mm."""

    svg: str
    warnings: list[str]
    frames: list[tuple[float, float]]  # (left, width), to put a caption under each
    width: float
    height: float


def draw_strip(figure: dict, language: str = "nl") -> Strip:
    poses = solved_poses(figure)
    scenes = [Scene(frame, figure, poses) for frame in figure["strip"]]
    numbered = len(scenes) > 1
    bottom = min(scene.bounds.bottom for scene in scenes) - MARGIN
    top = max(scene.bounds.top for scene in scenes) + MARGIN
    if numbered and any(_number_is_in_the_way(scene, top) for scene in scenes):
        top += 2 * BADGE
    millimetres = figure.get("millimetres", MILLIMETRES)
    x, groups, frames, found = MARGIN, [], [], []
    for number, (scene, frame) in enumerate(zip(scenes, figure["strip"], strict=True), 1):
        left, right = scene.bounds.left, scene.bounds.right
        badge = ""
        if numbered:
            # On the top line of the strip, so the eye runs along the numbers.
            badge = number_svg(number, left + BADGE, top - BADGE - NUMBER_MARGIN)
        groups.append(f'<g transform="translate({whole(x - left)} 0)">{scene.svg}{badge}</g>')
        frames.append((x * millimetres, (right - left) * millimetres))
        found += [f"{figure['key']}, frame {number} ({frame['pose']}): {w}" for w in scene.warnings]
        x += right - left + GAP
    width, height = whole(x - GAP + MARGIN), whole(top - bottom)
    per_unit = millimetres / UNITS
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 {whole(-top)} {width} {height}"'
        f' width="{width * per_unit:.1f}mm" height="{height * per_unit:.1f}mm" role="img"'
        f' aria-label="{escape(alternative_text(figure, language))}">'
        f'<g stroke="{INK}" stroke-linejoin="round" stroke-linecap="round">{"".join(groups)}</g>'
        "</svg>"
    )
    return Strip(svg, found, frames, width * per_unit, height * per_unit)


def _number_is_in_the_way(scene: Scene, top: float) -> bool:
    left = scene.bounds.left
    number = Bounds(left, top - NUMBER_MARGIN - 2 * BADGE, left + 2 * BADGE, top)
    return any(number.overlaps(part) for part in scene.occupied)


def alternative_text(figure: dict, language: str) -> str:
    """The title and every caption: what the drawing says, for who cannot see it."""
    captions = [frame["caption"][language] for frame in figure["strip"]]
    if len(captions) > 1:
        captions = [f"{number}. {caption}" for number, caption in enumerate(captions, 1)]
    return f"{figure['title'][language]}. {' '.join(captions)}"
