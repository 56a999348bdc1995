"""Finding a patient by any of name, date or year of birth and phone number, in any order.

Neither database can leave out accents by itself (PostgreSQL only with an extension), so what is
looked in is kept beside the patient, written anew whenever the patient is saved.
"""

import re
from collections.abc import Iterator
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from rugpijn.typed import phones
from rugpijn.typed.text import fold, squeezed

from .birth_dates import read_birth_date

MOST_FOUND = 5_000  # whoever finds more has not searched yet; the names alone are then shown first
MOST_WORDS = 12
PHONE_SIGNS = re.compile(r"[+0-9().\-/]*[0-9][+0-9().\-/]*")


def key_of(name: str, birth_date: date, phone: str) -> str:
    """What is looked in: the name in words and in one, the day of birth, and the phone number."""
    return f"{fold(name)} {squeezed(name)} {birth_date.isoformat()} {phones.digits_to_find(phone)}"


def find(patients: QuerySet, term: str) -> QuerySet:
    """The patients about whom every word that was typed holds; all of them without a word."""
    for rule in _rules(term):
        patients = patients.filter(rule)
    return patients


def numbers_of(patients: QuerySet, term: str) -> list[int]:
    """Their primary keys, in the order of the list."""
    return list(find(patients, term).values_list("pk", flat=True)[:MOST_FOUND])


def _rules(term: str) -> Iterator[Q]:
    words = term.split()[:MOST_WORDS]
    while words:
        born, taken = _date_at_the_start(words)
        found, words = words[:taken], words[taken:]
        rule = Q()
        for word in found:
            rule &= _contains(word)
        if born is not None:
            rule |= Q(birth_date=born)
        if rule:
            yield rule


def _date_at_the_start(words: list[str]) -> tuple[date | None, int]:
    """A date of birth that the words begin with, and of how many words: “12 maart 1958” is 3."""
    for count in range(min(3, len(words)), 0, -1):
        text = " ".join(words[:count])
        if any(sign.isdigit() for sign in text):
            try:
                return read_birth_date(text, today=timezone.localdate()), count
            except ValueError:
                continue
    return None, 1


def _contains(word: str) -> Q:
    """A name or a part of it, or the digits of a phone number; nothing for signs alone."""
    if PHONE_SIGNS.fullmatch(word):
        looked_for = re.sub(r"[^0-9]", "", word.replace("(0)", "")).removeprefix("00")
    else:
        looked_for = fold(word)
    return Q(search_key__contains=looked_for) if looked_for else Q()
