"""The tables of the access log: its rows, the end of each chain, and the months that were purged.

Rows have no foreign keys and name patients by an opaque id only, so that a patient can be erased
without changing the log. Rows are added and never changed; guard.py makes the database refuse a
change.
"""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AccessEvent(models.Model):
    """One act, allowed or refused, without any content of the record itself.

    The fields are those of NEN 7513. A field that cannot be known is None.
    """

    class Outcome(models.TextChoices):
        ALLOWED = "allowed", _("allowed")
        DENIED = "denied", _("denied")

    class Code(models.TextChoices):
        CREATE = "C", _("made")
        READ = "R", _("read")
        UPDATE = "U", _("changed")
        DELETE = "D", _("removed")
        EXECUTE = "E", _("done")

    class Purpose(models.TextChoices):
        CARE = "care", _("treatment")
        OWN = "own", _("one's own record")
        ADMINISTRATION = "administration", _("running the practice")
        SUPPORT = "support", _("running the server")
        LOGIN = "login", _("logging in")

    # What happened, and whether it was allowed.
    event = models.UUIDField(default=uuid.uuid4)
    at = models.DateTimeField(_("when"), default=timezone.now)
    action = models.CharField(_("what"), max_length=40)
    code = models.CharField(max_length=1, choices=Code)
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=Outcome.choices, default=Outcome.ALLOWED
    )
    authorised = models.BooleanField(null=True)
    treatment = models.BooleanField(null=True)  # whoever acted treats this patient
    consent = models.BooleanField(null=True)  # care needs none (AVG 9.2.h), so nobody was asked
    glass = models.BooleanField(null=True)  # broken: opened for an emergency

    # Who, from where, and why.
    actor = models.UUIDField(_("who"), null=True)
    actor_name = models.CharField(_("name"), max_length=120, blank=True)  # staff only, at the time
    actor_role = models.CharField(_("role"), max_length=30)
    on_behalf = models.UUIDField(null=True)
    address = models.GenericIPAddressField(_("address"), null=True)
    device = models.CharField(_("device"), max_length=80, blank=True)
    purpose = models.CharField(_("why"), max_length=20, choices=Purpose, blank=True)

    # About whom, and what of it.
    practice = models.UUIDField(_("practice"), null=True)
    patient = models.UUIDField(_("patient"), null=True)
    object_type = models.CharField(_("kind"), max_length=40, blank=True)
    object_id = models.CharField(_("id"), max_length=40, blank=True)
    object_version = models.PositiveIntegerField(null=True)
    object_part = models.CharField(max_length=40, blank=True)
    query = models.CharField(max_length=64, blank=True)  # a digest of what was searched for

    # Through what.
    source = models.CharField(max_length=80, blank=True)
    request = models.CharField(max_length=32, blank=True)  # the technical log names the same

    # Its place in the chain; see chain.py.
    chain = models.UUIDField()
    number = models.PositiveBigIntegerField()
    form = models.PositiveSmallIntegerField(default=1)  # which fields the hash was made of
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("access event")
        verbose_name_plural = _("access log")
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["chain", "number"], name="access_event_once_in_chain")
        ]
        # Each way to search ends in the order of the chain, so that a page of a long log is read
        # from an index and nothing is sorted.
        indexes = [
            models.Index(fields=["patient", "number"], name="access_by_patient"),
            models.Index(fields=["chain", "actor", "number"], name="access_by_actor"),
            models.Index(fields=["chain", "action", "number"], name="access_by_action"),
            models.Index(
                fields=["chain", "number"],
                condition=Q(outcome="denied"),
                name="access_denied",
            ),
            models.Index(fields=["chain", "at"], name="access_by_moment"),
        ]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"


class LogHead(models.Model):
    """The last row of a chain. It is locked while a row is added, so that two rows never have the
    same predecessor."""

    chain = models.UUIDField(primary_key=True)
    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64)


class LogSegment(models.Model):
    """Rows that were removed after their term. The chain continues from their last hash."""

    chain = models.UUIDField()
    first = models.PositiveBigIntegerField()
    last = models.PositiveBigIntegerField()
    last_hash = models.CharField(max_length=64)
    until = models.DateField()  # every row of it is from before this day
    purged_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["chain", "last"]
        constraints = [
            models.UniqueConstraint(fields=["chain", "last"], name="log_segment_ends_once")
        ]
