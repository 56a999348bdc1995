"""What gives a way into somebody's login waits for a day, or for an owner."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rugpijn.login import access_changes, second_step
from rugpijn.models import (
    AccessChange,
    AccessEvent,
    LoginSession,
    StaffInvitation,
    TrustedDevice,
    User,
)
from tests.conftest import PASSWORD

from .ways_in import ANNA, ELS, MINE, invited, newest, save, told

pytestmark = pytest.mark.django_db
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


def a_day_later(monkeypatch):
    AccessChange.objects.update(works_at=timezone.now() - timedelta(seconds=1))


def log_in(email, password=PASSWORD):
    client = Client()
    client.post("/accounts/login/", {"login": email, "password": password})
    return client


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
