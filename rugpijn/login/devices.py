"""Trusted devices: "this is my own device", said once, good for thirty days.

`is_trusted(request)` is the question for others: only a trusted device may keep a programme, and
only there a patient stays logged in. The cookie alone logs nobody in.

Of staff a device remembers for twelve hours that the second factor was given there, and no more:
it may be anybody's in the practice, so nobody stays logged in on it.
"""

import hashlib
import secrets
import time
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils import timezone

from ..web.visitor import UNKNOWN, readable_name
from . import second_factor
from .models import LoginSession, TrustedDevice
from .session_store import DEVICE

TRUSTED_FOR = timedelta(days=30)
SEEN_EVERY = timedelta(days=1)
ASKED = "trust_this_device"  # in the session, from the box until the login is complete


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def by_token(token: str) -> TrustedDevice | None:
    """The device that holds this cookie, whoever's it is."""
    devices = TrustedDevice.objects.select_related("user")
    return devices.filter(token_hash=digest(token), expires_at__gt=timezone.now()).first()


def known(request, user) -> TrustedDevice | None:
    """The trusted device of this person from which a request comes; also before a login."""
    token = request.COOKIES.get(settings.DEVICE_COOKIE_NAME)
    device = by_token(token) if token else None
    return device if device is not None and device.user_id == user.pk else None


def gave_factor_at(device: TrustedDevice | None) -> float | None:
    """When staff gave their second factor on this device; None when that is too long ago."""
    if device is None or device.factor_at is None:
        return None
    at = device.factor_at.timestamp()
    return at if time.time() - at < second_factor.LASTS else None


def of_session(session) -> dict:
    """What a session remembers of its trusted device; empty when it has none."""
    return session.get(DEVICE) or {}


def attach(request, device: TrustedDevice) -> None:
    """From now on this session is one of a trusted device. It goes when the device goes."""
    request.session[DEVICE] = {
        "pk": device.pk,
        "hash": device.token_hash,
        "until": device.expires_at.timestamp(),
    }
    if not device.user.is_staff:
        _last_as_long(request.session)


def _last_as_long(session) -> None:
    """A trusted device stays logged in when its browser closes. allauth's login forgets that."""
    held = of_session(session)
    if held:
        session.set_expiry(max(1, int(held["until"] - timezone.now().timestamp())))


def is_trusted(request) -> bool:
    """Whether somebody is logged in here on a device of their own. Costs no query."""
    if not request.user.is_authenticated or request.user.is_staff:
        return False
    held = of_session(request.session)
    token = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    return (
        bool(held)
        and time.time() < held["until"]
        and secrets.compare_digest(held["hash"], digest(token))
    )


def wish(request, own_device: bool) -> None:
    """Remember what somebody said on the way in; it is done when the login is complete."""
    if own_device:
        request.session[ASKED] = True
    else:
        request.session.pop(ASKED, None)


def trust(request, response) -> TrustedDevice:
    """Trust the browser of whoever is logged in: a row, a cookie, and a longer session."""
    token = secrets.token_urlsafe(32)
    old = known(request, request.user)
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
    request.session.save()  # before its old device goes, which would take it along
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
    """No longer trust one device, or all of somebody's (`but` one). Their logins end with them."""
    devices = TrustedDevice.objects.filter(user=user).exclude(pk=but)
    if device is not None:
        devices = devices.filter(pk=device.pk)
    forgotten = devices.count()
    devices.delete()
    return forgotten


def forget_here(request) -> None:
    """No longer trust this browser; the login itself goes on, as on any other device."""
    held = request.session.pop(DEVICE, None)
    if held is None:
        return
    request.session.set_expiry(0)
    request.session.save()  # detached first, or it would go with its device
    forget(request.user, device=TrustedDevice(pk=held["pk"]))


def saw(request) -> None:
    """Remember that a device was used, once a day."""
    held = of_session(request.session)
    if held:
        now = timezone.now()
        TrustedDevice.objects.filter(pk=held["pk"], last_seen_at__lt=now - SEEN_EVERY).update(
            last_seen_at=now
        )


class TrustMiddleware:
    """Somebody ticked “this is my own device”: done as soon as the login is complete."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.user.is_authenticated and request.session.get(ASKED):
            del request.session[ASKED]
            if not request.user.is_staff or second_factor.passed_at(request) is not None:
                trust(request, response)
        elif (
            request.user.is_authenticated
            and not request.user.is_staff
            and request.session.get_expire_at_browser_close()
        ):
            _last_as_long(request.session)
        return response


def sessions_of(user):
    """Where somebody is logged in now, the last seen first."""
    return (
        LoginSession.objects.filter(user=user, expire_date__gt=timezone.now())
        .select_related("device")
        .order_by("-seen_at")
    )
