"""Invitations to log in for a patient: as the patient, a parent or a helper."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rugpijn.backup import revocations
from rugpijn.models import User

from .. import ages
from ..models import Patient, PatientInvitation, Proxy
from ..writes import RefusedError, hold


@transaction.atomic
def invite(patient: Patient, who: str = "") -> tuple[PatientInvitation, str]:
    """Return a new invitation and the token of its link. Earlier open invitations are deleted.

    `who` is a `PatientInvitation.Who`; without it, who usually logs in at this age. Raises
    RefusedError after a discharge, or when `who` may not log in at this age.
    """
    patient.invitations.filter(accepted_at=None).delete()
    hold(patient)
    if patient.discharged_on is not None:
        raise RefusedError(_("%s is discharged. Reopen the treatment first.") % patient.name)
    allowed = ages.who_may_log_in(patient.birth_date, timezone.localdate())
    who = who or allowed[0]
    if who not in allowed:
        raise RefusedError(_not_at_this_age(who))
    return PatientInvitation.invite(patient=patient, who=who)


def _not_at_this_age(who: str) -> str:
    return {
        ages.PATIENT: _("Below the age of 12 a parent logs in for the child. Invite a parent."),
        ages.PARENT: _("From the age of 16 a parent has no access. Invite the patient."),
        ages.HELPER: _("Below the age of 16 a parent helps. Invite the patient or a parent."),
    }.get(who, _("Choose from the list who will log in."))


@transaction.atomic
def accept_invitation(invitation: PatientInvitation, *, user: User) -> Patient:
    """Connect the patient to a login, or give the login access as a parent or helper.

    The invitation cannot be used again. Raises RefusedError after a discharge, or when whoever it
    is for may not log in at this age any more.
    """
    patient, today = invitation.patient, timezone.localdate()
    hold(patient)
    allowed = ages.who_may_log_in(patient.birth_date, today)
    if patient.discharged_on is not None or invitation.who not in allowed:
        raise RefusedError(_("This invitation no longer works"))
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    if invitation.for_somebody_else:
        access = {"relation": invitation.who, "from_on": today, "until_on": None, "ended_by": None}
        proxy, _made = Proxy.objects.update_or_create(user=user, patient=patient, defaults=access)
        revocations.note("helper", proxy)
        return patient
    patient.user = user
    patient.save(update_fields=["user"])
    revocations.note("login", patient)
    return patient


def end_proxy(proxy: Proxy, *, by: User) -> None:
    """End the access of somebody who acts for a patient, from their next page on."""
    proxy.until_on, proxy.ended_by = timezone.localdate(), by
    proxy.save(update_fields=["until_on", "ended_by"])
    revocations.note("helper", proxy)
