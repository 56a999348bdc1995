"""What makes the site an app on a telephone: a name, an icon, and a service worker.

The worker stores what shows nobody: styles, scripts, and the page that says there is no connection.
A programme is stored by the patient's own pages, on a device that the patient trusts.
"""

import hashlib
import json
from functools import cache

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles import finders
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from .modules import with_imports

# What the pages that a phone keeps load, and the page for no connection; scripts bring along what
# they import.
SHELL = (
    "vendor/bootstrap-5.3.9/bootstrap.min.css",
    "rugpijn/tokens.css",
    "rugpijn/site.css",
    "patients/session.css",
    "rugpijn/favicon.svg",
    "rugpijn/icons.svg",
    "rugpijn/fonts/atkinson-hyperlegible-latin-400-normal.woff2",
    "rugpijn/fonts/atkinson-hyperlegible-latin-700-normal.woff2",
    "patients/alarm.js",
    "patients/drawings.js",
    "patients/offline.js",
    "patients/session.js",
    "patients/stop.js",
    "patients/today.js",
    "rugpijn/no_connection.js",
    "rugpijn/forms_stay.js",
    "rugpijn/scripts_on.js",
    "rugpijn/show_password.js",
)
WORKER = "rugpijn/service_worker.js"


def _language(request) -> str:
    """Browsers fetch this without a cookie, so the language is in the query."""
    language = request.GET.get("language", "")
    return language if language and translation.check_for_language(language) else "nl"


@login_not_required
@require_safe
def manifest(request):
    """The name below the icon on the telephone: “Exercises”, without the practice."""
    language = _language(request)
    with translation.override(language):
        content = {
            "id": "/",
            "name": _("My exercises"),
            "short_name": _("Exercises"),
            "lang": language,
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": "#eef3f5",
            "theme_color": "#22303c",
            "icons": [
                {
                    "src": static(f"rugpijn/app-{size}.png"),
                    "sizes": f"{size}x{size}",
                    "type": "image/png",
                    "purpose": purpose,
                }
                for size in (192, 512)
                for purpose in ("any", "maskable")
            ],
        }
    return JsonResponse(content, content_type="application/manifest+json")


@login_not_required
@require_safe
def service_worker(request):
    """The worker, with the addresses that it stores. When its text changes, it is replaced."""
    constants = (
        f"const SHELL = {json.dumps([*map(static, with_imports(SHELL)), reverse('offline')])};\n"
    )
    constants += f"const OFFLINE = {json.dumps(reverse('offline'))};\n"
    constants += f"const LOGIN = {json.dumps(reverse('account_login'))};\n"
    constants += f"const EDITION = {json.dumps(_edition())};\n"
    response = HttpResponse(
        constants + _text(WORKER), content_type="text/javascript; charset=utf-8"
    )
    response.headers["Cache-Control"] = "no-cache"
    return response


@login_not_required
@require_safe
def offline(request):
    """Shown when there is no connection and nothing was stored, in both languages. It is the same
    for everybody, because the worker stores one page."""
    return render(request, "offline.html", {"user": AnonymousUser()})


def _edition() -> str:
    """A number that changes with each of the stored files."""
    digest = hashlib.sha256()
    for name in with_imports(SHELL):
        digest.update(_bytes(name))
    return digest.hexdigest()[:16]


@cache
def _bytes(name: str) -> bytes:
    with open(finders.find(name), "rb") as file:
        return file.read()


def _text(name: str) -> str:
    return _bytes(name).decode()
