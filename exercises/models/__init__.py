"""The library: what is true without any patient."""

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
    Protocol,
    ProtocolLine,
    ProtocolText,
    Text,
    Translated,
)
from .sharing import FALLBACK, LibraryQuerySet

__all__ = [
    "FALLBACK",
    "Advice",
    "AdviceText",
    "Dosed",
    "Exercise",
    "ExerciseText",
    "Figure",
    "Film",
    "LibraryImport",
    "LibraryItem",
    "LibraryQuerySet",
    "Protocol",
    "ProtocolLine",
    "ProtocolText",
    "Rendering",
    "Text",
    "Translated",
]
