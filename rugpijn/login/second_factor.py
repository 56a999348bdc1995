"""The second factor of staff: a passkey or an authenticator app, required at every address.

Access to records takes two factors (NEN 7513, 8.1; ASVS 6.3.3). A session stores when its second
factor was given; `StaffFactorMiddleware` stops whoever has not given one. It counts for twelve
hours on that device: until then a password is enough to log in again.
"""

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_used
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.dispatch import receiver
from django.http import JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from .. import audit
from ..web.base_middleware import Middleware

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
LASTS = 12 * 3600  # seconds, on one device
PASSED = "second_factor"  # in the session: of which person, and when
SHOWN_BY = ("mfa", "second_step")  # methods in allauth's records that need a second factor

# What is reached without a second factor: it shows nobody's data, or logs out.
OPEN = {
    "account_login",
    "account_logout",
    "account_inactive",
    "csp_report",
    "favicon",
    "healthz",
    "manifest",
    "offline",
    "service_worker",
    "set_language",
}
# Where somebody sets one up, and confirms who they are before that.
ENROLMENT = {"staff_factor", "account_reauthenticate"}


def of(user):
    """Somebody's second factors, the oldest first. Codes on paper are spares and do not count."""
    return Authenticator.objects.filter(user=user, type__in=FACTORS).order_by("pk")


def has(user) -> bool:
    return of(user).exists()


def mark(session, user, at: float | None = None) -> None:
    """Store that this session gave the second factor: now, or `at` an earlier time."""
    session[PASSED] = {"user": user.pk, "at": at or time.time()}


def given_at(session, user) -> float | None:
    """When this session gave the second factor of this person; None when it did not."""
    passed = session.get(PASSED)
    return passed["at"] if passed and passed["user"] == user.pk else None


def passed_at(request) -> float | None:
    """`given_at` for whoever is logged in."""
    return given_at(request.session, request.user)


@receiver(authenticator_used, dispatch_uid="rugpijn.second_factor.used")
def used(sender, request, user, **kwargs):
    """allauth reports that a passkey was used, at the login or to confirm who somebody is."""
    mark(request.session, user)


def answers_json(view):
    """Mark a view as one that scripts call, so that a refusal is JSON and no redirect."""
    view.answers_json = True
    return view


def _wants_json(request, view) -> bool:
    return (
        getattr(view, "answers_json", False)
        or "json" in request.headers.get("Accept", "")
        or request.headers.get("Sec-Fetch-Dest") == "empty"  # what browsers send for a script
    )


class StaffFactorMiddleware(Middleware):
    """Lets staff without a second factor reach only the page where they set one up. It stands after
    the middleware that requires a login. A session that has passed costs no query."""

    def process_view(self, request, view, args, kwargs):
        user = request.user
        if not (user.is_authenticated and user.is_staff) or passed_at(request) is not None:
            return None
        name = request.resolver_match.view_name
        if name in OPEN:
            return None
        if has(user):
            return self._log_out(request, view)
        if name in ENROLMENT:
            return None
        if _wants_json(request, view):
            return JsonResponse({"error": _("First set up your second step.")}, status=403)
        return redirect("staff_factor")

    def _log_out(self, request, view):
        """Log out who got in without being asked, such as by a role given during a session."""
        audit.deny(request, "second factor")
        logout(request)
        if _wants_json(request, view):
            return JsonResponse({"error": "login"}, status=401)
        return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
