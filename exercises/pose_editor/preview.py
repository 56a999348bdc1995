"""One frame drawn at once, coarser than on paper, and in words what is wrong with it."""

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

CELL = 0.0105  # paper has about half of it; the difference is hardly seen on a screen
MILLIMETRES = 100.0  # of screen a body height; the page makes it fit
# Room around the start position, so that the picture does not jump while somebody moves.
HALF_WIDTH, HEIGHT, MARGIN = 0.66, 1.02, 0.06

SHORT = {
    ("hand", "l"): _("The left hand does not reach its place; it is %(cm)s cm short."),
    ("hand", "r"): _("The right hand does not reach its place; it is %(cm)s cm short."),
    ("foot", "l"): _("The left foot does not reach its place; it is %(cm)s cm short."),
    ("foot", "r"): _("The right foot does not reach its place; it is %(cm)s cm short."),
    ("knee", "l"): _("The left knee is not where it should rest; it is %(cm)s cm off."),
    ("knee", "r"): _("The right knee is not where it should rest; it is %(cm)s cm off."),
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
    """Frame `number`, counted from 1. One body is drawn, and the ghost of the first if asked."""
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
    flat = [camera.flat(point) for point in start_joints(preset)]
    middle = (min(x for x, _y in flat) + max(x for x, _y in flat)) / 2
    low, high = min(y for _x, y in flat) - MARGIN, max(y for _x, y in flat) + MARGIN
    room = max(0.0, HEIGHT - (high - low)) / 2
    return Bounds(middle - HALF_WIDTH, low - room, middle + HALF_WIDTH, high + room)


def in_words(warned: Warned | Touched) -> str:
    if isinstance(warned, Touched):  # poses of the editor rest on nothing by name
        part = PARTS.get(warned.part, _("A part of the body"))
        return gettext("%(part)s goes into %(thing)s.") % {
            "part": part, "thing": THINGS.get(warned.thing, _("something beside it")),
        }  # fmt: skip
    centimetres = {"cm": max(1, math.ceil(warned.by * 175))}  # of somebody of 1.75 m
    if not warned.part:
        return gettext("A part of the body goes %(cm)s cm through the floor.") % centimetres
    return str(SHORT[warned.part, warned.side]) % centimetres
