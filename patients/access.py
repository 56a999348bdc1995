"""The rules of who may see whom. Every page, admin class, file and export uses them.

Each rule is a filter, so it needs no extra query. `treated_by` is the rule of a therapist and the
practice's patients, `own_record` that of a person's own rows, and `cared_for` is either of them. A
superuser gets nothing extra: running the server is not a treatment relationship. During emergency
access to a practice, which needs a reason, a superuser may read its records for an hour.

A rule that finds patients in more than one way (own record, acting for somebody, same practice) is
a list of conditions about a patient. `_listed` selects the patients of each condition by an index
and joins them with UNION ALL; `_looked_up` checks all conditions of one row. A list that is
filtered by OR would use no index: PostgreSQL would read all patients.
"""

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils import timezone

from rugpijn import audit
from rugpijn.emergency_access import rules as emergency_access
from rugpijn.web import hidden

from . import ages

NOBODY = Q(pk__in=[])


def treats(user) -> bool:
    """Whether someone is a therapist of a practice who may still log in."""
    return user.is_active and user.may_treat  # an anonymous user is not active


def treated_by(user, path: str = "") -> Q:
    """Match the patients of a therapist's practice.

    `path` is the lookup from the model to the patient, such as "patient__". A therapist without a
    practice treats no one, not even a patient without a practice.
    """
    return _looked_up(path, _treated(user))


def own_record(user, path: str = "") -> Q:
    """Match the rows about this person; one login may have several patients."""
    return _listed(path, _own(user))


def opened_to(user, path: str = "") -> Q:
    """Match the patients of the practices to which the operator has emergency access.

    Only `cared_for` uses it, so it gives no write access: pages that write use `treated_by` or
    `own_record`.
    """
    return _looked_up(path, _opened(user))


def represented_by(user) -> Q:
    """Match the patients whose data somebody may copy or have erased: oneself, and a young child.

    A helper may not: helping with the exercises gives no say over the record.
    """
    return _listed("", _represented(user))


def answers(user) -> bool:
    """Whether someone owns a practice, and so answers for its data, and may still log in."""
    return user.is_active and user.is_owner and user.practice_id is not None


def answered_for(user, path: str = "") -> Q:
    """Match the patients of an owner's practice, whose data the owner is responsible for.

    It gives access to their names and access log, not to the rest of the record.
    """
    return _looked_up(path, _answered_for(user))


def cared_for(user, path: str = "") -> Q:
    """Match the records someone may read: one's own, those one treats, and by emergency access."""
    return _listed(path, _cared_for(user))


def may_take_along(user) -> Q:
    """Match the patients whose copy somebody may fetch. For a patient that is looked up."""
    return _looked_up("", _represented(user) + _answered_for(user))


# ------------------------------------------------------------ conditions about a patient


@dataclass(frozen=True)
class Condition:
    """A lookup from the patient with its value, for which the database has an index."""

    lookup: str
    value: Any

    def about(self, path: str) -> Q:
        return Q(**{f"{path}{self.lookup}": self.value})

    def patients(self) -> QuerySet:
        """Select the primary keys of the patients that meet it."""
        if self.lookup == "pk__in":
            return self.value
        patients = apps.get_model("patients", "Patient").objects  # models import this module
        return patients.filter(self.about("")).order_by().values("pk")


def _listed(path: str, conditions: list[Condition]) -> Q:
    """Match the rows whose patient meets any of the conditions, for a list."""
    if len(conditions) < 2:
        return _looked_up(path, conditions)
    first, *others = (condition.patients() for condition in conditions)
    return Q(**{f"{path}pk__in": first.union(*others, all=True)})


def _looked_up(path: str, conditions: list[Condition]) -> Q:
    """The same for a row that is looked up by a unique value, or for a single condition."""
    return reduce(or_, (condition.about(path) for condition in conditions), NOBODY)


def _own(user) -> list[Condition]:
    """The own record, and those of patients for whom somebody acts today."""
    if not user.is_active or user.pk is None:
        return []
    return [Condition("user", user.pk), Condition("pk__in", _acted_for(user))]


def _treated(user) -> list[Condition]:
    return [Condition("practice", user.practice_id)] if treats(user) else []


def _opened(user) -> list[Condition]:
    if not (user.is_active and user.is_superuser) or user.pk is None:
        return []
    return [Condition("practice__uuid__in", emergency_access.open_practices(user))]


def _cared_for(user) -> list[Condition]:
    return _own(user) + _treated(user) + _opened(user)


def _answered_for(user) -> list[Condition]:
    return [Condition("practice", user.practice_id)] if answers(user) else []


def _represented(user) -> list[Condition]:
    """The own record, and those of young children."""
    if not user.is_active or user.pk is None:
        return []
    parents = user.proxies.filter(relation=ages.PARENT)
    return [Condition("user", user.pk), Condition("pk__in", _patients_of(parents))]


def _acted_for(user) -> QuerySet:
    """Select the patients for whom somebody acts today."""
    return _patients_of(user.proxies.all())


def _patients_of(proxies: QuerySet) -> QuerySet:
    """Select the primary keys of the patients to whom these proxies give access today."""
    return proxies.holding(timezone.localdate()).order_by().values("patient")


class CareQuerySet(QuerySet):
    """A queryset with the rules of access; `path` is its lookup of the patient."""

    path = ""

    def visible_to(self, user):
        return self.filter(cared_for(user, self.path))

    def treated_by(self, user):
        return self.filter(treated_by(user, self.path))

    def of_person(self, user):
        return self.filter(own_record(user, self.path))

    def known_with(self, patient, user):
        """Select the rows of this patient. When `user` is the patient, also the rows of the same
        person in other practices, of which nobody else learns here."""
        same_person = Q(**{f"{self.path}pk": patient.pk})
        if patient.user_id == user.pk:
            same_person |= Q(**{f"{self.path}user": user})
        return self.filter(same_person)

    def find_visible(self, user, **lookup):
        """Return one row by a unique value if `visible_to` has it, or None."""
        return self.filter(_looked_up(self.path, _cared_for(user)), **lookup).first()

    def find_of_person(self, user, **lookup):
        """Return one row by a unique value if `of_person` has it, or None."""
        return self.filter(_looked_up(self.path, _own(user)), **lookup).first()


class OfPatientQuerySet(CareQuerySet):
    path = "patient__"


class OfProgrammeQuerySet(CareQuerySet):
    path = "programme__patient__"


class OfActivityQuerySet(CareQuerySet):
    path = "activity__programme__patient__"


def find(request, queryset: CareQuerySet, **lookup):
    """Return the one row that this person may see, or raise 404.

    A row that exists but may not be seen gives the same 404, so that nobody learns that it exists.
    The attempt is written to the access log.
    """
    row = queryset.find_visible(request.user, **lookup)
    if row is None:
        refuse(request, queryset, **lookup)
    if row.record_of is not None:
        note_who_acts(request, row.record_of)
    return row


def note_who_acts(request, patient) -> None:
    """Write on the request whether its user is this patient, or acts for this patient today.

    Sets `request.own`: True for both. For who acts for the patient also `request.acting_for` (the
    patient), which every page shows, and `request.on_behalf` (the patient's uuid), which `audit`
    writes in the access log. To be called before `audit.record`.
    """
    request.own = patient.user_id == request.user.pk
    if not request.own and not request.user.is_anonymous:
        proxies = patient.proxies.filter(user=request.user)
        if proxies.holding(timezone.localdate()).exists():
            request.own, request.acting_for, request.on_behalf = True, patient, patient.uuid


def find_own(request, queryset: CareQuerySet, **lookup):
    """Return a row about the person who asks, or raise 404: also to their therapist."""
    row = queryset.find_of_person(request.user, **lookup)
    if row is None:
        refuse(request, queryset, **lookup)
    note_who_acts(request, row.record_of)
    return row


def find_answered_for(request, queryset: QuerySet, **lookup):
    """Return a patient of the practice that this person owns, or raise 404."""
    patient = queryset.filter(answered_for(request.user), **lookup).first()
    if patient is None:
        refuse(request, queryset, **lookup)
    return patient


def find_log(request, queryset: CareQuerySet, **lookup):
    """Return the patient whose access log this person may read: oneself, or of the own practice.

    A therapist of the practice knows that the patient exists, and gets 403. Others get 404.
    """
    allowed = _looked_up("", _own(request.user) + _answered_for(request.user))
    patient = queryset.filter(allowed, **lookup).first()
    if patient is None:
        treated = queryset.treated_by(request.user).filter(**lookup).first()
        if treated is None:
            refuse(request, queryset, **lookup)
        audit.deny(request, "read log", treated, thing=treated)
        raise PermissionDenied
    return patient


def refuse(request, queryset: CareQuerySet, **lookup):
    """Raise 404, and log the attempt when the row exists."""
    hidden.refuse(request, queryset.filter(**lookup).first())
