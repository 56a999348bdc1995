"""What was typed when a login had ended: kept until its owner has logged in again, and shown then.

It is kept in the session of the browser that sent it, with whose it is, for an hour at most; of
several tabs each has its own. After the login that person comes to a page that shows it and sends
it with one press, with a token of its own. Nothing is sent by itself, and nobody else sees it:
another login throws it away, and so does logging out by choice.

Whose it is says the session that ended. When that is gone too (after a weekend, or ended from
another device), a signed cookie of this browser says who was logged in last. Without that cookie
nobody knows, and the answer itself holds what was typed.
"""

import time
from urllib.parse import parse_qs, urlsplit

from allauth.account.adapter import get_adapter
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.signing import BadSignature, Signer
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from .. import kept
from .kept_labels import describe

SESSION_KEY = "kept_forms"
LASTS = 3600  # seconds
MOST = 5  # of as many tabs; the oldest goes first
COOKIE = settings.RETURNING_COOKIE_NAME
# Where a login leads when it was not on its way to a page.
FIRST_PAGES = {"patients:home", "admin:index"}
_signer = Signer(salt="rugpijn.returning")


def end(request) -> None:
    """The login is over. Whose it was stays with the request: what it sent may have to be kept."""
    request.ended_login = request.user.pk
    logout(request)


def forget_who(response) -> None:
    """After logging out by choice nothing says who was here."""
    _write_cookie(response, "", max_age=0)


class KeptFormMiddleware:
    """Keeps what was sent when the answer is the way to the login, and shows it after the login."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            _drop_what_is_not_theirs(request)
        response = self.get_response(request)
        if request.method == "POST" and _leads_to_login(response):
            whose = _whose(request)
            _keep(request, whose)
            if whose is None:
                response = _give_back(request, response)
        if request.user.is_authenticated:
            _remember_who(request, response)
        return response

    def process_view(self, request, view, args, kwargs):
        """The first page after the login, whichever it is, is what was typed."""
        if hasattr(request, "_post"):  # a form, read by now for its token; the rest is not ours
            _say_missing_files(request)
        forms = _kept(request) if request.user.is_authenticated else []
        if not forms:
            return None
        here = request.get_full_path()
        if request.method == "POST":
            if kept.LOOK not in request.POST:  # sent by the press, or typed anew
                _store(request, [one for one in forms if one["address"] != here])
            return None
        is_first = request.resolver_match.view_name in FIRST_PAGES
        if request.method != "GET" or not (is_first or here in [one["address"] for one in forms]):
            return None
        if not all(one["shown"] for one in forms):
            return redirect("kept_form")
        if is_first:
            _remind(request)
        return None

    def process_exception(self, request, error):
        """Asked who one is once more: the form waits here, without what opens a door.

        allauth would keep all that was sent, passwords and cookies included.
        """
        if not isinstance(error, ReauthenticationRequired) or request.method != "POST":
            return None
        methods = get_adapter(request).get_reauthentication_methods(request.user)
        where = methods[0]["url"] if methods else settings.LOGIN_URL
        _keep(request, request.user.pk)
        return redirect_to_login(request.get_full_path(), where)


def _kept(request) -> list[dict]:
    return request.session.get(SESSION_KEY, [])


def _store(request, forms: list[dict]) -> None:
    if forms:
        request.session[SESSION_KEY] = forms
    else:
        request.session.pop(SESSION_KEY, None)


def _drop_what_is_not_theirs(request) -> None:
    forms = _kept(request)
    theirs = [
        one for one in forms if one["user"] == request.user.pk and time.time() - one["at"] < LASTS
    ]
    if theirs != forms:
        _store(request, theirs)


def _remind(request) -> None:
    """Who looked at it and went elsewhere finds the way back."""
    words = _("You have work that is not saved yet.")
    link = format_html('<a href="{}">{}</a>', reverse("kept_form"), _("Show it"))
    messages.warning(request, format_html("{} {}", words, link))


def _say_missing_files(request) -> None:
    """A form that was sent once more goes without its file when nobody chose that again."""
    for _field, file in kept.missing_files(request):
        words = _(
            "The file “%(file)s” was not sent. A browser does not keep files: choose it again."
        )
        messages.warning(request, words % {"file": file})


def _give_back(request, response):
    """The answer to whom nobody knows any more: the page holds what was typed until they do.

    Only to what our own page sent on the way to this very address.
    """
    wanted = parse_qs(urlsplit(response["Location"]).query).get("next", [""])[0]
    if wanted != request.get_full_path() or not kept.is_from_our_page(request):
        return response
    typed = kept.read(request)
    if typed is None or not typed.is_worth_keeping or _is_by_script(request):
        return response
    context = typed.context() | {"csrf_token": get_token(request), "login": response["Location"]}
    return render(request, "logged_out.html", context | {"status": 403}, status=403)


def _is_by_script(request) -> bool:
    return request.headers.get("Sec-Fetch-Dest") == "empty"


def _leads_to_login(response) -> bool:
    if response.status_code != 302:
        return False
    where = urlsplit(response["Location"]).path
    return where in (reverse(settings.LOGIN_URL), reverse("admin:login"))


def _whose(request) -> int | None:
    if request.user.is_authenticated:
        return None  # on the way to the login by a page's own choice
    if ended := getattr(request, "ended_login", None):
        return ended
    try:
        return int(_signer.unsign(request.COOKIES.get(COOKIE, "")))
    except (BadSignature, ValueError):
        return None


def _keep(request, user: int | None) -> None:
    """The token was looked at by now: it is our own page that sent this."""
    typed = kept.read(request)
    if user is None or typed is None or _is_by_script(request) or not typed.is_worth_keeping:
        return
    others = [one for one in _kept(request) if one["user"] == user][-(MOST - 1) :]
    if kept.is_too_large(typed, beside=[one["size"] for one in others]):
        words = _("What you sent was too long to keep while you log in. Please type it once more.")
        messages.error(request, words)
        return
    this = {
        "user": user,
        "address": typed.address,
        "fields": typed.fields,
        "files": typed.files,
        "secrets": typed.secrets,
        "size": typed.size,
        "at": time.time(),
        "shown": False,
    }
    _store(request, [*others, this])
    if typed.readable or typed.files:
        words = _("What you typed is kept for an hour, for you alone. Log in and you get it back.")
        messages.info(request, words)


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
    """What was typed, with a press that sends it and a press that throws it away; one at a time."""
    forms = _kept(request)
    if not forms:
        return redirect("patients:home")
    if request.method == "POST":
        left = [one for one in forms if str(one["at"]) != request.POST.get("kept")]
        _store(request, left)
        if len(left) < len(forms):
            messages.info(request, _("It is thrown away. Nothing was saved."))
        return redirect("kept_form" if left else "patients:home")
    found = next((one for one in forms if not one["shown"]), forms[0])
    _store(request, [one | {"shown": True} if one is found else one for one in forms])
    typed = kept.Typed(found["address"], found["fields"], found["files"], found["secrets"])
    context = typed.context() | {"csrf_token": get_token(request), "after_login": True}
    context |= {"kept": str(found["at"]), "more": len(forms) - 1}
    context |= describe(request, typed)
    return render(request, "kept_form.html", context)
