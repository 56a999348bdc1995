"""Refuses passwords that are long enough but easy to guess.

Few of the common passwords in Django's list are as long as ours must be. So what people try after a
short one was refused is refused here too.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ..models import Practice

OWN_SIGNS = 6  # letters and digits that must be left without the name
LEAST_DIFFERENT = 5  # different characters
LONGEST_REPEATED = 8  # characters of a word that is repeated
LEAST_SIGNS = 8  # characters; a shorter password is only refused as too short


def _plain(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


class PracticeNameValidator:
    """Refuses a password that is little more than the name of a practice or this app."""

    def validate(self, password, user=None):
        plain = _plain(password)
        for name in (*Practice.objects.values_list("name", flat=True), "Rugpijn"):
            plain_name = _plain(name)
            rest = plain.replace(plain_name, "")
            if plain_name and plain_name in plain and len(rest) < OWN_SIGNS:
                raise ValidationError(
                    _("This is nearly the name of the practice. Choose something else."),
                    code="password_is_practice",
                )

    def get_help_text(self):
        return _("Your password cannot be the name of the practice.")


class PatternValidator:
    """Refuses few different characters, a repeated word, and a row such as 123456789012."""

    def validate(self, password, user=None):
        if len(password) >= LEAST_SIGNS and self._is_pattern(password.casefold()):
            raise ValidationError(
                _("This repeats itself, so it is easy to guess. Choose a sentence."),
                code="password_is_pattern",
            )

    @staticmethod
    def _is_pattern(text: str) -> bool:
        repeats = any(
            (text[:length] * len(text)).startswith(text)
            for length in range(1, min(LONGEST_REPEATED, len(text) // 2) + 1)
        )
        steps = {ord(after) - ord(before) for before, after in pairwise(text)}
        in_a_row = len(steps - {-9, 9}) <= 1  # after 9 comes 0
        return repeats or in_a_row or len(set(text)) < LEAST_DIFFERENT

    def get_help_text(self):
        return _("Your password cannot be a repeated word or a row of characters.")


# Words that join common words without making them hard to guess.
BETWEEN = "de het een mijn jouw ons onze je ik is en van in op the my our and mr nl"
MOST_WORDS = 2  # different common words that are still guessed at once
# Characters that people write for a letter; “1” is read as an i and as an l.
LOOKALIKES = str.maketrans("034578@$€!|", "oeastbaseil")
SHORTEST = 3  # letters beside common words; fewer do not make a password hard to guess


@cache
def common_words() -> frozenset[str]:
    text = (Path(__file__).parent / "common_words.txt").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return frozenset(word for line in lines for word in line.split())


class CommonWordsValidator:
    """Refuses one or two common words, also as Welkom2026!!, W@chtw00rd123 or zomerzomer1. A
    sentence has more different words than that."""

    def validate(self, password, user=None):
        if any(_is_common(letters) for letters in _letters(password)):
            raise ValidationError(
                _(
                    "Many people use this password, so it is guessed first. Digits or signs do not "
                    "change that. Choose a sentence that only you know."
                ),
                code="password_is_common",
            )

    def get_help_text(self):
        return _("Your password cannot be a common word with some digits.")


def _letters(password: str) -> Iterator[str]:
    """The words that may be meant: without digits and signs, and with them read as letters."""
    plain = unicodedata.normalize("NFKD", password.casefold())
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    yield _only_letters(plain)
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain)
    for text in (plain, core):
        for one in "il":
            yield _only_letters(text.replace("1", one).translate(LOOKALIKES))


def _only_letters(text: str) -> str:
    return "".join(sign for sign in text if sign.isalpha())


def _is_common(letters: str) -> bool:
    """Whether the letters are common words and nothing else, at most MOST_WORDS of them."""
    best = {0: frozenset()}  # length: the fewest different common words that fill it
    longest = max(map(len, common_words()))
    joining = set(BETWEEN.split())
    for end in range(1, len(letters) + 1):
        for begin in range(max(0, end - longest), end):
            word = letters[begin:end]
            joins = word in joining
            if begin not in best or not (joins or word in common_words()):
                continue
            used = best[begin] | (set() if joins else {word})
            if end not in best or len(used) < len(best[end]):
                best[end] = used
    return any(
        len(used) <= MOST_WORDS and used and len(letters) - end < SHORTEST
        for end, used in best.items()
    )
