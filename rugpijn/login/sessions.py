"""How long a login lasts, and when a page asks who you are once more.

A patient's session ends after half an hour without a page and after a day at most. On a trusted
device it lasts for thirty days. What cannot be undone, leaves the app, changes how somebody logs
in or tells who looked carries `fresh_login_required`: export, erasure, password, mail, second
factor, other devices and the history. What one does every day asks nothing there: exercises,
progress, messages, reminders, text size and language.

That of staff ends after as many minutes without a page as the practice says, and twelve hours
after the second factor was given, also when it was given to an earlier session on that device.
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
from ..web.visitor import readable_name
from . import devices, second_factor
from .models import LoginSession
from .session_store import BEGAN, DEVICE, NAME, SEEN

MINUTE, HOUR = 60, 3600
IDLE, LONGEST, LONGEST_STAFF = 30 * MINUTE, 24 * HOUR, second_factor.LASTS
# What an open page asks each minute is no sign that somebody sits there.
ASKED_BY_ITSELF = "admin:patients_programme_urgent"
MAY_IDLE = "may_idle"  # seconds; of staff, as their practice said at the last page


@receiver(user_logged_in, dispatch_uid="rugpijn.sessions.begin")
def begin(sender, request, user, **kwargs):
    """Every way in passes here: the session learns when it began, and on what device."""
    session = request.session
    session[BEGAN] = session[SEEN] = time.time()
    session[NAME] = readable_name(request.META.get("HTTP_USER_AGENT", ""))
    session.pop(DEVICE, None)
    if user.is_staff:
        session[MAY_IDLE] = _idle_staff(user)
    device = devices.known(request, user)
    if device is not None:
        devices.attach(request, device)
    if user.is_staff and second_factor.given_at(session, user) is None:
        vouched = devices.gave_factor_at(device)
        if vouched is not None:
            second_factor.mark(session, user, vouched)
            session[BEGAN] = vouched
    kept_forms.look_for(session, user)


def end_sessions(user: User, *, but: str | None = None) -> int:
    """Log somebody out everywhere, now, or everywhere `but` one. Says how many browsers that were.

    `is_active` alone would refuse the next page as well; without its session a stolen
    cookie is worth nothing, also when the account is opened again.
    """
    ended, _kinds = LoginSession.objects.filter(user=user).exclude(session_key=but).delete()
    return ended


class SessionLimitsMiddleware:
    """Ends what lasted too long. What was sent too late, kept_forms.py keeps for its owner."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            if _is_over(request):
                kept_forms.end(request)
            elif request.path_info != reverse(ASKED_BY_ITSELF):
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
    """Seconds without a page after which staff are logged out. Kept in the session: asking the
    practice costs a query, and is done where something is written anyway."""
    return IDLE if user.practice_id is None else user.practice.idle_minutes * MINUTE


def _touch(request) -> None:
    """Written once a minute at most: a page that is only read costs no write."""
    now, session = time.time(), request.session
    if now - session.get(SEEN, 0) < MINUTE:
        return
    session[SEEN] = now
    if request.user.is_staff:
        session[MAY_IDLE] = _idle_staff(request.user)
    devices.saw(request)


# ------------------------------------------------------------ asked once more


def is_fresh(request) -> bool:
    """Whether this person said who they are in the last quarter of an hour.

    Staff do so with their second factor, as soon as they have one: a password that somebody
    learned changes nothing about how its owner logs in.
    """
    records = get_authentication_records(request, request.user)
    if request.user.is_staff and second_factor.has(request.user):
        records = [one for one in records if one["method"] in second_factor.SHOWN_BY]
    last = max((record["at"] for record in records), default=0)
    return time.time() - last < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def fresh_login_required(view):
    """A page that asks for password or passkey when the last time was too long ago.

    The page, and what was typed in a form on it, come back after the answer.
    """

    @wraps(view)
    def asked(request, *args, **kwargs):
        if request.user.is_authenticated and not is_fresh(request):
            raise ReauthenticationRequired
        return view(request, *args, **kwargs)

    return asked


def fresh_on_trusted_device(view):
    """The history: on a device that stays logged in it asks who you are first.

    A login without a trusted device is short enough by itself.
    """

    @wraps(view)
    def asked(request, *args, **kwargs):
        if request.user.is_authenticated and devices.is_trusted(request) and not is_fresh(request):
            raise ReauthenticationRequired
        return view(request, *args, **kwargs)

    return asked
