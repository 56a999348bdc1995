"""Messages between a patient and the practice about one programme."""

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
        """For a subquery about a programme: the practice's messages that the patient has not
        opened, the newest first."""
        unread = self.filter(programme=OuterRef("pk"), by_patient=False, seen_at=None)
        return unread.order_by("-pk")

    def unanswered(self, programmes):
        """Return patients' messages after the last one of the practice, the oldest first."""
        later = Message.objects.filter(
            programme=OuterRef("programme"), by_patient=False, pk__gt=OuterRef("pk")
        )
        return self.filter(~Exists(later), programme__in=programmes, by_patient=True)


class Message(OfPatient):
    """One message. It is never changed.

    `seen_at` is when the patient opened a message of the practice. Whether the practice has seen a
    patient's message is a `SeenMark`, as with every other reason on the worklist.
    """

    is_new = False  # write_once() sets it on a row that it stored
    LENGTH = 500

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="messages")
    patient = models.ForeignKey(Patient, models.CASCADE, related_name="messages")
    operation = models.UUIDField(_("operation"))  # stored once, as that of a session is
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
