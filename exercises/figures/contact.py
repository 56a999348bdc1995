"""Find parts of the body that do not touch the thing they should rest on, or that go through one.

In a pose, `on` names the kind of thing on which a hand, a foot or the seat rests. Arms and the back
may go through things, because they sink into a mattress or a back rest. A hand may go through a
bar, because it closes around it.
"""

from dataclasses import dataclass

from .figure import DrawnFigure
from .solids import Tubes, overlap

CENTIMETRE = 0.01 / 1.75  # in body heights, for a person of 1.75 m
TOLERANCE = 2 * CENTIMETRE  # soft tissue gives way about so much, and less cannot be seen
SIDE_NAMES = {"l": "left", "r": "right"}
SEAT = ("buttocks", "groin")
PARTS = {
    "seat": SEAT,
    **{
        f"{word} {part}": (f"{part}_{side}",)
        for part in ("thigh", "shank", "foot", "hand")
        for side, word in SIDE_NAMES.items()
    },
}
HANDS = tuple(f"{word} hand" for word in SIDE_NAMES.values())
# The parts that a pose can rest on a thing: the field of the pose, and the shapes that must touch.
RESTING = {
    "seat": ("pelvis", SEAT),
    **{
        f"{word} {part}": (f"{limb}_{side}", (f"{part}_{side}",))
        for limb, part in (("arm", "hand"), ("leg", "foot"))
        for side, word in SIDE_NAMES.items()
    },
}


@dataclass(frozen=True)
class Touched:
    """A part of the body and a thing that do not meet as they should."""

    part: str  # a name of PARTS or RESTING
    thing: str
    how: str  # "inside", "away" or "missing"
    by: float = 0.0  # the distance in body heights

    def __str__(self):
        part, thing = self.part, self.thing.replace("_", " ")
        if self.how == "missing":
            return f"there is no {thing} for the {part} to rest on"
        where = {"inside": "inside", "away": "away from"}[self.how]
        return f"the {part} is {self.by / CENTIMETRE:.0f} cm {where} the {thing}"


def contact_warnings(pose: dict, body: DrawnFigure, placed: list[tuple]) -> list[Touched]:
    """What is wrong between the body and the things; `placed` lists these as (kind, part)."""
    touched, things = [], {}
    for kind, part in placed:
        things.setdefault(kind, []).append(part)
    for kind, parts in things.items():
        for name, shapes in PARTS.items():
            solid = [part for part in parts if not (name in HANDS and isinstance(part, Tubes))]
            depth = _deepest(body, shapes, solid)
            if depth > TOLERANCE:
                touched.append(Touched(name, kind, "inside", depth))
    for name, (field, shapes) in RESTING.items():
        on = pose.get(field, {}).get("on")
        if on and on not in things:
            touched.append(Touched(name, on, "missing"))
        elif on:
            gap = -_deepest(body, shapes, things[on])
            if gap > TOLERANCE:
                touched.append(Touched(name, on, "away", gap))
    return touched


def _deepest(body: DrawnFigure, names, parts: list) -> float:
    """The largest depth of these shapes of the body in the parts; if negative, minus the gap."""
    all_shapes = {**body.solids, **body.trunk_solids}
    shapes = [shape for name in names for shape in all_shapes[name]]
    return max(
        (overlap(shape, part) for part in parts if part.hard for shape in shapes), default=-1.0
    )
