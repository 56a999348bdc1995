"""Searching the access log of a practice: what was asked, and the rows that answer it."""

import uuid
from datetime import datetime, time, timedelta

from django import forms
from django.apps import apps
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .. import audit, hooks
from ..models import AccessChange, AccessEvent, Practice, User
from ..typed.text import fold
from ..typed.text_fields import CharField
from ..validators import near_today
from .acts import ACTS, label_of
from .chain import NOBODY

PAGE, MOST_READ = 100, 1000  # lines of a page, and rows that are read for them
MOST_DOWNLOADED = 50_000
MOST_PEOPLE = 500
MOST_PATIENTS = 20  # with one name; whoever finds more has not searched yet


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self):
        super().__init__(format="%Y-%m-%d")  # as browsers write and read it


class SearchForm(forms.Form):
    """Every field may stay empty. What is found must answer all that was filled in."""

    patient = CharField(
        label=_("Patient"),
        max_length=120,
        required=False,
        help_text=_("Name, or the number that the log gives somebody whose record was erased"),
    )
    who = CharField(
        label=_("Who did it"), max_length=120, required=False, help_text=_("Name, or a part of it")
    )
    act = forms.ChoiceField(label=_("What"), required=False)
    outcome = forms.ChoiceField(
        label=_("Allowed"),
        required=False,
        choices=[("", _("both")), *AccessEvent.Outcome.choices],
    )
    since = forms.DateField(
        label=_("From"), required=False, widget=DayInput, validators=[near_today]
    )
    until = forms.DateField(
        label=_("Until and including"), required=False, widget=DayInput, validators=[near_today]
    )

    def __init__(self, data, *, reader: User):
        super().__init__(data, use_required_attribute=False)
        self.reader, self.practice, self.found = reader, practice_of(reader), []
        labels = sorted((str(act.label).lower(), name, act.label) for name, act in ACTS.items())
        acts = [(name, label) for _lower, name, label in labels]
        self.fields["act"].choices = [("", _("everything")), *acts]

    def clean_patient(self):
        """The patients that are meant, by their number in the log."""
        text = self.cleaned_data["patient"].strip()
        if not text:
            return None
        if (number := _uuid(text)) is not None:
            self.found = list(hooks.patients_in_log.value.by_id(self.reader, [number]).values())
            return [number]
        self.found = hooks.patients_in_log.value.find(self.reader, text)
        if not self.found:
            raise forms.ValidationError(_("No patient of the practice has this name."))
        if len(self.found) > MOST_PATIENTS:
            raise forms.ValidationError(_("Many patients have this name. Please type more of it."))
        return [patient.uuid for patient in self.found]

    def clean_who(self):
        """The people that are meant: staff, also who left, and patients with a login."""
        text = self.cleaned_data["who"].strip()
        if not text:
            return None
        if (number := _uuid(text)) is not None:
            return [number]
        staff = User.objects.filter(practice=self.practice, practice__isnull=False)
        looked_for = fold(text)
        people = [person.uuid for person in staff if looked_for in fold(person.name)]
        people += hooks.patients_in_log.value.users_of(self.reader, text)
        if not people:
            raise forms.ValidationError(_("Nobody of the practice has this name."))
        return people[:MOST_PEOPLE]

    def clean(self):
        cleaned = super().clean()
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("This is before the first day."))
        return cleaned

    def rows(self):
        """The newest first. In the order of the chain, which is in an index for every search."""
        asked = self.cleaned_data
        rows = rows_for(self.practice)
        if asked["patient"] is not None:
            rows = rows.filter(patient__in=asked["patient"])
        if asked["who"] is not None:
            rows = rows.filter(actor__in=asked["who"])
        if asked["act"]:
            rows = rows.filter(action=asked["act"])
        if asked["outcome"]:
            rows = rows.filter(outcome=asked["outcome"])
        if asked["since"] or asked["until"]:
            rows = rows.filter(_between(rows, asked["since"], asked["until"]))
        return rows.order_by("-number")

    @property
    def text(self) -> str:
        """What was asked, for the digest in the log."""
        return "&".join(f"{name}={self.data.get(name, '').strip()}" for name in sorted(self.fields))


def practice_of(user: User) -> Practice | None:
    """Whose log somebody reads: the own practice's as its owner, else what belongs to none."""
    return user.practice if user.is_owner else None


def rows_for(practice: Practice | None):
    """A practice's own chain; whoever runs the server reads what belongs to no practice."""
    if practice is None:
        return AccessEvent.objects.filter(chain=NOBODY, patient=None)
    return AccessEvent.objects.filter(chain=practice.uuid)


def _between(rows, since, until) -> Q:
    """A period as numbers of the chain, which it is read by; two short looks find them.

    A row is written within its request, so its moment can be that long before its neighbours':
    the moments themselves are asked as well.
    """
    period = Q()
    some = timedelta(hours=1)
    if since:
        begin = _midnight(since)
        period &= Q(at__gte=begin)
        first = rows.filter(at__gte=begin - some).order_by("at").values_list("number", flat=True)
        number = first.first()
        period &= Q(number__gte=number) if number is not None else Q(pk__in=[])
    if until:
        end = _midnight(until + timedelta(days=1))
        period &= Q(at__lt=end)
        last = rows.filter(at__lt=end + some).order_by("-at").values_list("number", flat=True)
        number = last.first()
        period &= Q(number__lte=number) if number is not None else Q(pk__in=[])
    return period


def _midnight(day) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


# ------------------------------------------------------------ in words


def kinds() -> dict[str, str]:
    """What each kind of object in the log is called."""
    return {model._meta.model_name: model._meta.verbose_name for model in apps.get_models()}


def role_words(event) -> str:
    return ", ".join(str(audit.ROLES.get(part, part)) for part in event.actor_role.split("+"))


def together(events: list[AccessEvent]) -> tuple[list[list[AccessEvent]], int]:
    """A page of lines: a list that showed forty patients is one of them and not forty, which would
    hide who opened a record. Says how many rows those lines are."""
    lines: list[list[AccessEvent]] = []
    for number, event in enumerate(events):
        if lines and _is_one_list(lines[-1][0], event):
            lines[-1].append(event)
        elif len(lines) == PAGE:
            return lines, number
        else:
            lines.append([event])
    return lines, len(events)


def _is_one_list(first: AccessEvent, event: AccessEvent) -> bool:
    same = (event.action, event.actor, event.outcome, event.request)
    return event.action == "list" and bool(event.request) and same == (
        first.action, first.actor, first.outcome, first.request,
    )  # fmt: skip


def in_words(lines: list[list[AccessEvent]], reader: User) -> list[dict]:
    """Lines as an owner reads them; the names of people are asked once for all."""
    events = [line[0] for line in lines]
    ids = {event.patient for event in events if event.patient is not None}
    known = hooks.patients_in_log.value.by_id(reader, ids) if ids else {}
    named, colleagues = kinds(), _colleagues(events, reader)
    return [
        {
            "event": event,
            "role": role_words(event),
            "act": label_of(event.action),
            "kind": named.get(event.object_type, event.object_type),
            "patient": (patient := known.get(event.patient)),
            "page": hooks.patients_in_log.value.page_of(patient) if patient is not None else "",
            "number": len(line),
            "about": colleagues.get(event.object_id, ""),
            "part": _part(event),
        }
        for line in lines
        for event in line[:1]
    ]


def _part(event) -> str:
    """Which change, or which fields, in words."""
    if event.action in OF_CHANGES:
        return CHANGES.get(event.object_part, "")
    model = WITH_FIELDS.get(event.object_type)
    if model is None or not event.action.startswith("change"):
        return ""
    fields = {field.name: field for field in model._meta.fields}
    known = [fields[name] for name in event.object_part.split() if name in fields]
    return ", ".join(str(field.verbose_name) for field in known)


WITH_FIELDS = {model._meta.model_name: model for model in (Practice, User)}
CHANGES = dict(AccessChange.Kind.choices)
OF_CHANGES = {name for name in ACTS if "access change" in name}


def _colleagues(events, reader: User) -> dict[str, str]:
    """By number, the names of colleagues whose account an act was about."""
    ids = {_uuid(event.object_id) for event in events if event.object_type == "user"}
    if not ids or practice_of(reader) is None:
        return {}
    people = User.objects.filter(practice=practice_of(reader), uuid__in=ids - {None})
    return {str(number): name for number, name in people.values_list("uuid", "name")}
