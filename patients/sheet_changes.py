"""How two sheets differ, for whoever reads them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exercises.media.films import Clip
from exercises.pictures import Picture

from .line import PARTS
from .sheet import AdviceBlock, Sheet

# What a Change is about: of the sheet itself and its advice, and every part of a line.
PART_LABELS = {
    "therapist": gettext_lazy("therapist"),
    "language": gettext_lazy("language"),
    "order": gettext_lazy("order"),
    "line": gettext_lazy("exercise"),
    "advice": gettext_lazy("advice"),
    "body": gettext_lazy("text"),
    "symptoms": gettext_lazy("what is asked when something goes wrong"),
} | {name: part.label for name, part in PARTS.items()}


@dataclass(frozen=True)
class SheetChange:
    """One difference between two sheets. `before` or `after` is empty for new and gone."""

    where: str
    part: str
    before: str
    after: str

    @property
    def kind(self) -> str:
        """One of added, removed and changed."""
        if not self.before:
            return "added"
        return "changed" if self.after else "removed"


def changes(before: Sheet, after: Sheet) -> list[SheetChange]:
    """How two sheets differ for whoever reads them, in reading order.

    A sentence that an upgrade of the app words differently is no difference, nor
    is the version number of advice whose words are the same.

    `part` is a field of Sheet, Line or Block; "line", "advice" and "order" stand
    for a whole line, a whole block and the order of lines.
    """
    same_language = before.language == after.language
    found = [
        SheetChange("", part, getattr(before, part), getattr(after, part))
        for part in ("title", "therapist", "language")
        if getattr(before, part) != getattr(after, part)
    ]
    found += _changed_parts(
        {line.uuid: line for line in before.lines},
        {line.uuid: line for line in after.lines},
        whole="line",
        parts=PARTS,
        same_language=same_language,
    )
    kept = [line.uuid for line in before.lines if after.line(line.uuid)]
    if kept != [line.uuid for line in after.lines if before.line(line.uuid)]:
        found.append(
            SheetChange(
                "",
                "order",
                " · ".join(line.title for line in before.lines),
                " · ".join(line.title for line in after.lines),
            )
        )
    found += _changed_parts(
        _by_subject(before.advice),
        _by_subject(after.advice),
        whole="advice",
        parts=("title", "body", "figure"),
        same_language=same_language,
    )
    return found + _changed_symptoms(before, after)


def _changed_symptoms(before: Sheet, after: Sheet) -> list[SheetChange]:
    """Other questions are a difference; other words for the same ones are not."""
    keys = [[question.key for question in sheet.symptoms] for sheet in (before, after)]
    if keys[0] == keys[1]:
        return []
    words = ["\n".join(one.words for one in sheet.symptoms) for sheet in (before, after)]
    return [SheetChange("", "symptoms", *words)]


def _changed_parts(
    before: dict, after: dict, whole: str, parts: Iterable[str], same_language: bool
) -> list[SheetChange]:
    found = []
    for key in [*before, *(key for key in after if key not in before)]:
        old, new = before.get(key), after.get(key)
        if old is None or new is None:
            found.append(
                SheetChange(
                    (new or old).title,
                    whole,
                    "\n".join(old.words()) if old else "",
                    "\n".join(new.words()) if new else "",
                )
            )
            continue
        for part in parts:
            if part == "sentence" and same_language and old.dosage == new.dosage:
                continue
            if part == "when" and same_language and old.period == new.period:
                continue
            if part == "figure" and _shows_the_same(old.figure, new.figure):
                continue
            if getattr(old, part) != getattr(new, part):
                was, now = _plain(getattr(old, part)), _plain(getattr(new, part))
                found.append(SheetChange(new.title, part, was, now))
    return found


def _shows_the_same(old: Picture | None, new: Picture | None) -> bool:
    """A picture that an upgrade of the app draws more finely is no difference."""
    if old is None or new is None:
        return old is new
    return old.source == new.source


def _by_subject(blocks: tuple[AdviceBlock, ...]) -> dict:
    """Blocks by their kind and how many of that kind came before; red flags may come twice."""
    kinds = [block.kind for block in blocks]
    return {
        (block.kind, kinds[:index].count(block.kind)): block for index, block in enumerate(blocks)
    }


def _plain(value) -> str:
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, Picture):
        return "\n".join([value.title, *value.words()])
    if isinstance(value, Clip):
        return f"{value.title}\n{value.alternative}"
    if isinstance(value, tuple):
        return "\n".join(value)
    return "" if value is None else str(value)


def named(found) -> list[dict]:
    """Differences with the name of the part in the reader's language."""
    return [
        {
            "where": change.where,
            "part": PART_LABELS[change.part],
            "before": change.before,
            "after": change.after,
            "kind": change.kind,
        }
        for change in found
    ]
