"""What a figure looks like, under the name of what it was drawn from.

A digest stands for one figure and one renderer. What was drawn under it never changes, so a paper
of last year prints again with the same pictures. The library's pictures are drawn ahead and lie in
`rendered/`; `manage.py draw_figures --ahead` writes them anew.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from .motion import draw_loop
from .strip import DrawnFrame, draw_strip

# Raise it when the code or the presets draw something else: a test compares `rendered/`.
RENDERER = 1
FOLDER = Path(__file__).parent / "rendered"


@dataclass(frozen=True)
class Drawn:
    """The pictures of a strip, and the loop as one SVG; without a loop an empty text."""

    digest: str
    frames: tuple[DrawnFrame, ...]
    loop: str


def digest_of(figure: dict, renderer: int = RENDERER) -> str:
    """64 hexadecimal digits; the order of the fields and white space do not count."""
    text = json.dumps(figure, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{renderer}\n{text}".encode()).hexdigest()


def draw(figure: dict) -> Drawn:
    """Drawn now; takes about a quarter of a second a frame, and a second for a loop."""
    loop = draw_loop(figure) if "loop" in figure else ""
    return Drawn(digest_of(figure), tuple(draw_strip(figure).frames), loop)


def drawn_ahead(figure: dict) -> Drawn | None:
    """What lies in `rendered/`; None when it is not this figure or not this renderer."""
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
    """A figure of one side has two: as in its file, and mirrored."""
    side = f".{figure['side']}" if "side" in figure else ""
    return FOLDER / f"{figure['key']}{side}.json"
