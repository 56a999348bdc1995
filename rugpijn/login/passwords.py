"""Passwords that are long enough and guessed all the same.

Django's list knows the most used ones, and few of them are as long as ours must be. So the first
things that people try when a short one is refused are refused here too.
"""

from itertools import pairwise

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
