"""Finding a patient by a part of the name, as it sounds: accents and case do not count.

Neither database can leave out accents by itself (PostgreSQL only with an extension), so the names
of the practice are read and compared here: 10,000 of them take some hundredths of a second.
"""

import unicodedata
from itertools import islice

from django.db.models import QuerySet

MOST_FOUND = 5_000  # whoever finds more has not searched yet; the names alone are then shown first

# Letters that are no other letter with an accent.
LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ı": "i", "þ": "th",
     "-": " ", ",": " ", "'": None, "’": None, "‘": None, "`": None, ".": " "}
)  # fmt: skip


def fold(text: str) -> str:
    """`Müller-de Wit` and `MULLER DE WIT` are the same to whoever searches."""
    folded = text.lower().translate(LETTERS)
    if folded.isascii():
        return folded
    parts = unicodedata.normalize("NFKD", folded)
    return "".join(part for part in parts if not unicodedata.combining(part))


def by_name(patients: QuerySet, term: str) -> QuerySet:
    """The patients whose name has every word that was typed, or a part of it, in any order."""
    if not fold(term).split():
        return patients
    return patients.filter(pk__in=numbers_by_name(patients, term))


def numbers_by_name(patients: QuerySet, term: str) -> list[int]:
    """Their primary keys, by name; every one without a word to look for."""
    words = fold(term).split()
    names = patients.order_by("name", "pk").values_list("pk", "name")
    found = (pk for pk, name in names if all(word in fold(name) for word in words))
    return list(islice(found, MOST_FOUND))
