"""The link behind the QR code on paper, and the secret in it."""

import base64
import binascii
import hashlib
import hmac
import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from .of_patient import OfProgramme
from .programme import Programme


class ShareLink(OfProgramme):
    """The address behind the QR code on paper, which shows the exercises without a name."""

    VALID_AFTER_END = timedelta(days=30)
    VALID_AT_MOST = timedelta(days=365)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    programme = models.OneToOneField(Programme, models.CASCADE, related_name="share_link")
    counter = models.PositiveIntegerField(default=0)  # raising it revokes all earlier tokens
    valid_from = models.DateField(default=timezone.localdate)

    @property
    def token(self) -> str:
        return share_token(self.uuid, self.counter)

    def accepts(self, signature: bytes) -> bool:
        return signature_matches(self.uuid, self.counter, signature)

    def ever_accepted(self, signature: bytes) -> bool:
        """Whether this was once a valid signature, also if it has been revoked."""
        return any(
            signature_matches(self.uuid, counter, signature) for counter in range(self.counter + 1)
        )

    @property
    def valid_until(self):
        """The last day: 30 days after the end of the programme, but a year at most."""
        latest = self.valid_from + self.VALID_AT_MOST
        ended = self.programme.ended_on
        return min(latest, ended + self.VALID_AFTER_END) if ended is not None else latest


def share_token(link_uuid: uuid.UUID, counter: int) -> str:
    """Return the secret of a QR code: the link's uuid and a signature, in 43 characters.

    It is computed each time and never stored. Raising the link's counter revokes earlier tokens.
    """
    return (
        base64.urlsafe_b64encode(link_uuid.bytes + _signature(link_uuid, counter))
        .decode()
        .rstrip("=")
    )


def read_share_token(token: str) -> tuple[uuid.UUID, bytes] | None:
    """Return the link's uuid and the signature in a token; None when it is malformed."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (ValueError, binascii.Error):
        return None
    # A token has one spelling; the decoder ignores stray characters.
    if len(raw) != 32 or base64.urlsafe_b64encode(raw).decode().rstrip("=") != token:
        return None
    return uuid.UUID(bytes=raw[:16]), raw[16:]


def signature_matches(link_uuid: uuid.UUID, counter: int, signature: bytes) -> bool:
    return hmac.compare_digest(_signature(link_uuid, counter), signature)


def _signature(link_uuid: uuid.UUID, counter: int) -> bytes:
    message = b"share:%s:%d" % (link_uuid.bytes, counter)
    return hmac.new(settings.SHARE_KEY.encode(), message, hashlib.sha256).digest()[:16]
