"""What every answer of the app has in common, whoever asked and whatever came of it."""

from django.conf import settings

from rugpijn.web.middleware import (
    FOR_EVERYONE,
    HOLDS_OUR_PAGE,
    PERMISSIONS_POLICY,
    STANDS_IN_OUR_PAGE,
    content_policy,
)

# What an uploaded file may do in a browser: nothing.
UPLOADED = "default-src 'none'; sandbox"
# Pages that say so may differ in one directive; everything else has the same policy.
POLICIES = {
    "admin:patients_programme_change": content_policy(HOLDS_OUR_PAGE),
    "admin:patients_programme_preview": content_policy(STANDS_IN_OUR_PAGE),
}
FILES = ("_media", "drawing", "loop")
# No page with a form may say so: Chromium then sends no origin, and the post is refused.
SAYS_NO_REFERRER = ("patients:calendar",)


def wrong_headers(response, *, name: str = "", logged_in: bool = False) -> list[str]:
    """What is not as it must be, in words; nothing for a good answer."""
    headers, found = response.headers, []

    def must(header, *values):
        if headers.get(header) not in values:
            found.append(f"{header}: {headers.get(header)}")

    policies = {content_policy()}
    if name in POLICIES:
        policies.add(POLICIES[name])
    if name.endswith(FILES):
        policies.add(UPLOADED)
    must("Content-Security-Policy", *policies)
    must("X-Content-Type-Options", "nosniff")
    must(
        "Referrer-Policy",
        "no-referrer" if name in SAYS_NO_REFERRER else "same-origin",
        "same-origin",
    )
    must("Cross-Origin-Opener-Policy", "same-origin")
    must("Cross-Origin-Resource-Policy", "same-origin")
    must("Permissions-Policy", PERMISSIONS_POLICY)
    must("Access-Control-Allow-Origin", None)
    must("Server", None)
    must("X-Powered-By", None)
    if settings.SECURE_SITE:
        must("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if logged_in:
        must("Cache-Control", "no-store", FOR_EVERYONE)
        if headers.get("Cache-Control") == FOR_EVERYONE and not name.endswith(FILES):
            found.append("kept by a browser, and behind the login")
        if not name.endswith("_media"):  # a film is asked for in parts, which must be of one film
            must("ETag", None)
    for cookie in response.cookies.values():
        if not (cookie["httponly"] and cookie["samesite"] and cookie["path"] == "/"):
            found.append(f"cookie {cookie.OutputString()}")
        if cookie["domain"] or bool(cookie["secure"]) != settings.SECURE_SITE:
            found.append(f"cookie {cookie.OutputString()}")
    return found


def text_of(response) -> str:
    """Everything that was sent, also when it came in pieces."""
    body = b"".join(response) if response.streaming else response.content
    return body.decode(errors="replace")
