"""The contents of a file as read, before they are compared; the same for a zip and a table."""

from dataclasses import dataclass, field
from typing import Any

MOST = 5000  # exercises, protocols and drawings in one file


@dataclass(frozen=True)
class ContentRow:
    """One exercise, protocol or figure of a file.

    `number` is its row in a spreadsheet, or its place in a list of a zip, counted from 1.
    """

    number: int
    values: dict[str, Any]


@dataclass
class Content:
    """The rows of a file by kind. With `partial`, fields that a row leaves out do not change."""

    exercises: list[ContentRow] = field(default_factory=list)
    protocols: list[ContentRow] = field(default_factory=list)
    figures: list[ContentRow] = field(default_factory=list)
    photos: dict[str, bytes] = field(default_factory=dict)
    partial: bool = False

    def __len__(self) -> int:
        return len(self.exercises) + len(self.protocols) + len(self.figures)
