"""What was in a file, before anything is compared: the same for a zip and for a table."""

from dataclasses import dataclass, field
from typing import Any

MOST = 5000  # exercises, protocols and drawings in one file


@dataclass(frozen=True)
class ContentRow:
    """One thing of a file, with its number as a person counts there."""

    number: int
    values: dict[str, Any]


@dataclass
class Content:
    """`partial`: what a row leaves out stays as it is here."""

    exercises: list[ContentRow] = field(default_factory=list)
    protocols: list[ContentRow] = field(default_factory=list)
    figures: list[ContentRow] = field(default_factory=list)
    photos: dict[str, bytes] = field(default_factory=dict)
    partial: bool = False

    def __len__(self) -> int:
        return len(self.exercises) + len(self.protocols) + len(self.figures)
