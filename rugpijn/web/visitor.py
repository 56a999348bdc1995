"""Who sends a request, as far as it tells: from which address, with which browser."""

import ipaddress
import re

from django.conf import settings
from django.utils.translation import gettext as _


def client_address(request) -> str | None:
    """The visitor's address, as far as our own proxies vouch for it; None when unknown.

    Anybody can send an X-Forwarded-For header. Each proxy adds the address that it saw at the end.
    With n proxies of our own, the n-th address from the end is one that we saw; what stands before
    it is only claimed.
    """
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    seen = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    address = seen[-proxies] if 0 < proxies <= len(seen) else request.META.get("REMOTE_ADDR", "")
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return None


# The first that matches: most browsers also claim to be the ones below them.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox|FxiOS", "Firefox"),
    ("Chrome|CriOS", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)

UNKNOWN = (
    "Unknown device",
    "Onbekend toestel",
    "Onbekend apparaat",
)  # as it is stored, and as it was before


def readable_name(agent: str) -> str:
    """The name that is stored for a browser, such as “Chrome on Android”; empty when unknown.
    `shown_name` translates it for whoever reads it."""
    browser = next((name for sign, name in BROWSERS if re.search(sign, agent)), "")
    system = next((name for sign, name in SYSTEMS if sign in agent), "")
    return f"{browser} on {system}" if browser and system else browser or system


# Also as it was stored before, in the language of whoever logged in. A second passkey ends in (2).
STORED_NAME = re.compile(
    rf"({'|'.join(name for _sign, name in BROWSERS)}) (?:on|op) "
    rf"({'|'.join(name for _sign, name in SYSTEMS)})((?: \(\d+\))?)"
)


def shown_name(stored: str) -> str:
    """A stored name in the language of its reader. A name that somebody typed stays as it is."""
    if match := STORED_NAME.fullmatch(stored):
        browser, system, number = match.groups()
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system} + number
    if stored in UNKNOWN:
        return _("Unknown device")
    return stored
