"""Who opened which record, when: the access log that NEN 7513 asks for.

Rows have no foreign keys and name patients only by an opaque id, so that a
patient can be erased without touching the log. They are added, never changed.
"""

import logging
import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .addresses import client_address

logger = logging.getLogger(__name__)

# What each act is called where an owner reads the log.
ACTS = {
    "accept invitation": _("invitation accepted"),
    "add authenticator app": _("authenticator app added"),
    "add passkey": _("passkey added"),
    "add": _("added"),
    "admin": _("refused at the door"),
    "answer": _("message answered"),
    "break glass": _("record opened by the server operator: begin"),
    "change": _("changed"),
    "choose reminders": _("times and reminders chosen"),
    "choose risk profile": _("risk profile chosen"),
    "close glass": _("record opened by the server operator: end"),
    "copy": _("copied"),
    "create": _("created"),
    "delete": _("deleted"),
    "discharge": _("treatment ended"),
    "download own data": _("own data downloaded"),
    "end": _("programme ended"),
    "end login": _("logged out from a distance"),
    "export": _("library exported"),
    "forbidden": _("page refused"),
    "import": _("library imported"),
    "invite": _("invited"),
    "issue": _("version given"),
    "list": _("shown in a list"),
    "log": _("ticked off"),
    "mail invitation": _("invitation mailed"),
    "mail link": _("link mailed"),
    "note STarT Back score": _("STarT Back score, written down"),
    "note main activities": _("main activities, written down"),
    "note recovery": _("how it goes, written down"),
    "open": _("opened"),
    "pause": _("programme paused"),
    "print": _("printed"),
    "put back": _("put back on the worklist"),
    "print codes": _("one-time list printed"),
    "rate quality": _("quality of exercises, judged"),
    "read": _("read"),
    "read course": _("how it goes, read"),
    "read days": _("what was done, read"),
    "read film": _("film seen"),
    "read messages": _("messages read"),
    "read own data": _("own data read"),
    "read progress": _("own progress read"),
    "read reminders": _("times and reminders read"),
    "read versions": _("versions read"),
    "remove authenticator app": _("authenticator app removed"),
    "remove passkey": _("passkey removed"),
    "renew": _("programme prolonged"),
    "renew calendar": _("link of the calendar made"),
    "reopen": _("programme opened again"),
    "reset second factor": _("second step of a colleague taken away"),
    "resume": _("pause ended"),
    "review": _("reviewed"),
    "revoke calendar": _("link of the calendar revoked"),
    "revoke link": _("link on paper revoked"),
    "save as protocol": _("saved as a protocol"),
    "second factor": _("second step was missing"),
    "second step": _("second step of the login done"),
    "seen": _("marked as seen"),
    "send message": _("message written"),
    "set our dosage": _("dosage of the practice set"),
    "share": _("link shared"),
    "start": _("programme started"),
    "stop reminders": _("reminders stopped"),
    "take over": _("taken over"),
    "take up again": _("treatment taken up again"),
    "trust device": _("device trusted"),
    "turn second step off": _("second step for patients switched off"),
    "turn second step on": _("second step for patients switched on"),
    "upload": _("file uploaded"),
    "withdraw invitation": _("invitation withdrawn"),
}
ROLES = {
    "superuser": _("runs the server"),
    "owner": _("practice owner"),
    "therapist": _("therapist"),
    "patient": _("patient"),
    "anonymous": _("not logged in"),
}


class AccessEvent(models.Model):
    """One act, allowed or refused, without any content of the record itself."""

    class Outcome(models.TextChoices):
        ALLOWED = "allowed", _("allowed")
        DENIED = "denied", _("denied")

    at = models.DateTimeField(_("when"), default=timezone.now)
    action = models.CharField(_("what"), max_length=40)
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=Outcome.choices, default=Outcome.ALLOWED
    )
    actor = models.UUIDField(_("who"), null=True)
    actor_name = models.CharField(_("name"), max_length=120, blank=True)  # staff only, at the time
    actor_role = models.CharField(_("role"), max_length=30)
    practice = models.UUIDField(_("practice"), null=True)
    patient = models.UUIDField(_("patient"), null=True)
    object_type = models.CharField(_("kind"), max_length=40, blank=True)
    object_id = models.CharField(_("id"), max_length=40, blank=True)
    address = models.GenericIPAddressField(_("address"), null=True)

    class Meta:
        verbose_name = _("access event")
        verbose_name_plural = _("access log")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["patient", "-at"], name="access_by_patient"),
            models.Index(fields=["practice", "-at"], name="access_by_practice"),
        ]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"


def record(
    request, action: str, *patients, thing=None, outcome=AccessEvent.Outcome.ALLOWED
) -> None:
    """Write one row for each patient that an act touched or showed.

    The row belongs to the patient's practice, whoever acted: its owner answers
    for it, and a stranger's own practice must not learn of it. `thing`
    is the object acted on. Call it inside the act's own transaction, so that
    neither stands without the other.
    """
    user = request.user
    common = {
        "action": action,
        "outcome": outcome,
        "actor": user.uuid if user.is_authenticated else None,
        "actor_name": user.name if user.is_authenticated and user.is_staff else "",
        "actor_role": user.role if user.is_authenticated else "anonymous",
        "object_type": thing._meta.model_name if thing is not None else "",
        "object_id": str(getattr(thing, "uuid", None) or getattr(thing, "pk", None) or ""),
        "address": client_address(request),
    }
    AccessEvent.objects.bulk_create(
        AccessEvent(
            patient=patient.uuid if patient is not None else None,
            practice=_practice_of(patient, user),
            **common,
        )
        for patient in patients or (None,)
    )


def _practice_of(patient, user) -> uuid.UUID | None:
    """The patient's practice; the actor's for an act without a patient."""
    own = getattr(user, "practice", None)
    if patient is None:
        return own.uuid if own is not None else None
    if own is not None and own.pk == patient.practice_id:
        return own.uuid  # the usual case, without a query for each row of a list
    return patient.practice.uuid


def deny(request, action: str, *patients, thing=None) -> None:
    """Write a refusal. A stranger without an account goes to the technical log only."""
    if request.user.is_authenticated:
        record(request, action, *patients, thing=thing, outcome=AccessEvent.Outcome.DENIED)
    else:
        logger.info("refused to someone who is not logged in: %s", action)
