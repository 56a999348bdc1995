"""Mails about who gets into a practice: to its owners, to the person, and to who is invited.

Each is sent when the act is done, and never stops it: a mail server that is out of order must keep
nobody from taking an account away.
"""

import logging
from collections.abc import Iterable
from smtplib import SMTPException

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from ..models import AccessChange, StaffInvitation, User

logger = logging.getLogger(__name__)
SALT = "rugpijn.access-change"


def tell_asked(
    change: AccessChange, owners: Iterable[User], before: str | None, *, at_once: bool
) -> None:
    """Owners, and the address that the person had before; it holds a link to refuse."""
    context = {
        "change": change,
        "at_once": at_once,
        "works_at": timezone.localtime(change.works_at),
    }
    person = change.person
    if person is not None and before:
        own = {**context, "refuse": None if at_once else refusal_link(change)}
        _later("access_change_yours", before, person.language, own)
    for owner in owners:
        if owner != person:
            path = reverse("admin:rugpijn_user_access")
            mine = {**context, "page": settings.SITE_URL + path}
            _later("access_change_asked", owner.email, owner.language, mine)


def tell_settled(change: AccessChange, owners: Iterable[User], before: str | None) -> None:
    """What became of it: the owners and the person, at the address of before and of now."""
    languages = {owner.email: owner.language for owner in owners}
    if change.person is not None:
        for address in (before, change.person.email):
            languages[address] = change.person.language
    for address, language in languages.items():
        _later("access_change_settled", address, language, {"change": change})


def tell_person(template: str, person: User) -> None:
    """What an owner did to the login of a colleague."""
    _later(template, person.email, person.language, {"person": person})


def tell_withdrawn(invitation: StaffInvitation, owners: Iterable[User], by: str) -> None:
    for owner in owners:
        context = {"invitation": invitation, "by": by}
        _later("invitation_withdrawn", owner.email, owner.language, context)


def invite(invitation: StaffInvitation) -> None:
    """Mail the link, which nobody else sees: only who reads that mailbox can use it.

    An address that has an account here already gets a mail that says so. Whoever invited learns
    from neither the page nor the time whether it has.
    """
    token = invitation.renew()
    taken = User.objects.filter(email__iexact=invitation.email).exists()
    link = settings.SITE_URL + reverse("staff_invitation", args=[token])
    context = {"invitation": invitation, "until": timezone.localtime(invitation.expires_at)}
    if not taken:
        context["link"] = link
    language = translation.get_language() or settings.LANGUAGE_CODE
    name = "colleague_known" if taken else "colleague_invited"
    _later(name, invitation.email, language, context)


def refusal_link(change: AccessChange) -> str:
    """Made from the number of the change when the mail is written; it is kept nowhere."""
    token = signing.dumps(str(change.uuid), salt=SALT)
    return settings.SITE_URL + reverse("refuse_access_change", args=[token])


def find(token: str) -> AccessChange | None:
    """The change of a link, as long as it waits."""
    try:
        uuid = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    found = AccessChange.objects.filter(uuid=uuid, outcome=AccessChange.Outcome.OPEN)
    return found.select_related("practice", "person").first()


def _later(name: str, to: str | None, language: str, context: dict) -> None:
    if to:
        transaction.on_commit(lambda: _send(name, to, language, context), robust=True)


def _send(name: str, to: str, language: str, context: dict) -> None:
    with translation.override(language):
        message = get_adapter().render_mail(f"account/email/{name}", to, context)
    try:
        message.send()
    except (OSError, SMTPException):
        logger.exception("A mail about logging in was not sent: %s", name)
