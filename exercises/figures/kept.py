"""Draw a figure, or read its drawing from `rendered/`.

A digest identifies one figure and one version of the renderer. The drawing under a digest never
changes, so a handout of last year is printed again with the same pictures. The shared figures are
drawn ahead and stored in `rendered/`; `manage.py draw_figures --ahead` writes them anew.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from .motion import draw_loop
from .strip import DrawnFrame, draw_strip

# Increase it when a change of code or presets changes drawings. A test compares `rendered/`.
RENDERER = 1
FOLDER = Path(__file__).parent / "rendered"


@dataclass(frozen=True)
class Drawn:
    """The pictures of a strip, and the loop as one SVG, or "" without a loop."""

    digest: str
    frames: tuple[DrawnFrame, ...]
    loop: str


def digest_of(figure: dict, renderer: int = RENDERER) -> str:
    """The SHA-256 of a figure, in hexadecimal. The order of its fields does not matter."""
    text = json.dumps(figure, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{renderer}\n{text}".encode()).hexdigest()


def draw(figure: dict) -> Drawn:
    """Draw the figure. Takes about a quarter of a second for a frame, and a second for a loop."""
    loop = draw_loop(figure) if "loop" in figure else ""
    return Drawn(digest_of(figure), tuple(draw_strip(figure).frames), loop)


def drawn_ahead(figure: dict) -> Drawn | None:
    """The drawing in `rendered/`; None when it is of other data or of another renderer."""
    path = _path(figure)
    if not path.exists():
        return None
    content = json.loads(path.read_text(encoding="utf-8"))
    if content["digest"] != digest_of(figure):
        return None
    frames = tuple(DrawnFrame(**frame) for frame in content["frames"])
    return Drawn(content["digest"], frames, content["loop"])


def keep(figure: dict) -> Path:
    """Draw a figure of the library and write it to `rendered/`."""
    path = _path(figure)
    path.parent.mkdir(exist_ok=True)
    text = json.dumps(asdict(draw(figure)), indent=0, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def _path(figure: dict) -> Path:
    """The path in `rendered/`. A figure of one side has two: as in its file, and mirrored."""
    side = f".{figure['side']}" if "side" in figure else ""
    return FOLDER / f"{figure['key']}{side}.json"
