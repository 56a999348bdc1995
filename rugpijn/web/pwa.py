"""What makes the site an app on the telephone: name, picture, and a worker for no connection.

The worker keeps what shows nobody (styles, scripts, the page that says "no connection"). A
programme is kept by the patient's own pages, on a device that the patient trusts.
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


def _asked_language(request) -> str:
    """Asked for without a cookie, so the language is in the address."""
    asked = request.GET.get("language", "")
    return asked if translation.check_for_language(asked) and asked else "nl"


@login_not_required
@require_safe
def manifest(request):
    """The name under the picture on the telephone: "Exercises", and no practice."""
    language = _asked_language(request)
    with translation.override(language):
        about = {
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
    return JsonResponse(about, content_type="application/manifest+json")


@login_not_required
@require_safe
def service_worker(request):
    """The worker, with the addresses of what it keeps. Another text is a new worker."""
    kept = [*map(static, with_imports(SHELL)), reverse("offline")]
    known = f"const SHELL = {json.dumps(kept)};\n"
    known += f"const OFFLINE = {json.dumps(reverse('offline'))};\n"
    known += f"const LOGIN = {json.dumps(reverse('account_login'))};\n"
    known += f"const EDITION = {json.dumps(_edition())};\n"
    response = HttpResponse(known + _text(WORKER), content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response


@login_not_required
@require_safe
def offline(request):
    """Shown when there is no connection and nothing was kept. In both languages, and the same
    whoever is logged in: the worker keeps one page for everybody."""
    return render(request, "offline.html", {"user": AnonymousUser()})


def _edition() -> str:
    """Changes with each file that is kept."""
    whole = hashlib.sha256()
    for name in with_imports(SHELL):
        whole.update(_bytes(name))
    return whole.hexdigest()[:16]


@cache
def _bytes(name: str) -> bytes:
    with open(finders.find(name), "rb") as file:
        return file.read()


def _text(name: str) -> str:
    return _bytes(name).decode()
