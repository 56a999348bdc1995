"""Headers that every answer carries, its number in the logs, and the reader's own language."""

import uuid

from django.conf import settings
from django.core.exceptions import BadRequest
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.utils import translation

from ..log import chain
from ..operations import technical_log

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; media-src 'self'; manifest-src 'self'; "
    "worker-src 'self'; frame-src 'none'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'; report-uri /csp-report/"
)
# The two sides of a preview beside a form: pages that say so may hold, or stand in, a page of ours.
HOLDS_OUR_PAGE = ("frame-src 'none'", "frame-src 'self'")
STANDS_IN_OUR_PAGE = ("frame-ancestors 'none'", "frame-ancestors 'self'")
# What shows nobody and never changes may stay in a cache; everything else may not.
FOR_EVERYONE = "public, max-age=31536000, immutable"
COMPRESSED = {"text/html", "image/svg+xml", "application/json"}
PERMISSIONS_POLICY = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"


def content_policy(*changes: tuple[str, str]) -> str:
    """What a browser may load on a page; `changes` replaces one directive each."""
    policy = CONTENT_SECURITY_POLICY
    for directive, instead in changes:
        policy = policy.replace(directive, instead)
    if settings.SECURE_SITE:
        policy += "; upgrade-insecure-requests"
    return policy


class RequestMiddleware:
    """Numbers each request, for both logs, and writes its refusals when it is over.

    A refusal often ends a transaction, which would take its row in the access log along. This
    stands outside of everything that asks the database: whatever happened in between is committed
    or taken back by now. A row that cannot be written is answered like any write that failed, with
    the headers that the middleware around this one puts on.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.id, request.refusals = uuid.uuid4().hex, []
        with technical_log.about(request):
            response = self.get_response(request)
            if request.refusals:
                chain.append(request.refusals)
        return response


class SecurityHeadersMiddleware:
    """Puts the headers on everything, errors and static files included.

    Whoever is logged in gets `no-store`: after logout the back button must not
    show a patient, and no proxy may keep a page or a PDF.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.policy = content_policy()

    def __call__(self, request):
        response = self.get_response(request)
        # An uploaded file brings a stricter policy of its own, a preview one that fits it.
        response.headers.setdefault("Content-Security-Policy", self.policy)
        response.headers["Permissions-Policy"] = PERMISSIONS_POLICY
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        personal = response.headers.get("Cache-Control") != FOR_EVERYONE
        if personal and (response.status_code >= 500 or self._is_known(request)):
            response.headers["Cache-Control"] = "no-store"
        return response

    @staticmethod
    def _is_known(request) -> bool:
        """Not asked after an error: who it is may be what could not be looked up."""
        user = getattr(request, "user", None)
        return user is not None and user.is_authenticated


class CompressMiddleware(GZipMiddleware):
    """Pages and drawings travel at an eighth of their size; a programme is much the same words.

    Nothing else: films and PDFs are small already, and are asked for in ranges. Guessing a secret
    from sizes (BREACH) does not work here: Django masks the token of a form anew in each page,
    and the parent class adds a random length.
    """

    def process_response(self, request, response):
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if response.streaming or kind not in COMPRESSED:
            return response
        return super().process_response(request, response)


class NoNulMiddleware:
    """Refuses an address with a NUL in it: PostgreSQL stores none, and no person types one."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "%00" in request.META.get("QUERY_STRING", "") or "\0" in request.path_info:
            raise BadRequest("NUL in the address")
        return self.get_response(request)


class OwnLanguageMiddleware:
    """A page is in the language of whoever is logged in, whatever the browser says."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = request.user.language
        return self.get_response(request)


class WrongMethodMiddleware:
    """Says in words that an address is no page: it was opened, and only takes what a form sends.

    So ends the way of who ticks off after the session is over: to the login, and back to where the
    form led. Django's own answer is empty, which a browser shows as its own failure.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code != 405 or "text/html" not in request.headers.get("Accept", ""):
            return response
        page = render(request, "405.html", status=405)
        page.headers["Allow"] = response.headers["Allow"]
        return page


def unlisted(response):
    """No search engine, and nothing kept by a browser or a proxy on the way."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "no-store"
    return response
