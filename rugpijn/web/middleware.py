"""Middleware: a number for each request, the headers of each answer, and the language."""

import uuid

from django.conf import settings
from django.core.exceptions import BadRequest
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.utils import translation

from ..log import chain
from ..operations import technical_log
from .base_middleware import Middleware

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; media-src 'self'; manifest-src 'self'; "
    "worker-src 'self'; frame-src 'none'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'; report-uri /csp-report/"
)
# For a preview beside a form: the one page may hold a page of ours, the other may be held by it.
HOLDS_OUR_PAGE = ("frame-src 'none'", "frame-src 'self'")
STANDS_IN_OUR_PAGE = ("frame-ancestors 'none'", "frame-ancestors 'self'")
# The only answers that a cache may keep: they show nobody and never change.
FOR_EVERYONE = "public, max-age=31536000, immutable"
COMPRESSED = {"text/html", "image/svg+xml", "application/json"}
PERMISSIONS_POLICY = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"


def content_policy(*changes: tuple[str, str]) -> str:
    """The Content-Security-Policy of a page; each of `changes` replaces one directive."""
    policy = CONTENT_SECURITY_POLICY
    for directive, instead in changes:
        policy = policy.replace(directive, instead)
    if settings.SECURE_SITE:
        policy += "; upgrade-insecure-requests"
    return policy


class RequestMiddleware(Middleware):
    """Numbers each request, for both logs, and writes its refusals when it is over.

    A refusal often rolls a transaction back, and its row in the access log with it. So this stands
    around everything that uses the database: by now each transaction has ended. When the row cannot
    be written, the answer is that of any write that failed, with the headers of the middleware
    around this one.
    """

    def __call__(self, request):
        request.id, request.refusals = uuid.uuid4().hex, []
        with technical_log.about(request):
            response = self.get_response(request)
            if request.refusals:
                chain.append(request.refusals)
        return response


class SecurityHeadersMiddleware(Middleware):
    """Puts the headers on every answer, errors and static files included.

    Whoever is logged in gets `no-store`: after logging out the back button must not show a patient,
    and no proxy may keep a page or a PDF.
    """

    def __init__(self, get_response):
        super().__init__(get_response)
        self.policy = content_policy()

    def __call__(self, request):
        response = self.get_response(request)
        # An uploaded file has a stricter policy of its own, and a preview its own.
        response.headers.setdefault("Content-Security-Policy", self.policy)
        response.headers["Permissions-Policy"] = PERMISSIONS_POLICY
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        personal = response.headers.get("Cache-Control") != FOR_EVERYONE
        if personal and (response.status_code >= 500 or self._is_known(request)):
            response.headers["Cache-Control"] = "no-store"
        return response

    @staticmethod
    def _is_known(request) -> bool:
        """Not used after an error: that the user cannot be looked up may be the error."""
        user = getattr(request, "user", None)
        return user is not None and user.is_authenticated


class CompressMiddleware(GZipMiddleware):
    """Compresses pages and drawings, to about an eighth of their size.

    Nothing else: films and PDFs are compressed already, and are read in ranges. The BREACH attack,
    which guesses a secret from sizes, fails: Django masks the token of a form anew in each page,
    and the parent class adds a random length.
    """

    def process_response(self, request, response):
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if response.streaming or kind not in COMPRESSED:
            return response
        return super().process_response(request, response)


class NoNulMiddleware(Middleware):
    """Refuses an address with a NUL in it: PostgreSQL stores none, and nobody types one."""

    def __call__(self, request):
        if "%00" in request.META.get("QUERY_STRING", "") or "\0" in request.path_info:
            raise BadRequest("NUL in the address")
        return self.get_response(request)


class OwnLanguageMiddleware(Middleware):
    """Shows pages in the language of whoever is logged in, whatever the browser asks for."""

    def __call__(self, request):
        if request.user.is_authenticated:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = request.user.language
        return self.get_response(request)


class WrongMethodMiddleware(Middleware):
    """Explains in a page that an address only takes a form. Django's own answer is empty.

    Who sends a form after the session ended arrives here: the login leads back to the address of
    the form, which cannot be opened.
    """

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code != 405 or "text/html" not in request.headers.get("Accept", ""):
            return response
        page = render(request, "405.html", status=405)
        page.headers["Allow"] = response.headers["Allow"]
        return page


def unlisted(response):
    """Keep the answer out of search engines, and out of the caches of browsers and proxies."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "no-store"
    return response
