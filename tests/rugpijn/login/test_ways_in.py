"""Who runs the server cannot become a colleague unseen: every way into somebody's login is written
in the log of that practice, told by mail, and what gives a way in waits for a day or for an owner.
"""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.management.commands import createsuperuser
from django.core import mail
from django.core.management import CommandError
from django.urls import reverse

from rugpijn.login import second_step
from rugpijn.login.ways_in import WAYS
from rugpijn.models import StaffInvitation, User
from tests.conftest import PASSWORD

from .ways_in import ANNA, ELS, MINE, invited, newest, save, told

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def world(cast):
    """Anna has a second step, and codes on paper."""
    Authenticator.objects.create(user=cast.anna, type="totp", data={"secret": "x"})
    second_step.new_list(cast.anna)


# ------------------------------------------------------------ each way, by its name in the table


def email_by_operator(cast, by, typed):
    save(by("root"), cast.anna, email=MINE)
    cast.anna.refresh_from_db()
    assert cast.anna.email == ANNA
    return "ask access change", cast.practice, {ELS, ANNA, MINE}


def factor_by_operator(cast, by, typed):
    by("root").post(reverse("admin:rugpijn_user_factor", args=[cast.anna.pk]))
    assert Authenticator.objects.filter(user=cast.anna).exists()
    return "ask access change", cast.practice, {ELS, ANNA}


def factor_by_owner(cast, by, typed):
    by("els").post(reverse("admin:rugpijn_user_factor", args=[cast.anna.pk]))
    assert not Authenticator.objects.filter(user=cast.anna).exists()
    return "reset second factor", cast.practice, {ANNA}


def role_by_operator(cast, by, typed):
    save(by("root"), cast.anna, is_owner=True)
    cast.anna.refresh_from_db()
    assert not cast.anna.is_owner
    return "ask access change", cast.practice, {ELS, ANNA}


def opened_by_operator(cast, by, typed):
    User.objects.filter(pk=cast.anna.pk).update(is_active=False)
    cast.anna.refresh_from_db()
    save(by("root"), cast.anna, is_active=True)
    cast.anna.refresh_from_db()
    assert not cast.anna.is_active
    return "ask access change", cast.practice, {ELS, ANNA}


def role_by_owner(cast, by, typed):
    save(by("els"), cast.anna, is_owner=True)
    cast.anna.refresh_from_db()
    assert cast.anna.is_owner
    return "change role", cast.practice, {ANNA}


def taken_by_operator(cast, by, typed):
    save(by("root"), cast.anna, is_active=False)
    cast.anna.refresh_from_db()
    assert not cast.anna.is_active
    return "change role", cast.practice, {ELS, ANNA}


def invitation_by_owner(cast, by, typed):
    data = {"name": "Nina", "email": "nina@linde.example", "is_therapist": "on"}
    by("els").post(reverse("admin:rugpijn_staffinvitation_add"), data)
    assert "/colleague/" in mail.outbox[-1].body
    return "invite", cast.practice, {"nina@linde.example"}


def renewed_by_operator(cast, by, typed):
    made = invited(cast.practice)
    by("root").post(reverse("admin:rugpijn_staffinvitation_renew", args=[made.pk]))
    assert StaffInvitation.objects.get(pk=made.pk).token_hash == made.token_hash
    return "ask access change", cast.practice, {ELS}


def withdrawn_by_operator(cast, by, typed):
    made = invited(cast.practice)
    address = reverse("admin:rugpijn_staffinvitation_delete", args=[made.pk])
    by("root").post(address, {"post": "yes"})
    assert not StaffInvitation.objects.exists()
    return "withdraw invitation", cast.practice, {ELS}


def command_factor(cast, by, typed):
    assert "confirms it" in typed("reset_second_factor", ANNA)
    assert Authenticator.objects.filter(user=cast.anna).exists()
    return "ask access change", cast.practice, {ELS, ANNA}


def command_new_practice(cast, by, typed):
    said = typed("start_practice", name="De Es", owner="Eva", email="e@es.example", no_input=True)
    made = StaffInvitation.objects.get()
    assert "/colleague/" in said
    return "invite", made.practice, set()


def command_again(cast, by, typed):
    said = typed(
        "start_practice", name=cast.practice.name, owner="Ik", email=MINE, again=True, no_input=True
    )
    assert "/colleague/" not in said and MINE in said
    return "ask access change", cast.practice, {ELS}


def command_password(cast, by, typed):
    for email in (ANNA, "piet@mail.example", "nobody@server.example"):
        with pytest.raises(CommandError):
            typed("changepassword", email)
    assert User.objects.get(pk=cast.anna.pk).check_password(PASSWORD)
    return None, None, set()


def command_operator(cast, by, typed):
    createsuperuser.get_default_username = lambda **_: ""
    typed("createsuperuser", email="two@server.example", name="Twee", interactive=False)
    assert User.objects.get(email="two@server.example").practice is None
    return "add operator", None, set()


def password_by_mail(cast, by, typed):
    by(None).post("/accounts/password/reset/", {"email": ANNA})
    return "ask new password", cast.practice, {ANNA}


def own_list(cast, by, typed):
    by("els").post("/account/codes/")
    return "print codes", cast.practice, {ELS}


def own_device(cast, by, typed):
    by("piet").post("/account/devices/", {"trust": "1"})
    return "trust device", cast.practice, set()


def own_address(cast, by, typed):
    client = by("els")
    client.post("/accounts/email/", {"action_add": "", "email": "els@elders.example"})
    link = re.search(r"http://\S+(/accounts/confirm-email/\S+)", mail.outbox[-1].body)[1]
    client.post(link)
    assert User.objects.get(pk=cast.els.pk).email == "els@elders.example"
    return "change e-mail", cast.practice, {ELS, "els@elders.example"}


def new_way_for_patient(cast, by, typed):
    by("anna").post(reverse("admin:patients_patient_invite", args=[cast.piet_patient.pk]))
    return "invite", cast.practice, {"piet@mail.example"}


def moved(cast, by, typed):
    save(by("root"), cast.anna, practice=cast.bram.practice_id)
    assert User.objects.get(pk=cast.anna.pk).practice == cast.practice
    return None, None, set()


def oneself(cast, by, typed):
    root = by("root")
    fields = {"practice": cast.practice.pk, "is_owner": True, "is_therapist": True}
    save(root, cast.root, **fields)
    add = reverse("admin:rugpijn_staffinvitation_add")
    assert root.post(add, {"name": "Ik", "email": MINE, "is_therapist": "on"}).status_code == 403
    held = User.objects.get(pk=cast.root.pk)
    assert held.practice is None and not held.is_owner and not held.is_therapist
    return None, None, set()


TRIED = {
    "e-mail address of a colleague": email_by_operator,
    "second step of a colleague, by the operator": factor_by_operator,
    "second step of a colleague, by an owner": factor_by_owner,
    "role given by the operator": role_by_operator,
    "account opened again by the operator": opened_by_operator,
    "role or account, by an owner": role_by_owner,
    "role or account taken away by the operator": taken_by_operator,
    "invitation of a colleague by an owner": invitation_by_owner,
    "new link of an invitation, by the operator": renewed_by_operator,
    "invitation withdrawn by the operator": withdrawn_by_operator,
    "manage.py reset_second_factor": command_factor,
    "manage.py start_practice, a new practice": command_new_practice,
    "manage.py start_practice --again": command_again,
    "manage.py changepassword, of staff or a patient": command_password,
    "manage.py createsuperuser": command_operator,
    "new password by mail": password_by_mail,
    "own passkey, app or list of codes": own_list,
    "own trusted device": own_device,
    "own e-mail address": own_address,
    "new invitation of a patient with a login": new_way_for_patient,
    "another practice for somebody": moved,
    "practice or role for oneself": oneself,
}


@pytest.mark.parametrize("name", [way.name for way in WAYS])
def test_each_way_in_is_logged_and_told(cast, practice, by, typed, name):
    cast.practice = practice
    action, in_log_of, mailed = TRIED[name](cast, by, typed)
    if action is not None:
        row = newest(action)
        assert row.practice == (in_log_of.uuid if in_log_of else None)
    assert told() == mailed


def test_the_guide_shows_the_table():
    from pathlib import Path

    guide = Path("docs/trust.md").read_text()
    for way in WAYS:
        row = f"| {way.name} | {way.by} | {way.logged} | {way.mailed} | {way.works} |"
        assert row in guide, row
