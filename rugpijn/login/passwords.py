"""Passwords that are long enough and guessed all the same.

Django's list knows the most used ones, and few of them are as long as ours must be. So the first
things that people try when a short one is refused are refused here too.
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

OWN_SIGNS = 6  # letters and digits that must be left without the name of the practice
LEAST_DIFFERENT = 5  # different signs
LONGEST_REPEATED = 8  # signs of a word that is typed again and again
LEAST_SIGNS = 8  # of fewer it is enough to say that they are too few


def _plain(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


class PracticeNameValidator:
    """Refuses what is little more than the name of a practice here, or of this app."""

    def validate(self, password, user=None):
        plain = _plain(password)
        for name in (*Practice.objects.values_list("name", flat=True), "Rugpijn"):
            known = _plain(name)
            if known and known in plain and len(plain.replace(known, "")) < OWN_SIGNS:
                raise ValidationError(
                    _("This is nearly the name of the practice. Choose something else."),
                    code="password_is_practice",
                )

    def get_help_text(self):
        return _("Your password cannot be the name of the practice.")


class PatternValidator:
    """Refuses a few signs, a word that is repeated, and a row such as 123456789012."""

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
        return _("Your password cannot be one word or one row of signs, repeated.")


# What may stand between common words without making them a secret.
BETWEEN = ("de", "het", "een", "mijn", "jouw", "ons", "onze", "je", "ik", "is", "en", "van", "in",
           "op", "the", "my", "our", "is", "and", "mr", "nl")  # fmt: skip
MOST_WORDS = 2  # different common words that are still one guess
# Signs that people write for a letter; “1” is an i or an l.
LOOKALIKES = str.maketrans("034578@$€!|", "oeastbaseil")
SHORTEST = 3  # letters: what is less beside common words is no secret


@cache
def common_words() -> frozenset[str]:
    text = (Path(__file__).parent / "common_words.txt").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return frozenset(word for line in lines for word in line.split())


class CommonWordsValidator:
    """Refuses a common word, or two, however dressed up: Welkom2026!!, W@chtw00rd123, zomerzomer1.

    What is a sentence has more different words than that.
    """

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
    """Whether these letters are common words and nothing else, of which few are different."""
    best = {0: frozenset()}  # how far, and with which different common words: the fewest
    longest = max(map(len, common_words()))
    for end in range(1, len(letters) + 1):
        for begin in range(max(0, end - longest), end):
            word = letters[begin:end]
            if begin not in best or not (word in common_words() or word in BETWEEN):
                continue
            used = best[begin] | ({word} if word not in BETWEEN else set())
            if end not in best or len(used) < len(best[end]):
                best[end] = used
    return any(
        len(used) <= MOST_WORDS and used and len(letters) - end < SHORTEST
        for end, used in best.items()
    )
