"""Sending a mail: by the worker, or at once with a short time limit when there is no worker.

A mail server can be slow or away. The worker waits for it, and tries again with growing pauses.
After the last try the mail is given up, and `manage.py health` reports it. Without a worker, or
while it is busy with long work, a mail is sent in the request: one at a time in each process, so
that a slow mail server holds only one thread.
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

FIRST = 50  # before handouts: somebody is waiting for a code
AT_HAND = 30  # seconds since the worker last looked for work
LIMIT = 5  # seconds for an answer of the mail server, in a request
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240)]
LATE = timedelta(hours=1)  # then the health of the server says that a mail waits

# By kind, the function that writes the mail. It returns None when the mail is no longer of use.
WRITERS: dict[str, Callable[[Letter], EmailMessage | None]] = {}
_one_at_a_time = BoundedSemaphore(1)


class SendOutcome(Enum):
    SENT = "sent"
    WAITS = "waits"  # for the worker, which sends it
    FAILED = "failed"  # the mail server did not take it


def send(letter: Letter, *, again: bool = True) -> SendOutcome:
    """Give the mail to the worker, or send it now when the worker is not available.

    A mail that fails now waits for the worker as well, unless `again` is False. Then the person who
    asked for the mail is told, and can ask again.
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
    """Send one mail. Returns False when its row is gone or it was not sent."""
    found = Letter.objects.select_related("user").filter(pk=letter, given_up_at=None).first()
    return found is not None and _deliver(found)


def _deliver(letter: Letter) -> bool:
    """Send one mail in the worker. Returns whether it was sent; otherwise it is tried later or
    given up."""
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
    """Return whether nothing is left to do: the mail was sent, or it is no longer of use."""
    with translation.override(letter.language):
        message = WRITERS[letter.kind](letter)
    if message is None:
        return True
    message.connection = get_connection(timeout=seconds)
    began = time.monotonic()
    try:
        message.send()
    except (OSError, SMTPException) as error:
        # Only the kind of the error is logged: the text of the mail may hold a key.
        took = time.monotonic() - began
        logger.warning("a mail was not sent: %s, %s after %.1f s", letter.kind, _name(error), took)
        return False
    return True


def _name(error: Exception) -> str:
    return type(error).__name__


def problem() -> str | None:
    """Return a sentence for `manage.py health`, or None."""
    given_up = Letter.objects.filter(given_up_at__isnull=False).count()
    if given_up:
        return f"mails that were given up: {given_up}. Look at EMAIL_URL and the mail server"
    late = Letter.objects.filter(created_at__lt=timezone.now() - LATE).count()
    return f"mails that wait for more than an hour: {late}" if late else None
