"""When a reminder is due, and when it is not needed: the rules, and the mails that follow.

A day has as many parts as the patient chose times. Each part asks for its share of what the day
asks: of 12 moments and two times, the first asks for 1 to 6 and the second for 7 to 12. A reminder
comes when nothing of the share of its part was ticked off yet. Who began it is left alone, and
so is who did everything in the morning. Our proposal.

The row of a mail is written first and the mail is sent after it, so that two runs at once send
one, and a run that is killed between the two sends none twice.
"""

import logging
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from smtplib import SMTPException, SMTPServerDisconnected

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage, get_connection
from django.db import IntegrityError, transaction
from django.db.models import F, Prefetch, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from rugpijn.backup import ended

from ..models import Patient, Programme, Proxy, Reminder, ReminderPlan
from ..patient_day import reports
from ..patient_day.day_cards import DayCount, cards, lately
from .mail import address_of, language_of

log = logging.getLogger(__name__)

LATEST = timedelta(hours=2)
"""A reminder that is later than this is not sent: the server stood still, and the day went on."""

MOST_TRIES = 6  # within that time, of what the mail server refused

# ---------------------------------------------------------------- the rules


def moment(day: date, slot: time) -> datetime:
    """When a time of the clock comes on a day: once, also when the clock changes.

    A time that the clock skips in March comes an hour later on the clock. One that comes twice in
    October counts the first time.
    """
    return datetime.combine(day, slot, tzinfo=timezone.get_default_timezone())


def slots_due(plan: ReminderPlan, now: datetime) -> list[time]:
    """The times of today that have come, and not longer ago than `LATEST`.

    What had come already when the patient chose it is for tomorrow.
    """
    day = timezone.localdate(now)
    if not plan.holds_on(day):
        return []
    return [
        slot
        for slot in plan.times
        # Compared as UTC: two times of one zone are compared by their clocks, which jump.
        if plan.changed_at <= moment(day, slot).astimezone(UTC) <= now
        and now - moment(day, slot).astimezone(UTC) <= LATEST
    ]


def is_needed(*, given: int, done: int, place: int, times: int) -> bool:
    """Whether the reminder at this place (1 is the first of the day) has something to remind of.

    `given` and `done` are the moments of today, of what is asked today.
    """
    return done < given and done <= given * (place - 1) // times


# ---------------------------------------------------------------- the link that stops them

_SALT = "reminders.stop"


def stop_token(plan: ReminderPlan) -> str:
    """Opens the page that stops the mails, without a login and for as long as a mail is kept."""
    return _signer().sign(plan.uuid.hex)


def read_stop_token(token: str) -> ReminderPlan | None:
    try:
        uuid = _signer().unsign(token)
    except signing.BadSignature:
        return None
    plans = ReminderPlan.objects.select_related("patient__user", "patient__practice")
    return plans.filter(uuid=uuid).first()


def _signer() -> signing.Signer:
    # The key of the links on paper: a new SECRET_KEY must not break the way out of old mails.
    return signing.Signer(key=settings.SHARE_KEY, salt=_SALT, sep=".")


def stop(plan: ReminderPlan) -> bool:
    """Send no more mails; the times stay, for the calendar. Says whether there was any."""
    ended.note("reminders", plan, "")
    return bool(
        ReminderPlan.objects.filter(pk=plan.pk, by_mail=True).update(
            by_mail=False, stopped_at=timezone.now()
        )
    )


# ---------------------------------------------------------------- sending


def send_due(now: datetime) -> int:
    """Send what is due; the number of mails. May run twice at once, and be stopped at any time."""
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
    if not to or not _is_open(plan, slot, day) or not _asks(plan, slot, day):
        return 0
    reminder = _take(patient, day, slot, now)
    if reminder is None:
        return 0  # another run has it
    try:
        _hand_over(reminder_mail(plan, slot, to))
    except RefusedMailError:
        log.warning("A reminder was refused by the mail server; try %d", reminder.tries)
        Reminder.objects.filter(pk=reminder.pk).update(refused_at=now)
        return 0
    except (OSError, SMTPException, ValueError):  # it may have gone: not again
        log.exception("A reminder was cut off while it was sent; it is not sent again")
        return 0
    Reminder.objects.filter(pk=reminder.pk).update(sent_at=timezone.now())
    return 1


def _is_open(plan: ReminderPlan, slot: time, day: date) -> bool:
    """Whether nobody sent this one, as far as a look can tell: most were sent minutes ago."""
    rows = Reminder.objects.filter(patient=plan.patient_id, day=day, slot=slot)
    return not rows.filter(refused_at=None).exists()


def _asks(plan: ReminderPlan, slot: time, day: date) -> bool:
    """Whether the programme asks for something now that was not begun."""
    for programme in plan.patient.running:
        version = programme.current_version()
        if version is None or programme.pause_on(day) or programme.started_on > day:
            continue
        programme.patient = plan.patient
        stands = reports.standing_alone(plan.patient_id)
        if stands.red_flags:
            return False
        day_cards = cards(programme, version.sheet, day, lately(programme, day))
        count = DayCount.of(stands.held_back(day_cards))
        place = plan.times.index(slot) + 1
        return is_needed(given=count.asked, done=count.done, place=place, times=len(plan.times))
    return False


def _take(patient: Patient, day: date, slot: time, now: datetime) -> Reminder | None:
    """The row of this mail, for the one who may send it; None for everybody else."""
    mine = {"patient": patient, "day": day, "slot": slot}
    try:
        with transaction.atomic():
            return Reminder.objects.create(taken_at=now, **mine)
    except IntegrityError:
        pass
    refused = Reminder.objects.filter(
        refused_at__isnull=False, sent_at=None, tries__lt=MOST_TRIES, **mine
    )
    taken = refused.update(refused_at=None, taken_at=now, tries=F("tries") + 1)
    return Reminder.objects.get(**mine) if taken else None


class RefusedMailError(Exception):
    """The server said no, or was not there: this mail was certainly not sent."""


def _hand_over(message: EmailMessage) -> None:
    """Give it to the mail server, on a connection of its own: one that was used before may be
    closed, and then nobody knows how far it came. Raises RefusedMailError, or what cut it off."""
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
    """The mail itself: a time and two links. No name, no practice, no word about health."""
    stop_at = settings.SITE_URL + reverse("patients:stop_reminders", args=[stop_token(plan)])
    with translation.override(language_of(plan.patient)):
        return EmailMessage(
            subject=_("Something is ready for you"),
            body=render_to_string(
                "patients/mail/reminder.txt",
                {"slot": slot, "address": settings.SITE_URL + "/", "stop": stop_at},
            ),
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[to],
            headers={
                "List-Unsubscribe": f"<{stop_at}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
                "Auto-Submitted": "auto-generated",
            },
        )
