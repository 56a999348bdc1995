"""When a reminder is due and needed, and sending it by mail.

A day has as many parts as the patient chose times, and the moments of the day are divided over
them: of 12 moments and two times, the first part has moments 1 to 6 and the second 7 to 12. A
reminder is sent when nothing of its part has been ticked off. So a patient who has started a part
gets none for it, nor does a patient who did everything in the morning. This rule is our proposal.

The row of a mail is stored before the mail is sent. So two runs at the same time send one mail,
and a run that is killed in between does not send it twice.
"""

import logging
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from smtplib import SMTPException, SMTPServerDisconnected

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage, get_connection
from django.db.models import F, Prefetch, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from rugpijn.backup import revocations

from ..models import Patient, Programme, Proxy, Reminder, ReminderPlan
from ..patient_day import reports
from ..patient_day.day_cards import DayCount, cards, lately
from .mail import address_of, language_of

log = logging.getLogger(__name__)

LATEST = timedelta(hours=2)  # after its time: later, because the server was down, none is sent
MOST_TRIES = 6  # within that time, of a mail that the mail server refused

# ---------------------------------------------------------------- the rules


def moment(day: date, slot: time) -> datetime:
    """Return the moment at which the clock shows this time on this day.

    When the clock skips the time in March, the moment is an hour later on the clock. When the time
    comes twice in October, the moment is the first.
    """
    return datetime.combine(day, slot, tzinfo=timezone.get_default_timezone())


def slots_due(plan: ReminderPlan, now: datetime) -> list[time]:
    """Return the plan's times of today that passed at most `LATEST` ago.

    A time that had passed when the patient chose it counts from tomorrow.
    """
    day = timezone.localdate(now)
    if not plan.holds_on(day):
        return []
    return [
        slot
        for slot in plan.times
        # Compared as UTC: Python compares two moments of one zone by their clocks, which jump.
        if plan.changed_at <= moment(day, slot).astimezone(UTC) <= now
        and now - moment(day, slot).astimezone(UTC) <= LATEST
    ]


def is_needed(*, given: int, done: int, place: int, times: int) -> bool:
    """Whether nothing of this part of the day has been done yet.

    `given` and `done` are numbers of moments today, of the exercises that are due. `place` is the
    number of the part, from 1 to `times`.
    """
    return done < given and done <= given * (place - 1) // times


# ---------------------------------------------------------------- the link that stops the mails

_SALT = "reminders.stop"


def stop_token(plan: ReminderPlan) -> str:
    """Return the token of the page that stops the mails, without a login. It does not expire."""
    return _signer().sign(plan.uuid.hex)


def read_stop_token(token: str) -> ReminderPlan | None:
    try:
        uuid = _signer().unsign(token)
    except signing.BadSignature:
        return None
    plans = ReminderPlan.objects.select_related("patient__user", "patient__practice")
    return plans.filter(uuid=uuid).first()


def _signer() -> signing.Signer:
    # Signed with the key of the links on paper: old mails must still stop after a new SECRET_KEY.
    return signing.Signer(key=settings.SHARE_KEY, salt=_SALT, sep=".")


def stop(plan: ReminderPlan) -> bool:
    """Stop the mails; the times stay, for the calendar. Returns whether mails were on."""
    revocations.note("reminders", plan, "")
    return bool(
        ReminderPlan.objects.filter(pk=plan.pk, by_mail=True).update(
            by_mail=False, stopped_at=timezone.now()
        )
    )


# ---------------------------------------------------------------- sending


def send_due(now: datetime) -> int:
    """Send the reminders that are due; returns how many. May run twice at once, and be stopped."""
    return sum(_send(plan, slot, now) for plan in _plans() for slot in slots_due(plan, now))


def _plans() -> Iterable[ReminderPlan]:
    running = Programme.objects.running().prefetch_related("pauses")
    proxies = Proxy.objects.filter(user__is_active=True).holding(timezone.localdate())
    acting = proxies.values("patient")
    return (
        ReminderPlan.objects.filter(
            Q(patient__user__is_active=True) | Q(patient__in=acting), by_mail=True
        )
        .filter(patient__programmes__in=Programme.objects.running())
        .select_related("patient__user")
        .prefetch_related(Prefetch("patient__programmes", queryset=running, to_attr="running"))
        .order_by("pk")
    )


def _send(plan: ReminderPlan, slot: time, now: datetime) -> int:
    patient, day = plan.patient, timezone.localdate(now)
    to = address_of(patient)
    if not to or _is_sent(plan, slot, day) or not _has_something_left(plan, slot, day):
        return 0
    reminder = _claim(patient, day, slot, now)
    if reminder is None:
        return 0  # another run is sending it
    try:
        _deliver(reminder_mail(plan, slot, to))
    except RefusedMailError:
        log.warning("A reminder was refused by the mail server; try %d", reminder.tries)
        Reminder.objects.filter(pk=reminder.pk).update(refused_at=now)
        return 0
    except (OSError, SMTPException, ValueError):  # it may have been sent
        log.exception("A reminder was cut off while it was sent; it is not sent again")
        return 0
    Reminder.objects.filter(pk=reminder.pk).update(sent_at=timezone.now())
    return 1


def _is_sent(plan: ReminderPlan, slot: time, day: date) -> bool:
    """Whether the reminder was sent or is being sent. A quick check; `_claim` decides."""
    reminders = Reminder.objects.filter(patient=plan.patient_id, day=day, slot=slot)
    return reminders.filter(refused_at=None).exists()


def _has_something_left(plan: ReminderPlan, slot: time, day: date) -> bool:
    """Whether the running programme needs a reminder at this time (`is_needed`)."""
    for programme in plan.patient.running:
        version = programme.current_version()
        if version is None or programme.pause_on(day) or programme.started_on > day:
            continue
        programme.patient = plan.patient
        stands = reports.standing_in_record(plan.patient_id)
        if stands.red_flags:
            return False
        day_cards = cards(programme, version.sheet, day, lately(programme, day))
        count = DayCount.of(stands.held_back(day_cards))
        place = plan.times.index(slot) + 1
        return is_needed(given=count.asked, done=count.done, place=place, times=len(plan.times))
    return False


def _claim(patient: Patient, day: date, slot: time, now: datetime) -> Reminder | None:
    """Return the row of this mail to the one run that may send it; None to every other run."""
    reminders = Reminder.objects.filter(patient=patient, day=day, slot=slot)
    reminder, is_new = Reminder.objects.get_or_create(
        patient=patient, day=day, slot=slot, defaults={"taken_at": now}
    )
    if is_new:
        return reminder
    refused = reminders.filter(refused_at__isnull=False, sent_at=None, tries__lt=MOST_TRIES)
    claimed = refused.update(refused_at=None, taken_at=now, tries=F("tries") + 1)
    return reminders.get() if claimed else None


class RefusedMailError(Exception):
    """The mail server refused the mail or could not be reached, so it was certainly not sent."""


def _deliver(message: EmailMessage) -> None:
    """Give a mail to the mail server, on a new connection.

    A connection that was used before may have been closed, and then it is not known whether the
    mail was sent. Raises RefusedMailError, or the error that interrupted the sending.
    """
    connection = get_connection()
    try:
        connection.open()
    except (OSError, SMTPException) as error:
        raise RefusedMailError from error
    try:
        connection.send_messages([message])
    except SMTPServerDisconnected:
        raise
    except SMTPException as error:
        raise RefusedMailError from error
    finally:
        connection.close()


def reminder_mail(plan: ReminderPlan, slot: time, to: str) -> EmailMessage:
    """Return the mail: a time and two links, with no name, no practice and nothing about health."""
    stop_at = settings.SITE_URL + reverse("patients:stop_reminders", args=[stop_token(plan)])
    with translation.override(language_of(plan.patient)):
        return EmailMessage(
            subject=_("Something is ready for you"),
            body=render_to_string(
                "patients/mail/reminder.txt",
                {"slot": slot, "address": settings.SITE_URL + "/", "stop": stop_at},
            ),
            to=[to],
            headers={
                "List-Unsubscribe": f"<{stop_at}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
                "Auto-Submitted": "auto-generated",
            },
        )
