"""Sending a mail: by the worker when there is one, or else now, with a short limit.

A mail server may be slow, or away. The worker waits for it, and tries again with growing pauses;
after the last try the mail is given up, and the health of the server says so. Without a worker,
or while it is at a long piece of work, a mail is sent in the request: one at a time in each
process, so that a slow mail server holds one thread.
"""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from enum import Enum
from functools import partial
from smtplib import SMTPException
from threading import BoundedSemaphore

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.utils import timezone, translation
from django_tasks import task

from ..operations import health
from .models import Letter

logger = logging.getLogger(__name__)

FIRST = 50  # before handouts, which nobody waits for with a code in mind
AT_HAND = 30  # seconds since the worker last looked for work
LIMIT = 5  # seconds for an answer of the mail server, in a request
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240)]
LATE = timedelta(hours=1)  # then the health of the server says that a mail waits

# By kind, what writes the mail. None: it is of no use any more, and is not sent.
WRITERS: dict[str, Callable[[Letter], EmailMessage | None]] = {}
_one_at_a_time = BoundedSemaphore(1)


class SendOutcome(Enum):
    SENT = "sent"
    WAITS = "waits"  # for the worker, which sends it
    FAILED = "failed"  # the mail server did not take it


def send(letter: Letter, *, again: bool = True) -> SendOutcome:
    """Hand it to the worker, or send it now when the worker is not at hand.

    What fails now waits for the worker too, unless `again` is False: then whoever asked for it is
    told, and asks once more.
    """
    letter.language = letter.language or translation.get_language() or settings.LANGUAGE_CODE
    if worker_is_at_hand():
        return _keep(letter)
    if not _one_at_a_time.acquire(blocking=False):
        return _keep(letter)
    try:
        sent = _try(letter, LIMIT)
    finally:
        _one_at_a_time.release()
    if sent:
        return SendOutcome.SENT
    if again:
        letter.tries = 1
        _keep(letter, PAUSES[0])
    return SendOutcome.FAILED


def worker_is_at_hand() -> bool:
    age = health.worker_age()
    return age is not None and age < AT_HAND


def _keep(letter: Letter, pause: timedelta = timedelta()) -> SendOutcome:
    letter.save()
    work = deliver.using(run_after=timezone.now() + pause) if pause else deliver
    transaction.on_commit(partial(work.enqueue, letter.pk))
    return SendOutcome.WAITS


@task(priority=FIRST)
def deliver(letter: int) -> bool:
    """Send one mail; False when it is gone, or did not go."""
    found = Letter.objects.select_related("user").filter(pk=letter, given_up_at=None).first()
    return found is not None and _deliver(found)


def _deliver(letter: Letter) -> bool:
    """In the worker: whether it went. Otherwise it is tried later, or given up."""
    if _try(letter, settings.EMAIL_TIMEOUT):
        letter.delete()
        return True
    letter.tries += 1
    if letter.tries > len(PAUSES):
        letter.given_up_at = timezone.now()
        letter.save()
        logger.error("a mail was given up after %s tries: %s", letter.tries, letter.kind)
    else:
        _keep(letter, PAUSES[letter.tries - 1])
    return False


def _try(letter: Letter, seconds: int) -> bool:
    """Whether nothing is left to do: it was sent, or is of no use any more."""
    with translation.override(letter.language):
        message = WRITERS[letter.kind](letter)
    if message is None:
        return True
    message.connection = get_connection(timeout=seconds)
    began = time.monotonic()
    try:
        message.send()
    except (OSError, SMTPException) as error:
        # The kind of error and nothing of the mail: its text may open something.
        took = time.monotonic() - began
        logger.warning("a mail was not sent: %s, %s after %.1f s", letter.kind, _name(error), took)
        return False
    return True


def _name(error: Exception) -> str:
    return type(error).__name__


def problem() -> str | None:
    """For the health of the server."""
    given_up = Letter.objects.filter(given_up_at__isnull=False).count()
    if given_up:
        return f"mails that were given up: {given_up}. Look at EMAIL_URL and the mail server"
    late = Letter.objects.filter(created_at__lt=timezone.now() - LATE).count()
    return f"mails that wait for more than an hour: {late}" if late else None
