"""Rules for what people type, each with a sentence that says what to do."""

import re
import unicodedata
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from .typed import phones

FAR = 100  # years from now that no day of a programme or of a log can be
COVERAGE = Path(__file__).parent / "fonts" / "coverage.txt"


@cache
def printable_characters() -> frozenset[int]:
    """Return every code point that a font on paper can draw."""
    points = set()
    for line in COVERAGE.read_text().split():
        first, _dash, last = line.partition("-")
        points.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(points)


def printable(text: str) -> None:
    """Refuse a character that no font on paper has: it would be printed as an empty box."""
    unknown = [
        character
        for character in text
        if ord(character) not in printable_characters() and character not in "\n\r\t"
    ]
    if unknown:
        raise ValidationError(
            _("“%(character)s” cannot be printed. Please leave it out or write it differently."),
            params={"character": shown(unknown[0])},
            code="unprintable",
        )


def shown(character: str) -> str:
    """Return a character, or its number and name when it cannot be seen."""
    if character.isprintable():
        return character
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".strip()


NINE_DIGITS = re.compile(r"(?<!\d)\d(?:[ .-]?\d){8}(?!\d)")


def citizen_number(text: str) -> str | None:
    """Return the first citizen service number (BSN) in a text, as it was typed.

    A BSN has nine digits, the last of which is a check digit (the “elfproef”). One in eleven other
    numbers of nine digits passes this check as well.
    """
    for found in NINE_DIGITS.findall(text):
        *digits, check = (int(sign) for sign in found if sign.isdigit())
        total = sum(digit * weight for digit, weight in zip(digits, range(9, 1, -1), strict=True))
        if total and (total - check) % 11 == 0:
            return found
    return None


class NoCitizenNumber:
    """A model whose `called` fields, the names of a person or a thing, may not hold a BSN.

    A practice has no legal ground to store the BSN here. Phone numbers are not checked, because
    they have nine digits as well when the first 0 is left out. Notes are not checked either: there
    the writer gets a warning.
    """

    called = ("name",)

    def clean_fields(self, exclude=None):
        for name in {*self.called} - {*(exclude or ())}:
            if citizen_number(getattr(self, name) or ""):
                raise ValidationError({name: ValidationError(is_citizen_number(), code="bsn")})
        super().clean_fields(exclude=exclude)


def is_citizen_number() -> str:
    return _("This looks like a citizen service number (BSN). Please leave it out.")


def validate_web_address(text: str) -> None:
    """Accept only http and https addresses, because a patient follows the link."""
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        parts, host = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not host or any(c.isspace() for c in text):
        raise ValidationError(
            _("Give a full web address, such as “https://www.example.nl/video”."), code="address"
        )


def validate_secure_address(text: str) -> None:
    """Accept only https addresses, so that nobody can read along when a patient opens the link."""
    validate_web_address(text)
    if urlsplit(text).scheme != "https":
        raise ValidationError(
            _("Give an address that begins with https://, such as “https://www.example.nl/rug”."),
            code="address",
        )


def one_phone_number(text: str) -> None:
    """Accept one phone number that can be called, with or without words beside it."""
    numbers = [number.written for number in phones.read(text).numbers]
    if len(numbers) > 1:
        raise ValidationError(
            _(
                "There are %(count)d phone numbers here: %(numbers)s. A field holds one number: "
                "keep the one to call, such as “%(first)s”."
            ),
            params={"count": len(numbers), "numbers": ", ".join(numbers), "first": numbers[0]},
            code="phones",
        )
    if not numbers or not phones.can_be_called(phones.read(text).numbers[0]):
        raise ValidationError(
            _("There is no phone number here that can be called, such as “030-2345678”."),
            code="phone",
        )


def emergency_number(text: str) -> None:
    """Accept only an emergency number of the country: patients with chest pain call it."""
    if not phones.is_emergency(text):
        raise ValidationError(
            _("Give the emergency number of your country, such as “%(number)s”."),
            params={"number": phones.EMERGENCY},
            code="emergency",
        )


LEAST_CONTRAST = 4.5  # of words with what is behind them: WCAG 2.2, 1.4.3


def contrast_with_white(colour: str) -> float:
    """Return the contrast of `#rrggbb` with white paper (WCAG 2.2): 1 for white itself, 21 for
    black."""

    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[at : at + 2], 16)) for at in (1, 3, 5))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def readable_on_paper(colour: str) -> None:
    """Refuse a text that is not a colour, and a colour in which words cannot be read on white
    paper."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise ValidationError(_("Give a colour such as “#14485a”."), code="colour")
    if contrast_with_white(colour) < LEAST_CONTRAST:
        raise ValidationError(
            _("Words in this colour are hard to read on white paper. Please choose a darker one."),
            code="contrast",
        )


def near_today(day) -> None:
    """Refuse a day that is too far away to calculate with, such as a typing error in the year."""
    if abs(day.year - timezone.localdate().year) > FAR:
        raise ValidationError(_("Please check the year of this date."))
