"""Put things between the layers of the body, such as a bike between the legs."""

from .figure import DrawingOrder
from .layers import Layer
from .solids import ASTRIDE, BEHIND, HELD


def named(layers: list[Layer]) -> dict[str, Layer]:
    """The layers by name. A second layer with the same name gets a number."""
    by_name = {}
    for layer in layers:
        name, number = layer.name, 1
        while name in by_name:
            number += 1
            name = f"{layer.name}_{number}"
        by_name[name] = layer
    return by_name


def woven(things: list[tuple[str, str]], layers: dict[str, str], plan: DrawingOrder) -> str:
    """The SVG of the body, by the names of its layers, with the (slot, SVG) of things among them.

    Within a slot things keep their order.
    """
    names = list(layers)
    near_arm = next(side for kind, side in plan.order[::-1] if kind == "arm")
    trunk = ("body", *(f"foot_{side}" for side in plan.level_legs))
    before = {
        BEHIND: 0,
        ASTRIDE: next(place for place, name in enumerate(names) if name in trunk),
        HELD: names.index(f"arm_{near_arm}"),
    }
    drawn = [(before[slot], 0, svg) for slot, svg in things]
    drawn += [(place, 1, svg) for place, svg in enumerate(layers.values())]
    return "".join(svg for *_, svg in sorted(drawn, key=lambda each: each[:2]))
