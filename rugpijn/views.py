"""Pages that belong to no patient: a colleague's first password, language, health, errors."""

import json
import logging
import sys

import allauth.account.views
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.shortcuts import redirect, render
from django.template import loader
from django.templatetags.static import static
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST, require_safe

from . import audit
from .forms import PasswordForm
from .login import allauth_private
from .models import StaffInvitation, User
from .operations import health
from .saving import kept, kept_forms
from .web import unavailable

logger = logging.getLogger(__name__)
CSP_REPORT_BYTES = 10_000
BACKEND = settings.AUTHENTICATION_BACKENDS[0]


class LogoutView(allauth.account.views.LogoutView):
    """Also deletes what the browser stored for this login."""

    def post(self, request, *args, **kwargs):
        user = request.user
        response = super().post(request, *args, **kwargs)
        response.headers["Clear-Site-Data"] = unavailable.what_is_forgotten(request)
        kept_forms.forget_who(response)
        if user.is_authenticated and kept_forms.has_work(user):
            words = _("What you typed and did not send is kept for an hour. Log in to get it back.")
            messages.info(request, words)
        return response


@login_not_required
def staff_invitation(request, token):
    """A colleague opens the invitation and chooses a password. A GET does not use it up."""
    with transaction.atomic():
        invitation = StaffInvitation.find(token, lock=request.method == "POST")
        if invitation is None or not invitation.is_open:
            return render(request, "invitation_closed.html", status=410)
        return _answer_invitation(request, invitation)


def _answer_invitation(request, invitation):
    person = User(email=invitation.email.lower(), name=invitation.name)
    form = PasswordForm(request.POST or None, about=person)
    if request.method == "POST" and form.is_valid():
        if User.objects.filter(email__iexact=person.email).exists():
            form.add_error(None, _("There is already an account with this e-mail address."))
        else:
            user = User.objects.create_user(
                invitation.email,
                form.cleaned_data["password"],
                name=invitation.name,
                practice=invitation.practice,
                is_therapist=invitation.is_therapist,
                is_owner=invitation.is_owner,
                language=translation.get_language(),
            )
            StaffInvitation.objects.filter(pk=invitation.pk).update(accepted_at=user.date_joined)
            request.user = user
            audit.record(request, "accept invitation", thing=invitation)
            login(request, user, backend=BACKEND)
            allauth_private.record_authentication(request, user, "password")
            messages.success(request, _("Welcome, %(name)s.") % {"name": user.name})
            return redirect("admin:index")
    return render(request, "staff_invitation.html", {"form": form, "invitation": invitation})


@login_not_required
@require_POST
def set_language(request):
    """Store the language with the account, or before a login in a cookie."""
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        language = settings.LANGUAGE_CODE
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = "/"
    response = redirect(back)
    if request.user.is_authenticated:
        User.objects.filter(pk=request.user.pk).update(language=language)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 3600,
        path="/",
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )
    return response


@login_not_required
@csrf_exempt
@require_POST
def csp_report(request):
    """A browser reports that a page tried to load what its policy forbids."""
    body = request.body[:CSP_REPORT_BYTES]
    try:
        report = json.loads(body)["csp-report"]
        blocked, directive = str(report["blocked-uri"]), str(report["violated-directive"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return HttpResponse(status=400)
    logger.warning("CSP: %r blocked by %r", blocked[:200], directive[:200])
    return HttpResponse(status=204)


@login_not_required
@require_GET
def healthz(request):
    """For the proxy and for monitoring: whether all is well. `manage.py health` gives details.

    It answers 503 only when no page can work. A late backup must alert somebody, but must not make
    a proxy take the site away from patients.
    """
    findings = health.look()
    well = all(finding.well for finding in findings)
    serving = all(finding.well for finding in findings if finding.needed)
    return JsonResponse({"status": "ok" if well else "not ok"}, status=200 if serving else 503)


@login_not_required
@require_GET
def favicon(request):
    """Browsers request this path beside a PDF, which cannot name an icon."""
    return redirect(static("rugpijn/favicon.svg"), permanent=True)


# ------------------------------------------------------------ error pages


@login_not_required
def bad_request(request, exception=None):
    """A request that is too large gets its own sentence: it can be sent in parts."""
    too_much = isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent)
    return render(request, "400.html", {"status": 400, "too_much": too_much}, status=400)


@login_not_required
def permission_denied(request, exception=None):
    """Log the refusal, unless the view that refused did so, and show a page."""
    if hasattr(request, "user") and not request.refusals:
        audit.deny(request, "forbidden")
    return render(request, "403.html", {"status": 403}, status=403)


@login_not_required
def page_not_found(request, exception=None):
    return render(request, "404.html", {"status": 404}, status=404)


# Addresses short enough to be typed from paper.
TYPED = {"in": "patients:invitation_code"}


class TypedWord:
    """A short address as people type it: with a capital, or with a full stop after it."""

    regex = rf"(?i:{'|'.join(TYPED)})[/.,;\s]*"

    def to_python(self, value):
        return value.rstrip("/.,; \t\r\n").lower()

    def to_url(self, value):
        return value


@login_not_required
@require_safe
def typed_address(request, word):
    return redirect(TYPED[word])


@login_not_required
@require_safe
def change_password(request):
    """Where password managers look for the page (W3C, a well-known address)."""
    return redirect("account_change_password")


@login_not_required
def server_error(request):
    """An error page that needs no other part of the app, and no database. A passing error is
    answered as such here too: it may be raised before any view."""
    passing = unavailable.answer(request, sys.exc_info()[1])
    if passing is not None:
        return passing
    page = loader.get_template("500.html").render(unavailable.again(request))
    return HttpResponse(page, status=500)


@login_not_required
def csrf_failure(request, reason=""):
    """The page is older than the login, or comes from elsewhere: nothing was saved."""
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"error": "token"}, status=403)
    # Only a page of ours is offered what was typed. The token cannot tell, since it was wrong.
    ours = kept.is_from_our_page(request)
    elsewhere = ours and (
        kept_forms.opened_by_somebody_else(request) or kept_forms.to_login_of_opener(request)
    )
    if elsewhere:
        return elsewhere
    typed = unavailable.again(request) if ours else {}
    if typed and not request.user.is_authenticated:
        typed["look"] = ""  # the form itself needs a login too
    context = {"status": 403, "ours": ours, "no_cookie": reason == REASON_NO_CSRF_COOKIE, **typed}
    return render(request, "403_csrf.html", context, status=403)
