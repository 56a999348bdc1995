"""How long staff stay logged in, passwords, wrong attempts, and what a link gives away."""

import re
import time
from datetime import timedelta
from html import unescape

import pytest
from allauth.mfa.utils import decrypt
from django.contrib.auth.hashers import MD5PasswordHasher, identify_hasher
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from patients.joining import invitations
from patients.models import Patient, Programme
from rugpijn import settings as ours
from rugpijn.login import second_factor, totp
from rugpijn.models import LoginSession, Practice, StaffInvitation, User
from tests.authenticator_app import app_code
from tests.conftest import PASSWORD, fresh_login
from tests.forms.page_forms import form_to

pytestmark = pytest.mark.django_db
LOGIN, RESET = reverse("account_login"), reverse("account_reset_password")
STEP, CHANGE = reverse("second_step"), reverse("account_change_password")
DEVICES = reverse("login_devices")
WRONG = "een verkeerde zin"


def words(response):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def is_in(client) -> bool:
    return "_auth_user_id" in client.session


def log_in(client, name, password=PASSWORD):
    return client.post(LOGIN, {"login": name, "password": password})


@pytest.fixture
def clock(monkeypatch):
    now = [time.time() // 30 * 30 + 15]
    monkeypatch.setattr(time, "time", lambda: now[0])

    def later(**spans):
        now[0] += timedelta(**spans).total_seconds()

    return later


class TestHowLong:
    @pytest.fixture
    def anna(self, cast, clock):
        client = Client()
        fresh_login(client, cast.anna)
        return client

    @pytest.mark.parametrize("minutes", [15, 30, 60])
    def test_as_long_as_the_practice_says_without_a_page(self, cast, practice, clock, minutes):
        Practice.objects.filter(pk=practice.pk).update(idle_minutes=minutes)
        cast.anna.refresh_from_db()
        fresh_login(anna := Client(), cast.anna)
        for _page in range(2):
            clock(minutes=minutes - 1)
            assert anna.get("/admin/").status_code == 200
        clock(minutes=minutes + 1)
        assert anna.get("/admin/").status_code == 302
        assert not LoginSession.objects.exists()

    def test_what_the_owner_changes_counts_from_the_next_page(self, anna, practice, clock):
        Practice.objects.filter(pk=practice.pk).update(idle_minutes=15)
        clock(minutes=20)
        assert anna.get("/admin/").status_code == 200
        clock(minutes=20)
        assert anna.get("/admin/").status_code == 302

    def test_half_an_hour_without_a_practice(self, cast, clock):
        fresh_login(client := Client(), cast.root)
        clock(minutes=29)
        assert client.get("/admin/").status_code == 200
        clock(minutes=31)
        assert client.get("/admin/").status_code == 302

    def test_twelve_hours_at_most(self, anna, clock):
        for _page in range(24):
            clock(minutes=29, seconds=50)
            assert anna.get("/admin/").status_code == 200
        clock(minutes=20)
        assert anna.get("/admin/").status_code == 302

    @pytest.mark.parametrize(("minutes", "kept"), [("14", 30), ("61", 30), ("", 30), ("45", 45)])
    def test_the_owner_chooses_within_bounds(self, cast, practice, minutes, kept):
        fresh_login(els := Client(), cast.els)
        fields = {
            "name": "De Linde",
            "paper": "full",
            "diary_weeks": 3,
            "emergency_phone": "112",
            "colour": "#14485a",
            "is_record": "False",
            "keep_months": 24,
            "idle_minutes": minutes,
        }
        els.post(reverse("admin:rugpijn_practice_change", args=[practice.pk]), fields)
        practice.refresh_from_db()
        assert practice.idle_minutes == kept

    def test_what_was_typed_survives(self, cast, clock):
        second = totp.add(cast.anna, totp.new_secret())
        client = Client()
        log_in(client, cast.anna.email)
        client.post(STEP, {"code": _code(second)})
        client.get("/admin/")
        clock(minutes=40)
        add = reverse("admin:patients_patient_add")
        sent = {"name": "Kees Prins", "birth_date": "1-2-1960", "language": "nl"}
        asked = client.post(add, sent)["Location"]
        assert not Patient.objects.filter(name="Kees Prins").exists()
        back = client.post(asked, {"login": cast.anna.email, "password": PASSWORD, "next": add})
        assert client.get(back["Location"])["Location"] == reverse("kept_form")
        form = form_to(client.get(reverse("kept_form")), add)
        client.post(add, form.data())
        assert Patient.objects.filter(name="Kees Prins").count() == 1


def _code(app) -> str:
    return app_code(decrypt(app.data["secret"]))


class TestRotation:
    def test_a_session_from_before_the_login_is_worth_nothing(self, client, cast):
        client.get(LOGIN)
        session = client.session
        session["x"] = 1
        session.save()
        before = session.session_key
        client.cookies["sessionid"] = before
        log_in(client, cast.piet.email)
        assert is_in(client) and client.session.session_key != before
        thief = Client()
        thief.cookies["sessionid"] = before
        assert thief.get("/").status_code == 302

    def test_a_changed_password_gives_the_session_another_key(self, client, cast):
        log_in(client, cast.piet.email)
        before = client.session.session_key
        new = "een zachte regen in april"
        client.post(CHANGE, {"oldpassword": PASSWORD, "password1": new, "password2": new})
        assert is_in(client) and client.session.session_key != before
        assert not LoginSession.objects.filter(session_key=before).exists()

    def test_the_staffs_logout_only_by_a_press(self, client, cast):
        fresh_login(client, cast.anna)
        key, out = client.session.session_key, reverse("account_logout")
        assert client.get(out).status_code == 200 and client.get("/admin/").status_code == 200
        assert client.post(out)["Clear-Site-Data"] == '"cache", "storage"'
        assert not LoginSession.objects.filter(session_key=key).exists()


class TestPasswords:
    def chosen(self, cast, password):
        """Whether an invited colleague may have this one."""
        _invitation, token = StaffInvitation.invite(
            practice=cast.anna.practice,
            name="Nina Smit",
            email="nina@linde.example",
            is_therapist=True,
        )
        client = Client()
        client.post(reverse("staff_invitation", args=[token]), {"password": password})
        return User.objects.filter(email="nina@linde.example").first()

    @pytest.mark.parametrize(
        "password",
        [
            "tw@alf tek11",
            "lang en breed. " * 8 + "klaar!!!",
            " spatie voor en achter ",
            "ζωή ☀ и покой",
            "pässwörter 香",
        ],
    )
    def test_good(self, cast, password):
        assert 12 <= len(password) <= 128
        nina = self.chosen(cast, password)
        assert nina.check_password(password) and not nina.check_password(password.strip() + "x")
        assert password == password.strip() or not nina.check_password(password.strip())

    @pytest.mark.parametrize(
        "password",
        [
            "elf tekens1",
            "123456789012",
            "abcdefghijklmn",
            "passwordpassword",
            "welkom01welkom01",
            "aaaaaaaaaaaaaaab",
            "1q2w3e4r5t6y",
            "Nina Smit...",
            "nina@linde.example",
            "Fysiotherapie De Linde",
            "fysiotherapiedelinde",
            "fysiotherapie de linde 1",
            "rugpijn rugpijn",
            "x" * 129,
        ],
    )
    def test_refused(self, cast, password):
        assert self.chosen(cast, password) is None

    def test_is_kept_as_argon2(self, settings):
        settings.PASSWORD_HASHERS = ours.PASSWORD_HASHERS  # tests have a quicker one
        user = User.objects.create_user("x@x.example", PASSWORD, name="X")
        assert identify_hasher(user.password).algorithm == "argon2"

    def test_the_page_says_why(self, cast):
        _invitation, token = StaffInvitation.invite(
            practice=cast.anna.practice, name="Nina", email="nina@linde.example", is_owner=True
        )
        page = Client().post(
            reverse("staff_invitation", args=[token]), {"password": "Fysiotherapie De Linde"}
        )
        assert "naam van de praktijk" in words(page)

    def test_nor_later(self, client, cast):
        fresh_login(client, cast.anna)
        new = "Fysiotherapie De Linde"
        client.post(CHANGE, {"oldpassword": PASSWORD, "password1": new, "password2": new})
        cast.anna.refresh_from_db()
        assert cast.anna.check_password(PASSWORD)


class TestWrongAttempts:
    def test_thirty_are_slowed_and_the_owner_gets_in_within_a_quarter(self, cast, clock):
        app = totp.add(cast.anna, totp.new_secret())
        slowed = None
        for number in range(30):
            page = log_in(Client(HTTP_X_FORWARDED_FOR=f"10.0.0.{number}"), cast.anna.email, WRONG)
            if slowed is None and "te vaak verkeerd" in words(page):
                slowed = number + 1
        assert slowed is not None and slowed <= 11
        client = Client()
        assert not log_in(client, cast.anna.email).get("Location")
        # Nobody else in the practice is locked out.
        assert log_in(Client(), cast.els.email)["Location"] == "/"
        clock(minutes=15)
        assert log_in(client, cast.anna.email)["Location"] == STEP
        client.post(STEP, {"code": _code(app)})
        assert client.get("/admin/").status_code == 200

    @pytest.mark.parametrize(
        "name",
        ["piet@mail.example", "pier@mail.example", "mo-1234", "mo-1235", "PIET@mail.example"],
    )
    def test_known_and_unknown_take_as_long(self, cast, monkeypatch, name):
        """The one thing that takes time is done once for each: a hash of the password."""
        hashed = []
        real = MD5PasswordHasher.encode  # what tests use in the place of argon2
        monkeypatch.setattr(
            MD5PasswordHasher,
            "encode",
            lambda self, *given: hashed.append(given) or real(self, *given),
        )
        log_in(Client(), name, WRONG)
        assert len(hashed) == 1

    def test_an_invitation_that_is_none_looks_like_one_that_is_over(self, cast):
        invitation, token = StaffInvitation.invite(
            practice=cast.anna.practice, name="Nina", email="nina@linde.example", is_owner=True
        )
        StaffInvitation.objects.update(created_at=timezone.now() - invitation.VALID_FOR)
        pages = [Client().get(reverse("staff_invitation", args=[one])) for one in (token, "x" * 43)]
        assert [page.status_code for page in pages] == [410, 410]
        assert words(pages[0]) == words(pages[1])
        assert {*pages[0].headers} == {*pages[1].headers}


class TestTokens:
    def reset_link(self, client, email):
        mail.outbox.clear()
        client.post(RESET, {"email": email})
        return re.search(r"http://localhost:8000(/\S+)", mail.outbox[-1].body)[1]

    def follow(self, client, link):
        """allauth moves the key to the session, so that it leaves the address."""
        return client.get(link)["Location"]

    def choose(self, client, address, new="een zachte regen in april"):
        return client.post(address, {"password1": new, "password2": new})

    def test_a_reset_works_once(self, client, cast):
        link = self.reset_link(client, cast.piet.email)
        for _time in range(5):
            Client().get(link)
            Client().head(link)
        address = self.follow(client, link)
        assert self.choose(client, address).status_code == 302
        cast.piet.refresh_from_db()
        assert cast.piet.check_password("een zachte regen in april")
        assert Client().get(link).status_code == 200  # no longer a way on: it says so

    def test_nor_after_the_password_changed(self, client, cast):
        link = self.reset_link(client, cast.piet.email)
        cast.piet.set_password("een andere stille zin")
        cast.piet.save()
        assert client.get(link).status_code == 200

    def test_nor_too_late(self, client, cast, settings):
        settings.PASSWORD_RESET_TIMEOUT = -1
        assert client.get(self.reset_link(client, cast.piet.email)).status_code == 200

    def test_nor_for_somebody_else(self, client, cast):
        link = self.reset_link(client, cast.piet.email)
        uid, rest = re.search(r"key/(\w+?)-(.+)/", link).groups()
        other = self.reset_link(client, cast.roos.email)
        foreign = re.search(r"key/(\w+?)-", other)[1]
        assert uid != foreign
        assert client.get(link.replace(f"{uid}-{rest}", f"{foreign}-{rest}")).status_code == 200

    def test_a_staffs_reset_still_asks_the_second_factor(self, client, cast):
        totp.add(cast.anna, totp.new_secret())
        address = self.follow(client, self.reset_link(client, cast.anna.email))
        self.choose(client, address)
        assert not is_in(client)
        assert log_in(client, cast.anna.email, "een zachte regen in april")["Location"] == STEP

    def test_looking_at_an_invitation_uses_nothing_up_and_no_token_is_stored(self, client, cast):
        invitation, token = StaffInvitation.invite(
            practice=cast.anna.practice, name="Nina", email="nina@linde.example", is_owner=True
        )
        cast.mo_patient.user = None
        cast.mo_patient.save()
        patients, secret = invitations.invite(cast.mo_patient)
        for address in (
            reverse("staff_invitation", args=[token]),
            reverse("patients:patient_invitation", args=[secret]),
        ):
            for _time in range(5):
                assert Client().get(address).status_code == 200
                assert Client().head(address).status_code == 200
        invitation.refresh_from_db()
        patients.refresh_from_db()
        assert invitation.is_open and patients.is_open
        assert len(token) >= 22 and len(secret) >= 22  # 128 bits and more
        held = str([*StaffInvitation.objects.values(), *type(patients).objects.values()])
        assert token not in held and secret not in held


class TestAddresses:
    """What a link shows to whoever sees it: in a history, in a log, over a shoulder."""

    def links(self, client, start):
        found, waiting = set(), [*start]
        while waiting:
            address = waiting.pop()
            page = client.get(address)
            if page.status_code != 200 or "html" not in page.headers.get("Content-Type", ""):
                continue
            for link in re.findall(
                r'(?:href|action|src|data-\w+)="(/[^"]*)"', page.content.decode()
            ):
                link = unescape(link).partition("#")[0]
                if link not in found and not link.startswith(("/static/", "/accounts/logout")):
                    found.add(link)
                    if "." not in link and "drawings" not in link:
                        waiting.append(link)
        return found

    def test_name_nobody_and_count_nobody(self, client, cast, programme):
        fresh_login(client, cast.piet)
        found = self.links(client, ["/"])
        assert len(found) > 10
        for link in found:
            lower = link.lower()
            assert not [
                word for word in ("piet", "jansen", "mail.example", "anna") if word in lower
            ]
            parts = re.findall(r"(?<![\w-])\d+(?![\w-])", link.partition("?")[0])
            assert all(re.search(rf"/versions/{n}/|/drawings/.*{n}", link) for n in parts), link
        assert Programme.objects.get().uuid.version == 4


class TestNobodysPractice:
    """People without a practice see nobody, also of each other."""

    def test_two_without_a_practice_are_not_of_one_practice(self, cast, programme):
        loose = User(name="Los", email="los@x.example", is_therapist=True, practice=None)
        for user in (loose, cast.root, cast.piet):
            treated = Patient.objects.treated_by(user)
            assert not treated.exists() and not Programme.objects.treated_by(user).exists()
        assert set(Patient.objects.visible_to(cast.piet)) == {cast.piet_patient}

    def test_nor_is_anybody_shown_among_staff(self, cast):
        from django.contrib import admin
        from django.test import RequestFactory

        request = RequestFactory().get("/")
        request.user = User(name="Los", email="los@x.example", is_owner=True, practice=None)
        for model in (User, StaffInvitation):
            shown = admin.site._registry[model].get_queryset(request)
            assert not shown.exists(), model

    def test_a_second_factor_is_asked_of_them_too(self, cast):
        assert not second_factor.has(cast.root)
