"""Search the library.

Every word that is typed must occur, whatever its accents and capitals. For an exercise it is looked
for in the title, the purpose and the equipment, in any language, and in the name of the region.
"""

from collections import defaultdict
from functools import cache, lru_cache

from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation

from rugpijn.typed.text import fold, squeezed

from .models import Exercise

MOST_WORDS = 8  # more than a title has; the rest is ignored
OF_EXERCISE = ("texts__title", "texts__purpose", "texts__equipment")


def find(exercises: QuerySet, term: str) -> QuerySet:
    """The exercises with every word of `term` in their texts or in the name of their region."""
    return find_in(exercises, term, *OF_EXERCISE, category=_names_of_regions())


def find_in(things: QuerySet, term: str, *paths: str, **named: dict[str, str]) -> QuerySet:
    """Those of `things` with every word of `term` in one of the texts at `paths`.

    `named` maps the values of a column to the texts to search for them. Neither database ignores
    accents, so the texts are read and compared here; a practice's library has some hundreds.
    """
    words = fold(term).split()[:MOST_WORDS]
    if not words:
        return things
    texts_of: dict[int, set[str]] = defaultdict(set)
    for pk, *values in things.order_by().values_list("pk", *paths, *named):
        texts, codes = values[: len(paths)], values[len(paths) :]
        texts_of[pk].update(_folded(text) for text in texts if text)
        texts_of[pk].update(
            names.get(code, "") for names, code in zip(named.values(), codes, strict=True)
        )
    matching = [
        pk
        for pk, texts in texts_of.items()
        if all(any(word in text for text in texts) for word in words)
    ]
    return things.filter(pk__in=matching)


@lru_cache(maxsize=20_000)
def _folded(text: str) -> str:
    """The text with and without its spaces: "kniebuigen" also finds "knie buigen"."""
    return f"{fold(text)} {squeezed(text)}"


@cache
def _names_of_regions() -> dict[str, str]:
    """The names of each region in all languages, as one text to search."""
    names = dict.fromkeys(Exercise.Category.values, "")
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for region in Exercise.Category:
                names[region.value] += f"{_folded(region.label)} "
    return names
