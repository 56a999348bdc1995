"""Who may see whom. Every page, admin class, file and export asks here.

Two questions, both answered as a filter so that they cost no extra query:
`treated_by` (a therapist and the practice's patients) and `own_record` (a
person and the rows that are theirs). `cared_for` is either. A superuser gets
nothing extra: running the server is not a treatment relationship. Only who
broke the glass of a practice, with a reason, reads there for an hour.

A rule that names patients in more than one way (one's own, those one acts for, those of a
practice) is a list of conditions about a patient. `_listed` finds the patients of each by an index
and joins them with UNION ALL; `_looked_up` asks all of them about one row. An OR of conditions
finds a list by no index: PostgreSQL would read every patient there is.
"""

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from rugpijn import audit
from rugpijn.emergency_access import rules as glass

from . import ages

NOBODY = Q(pk__in=[])


def treats(user) -> bool:
    """Whether someone treats at all: a therapist of a practice, who may still log in."""
    return user.is_active and user.may_treat  # nobody who is logged out may


def treated_by(user, path: str = "") -> Q:
    """The patients of a therapist's practice.

    `path` leads from the model to the patient, such as "patient__". Someone
    without a practice treats no one, also when a patient has none either.
    """
    return _looked_up(path, _treated(user))


def own_record(user, path: str = "") -> Q:
    """The rows about this person; one login may hold several patients."""
    return _listed(path, _own(user))


def opened_to(user, path: str = "") -> Q:
    """The patients of the practice whose glass the server's operator broke: to read, for a while.

    Only `cared_for` asks it, so it opens no page that writes: those ask `treated_by`, or whose
    own record it is.
    """
    return _looked_up(path, _opened(user))


def represented_by(user) -> Q:
    """Whose data somebody may take along or have erased: the own, and those of a young child.

    Helping with the exercises is no say over the record.
    """
    return _listed("", _represented(user))


def answers(user) -> bool:
    """Whether someone answers for what a practice keeps: its owner, who may still log in."""
    return user.is_active and user.is_owner and user.practice_id is not None


def answered_for(user, path: str = "") -> Q:
    """The patients of an owner's practice, whose access log the owner answers for.

    Their names and their log, and nothing of what is in the record.
    """
    return _looked_up(path, _answered_for(user))


def cared_for(user, path: str = "") -> Q:
    """Whom someone may read: the own record, and for a therapist the practice's patients."""
    return _listed(path, _cared_for(user))


def may_take_along(user) -> Q:
    """Whose copy somebody may fetch who asked for it. Of one patient that is looked up."""
    return _looked_up("", _represented(user) + _answered_for(user))


# ------------------------------------------------------------ conditions about a patient


@dataclass(frozen=True)
class Condition:
    """A lookup from the patient, with its value. An index finds the patients of which it holds."""

    lookup: str
    value: Any

    def about(self, path: str) -> Q:
        return Q(**{f"{path}{self.lookup}": self.value})

    def patients(self) -> QuerySet:
        """Their primary keys."""
        if self.lookup == "pk__in":
            return self.value
        patients = apps.get_model("patients", "Patient").objects  # no import: models stand on this
        return patients.filter(self.about("")).order_by().values("pk")


def _listed(path: str, conditions: list[Condition]) -> Q:
    """Rows whose patient meets any of these, for a list of them."""
    if len(conditions) < 2:
        return _looked_up(path, conditions)
    first, *others = (condition.patients() for condition in conditions)
    return Q(**{f"{path}pk__in": first.union(*others, all=True)})


def _looked_up(path: str, conditions: list[Condition]) -> Q:
    """The same of a row that is looked up by a unique value, or of a single condition."""
    return reduce(or_, (condition.about(path) for condition in conditions), NOBODY)


def _own(user) -> list[Condition]:
    """The patients that somebody is, and those for whom they act today."""
    if not user.is_active or user.pk is None:
        return []
    return [Condition("user", user.pk), Condition("pk__in", _acted_for(user))]


def _treated(user) -> list[Condition]:
    return [Condition("practice", user.practice_id)] if treats(user) else []


def _opened(user) -> list[Condition]:
    if not (user.is_active and user.is_superuser) or user.pk is None:
        return []
    return [Condition("practice__uuid__in", glass.open_practices(user))]


def _cared_for(user) -> list[Condition]:
    return _own(user) + _treated(user) + _opened(user)


def _answered_for(user) -> list[Condition]:
    return [Condition("practice", user.practice_id)] if answers(user) else []


def _represented(user) -> list[Condition]:
    """The patients that somebody is, and their young children."""
    if not user.is_active or user.pk is None:
        return []
    parents = user.proxies.filter(relation=ages.PARENT)
    return [Condition("user", user.pk), Condition("pk__in", _patients_of(parents))]


def _acted_for(user) -> QuerySet:
    """The patients for whom somebody acts today, as a part of the question that is asked."""
    return _patients_of(user.proxies.all())


def _patients_of(proxies: QuerySet) -> QuerySet:
    """The primary keys of their patients, where they give access today."""
    return proxies.holding(timezone.localdate()).order_by().values("patient")


class CareQuerySet(QuerySet):
    """A queryset that knows its way to the patient, and so who may see its rows."""

    path = ""

    def visible_to(self, user):
        return self.filter(cared_for(user, self.path))

    def treated_by(self, user):
        return self.filter(treated_by(user, self.path))

    def of_person(self, user):
        return self.filter(own_record(user, self.path))

    def find_visible(self, user, **lookup):
        """One row by a unique value, as `visible_to`; None when there is none for this person."""
        return self.filter(_looked_up(self.path, _cared_for(user)), **lookup).first()

    def find_of_person(self, user, **lookup):
        """One row by a unique value, as `of_person`; None when there is none for this person."""
        return self.filter(_looked_up(self.path, _own(user)), **lookup).first()


class OfPatientQuerySet(CareQuerySet):
    path = "patient__"


class OfProgrammeQuerySet(CareQuerySet):
    path = "programme__patient__"


class OfActivityQuerySet(CareQuerySet):
    path = "activity__programme__patient__"


def find(request, queryset: CareQuerySet, **lookup):
    """The one row that is looked for, or 404 when it is not there for this person.

    A row that exists but is somebody else's is the same 404, so that nobody
    learns that it exists; the attempt is written to the access log.
    """
    found = queryset.find_visible(request.user, **lookup)
    if found is None:
        refuse(request, queryset, **lookup)
    if found.record_of is not None:
        note_who_acts(request, found.record_of)
    return found


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
    """As `find`, for what only the person itself opens: their therapist gets 404 as well."""
    found = queryset.find_of_person(request.user, **lookup)
    if found is None:
        refuse(request, queryset, **lookup)
    note_who_acts(request, found.record_of)
    return found


def find_answered_for(request, queryset: QuerySet, **lookup):
    """A patient of the practice that somebody owns: for a copy, and for erasure, with a reason."""
    found = queryset.filter(answered_for(request.user), **lookup).first()
    if found is None:
        refuse(request, queryset, **lookup)
    return found


def find_log(request, queryset: CareQuerySet, **lookup):
    """The patient whose access log is asked for: one's own, or of the practice one owns.

    A therapist of the practice knows the patient, and is told plainly that this is not theirs.
    """
    readers = _looked_up("", _own(request.user) + _answered_for(request.user))
    found = queryset.filter(readers, **lookup).first()
    if found is None:
        known = queryset.treated_by(request.user).filter(**lookup).first()
        if known is None:
            refuse(request, queryset, **lookup)
        audit.deny(request, "read log", known, thing=known)
        raise PermissionDenied
    return found


def refuse(request, queryset: CareQuerySet, **lookup):
    """Answer 404, and log the attempt when there was something to refuse."""
    hidden = queryset.filter(**lookup).first()
    if hidden is not None:
        audit.deny(request, "open", hidden.record_of, thing=hidden)
    raise Http404
