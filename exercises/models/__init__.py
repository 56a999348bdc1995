"""The library: what is true without any patient."""

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
    "LibraryItem",
    "LibraryQuerySet",
    "Prescribed",
    "Protocol",
    "ProtocolLine",
    "ProtocolText",
    "Rendering",
    "Text",
    "Translated",
]
