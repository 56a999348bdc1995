"""Sending messages between a patient and the practice, and mailing the patient about them."""

import uuid
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from rugpijn.models import User

from ..models import Message, Patient, Programme
from ..writes import RefusedError, write_once
from . import mail

MESSAGES_A_DAY = 20  # of one patient; whoever has more to say is asked to call


def send_message(
    *,
    programme: Programme,
    operation: uuid.UUID,
    text: str,
    by: User,
    by_patient: bool,
) -> Message:
    """Store a message once for each operation number, as `log_session` does.

    Raises RefusedError when nobody would read it: after the programme ended, or when the patient
    has no login; and when the patient sent `MESSAGES_A_DAY` in the last 24 hours.
    """
    patient = programme.patient
    if not programme.is_running:
        raise RefusedError(_("This programme has ended, so nobody reads messages here."))
    if not by_patient and not patient.has_login:
        raise RefusedError(_("%s has no login, so nobody would read this.") % patient.name)
    if by_patient and _is_over_limit(patient, operation):
        raise RefusedError(
            _(
                "You sent %d messages in the last 24 hours, which is the maximum. Do you have more "
                "to say? Please call your practice."
            )
            % MESSAGES_A_DAY
        )
    contents = {"programme": programme, "text": text, "by_patient": by_patient}
    message = write_once(
        Message,
        patient,
        operation,
        contents,
        refusal=_("A different message was already sent from this page."),
        by=by,
        by_name=by.name,
    )
    if message.is_new and not by_patient:
        transaction.on_commit(lambda: tell_patient.enqueue(message.pk))
    return message


def _is_over_limit(patient: Patient, operation: uuid.UUID) -> bool:
    """Whether this is one message too many in 24 hours. A message that is sent again is not."""
    written = patient.messages.filter(by_patient=True)
    lately = written.filter(written_at__gt=timezone.now() - timedelta(days=1))
    return lately.count() >= MESSAGES_A_DAY and not written.filter(operation=operation).exists()


@task
def tell_patient(message_pk: int) -> bool:
    """Mail that a message can be read. False without an address, or when it was read already."""
    message = Message.objects.filter(pk=message_pk, seen_at=None).first()
    return message is not None and mail.send_notice(message.patient)
