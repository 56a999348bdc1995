"""Are two drawings the same picture? Machines differ in the last digits of a sine, so numbers may
be a hair apart; what is drawn, in which order and in which colour, may not."""

import math
import re
from itertools import zip_longest
from xml.etree import ElementTree

from exercises.figures.geometry import dot
from exercises.figures.skeleton import Skeleton

UNITS = 2  # of a drawing, a thousandth of body height each: 0.1 mm on paper
MILLIMETRES = 0.1  # of the size of the paper
# How many numbers each command of a path takes, and which of them are places, as (x, y) pairs.
COMMANDS = {"m": 2, "l": 2, "q": 4, "c": 6, "a": 7, "z": 0}


def differences(one: str, other: str) -> list[str]:
    """In words, what differs between two SVGs by more than the eye can see; empty when nothing."""
    found = []
    # These are our own drawings, so nobody hides anything in them.
    some, others = (ElementTree.fromstring(svg).iter() for svg in (one, other))  # noqa: S314
    pairs = zip_longest(some, others)
    for number, (a, b) in enumerate(pairs, 1):
        if a is None or b is None or a.tag != b.tag or set(a.attrib) != set(b.attrib):
            return [*found, f"element {number}: {_said(a)} and {_said(b)}"]
        for name, value in a.attrib.items():
            problem = _attribute(name, value, b.attrib[name])
            if problem:
                found.append(f"element {number}, {name}: {problem}")
    return found


def _said(element) -> str:
    if element is None:
        return "nothing"
    return f"<{element.tag.rpartition('}')[2]} {' '.join(sorted(element.attrib))}>"


def _attribute(name: str, a: str, b: str) -> str:
    if a == b:
        return ""
    if name in ("d", "values"):
        return _paths(a.split(";"), b.split(";"))
    if name in ("viewBox", "cx", "cy"):
        return _apart(_numbers(a), _numbers(b), UNITS)
    if a.endswith("mm") and b.endswith("mm"):
        return _apart([float(a[:-2])], [float(b[:-2])], MILLIMETRES)
    return f"{a} and {b}"


def _paths(some: list[str], others: list[str]) -> str:
    if len(some) != len(others):
        return f"{len(some)} shapes and {len(others)}"
    for a, b in zip(some, others, strict=True):
        (commands, places), (other_commands, other_places) = _absolute(a), _absolute(b)
        problem = _apart(places, other_places, UNITS)
        if commands != other_commands or problem:
            return problem or "other commands"
    return ""


def _absolute(path: str) -> tuple[str, list[float]]:
    """The commands of a path one by one, and its numbers with every place counted from the corner:
    otherwise a first point that is a hair off could not be told from a whole path that is."""
    commands, places = "", []
    x = y = 0.0
    for letter, text in re.findall(r"([a-zA-Z])([^a-zA-Z]*)", path):
        numbers, kind = _numbers(text), letter.lower()
        size = COMMANDS[kind]
        for start in range(0, len(numbers), size) if size else [0]:
            group = numbers[start : start + size]
            fixed, group = (group[:5], group[5:]) if kind == "a" else ([], group)
            from_x, from_y = (x, y) if letter.islower() else (0.0, 0.0)
            group = [value + (from_y if i % 2 else from_x) for i, value in enumerate(group)]
            if group:
                x, y = group[-2:]
            commands += letter
            places += fixed + group
    return commands, places


def _numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text)]


def _apart(some: list[float], others: list[float], tolerance: float) -> str:
    if len(some) != len(others):
        return f"{len(some)} numbers and {len(others)}"
    worst = max((abs(a - b) for a, b in zip(some, others, strict=True)), default=0.0)
    return f"{worst:.1f} apart" if worst > tolerance + 1e-9 else ""


def knee_bend(skeleton: Skeleton, side: str) -> float:
    """Degrees from straight."""
    thigh, shank = skeleton.frames[f"thigh_{side}"][2], skeleton.frames[f"shank_{side}"][2]
    return math.degrees(math.acos(min(1.0, dot(thigh, shank))))
