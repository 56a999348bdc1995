"""A patient's first way in: the invitation, who are you, and how do you want to log in.

Three pages: the link (or the short code) with the date of birth, then a passkey or a password, then
Today. Looking uses nothing up; what was shown stays out of the address after the first page.
"""

import time
from uuid import UUID

from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from rugpijn import audit
from rugpijn.login import devices, passkeys, second_step
from rugpijn.models import User
from rugpijn.views import BACKEND

from ... import writes
from ...access import note_who_acts
from ...contact import mail
from ...models import PatientInvitation
from .. import invitations
from ..forms import ClaimForm, FirstLoginForm, InvitationCodeForm, WhoForm

OPENED = "invitation"  # in the session: who gave the right date of birth, and for which invitation
OPENED_FOR = 30 * 60  # seconds to choose how to log in


@login_not_required
@never_cache
@sensitive_post_parameters()
def patient_invitation(request, token):
    """The link, from the QR code or a mail. Five wrong birth dates close it."""
    try:
        with transaction.atomic():
            # Locked, so that two answers at the same moment are two tries.
            invitation = PatientInvitation.find(token, lock=request.method == "POST")
            if invitation is None or not _opens(invitation):
                return _closed(request)
            return _as_staff(request) or _who(request, invitation)
    except writes.RefusedError:  # discharged at this moment
        return _closed(request)


def _opens(invitation) -> bool:
    """Nobody comes in anew whose treatment is over."""
    return invitation.is_open and invitation.patient.discharged_on is None


def _closed(request):
    return render(request, "invitation_closed.html", status=410)


def _as_staff(request):
    if request.user.is_authenticated and request.user.is_staff:
        messages.error(
            request,
            _("You are logged in as staff. Log out first, or open the link on another device."),
        )
        return redirect("admin:index")
    return None


def _who(request, invitation):
    logged_in = request.user.is_authenticated
    sent = request.POST if request.method == "POST" else None
    form = ClaimForm(sent) if logged_in else WhoForm(sent)
    if invitation.for_somebody_else:
        form.fields["birth_date"].label = _("Date of birth of the patient")
    if form.is_valid():
        if _is_birth_date(invitation, form.cleaned_data["birth_date"]):
            return _claim(request, invitation) if logged_in else _opened(request, invitation)
        if not invitation.is_open:
            return _closed(request)
        form.add_error("birth_date", _("This is not the date that the practice has."))
    context = {
        "form": form,
        "practice": invitation.patient.practice,
        "new": not logged_in,
        "other": invitation.for_somebody_else,
    }
    return render(request, "patients/patient_invitation.html", context)


def _is_birth_date(invitation, birth_date) -> bool:
    """Whether it is right; a wrong one is counted."""
    if birth_date == invitation.patient.birth_date:
        return True
    invitation.tries += 1
    invitation.save(update_fields=["tries"])
    return False


def _claim(request, invitation):
    """Somebody who logs in already gets this programme beside the own."""
    patient = invitations.accept_invitation(invitation, user=request.user)
    note_who_acts(request, patient)
    audit.record(request, "accept invitation", patient)
    messages.success(request, _("Welcome, %(name)s.") % {"name": patient.name})
    return redirect("patients:home")


def _opened(request, invitation):
    request.session[OPENED] = {
        "pk": invitation.pk,
        "hash": invitation.token_hash,
        "at": time.time(),
        "user": str(User().uuid),  # a passkey names its owner before there is an account
    }
    return redirect("patients:first_login")


# ------------------------------------------------------------ the short code


@login_not_required
@never_cache
@sensitive_post_parameters()
def invitation_code(request):
    """The same with a code typed from paper. Whether a code exists is not told."""
    staff = _as_staff(request)
    if staff is not None:
        return staff
    form = InvitationCodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if not ratelimit.consume(request, action="invitation"):
            form.add_error(None, _("This went too fast. Wait a minute, then try again."))
        else:
            try:
                with transaction.atomic():
                    found = _by_code(form.cleaned_data)
                    if found is not None:
                        logged_in = request.user.is_authenticated
                        return _claim(request, found) if logged_in else _opened(request, found)
            except writes.RefusedError:
                return _closed(request)
            form.add_error(
                None,
                _(
                    "This code and this date of birth do not belong together, or the code no "
                    "longer works. Look at both once more. Does it still not work? Call your "
                    "practice. They give you a new code."
                ),
            )
    return render(request, "patients/invitation_code.html", {"form": form})


def _by_code(typed) -> PatientInvitation | None:
    invitation = PatientInvitation.find_code(typed["code"])
    if invitation is None or not _opens(invitation):
        return None
    return invitation if _is_birth_date(invitation, typed["birth_date"]) else None


# ------------------------------------------------------------ how to log in


@login_not_required
@never_cache
@sensitive_post_parameters()
def first_login(request):
    """A passkey with one touch, or a password."""
    opened = request.session.get(OPENED)
    if request.user.is_authenticated:
        return redirect("patients:home")
    if opened is None or time.time() - opened["at"] > OPENED_FOR:
        messages.info(
            request, _("That took too long. Open the link once more, or type your code here.")
        )
        return redirect("patients:invitation_code")
    try:
        with transaction.atomic():
            rows = PatientInvitation.objects.select_related("patient__practice")
            if request.method == "POST":
                rows = rows.select_for_update(of=("self",))
            invitation = rows.filter(pk=opened["pk"], token_hash=opened["hash"]).first()
            if invitation is None or not _opens(invitation):
                return _closed(request)
            return _choose(request, invitation, UUID(opened["user"]))
    except writes.RefusedError:  # discharged at this moment; a login just made is gone with it
        return _closed(request)


def _choose(request, invitation, uuid: UUID):
    patient = invitation.patient
    other = invitation.for_somebody_else
    called = invitation.get_who_display() if other else patient.name
    person = User(uuid=uuid, name=called, language=patient.language)
    known = patient.email.lower()
    form = FirstLoginForm(
        request.POST if request.method == "POST" else None,
        about=User(name=patient.name, email=patient.email),
        initial={"email": known},
        ask_name=other,
    )
    if form.is_valid():
        credential = None
        if form.cleaned_data["credential"]:
            try:
                credential = passkeys.check_new(form.cleaned_data["credential"])
            except ValidationError as error:
                form.add_error(None, error)
        if form.is_valid():
            person.name = form.cleaned_data.get("name", person.name)
            return _come_in(request, invitation, person, form.cleaned_data, credential)
    # A challenge for each page, also for one that comes back with an error.
    options = passkeys.options_to_make(User(uuid=uuid, name=called, email=known or None))
    context = {
        "form": form,
        "name": patient.name,
        "other": other,
        "practice": patient.practice,
        "options": options,
    }
    return render(request, "patients/first_login.html", context)


def _come_in(request, invitation, person, chosen, credential):
    """Make the account, tie the record to it, and log in.

    An address that another login has gives one with a code, and the answer is the same: who types
    an address here must not learn whether it has an account. The mail to it says the code.
    """
    patient, address = invitation.patient, chosen["email"]
    if address and not User.objects.filter(email=address).exists():
        person.email = address
    else:
        person.login_code = User.new_login_code()
    if credential is None:
        person.set_password(chosen["password"])
    else:
        person.set_unusable_password()
    person.full_clean(exclude=["password"])
    person.save()
    if address:  # codes go there, also when another login has the same mailbox
        EmailAddress.objects.create(user=person, email=address, primary=True)
    invitations.accept_invitation(invitation, user=person)
    request.user = person
    note_who_acts(request, patient)
    audit.record(request, "accept invitation", patient)
    login(request, person, backend=BACKEND)
    request.session.pop(OPENED, None)
    devices.wish(request, chosen["own_device"])
    if credential is not None:
        key = passkeys.add(request, person, credential)
        passkeys.did_log_in(request, person, key)
    else:
        record_authentication(request, person, "password")
        if not address and second_step.is_asked(person):
            codes = second_step.new_list(person)
            audit.record(request, "print codes")
            return second_step.list_page(request, codes, login_code=person.login_code)
    messages.success(request, _("Welcome, %(name)s.") % {"name": person.name})
    if address:
        mail.tell_how_to_log_in(patient, person, address)
        messages.info(request, _("We have mailed to you how you log in."))
    elif credential is None:
        messages.info(
            request,
            _("You log in with this code: %(code)s. Write it down.") % {"code": person.login_code},
        )
    return redirect("patients:home")
