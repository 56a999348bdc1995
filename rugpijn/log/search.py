"""Searching the access log of a practice: the search form, its rows, and their words."""

import uuid
from datetime import datetime, time, timedelta

from django import forms
from django.apps import apps
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
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
    """Every field is optional. A row must match all fields that are filled in."""

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
        self.fields["act"].choices = [("", gettext("everything")), *acts]

    def clean_patient(self):
        """A list of ids of patients, or None when the field is empty."""
        text = self.cleaned_data["patient"].strip()
        if not text:
            return None
        if (number := _uuid(text)) is not None:
            self.found = list(hooks.patients_in_log.value.by_id(self.reader, [number]).values())
            return [number]
        self.found = hooks.patients_in_log.value.find(self.reader, text)
        if not self.found:
            raise forms.ValidationError(gettext("No patient of the practice has this name."))
        if len(self.found) > MOST_PATIENTS:
            raise forms.ValidationError(
                gettext("Many patients have this name. Please type more of it.")
            )
        return [patient.uuid for patient in self.found]

    def clean_who(self):
        """A list of ids of people, or None: staff, also former staff, and patients with a login."""
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
            raise forms.ValidationError(gettext("Nobody of the practice has this name."))
        return people[:MOST_PEOPLE]

    def clean(self):
        cleaned = super().clean()
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", gettext("This is before the first day."))
        return cleaned

    def rows(self):
        """The rows, newest first, in the order of the chain: each search has an index for it."""
        data = self.cleaned_data
        rows = rows_for(self.practice)
        if data["patient"] is not None:
            rows = rows.filter(patient__in=data["patient"])
        if data["who"] is not None:
            rows = rows.filter(actor__in=data["who"])
        if data["act"]:
            rows = rows.filter(action=data["act"])
        if data["outcome"]:
            rows = rows.filter(outcome=data["outcome"])
        if data["since"] or data["until"]:
            rows = rows.filter(_between(rows, data["since"], data["until"]))
        return rows.order_by("-number")

    @property
    def text(self) -> str:
        """The search as one text, for the digest in the log."""
        return "&".join(f"{name}={self.data.get(name, '').strip()}" for name in sorted(self.fields))


def practice_of(user: User) -> Practice | None:
    """The practice whose log a user may read; None for the rows that belong to no practice."""
    return user.practice if user.is_owner else None


def rows_for(practice: Practice | None):
    """The chain of a practice; without one, the rows that belong to no practice and no patient."""
    if practice is None:
        return AccessEvent.objects.filter(chain=NOBODY, patient=None)
    return AccessEvent.objects.filter(chain=practice.uuid)


def _between(rows, since, until) -> Q:
    """A filter for a period, also by numbers of the chain, which two short queries find.

    The moment of a row can be before that of its neighbours by the length of a request, so the
    moments are compared as well.
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
    """Group rows into the lines of one page. Returns the lines and how many rows they hold.

    A list that showed forty patients is one line: forty lines would hide who opened a record.
    """
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
    names = ("action", "actor", "outcome", "request")
    same = all(getattr(first, name) == getattr(event, name) for name in names)
    return same and event.action == "list" and bool(event.request)


def in_words(lines: list[list[AccessEvent]], reader: User) -> list[dict]:
    """The lines as an owner reads them, with one query for all names of people."""
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
    """The kind of change, or the names of the changed fields."""
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
    """The names of colleagues whose account an act was about, by id."""
    ids = {_uuid(event.object_id) for event in events if event.object_type == "user"}
    if not ids or practice_of(reader) is None:
        return {}
    people = User.objects.filter(practice=practice_of(reader), uuid__in=ids - {None})
    return {str(number): name for number, name in people.values_list("uuid", "name")}
