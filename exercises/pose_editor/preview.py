"""Draw one frame quickly, coarser than on paper, with sentences about what is wrong with it."""

import math
from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..figures.contact import Touched
from ..figures.data import solved_poses
from ..figures.scene import Scene
from ..figures.shapes import Bounds, Camera
from ..figures.solver import Warned
from ..figures.strip import framed
from .sliders import figure_of, start_joints

CELL = 0.0105  # body heights, about twice that for paper; on a screen the difference hardly shows
MILLIMETRES = 100.0  # for a body height; the page scales the picture
# The space around the start position, in body heights. With it the picture keeps its size while
# the sliders are moved.
HALF_WIDTH, HEIGHT, MARGIN = 0.66, 1.02, 0.06

SHORT = {
    ("hand", "l"): _("The left hand does not reach its place; it is %(cm)s cm short."),
    ("hand", "r"): _("The right hand does not reach its place; it is %(cm)s cm short."),
    ("foot", "l"): _("The left foot does not reach its place; it is %(cm)s cm short."),
    ("foot", "r"): _("The right foot does not reach its place; it is %(cm)s cm short."),
    ("knee", "l"): _("The left knee does not rest in its place; it is %(cm)s cm off."),
    ("knee", "r"): _("The right knee does not rest in its place; it is %(cm)s cm off."),
}
PARTS = {
    "seat": _("The seat"),
    "left thigh": _("The left thigh"),
    "right thigh": _("The right thigh"),
    "left shank": _("The left lower leg"),
    "right shank": _("The right lower leg"),
    "left foot": _("The left foot"),
    "right foot": _("The right foot"),
    "left hand": _("The left hand"),
    "right hand": _("The right hand"),
}
THINGS = {"chair": _("the chair"), "box": _("the step")}


@dataclass(frozen=True)
class Preview:
    svg: str
    warnings: list[str]


def preview(settings: dict, number: int) -> Preview:
    """Draw frame `number`, counted from 1, with the ghost of the first frame if it shows one."""
    data = figure_of(settings)
    frame = data["strip"][number - 1]
    needed = {frame["pose"], frame.get("ghost", frame["pose"])}
    data["poses"] = {name: pose for name, pose in data["poses"].items() if name in needed}
    scene = Scene(frame, data, solved_poses(data), CELL)
    steady = _steady(settings["frames"][number - 1]["preset"], Camera(*data["view"]))
    points = scene.bounds.corners() + steady.corners()
    picture = framed(Bounds.around(points), MILLIMETRES, scene.svg)
    return Preview(picture.svg, [in_words(warned) for warned in scene.warnings])


def _steady(preset: str, camera: Camera) -> Bounds:
    """The bounds of the start position with the space around it, in the plane of the camera."""
    flat = [camera.flat(point) for point in start_joints(preset)]
    middle = (min(x for x, _y in flat) + max(x for x, _y in flat)) / 2
    low, high = min(y for _x, y in flat) - MARGIN, max(y for _x, y in flat) + MARGIN
    room = max(0.0, HEIGHT - (high - low)) / 2
    return Bounds(middle - HALF_WIDTH, low - room, middle + HALF_WIDTH, high + room)


def in_words(warned: Warned | Touched) -> str:
    """The sentence about a warning, in the active language."""
    if isinstance(warned, Touched):
        part = PARTS.get(warned.part, gettext("A part of the body"))
        thing = THINGS.get(warned.thing, gettext("something beside it"))
        return gettext("%(part)s goes into %(thing)s.") % {"part": part, "thing": thing}
    centimetres = {"cm": max(1, math.ceil(warned.by * 175))}  # for a person of 1.75 m
    if not warned.part:
        return gettext("A part of the body goes %(cm)s cm through the floor.") % centimetres
    return str(SHORT[warned.part, warned.side]) % centimetres
