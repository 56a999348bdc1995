"""The models of the library, which has no data of patients."""

from .exchange import LibraryImport
from .figure import Figure, Rendering
from .film import Film
from .library import (
    Advice,
    AdviceText,
    Dosed,
    Exercise,
    ExerciseText,
    LibraryItem,
    Prescribed,
    Protocol,
    ProtocolLine,
    ProtocolText,
    Text,
    Translated,
)
from .ours import Favourite, PracticeDosage, suggested
from .sharing import FALLBACK, LibraryQuerySet, in_language

__all__ = [
    "FALLBACK",
    "Advice",
    "AdviceText",
    "Dosed",
    "Exercise",
    "ExerciseText",
    "Favourite",
    "Figure",
    "Film",
    "LibraryImport",
    "LibraryItem",
    "LibraryQuerySet",
    "PracticeDosage",
    "Prescribed",
    "Protocol",
    "ProtocolLine",
    "ProtocolText",
    "Rendering",
    "Text",
    "Translated",
    "in_language",
    "suggested",
]
