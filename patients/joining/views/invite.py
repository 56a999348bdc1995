"""A way in for a patient, made by the therapist; and the end of somebody else's."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from rugpijn import audit
from rugpijn.mailing.sending import SendOutcome
from rugpijn.qr_code import qr_code
from rugpijn.web.numbers import number

from ... import writes
from ...admin_base import patient_page
from ...contact import mail
from ...models import PatientInvitation
from .. import invitations


def invite(request, patient):
    """A way in for a patient: a link, its QR code and a short code, shown once; by mail too."""
    if request.method != "POST":
        return redirect("admin:patients_patient_change", patient.pk)
    if "mail" in request.POST:
        return _mail_invitation(request, patient)
    try:
        invitation, token = invitations.invite(patient, request.POST.get("who", ""))
    except writes.RefusedError as error:
        messages.error(request, str(error))
        return redirect("admin:patients_patient_change", patient.pk)
    audit.record(request, "invite", patient, thing=patient)
    mail.tell_of_invitation(patient, invitation)
    return _invitation_page(request, patient, invitation, token, invitation.new_code())


def end_proxy(request, patient):
    """Whoever acted for this patient does so no more: a button of the patient's page."""
    if request.method == "POST":
        proxies = patient.proxies.holding(timezone.localdate())
        proxy = proxies.filter(pk=number(request.POST.get("proxy"))).first()
        if proxy is None:
            messages.info(request, _("This access had ended already."))
        else:
            invitations.end_proxy(proxy, by=request.user)
            audit.record(request, "end proxy", patient, thing=proxy)
            messages.success(request, _("%s has no access any more.") % proxy.user.name)
    return redirect("admin:patients_patient_change", patient.pk)


def _invitation_page(request, patient, invitation, token, code, **context):
    """What is shown is known to nobody else: the page itself carries it to its own buttons."""
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
        short_address=_spoken(settings.SITE_URL + reverse("patients:invitation_code")),
        expires_at=invitation.expires_at,
        last_day=day,
        practice=patient.practice,
        **context,
    )


def _spoken(address: str) -> str:
    """An address as people type it: without the https:// that every browser adds."""
    return address.partition("://")[2].rstrip("/")


def _mail_invitation(request, patient):
    """Mail the invitation that is on the screen: the paper beside it goes on working."""
    token, code = request.POST.get("token", ""), request.POST.get("code", "")
    invitation = patient.invitations.filter(token_hash=PatientInvitation.digest(token)).first()
    if invitation is None or not invitation.is_open:
        messages.error(request, _("This invitation no longer works. Make a new one."))
        return redirect("admin:patients_patient_change", patient.pk)
    mailed = None
    try:
        outcome = mail.send_invitation(invitation)
    except mail.MailError as error:
        messages.error(request, str(error))
    else:
        audit.record(request, "mail invitation", patient, thing=patient)
        mailed = patient.email
        said = {
            SendOutcome.SENT: _("The invitation was mailed to %s."),
            SendOutcome.WAITS: _("The invitation is mailed to %s in the next few minutes."),
        }
        messages.success(request, said[outcome] % mailed)
    return _invitation_page(request, patient, invitation, token, code, mailed=mailed)
