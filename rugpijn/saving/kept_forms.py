"""Keeps what was typed when a session had ended, and shows it when its owner has logged in again.

It is stored for an hour at most, in a table by person (`KeptForm`). So it survives another login in
this browser, a lost cookie and logging out, and comes back in whichever browser that person logs
in. After the login a page shows it and sends it with one press, with a token of its own. Nothing is
sent by itself, nobody else sees it, and no other login deletes it.

The page that sent it tells whose it is (`opened_by.py`). Where it does not, the session that ended
tells it, or a signed cookie of this browser with who was logged in last. When none of these is
known, the answer itself holds what was typed.

When somebody else is logged in than who opened the page, nothing of it is done or shown.
"""

import json
from urllib.parse import parse_qs, urlsplit

from allauth.account.adapter import get_adapter
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.signing import BadSignature, Signer
from django.db.models import Q
from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ..login.models import KeptForm
from ..models import User
from ..web.base_middleware import Middleware
from . import kept, opened_by
from .kept_labels import describe

HAS_SOME = "has_kept_forms"  # in a session; without it no page makes a query
MOST = 5  # forms of one person; the oldest is deleted first
COOKIE = settings.RETURNING_COOKIE_NAME
# Where a login leads when nobody was on the way to another page.
FIRST_PAGES = {"patients:home", "admin:index"}
# Pages that ask who somebody is: what is sent to them is not work. Pages without a login are never
# kept either.
OF_THE_LOGIN = {
    "account_logout",
    "account_reauthenticate",
    "factor_again",
    "kept_form",
    "mfa_reauthenticate_webauthn",
    "staff_factor",
}
NEW_PASSWORD = {"account_change_password", "account_set_password"}
# They do the same for everybody and show nothing, or take what a script sends.
OF_ANYBODY = {"account_logout", "set_language", "csp_report", "patients:sync"}
_signer = Signer(salt="rugpijn.returning")


def end(request) -> None:
    """End the session. The request keeps whose it was: what it sent may have to be kept."""
    request.ended_login = request.user.pk
    logout(request)


def forget_who(response) -> None:
    """Delete the cookie with who was here, after logging out by choice."""
    _write_cookie(response, "", max_age=0)


def look_for(session, user) -> None:
    """At each login: note in the session whether something is kept for this person."""
    if _of(user.pk):
        session[HAS_SOME] = True


def has_work(user) -> bool:
    """Whether something that was typed is kept for this person."""
    return any(_typed(form).is_work for form in _of(user.pk))


class OpenedByMiddleware(Middleware):
    """Does nothing for a page that somebody else opened, and keeps what they typed.

    It stands before all middleware that looks at who is logged in, so that their answers do not
    prevent it.
    """

    def process_view(self, request, view, args, kwargs):
        return opened_by_somebody_else(request)


class KeptFormMiddleware(Middleware):
    """Keeps what was sent when the answer leads to the login, and shows it afterwards."""

    def __call__(self, request):
        response = self.get_response(request)
        if request.method == "POST" and _leads_to_login(response) and not _is_of_login(request):
            whose = _whose(request)
            _keep(request, whose)
            if whose is None:
                response = _give_back(request, response)
        if request.user.is_authenticated:
            _remember_who(request, response)
        return response

    def process_view(self, request, view, args, kwargs):
        """Redirect the first page after the login to what was typed."""
        if hasattr(request, "_post"):  # a form: its token was read
            _say_missing_files(request)
        forms = _waiting(request)
        if not forms:
            return None
        here = request.get_full_path()
        of_here = [form for form in forms if _typed(form).address == here]
        if request.method == "POST":
            if kept.LOOK not in request.POST:  # sent from the page of kept forms, or typed anew
                _forget(of_here)
            return None
        is_first = request.resolver_match.view_name in FIRST_PAGES
        if request.method != "GET" or not (is_first or of_here):
            return None
        if any(not form.shown and not _typed(form).is_secret_alone for form in forms):
            return redirect("kept_form")
        if is_first and any(_typed(form).is_work for form in forms):
            _remind(request)
        for form in forms if is_first else of_here:
            typed = _typed(form)
            if typed.is_secret_alone:
                _forget([form])
                messages.warning(request, _not_done(typed))
        return None

    def process_exception(self, request, error):
        """Keep the form when a page asks again who somebody is. allauth would store all that was
        sent, passwords and cookies included."""
        if not isinstance(error, ReauthenticationRequired) or request.method != "POST":
            return None
        methods = get_adapter(request).get_reauthentication_methods(request.user)
        where = methods[0]["url"] if methods else settings.LOGIN_URL
        _keep(request, request.user.pk)
        return redirect_to_login(request.get_full_path(), where)


# ------------------------------------------------------------ the table


def _of(user: int) -> list[KeptForm]:
    since = timezone.now() - KeptForm.LASTS
    return list(KeptForm.objects.filter(user=user, at__gt=since))


def _typed(form: KeptForm) -> kept.Typed:
    content = json.loads(form.content)
    pairs = {name: [tuple(pair) for pair in content[name]] for name in ("fields", "files")}
    return kept.Typed(content["address"], **pairs, secrets=content["secrets"])


def _waiting(request) -> list[KeptForm]:
    """What is kept for whoever is logged in here."""
    if not request.user.is_authenticated or HAS_SOME not in request.session:
        return []
    forms = _of(request.user.pk)
    if not forms:
        del request.session[HAS_SOME]
    return forms


def _forget(forms: list[KeptForm]) -> None:
    if forms:
        KeptForm.objects.filter(pk__in=[form.pk for form in forms]).delete()


# ------------------------------------------------------------ the page of somebody else


def opened_by_somebody_else(request):
    """The answer to a page that somebody else opened; None for every other page."""
    name = request.resolver_match.view_name
    if name in OF_ANYBODY or not opened_by.somebody_else(request):
        return None
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"error": "token"}, status=403)
    whose = None if _is_of_login(request) else opened_by.person(request)
    typed = kept.read(request)
    is_kept = bool(whose and typed and typed.is_work and _store(request, whose.pk, typed))
    context = {"status": 403, "is_kept": is_kept}
    return render(request, "opened_by_somebody_else.html", context, status=403)


def to_login_of_opener(request):
    """For a page whose token is old, when nobody is logged in and the page tells who opened it.

    Keep the form for that person, and return the redirect to the login. None for every other page.
    """
    if request.user.is_authenticated or _is_of_login(request):
        return None
    person = opened_by.person(request)
    if person is None:
        return None
    _keep(request, person.pk)
    return redirect_to_login(request.get_full_path())


# ------------------------------------------------------------ keeping


def _remind(request) -> None:
    """Lead back to the form whoever looked at it and went elsewhere."""
    words = _("You have work that is not saved yet.")
    link = format_html('<a href="{}">{}</a>', reverse("kept_form"), _("Show it"))
    messages.warning(request, format_html("{} {}", words, link))


def _say_missing_files(request) -> None:
    """A form that is sent again has no file when nobody chose that again."""
    for _field, file in kept.missing_files(request):
        words = _(
            "The file “%(file)s” was not sent. A browser does not keep files: choose it again."
        )
        messages.warning(request, words % {"file": file})


def _give_back(request, response):
    """The answer when nobody knows whose form this is: the page holds what was typed. Only for what
    a page of ours sent, on the way to this very address."""
    next_page = parse_qs(urlsplit(response["Location"]).query).get("next", [""])[0]
    if next_page != request.get_full_path() or not kept.is_from_our_page(request):
        return response
    typed = kept.read(request)
    if typed is None or _is_by_script(request):
        return response
    if typed.is_secret_alone:
        messages.warning(request, _not_done(typed))
    if not typed.is_worth_keeping:
        return response
    context = typed.context() | {"csrf_token": get_token(request), "login": response["Location"]}
    context["look"] = ""  # the form itself needs a login too
    return render(request, "logged_out.html", context | {"status": 403}, status=403)


def _is_by_script(request) -> bool:
    return request.headers.get("Sec-Fetch-Dest") == "empty"


def _is_of_login(request) -> bool:
    """A page of the login itself, or one without a login: what it sends is never kept."""
    match = request.resolver_match
    return (
        match is None
        or match.view_name in OF_THE_LOGIN
        or not getattr(match.func, "login_required", True)
    )


def _leads_to_login(response) -> bool:
    if response.status_code != 302:
        return False
    where = urlsplit(response["Location"]).path
    return where in (reverse(settings.LOGIN_URL), reverse("admin:login"))


def _whose(request) -> int | None:
    if request.user.is_authenticated:
        return None  # the page itself redirects to the login
    if person := opened_by.person(request):
        return person.pk
    if ended := getattr(request, "ended_login", None):
        return ended
    try:
        last = int(_signer.unsign(request.COOKIES.get(COOKIE, "")))
    except (BadSignature, ValueError):
        return None
    return last if User.objects.filter(pk=last).exists() else None


def _keep(request, user: int | None) -> None:
    """Keep the form. Its token was checked by now: a page of ours sent it."""
    typed = kept.read(request)
    if user is None or typed is None:
        return
    if typed.is_secret_alone:
        messages.warning(request, _not_done(typed))
    if not _store(request, user, typed):
        return
    if request.user.is_authenticated:
        request.session[HAS_SOME] = True
    if typed.is_work:
        words = _(
            "What you typed is kept for an hour, and only you can see it. Log in to get it back."
        )
        messages.info(request, words)


def _store(request, user: int, typed: kept.Typed) -> bool:
    """Store the form, and return whether that was done. A message tells when it is too long."""
    is_kept = typed.is_worth_keeping or typed.is_secret_alone
    if not is_kept or _is_by_script(request):
        return False
    content = {"address": typed.address, "fields": typed.fields, "files": typed.files}
    content = json.dumps(content | {"secrets": typed.secrets})
    others = [form for form in _of(user) if form.content != content][-(MOST - 1) :]
    if kept.is_too_large(typed, beside=[_typed(form).size for form in others]):
        words = _("What you sent was too long to keep while you log in. Please type it once more.")
        messages.error(request, words)
        return False
    replaced = Q(user=user) & ~Q(pk__in=[form.pk for form in others])
    KeptForm.objects.filter(replaced | Q(at__lte=timezone.now() - KeptForm.LASTS)).delete()
    KeptForm.objects.create(user_id=user, content=content)
    return True


def _not_done(typed: kept.Typed) -> str:
    """The message for a form of passwords or codes only, which comes back empty."""
    if resolve(typed.address.partition("?")[0]).view_name in NEW_PASSWORD:
        return _(
            "Your password was not changed: you had to log in first. Type it once more after that."
        )
    return _("Nothing was changed: you had to log in first. Type it once more after that.")


def _remember_who(request, response) -> None:
    value = _signer.sign(str(request.user.pk))
    if request.COOKIES.get(COOKIE) != value and request.method == "GET":
        _write_cookie(response, value)


def _write_cookie(response, value: str, max_age: int | None = None) -> None:
    response.set_cookie(
        COOKIE,
        value,
        max_age=max_age,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def kept_form(request):
    """Show what was typed, one form at a time, with a button to send it and one to delete it."""
    forms = [form for form in _waiting(request) if not _typed(form).is_secret_alone]
    if not forms:
        return redirect("patients:home")
    if request.method == "POST":
        thrown_away = [form for form in forms if str(form.pk) == request.POST.get("kept")]
        _forget(thrown_away)
        if thrown_away:
            messages.info(request, _("It is thrown away. Nothing was saved."))
        return redirect("kept_form" if len(forms) > len(thrown_away) else "patients:home")
    form = next((form for form in forms if not form.shown), forms[0])
    KeptForm.objects.filter(pk=form.pk).update(shown=True)
    typed = _typed(form)
    context = typed.context() | {"csrf_token": get_token(request), "after_login": True}
    context |= {"kept": form.pk, "more": len(forms) - 1, "mark": opened_by.mark(request)}
    context |= describe(request, typed)
    return render(request, "kept_form.html", context)
