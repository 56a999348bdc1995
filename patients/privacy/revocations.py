"""Access to a record that was ended, so that a restored backup does not give it back.

It covers helpers and parents, links on paper, calendar links, reminders and logins.
"""

from datetime import date

from django.utils import timezone

from rugpijn.backup.revocations import RevocationKind, digest

from ..models import CalendarLink, Patient, PatientInvitation, Proxy, ReminderPlan, ShareLink


def _until(proxy: Proxy) -> str:
    return proxy.until_on.isoformat() if proxy.until_on else ""


def _end(proxy: Proxy, state: str) -> bool:
    until = date.fromisoformat(state) if state else None
    if until is None or (proxy.until_on is not None and proxy.until_on <= until):
        return False
    proxy.until_on = until
    proxy.save(update_fields=["until_on"])
    return True


def _revoke(link: ShareLink, state: str) -> bool:
    if link.counter >= int(state):
        return False
    link.counter = int(state)
    link.save(update_fields=["counter"])
    return True


def _no_calendar(link: CalendarLink, state: str) -> bool:
    if digest(link.token_hash) == state:
        return False
    link.delete()
    return True


def _no_mails(plan: ReminderPlan, state: str) -> bool:
    if state or not plan.by_mail:
        return False
    plan.by_mail, plan.stopped_at = False, timezone.now()
    plan.save(update_fields=["by_mail", "stopped_at"])
    return True


def _login(patient: Patient) -> str:
    return digest(patient.user.uuid) if patient.user else ""


def _no_login(patient: Patient, state: str) -> bool:
    """Disconnect a login that was replaced since; the backup does not have the new one."""
    if patient.user is None or _login(patient) == state:
        return False
    patient.user = None
    patient.save(update_fields=["user"])
    return True


def close_invitations(restored) -> str | None:
    """Close open invitations after a restore: they may have been used or withdrawn since."""
    expired = timezone.now() - PatientInvitation.VALID_FOR
    closed = PatientInvitation.objects.filter(accepted_at=None, created_at__gt=expired)
    number = closed.update(created_at=expired)
    return f"Open invitations of patients are closed: {number}. Make new ones." if number else None


KINDS = (
    RevocationKind(
        "helper",
        "Helpers and parents whose access was ended since",
        lambda: Proxy.objects.select_related("user", "patient"),
        lambda proxy: f"{proxy.user.uuid}:{proxy.patient.uuid}",
        _until,
        _end,
    ),
    RevocationKind(
        "link on paper",
        "Links on paper that were revoked since",
        ShareLink.objects.all,
        lambda link: str(link.uuid),
        lambda link: str(link.counter),
        _revoke,
    ),
    RevocationKind(
        "calendar",
        "Links of calendars that were revoked since",
        lambda: CalendarLink.objects.select_related("patient"),
        lambda link: str(link.patient.uuid),
        lambda link: digest(link.token_hash),
        _no_calendar,
    ),
    RevocationKind(
        "reminders",
        "Patients who stopped the reminders since",
        lambda: ReminderPlan.objects.select_related("patient"),
        lambda plan: str(plan.patient.uuid),
        lambda plan: "mail" if plan.by_mail else "",
        _no_mails,
    ),
    RevocationKind(
        "login",
        "Logins of patients that were replaced since; invite them anew",
        lambda: Patient.objects.select_related("user"),
        lambda patient: str(patient.uuid),
        _login,
        _no_login,
    ),
)
