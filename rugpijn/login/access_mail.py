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
    """Owners, and the address that the person had before: each with a link to refuse. A new
    address hears of it too, without one."""
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


def tell_changed(thing: Practice | User, names: Iterable[str], by: str) -> None:
    """To the owners: what the operator changed of their practice, or of a colleague."""
    practice = thing if isinstance(thing, Practice) else thing.practice
    for owner in User.objects.filter(practice=practice, is_owner=True, is_active=True):
        with translation.override(owner.language):
            labels = [capfirst(str(thing._meta.get_field(name).verbose_name)) for name in names]
        about = {"name": thing.name, "labels": labels, "by": by}
        _later("details_changed", owner.email, owner.language, **about)


def refusal_link(change: AccessChange, to: str) -> str:
    """Of the person or an owner, made of their number and that of the change when the mail is
    written; it is kept nowhere."""
    token = signing.dumps([str(change.uuid), to], salt=SALT)
    return settings.SITE_URL + reverse("refuse_access_change", args=[token])


def find(token: str) -> tuple[AccessChange | None, User | None]:
    """The change of a link, as long as it waits, and whose link it is."""
    try:
        change, to = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError):  # the latter: of a link from before it named who
        return None, None
    found = AccessChange.objects.filter(uuid=change, outcome=AccessChange.Outcome.OPEN)
    change = found.select_related("practice", "person", "invitation").first()
    if change is None:
        return None, None
    return change, User.objects.filter(uuid=to, practice=change.practice).first()


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
    """When it works, and where it can be refused and confirmed."""
    change = context["change"]
    if change is None:
        return {}
    page = settings.SITE_URL + reverse("admin:rugpijn_user_access")
    more = {"works_at": timezone.localtime(change.works_at), "page": page}
    if template in WITH_LINK and not context["at_once"]:
        more["refuse"] = refusal_link(change, context["to"])
    if template != "access_change_settled":
        more["confirmable"] = can_be_confirmed(change)
    return more


sending.WRITERS[KIND] = _write
