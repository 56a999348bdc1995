"""Messages between a patient and the practice, as pages ask for them."""

from django.db.models import Exists, OuterRef, QuerySet

from .models import Message, Programme


def thread(programme: Programme) -> QuerySet[Message]:
    """Everything that was written, the oldest first."""
    return programme.messages.order_by("pk")


def new_answer(programme: Programme) -> Message | None:
    """What the practice wrote and the patient has not opened; the newest. One query."""
    return programme.messages.filter(by_patient=False, seen_at=None).order_by("-pk").first()


def unanswered(programmes) -> QuerySet[Message]:
    """What patients wrote after the practice last did, the oldest first. One query."""
    later = Message.objects.filter(
        programme=OuterRef("programme"), by_patient=False, pk__gt=OuterRef("pk")
    )
    return Message.objects.filter(~Exists(later), programme__in=programmes, by_patient=True)
