"""The lines and colours of drawings, and the person who is drawn.

Colours are written out, because WeasyPrint prints var() black. In grey, white, shirt, tint,
trousers, accent and ink can be told apart. No meaning depends on colour alone.
"""

from dataclasses import dataclass

INK = "#22303c"
PAPER = "#ffffff"
ACCENT = "#c2410c"  # arrows, and the line along the moving back; 5.2 to 1 on white
ACCENT_TINT = "#f6c9ad"
GREY_LINE = "#7d8a94"
RIGHT_GREEN = "#1d7a4f"
COLOURS = {
    "skin": "#ffffff",
    "skin_far": "#eef1f3",
    "shirt": "#eaf0f3",
    "shirt_far": "#d5dee4",
    "trousers": "#9db0bd",
    "trousers_far": "#8396a4",
    "hair": "#4a5a67",
    "hair_grey": "#c3ccd2",
    "mat": "#eef1f3",
    "mat_side": "#d9dfe3",
    "prop": "#f4f6f7",
    "prop_side": "#dbe1e5",
    "white": "#ffffff",
}

OUTLINE = 0.0074  # of body height: 0.37 mm at the scale of the strips
HALF_OUTLINE = OUTLINE / 2

HAIR = ("short", "bun", "tail", "bald")
HAIR_COLOURS = {"dark": "hair", "grey": "hair_grey"}  # keys of COLOURS
CLOTHES = ("trousers", "shorts", "skirt")
BUILD = (0.9, 1.2)  # slim to heavy; 1 is the table of body.py


@dataclass(frozen=True)
class Person:
    """The person who does the exercise. Every person can be drawn in every pose."""

    build: float = 1.0
    hair: str = "short"
    hair_colour: str = "dark"
    clothes: str = "trousers"
