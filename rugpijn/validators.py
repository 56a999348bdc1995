"""Rules for what people type, each with a sentence that says what to do."""

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
