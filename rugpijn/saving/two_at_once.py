"""Two people, or two tabs, at one record: neither overwrites the other unnoticed.

A form carries the values that its fields were opened with. When the record has changed by the time
the form is saved, what only one of the two changed is taken from that one. Where both changed the
same field, or one changed a row that the other removed, nothing is saved: the page shows both
values, and saving again keeps one's own. `merge.py` has the rule. This module reads forms into it,
and writes the outcome back as a post.
"""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from django import forms
from django.conf import settings
from django.db.models import Model, Q
from django.forms.formsets import DELETION_FIELD_NAME
from django.http import QueryDict
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext

from ..log.models import AccessEvent
from ..web.numbers import number
from . import merge

OPENED_WITH = "opened_with"
SEVERAL = "\x1f"  # between the values of a field that has more than one
LOOKED_BACK = timedelta(days=1)  # for who changed it; of an older change the name is not told
RECORD = "record"  # the field with the number of the record, as the log names it
REMOVED = timedelta(days=31)  # how long the log is searched for who deleted a record


# ------------------------------------------------------------ a form, as values


def _widget(bound) -> forms.Widget:
    return getattr(bound.field.widget, "widget", bound.field.widget)  # inside the admin's wrapper


def _is_several(bound) -> bool:
    widget = _widget(bound)
    several = getattr(widget, "allow_multiple_selected", False)
    return several or isinstance(widget, forms.CheckboxInput)


def _one_line_end(text) -> str:
    return str(text).replace("\r\n", "\n").replace("\r", "\n").strip()


def _shown(bound) -> str:
    """The value of a field as its form sends it when nobody changes it."""
    value, widget = bound.value(), _widget(bound)
    if isinstance(widget, forms.CheckboxInput):
        return "on" if widget.check_test(value) else ""
    if isinstance(widget, forms.FileInput):
        return str(value or "")
    if isinstance(widget, forms.widgets.ChoiceWidget):
        return SEVERAL.join(str(each) for each in widget.format_value(value) if str(each))
    return _one_line_end(widget.format_value(value) or "")


def _sent(post, files, bound, base: str) -> str:
    """The value of a field as it was sent. A field that the page did not have is unchanged."""
    widget, name = _widget(bound), bound.html_name
    if isinstance(widget, forms.CheckboxInput):
        return "on" if name in post else ""
    if isinstance(widget, forms.FileInput):
        return files[name].name if name in files else base
    if name not in post and not _is_several(bound):
        return base
    return SEVERAL.join(_one_line_end(each) for each in post.getlist(name) if each)


def _fields(form, beside=()) -> dict:
    """The fields that a person may change, by name."""
    return {
        name: form[name]
        for name, each in form.fields.items()
        if not each.disabled and name not in beside and not isinstance(_widget(form[name]), _OWN)
    }


_OWN = forms.HiddenInput | forms.MultipleHiddenInput | forms.PasswordInput


def _values(form, beside=()) -> merge.Values:
    return {name: _shown(bound) for name, bound in _fields(form, beside).items()}


def _beside(formset) -> tuple:
    """The fields of a row that identify it."""
    return (formset.model._meta.pk.name, formset.fk.name, DELETION_FIELD_NAME, "language")


def _row_key(form) -> str:
    """A text is identified by its language, also when somebody else wrote it first."""
    if "language" in form.fields:
        return str(form["language"].value() or "")
    return str(form.instance.pk or "")


def _rows(formset) -> dict[str, merge.Values]:
    beside = _beside(formset)
    return {key: _values(form, beside) for form in formset.forms if (key := _row_key(form))}


def snapshot(form, formsets=()) -> dict:
    """What a page was opened with, from forms that show what the database holds."""
    return {
        "language": translation.get_language(),
        "record": _values(form),
        "rows": {formset.prefix: _rows(formset) for formset in formsets},
    }


def as_text(taken: dict) -> str:
    return json.dumps(taken, ensure_ascii=False)


def read(post) -> dict | None:
    """What a sent form was opened with; None when it does not tell."""
    try:
        taken = json.loads(post.get(OPENED_WITH, ""))
        is_ours = all(isinstance(taken[name], dict) for name in ("record", "rows"))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return taken if is_ours and taken.get("language") in dict(settings.LANGUAGES) else None


# ------------------------------------------------------------ what cannot be merged


def stamp(content) -> str:
    """A digest of what is one whole, such as a drawing: it tells whether that was changed."""
    text = json.dumps(content, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


class ChangedMeanwhileError(Exception):
    """Somebody else saved this since the page was opened. Its text is for the page."""


def refuse_if_another(request, thing: Model, content) -> None:
    """Raise ChangedMeanwhileError if somebody else saved since the page was opened. Call it in a
    transaction that has locked the row."""
    if request.POST.get(OPENED_WITH, "") in ("", stamp(content)):
        return
    request.was_asked = True
    text = gettext(
        "Save again to replace it with yours, or open the page again to see what was saved."
    )
    raise ChangedMeanwhileError(f"{who_saved(who_changed(thing, request.user))} {text}")


def stamp_for(request, content) -> str:
    """The stamp that a page was opened with, until its reader was told of another."""
    opened = request.POST.get(OPENED_WITH)
    return opened if opened and not hasattr(request, "was_asked") else stamp(content)


# ------------------------------------------------------------ the outcome


@dataclass
class Conflict:
    """What somebody else did meanwhile, in sentences, and whether a person must decide."""

    post: QueryDict
    told: list[str] = field(default_factory=list)
    must_decide: bool = False
    last: dict | None = None  # who, and when, as far as that is known
    only_oneself: bool = False  # nobody else can have saved it

    @property
    def who(self) -> str:
        """Who saved it meanwhile, as a sentence."""
        if self.only_oneself:
            return gettext("You saved this in another tab or window, while you had it open here.")
        return who_saved(self.last)

    @property
    def in_short(self) -> str:
        """One message, for what was merged without a question."""
        return " ".join([self.who, gettext("Both are kept."), *self.told])


def find_conflict(request, base: dict, form, formsets=()) -> Conflict | None:
    """Merge what was sent with what the database holds now; None when nothing changed meanwhile.

    `form` and `formsets` are unbound and show what the database holds, in the language of `base`.
    """
    now = snapshot(form, formsets)
    if now["record"] == base["record"] and now["rows"] == base["rows"]:
        return None
    conflict = Conflict(request.POST.copy())
    _compare_record(conflict, request, base["record"], form, now["record"])
    for formset in formsets:
        rows = base["rows"].get(formset.prefix, {})
        _compare_rows(conflict, request, rows, formset, now["rows"][formset.prefix])
    conflict.post[OPENED_WITH] = as_text(now)
    return conflict


def _compare_record(conflict, request, base, form, now) -> None:
    fields = _fields(form)
    mine = {
        name: _sent(request.POST, request.FILES, bound, base.get(name, ""))
        for name, bound in fields.items()
    }
    values, differences = merge.merge_values("", base, mine, now)
    for name, bound in fields.items():
        if values[name] != mine[name]:
            _write(conflict.post, bound.html_name, bound, values[name])
    _tell(conflict, differences, {"": fields}, {})


def _write(post, html_name, bound, value: str) -> None:
    if _is_several(bound):
        post.setlist(html_name, [each for each in value.split(SEVERAL) if each])
    else:
        post[html_name] = value


def _compare_rows(conflict, request, base, formset, now) -> None:
    post, prefix = request.POST, formset.prefix
    count = number(post.get(f"{prefix}-TOTAL_FORMS"), digits=4)
    if count is None:
        return  # not a form of ours; Django refuses it
    by_key = {_row_key(form): form for form in formset.forms}
    keys = {str(form.instance.pk): key for key, form in by_key.items() if form.instance.pk}
    fields = {key: _fields(form, _beside(formset)) for key, form in by_key.items() if key}
    model_fields = _fields(formset.empty_form, _beside(formset))
    mine = []
    for index in range(count):
        start = f"{prefix}-{index}"
        pk = post.get(f"{start}-{formset.model._meta.pk.name}", "")
        key = keys.get(pk) or post.get(f"{start}-language") or pk
        was = base.get(key, {})
        values = {}
        for name, bound in model_fields.items():
            bound.html_name = f"{start}-{name}"
            values[name] = _sent(post, request.FILES, bound, was.get(name, ""))
        removed = f"{start}-{DELETION_FIELD_NAME}" in post
        mine.append(merge.FormRow(key, values, was, removed))
    merged = merge.merge_rows(mine, now)
    # What the other person added is in the database, and the page reads it from there.
    rows = [row for row in merged.rows if row.key not in merged.added]
    titles = {key: str(form.instance) for key, form in by_key.items() if form.instance.pk}
    going = {row.key for row in rows if row.removed}
    _tell(conflict, merged.differences, fields, titles, going)
    _tell_of_rows(conflict, merged, rows, formset, titles)
    _write_rows(conflict.post, formset, rows, by_key, model_fields)


def _write_rows(post, formset, rows, by_key, fields) -> None:
    """Number the rows that are left: those in the database first, as a form set needs."""
    prefix, model = formset.prefix, formset.model
    for name in [name for name in post if name.startswith(f"{prefix}-")]:
        if not name.endswith(("-MIN_NUM_FORMS", "-MAX_NUM_FORMS")):
            del post[name]
    stored = [row for row in rows if row.key in by_key and by_key[row.key].instance.pk]
    rows = stored + [row for row in rows if row not in stored]
    post[f"{prefix}-TOTAL_FORMS"] = str(len(rows))
    post[f"{prefix}-INITIAL_FORMS"] = str(len(stored))
    for index, row in enumerate(rows):
        start = f"{prefix}-{index}"
        form = by_key.get(row.key)
        post[f"{start}-{model._meta.pk.name}"] = str(form.instance.pk or "") if form else ""
        post[f"{start}-{formset.fk.name}"] = str(formset.instance.pk)
        if "language" in formset.empty_form.fields and row.key:
            post[f"{start}-language"] = row.key
        for name, value in row.mine.items():
            _write(post, f"{start}-{name}", fields[name], value)
        if row.removed:
            post[f"{start}-{DELETION_FIELD_NAME}"] = "on"


# ------------------------------------------------------------ sentences


def label_of(bound) -> str:
    return capfirst(str(bound.label or bound.name))


def in_words(bound, value: str) -> str:
    """A value as a reader knows it: the label of a choice, not its number."""
    widget = _widget(bound)
    if isinstance(widget, forms.CheckboxInput):
        return gettext("yes") if value else gettext("no")
    if isinstance(bound.field, forms.ModelChoiceField):
        keys = [key for each in value.split(SEVERAL) if (key := number(each)) is not None]
        names = [str(row) for row in bound.field.queryset.filter(pk__in=keys)]
        return ", ".join(names) or "–"
    if isinstance(widget, forms.widgets.ChoiceWidget):
        named = dict(bound.field.choices) if hasattr(bound.field, "choices") else {}
        texts = {str(key): str(text) for key, text in named.items()}
        return ", ".join(texts.get(each, each) for each in value.split(SEVERAL)) or "–"
    return value or "–"


def _tell(conflict, differences, fields, titles, going=()) -> None:
    """Add a sentence for each difference. In a row that is removed, nothing is taken over."""
    moved = [difference for difference in differences if difference.field == "position"]
    if moved:
        conflict.told.append(gettext("The order was changed."))
        conflict.must_decide |= any(difference.kept is not None for difference in moved)
    for difference in differences:
        bound = fields.get(difference.row, {}).get(difference.field)
        if difference in moved or bound is None:
            continue
        title = titles.get(difference.row, "")
        words = {
            "field": f"{title}, {label_of(bound).lower()}" if title else label_of(bound),
            "before": in_words(bound, difference.before),
            "after": in_words(bound, difference.after),
        }
        if difference.row and difference.row in going:
            text = gettext("%(field)s: “%(before)s” became “%(after)s”.")
        elif difference.kept is None:
            text = gettext("%(field)s: “%(before)s” became “%(after)s”. Taken over.")
        else:
            conflict.must_decide = True
            words["kept"] = in_words(bound, difference.kept)
            text = gettext(
                "%(field)s: “%(before)s” became “%(after)s”. You typed “%(kept)s”, which is in the "
                "field."
            )
        conflict.told.append(text % words)


def _tell_of_rows(conflict, merged, rows, formset, titles) -> None:
    conflict.told += [
        gettext("%s was added.") % titles[key] for key in merged.added if titles.get(key)
    ]
    changed = {
        difference.row for difference in merged.differences if difference.field != "position"
    }
    for row in rows:
        if row.removed and row.key in changed:
            conflict.must_decide = True
            text = gettext("You removed %s, which was changed meanwhile.")
            conflict.told.append(text % titles.get(row.key, row.key))
    if gone := len(merged.removed):
        text = ngettext("%d line was removed.", "%d lines were removed.", gone)
        conflict.told.append(text % gone)
    if rescued := len(merged.rescued):
        conflict.must_decide = True
        text = ngettext(
            "You had changed %d of them; it stands below as a new line.",
            "You had changed %d of them; they stand below as new lines.",
            rescued,
        )
        conflict.told.append(text % rescued)


# ------------------------------------------------------------ who it was


def record_number(thing: Model) -> str:
    """The number by which the access log names a record."""
    return str(getattr(thing, "uuid", None) or thing.pk)


def _last(events, user) -> dict | None:
    event = events.filter(outcome=AccessEvent.Outcome.ALLOWED).order_by("-at", "-number").first()
    if event is None:
        return None
    return {"who": event.actor_name, "when": event.at, "is_self": event.actor == user.uuid}


def who_changed(thing: Model, user, *actions: str) -> dict | None:
    """Who changed this last and when, from the access log; None when it does not tell.

    `user` is the reader, who may have done it in another tab. `actions` are the acts of the log
    that count; without them each change does.
    """
    codes = (AccessEvent.Code.UPDATE, AccessEvent.Code.CREATE)
    events = AccessEvent.objects.filter(
        at__gte=timezone.now() - LOOKED_BACK,
        object_type=thing._meta.model_name,
        object_id=record_number(thing),
    )
    which = {"action__in": actions} if actions else {"code__in": codes}
    return _last(events.filter(**which), user)


def who_removed(model, record: str, user) -> dict | None:
    """Who deleted a record of the reader's own practice; None when the log has no such act. So it
    reveals nothing of what is, or was, in another practice."""
    if user.practice_id is None or not record:
        return None
    named = Q(object_type=model._meta.model_name, object_id=record[:40])
    if (uuid := _uuid(record)) is not None:
        named |= Q(action="erase", patient=uuid)
    since = timezone.now() - REMOVED
    events = AccessEvent.objects.filter(
        named, at__gte=since, practice=user.practice.uuid, code=AccessEvent.Code.DELETE
    )
    return _last(events, user)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def at(when) -> str:
    """A time of day for a moment of today, and a date with a time for another day."""
    when = timezone.localtime(when)
    today = when.date() == timezone.localdate()
    return date_format(when, "H:i" if today else "j F, H:i")


def who_did(last: dict | None, oneself: str, somebody: str, nobody: str) -> str:
    """A sentence about who did something meanwhile: the reader, somebody, or somebody unknown. The
    reader may have done it in another tab."""
    if last is None or not (last["is_self"] or last["who"]):
        return str(nobody)
    words = {"who": last["who"], "when": at(last["when"])}
    return str(oneself if last["is_self"] else somebody) % words


def who_saved(last: dict | None) -> str:
    """Who saved this meanwhile, as a sentence."""
    return who_did(
        last,
        gettext("You saved this in another tab or window at %(when)s, while you had it open here."),
        gettext("%(who)s saved this at %(when)s, while you had it open."),
        gettext("Somebody saved this while you had it open."),
    )


# ------------------------------------------------------------ what the reader typed


def own_words(post) -> set[str]:
    """The names of the fields that were changed since the page was opened, as far as known."""
    base = read(post) or {"record": {}, "rows": {}}
    unchanged = {name for name, value in base["record"].items() if _is_same(post, name, value)}
    for prefix, rows in base["rows"].items():
        for name, key in _keys(post, prefix):
            row = rows.get(key, {}) if isinstance(rows, dict) else {}
            start = name.removesuffix("-id").removesuffix("-language")
            unchanged |= {
                f"{start}-{field}"
                for field, value in row.items()
                if _is_same(post, f"{start}-{field}", value)
            }
    unchanged |= {
        name
        for name in post
        if f"initial-{name}" in post and _is_same(post, name, post[f"initial-{name}"])
    }
    return set(post) - unchanged


def _keys(post, prefix):
    """In each row the field that identifies it, by a number or a language."""
    for name, value in post.items():
        if name.startswith(f"{prefix}-") and name.endswith(("-id", "-language")) and value:
            yield name, value


def _is_same(post, name: str, value: str) -> bool:
    sent = SEVERAL.join(_one_line_end(each) for each in post.getlist(name) if each)
    return sent == _one_line_end(value)
