"""Draw small signs without words: numbers, tick and cross, repeat, other side, hold.

All are drawn as lines, because fonts differ from machine to machine. Signs have the same meaning in
a mirrored figure, so they are never mirrored.
"""

import math

from .outline import place, whole
from .shapes import Bounds
from .style import INK, PAPER, RIGHT_GREEN

BADGE = 0.042  # radius of a number
MARK = 0.056  # radius of a tick or a cross
WRONG_RED = "#b3261e"  # contrast 6.5 to 1 on white, and darker than the arrows
SIGN_GAP = 0.035  # between the body and a sign
SIGN_LINE, LETTER_LINE = 0.0115, 0.0125
# Half the width and half the height of each sign.
SIGN_SIZES = {"repeat": (0.052, 0.052), "other_side": (0.125, 0.048), "hold": (0.050, 0.050)}


def sign_bounds(kind: str, x: float, y: float, gap: float = 0.0) -> Bounds:
    """The bounds of the sign around (x, y), with `gap` around it."""
    width, height = (half + gap for half in SIGN_SIZES[kind])
    return Bounds(x - width, y - height, x + width, y + height)


def sign_svg(kind: str, x: float, y: float) -> str:
    """The sign around (x, y)."""
    return {"repeat": _repeat, "other_side": _other_side, "hold": _hold}[kind](x, y)


def _repeat(x: float, y: float) -> str:
    """A circular arrow."""
    radius, first, last = 0.040, 60, -235

    def at(degrees, reach=radius):
        turned = math.radians(degrees)
        return x + reach * math.cos(turned), y + reach * math.sin(turned)

    (x0, y0), (x1, y1), r = place(at(first)), place(at(last)), whole(radius)
    arc = f"M{x0} {y0}A{r} {r} 0 1 1 {x1} {y1}"
    head = [at(last - 38), at(last + 4, radius - 0.024), at(last + 4, radius + 0.024)]
    return _line(arc) + _filled(head)


def _other_side(x: float, y: float) -> str:
    """The letters L and R with an arrow in each direction between them."""
    letters = [
        [(-0.115, 0.040), (-0.115, -0.040), (-0.072, -0.040)],
        [(0.072, -0.040), (0.072, 0.040), (0.094, 0.040), (0.108, 0.033), (0.113, 0.020),
         (0.108, 0.007), (0.094, 0.0), (0.072, 0.0)],
        [(0.092, 0.0), (0.117, -0.040)],
        # A table: each stroke stays on a line or two.
    ]  # fmt: skip
    drawn = _strokes(x, y, letters, 1.0, INK, whole(LETTER_LINE))
    for way, level in ((1, 0.020), (-1, -0.020)):
        shaft = [(-0.045 * way, level), (0.018 * way, level)]
        head = [(0.048 * way, level), (0.014 * way, level + 0.019), (0.014 * way, level - 0.019)]
        drawn += _strokes(x, y, [shaft], 1.0, INK, whole(SIGN_LINE))
        drawn += _filled([(x + u, y + v) for u, v in head])
    return drawn


def _hold(x: float, y: float) -> str:
    """A clock, for holding a position."""
    cx, cy = place((x, y))
    face = (
        f'<circle cx="{cx}" cy="{cy}" r="{whole(0.043)}" fill="{PAPER}"'
        f' stroke-width="{whole(SIGN_LINE)}"/>'
    )
    hands = [[(0.0, 0.028), (0.0, 0.0), (0.019, -0.011)]]
    return face + _strokes(x, y, hands, 1.0, INK, whole(SIGN_LINE * 0.85))


def _line(path: str) -> str:
    return f'<path d="{path}" fill="none" stroke-width="{whole(SIGN_LINE)}"/>'


def _filled(corners) -> str:
    path = "M" + "L".join("{} {}".format(*place(corner)) for corner in corners) + "z"
    return f'<path d="{path}" fill="{INK}" stroke-width="3"/>'


def _strokes(x: float, y: float, lines, size: float, colour: str, width: int) -> str:
    """Lines of points in a square of 2 by 2 around (x, y)."""
    path = "".join(
        "M" + "L".join("{} {}".format(*place((x + u * size, y + v * size))) for u, v in line)
        for line in lines
    )
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width}"/>'


TICK = [[(-0.45, -0.02), (-0.10, -0.38), (0.48, 0.38)]]
CROSS = [[(-0.38, 0.38), (0.38, -0.38)], [(0.38, 0.38), (-0.38, -0.38)]]


def mark(kind: str, x: float, y: float) -> str:
    """A white tick or cross on a disc. The meaning does not depend on the colour of the disc."""
    colour, lines = (RIGHT_GREEN, TICK) if kind == "right" else (WRONG_RED, CROSS)
    cx, cy = place((x, y))
    disc = f'<circle cx="{cx}" cy="{cy}" r="{whole(MARK)}" fill="{colour}" stroke="none"/>'
    return disc + _strokes(x, y, lines, MARK, PAPER, 17)


# The strokes of each numeral.
NUMERALS = {
    1: [[(-0.22, 0.30), (0.06, 0.50), (0.06, -0.50)]],
    2: [[(-0.28, 0.28), (-0.20, 0.44), (0.0, 0.50), (0.20, 0.44), (0.28, 0.26), (0.22, 0.06),
         (-0.30, -0.50), (0.32, -0.50)]],
    3: [[(-0.28, 0.50), (0.28, 0.50), (-0.04, 0.10), (0.18, 0.04), (0.30, -0.16), (0.22, -0.40),
         (0.0, -0.50), (-0.22, -0.44), (-0.32, -0.30)]],
    4: [[(0.16, -0.50), (0.16, 0.50), (-0.34, -0.20), (0.36, -0.20)]],
    5: [[(0.28, 0.50), (-0.22, 0.50), (-0.26, 0.06), (0.04, 0.14), (0.26, 0.0), (0.30, -0.22),
         (0.18, -0.44), (-0.06, -0.50), (-0.30, -0.36)]],
    6: [[(0.22, 0.50), (-0.14, 0.16), (-0.30, -0.16), (-0.20, -0.42), (0.0, -0.50), (0.22, -0.40),
         (0.30, -0.18), (0.18, 0.02), (-0.04, 0.08), (-0.28, -0.08)]],
    # A table: each stroke stays on a line or two.
}  # fmt: skip


def number_svg(number: int, x: float, y: float) -> str:
    """A white numeral on a dark disc."""
    cx, cy = place((x, y))
    disc = f'<circle cx="{cx}" cy="{cy}" r="{whole(BADGE)}" fill="{INK}" stroke="none"/>'
    return disc + _strokes(x, y, NUMERALS[number], BADGE, PAPER, 9)
