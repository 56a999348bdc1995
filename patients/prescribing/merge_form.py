"""Merge the posted form of a programme with what somebody else saved meanwhile.

`rugpijn.saving.merge` has the rules. This module reads a posted form into rows for it, and turns
the outcome into a post again, so that the page shows the changes of both.
"""

from collections.abc import Iterator

from django.http import QueryDict
from django.utils.translation import gettext as _

from rugpijn.saving import merge
from rugpijn.web import limits
from rugpijn.web.numbers import number

# The fields of a line, and those of the programme itself.
MERGED = ("position", "dosage", "side", "period", "note", "steps", "on_share_page")
OWN = ("title", "profile")
PREFIX = "prescriptions"  # of the formset of lines
MOST_LINES = limits.ROWS


def row_count(text) -> int | None:
    """The number of rows that a form states; None for text that our form cannot have sent."""
    count = number(text)
    return count if count is not None and count <= MOST_LINES else None


def _as_values(form, names) -> merge.Values:
    return {name: _sent(form[name].value()) for name in names}


def _sent(value) -> str:
    """A value as a browser posts it."""
    return "" if value is None else str(value).replace("\r\n", "\n")


def _rows(post: QueryDict) -> Iterator[tuple[str, merge.FormRow]]:
    """The rows of a post, each with the prefix of its fields."""
    for index in range(row_count(post.get(f"{PREFIX}-TOTAL_FORMS")) or 0):
        at = f"{PREFIX}-{index}"
        mine = {name: _sent(post.get(f"{at}-{name}")) for name in (*MERGED, "exercise")}
        base = {
            name: _sent(post.get(f"initial-{at}-{name}"))
            for name in MERGED
            if f"initial-{at}-{name}" in post
        }
        yield at, merge.FormRow(post.get(f"{at}-id", ""), mine, base, f"{at}-DELETE" in post)


def _holds_something(row: merge.FormRow) -> bool:
    """Whether a field of a new row, other than its position, is filled in."""
    return any(value.strip() for name, value in row.mine.items() if name != "position")


def merge_post(post: QueryDict, form, formset) -> tuple[merge.Merged, QueryDict]:
    """Merge a post with what somebody else saved meanwhile; the outcome also as a post.

    `form` and `formset` are unbound, with what the database has now.
    """
    theirs = {str(line.instance.pk): _as_values(line, MERGED) for line in formset.initial_forms}
    # Leave out a new row that is empty or was removed again before saving.
    rows = [
        row for _at, row in _rows(post) if row.key or (_holds_something(row) and not row.removed)
    ]
    merged = merge.merge_rows(rows, theirs)

    base = {name: _sent(post.get(f"initial-{name}", form[name].value())) for name in OWN}
    own, differences = merge.merge_values(
        "", base, {name: _sent(post.get(name, base[name])) for name in OWN}, _as_values(form, OWN)
    )
    merged.differences[:0] = differences

    result = post.copy()
    for name in [name for name in result if name.startswith((f"{PREFIX}-", f"initial-{PREFIX}-"))]:
        del result[name]
    for name in OWN:
        result[name] = own[name]
        result[f"initial-{name}"] = _sent(form[name].value())
    result["revision"] = str(form.instance.revision)
    result[f"{PREFIX}-TOTAL_FORMS"] = str(len(merged.rows))
    result[f"{PREFIX}-INITIAL_FORMS"] = str(sum(bool(row.key) for row in merged.rows))
    for index, row in enumerate(merged.rows):
        at = f"{PREFIX}-{index}"
        result[f"{at}-id"] = row.key
        result[f"{at}-programme"] = str(form.instance.pk)
        for name, value in row.mine.items():
            result[f"{at}-{name}"] = value
        for name, value in row.base.items():
            result[f"initial-{at}-{name}"] = value
        if row.removed:
            result[f"{at}-DELETE"] = "on"
    return merged, result


def has_own_changes(post: QueryDict) -> bool:
    """Whether the person who posted this form changed anything in it."""
    if any(
        _sent(post.get(name)) != _sent(post.get(f"initial-{name}", post.get(name))) for name in OWN
    ):
        return True
    if post.get("add_exercise") or post.get("add_protocol"):
        return True
    return any(_is_changed(row) for _at, row in _rows(post))


def _is_changed(row: merge.FormRow) -> bool:
    if not row.key:
        return _holds_something(row) and not row.removed
    return row.removed or any(row.mine[name] != value for name, value in row.base.items())


def unsaid(post: QueryDict, *, named: bool) -> set[str]:
    """The fields to leave out where what was typed is shown: the programmes of the rows, and the
    exercises of rows in which nothing was typed; all exercises when they cannot be `named`."""
    names = set()
    for at, row in _rows(post):
        names.add(f"{at}-programme")
        typed = any(
            row.mine[name] != row.base.get(name, "") for name in MERGED if name != "position"
        )
        if not (named and typed):
            names.add(f"{at}-exercise")
    return names


def must_decide(merged: merge.Merged) -> bool:
    """Whether a person has to decide: both changed the same field or the order, or one removed a
    row that the other changed."""
    removed = {row.key for row in merged.rows if row.removed}
    return bool(merged.rescued) or any(
        each.kept is not None or (each.row in removed and each.field != "position")
        for each in merged.differences
    )


def sentences_about(merged: merge.Merged, form, formset) -> list[str]:
    """What somebody else changed, a sentence for each difference."""
    titles = {str(line.instance.pk): str(line.instance) for line in formset.initial_forms}
    labels = {
        "title": _("title"),
        "dosage": _("dosage"),
        "side": _("side"),
        "period": _("weeks"),
        "note": _("note"),
        "steps": _("instruction"),
        "on_share_page": _("behind the QR code"),
        "profile": _("risk of persistent complaints"),
    }
    profiles = {key: str(name) for key, name in form.fields["profile"].choices}
    removed = {row.key for row in merged.rows if row.removed}
    sentences = []
    if any(difference.field == "position" for difference in merged.differences):
        sentences.append(_("The order was changed."))
    for difference in merged.differences:
        if difference.field == "position":
            continue
        words = {
            "where": titles.get(difference.row, _("Programme")),
            "field": labels[difference.field],
            "before": difference.before or "–",
            "after": difference.after or "–",
            "kept": difference.kept or "–",
        }
        if difference.field == "profile":
            words |= {name: profiles.get(words[name], "–") for name in ("before", "after", "kept")}
        if difference.row and difference.row in removed:
            text = _("%(where)s, %(field)s: “%(before)s” became “%(after)s”.")
        elif difference.kept is None:
            text = _("%(where)s, %(field)s: “%(before)s” became “%(after)s”. Taken over.")
        else:
            text = _(
                "%(where)s, %(field)s: “%(before)s” became “%(after)s”. You typed “%(kept)s”, "
                "which is in the field."
            )
        sentences.append(text % words)
    changed = {each.row for each in merged.differences if each.field != "position"}
    sentences += [
        _("You removed %s, which was changed in the meantime. Save again to remove it.")
        % titles.get(row.key, _("An exercise"))
        for row in merged.rows
        if row.removed and row.key in changed
    ]
    sentences += [_("%s was added.") % titles[key] for key in merged.added]
    names = _names_of_removed(merged, formset)
    for row in merged.removed:
        name = names.get(number(row.mine["exercise"]), _("An exercise"))
        if row in merged.rescued:
            text = _("%s was removed. You had changed it, so it is below once more.")
        else:
            text = _("%s was removed.")
        sentences.append(text % name)
    return sentences


def _names_of_removed(merged: merge.Merged, formset) -> dict[int, str]:
    """By primary key, the titles of the exercises in the posted rows that somebody else removed."""
    keys = {number(row.mine["exercise"]) for row in merged.removed} - {None}
    exercises = formset.empty_form.fields["exercise"].queryset
    return {each.pk: str(each) for each in exercises.filter(pk__in=keys)} if keys else {}
