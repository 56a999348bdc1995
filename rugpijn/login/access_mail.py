"""Mails about who gets access to a practice: to its owners, the person, and who is invited.

Each is handed to the worker when the transaction commits, and never raises: a mail server that is
down must not keep anybody from taking an account away. A letter that waits names the change, the
person or the invitation by number, or holds the text when the row is deleted. Its link is made when
the mail is written.
"""

from collections.abc import Iterable
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.text import capfirst

from ..mailing import sending
from ..mailing.models import Letter
from ..models import AccessChange, Practice, StaffInvitation, User
from .access_rules import can_be_confirmed

KIND = "access"
SALT = "rugpijn.access-change"
WITH_LINK = ("access_change_yours", "access_change_asked")


def tell_asked(
    change: AccessChange, owners: Iterable[User], before: str | None, *, at_once: bool
) -> None:
    """Mail the owners, and the person at the address of before, each with a link to refuse. A new
    address gets a mail without a link."""
    about = {"change": str(change.uuid), "at_once": at_once}
    person = change.person
    if person is not None:
        _later("access_change_yours", before, person.language, to=str(person.uuid), **about)
        _later("access_change_new", change.email, person.language, change=str(change.uuid))
    for owner in owners:
        if owner != person:
            about["to"] = str(owner.uuid)
            _later("access_change_asked", owner.email, owner.language, **about)


def tell_settled(change: AccessChange, owners: Iterable[User], before: str | None) -> None:
    """Mail the outcome to the owners, and to the person at the old and the new address."""
    languages = {owner.email: owner.language for owner in owners}
    if change.person is not None:
        for address in (before, change.person.email):
            languages[address] = change.person.language
    for address, language in languages.items():
        _later("access_change_settled", address, language, change=str(change.uuid))


def tell_person(template: str, person: User) -> None:
    """Mail a colleague what an owner changed about their login."""
    _later(template, person.email, person.language, person=str(person.uuid))


def tell_withdrawn(invitation: StaffInvitation, owners: Iterable[User], by: str) -> None:
    """Mail the owners. The text is copied here: the row is gone when the mail is written."""
    about = {"name": invitation.name, "address": invitation.email, "by": by}
    about |= {"practice": invitation.practice.name}
    for owner in owners:
        _later("invitation_withdrawn", owner.email, owner.language, **about)


def invite(invitation: StaffInvitation) -> None:
    """Mail the link, which is shown nowhere else: only who reads that mailbox can use it.

    An address that already has an account gets a mail that says so. Neither the page nor the time
    that it takes tells whoever invited which of the two was sent.
    """
    invitation.renew()  # the earlier link stops working now; the next is made with the mail
    _later("colleague_invited", invitation.email, "", invitation=invitation.pk)


def tell_changed(thing: Practice | User, names: Iterable[str], by: str) -> None:
    """Mail the owners what the operator changed of their practice or of a colleague."""
    practice = thing if isinstance(thing, Practice) else thing.practice
    for owner in User.objects.filter(practice=practice, is_owner=True, is_active=True):
        with translation.override(owner.language):
            labels = [capfirst(str(thing._meta.get_field(name).verbose_name)) for name in names]
        about = {"name": thing.name, "labels": labels, "by": by}
        _later("details_changed", owner.email, owner.language, **about)


def refusal_link(change: AccessChange, to: str) -> str:
    """The signed address at which `to`, the uuid of a person, refuses. It is stored nowhere."""
    token = signing.dumps([str(change.uuid), to], salt=SALT)
    return settings.SITE_URL + reverse("refuse_access_change", args=[token])


def find(token: str) -> tuple[AccessChange | None, User | None]:
    """The change that a link is about and whose link it is; both None when it no longer waits."""
    try:
        change, to = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError):  # ValueError: a link of an older release
        return None, None
    changes = AccessChange.objects.filter(uuid=change, outcome=AccessChange.Outcome.OPEN)
    change = changes.select_related("practice", "person", "invitation").first()
    if change is None:
        return None, None
    return change, User.objects.filter(uuid=to, practice=change.practice).first()


def _later(template: str, to: str | None, language: str, /, **about: Any) -> None:
    """Send a mail by the worker, after the commit. `about` holds the numbers for its text."""
    if to:
        letter = Letter(
            kind=KIND, about={"template": template, **about}, recipient=to, language=language
        )
        transaction.on_commit(lambda: sending.send(letter), robust=True)


def _write(letter: Letter) -> EmailMessage | None:
    """The mail of a letter; None when its change, person or invitation is gone or withdrawn."""
    template, context = letter.about["template"], dict(letter.about)
    if "change" in context:
        change = AccessChange.objects.filter(uuid=context["change"])
        context |= {"change": change.select_related("practice", "person", "invitation").first()}
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
    """When the change works, and the addresses at which it is confirmed and refused."""
    change = context["change"]
    if change is None:
        return {}
    page = settings.SITE_URL + reverse("admin:rugpijn_user_access")
    context_of_change = {"works_at": timezone.localtime(change.works_at), "page": page}
    if template in WITH_LINK and not context["at_once"]:
        context_of_change["refuse"] = refusal_link(change, context["to"])
    if template != "access_change_settled":
        context_of_change["confirmable"] = can_be_confirmed(change)
    return context_of_change


sending.WRITERS[KIND] = _write
