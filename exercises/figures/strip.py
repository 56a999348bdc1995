"""Draw a strip: the numbered frames of a figure, at one print scale.

Each frame is a picture of its own, so that a caption can be put below it and frames can wrap on a
narrow screen. All frames of a strip have the same height and floor. A picture has no words, because
those depend on the reader's language and are part of the page.
"""

from dataclasses import dataclass
from functools import cached_property

from .data import solved_poses
from .outline import UNITS, whole
from .scene import Scene
from .shapes import Bounds
from .signs import BADGE, SIGN_SIZES, number_svg
from .style import INK

MILLIMETRES = 42.0  # on paper for a body height, the same for all figures
GAP, MARGIN = 0.05, 0.012
NUMBER_MARGIN = 0.004


@dataclass(frozen=True)
class DrawnFrame:
    """One picture: its SVG, and its size on paper in mm."""

    svg: str
    width: float
    height: float


@dataclass(frozen=True)
class Strip:
    """The pictures from left to right, and sentences about what is wrong with the poses."""

    frames: list[DrawnFrame]
    warnings: list[str]
    gap: float  # mm between two frames

    @property
    def width(self) -> float:
        return sum(frame.width for frame in self.frames) + self.gap * (len(self.frames) - 1)

    @property
    def height(self) -> float:
        return self.frames[0].height

    @cached_property
    def svg(self) -> str:
        """All frames as one picture."""
        x, parts = 0.0, []
        for frame in self.frames:
            parts.append(frame.svg.replace("<svg ", f'<svg x="{x:.1f}mm" ', 1))
            x += frame.width + self.gap
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width:.1f}mm"'
            f' height="{self.height:.1f}mm">{"".join(parts)}</svg>'
        )


def draw_strip(figure: dict) -> Strip:
    poses = solved_poses(figure)
    scenes = [Scene(frame, figure, poses) for frame in figure["strip"]]
    # Frames marked right or wrong are not successive steps, so they have no number.
    numbered = [len(scenes) > 1 and "mark" not in frame for frame in figure["strip"]]
    bottom = min(scene.bounds.bottom for scene in scenes) - MARGIN
    top = max(scene.bounds.top for scene in scenes) + MARGIN
    # Numbers and signs are at one height.
    signs = [SIGN_SIZES[frame["sign"]][1] for frame in figure["strip"] if "sign" in frame]
    below_top = max([BADGE, *signs]) + NUMBER_MARGIN
    if any(
        _number_is_in_the_way(scene, top - below_top)
        for scene, shown in zip(scenes, numbered, strict=True)
        if shown
    ):
        top += BADGE + below_top
    line = top - below_top
    millimetres = figure.get("millimetres", MILLIMETRES)
    frames, warnings = [], []
    for number, (scene, frame) in enumerate(zip(scenes, figure["strip"], strict=True), 1):
        badge = ""
        if numbered[number - 1]:
            badge = number_svg(number, scene.bounds.left + BADGE, line)
        if "sign" in frame:
            scene.add_sign(frame["sign"], line)
        bounds = Bounds(scene.bounds.left - MARGIN, bottom, scene.bounds.right + MARGIN, top)
        frames.append(framed(bounds, millimetres, scene.svg + badge))
        warnings += [
            f"{figure['key']}, frame {number} ({frame['pose']}): {w}" for w in scene.warnings
        ]
    return Strip(frames, warnings, GAP * millimetres)


def framed(bounds: Bounds, millimetres: float, content: str) -> DrawnFrame:
    """The SVG of `content` within these bounds. `millimetres` is the size of a body height."""
    left, top = whole(bounds.left), whole(-bounds.top)
    width, height = whole(bounds.right) - left, whole(-bounds.bottom) - top
    per_unit = millimetres / UNITS
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left} {top} {width} {height}"'
        f' width="{width * per_unit:.1f}mm" height="{height * per_unit:.1f}mm">'
        f'<g stroke="{INK}" stroke-linejoin="round" stroke-linecap="round">{content}</g></svg>'
    )
    return DrawnFrame(svg, width * per_unit, height * per_unit)


def _number_is_in_the_way(scene: Scene, line: float) -> bool:
    left = scene.bounds.left
    number = Bounds(left, line - BADGE, left + 2 * BADGE, line + BADGE)
    return any(number.overlaps(part) for part in scene.occupied)
