"""Who runs the server cannot become a colleague unseen: every way into somebody's login is written
in the log of that practice, told by mail, and what gives a way in waits for a day or for an owner.
"""

import re
from datetime import timedelta
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.management.commands import createsuperuser
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rugpijn.login import access_changes, second_step
from rugpijn.login.ways_in import WAYS
from rugpijn.models import (
    AccessChange,
    AccessEvent,
    LoginSession,
    StaffInvitation,
    TrustedDevice,
    User,
)
from tests.conftest import PASSWORD, fresh_login

pytestmark = pytest.mark.django_db
ANNA, ELS, ROOT = "anna@linde.example", "els@linde.example", "root@server.example"
MINE = "operator+anna@server.example"
ACCESS = reverse("admin:rugpijn_user_access")


def words(answer):
    """What a page says, without its address and token."""
    return re.sub(r"<[^>]+>", "", answer.content.decode()).split()


@pytest.fixture(autouse=True)
def world(cast):
    """Anna has a second step, and codes on paper."""
    Authenticator.objects.create(user=cast.anna, type="totp", data={"secret": "x"})
    second_step.new_list(cast.anna)


@pytest.fixture
def at_work(cast):
    client = Client()
    client.force_login(cast.anna)
    return client


@pytest.fixture
def by(cast, django_capture_on_commit_callbacks):
    """A browser of somebody; its acts are over, mails included, when it returns."""

    class Browser(Client):
        def post(self, *args, **kwargs):
            with django_capture_on_commit_callbacks(execute=True):
                return super().post(*args, **kwargs)

    def browser(name):
        client = Browser()
        if name is not None:
            fresh_login(client, getattr(cast, name))
        return client

    return browser


@pytest.fixture
def typed(django_capture_on_commit_callbacks):
    """A command on the server; says what it printed."""

    def command(*args, **options):
        out = StringIO()
        with django_capture_on_commit_callbacks(execute=True):
            call_command(*args, stdout=out, **options)
        return out.getvalue()

    return command


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


def a_day_later(monkeypatch):
    AccessChange.objects.update(works_at=timezone.now() - timedelta(seconds=1))


def log_in(email, password=PASSWORD):
    client = Client()
    client.post("/accounts/login/", {"login": email, "password": password})
    return client


def invited(practice, **fields):
    return StaffInvitation.invite(
        practice=practice, name="Nina", email="nina@linde.example", is_therapist=True, **fields
    )[0]


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


# ------------------------------------------------------------ until it works, and then


class TestAnotherAddress:
    def test_waits_and_the_old_one_works(self, cast, by, at_work):
        page = save(by("root"), cast.anna, email=MINE).content.decode()
        assert "bevestigt" in page
        assert LoginSession.objects.filter(user=cast.anna).exists()
        assert at_work.get("/admin/").status_code == 200
        assert log_in(MINE).get("/admin/").status_code == 302
        mail.outbox.clear()
        by(None).post("/accounts/password/reset/", {"email": MINE})
        assert "/password/reset/key/" not in mail.outbox[-1].body
        assert "1 " in by("els").get(ACCESS).content.decode()

    def test_works_after_a_day(self, cast, by, monkeypatch):
        save(by("root"), cast.anna, email=MINE)
        a_day_later(monkeypatch)
        mail.outbox.clear()
        by(None).post("/accounts/password/reset/", {"email": MINE})
        assert any("/password/reset/key/" in message.body for message in mail.outbox)
        assert User.objects.get(pk=cast.anna.pk).email == MINE
        row = newest("carry out access change")
        assert (row.practice, row.object_part) == (cast.els.practice.uuid, "email")

    def test_an_owner_confirms(self, cast, by):
        save(by("root"), cast.anna, email=MINE)
        mail.outbox.clear()
        change = AccessChange.objects.get()
        by("els").post(ACCESS, {"change": change.pk, "confirm": "1"})
        assert User.objects.get(pk=cast.anna.pk).email == MINE
        assert newest("confirm access change").actor == cast.els.uuid
        assert told() == {ELS, ANNA, MINE}

    def test_an_owner_refuses(self, cast, by, monkeypatch):
        save(by("root"), cast.anna, email=MINE)
        change = AccessChange.objects.get()
        by("els").post(ACCESS, {"change": change.pk, "refuse": "1"})
        a_day_later(monkeypatch)
        access_changes.settle_due()
        assert User.objects.get(pk=cast.anna.pk).email == ANNA
        assert newest("refuse access change").practice == cast.els.practice.uuid

    def test_the_person_refuses_by_the_mail_to_the_old_address(self, cast, by):
        save(by("root"), cast.anna, email=MINE)
        mine = next(message for message in mail.outbox if message.to == [ANNA])
        link = re.search(r"http://\S+(/accounts/change/\S+)", mine.body)[1]
        new = next(message for message in mail.outbox if message.to == [MINE])
        assert "/accounts/change/" not in new.body
        browser = by(None)
        for _ in range(3):  # a scanner of mail opens it
            assert browser.get(link).status_code == 200
        assert AccessChange.objects.get().outcome == ""
        assert browser.post(link).status_code == 200
        assert AccessChange.objects.get().outcome == "refused"
        used, never = browser.post(link), browser.get("/accounts/change/x:y:z/")
        assert (used.status_code, never.status_code) == (410, 410)
        assert words(used) == words(never)

    def test_who_asked_cannot_confirm_also_as_an_owner(self, cast, practice, by):
        User.objects.filter(pk=cast.root.pk).update(practice=practice, is_owner=True)
        save(by("root"), cast.anna, email=MINE)
        change = AccessChange.objects.get()
        answer = by("root").post(ACCESS, {"change": change.pk, "confirm": "1"})
        assert answer.status_code == 403
        assert User.objects.get(pk=cast.anna.pk).email == ANNA

    @pytest.mark.parametrize("who", ["bram", "anna", "piet"])
    def test_nobody_else_decides(self, cast, by, who):
        save(by("root"), cast.anna, email=MINE)
        change = AccessChange.objects.get()
        for act in ("confirm", "refuse"):
            by(who).post(ACCESS, {"change": change.pk, act: "1"})
        assert AccessChange.objects.get().outcome == ""

    def test_taken_meanwhile_it_fails_in_words(self, cast, by, monkeypatch):
        save(by("root"), cast.anna, email=MINE)
        User.objects.create_user(MINE, PASSWORD, name="Een ander")
        a_day_later(monkeypatch)
        access_changes.settle_due()
        assert AccessChange.objects.get().outcome == "failed"
        assert User.objects.get(pk=cast.anna.pk).email == ANNA


BRAM = "bram@zuid.example"


def link_to(address):
    """The newest link to refuse that was mailed to somebody; None without one."""
    bodies = [message.body for message in mail.outbox if message.to == [address]]
    found = re.search(r"http://\S+(/accounts/change/\S+)", bodies[-1]) if bodies else None
    return found and found[1]


class TestTheOnlyOwner:
    """Whoever runs the server could take over a practice that one person owns."""

    def test_waits_its_day_and_then_it_works(self, cast, by, monkeypatch):
        page = save(by("root"), cast.bram, email=MINE).content.decode()
        assert "geen andere eigenaar" in page and "werkt meteen" not in page
        assert User.objects.get(pk=cast.bram.pk).email == BRAM
        assert told() == {BRAM, MINE}
        (old,) = [message.body for message in mail.outbox if message.to == [BRAM]]
        assert MINE in old and "bevestigt" not in old
        by(None).post("/accounts/password/reset/", {"email": MINE})
        assert "/password/reset/key/" not in mail.outbox[-1].body
        a_day_later(monkeypatch)
        access_changes.settle_due()
        assert User.objects.get(pk=cast.bram.pk).email == MINE
        assert newest("carry out access change").practice == cast.bram.practice.uuid

    def ask_email(self, cast, by, typed):
        save(by("root"), cast.bram, email=MINE)

    def ask_factor(self, cast, by, typed):
        by("root").post(reverse("admin:rugpijn_user_factor", args=[cast.bram.pk]))

    def ask_invitation(self, cast, by, typed):
        made = invited(cast.bram.practice, is_owner=True)
        by("root").post(reverse("admin:rugpijn_staffinvitation_renew", args=[made.pk]))

    def ask_reset(self, cast, by, typed):
        assert "confirms" not in typed("reset_second_factor", BRAM)

    def ask_again(self, cast, by, typed):
        name = cast.bram.practice.name
        said = typed("start_practice", name=name, owner="Ik", email=MINE, again=True, no_input=True)
        assert "/colleague/" not in said

    @pytest.mark.parametrize("way", ["email", "factor", "invitation", "reset", "again"])
    def test_refuses_each_way_from_the_address_of_before(self, cast, by, typed, monkeypatch, way):
        Authenticator.objects.create(user=cast.bram, type="totp", data={"secret": "x"})
        getattr(self, f"ask_{way}")(cast, by, typed)
        assert AccessChange.objects.get().outcome == ""
        assert by(None).post(link_to(BRAM)).status_code == 200
        assert newest("refuse access change").actor == cast.bram.uuid
        a_day_later(monkeypatch)
        access_changes.settle_due()
        assert AccessChange.objects.get().outcome == "refused"
        assert User.objects.get(pk=cast.bram.pk).email == BRAM
        assert Authenticator.objects.filter(user=cast.bram).exists()
        assert not any("/colleague/" in message.body for message in mail.outbox)

    def test_confirms_nothing_about_themselves(self, cast, by):
        save(by("root"), cast.bram, email=MINE)
        answer = by("bram").post(ACCESS, {"change": AccessChange.objects.get().pk, "confirm": "1"})
        assert answer.status_code == 403
        assert User.objects.get(pk=cast.bram.pk).email == BRAM

    def test_the_words_before_it_say_so(self, cast, by):
        root = by("root")
        for name in ("admin:rugpijn_user_change", "admin:rugpijn_user_factor"):
            page = root.get(reverse(name, args=[cast.bram.pk])).content.decode()
            assert "wacht de wijziging de hele dag" in page and "direct" not in page

    def test_another_colleague_still_waits_for_that_owner(self, cast, other_practice, by):
        lea = User.objects.create_user(
            "lea@zuid.example", PASSWORD, name="Lea", practice=other_practice, is_therapist=True
        )
        save(by("root"), lea, email=MINE)
        assert User.objects.get(pk=lea.pk).email == "lea@zuid.example"
        assert "bevestigen" in next(m.body for m in mail.outbox if m.to == [BRAM])
        by("bram").post(ACCESS, {"change": AccessChange.objects.get().pk, "confirm": "1"})
        assert User.objects.get(pk=lea.pk).email == MINE


class TestWhoGotAWayInFromTheOperator:
    """Such an owner may be the operator, and confirms nothing for a day."""

    @pytest.fixture
    def lea(self, other_practice):
        return User.objects.create_user(
            "lea@zuid.example", PASSWORD, name="Lea", practice=other_practice, is_therapist=True
        )

    def test_confirms_no_other_change_for_a_day(self, cast, by, lea, monkeypatch):
        save(by("root"), cast.bram, email=MINE)
        a_day_later(monkeypatch)
        access_changes.settle_due()
        mail.outbox.clear()
        save(by("root"), lea, email="operator+lea@server.example")
        change = AccessChange.objects.get(person=lea)
        page = by("bram").get(ACCESS).content.decode()
        assert 'name="confirm"' not in page and 'name="refuse"' in page
        assert "bevestigen" not in next(m.body for m in mail.outbox if m.to == [MINE])
        assert by("bram").post(ACCESS, {"change": change.pk, "confirm": "1"}).status_code == 403
        assert User.objects.get(pk=lea.pk).email == "lea@zuid.example"
        AccessChange.objects.filter(person=cast.bram).update(
            settled_at=timezone.now() - timedelta(hours=25)
        )
        by("bram").post(ACCESS, {"change": change.pk, "confirm": "1"})
        assert User.objects.get(pk=lea.pk).email == "operator+lea@server.example"

    def test_nor_does_an_owner_who_came_with_a_link_of_the_operator(
        self, cast, other_practice, by, lea, monkeypatch
    ):
        made = StaffInvitation.invite(
            practice=other_practice, name="Ik", email=MINE, is_owner=True
        )[0]
        by("root").post(reverse("admin:rugpijn_staffinvitation_renew", args=[made.pk]))
        a_day_later(monkeypatch)
        mail.outbox.clear()
        by(None).post("/accounts/password/reset/", {"email": "x@y.example"})
        body = next(message.body for message in mail.outbox if message.to == [MINE])
        link = re.search(r"http://\S+(/colleague/\S+)", body)[1]
        by(None).post(link, {"password": "een-heel-andere-ochtend-27"})
        cast.me = User.objects.get(email=MINE)
        save(by("root"), lea, email="operator+lea@server.example")
        change = AccessChange.objects.get(person=lea)
        assert by("me").post(ACCESS, {"change": change.pk, "confirm": "1"}).status_code == 403


class TestWhatTheOperatorChanges:
    """It works at once; the owners hear of it, and the log says what it was."""

    def change_practice(self, client, practice, **changes):
        address = reverse("admin:rugpijn_practice_change", args=[practice.pk])
        form = client.get(address).context["adminform"].form
        data = {name: form[name].value() or "" for name in form.fields if name != "logo"}
        return client.post(address, {**data, **changes})

    def test_of_a_practice_is_mailed_and_named(self, cast, practice, by):
        changes = {
            "out_of_hours_phone": "026 765 4321",
            "doctor_phone": "026 123 4567",
            "second_step": "",
        }
        self.change_practice(by("root"), practice, **changes)
        practice.refresh_from_db()
        assert practice.out_of_hours_phone == "026 765 4321"
        assert told() == {ELS}
        body = mail.outbox[-1].body
        assert (
            "- Telefoon van de huisartsenpost" in body and "026 123" not in body and "Root" in body
        )
        assert newest("change").object_part == "doctor_phone out_of_hours_phone"
        page = by("els").get(reverse("admin:rugpijn_accessevent_changelist")).content.decode()
        assert "telefoon van de huisartsenpost" in page

    def test_by_an_owner_is_named_and_mailed_to_nobody(self, cast, practice, by):
        self.change_practice(by("els"), practice, city="Velp")
        assert newest("change").object_part == "city" and not mail.outbox

    def test_of_a_colleague_is_mailed_and_named(self, cast, by):
        save(by("root"), cast.anna, name="Anna Bos")
        assert told() == {ELS} and newest("change").object_part == "name"
        assert "Anna Bos" in mail.outbox[-1].body and "- Naam" in mail.outbox[-1].body

    def test_many_fields_are_all_named(self, cast, practice, by):
        names = {
            "street": "Weg 1",
            "postcode": "6811 AA",
            "city": "Velp",
            "website": "https://x.nl",
            "email": "p@x.nl",
            "diary_weeks": "6",
            "idle_minutes": "20",
        }
        self.change_practice(by("els"), practice, **names)
        rows = AccessEvent.objects.filter(action="change", object_type="practice")
        parts = [row.object_part for row in rows]
        assert {name for part in parts for name in part.split()} == set(names)


class TestASecondStep:
    def test_nothing_is_lost_until_it_works(self, cast, by, at_work, monkeypatch):
        device = TrustedDevice.objects.create(
            user=cast.anna, token_hash="x", name="x", expires_at=timezone.now() + timedelta(days=1)
        )
        by("root").post(reverse("admin:rugpijn_user_factor", args=[cast.anna.pk]))
        assert at_work.get("/admin/").status_code == 200
        assert second_step.codes_left(cast.anna) == 10
        assert TrustedDevice.objects.filter(pk=device.pk).exists()
        a_day_later(monkeypatch)
        log_in(ANNA)
        assert not Authenticator.objects.filter(user=cast.anna).exists()
        assert second_step.codes_left(cast.anna) == 0
        assert not TrustedDevice.objects.exists()
        assert at_work.get("/admin/").status_code == 302


class TestAnInvitation:
    def test_the_operator_never_holds_its_link(self, cast, practice, by, monkeypatch):
        made = invited(practice)
        root = by("root")
        page = root.post(
            reverse("admin:rugpijn_staffinvitation_renew", args=[made.pk]), follow=True
        ).content.decode()
        assert "/colleague/" not in page
        a_day_later(monkeypatch)
        mail.outbox.clear()
        by(None).post("/accounts/password/reset/", {"email": "x@y.example"})
        link = next(message for message in mail.outbox if "/colleague/" in message.body)
        assert link.to == ["nina@linde.example"]


def test_the_list_and_the_page_of_a_colleague_say_what_waits(cast, by):
    save(by("root"), cast.anna, email=MINE)
    els = by("els")
    for address in (
        reverse("admin:rugpijn_user_changelist"),
        reverse("admin:rugpijn_user_change", args=[cast.anna.pk]),
    ):
        assert ACCESS in els.get(address).content.decode()
    page = els.get(ACCESS).content.decode()
    assert MINE in page and ANNA in page and "Root" in page
    assert MINE not in by("bram").get(ACCESS).content.decode()
