"""Erasing a patient for good: every row, every handout, the login, and queued tasks and mails.

The access log stays, with numbers and no names, and a line is added to the ledger. The rows are
found from the models (`related_rows.py`) and counted afterwards: when one is left, nothing is
erased.

SQLite is opened with `secure_delete`, so deleted data is overwritten in the file at once
(`rugpijn.database.sqlite`). The nightly run also rebuilds the file (`compact`), because moving rows
may have left copies in unused parts of a page. PostgreSQL frees the space of deleted rows when
autovacuum runs; `compact` asks for it.
"""

import logging
from collections.abc import Iterable

from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from rugpijn import audit
from rugpijn.models import KeptForm, Letter, User

from ..access import answered_for
from ..models import Batch, Erased, ErasureRequest, Message, Patient, Proxy, Version
from ..writes import hold
from . import erasure_ledger
from .related_rows import rows_of, rows_of_login

log = logging.getLogger(__name__)


class LeftoverError(Exception):
    """Rows of the patient were left, so nothing was erased."""


@transaction.atomic
def erase(patient: Patient, *, role: str, reason: str = "", request=None) -> None:
    """Erase everything about one patient.

    The access log names the user of `request`, or the program when there is none. `role` is an
    `Erased.Role`. Raises LeftoverError, and OSError when the ledger cannot be written, because a
    restore would then undo the erasure.
    """
    erasure_ledger.make_ready()
    hold(patient)
    if request is not None:
        audit.record(request, "erase", patient)
    else:
        practice = patient.practice.uuid
        audit.record_by_system("erase", practice=practice, patient=patient.uuid)
    line = _note(patient, role, reason)
    logins = list(User.objects.filter(patients=patient)) + [
        proxy.user for proxy in Proxy.objects.filter(patient=patient).select_related("user")
    ]
    _forget_tasks(patient)
    _forget_mail(patient, logins)
    _forget_typed()
    tables = list(rows_of(patient))
    for rows in reversed(tables):
        rows.delete()
    for login in logins:
        close_login(login)
    Batch.objects.filter(handouts=None).delete()
    left = [rows.model.__name__ for rows in tables if rows.exists()]
    if left:
        raise LeftoverError(", ".join(left))
    if line is not None:
        # If this fails, the line is in the database and the nightly run adds it to the file.
        transaction.on_commit(lambda: erasure_ledger.write([line]), robust=True)
    transaction.on_commit(sweep_pictures, robust=True)


def _note(patient: Patient, role: str, reason: str) -> Erased | None:
    """Add a row to the ledger and return it; None when there is one already, as after a restore."""
    erasure_request = ErasureRequest.objects.filter(patient=patient, refused_at=None).first()
    line, is_new = Erased.objects.get_or_create(
        patient=Erased.digest(patient.uuid),
        defaults={
            "practice": patient.practice.uuid,
            "by_role": role,
            "reason": reason,
            "asked_at": erasure_request.asked_at if erasure_request is not None else None,
        },
    )
    return line if is_new else None


def close_login(user: User) -> bool:
    """Remove a login that opens no other record, with its sessions, devices, passkeys and codes."""
    if user.is_staff or Patient.objects.filter(user=user).exists() or user.proxies.exists():
        return False
    for rows in reversed(list(rows_of_login(user))):
        rows.delete()
    return True


def _forget_tasks(patient: Patient) -> None:
    """Delete queued and finished tasks about this patient, with their results."""
    versions = Version.objects.filter(programme__patient=patient).values_list("uuid", flat=True)
    exports = patient.exports.values_list("uuid", flat=True)
    uuids = {str(each) for each in (*versions, *exports)}
    messages = set(Message.objects.filter(patient=patient).values_list("pk", flat=True))
    ours = DBTaskResult.objects.filter(task_path__startswith="patients.")
    for task in ours.only("pk", "task_path", "args_kwargs"):
        arguments = task.args_kwargs.get("args", [])
        ids = messages if task.task_path.endswith("tell_patient") else uuids
        if ids.intersection(each for each in arguments if isinstance(each, str | int)):
            DBTaskResult.objects.filter(pk=task.pk).delete()


def _forget_mail(patient: Patient, logins: Iterable[User]) -> None:
    """Delete mails that wait to be sent to the patient or to whoever acts for the patient."""
    gone = [login for login in logins if not login.is_staff]
    addresses = {patient.email, *(login.email for login in gone)} - {"", None}
    Letter.objects.filter(recipient__in=addresses).delete()


def _forget_typed() -> None:
    """Delete all forms that are kept while somebody logs in again: each may name this patient.

    They are kept for an hour at most, so little work is lost.
    """
    KeptForm.objects.all().delete()


def sweep_pictures() -> None:
    """Delete photos and films that only an erased programme showed."""
    call_command("sweep_pictures", delete=True, by_an_act=True, verbosity=0, stdout=_Quiet())


class _Quiet:
    def write(self, text: str) -> None:
        """Drop the names of files that the command prints."""


# ---------------------------------------------------------------- after a restore


def apply_ledger() -> int:
    """Erase again the patients that a restored backup brought back. Returns how many."""
    erased = erasure_ledger.merge()
    if not erased:
        return 0
    back = [
        pk
        for pk, uuid in Patient.objects.values_list("pk", "uuid").iterator()
        if Erased.digest(uuid) in erased
    ]
    for pk in back:
        erase(Patient.objects.get(pk=pk), role=Erased.Role.LEDGER)
    if back:
        log.info("erased again after a restore: %d", len(back))
    return len(back)


def compact() -> None:
    """Rebuild the database file, so that unused parts of its pages hold no deleted data either.

    It waits for writers and makes them wait. It does not work inside a transaction.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            cursor.execute("VACUUM")


def open_requests(user: User) -> QuerySet[ErasureRequest]:
    """Return the requests that wait for an answer from this owner's practice, the oldest first."""
    waiting = ErasureRequest.objects.filter(answered_for(user, "patient__"), refused_at=None)
    return waiting.select_related("patient__practice")


def refuse(erasure_request: ErasureRequest, *, by: User, answer: str) -> bool:
    """Refuse a request, with the reason that the patient reads. False when it was answered."""
    return bool(
        ErasureRequest.objects.filter(pk=erasure_request.pk, refused_at=None).update(
            refused_at=timezone.now(), refused_by=by, refused_name=by.name, answer=answer
        )
    )
