"""Rules for what people type, each with a sentence that says what to do."""

import re
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

COVERAGE = Path(__file__).parent / "fonts" / "coverage.txt"


@cache
def printable_characters() -> frozenset[int]:
    """Every code point that one of the fonts on paper can draw."""
    points = set()
    for line in COVERAGE.read_text().split():
        first, _dash, last = line.partition("-")
        points.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(points)


def printable(text: str) -> None:
    """Refuse a character that no font on paper has: it would print as an empty box."""
    unknown = [
        character
        for character in text
        if ord(character) not in printable_characters() and character not in "\n\r\t"
    ]
    if unknown:
        raise ValidationError(
            _("“%(character)s” cannot be printed. Please leave it out or write it differently."),
            params={"character": unknown[0] if unknown[0].isprintable() else ascii(unknown[0])},
            code="unprintable",
        )


def validate_web_address(text: str) -> None:
    """Accept http and https addresses only; a link is clicked by a patient."""
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        parts, host = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not host or any(c.isspace() for c in text):
        raise ValidationError(
            _("Give a full web address, such as “https://www.example.nl/video”."), code="address"
        )


LEAST_CONTRAST = 4.5  # of words with what is behind them: WCAG 2.2, 1.4.3


def contrast_with_white(colour: str) -> float:
    """How well `#rrggbb` reads on white paper: 1 for white itself, 21 for black. WCAG 2.2."""

    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[at : at + 2], 16)) for at in (1, 3, 5))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def readable_on_paper(colour: str) -> None:
    """Refuse what is no colour, and a colour in which words cannot be read on white paper."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise ValidationError(_("Give a colour such as “#14485a”."), code="colour")
    if contrast_with_white(colour) < LEAST_CONTRAST:
        raise ValidationError(
            _("Words in this colour are hard to read on white paper. Please choose a darker one."),
            code="contrast",
        )
