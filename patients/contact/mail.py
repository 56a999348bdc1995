"""E-mails to patients: links, never what is behind them, and nothing about health."""

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
    """Nothing was sent. The message is a sentence for the person who wanted to send it."""


def link(version: Version) -> EmailMessage:
    """Return a mail with the address that is in the QR code on paper, in the language of the paper.

    Raises MailError when the patient has no e-mail address, or the link no longer works.
    """
    patient, shared = version.programme.patient, version.programme.share_link
    if not patient.email:
        raise MailError(_("There is no e-mail address in the patient's record."))
    if shared.valid_until < timezone.localdate():
        raise MailError(_("The link no longer works, so it cannot be e-mailed."))
    context = {"address": share_url(version), "valid_until": shared.valid_until}
    with translation.override(version.sheet.language):
        return _from_practice(patient, _("A link from %s"), "link", context)


def invitation(patient: Patient, token: str, invited: PatientInvitation) -> EmailMessage:
    """Return a mail with the link to log in for the first time, which also asks a date of birth.

    Raises MailError when the patient has no e-mail address.
    """
    if not patient.email:
        raise MailError(_("There is no e-mail address in the patient's record."))
    path = reverse("patients:patient_invitation", args=[token])
    context = {
        "address": settings.SITE_URL + path,
        "until": timezone.localtime(invited.expires_at),
    }
    with translation.override(patient.language):
        return _from_practice(patient, _("An invitation from %s"), "invitation", context)


def _from_practice(patient: Patient, subject: str, name: str, context: dict) -> EmailMessage:
    """A mail that the practice signs, with its name in the subject; replies go to the practice."""
    practice = patient.practice
    return EmailMessage(
        subject=subject % " ".join(practice.name.split()),
        body=_text(name, context | {"practice": practice}),
        to=[patient.email],
        reply_to=[practice.email] if practice.email else None,
    )


def _text(name: str, context: dict) -> str:
    """The text of a mail. `"" +` takes away Django's mark that it is safe HTML, so that a page that
    shows it escapes it."""
    return "" + render_to_string(f"patients/mail/{name}.txt", context)


def address_of(patient: Patient) -> str:
    """The address of the patient's login, or else the one in the record; it may be empty."""
    return (patient.user.email if patient.user else None) or patient.email


def language_of(patient: Patient) -> str:
    """The language of the patient's login, or else the one in the record."""
    return patient.user.language if patient.user else patient.language


def notice(patient: Patient) -> EmailMessage | None:
    """Return a mail that says that something can be read after logging in, but not what.

    None without an address.
    """
    to = address_of(patient)
    if not to:
        return None
    with translation.override(language_of(patient)):
        return EmailMessage(
            subject=_("Something is ready for you"),
            body=_text("notice", {"address": settings.SITE_URL + "/"}),
            to=[to],
            headers={"Auto-Submitted": "auto-generated"},
        )


def erased(patient: Patient) -> EmailMessage | None:
    """Return a mail that says that the erasure is done, made while the address is still known.

    None without an address.
    """
    message = notice(patient)
    if message is not None:
        with translation.override(language_of(patient)):
            message.subject = _("We have done what you asked")
            message.body = _text("erased", {})
    return message


def send_now(message: EmailMessage) -> None:
    """Send a mail that cannot be written again later, because its patient is erased.

    The mail server gets `sending.LIMIT` seconds. Raises MailError.
    """
    message.connection = get_connection(timeout=sending.LIMIT)
    try:
        message.send()
    except (OSError, SMTPException) as error:
        log.warning("A mail was not sent: %s", type(error).__name__)
        raise _refused() from error


def _refused() -> MailError:
    return MailError(
        _("The e-mail was not sent: the mail server did not accept it. Please try again later.")
    )


# ------------------------------------------------------------ by the worker, or now


LINK, INVITATION, NOTICE = "link", "invitation", "notice"
NEW_WAY_IN, HOW_TO_LOG_IN = "new way in", "how to log in"


def send_link(version: Version) -> SendOutcome:
    """Mail the link that is on paper. Raises MailError, also when the mail server refuses it."""
    return _send(LINK, link(version), version.programme.patient.user, version=str(version.uuid))


def send_invitation(invited: PatientInvitation) -> SendOutcome:
    """Mail an invitation. Raises MailError, also when the mail server refuses it."""
    message = invitation(invited.patient, invited.mailed_token(), invited)
    return _send(INVITATION, message, invited.patient.user, invitation=invited.pk)


def send_notice(patient: Patient) -> bool:
    """Mail that something can be read. Returns False without an address; raises MailError."""
    message = notice(patient)
    if message is None:
        return False
    _send(NOTICE, message, patient.user, patient=str(patient.uuid))
    return True


def tell_of_invitation(patient: Patient, invited: PatientInvitation) -> None:
    """Tell a patient who already logs in that the practice made a new invitation."""
    if patient.user and patient.user.email and not invited.for_somebody_else:
        _tell(NEW_WAY_IN, patient, patient.user, patient.user.email)


def tell_how_to_log_in(patient: Patient, person: User, address: str) -> None:
    """Mail to the address that somebody chose how to log in: with the address, or with a code when
    another login has the address already."""
    _tell(HOW_TO_LOG_IN, patient, person, address)


def _tell(kind: str, patient: Patient, person: User, address: str) -> None:
    """Send after the commit. A failing mail server undoes nothing; the mail is tried again."""
    about = {"patient": str(patient.uuid)}
    letter = Letter(
        kind=kind, about=about, recipient=address, user=person, language=person.language
    )
    transaction.on_commit(lambda: sending.send(letter), robust=True)


def _send(kind: str, message: EmailMessage, user: User | None, **about) -> SendOutcome:
    letter = Letter(kind=kind, about=about, recipient=message.to[0], user=user)
    outcome = sending.send(letter, again=False)
    if outcome is SendOutcome.FAILED:
        raise _refused()
    return outcome


def _write_link(letter: Letter) -> EmailMessage | None:
    versions = Version.objects.select_related("programme__patient__practice")
    version = versions.filter(uuid=letter.about["version"]).first()
    return version and _or_none(lambda: link(version))


def _write_invitation(letter: Letter) -> EmailMessage | None:
    invited = PatientInvitation.objects.filter(pk=letter.about["invitation"]).first()
    if invited is None or not invited.is_open:
        return None
    return _or_none(lambda: invitation(invited.patient, invited.mailed_token(), invited))


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
        to=[letter.recipient],
    )


def _or_none(write: Callable[[], EmailMessage]) -> EmailMessage | None:
    """The mail; None when the address or the link has been removed since it was queued."""
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
