"""How tests and measurements log somebody in without typing: staff gave their second factor."""

from django.conf import settings
from django.test import Client

from rugpijn.login import second_factor

_force_login = Client.force_login


def force_login(client, user, backend=None):
    """As Django's own, with what a second factor leaves in the session of staff."""
    _force_login(client, user, backend)
    if user.is_staff:
        session = client.session
        second_factor.mark(session, user)
        session.save()


def password_only(client, user):
    """Log in without a second factor, as staff are after their password."""
    _force_login(client, user)


def log_in_browser(page, site, user):
    """The same in a browser: its cookie, without the login page, which has journeys of its own."""
    client = Client()
    force_login(client, user)
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": client.session.session_key}
    page.context.add_cookies([{**cookie, "url": site, "httpOnly": True}])
