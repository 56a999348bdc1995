"""Mails about who gets into a practice: to its owners, to the person, and to who is invited.

Each goes to the worker when the act is stored, and never stops it: a mail server that is out of
order must keep nobody from taking an account away. What waits names the change, the person or the
invitation by number, or in words when it is deleted; a link is made when the mail is written.
"""

from collections.abc import Iterable
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from ..mailing import sending
from ..mailing.models import Letter
from ..models import AccessChange, StaffInvitation, User

KIND = "access"
SALT = "rugpijn.access-change"


def tell_asked(
    change: AccessChange, owners: Iterable[User], before: str | None, *, at_once: bool
) -> None:
    """Owners, and the address that the person had before; it gets a link to refuse."""
    about = {"change": str(change.uuid), "at_once": at_once}
    person = change.person
    if person is not None and before:
        _later("access_change_yours", before, person.language, **about)
    for owner in owners:
        if owner != person:
            _later("access_change_asked", owner.email, owner.language, **about)


def tell_settled(change: AccessChange, owners: Iterable[User], before: str | None) -> None:
    """What became of it: the owners and the person, at the address of before and of now."""
    languages = {owner.email: owner.language for owner in owners}
    if change.person is not None:
        for address in (before, change.person.email):
            languages[address] = change.person.language
    for address, language in languages.items():
        _later("access_change_settled", address, language, change=str(change.uuid))


def tell_person(template: str, person: User) -> None:
    """What an owner did to the login of a colleague."""
    _later(template, person.email, person.language, person=str(person.uuid))


def tell_withdrawn(invitation: StaffInvitation, owners: Iterable[User], by: str) -> None:
    """With the words of the invitation: its row is gone when the mail is written."""
    about = {"name": invitation.name, "address": invitation.email, "by": by}
    about |= {"practice": invitation.practice.name}
    for owner in owners:
        _later("invitation_withdrawn", owner.email, owner.language, **about)


def invite(invitation: StaffInvitation) -> None:
    """Mail the link, which nobody else sees: only who reads that mailbox can use it.

    An address that has an account here already gets a mail that says so. Whoever invited learns
    from neither the page nor the time whether it has.
    """
    invitation.renew()  # closes the link of before at once; the next is made with the mail
    _later("colleague_invited", invitation.email, "", invitation=invitation.pk)


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


def _later(template: str, to: str | None, language: str, /, **about: Any) -> None:
    """Keep a mail for the worker, which makes what is in it of the numbers in `about`."""
    if to:
        letter = Letter(
            kind=KIND, about={"template": template, **about}, recipient=to, language=language
        )
        transaction.on_commit(lambda: sending.send(letter), robust=True)


def _write(letter: Letter) -> EmailMessage | None:
    """None for what is gone, or was withdrawn, since somebody asked for it."""
    template, context = letter.about["template"], dict(letter.about)
    if "change" in context:
        change = AccessChange.objects.filter(uuid=context["change"])
        context |= {"change": change.select_related("practice", "person").first()}
        context |= _of_change(template, context)
    if "person" in context:
        context["person"] = User.objects.filter(uuid=context["person"]).first()
    if "invitation" in context:
        invitation = StaffInvitation.objects.filter(pk=context["invitation"])
        context["invitation"] = invitation.select_related("practice").first()
    if any(context.get(name, True) is None for name in ("change", "person", "invitation")):
        return None
    if template == "colleague_invited":
        invitation = context["invitation"]
        if not invitation.is_open:
            return None
        token = invitation.renew()
        context["until"] = timezone.localtime(invitation.expires_at)
        if User.objects.filter(email__iexact=invitation.email).exists():
            template = "colleague_known"
        else:
            path = reverse("staff_invitation", args=[token])
            context["link"] = settings.SITE_URL + path
    return get_adapter().render_mail(f"account/email/{template}", letter.recipient, context)


def _of_change(template: str, context: dict[str, Any]) -> dict[str, Any]:
    """When it works, and where it can be refused."""
    change = context["change"]
    if change is None:
        return {}
    page = settings.SITE_URL + reverse("admin:rugpijn_user_access")
    more = {"works_at": timezone.localtime(change.works_at), "page": page}
    if template == "access_change_yours":
        more["refuse"] = None if context["at_once"] else refusal_link(change)
    return more


sending.WRITERS[KIND] = _write
