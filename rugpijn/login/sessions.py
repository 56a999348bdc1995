"""How long a login lasts, and which pages ask again who you are.

A patient's session ends after half an hour without a request and after a day at most. On a trusted
device it lasts for thirty days. `fresh_login_required` stands on what cannot be undone, leaves the
app, changes how somebody logs in, or shows who looked: export, erasure, password, mail, second
factor, other devices and the history. What people do every day never asks: exercises, progress,
messages, reminders, text size and language.

A session of staff ends after as many minutes without a request as the practice chose, and twelve
hours after the second factor was given, also when an earlier session on that device gave it.
"""

import time
from functools import wraps

from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.urls import reverse

from ..models import User
from ..saving import kept_forms
from ..web.base_middleware import Middleware
from ..web.visitor import readable_name
from . import devices, second_factor
from .models import LoginSession
from .session_store import BEGAN, DEVICE, NAME, SEEN

MINUTE, HOUR = 60, 3600
IDLE, LONGEST, LONGEST_STAFF = 30 * MINUTE, 24 * HOUR, second_factor.LASTS
# An open page requests this each minute, which does not show that somebody is there.
POLLED = "admin:patients_programme_urgent"
MAY_IDLE = "may_idle"  # seconds; for staff, as their practice had it at the last write


@receiver(user_logged_in, dispatch_uid="rugpijn.sessions.begin")
def begin(sender, request, user, **kwargs):
    """Every login sends this signal: the session stores when it began, and on what device."""
    session = request.session
    session[BEGAN] = session[SEEN] = time.time()
    session[NAME] = readable_name(request.META.get("HTTP_USER_AGENT", ""))
    session.pop(DEVICE, None)
    if user.is_staff:
        session[MAY_IDLE] = _idle_staff(user)
    device = devices.of_request(request, user)
    if device is not None:
        devices.attach(request, device)
    if user.is_staff and second_factor.given_at(session, user) is None:
        factor_at = devices.gave_factor_at(device)
        if factor_at is not None:
            second_factor.mark(session, user, factor_at)
            session[BEGAN] = factor_at
    kept_forms.look_for(session, user)


def end_sessions(user: User, *, but: str | None = None) -> int:
    """End every session of somebody now, or every one but that with the key `but`.

    `is_active` alone would refuse the next request as well. But without its row a stolen cookie is
    worth nothing, also when the account is opened again. Returns how many sessions that were.
    """
    ended, _kinds = LoginSession.objects.filter(user=user).exclude(session_key=but).delete()
    return ended


class SessionLimitsMiddleware(Middleware):
    """Ends sessions that lasted too long. kept_forms.py keeps what was sent too late."""

    def __call__(self, request):
        if request.user.is_authenticated:
            if _is_over(request):
                kept_forms.end(request)
            elif request.path_info != reverse(POLLED):
                _touch(request)
        return self.get_response(request)


def _is_over(request) -> bool:
    now, session = time.time(), request.session
    began = session.setdefault(BEGAN, now)
    if request.user.is_staff:
        idle = now - session.get(SEEN, began)
        return now - began > LONGEST_STAFF or idle > session.get(MAY_IDLE, IDLE)
    if devices.is_trusted(request):
        return False
    return now - began > LONGEST or now - session.get(SEEN, began) > IDLE


def _idle_staff(user: User) -> int:
    """Seconds without a request after which staff are logged out. Stored in the session: to ask the
    practice costs a query, and is done when there is a write."""
    return IDLE if user.practice_id is None else user.practice.idle_minutes * MINUTE


def _touch(request) -> None:
    """Store that the session was used, once a minute at most: most reads cost no write."""
    now, session = time.time(), request.session
    if now - session.get(SEEN, 0) < MINUTE:
        return
    session[SEEN] = now
    if request.user.is_staff:
        session[MAY_IDLE] = _idle_staff(request.user)
    devices.saw(request)


# ------------------------------------------------------------ confirming who you are


def is_fresh(request) -> bool:
    """Whether this person confirmed in the last quarter of an hour who they are.

    Staff with a second factor do so with that: who learned a password alone cannot change how its
    owner logs in.
    """
    records = get_authentication_records(request, request.user)
    if request.user.is_staff and second_factor.has(request.user):
        records = [record for record in records if record["method"] in second_factor.SHOWN_BY]
    last = max((record["at"] for record in records), default=0)
    return time.time() - last < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def fresh_login_required(view, *, only_if=lambda request: True):
    """Decorate a view: it asks for password or passkey when the last time was too long ago. The
    page, and what was typed in a form on it, come back after the answer."""

    @wraps(view)
    def wrapper(request, *args, **kwargs):
        if request.user.is_authenticated and only_if(request) and not is_fresh(request):
            raise ReauthenticationRequired
        return view(request, *args, **kwargs)

    return wrapper


def fresh_on_trusted_device(view):
    """Decorate the history: on a device that stays logged in it asks who you are first. A session
    without a trusted device is short enough by itself."""
    return fresh_login_required(view, only_if=lambda request: devices.is_trusted(request))
