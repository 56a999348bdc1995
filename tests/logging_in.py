"""How tests and measurements log somebody in without typing: staff gave their second factor."""

from django.test import Client

from rugpijn import second_factor

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
