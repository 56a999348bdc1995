"""From which address a request came."""

import ipaddress

from django.conf import settings


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
