"""The second factor of staff: a passkey or an authenticator app, asked on every address.

Access to records takes two factors (NEN 7513, 8.1; ASVS 6.3.3). A session says itself that its
second factor was given (`passed`); `StaffFactorMiddleware` lets nobody past without it. Given
once, it counts for twelve hours on that device: until then a password is enough to come back.
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

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
LASTS = 12 * 3600  # seconds, on one device
PASSED = "second_factor"  # in the session: whose, and when
SHOWN_BY = ("mfa", "second_step")  # how allauth's records call what shows a second factor

# Reached without a second factor: what shows nobody's data, and the way out.
OPEN = {
    "account_login", "account_logout", "account_inactive", "csp_report", "favicon", "healthz",
    "manifest", "offline", "service_worker", "set_language",
}  # fmt: skip
# Where somebody without one gets one, and says who they are before that.
ENROLMENT = {"staff_factor", "account_reauthenticate"}


def of(user):
    """Somebody's second factors. Codes on paper are spares, and count for none."""
    return Authenticator.objects.filter(user=user, type__in=FACTORS).order_by("pk")


def has(user) -> bool:
    return of(user).exists()


def mark(session, user, at: float | None = None) -> None:
    """This session gave its second factor: now, or when its device did."""
    session[PASSED] = {"user": user.pk, "at": at or time.time()}


def given_at(session, user) -> float | None:
    """When this session gave the second factor of this person; None when it did not."""
    held = session.get(PASSED)
    return held["at"] if held and held["user"] == user.pk else None


def passed_at(request) -> float | None:
    """The same of who is logged in."""
    return given_at(request.session, request.user)


@receiver(authenticator_used, dispatch_uid="rugpijn.second_factor.used")
def used(sender, request, user, **kwargs):
    """A passkey was used, on the way in or because a page asked."""
    mark(request.session, user)


def answers_json(view):
    """Says of a view that a script asks it, so that a refusal is no redirect."""
    view.answers_json = True
    return view


def _wants_json(request, view) -> bool:
    return (
        getattr(view, "answers_json", False)
        or "json" in request.headers.get("Accept", "")
        or request.headers.get("Sec-Fetch-Dest") == "empty"  # what browsers send for a script
    )


class StaffFactorMiddleware:
    """Staff without a second factor reach the page where they get one, and nothing else.

    It comes after the middleware that asks for a login, and asks no database of who has passed.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        user = request.user
        if not (user.is_authenticated and user.is_staff) or passed_at(request) is not None:
            return None
        name = request.resolver_match.view_name
        if name in OPEN:
            return None
        if has(user):
            return self._asked_anew(request, view)
        if name in ENROLMENT:
            return None
        if _wants_json(request, view):
            return JsonResponse({"error": _("First set up your second step.")}, status=403)
        return redirect("staff_factor")

    def _asked_anew(self, request, view):
        """Logged in on a way that did not ask, such as a role that came during a session."""
        audit.deny(request, "second factor")
        logout(request)
        if _wants_json(request, view):
            return JsonResponse({"error": "login"}, status=401)
        return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
