"""What is removed automatically, when and why: every retention term of the app.

A record is removed a number of months after its last activity: the practice chooses how many (24
is our proposal; AVG 5(1)e). Where this app holds the medical record, it is 20 years (WGBO, BW
7:454). A patient with a running programme is in treatment and is never removed. The other kinds
are technical data that nobody can use any more.
"""

from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import product

from allauth.account import app_settings as account_settings
from allauth.account.models import EmailConfirmation
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext, ngettext_lazy
from django_tasks_db.models import DBTaskResult

from exercises.models import LibraryImport
from rugpijn import audit
from rugpijn.models import (
    AccessChange,
    KeptForm,
    Letter,
    LoginSession,
    OneTimeCode,
    Practice,
    StaffInvitation,
    TrustedDevice,
    User,
)

from ..models import (
    Batch,
    DataExport,
    Erased,
    Message,
    Patient,
    PatientInvitation,
    Programme,
    Proxy,
    RecoveryCheck,
    Reminder,
    SeenMark,
    SessionLog,
    SymptomAnswer,
    Version,
)
from . import erasure

LOGIN_MONTHS = 3  # after the discharge, to read the last programme until then (our proposal)
EXPIRED, REMINDERS, TASKS = timedelta(days=30), timedelta(days=90), timedelta(days=30)
UPLOADS = timedelta(hours=24)
LATELY = timedelta(days=30)  # a login without a record may still get one

# By model, the lookup of the patient and the field with the moment of activity.
ACTIVITY = (
    (Programme, "patient", "changed_at"),
    (Version, "programme__patient", "issued_at"),
    (SessionLog, "patient", "received_at"),
    (SymptomAnswer, "patient", "answered_at"),
    (RecoveryCheck, "programme__patient", "answered_at"),
    (SeenMark, "programme__patient", "at"),
    (Message, "patient", "written_at"),
    (DataExport, "patient", "asked_at"),
)


def months_before(day: date, months: int) -> date:
    """Return the same day of the month some months earlier, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def _moment(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), tzinfo=timezone.get_default_timezone())


# ---------------------------------------------------------------- what is due


def records(practice: Practice, now: datetime) -> QuerySet[Patient]:
    """Return patients out of treatment without activity for as long as the practice keeps data."""
    last_day = months_before(timezone.localdate(now), practice.kept_for)
    since = _moment(last_day)
    patients = Patient.objects.filter(practice=practice, created_at__lt=since)
    patients = patients.filter(Q(discharged_on=None) | Q(discharged_on__lt=last_day))
    running = Programme.objects.running().filter(patient=OuterRef("pk"))
    ended = Programme.objects.filter(patient=OuterRef("pk"), ended_on__gte=last_day)
    patients = patients.filter(~Exists(running), ~Exists(ended))
    for model, way, moment in ACTIVITY:
        later = model._base_manager.filter(**{way: OuterRef("pk"), f"{moment}__gte": since})
        patients = patients.filter(~Exists(later))
    return patients.exclude(user__last_login__gte=since)


def logins(practice: Practice, now: datetime) -> QuerySet[User]:
    """Return logins of people who were discharged everywhere.

    Those who act for somebody in treatment, or did until `LATELY` ago, keep their login.
    """
    last_day = months_before(timezone.localdate(now), LOGIN_MONTHS)
    own = Patient.objects.filter(user=OuterRef("pk"))
    acting = Proxy.objects.filter(user=OuterRef("pk"))
    today = timezone.localdate(now)
    treated = Q(discharged_on=None) | Q(discharged_on__gt=last_day)
    still = Q(patient__discharged_on=None) | Q(patient__discharged_on__gt=last_day)
    # Start from the practice's patients, so that not all users of the server are read.
    here = Patient.objects.filter(practice=practice, user__isnull=False).order_by().values("user")
    for_others = Proxy.objects.filter(patient__practice=practice).order_by().values("user")
    return _no_staff().filter(
        Q(pk__in=here.union(for_others, all=True)),
        ~Exists(own.filter(treated)),
        ~Exists(acting.holding(today).filter(still)),
        ~Exists(acting.holding(today - LATELY).filter(still)),
    )


def lost_logins(practice: None, now: datetime) -> QuerySet[User]:
    """Return logins of people who have no record and act for nobody."""
    return _no_staff().filter(
        ~Exists(Patient.objects.filter(user=OuterRef("pk"))),
        ~Exists(Proxy.objects.filter(user=OuterRef("pk"))),
        date_joined__lt=now - LATELY,
    )


def _no_staff() -> QuerySet[User]:
    return User.objects.filter(is_therapist=False, is_owner=False, is_superuser=False)


def _old(invitations: QuerySet, now: datetime) -> QuerySet:
    valid_for = invitations.model.VALID_FOR
    return invitations.filter(
        Q(accepted_at__lt=now - EXPIRED)
        | Q(accepted_at=None, created_at__lt=now - EXPIRED - valid_for)
    )


def _old_confirmations(practice: None, now: datetime) -> QuerySet:
    days = timedelta(days=account_settings.EMAIL_CONFIRMATION_EXPIRE_DAYS)
    return EmailConfirmation.objects.filter(created__lt=now - EXPIRED - days)


# ---------------------------------------------------------------- how it goes


def _erase(rows: QuerySet) -> None:
    for patient in rows:
        erasure.erase(patient, role=Erased.Role.TERM)


def _close(rows: QuerySet) -> None:
    for user in rows:
        with transaction.atomic():
            Patient.objects.filter(user=user).update(user=None)
            user.proxies.all().delete()
            erasure.close_login(user)


def _delete(rows: QuerySet) -> None:
    rows.delete()


def _empty(rows: QuerySet) -> None:
    rows.update(content=None)


@dataclass(frozen=True)
class RetentionKind:
    """One kind of data: which rows are due for removal, and how they are removed."""

    name: str
    words: str  # lazy ngettext with a number in it
    due: Callable[[Practice | None, datetime], QuerySet]
    remove: Callable[[QuerySet], None] = _delete


OF_PRACTICE = (
    RetentionKind("records", ngettext_lazy("%d patient", "%d patients"), records, _erase),
    RetentionKind(
        "logins",
        ngettext_lazy(
            "%d login of somebody who was discharged", "%d logins of people who were discharged"
        ),
        logins,
        _close,
    ),
    RetentionKind(
        "invitations",
        ngettext_lazy("%d old invitation", "%d old invitations"),
        lambda practice, now: _old(
            PatientInvitation.objects.filter(patient__practice=practice), now
        ),
    ),
    RetentionKind(
        "colleagues",
        ngettext_lazy("%d old invitation of a colleague", "%d old invitations of colleagues"),
        lambda practice, now: _old(StaffInvitation.objects.filter(practice=practice), now),
    ),
    RetentionKind(
        "access changes",
        ngettext_lazy(
            "%d settled change to how somebody logs in",
            "%d settled changes to how somebody logs in",
        ),
        lambda practice, now: AccessChange.objects.filter(
            practice=practice, settled_at__lt=now - EXPIRED
        ),
    ),
    RetentionKind(
        "reminders",
        ngettext_lazy("%d line about a reminder", "%d lines about reminders"),
        lambda practice, now: Reminder.objects.filter(
            patient__practice=practice, taken_at__lt=now - REMINDERS
        ),
    ),
    RetentionKind(
        "batches",
        ngettext_lazy("%d list of handouts", "%d lists of handouts"),
        lambda practice, now: Batch.objects.filter(practice=practice, created_at__lt=now - UPLOADS),
    ),
    RetentionKind(
        "exports",
        ngettext_lazy("%d file with a copy of data", "%d files with a copy of data"),
        lambda practice, now: DataExport.objects.filter(
            patient__practice=practice, content__isnull=False, asked_at__lt=now - UPLOADS
        ),
        _empty,
    ),
    RetentionKind(
        "uploads",
        ngettext_lazy("%d upload for the library", "%d uploads for the library"),
        lambda practice, now: LibraryImport.objects.filter(
            practice=practice, created_at__lt=now - UPLOADS
        ),
    ),
)
OF_SERVER = (
    RetentionKind(
        "lost logins",
        ngettext_lazy("%d login without a record", "%d logins without a record"),
        lost_logins,
        _close,
    ),
    RetentionKind(
        "sessions",
        ngettext_lazy("%d session", "%d sessions"),
        lambda practice, now: LoginSession.objects.filter(expire_date__lt=now - EXPIRED),
    ),
    RetentionKind(
        "kept forms",
        ngettext_lazy("%d form that was kept for an hour", "%d forms that were kept for an hour"),
        lambda practice, now: KeptForm.objects.filter(at__lt=now - KeptForm.LASTS),
    ),
    RetentionKind(
        "devices",
        ngettext_lazy("%d device", "%d devices"),
        lambda practice, now: TrustedDevice.objects.filter(expires_at__lt=now - EXPIRED),
    ),
    RetentionKind(
        "codes",
        ngettext_lazy("%d used code", "%d used codes"),
        lambda practice, now: OneTimeCode.objects.filter(used_at__lt=now - EXPIRED),
    ),
    RetentionKind(
        "confirmations",
        ngettext_lazy("%d link that confirmed an address", "%d links that confirmed an address"),
        _old_confirmations,
    ),
    RetentionKind(
        "letters",
        ngettext_lazy("%d mail that was given up", "%d mails that were given up"),
        lambda practice, now: Letter.objects.filter(given_up_at__lt=now - EXPIRED),
    ),
    RetentionKind(
        "tasks",
        ngettext_lazy("%d finished task", "%d finished tasks"),
        lambda practice, now: DBTaskResult.objects.filter(finished_at__lt=now - TASKS),
    ),
)


# ---------------------------------------------------------------- a run


@dataclass(frozen=True)
class DueRows:
    """How many rows of one kind are due, of one practice or of the server. Names nobody."""

    kind: RetentionKind
    practice: Practice | None
    number: int

    @property
    def words(self) -> str:
        return self.kind.words % self.number


def due(now: datetime, practices: Iterable[Practice] | None = None) -> list[DueRows]:
    """Return what a run at this moment would remove, by kind and practice. Changes nothing."""
    counts = (
        DueRows(kind, practice, kind.due(practice, now).count())
        for kind, practice in _each(practices)
    )
    return [count for count in counts if count.number]


def run(now: datetime) -> list[DueRows]:
    """Remove what is due, and return what was removed.

    Each kind of each practice is one transaction, with one row in the access log.
    """
    removed = []
    for kind, practice in _each(None):
        with transaction.atomic():
            rows = kind.due(practice, now)
            number = rows.count()
            if not number:
                continue
            kind.remove(rows)
            audit.record_by_system(
                "remove after term", practice=practice.uuid if practice else None
            )
        removed.append(DueRows(kind, practice, number))
    return removed


def _each(practices: Iterable[Practice] | None):
    """Yield each kind with each practice. Without `practices`: all practices, and the server."""
    chosen = list(Practice.objects.order_by("name", "pk") if practices is None else practices)
    yield from product(OF_PRACTICE, chosen)
    if practices is None:
        yield from product(OF_SERVER, [None])


def next_removal(practice: Practice) -> str:
    """Return a sentence about what the next run removes, for the page of the practice."""
    rows = due(timezone.now(), [practice])
    if not rows:
        return gettext("The next nightly run removes nothing of your practice.")
    return gettext("The next nightly run removes: %s.") % ", ".join(each.words for each in rows)
