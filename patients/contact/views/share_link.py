"""The therapist's pages about the link behind the QR code."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from rugpijn import audit
from rugpijn.mailing.sending import SendOutcome
from rugpijn.web.qr_code import qr_code

from ...admin_base import programme_page
from ...paper import handout
from ...prescribing import authoring
from .. import mail


def share(request, programme):
    """Show the link behind the QR code and the mail with it; a POST revokes the link."""
    version = programme.current_version()
    if version is None:
        messages.info(request, _("There is a link once the programme has started."))
        return redirect("admin:patients_programme_change", programme.pk)
    if request.method == "POST":
        authoring.revoke_share(programme.share_link)
        audit.record(request, "revoke link", programme.patient, thing=programme)
        messages.success(
            request,
            _("QR codes printed before now no longer work. Print the programme again."),
        )
        return redirect("admin:patients_programme_share", programme.pk)
    address = handout.share_url(version)
    try:
        message, no_mail = mail.link(version), ""
    except mail.MailError as error:
        message, no_mail = None, str(error)
    return programme_page(
        request,
        programme,
        "share",
        _("Link without a name"),
        act="share",
        address=address,
        qr=qr_code(address),
        valid_until=programme.share_link.valid_until,
        message=message,
        no_mail=no_mail,
    )


def mail_link(request, programme):
    """Mail the link to the patient: a button of the page above."""
    back = redirect("admin:patients_programme_share", programme.pk)
    version = programme.current_version()
    if request.method != "POST" or version is None:
        return back
    try:
        outcome = mail.send_link(version)
    except mail.MailError as error:
        messages.error(request, str(error))
        return back
    audit.record(request, "mail link", programme.patient, thing=version)
    texts = {
        SendOutcome.SENT: _("The link was mailed to %s."),
        SendOutcome.WAITS: _("The link is mailed to %s in the next few minutes."),
    }
    messages.success(request, texts[outcome] % programme.patient.email)
    return back
