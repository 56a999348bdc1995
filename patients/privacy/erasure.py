"""Erasing a patient for good: every row, every paper, the login, and what the queue still knows.

What stays is the access log, which knows numbers only, and a line in the ledger. The rows are found
by the models themselves (`reach`), and counted afterwards: one that is left takes the whole erasure
back.

SQLite is opened with `secure_delete`, so that what is deleted is overwritten in the file at once
(`rugpijn.database.sqlite`); the nightly run rebuilds the file as well (`compact`), which takes away
copies that moving rows about may have left in the slack of a page. PostgreSQL gives the space of
deleted rows free in its own time (autovacuum); `compact` asks for it.
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
    """Something of a patient would have stayed; nothing was erased."""


@transaction.atomic
def erase(patient: Patient, *, role: str, reason: str = "", request=None) -> None:
    """Take everything about one patient away. Logged as whoever asked, or as the program.

    Raises OSError when the ledger cannot be written: an erasure that a restore would undo is none.
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
    found = list(rows_of(patient))
    for rows in reversed(found):
        rows.delete()
    for login in logins:
        close_login(login)
    Batch.objects.filter(handouts=None).delete()
    left = [rows.model.__name__ for rows in found if rows.exists()]
    if left:
        raise LeftoverError(", ".join(left))
    if line is not None:
        # A line that cannot be written after all is in the table, and the nightly run adds it.
        transaction.on_commit(lambda: erasure_ledger.write([line]), robust=True)
    transaction.on_commit(sweep_pictures, robust=True)


def _note(patient: Patient, role: str, reason: str) -> Erased | None:
    """The row of the ledger; None when there is one already, which is so after a restore."""
    asked = ErasureRequest.objects.filter(patient=patient, refused_at=None).first()
    line, new = Erased.objects.get_or_create(
        patient=Erased.digest(patient.uuid),
        defaults={
            "practice": patient.practice.uuid,
            "by_role": role,
            "reason": reason,
            "asked_at": asked.asked_at if asked is not None else None,
        },
    )
    return line if new else None


def close_login(user: User) -> bool:
    """Remove a login that opens no other record, with its sessions, devices, passkeys and codes."""
    if user.is_staff or Patient.objects.filter(user=user).exists() or user.proxies.exists():
        return False
    found = list(rows_of_login(user))
    for rows in reversed(found):
        rows.delete()
    return True


def _forget_tasks(patient: Patient) -> None:
    """What the queue was asked about this patient, with what came of it."""
    versions = Version.objects.filter(programme__patient=patient).values_list("uuid", flat=True)
    exports = patient.exports.values_list("uuid", flat=True)
    words = {str(each) for each in (*versions, *exports)}
    numbers = set(Message.objects.filter(patient=patient).values_list("pk", flat=True))
    ours = DBTaskResult.objects.filter(task_path__startswith="patients.")
    for task in ours.only("pk", "task_path", "args_kwargs"):
        asked = task.args_kwargs.get("args", [])
        about = words if not task.task_path.endswith("tell_patient") else numbers
        if about.intersection(each for each in asked if isinstance(each, str | int)):
            DBTaskResult.objects.filter(pk=task.pk).delete()


def _forget_mail(patient: Patient, logins: Iterable[User]) -> None:
    """Mail that was still to be sent, to the patient and to whoever acts for the patient."""
    gone = [login for login in logins if not login.is_staff]
    addresses = {patient.email, *(login.email for login in gone)} - {"", None}
    Letter.objects.filter(recipient__in=addresses).delete()


def _forget_typed() -> None:
    """Forms that were kept while their writer logs in anew: they may hold anybody's name. It is
    nobody's data for longer than an hour, and whoever it was types it again."""
    KeptForm.objects.all().delete()


def sweep_pictures() -> None:
    """Photos and films that only an erased programme showed."""
    call_command("sweep_pictures", delete=True, by_an_act=True, verbosity=0, stdout=_Quiet())


class _Quiet:
    def write(self, text: str) -> None:
        """The names of files say nothing here."""


# ---------------------------------------------------------------- after a restore


def apply_ledger() -> int:
    """Erase again whoever a backup brought back. Returns how many. May run at any time."""
    erased = erasure_ledger.bring_together()
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
    """Rebuild the file, so that not even the slack of its pages holds what was deleted. Waits for
    writers and lets them wait; outside a transaction only."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            cursor.execute("VACUUM")


def open_requests(user: User) -> QuerySet[ErasureRequest]:
    """Of the practice that somebody owns, what waits for an answer; the oldest first."""
    waiting = ErasureRequest.objects.filter(answered_for(user, "patient__"), refused_at=None)
    return waiting.select_related("patient__practice")


def refuse(asked: ErasureRequest, *, by: User, answer: str) -> bool:
    """Say no, with the reason that the patient reads. False when it was answered meanwhile."""
    return bool(
        ErasureRequest.objects.filter(pk=asked.pk, refused_at=None).update(
            refused_at=timezone.now(), refused_by=by, refused_name=by.name, answer=answer
        )
    )
