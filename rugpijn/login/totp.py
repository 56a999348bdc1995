"""The codes of an authenticator app (RFC 6238): made, shown as a QR code, and checked.

allauth keeps the secret, encrypted by `passkeys.PasskeyAdapter`. Its own check remembers a used
code for thirty seconds, while a code is good for ninety: here the step of the last code is kept
with the secret, so that no code and none before it works again.
"""

from dataclasses import dataclass

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from allauth.mfa.utils import decrypt, encrypt
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from ..backup import ended
from ..models import User
from ..qr_code import qr_code

PENDING = "totp_pending"  # in the session, encrypted, until a code confirms it
TYPE = Authenticator.Type.TOTP


@dataclass(frozen=True)
class Setup:
    """What somebody copies into the app: a picture, and the same in letters."""

    secret: str
    address: str

    @property
    def letters(self) -> str:
        """In fours, to type over."""
        return " ".join(self.secret[at : at + 4] for at in range(0, len(self.secret), 4))

    @property
    def qr(self) -> str:
        """The QR code as a data: address."""
        return qr_code(self.address, border=4)


def of(user: User) -> Authenticator | None:
    return Authenticator.objects.filter(user=user, type=TYPE).first()


def setup(request) -> Setup:
    """The secret that waits to be confirmed: the same one when a page is shown again."""
    kept = request.session.get(PENDING)
    secret = decrypt(kept) if kept else auth.generate_totp_secret()
    if not kept:
        request.session[PENDING] = encrypt(secret)
    return Setup(secret, get_adapter().build_totp_url(request.user, secret))


def confirm(request, code: str) -> bool:
    """Keep the secret when a code shows that the app has it. It takes the place of an older one."""
    secret = setup(request).secret
    step = _step(secret, code)
    if step is None:
        return False
    before = of(request.user)
    if before is not None:
        ended.note("second step", before)
        before.delete()
    made = auth.TOTP.activate(request.user, secret).instance
    made.data["last_step"] = step
    made.save(update_fields=["data"])
    del request.session[PENDING]
    return True


def accepts(user: User, code: str) -> bool:
    """Whether this is a code of now, of the half minute before or after, and was not used."""
    with transaction.atomic():
        app = Authenticator.objects.select_for_update().filter(user=user, type=TYPE).first()
        if app is None:
            return False
        if auth._is_insecure_bypass(code):  # of the demo; allauth refuses it without DEBUG
            return True
        step = _step(decrypt(app.data["secret"]), code)
        if step is None or step <= app.data.get("last_step", 0):
            return False
        app.data["last_step"], app.last_used_at = step, timezone.now()
        app.save(update_fields=["data", "last_used_at"])
    return True


def demo_code() -> str | None:
    """The code that always works, in the demo."""
    return getattr(settings, "MFA_TOTP_INSECURE_BYPASS_CODE", None) if settings.DEBUG else None


def _step(secret: str, code: str) -> int | None:
    """Which half minute a code belongs to."""
    for step in auth.yield_hotp_counters_from_time():
        expected = auth.format_hotp_value(auth.hotp_value(secret, step))
        if compare_user_code(actual=code, expected=expected):
            return step
    return None
