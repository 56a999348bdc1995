"""The programme's form as rows, merged with what somebody else saved meanwhile.

`merge.py` knows the rule; this file reads a posted form into its rows, and
writes the outcome back as a post, so that the page shows both and loses neither.
"""

from django.http import QueryDict
from django.utils.translation import gettext

from rugpijn.saving import merge
from rugpijn.web import limits
from rugpijn.web.numbers import number

MERGED = (
    "position",
    "dosage",
    "side",
    "period",
    "note",
    "steps",
    "on_share_page",
)  # the fields of a line that people change
OWN = ("title", "profile")  # of the programme itself
PREFIX = "prescriptions"  # of the lines in a programme's form
MOST_LINES = limits.ROWS


def row_count(text) -> int | None:
    """How many rows a form says it has; None for what no browser of ours sends."""
    count = number(text)
    return count if count is not None and count <= MOST_LINES else None


def _as_values(form, names) -> merge.Values:
    return {name: _sent(form[name].value()) for name in names}


def _sent(value) -> str:
    """A value as a browser sends it back."""
    return "" if value is None else str(value).replace("\r\n", "\n")


def _holds_something(row: merge.FormRow) -> bool:
    """Whether more stands in a new row than its place."""
    return any(value.strip() for name, value in row.mine.items() if name != "position")


def merge_post(post: QueryDict, form, formset) -> tuple[merge.Merged, QueryDict]:
    """What was posted, with what somebody else saved meanwhile, as a post again.

    `form` and `formset` are unbound and show what the database holds now.
    """
    prefix, names = formset.prefix, MERGED
    theirs = {str(line.instance.pk): _as_values(line, names) for line in formset.initial_forms}
    mine = []
    for index in range(row_count(post.get(f"{prefix}-TOTAL_FORMS")) or 0):
        at = f"{prefix}-{index}"
        values = {name: _sent(post.get(f"{at}-{name}")) for name in (*names, "exercise")}
        base = {
            name: _sent(post.get(f"initial-{at}-{name}"))
            for name in names
            if f"initial-{at}-{name}" in post
        }
        mine.append(merge.FormRow(post.get(f"{at}-id", ""), values, base, f"{at}-DELETE" in post))
    # A new row that is empty, or was removed again before saving, was never there.
    there = [row for row in mine if row.key or (_holds_something(row) and not row.removed)]
    merged = merge.merge_rows(there, theirs)

    base = {name: _sent(post.get(f"initial-{name}", form[name].value())) for name in OWN}
    own, differences = merge.merge_values(
        "",
        base,
        {name: _sent(post.get(name, base[name])) for name in OWN},
        _as_values(form, OWN),
    )
    merged.differences[:0] = differences

    result = post.copy()
    for name in [name for name in result if name.startswith((f"{prefix}-", f"initial-{prefix}-"))]:
        del result[name]
    for name in OWN:
        result[name] = own[name]
        result[f"initial-{name}"] = _sent(form[name].value())
    result["revision"] = str(form.instance.revision)
    result[f"{prefix}-TOTAL_FORMS"] = str(len(merged.rows))
    result[f"{prefix}-INITIAL_FORMS"] = str(sum(bool(row.key) for row in merged.rows))
    for index, row in enumerate(merged.rows):
        at = f"{prefix}-{index}"
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
    """Whether anything was changed in a posted form since it was opened."""
    if any(
        _sent(post.get(name)) != _sent(post.get(f"initial-{name}", post.get(name))) for name in OWN
    ):
        return True
    if post.get("add_exercise") or post.get("add_protocol"):
        return True
    for index in range(row_count(post.get(f"{PREFIX}-TOTAL_FORMS")) or 0):
        at = f"{PREFIX}-{index}"
        values = {name: _sent(post.get(f"{at}-{name}")) for name in MERGED}
        if f"{at}-DELETE" in post and post.get(f"{at}-id"):
            return True
        if not post.get(f"{at}-id"):
            new = values | {"exercise": _sent(post.get(f"{at}-exercise"))}
            if f"{at}-DELETE" not in post and _holds_something(merge.FormRow("", new, {})):
                return True
        elif any(
            value != _sent(post.get(f"initial-{at}-{name}", value))
            for name, value in values.items()
        ):
            return True
    return False


def unsaid(post: QueryDict, *, named: bool) -> set[str]:
    """Fields that say nothing to who reads back what was typed: the numbers of rows, and the
    exercises of rows in which nothing was typed, or of all where they have no name."""
    names = set()
    for index in range(row_count(post.get(f"{PREFIX}-TOTAL_FORMS")) or 0):
        at = f"{PREFIX}-{index}"
        names.add(f"{at}-programme")
        own = any(
            _sent(post.get(f"{at}-{name}")) != _sent(post.get(f"initial-{at}-{name}"))
            for name in MERGED
            if name != "position"
        )
        if not (named and own):
            names.add(f"{at}-exercise")
    return names


def must_decide(merged: merge.Merged) -> bool:
    """Whether both changed the same: a field, the order, or a row that one of them removed."""
    going = {row.key for row in merged.rows if row.removed}
    return bool(merged.rescued) or any(
        each.kept is not None or (each.row in going and each.field != "position")
        for each in merged.differences
    )


def told(merged: merge.Merged, form, formset) -> list[str]:
    """What somebody else did, a sentence each."""
    titles = {str(line.instance.pk): str(line.instance) for line in formset.initial_forms}
    labels = {"title": gettext("title"), "dosage": gettext("dosage"), "side": gettext("side"),
              "period": gettext("weeks"), "note": gettext("note"), "steps": gettext("instruction"),
              "on_share_page": gettext("behind the QR code"),
              "profile": gettext("risk of persistent complaints")}  # fmt: skip
    profiles = {key: str(name) for key, name in form.fields["profile"].choices}
    going = {row.key for row in merged.rows if row.removed}
    sentences = []
    if any(difference.field == "position" for difference in merged.differences):
        sentences.append(gettext("The order was changed."))
    for difference in merged.differences:
        if difference.field == "position":
            continue
        words = {
            "where": titles.get(difference.row, gettext("Programme")),
            "field": labels[difference.field],
            "before": difference.before or "–",
            "after": difference.after or "–",
            "kept": difference.kept or "–",
        }
        if difference.field == "profile":
            words |= {name: profiles.get(words[name], "–") for name in ("before", "after", "kept")}
        if difference.row and difference.row in going:
            text = gettext("%(where)s, %(field)s: “%(before)s” became “%(after)s”.")
        elif difference.kept is None:
            text = gettext("%(where)s, %(field)s: “%(before)s” became “%(after)s”. Taken over.")
        else:
            text = gettext(
                "%(where)s, %(field)s: “%(before)s” became “%(after)s”. You typed “%(kept)s”, "
                "which is in the field."
            )
        sentences.append(text % words)
    changed = {each.row for each in merged.differences if each.field != "position"}
    sentences += [
        gettext("You removed %s, which was changed meanwhile. Save once more to remove it.")
        % titles.get(row.key, gettext("An exercise"))
        for row in merged.rows
        if row.removed and row.key in changed
    ]
    sentences += [gettext("%s was added.") % titles[key] for key in merged.added]
    names = _names_of_removed(merged, formset)
    for row in merged.removed:
        name = names.get(number(row.mine["exercise"]), gettext("An exercise"))
        if row in merged.rescued:
            text = gettext("%s was removed. You had changed it; it stands below once more.")
        else:
            text = gettext("%s was removed.")
        sentences.append(text % name)
    return sentences


def _names_of_removed(merged: merge.Merged, formset) -> dict[int, str]:
    """Their rows are gone; the form says which exercises they held."""
    keys = {number(row.mine["exercise"]) for row in merged.removed} - {None}
    exercises = formset.empty_form.fields["exercise"].queryset
    return {each.pk: str(each) for each in exercises.filter(pk__in=keys)} if keys else {}
