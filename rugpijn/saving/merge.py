"""Merges what two people changed in one form, so that the work of both is kept.

A form carries, beside each value, the value that it was opened with. When somebody else saved in
between, each field has three states: as it was (`base`), as it is now (`theirs`), and as it was
just sent (`mine`). What only one of the two changed is taken. Where both changed it, mine stays in
the field, theirs is shown, and a person decides.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ..web.numbers import number

Values = dict[str, str]  # a row's fields as a form sends them


@dataclass(frozen=True)
class FormRow:
    """One row of the form. `key` is its number in the database, "" when it is new."""

    key: str
    mine: Values
    base: Values
    removed: bool = False

    @property
    def is_changed(self) -> bool:
        """Whether I changed this row. Its position does not count: it changes when others move."""
        return any(
            self.mine.get(name, "") != was for name, was in self.base.items() if name != "position"
        )

    @property
    def is_rescued(self) -> bool:
        """Whether my changes to it are kept when somebody else removed it."""
        return self.is_changed and not self.removed


@dataclass(frozen=True)
class Difference:
    """What the other person did to a field. `kept` is my value, when both changed it."""

    row: str  # the key of the row; "" for the record itself
    field: str
    before: str
    after: str
    kept: str | None = None


@dataclass
class Merged:
    """The rows to show, and what the other person did."""

    rows: list[FormRow] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    added: list[str] = field(default_factory=list)  # keys of rows that are new to me
    removed: list[FormRow] = field(default_factory=list)  # rows that the other person removed
    rescued: list[FormRow] = field(default_factory=list)  # of those, the ones I had changed


def merge_values(
    key: str, base: Values, mine: Values, theirs: Values
) -> tuple[Values, list[Difference]]:
    """The merged fields of one row, and what the other person changed in it."""
    values, differences = dict(mine), []
    for name, now in theirs.items():
        was, sent = base.get(name, now), mine.get(name, "")
        if now == was:
            continue
        if sent == was:
            values[name] = now
        kept = sent if sent not in (was, now) else None
        differences.append(Difference(key, name, was, now, kept))
    return values, differences


def _order(rows: Iterable[tuple[str, Values]]) -> list[str]:
    """The keys in the order of their positions; those without a position come last."""
    positions = {key: number(values.get("position", "")) for key, values in rows}
    return sorted(positions, key=lambda key: (positions[key] is None, positions[key] or 0))


def merge_rows(mine: list[FormRow], theirs: dict[str, Values]) -> Merged:
    """All rows: mine in my order, with what the other person changed, added and removed."""
    merged = Merged()
    new_rows = []
    common = [row for row in mine if row.key in theirs]
    was = _order((row.key, row.base) for row in common)
    they_moved = was != _order((row.key, theirs[row.key]) for row in common)
    i_moved = was != _order((row.key, row.mine) for row in common)
    i_rescue = any(row.key and row.key not in theirs and row.is_rescued for row in mine)
    for row in mine:
        if not row.key:
            new_rows.append(row)
        elif row.key not in theirs:
            merged.removed.append(row)
            if row.is_rescued:
                merged.rescued.append(row)
                new_rows.append(FormRow(key="", mine=row.mine, base={}))
        else:
            values, differences = merge_values(row.key, row.base, row.mine, theirs[row.key])
            if not they_moved:  # positions also shift when a row is added or removed
                differences = [each for each in differences if each.field != "position"]
                if (i_moved or i_rescue) and "position" in row.mine:
                    values["position"] = row.mine["position"]
            merged.differences += differences
            merged.rows.append(FormRow(row.key, values, theirs[row.key], row.removed))
    my_keys = {row.key for row in mine}
    for key, values in theirs.items():
        if key not in my_keys:
            merged.added.append(key)
            merged.rows.append(FormRow(key, dict(values), dict(values)))
    merged.rows += new_rows
    return merged
