"""Finding an exercise by what a therapist has in mind.

Every word that is typed must be found: in a title, a purpose or the equipment, in
any language, or as the name of the region, in any language as well.
"""

from functools import cache

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import translation

from .models import Exercise, ExerciseText

MOST_WORDS = 8  # more than a title has; each word asks the table of texts once


def find(exercises: QuerySet, term: str) -> QuerySet:
    for word in term.split()[:MOST_WORDS]:
        texts = ExerciseText.objects.filter(
            Q(title__icontains=word) | Q(purpose__icontains=word) | Q(equipment__icontains=word)
        )
        exercises = exercises.filter(
            Q(pk__in=texts.values("exercise")) | Q(category__in=_regions(word))
        )
    return exercises


def _regions(word: str) -> list[str]:
    return [region for region, names in _names_of_regions().items() if word.lower() in names]


@cache
def _names_of_regions() -> dict[str, str]:
    """What each region is called in all languages, as one text to look in."""
    names = dict.fromkeys(Exercise.Category.values, "")
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for region in Exercise.Category:
                names[region.value] += f"{region.label.lower()}\n"
    return names
