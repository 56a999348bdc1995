"""Short notes between a patient and the practice, about one programme."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rugpijn.models import User

from ..access import OfPatientQuerySet
from .of_patient import OfPatient
from .patient import Patient
from .programme import Programme


class MessageQuerySet(OfPatientQuerySet):
    def unread_answers(self):
        """For a subquery about a programme: what the practice wrote and the patient has not
        opened, the newest first."""
        unread = self.filter(programme=OuterRef("pk"), by_patient=False, seen_at=None)
        return unread.order_by("-pk")

    def unanswered(self, programmes):
        """What patients wrote after the practice last did, the oldest first. One query."""
        later = Message.objects.filter(
            programme=OuterRef("programme"), by_patient=False, pk__gt=OuterRef("pk")
        )
        return self.filter(~Exists(later), programme__in=programmes, by_patient=True)


class Message(OfPatient):
    """One note, written once and never changed.

    Whether the practice looked at what a patient wrote stands on the worklist, as with every other
    reason there; `seen_at` says when the patient opened what the practice wrote.
    """

    is_new = False  # writes.py says so of the row that it wrote
    LENGTH = 500

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="messages")
    patient = models.ForeignKey(Patient, models.CASCADE, related_name="messages")
    operation = models.UUIDField(_("operation"))  # counts once, as that of a session does
    text = models.CharField(_("message"), max_length=LENGTH)
    written_at = models.DateTimeField(default=timezone.now)
    by_patient = models.BooleanField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=120)
    seen_at = models.DateTimeField(null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "operation"], name="message_counts_once_per_patient"
            )
        ]
        indexes = [
            models.Index(
                fields=["programme"],
                condition=Q(by_patient=False, seen_at=None),
                name="answer_to_be_read",
            )
        ]
