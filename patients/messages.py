"""Messages between a patient and the practice, as pages ask for them."""

from django.db.models import Exists, OuterRef, QuerySet

from .models import Message, Programme


def thread(programme: Programme) -> QuerySet[Message]:
    """Everything that was written, the oldest first."""
    return programme.messages.order_by("pk")


def unread_answers() -> QuerySet[Message]:
    """For a subquery: what the practice wrote and the patient has not opened, the newest first."""
    unread = Message.objects.filter(programme=OuterRef("pk"), by_patient=False, seen_at=None)
    return unread.order_by("-pk")


def unanswered(programmes) -> QuerySet[Message]:
    """What patients wrote after the practice last did, the oldest first. One query."""
    later = Message.objects.filter(
        programme=OuterRef("programme"), by_patient=False, pk__gt=OuterRef("pk")
    )
    return Message.objects.filter(~Exists(later), programme__in=programmes, by_patient=True)
