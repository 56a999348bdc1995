"""Logins, logouts and new passwords, written to the access log when allauth signals them.

The signal of allauth is used, not that of Django, because it is sent once, when every step of a
login is done. A first login through an invitation is logged by the act of accepting it.
"""

import logging

from allauth.account import signals as allauth
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.db.models import Q
from django.dispatch import receiver

from .. import audit
from ..backup import revocations
from ..models import User

logger = logging.getLogger(__name__)


@receiver(allauth.user_logged_in, dispatch_uid="rugpijn.log.in")
def logged_in(sender, request, user, **kwargs):
    audit.record(request, "log in", actor=user)


@receiver(user_login_failed, dispatch_uid="rugpijn.log.failed")
def login_failed(sender, credentials, request=None, **kwargs):
    """Log a failed login to a known account. A name that nobody has is not logged, since it is
    about nobody."""
    if request is None:
        return  # a command asked, nobody at a page
    email, code = credentials.get("email"), credentials.get("username")
    query = Q(email__iexact=email) if email else Q(login_code=code) if code else None
    user = User.objects.filter(query).first() if query is not None else None
    if user is None:
        logger.info("login refused: no such account")
    else:
        audit.deny(request, "log in", actor=user)


@receiver(user_logged_out, dispatch_uid="rugpijn.log.out")
def logged_out(sender, request, user, **kwargs):
    if user is not None:
        audit.record(request, "log out", actor=user)


@receiver(
    [allauth.email_changed, allauth.email_added, allauth.email_removed],
    dispatch_uid="rugpijn.log.email",
)
def email_changed(sender, request, user, **kwargs):
    revocations.note("address", user)
    audit.record(request, "change e-mail", actor=user)


# allauth's adapter tells these two: it has no signal for the one, and for the other a signal that
# comes when the password has been saved already.


def asked_new_password(request, user) -> None:
    audit.record(request, "ask new password", actor=user)


def password_changed(request, user) -> None:
    audit.record(request, "change password", actor=user)
