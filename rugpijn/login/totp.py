"""The codes of an authenticator app (RFC 6238): made, shown as a QR code, and checked.

`passkeys.PasskeyAdapter` encrypts the secret. allauth's own check remembers a used code for thirty
seconds, while a code is valid for ninety. Here the number of the half minute of the last code is
stored with the secret, so that neither this code nor an earlier one works again.
"""

import base64
import secrets
import time
from dataclasses import dataclass

from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt, encrypt
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from ..backup import revocations
from ..models import User
from ..web.qr_code import qr_code

PENDING = "totp_pending"  # in the session, encrypted, until a code confirms it
TYPE = Authenticator.Type.TOTP
STEP = 30  # seconds that a code is shown
DIGITS = 6


@dataclass(frozen=True)
class Setup:
    """A secret that somebody copies into an app, as a QR code or as letters."""

    secret: str
    address: str

    @property
    def letters(self) -> str:
        """In groups of four, to be typed."""
        return " ".join(self.secret[at : at + 4] for at in range(0, len(self.secret), 4))

    @property
    def picture(self) -> str:
        """The QR code, with the border of four squares that cameras expect."""
        return qr_code(self.address, border=4)


def of(user: User) -> Authenticator | None:
    return Authenticator.objects.filter(user=user, type=TYPE).first()


def new_secret() -> str:
    """A random secret of 160 bits, as RFC 4226 recommends, in base 32."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def add(user: User, secret: str, **more) -> Authenticator:
    """Give somebody an app with this secret, which is stored encrypted; `more` stands beside it."""
    data = {"secret": encrypt(secret), **more}
    return Authenticator.objects.create(user=user, type=TYPE, data=data)


def setup(request) -> Setup:
    """The secret that waits to be confirmed: the same one when the page is shown again."""
    pending = request.session.get(PENDING)
    secret = decrypt(pending) if pending else new_secret()
    if not pending:
        request.session[PENDING] = encrypt(secret)
    return Setup(secret, get_adapter().build_totp_url(request.user, secret))


def confirm(request, code: str) -> bool:
    """Store the secret when a code shows that the app has it. It replaces an older one."""
    secret = setup(request).secret
    step = _step(secret, code)
    if step is None:
        return False
    before = of(request.user)
    if before is not None:
        revocations.note("second step", before)
        before.delete()
    add(request.user, secret, last_step=step)
    del request.session[PENDING]
    return True


def accepts(user: User, code: str) -> bool:
    """Whether this is a code of this half minute, the last or the next, that was not used yet."""
    with transaction.atomic():
        app = Authenticator.objects.select_for_update().filter(user=user, type=TYPE).first()
        if app is None:
            return False
        # The code of the demo: allauth raises ImproperlyConfigured when it is set without DEBUG.
        if code == mfa_settings.TOTP_INSECURE_BYPASS_CODE:
            return True
        step = _step(decrypt(app.data["secret"]), code)
        if step is None or step <= app.data.get("last_step", 0):
            return False
        app.data["last_step"], app.last_used_at = step, timezone.now()
        app.save(update_fields=["data", "last_used_at"])
    return True


def demo_code() -> str | None:
    """The code that always works in the demo; None elsewhere."""
    return getattr(settings, "MFA_TOTP_INSECURE_BYPASS_CODE", None) if settings.DEBUG else None


def _step(secret: str, code: str) -> int | None:
    """The number of the half minute that a code belongs to; None when it is wrong."""
    codes = HOTP(base64.b32decode(secret), DIGITS, SHA1())  # noqa: S303  what every app computes
    now, off = int(time.time()) // STEP, settings.MFA_TOTP_TOLERANCE
    for step in range(now - off, now + off + 1):
        if constant_time_compare(code, codes.generate(step).decode()):
            return step
    return None
