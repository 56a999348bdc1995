"""Where a body meets things: what floats above what it should rest on, and what goes through it.

A pose says what a hand, a foot or the pelvis rests `on`, by the kind of the thing.
"""

from .figure import Figure
from .solids import overlap

CENTIMETRE = 0.01 / 1.75  # of somebody of 1.75 m
TOLERANCE = 2 * CENTIMETRE  # flesh gives way about so much, and less is not seen
WORDS = {"l": "left ", "r": "right ", "": ""}
SEAT = ("buttocks", "groin", "thigh_l", "thigh_r")


def contact_warnings(pose: dict, body: Figure, things: dict[str, list]) -> list[str]:
    """In words; `things` are the parts of the things in the picture, by kind."""
    shapes = {**body.solids, **body.trunk_solids}
    found = []
    for kind, parts in things.items():
        for name, group in shapes.items():
            depth = _deepest(group, parts)
            if depth > TOLERANCE:
                part, _, side = name.rpartition("_") if name[-2:] in ("_l", "_r") else (name, "", "")
                found.append(
                    f"the {WORDS[side]}{part.replace('_', ' ')}"
                    f" is {depth / CENTIMETRE:.0f} cm inside the {kind.replace('_', ' ')}"
                )
    for limb, part in (("arm", "hand"), ("leg", "foot")):
        for side in "lr":
            on = pose.get(f"{limb}_{side}", {}).get("on")
            found += _floating(f"{WORDS[side]}{part}", shapes[f"{part}_{side}"], on, things)
    seat = [shape for name in SEAT for shape in shapes[name]]
    return found + _floating("seat", seat, pose["pelvis"].get("on"), things)


def _floating(name: str, group: list, on: str | None, things: dict) -> list[str]:
    if on is None:
        return []
    if on not in things:
        return [f"there is no {on} for the {name} to rest on"]
    gap = -_deepest(group, things[on])
    if gap <= TOLERANCE:
        return []
    return [f"the {name} is {gap / CENTIMETRE:.0f} cm away from the {on.replace('_', ' ')}"]


def _deepest(group: list, parts: list) -> float:
    """How deep these shapes of the body are in the parts; negative is the smallest gap."""
    return max(
        (overlap(shape, part) for part in parts if part.hard for shape in group), default=-1.0
    )
