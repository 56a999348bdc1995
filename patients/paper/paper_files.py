"""Where the files of paper are. `press_child` imports this too, and has no Django."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAPER = ROOT / "templates" / "patients" / "paper"
RULES = PAPER / "handout.css"
FONTS = ROOT / "rugpijn" / "fonts"
WEB_FONTS = ROOT / "rugpijn" / "static" / "rugpijn" / "fonts"

TEMPLATE = "patients/paper/handout.html"
FACES = [
    (family, weight, f"atkinson-hyperlegible-{subset}-{weight}-normal.woff2")
    for family, subset in (("Atkinson", "latin"), ("Atkinson Ext", "latin-ext"))
    for weight in (400, 700)
]
