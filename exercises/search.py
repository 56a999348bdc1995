"""Finding what stands in the library by what a therapist has in mind.

Every word that is typed must be found, whatever its accents and capitals: for an exercise in a
title, a purpose or the equipment, in any language, or as the name of the region.
"""

from collections import defaultdict
from functools import cache, lru_cache

from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation

from rugpijn.typed.text import fold, squeezed

from .models import Exercise

MOST_WORDS = 8  # more than a title has
OF_EXERCISE = ("texts__title", "texts__purpose", "texts__equipment")


def find(exercises: QuerySet, term: str) -> QuerySet:
    """The exercises in whose texts, or in the name of whose region, every word is found."""
    regions = _names_of_regions()
    return find_in(exercises, term, *OF_EXERCISE, category=regions)


def find_in(things: QuerySet, term: str, *paths: str, **named: dict[str, str]) -> QuerySet:
    """Those of `things` where every word is found in one of the texts at `paths`.

    `named` gives what the values of a column are called. Neither database folds accents, so the
    texts are read and compared here; the library of a practice has some hundreds of them.
    """
    words = fold(term).split()[:MOST_WORDS]
    if not words:
        return things
    looked_in: dict[int, set[str]] = defaultdict(set)
    for number, *values in things.order_by().values_list("pk", *paths, *named):
        texts, codes = values[: len(paths)], values[len(paths) :]
        looked_in[number].update(_folded(text) for text in texts if text)
        looked_in[number].update(
            names.get(code, "") for names, code in zip(named.values(), codes, strict=True)
        )
    found = [
        number
        for number, texts in looked_in.items()
        if all(any(word in text for text in texts) for word in words)
    ]
    return things.filter(pk__in=found)


@lru_cache(maxsize=20_000)
def _folded(text: str) -> str:
    """In words, and in one: `kniebuigen` finds “knie buigen” as well."""
    return f"{fold(text)} {squeezed(text)}"


@cache
def _names_of_regions() -> dict[str, str]:
    """What each region is called in all languages, as one text to look in."""
    names = dict.fromkeys(Exercise.Category.values, "")
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for region in Exercise.Category:
                names[region.value] += f"{_folded(region.label)} "
    return names
