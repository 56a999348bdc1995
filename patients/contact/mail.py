"""What is mailed to a patient: a link, never what is behind it, and no word about health."""

import logging
from collections.abc import Callable
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from rugpijn.mailing import sending
from rugpijn.mailing.sending import SendOutcome
from rugpijn.models import Letter, User

from ..models import Patient, PatientInvitation, Version
from ..paper.handout import share_url

log = logging.getLogger(__name__)


class MailError(Exception):
    """Nothing was sent. The message is a sentence for whoever wanted to send it."""


def link(version: Version) -> EmailMessage:
    """A mail with the address that is in the QR code on paper, in the language of the paper.

    Raises MailError when there is nowhere to send it, or the address is closed.
    """
    patient, shared = version.programme.patient, version.programme.share_link
    if not patient.email:
        raise MailError(_("There is no e-mail address in the patient's record."))
    if shared.valid_until < timezone.localdate():
        raise MailError(_("The link no longer works, so it cannot be e-mailed."))
    practice = patient.practice
    context = {
        "address": share_url(version),
        "valid_until": shared.valid_until,
        "practice": practice,
    }
    with translation.override(version.sheet.language):
        return EmailMessage(
            subject=_("A link from %s") % " ".join(practice.name.split()),
            body=_text("link", context),
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[patient.email],
            reply_to=[practice.email] if practice.email else None,
        )


def invitation(patient: Patient, token: str, invited: PatientInvitation) -> EmailMessage:
    """A mail with the link to log in for the first time. It opens nothing without date of birth."""
    if not patient.email:
        raise MailError(_("There is no e-mail address in the patient's record."))
    practice = patient.practice
    path = reverse("patients:patient_invitation", args=[token])
    context = {
        "address": settings.SITE_URL + path,
        "until": timezone.localtime(invited.expires_at),
        "practice": practice,
    }
    with translation.override(patient.language):
        return EmailMessage(
            subject=_("An invitation from %s") % " ".join(practice.name.split()),
            body=_text("invitation", context),
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[patient.email],
            reply_to=[practice.email] if practice.email else None,
        )


def _text(name: str, context: dict) -> str:
    """The words of a mail. No HTML, though Django marks what a template gives as safe for a page:
    a page that shows them escapes them, like every text."""
    return "" + render_to_string(f"patients/mail/{name}.txt", context)


def address_of(patient: Patient) -> str:
    """Where a mail to this person goes: the own login, or else what the practice wrote down."""
    return (patient.user.email if patient.user else None) or patient.email


def language_of(patient: Patient) -> str:
    """Of whoever reads it: as the own login has it, or else as the practice wrote down."""
    return patient.user.language if patient.user else patient.language


def notice(patient: Patient) -> EmailMessage | None:
    """Says that something can be read after logging in, and not what; None without an address."""
    to = address_of(patient)
    if not to:
        return None
    with translation.override(language_of(patient)):
        return EmailMessage(
            subject=_("Something is ready for you"),
            body=_text("notice", {"address": settings.SITE_URL + "/"}),
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[to],
            headers={"Auto-Submitted": "auto-generated"},
        )


def erased(patient: Patient) -> EmailMessage | None:
    """Says that what was asked is done, to an address that nobody knows any more after it."""
    message = notice(patient)
    if message is None:
        return None
    with translation.override(language_of(patient)):
        message.subject = _("We have done what you asked")
        message.body = render_to_string("patients/mail/erased.txt")
    return message


def send_now(message: EmailMessage) -> None:
    """For what can be written at this moment only: whoever it is about is gone after it. A slow
    mail server gets little time. Raises MailError."""
    message.connection = get_connection(timeout=sending.LIMIT)
    try:
        message.send()
    except (OSError, SMTPException) as error:
        log.warning("A mail was not sent: %s", type(error).__name__)
        raise _not_taken() from error


def _not_taken() -> MailError:
    return MailError(
        _("The e-mail was not sent: the mail server did not accept it. Please try again later.")
    )


# ------------------------------------------------------------ by the worker, or now


LINK, INVITATION, NOTICE = "link", "invitation", "notice"
NEW_WAY_IN, HOW_TO_LOG_IN = "new way in", "how to log in"


def send_link(version: Version) -> SendOutcome:
    """Mail the address that is on paper. Raises MailError, also when the server refused it."""
    return _send(LINK, link(version), version.programme.patient, version=str(version.uuid))


def send_invitation(invited: PatientInvitation) -> SendOutcome:
    """Mail a way in. Raises MailError, also when the server refused it."""
    message = invitation(invited.patient, invited.mailed_token(), invited)
    return _send(INVITATION, message, invited.patient, invitation=invited.pk)


def send_notice(patient: Patient) -> bool:
    """Mail that something can be read. False without an address; raises MailError."""
    message = notice(patient)
    if message is None:
        return False
    _send(NOTICE, message, patient, patient=str(patient.uuid))
    return True


def tell_of_invitation(patient: Patient, invited: PatientInvitation) -> None:
    """To somebody who logs in already: the practice made another way in to the same record."""
    if patient.user and patient.user.email and not invited.for_somebody_else:
        _tell(NEW_WAY_IN, patient, patient.user, patient.user.email)


def tell_how_to_log_in(patient: Patient, person: User, address: str) -> None:
    """To the address that somebody chose: how to log in, with it or, when another login has it
    already, with a code."""
    _tell(HOW_TO_LOG_IN, patient, person, address)


def _tell(kind: str, patient: Patient, person: User, address: str) -> None:
    """What was done is done, also when the mail server is out of order: it is tried again."""
    about = {"patient": str(patient.uuid)}
    letter = Letter(
        kind=kind, about=about, recipient=address, user=person, language=person.language
    )
    transaction.on_commit(lambda: sending.send(letter), robust=True)


def _send(kind: str, message: EmailMessage, whose: Patient, **about) -> SendOutcome:
    letter = Letter(kind=kind, about=about, recipient=message.to[0], user=whose.user)
    outcome = sending.send(letter, again=False)
    if outcome is SendOutcome.FAILED:
        raise _not_taken()
    return outcome


def _write_link(letter: Letter) -> EmailMessage | None:
    versions = Version.objects.select_related("programme__patient__practice")
    version = versions.filter(uuid=letter.about["version"]).first()
    return version and _or_none(lambda: link(version))


def _write_invitation(letter: Letter) -> EmailMessage | None:
    found = PatientInvitation.objects.filter(pk=letter.about["invitation"]).first()
    if found is None or not found.is_open:
        return None
    return _or_none(lambda: invitation(found.patient, found.mailed_token(), found))


def _write_notice(letter: Letter) -> EmailMessage | None:
    patient = Patient.objects.filter(uuid=letter.about["patient"]).first()
    return patient and notice(patient)


def _write_new_way_in(letter: Letter) -> EmailMessage | None:
    subject = _("Something changed about how you log in")
    return _about_login(letter, "new_way_in", subject)


def _write_how_to_log_in(letter: Letter) -> EmailMessage | None:
    return _about_login(letter, "how_to_log_in", _("How to log in"))


def _about_login(letter: Letter, name: str, subject: str) -> EmailMessage | None:
    patient = Patient.objects.filter(uuid=letter.about["patient"])
    patient = patient.select_related("practice").first()
    if patient is None:
        return None
    context = {
        "site": settings.SITE_URL + "/",
        "practice": patient.practice,
        "code": letter.user.login_code,
        "address": letter.recipient,
    }
    return EmailMessage(
        subject=subject,
        body=_text(name, context),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[letter.recipient],
    )


def _or_none(write: Callable[[], EmailMessage]) -> EmailMessage | None:
    """None when the address or the link was taken away since: then nothing is to be sent."""
    try:
        return write()
    except MailError:
        return None


sending.WRITERS |= {
    LINK: _write_link,
    INVITATION: _write_invitation,
    NOTICE: _write_notice,
    NEW_WAY_IN: _write_new_way_in,
    HOW_TO_LOG_IN: _write_how_to_log_in,
}
