"""How somebody gets a way into a login, and what is told about it."""

from django.core import mail
from django.urls import reverse

from rugpijn.models import AccessEvent, StaffInvitation

ANNA, ELS, ROOT = "anna@linde.example", "els@linde.example", "root@server.example"
MINE = "operator+anna@server.example"


def save(client, person, **changes):
    data = {
        "name": person.name,
        "email": person.email,
        "language": "nl",
        "is_therapist": person.is_therapist,
        "is_owner": person.is_owner,
        "is_active": person.is_active,
        **changes,
    }
    address = reverse("admin:rugpijn_user_change", args=[person.pk])
    sent = {name: "on" if value is True else value for name, value in data.items() if value}
    return client.post(address, sent, follow=True)


def newest(action, **which):
    return AccessEvent.objects.filter(action=action, **which).latest("number", "at")


def told():
    return {address for message in mail.outbox for address in message.to}


def invited(practice, **fields):
    return StaffInvitation.invite(
        practice=practice, name="Nina", email="nina@linde.example", is_therapist=True, **fields
    )[0]
