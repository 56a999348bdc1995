"""Who comes in for a patient: the patient, a parent or a helper, by a link or a code on paper."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rugpijn.backup import ended
from rugpijn.models import User

from .. import ages
from ..models import Patient, PatientInvitation, Proxy
from ..writes import RefusedError, hold


@transaction.atomic
def invite(patient: Patient, who: str = "") -> tuple[PatientInvitation, str]:
    """A new way in for a patient, or for whoever acts for one; links handed out before stop
    working. Without `who` it is for whom it usually is at this age."""
    patient.invitations.filter(accepted_at=None).delete()
    hold(patient)
    if patient.discharged_on is not None:
        raise RefusedError(_("%s is discharged. Take the treatment up again first.") % patient.name)
    allowed = ages.who_may_log_in(patient.birth_date, timezone.localdate())
    who = who or allowed[0]
    if who not in allowed:
        raise RefusedError(_not_at_this_age(who))
    return PatientInvitation.invite(patient=patient, who=who)


def _not_at_this_age(who: str) -> str:
    return {
        ages.PATIENT: _("Below 12 a parent logs in for the child. Invite a parent."),
        ages.PARENT: _("From 16 on a parent has no access. Invite the patient."),
        ages.HELPER: _("Below 16 a parent helps. Invite the patient or a parent."),
    }.get(who, _("Choose from the list who will log in."))


@transaction.atomic
def accept_invitation(invitation: PatientInvitation, *, user: User) -> Patient:
    """Tie the patient to a login. The link works no second time, and not after a discharge."""
    hold(invitation.patient)
    if invitation.patient.discharged_on is not None:
        raise RefusedError(_("This invitation no longer works"))
    invitation.accepted_at = timezone.now()
    patient, today = invitation.patient, timezone.localdate()
    if invitation.who not in ages.who_may_log_in(patient.birth_date, today):
        raise RefusedError(_("This invitation no longer works"))
    invitation.save(update_fields=["accepted_at"])
    if invitation.for_somebody_else:
        given = {"relation": invitation.who, "from_on": today, "until_on": None, "ended_by": None}
        proxy, _made = Proxy.objects.update_or_create(user=user, patient=patient, defaults=given)
        ended.note("helper", proxy)
        return patient
    patient.user = user
    patient.save(update_fields=["user"])
    ended.note("login", patient)
    return patient


def end_proxy(proxy: Proxy, *, by: User) -> None:
    """Somebody acts for this patient no more, from the next page on."""
    proxy.until_on, proxy.ended_by = timezone.localdate(), by
    proxy.save(update_fields=["until_on", "ended_by"])
    ended.note("helper", proxy)
