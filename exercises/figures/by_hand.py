"""Read drawings by hand: an SVG file, and a JSON file with its texts.

They are `by_hand/<key>.svg`, and `by_hand/<key>.json` with title, alternative and caption by
language and the width in mm. An SVG may have shapes and colours only: no scripts, references, ids
or filters. So the same file can be used on a page, on paper and in an <img>.
"""

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

FOLDER = Path(__file__).parent / "by_hand"
SPACE = "http://www.w3.org/2000/svg"
BYTES = 60_000
SHAPES = ("g", "path", "circle", "ellipse", "line", "polyline", "polygon", "rect")
ATTRIBUTES = {
    *("d", "points", "x", "y", "width", "height", "cx", "cy", "r", "rx", "ry"),
    *("x1", "y1", "x2", "y2", "opacity", "transform", "viewBox", "fill", "fill-rule"),
    *("stroke", "stroke-width", "stroke-linecap", "stroke-linejoin", "stroke-dasharray"),
}
VALUE = re.compile(r"(?!.*(url|var)\s*\()[\w\s#.,()+-]*", re.I | re.S)
WORDS = ("title", "alternative", "caption")
WIDEST = 80.0  # mm, as for a photo


def keys() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.svg"))


def has(key: str) -> bool:
    return (FOLDER / f"{key}.svg").is_file()


def load(key: str) -> tuple[dict, str]:
    """The data of a drawing, and its checked SVG with its size. Raises ValueError."""
    words = _read(FOLDER / f"{key}.json")
    try:
        data = json.loads(words)
    except json.JSONDecodeError as error:
        raise ValueError(f"{key}.json: this is not JSON, at line {error.lineno}.") from None
    return parse(_read(FOLDER / f"{key}.svg"), data, key)


def parse(svg: str, data: dict, key: str) -> tuple[dict, str]:
    """The data and the SVG from the contents of the files. Raises ValueError with one sentence."""
    _check_words(data, f"{key}.json")
    root = _checked(svg, f"{key}.svg")
    _left, _top, width, height = map(float, root.get("viewBox").split())
    millimetres = {"width": data["width"], "height": round(data["width"] * height / width, 1)}
    ET.register_namespace("", SPACE)
    for name, size in millimetres.items():
        root.set(name, f"{size}mm")
    root.tail = None
    return {**data, **millimetres}, ET.tostring(root, encoding="unicode")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise ValueError(f"{path.name}: this file is missing, or it is no text.") from None


def _check_words(data: dict, file: str) -> None:
    if not isinstance(data, dict) or set(data) - {*WORDS, "width"}:
        raise ValueError(f"{file}: it holds {', '.join(WORDS)} and width, and nothing else.")
    for name in WORDS:
        texts = data.get(name, {})
        if not isinstance(texts, dict) or not all(isinstance(t, str) for t in texts.values()):
            raise ValueError(f"{file}, {name}: texts by language are expected here.")
        if name != "caption" and not texts.get("nl"):
            raise ValueError(f"{file}, {name}: the Dutch text is missing.")
    width = data.get("width")
    if type(width) not in (int, float) or not 5 <= width <= WIDEST:
        raise ValueError(f"{file}, width: a number of millimetres is expected, 5 to {WIDEST:.0f}.")


def _checked(svg: str, file: str) -> ET.Element:
    """The parsed SVG. Raises ValueError for elements or attributes that are not allowed."""
    if len(svg.encode()) > BYTES:
        raise ValueError(f"{file}: the drawing is larger than {BYTES // 1000} kB.")
    if "<!" in svg.replace("<!--", "") or "<?" in svg.replace("<?xml ", ""):
        raise ValueError(f"{file}: a drawing has no document type and no instructions.")
    try:
        root = ET.fromstring(svg)  # noqa: S314  from the repository, and without entities
    except ET.ParseError as error:
        raise ValueError(f"{file}: this is not an SVG, at line {error.position[0]}.") from None
    if root.tag != f"{{{SPACE}}}svg":
        raise ValueError(f"{file}: a drawing starts with <svg> and its namespace.")
    if not re.fullmatch(r"-?[\d.]+ -?[\d.]+ [1-9][\d.]* [1-9][\d.]*", root.get("viewBox", "")):
        raise ValueError(f"{file}: the viewBox must have four numbers.")
    for place in root.iter():
        name = place.tag.removeprefix(f"{{{SPACE}}}")
        if place is not root and name not in SHAPES:
            raise ValueError(f"{file}: <{name}> has no place in a drawing.")
        if (place.text or "").strip() or (place.tail or "").strip():
            raise ValueError(f"{file}: words stand beside a drawing, not in it.")
        for attribute, value in place.attrib.items():
            if attribute not in ATTRIBUTES or not VALUE.fullmatch(value):
                raise ValueError(f"{file}: <{name}> may not have {attribute}=“{value[:40]}”.")
    return root
