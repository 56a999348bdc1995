"""Accepting an invitation: the patient's first login.

There are three pages: the link or the short code with the date of birth, then the choice of a
passkey or a password, then today's exercises. Opening a page does not use up the invitation. The
token is in the address of the first page only.
"""

import time
from uuid import UUID

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
from rugpijn.login import allauth_private, devices, passkeys, second_step
from rugpijn.models import User
from rugpijn.views import BACKEND

from ... import writes
from ...access import note_who_acts
from ...contact import mail
from ...models import PatientInvitation
from .. import invitations
from ..forms import ClaimForm, FirstLoginForm, InvitationCodeForm, WhoForm

OPENED = "invitation"  # session key: the invitation whose date of birth was answered rightly
OPENED_FOR = 30 * 60  # seconds after that answer in which to choose how to log in


@login_not_required
@never_cache
@sensitive_post_parameters()
def patient_invitation(request, token):
    """The page of the link in a QR code or an e-mail. Five wrong dates of birth close it."""
    try:
        with transaction.atomic():
            # Locked, so that two answers at the same moment count as two tries.
            invitation = PatientInvitation.find(token, lock=request.method == "POST")
            if invitation is None or not _opens(invitation):
                return _closed(request)
            return _as_staff(request) or _who(request, invitation)
    except writes.RefusedError:  # discharged at this moment
        return _closed(request)


def _opens(invitation) -> bool:
    """Whether it can still be used: not after the patient was discharged."""
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
        form.add_error("birth_date", _("That doesn't match the practice's records."))
    context = {
        "form": form,
        "practice": invitation.patient.practice,
        "new": not logged_in,
        "other": invitation.for_somebody_else,
    }
    return render(request, "patients/patient_invitation.html", context)


def _is_birth_date(invitation, birth_date) -> bool:
    """Whether this is the patient's date of birth; a wrong answer is counted."""
    if birth_date == invitation.patient.birth_date:
        return True
    invitation.tries += 1
    invitation.save(update_fields=["tries"])
    return False


def _claim(request, invitation):
    """Add the programme to the account that is logged in."""
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
        "user": str(User().uuid),  # of the account to be made; a passkey is made for it
    }
    return redirect("patients:first_login")


# ------------------------------------------------------------ the short code


@login_not_required
@never_cache
@sensitive_post_parameters()
def invitation_code(request):
    """The page for a code from paper. Its errors do not tell whether a code exists."""
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
                    invitation = _by_code(form.cleaned_data)
                    if invitation is not None:
                        accept = _claim if request.user.is_authenticated else _opened
                        return accept(request, invitation)
            except writes.RefusedError:
                return _closed(request)
            form.add_error(
                None,
                _(
                    "This code and this date of birth do not match, or the code no longer works. "
                    "Please check both. Still not working? Call your practice for a new code."
                ),
            )
    return render(request, "patients/invitation_code.html", {"form": form})


def _by_code(answers) -> PatientInvitation | None:
    invitation = PatientInvitation.find_code(answers["code"])
    if invitation is None or not _opens(invitation):
        return None
    return invitation if _is_birth_date(invitation, answers["birth_date"]) else None


# ------------------------------------------------------------ how to log in


@login_not_required
@never_cache
@sensitive_post_parameters()
def first_login(request):
    """The page to choose a passkey or a password, after the date of birth was answered."""
    opened = request.session.get(OPENED)
    if request.user.is_authenticated:
        return redirect("patients:home")
    if opened is None or time.time() - opened["at"] > OPENED_FOR:
        messages.info(
            request, _("That took too long. Open the link again, or type your code here.")
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
    name = invitation.get_who_display() if other else patient.name
    person = User(uuid=uuid, name=name, language=patient.language)
    email = patient.email.lower()
    form = FirstLoginForm(
        request.POST if request.method == "POST" else None,
        about=User(name=patient.name, email=patient.email),
        initial={"email": email},
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
    # A new challenge each time the page is shown, also with an error.
    options = passkeys.options_to_make(User(uuid=uuid, name=name, email=email or None))
    context = {
        "form": form,
        "name": patient.name,
        "other": other,
        "practice": patient.practice,
        "options": options,
    }
    return render(request, "patients/first_login.html", context)


def _come_in(request, invitation, person, answers, credential):
    """Make the account, connect the record to it, and log in.

    If another login has the address already, this one gets a code instead. The page is the same
    in both cases: whoever types an address must not learn whether it has an account. The e-mail
    to that address says the code.
    """
    patient, address = invitation.patient, answers["email"]
    if address and not User.objects.filter(email=address).exists():
        person.email = address
    else:
        person.login_code = User.new_login_code()
    if credential is None:
        person.set_password(answers["password"])
    else:
        person.set_unusable_password()
    person.full_clean(exclude=["password"])
    person.save()
    if address:  # codes are mailed there, also when another login has the same mailbox
        EmailAddress.objects.create(user=person, email=address, primary=True)
    invitations.accept_invitation(invitation, user=person)
    request.user = person
    note_who_acts(request, patient)
    audit.record(request, "accept invitation", patient)
    login(request, person, backend=BACKEND)
    request.session.pop(OPENED, None)
    devices.wish(request, answers["own_device"])
    if credential is not None:
        key = passkeys.add(request, person, credential)
        passkeys.note_login(request, person, key)
    else:
        allauth_private.record_authentication(request, person, "password")
        if not address and second_step.is_asked(person):
            codes = second_step.new_list(person)
            audit.record(request, "print codes")
            return second_step.list_page(request, codes, login_code=person.login_code)
    messages.success(request, _("Welcome, %(name)s.") % {"name": person.name})
    if address:
        mail.tell_how_to_log_in(patient, person, address)
        messages.info(request, _("We have e-mailed you how to log in."))
    elif credential is None:
        messages.info(
            request,
            _("You log in with this code: %(code)s. Write it down.") % {"code": person.login_code},
        )
    return redirect("patients:home")
