"""Who sends a request, as far as the request tells: from which address, with what browser."""

import ipaddress
import re

from django.conf import settings
from django.utils.translation import gettext as _


def client_address(request) -> str | None:
    """The visitor's address, as far as our own proxies vouch for it; None when unknown.

    Anyone can send an X-Forwarded-For header. Each proxy adds, at the end, the
    address that it saw; so with n proxies of our own the n-th from the end was
    seen by us, and everything before it was merely claimed.
    """
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    seen = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    address = seen[-proxies] if 0 < proxies <= len(seen) else request.META.get("REMOTE_ADDR", "")
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return None


# The first that fits: most browsers also claim to be the ones below them.
BROWSERS = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"),
    ("Firefox|FxiOS", "Firefox"), ("Chrome|CriOS", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("CrOS", "Chromebook"),
    ("Windows", "Windows"), ("Macintosh", "Mac"), ("Linux", "Linux"),
)  # fmt: skip

UNKNOWN = ("Unknown device", "Onbekend toestel", "Onbekend apparaat")  # as stored, then and now


def readable_name(agent: str) -> str:
    """What people call it: “Chrome on Android”, as it is stored. `shown_name` says it in the
    language of the reader. Empty when a browser says nothing we know."""
    browser = next((name for sign, name in BROWSERS if re.search(sign, agent)), "")
    system = next((name for sign, name in SYSTEMS if sign in agent), "")
    return f"{browser} on {system}" if browser and system else browser or system


# Also as it was stored before: in the language of whoever logged in. Of two passkeys one is (2).
STORED_NAME = re.compile(
    rf"({'|'.join(name for _sign, name in BROWSERS)}) (?:on|op) "
    rf"({'|'.join(name for _sign, name in SYSTEMS)})((?: \(\d+\))?)"
)


def shown_name(stored: str) -> str:
    """A stored name for whoever reads it now; what somebody typed stays as it is."""
    if match := STORED_NAME.fullmatch(stored):
        browser, system, number = match.groups()
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system} + number
    if stored in UNKNOWN:
        return _("Unknown device")
    return stored
