"""Find patients by name, date or year of birth and phone number, in any order.

Neither database ignores accents by itself (PostgreSQL needs an extension), so a patient has a
`search_key` without accents, which is written whenever the patient is saved.
"""

import re
from collections.abc import Iterator
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from rugpijn.typed import phones
from rugpijn.typed.text import fold, squeezed

from .birth_dates import read_birth_date

MOST_FOUND = 5_000  # primary keys that `numbers_of` returns at most
MOST_WORDS = 12
PHONE_SIGNS = re.compile(r"[+0-9().\-/]*[0-9][+0-9().\-/]*")


def key_of(name: str, birth_date: date, phone: str) -> str:
    """The search key of a patient: the name with and without spaces, the ISO date of birth, and the
    digits of the phone number."""
    return f"{fold(name)} {squeezed(name)} {birth_date.isoformat()} {phones.digits_to_find(phone)}"


def find(patients: QuerySet, term: str) -> QuerySet:
    """The patients who match every word of `term`; all of them when it has no words."""
    for rule in _rules(term):
        patients = patients.filter(rule)
    return patients


def numbers_of(patients: QuerySet, term: str) -> list[int]:
    """The primary keys of the patients who match, at most MOST_FOUND, in the order of the list."""
    return list(find(patients, term).values_list("pk", flat=True)[:MOST_FOUND])


def _rules(term: str) -> Iterator[Q]:
    """A condition for each word, or for the words of a date together."""
    words = term.split()[:MOST_WORDS]
    while words:
        birth_date, length = _date_at_the_start(words)
        rule = Q()
        for word in words[:length]:
            rule &= _contains(word)
        if birth_date is not None:
            rule |= Q(birth_date=birth_date)
        words = words[length:]
        if rule:
            yield rule


def _date_at_the_start(words: list[str]) -> tuple[date | None, int]:
    """The date of birth that the words begin with, and how many words it has (“12 maart 1958” has
    3); (None, 1) without one."""
    for count in range(min(3, len(words)), 0, -1):
        text = " ".join(words[:count])
        if any(sign.isdigit() for sign in text):
            try:
                return read_birth_date(text, today=timezone.localdate()), count
            except ValueError:
                continue
    return None, 1


def _contains(word: str) -> Q:
    """A condition for a part of a name or of a phone number; an empty one for punctuation alone."""
    if PHONE_SIGNS.fullmatch(word):
        key = re.sub(r"[^0-9]", "", word.replace("(0)", "")).removeprefix("00")
    else:
        key = fold(word)
    return Q(search_key__contains=key) if key else Q()
