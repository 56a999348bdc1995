"""Trusted devices: somebody ticks “This is my own device”, and for thirty days it counts.

Only a trusted device may store a programme, and only there a patient stays logged in.
`is_trusted(request)` tells whether this is one. The cookie alone logs nobody in.

For staff a device remembers for twelve hours that the second factor was given there, and nothing
more: it may be shared in the practice, so nobody stays logged in on it.
"""

import hashlib
import secrets
import time
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils import timezone

from ..web.base_middleware import Middleware
from ..web.visitor import UNKNOWN, readable_name
from . import second_factor
from .models import LoginSession, TrustedDevice
from .session_store import DEVICE

TRUSTED_FOR = timedelta(days=30)
SEEN_EVERY = timedelta(days=1)
WISH = "trust_this_device"  # in the session, until the login is complete


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def by_token(token: str) -> TrustedDevice | None:
    """The trusted device with this cookie, whoever it belongs to."""
    devices = TrustedDevice.objects.select_related("user")
    return devices.filter(token_hash=digest(token), expires_at__gt=timezone.now()).first()


def of_request(request, user) -> TrustedDevice | None:
    """The trusted device of this person that sent a request, also before the login."""
    token = request.COOKIES.get(settings.DEVICE_COOKIE_NAME)
    device = by_token(token) if token else None
    return device if device is not None and device.user_id == user.pk else None


def gave_factor_at(device: TrustedDevice | None) -> float | None:
    """When staff gave their second factor on this device; None after twelve hours."""
    if device is None or device.factor_at is None:
        return None
    at = device.factor_at.timestamp()
    return at if time.time() - at < second_factor.LASTS else None


def of_session(session) -> dict:
    """What a session stores about its trusted device; empty when it has none."""
    return session.get(DEVICE) or {}


def attach(request, device: TrustedDevice) -> None:
    """Tie this session to a trusted device: deleting the device deletes the session."""
    request.session[DEVICE] = {
        "pk": device.pk,
        "hash": device.token_hash,
        "until": device.expires_at.timestamp(),
    }
    if not device.user.is_staff:
        _last_as_long(request.session)


def _last_as_long(session) -> None:
    """Let the session last as long as its device. A login by allauth resets this."""
    device = of_session(session)
    if device:
        session.set_expiry(max(1, int(device["until"] - timezone.now().timestamp())))


def is_trusted(request) -> bool:
    """Whether a patient is logged in here on a trusted device. Makes no query."""
    if not request.user.is_authenticated or request.user.is_staff:
        return False
    device = of_session(request.session)
    token = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    return (
        bool(device)
        and time.time() < device["until"]
        and secrets.compare_digest(device["hash"], digest(token))
    )


def wish(request, own_device: bool) -> None:
    """Store in the session whether to trust this device, which is done after the login."""
    if own_device:
        request.session[WISH] = True
    else:
        request.session.pop(WISH, None)


def trust(request, response) -> TrustedDevice:
    """Trust the browser of whoever is logged in: a row, a cookie, and a longer session."""
    token = secrets.token_urlsafe(32)
    old = of_request(request, request.user)
    lasts, factor_at = TRUSTED_FOR, None
    if request.user.is_staff:
        factor_at = datetime.fromtimestamp(second_factor.passed_at(request), UTC)
        lasts = factor_at + timedelta(seconds=second_factor.LASTS) - timezone.now()
    device = TrustedDevice.objects.create(
        user=request.user,
        token_hash=digest(token),
        name=readable_name(request.META.get("HTTP_USER_AGENT", "")) or UNKNOWN[0],
        expires_at=timezone.now() + lasts,
        factor_at=factor_at,
    )
    attach(request, device)
    request.session.save()  # before the old device is deleted, and this session with it
    if old is not None:
        old.delete()
    TrustedDevice.objects.filter(user=request.user, expires_at__lt=timezone.now()).delete()
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        token,
        max_age=lasts,
        path="/",
        secure=settings.SECURE_SITE,
        httponly=True,
        samesite="Lax",
    )
    return device


def forget(user, *, device: TrustedDevice | None = None, but: int | None = None) -> int:
    """Stop trusting one device, or all of somebody's but number `but`, and end their sessions.
    Returns how many devices that were."""
    devices = TrustedDevice.objects.filter(user=user).exclude(pk=but)
    if device is not None:
        devices = devices.filter(pk=device.pk)
    forgotten = devices.count()
    devices.delete()
    return forgotten


def forget_here(request) -> None:
    """Stop trusting this browser. The session goes on, as on any other device."""
    device = request.session.pop(DEVICE, None)
    if device is None:
        return
    request.session.set_expiry(0)
    request.session.save()  # detached first, or it would be deleted too
    forget(request.user, device=TrustedDevice(pk=device["pk"]))


def saw(request) -> None:
    """Store that a device was used, at most once a day."""
    device = of_session(request.session)
    if device:
        now = timezone.now()
        TrustedDevice.objects.filter(pk=device["pk"], last_seen_at__lt=now - SEEN_EVERY).update(
            last_seen_at=now
        )


class TrustMiddleware(Middleware):
    """Trusts the device on which somebody ticked “This is my own device”, after the login."""

    def __call__(self, request):
        response = self.get_response(request)
        if request.user.is_authenticated and request.session.get(WISH):
            del request.session[WISH]
            if not request.user.is_staff or second_factor.passed_at(request) is not None:
                trust(request, response)
        elif not request.user.is_staff and request.session.get_expire_at_browser_close():
            _last_as_long(request.session)
        return response


def sessions_of(user):
    """The sessions of somebody that have not expired, the last used first."""
    return (
        LoginSession.objects.filter(user=user, expire_date__gt=timezone.now())
        .select_related("device")
        .order_by("-seen_at")
    )
