"""The therapist's pages to invite a patient, and to end the access of a parent or helper."""

from django.conf import settings
from django.contrib import messages
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from rugpijn import audit
from rugpijn.mailing.sending import SendOutcome
from rugpijn.web.numbers import number
from rugpijn.web.qr_code import qr_code

from ...admin_base import patient_page, refusals_as_messages, to_patient
from ...contact import mail
from ...models import PatientInvitation
from .. import invitations


@refusals_as_messages(to_patient)
def invite(request, patient):
    """Make an invitation and show its link, QR code and short code once; or mail it."""
    if request.method != "POST":
        return to_patient(request, patient)
    if "mail" in request.POST:
        return _mail_invitation(request, patient)
    invitation, token = invitations.invite(patient, request.POST.get("who", ""))
    audit.record(request, "invite", patient, thing=patient)
    mail.tell_of_invitation(patient, invitation)
    return _invitation_page(request, patient, invitation, token, invitation.new_code())


def end_proxy(request, patient):
    """A button of the patient's page: end the access of somebody who acts for the patient."""
    if request.method == "POST":
        proxies = patient.proxies.holding(timezone.localdate())
        proxy = proxies.filter(pk=number(request.POST.get("proxy"))).first()
        if proxy is None:
            messages.info(request, _("This access had already ended."))
        else:
            invitations.end_proxy(proxy, by=request.user)
            audit.record(request, "end proxy", patient, thing=proxy)
            messages.success(request, _("%s no longer has access.") % proxy.user.name)
    return to_patient(request, patient)


def _invitation_page(request, patient, invitation, token, code, **context):
    """The page with the link and the code. Only their hashes are stored, so the page's own form
    sends token and code back."""
    address = settings.SITE_URL + reverse("patients:patient_invitation", args=[token])
    with translation.override(patient.language):
        day = date_format(timezone.localtime(invitation.expires_at), "j F Y")
    return patient_page(
        request,
        patient,
        "invite",
        _("Invitation for %s") % patient.name,
        address=address,
        invitation=invitation,
        qr=qr_code(address),
        token=token,
        code=code,
        short_address=_typed(settings.SITE_URL + reverse("patients:invitation_code")),
        expires_at=invitation.expires_at,
        last_day=day,
        practice=patient.practice,
        **context,
    )


def _typed(address: str) -> str:
    """The address as people type it: browsers add the https:// themselves."""
    return address.partition("://")[2].rstrip("/")


def _mail_invitation(request, patient):
    """Mail the invitation that is on the screen; its code on paper keeps working."""
    token, code = request.POST.get("token", ""), request.POST.get("code", "")
    invitation = patient.invitations.filter(token_hash=PatientInvitation.digest(token)).first()
    if invitation is None or not invitation.is_open:
        messages.error(request, _("This invitation no longer works. Make a new one."))
        return to_patient(request, patient)
    mailed = None
    try:
        outcome = mail.send_invitation(invitation)
    except mail.MailError as error:
        messages.error(request, str(error))
    else:
        audit.record(request, "mail invitation", patient, thing=patient)
        mailed = patient.email
        texts = {
            SendOutcome.SENT: _("The invitation was mailed to %s."),
            SendOutcome.WAITS: _("The invitation is mailed to %s in the next few minutes."),
        }
        messages.success(request, texts[outcome] % mailed)
    return _invitation_page(request, patient, invitation, token, code, mailed=mailed)
