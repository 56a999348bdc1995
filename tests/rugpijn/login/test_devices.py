"""The second step, trusted devices, the list of logins, how long one lasts, and wrong attempts."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from patients.models import SessionLog
from rugpijn.audit import AccessEvent
from rugpijn.login import second_step
from rugpijn.models import LoginSession, OneTimeCode, TrustedDevice
from rugpijn.web.visitor import readable_name, shown_name
from tests.conftest import PASSWORD
from tests.forms.page_forms import forms_of

from .steps import DEVICES, LAPTOP, LOGIN, PHONE, STEP, is_in, log_in, trusted, words

pytestmark = pytest.mark.django_db
KEPT = reverse("kept_form")


def press(client):
    """Send what was kept, with the press that its page offers."""
    form = next(form for form in forms_of(client.get(KEPT)) if form.css_class == "again")
    return client.post(form.action, form.data())


def mailed_code() -> str:
    return re.search(r"\b(\d{3} \d{3})\b", mail.outbox[-1].body)[1]


@pytest.fixture
def asked(practice):
    practice.second_step = True
    practice.save()


class TestSecondStep:
    def test_the_code_from_the_mail(self, client, cast, asked):
        assert log_in(client)["Location"] == STEP
        assert not is_in(client) and client.get("/").status_code == 302
        page = client.get(STEP)
        assert "pi…@mail.example" in words(page) and "piet@mail.example" not in words(page)
        assert mail.outbox[-1].to == ["piet@mail.example"]
        assert "oefening" not in mail.outbox[-1].body.lower()
        assert client.post(STEP, {"code": mailed_code()})["Location"] == "/"
        assert is_in(client)
        assert AccessEvent.objects.filter(action="second step", actor=cast.piet.uuid).exists()

    def test_the_page_asked_for_is_reached(self, client, cast, asked, programme):
        target = reverse("patients:programme_detail", args=[programme.uuid])
        client.post(
            f"{LOGIN}?next={target}",
            {"login": "piet@mail.example", "password": PASSWORD, "next": target},
        )
        assert client.post(STEP, {"code": mailed_code()})["Location"] == target

    def test_looking_sends_no_second_mail(self, client, cast, asked):
        log_in(client)
        for _time in range(3):
            client.get(STEP)
        assert len(mail.outbox) == 1

    def test_a_new_code_closes_the_old_one(self, client, cast, asked):
        log_in(client)
        old = mailed_code()
        client.post(STEP, {"send": "1"})
        if old != mailed_code():
            client.post(STEP, {"code": old})
            assert not is_in(client)
        client.post(STEP, {"code": mailed_code()})
        assert is_in(client)

    def test_five_guesses_and_no_more(self, client, cast, asked):
        log_in(client)
        right = mailed_code()
        wrong = f"{(int(right.replace(' ', '')) + 1) % 1_000_000:06}"
        for _time in range(5):
            assert "klopt niet" in words(client.post(STEP, {"code": wrong}))
        assert "te vaak fout" in words(client.post(STEP, {"code": right}))
        assert not is_in(client)
        # Not in another browser either: the account is what is counted.
        log_in(other := Client())
        assert "te vaak fout" in words(other.post(STEP, {"code": mailed_code()}))

    def test_after_ten_minutes_the_code_is_old(self, client, cast, asked, clock):
        log_in(client)
        clock(minutes=11)
        client.post(STEP, {"code": mailed_code()})
        assert not is_in(client)

    def test_the_session_holds_no_code(self, client, cast, asked):
        log_in(client)
        code = mailed_code().replace(" ", "")
        assert code not in str(dict(client.session))

    def test_a_code_from_paper_once(self, client, cast, asked):
        codes = second_step.new_list(cast.mo)
        assert len(set(codes)) == 10
        assert log_in(client, "mo-1234")["Location"] == STEP
        assert not mail.outbox
        client.post(STEP, {"code": codes[3].replace(" ", "-")})
        assert is_in(client)
        log_in(other := Client(), "mo-1234")
        other.post(STEP, {"code": codes[3]})
        assert not is_in(other)
        assert second_step.codes_left(cast.mo) == 9

    def test_the_database_holds_no_code(self, cast):
        codes = second_step.new_list(cast.mo)
        held = str(list(OneTimeCode.objects.values()))
        assert not [code for code in codes if code.replace(" ", "") in held]

    def test_codes_of_another_open_nothing(self, client, cast, asked):
        codes = second_step.new_list(cast.piet)
        log_in(client, "mo-1234")
        client.post(STEP, {"code": codes[0]})
        assert not is_in(client)

    def test_who_has_nothing_hears_whom_to_call(self, client, cast, asked):
        log_in(client, "mo-1234")
        assert "Bel uw praktijk" in words(client.get(STEP))

    def test_stopped(self, client, cast, asked):
        log_in(client)
        assert client.post(STEP, {"stop": "1"})["Location"] == LOGIN
        assert client.get(STEP)["Location"] == LOGIN

    def test_not_without_the_password(self, client, cast, asked):
        assert client.get(STEP)["Location"] == LOGIN
        assert log_in(client, password="een verkeerde zin").status_code == 200
        assert client.post(STEP, {"code": "123456"})["Location"] == LOGIN

    def test_another_practice_does_not_ask(self, client, cast, asked):
        assert log_in(client, "roos@mail.example")["Location"] == "/"

    def test_a_practice_begins_with_it(self):
        from rugpijn.models import Practice

        assert Practice.objects.create(name="Nieuw").second_step

    @pytest.mark.parametrize("on", [True, False])
    def test_the_switch_is_written_down(self, client, cast, practice, on):
        practice.second_step = not on
        practice.save()
        client.force_login(cast.els)
        address = reverse("admin:rugpijn_practice_change", args=[practice.pk])
        form = client.get(address).context["adminform"].form
        sent = {name: form[name].value() or "" for name in form.fields if "logo" not in name}
        sent = sent | {"is_record": "False", "second_step": "on" if on else ""}
        if not on:
            del sent["second_step"]
        assert client.post(address, sent).status_code == 302
        practice.refresh_from_db()
        assert practice.second_step is on
        act = f"turn second step {'on' if on else 'off'}"
        assert AccessEvent.objects.filter(action=act, actor=cast.els.uuid).count() == 1


class TestTrust:
    def test_asked_once_on_a_device_of_ones_own(self, client, cast, asked):
        log_in(client)
        client.post(STEP, {"code": mailed_code(), "own_device": "on"})
        device = TrustedDevice.objects.get()
        assert device.user == cast.piet
        cookie = client.cookies["device"]
        assert cookie["httponly"] and cookie["samesite"] == "Lax"
        assert cookie["max-age"] == 30 * 24 * 3600
        client.post(reverse("account_logout"))
        assert log_in(client)["Location"] == "/"
        assert log_in(Client())["Location"] == STEP

    def test_not_before_the_second_step_is_done(self, client, cast, asked):
        log_in(client, own_device="on")
        assert not TrustedDevice.objects.exists()

    def test_a_wish_of_somebody_else_is_forgotten(self, client, cast, asked, practice):
        log_in(client, own_device="on")
        client.post(STEP, {"stop": "1"})
        log_in(client, "roos@mail.example")
        assert is_in(client) and not TrustedDevice.objects.exists()

    def test_off_unless_somebody_says_so(self, client, cast):
        log_in(client)
        assert is_in(client) and not TrustedDevice.objects.exists()
        assert client.session.get_expire_at_browser_close()

    def test_the_box_on_the_login_page(self, client, cast):
        log_in(client, own_device="on")
        assert not client.session.get_expire_at_browser_close()
        assert trusted(client)

    def test_anothers_cookie_does_nothing(self, client, cast, asked):
        log_in(client)
        client.post(STEP, {"code": mailed_code(), "own_device": "on"})
        thief = Client()
        thief.cookies["device"] = client.cookies["device"].value
        second_step.new_list(cast.mo)
        assert log_in(thief, "mo-1234")["Location"] == STEP
        assert thief.get("/").status_code == 302  # and alone it logs nobody in

    def test_the_database_holds_no_token(self, client, cast):
        log_in(client, own_device="on")
        held = str(list(TrustedDevice.objects.values())) + str(dict(client.session))
        assert client.cookies["device"].value not in held

    def test_after_thirty_days_it_is_over(self, client, cast):
        log_in(client, own_device="on")
        TrustedDevice.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
        client.post(reverse("account_logout"))
        log_in(client)
        assert not trusted(client)

    def test_secure_where_the_site_is(self, cast, settings):
        settings.SECURE_SITE, settings.DEVICE_COOKIE_NAME = True, "__Host-device"
        log_in(client := Client(), own_device="on")
        cookie = client.cookies["__Host-device"]
        assert cookie["secure"] and cookie["path"] == "/" and not cookie["domain"]

    @pytest.mark.parametrize(
        ("agent", "name"),
        [
            (PHONE["HTTP_USER_AGENT"], "Chrome on Android"),
            (LAPTOP["HTTP_USER_AGENT"], "Firefox on Windows"),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) Version/17.0 Mobile Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 13) SamsungBrowser/23.0 Chrome/115.0 Mobile",
                "Samsung Internet on Android",
            ),
            ("Mozilla/5.0 (Macintosh) Chrome/120 Safari/537.36 Edg/120.0", "Edge on Mac"),
            ("curl/8", ""),
            ("", ""),
        ],
    )
    def test_named_as_people_do(self, agent, name):
        assert readable_name(agent) == name

    @pytest.mark.parametrize(
        ("stored", "dutch", "english"),
        [
            ("Chrome on Linux", "Chrome op Linux", "Chrome on Linux"),
            ("Chrome op Linux", "Chrome op Linux", "Chrome on Linux"),  # as it was stored before
            ("Safari op iPhone (2)", "Safari op iPhone (2)", "Safari on iPhone (2)"),
            ("Onbekend toestel", "Onbekend toestel", "Unknown device"),
            ("Tablet op zolder", "Tablet op zolder", "Tablet op zolder"),
            ("Firefox", "Firefox", "Firefox"),
            ("", "", ""),
        ],
    )
    def test_shown_in_the_language_of_the_reader(self, stored, dutch, english):
        for language, shown in (("nl", dutch), ("en", english)):
            with translation.override(language):
                assert shown_name(stored) == shown

    def test_the_page_of_an_english_reader(self, client, cast):
        client.post(LOGIN, {"login": "piet@mail.example", "password": PASSWORD}, **PHONE)
        assert "Chrome op" in client.get(DEVICES).content.decode()
        cast.piet.language = "en"
        cast.piet.save()
        page = client.get(DEVICES, headers={"Accept-Language": "en"}).content.decode()
        assert "Chrome on" in page and "Chrome op" not in page


class TestHowLong:
    @pytest.fixture
    def home(self, programme):
        return reverse("patients:programme_detail", args=[programme.uuid])

    def test_half_an_hour_without_a_page(self, client, cast, home, clock):
        log_in(client)
        for _page in range(3):
            clock(minutes=29)
            assert client.get(home).status_code == 200
        clock(minutes=31)
        assert client.get(home)["Location"].startswith(LOGIN)
        assert not LoginSession.objects.filter(user=cast.piet).exists()

    def test_a_day_at_most(self, client, cast, home, clock):
        log_in(client)
        for _page in range(49):
            clock(minutes=29)
            client.get(home)
        assert client.get(home).status_code == 200
        clock(minutes=29)
        assert client.get(home).status_code == 302

    def test_thirty_days_on_a_trusted_device(self, client, cast, home, clock):
        log_in(client, own_device="on")
        clock(days=29)
        assert client.get(home).status_code == 200
        clock(days=1, minutes=1)
        assert client.get(home).status_code == 302

    def test_an_update_of_the_app_logs_nobody_out(self, client, home):
        """Sessions that are in databases now name this path of what checked the password."""
        log_in(client)
        session = client.session
        session["_auth_user_backend"] = "rugpijn.password_backend.OneCheckBackend"
        session.save()
        assert client.get(home).status_code == 200

    def test_without_the_cookie_of_the_device_it_is_a_session_as_any_other(
        self, client, cast, home, clock
    ):
        log_in(client, own_device="on")
        thief = Client()
        thief.cookies["sessionid"] = client.cookies["sessionid"].value
        clock(minutes=31)
        assert thief.get(home).status_code == 302

    def test_other_pages_ask_once_more(self, client, cast, home, clock):
        log_in(client, own_device="on")
        assert client.get(DEVICES).status_code == 200
        clock(minutes=16)
        assert client.get(home).status_code == 200
        asked = client.get(DEVICES)["Location"]
        assert asked.startswith(reverse("account_reauthenticate"))
        answer = client.post(asked, {"password": PASSWORD, "next": DEVICES})
        assert answer["Location"] == DEVICES
        assert client.get(DEVICES).status_code == 200

    def test_a_form_survives_being_asked_once_more(self, client, cast, clock):
        log_in(client, own_device="on")
        log_in(Client())
        clock(minutes=16)
        asked = client.post(DEVICES, {"others": "1"})["Location"]
        assert LoginSession.objects.filter(user=cast.piet).count() == 2
        client.post(asked, {"password": PASSWORD, "next": DEVICES})
        press(client)
        assert LoginSession.objects.filter(user=cast.piet).count() == 1

    def test_what_was_typed_survives_a_session_that_ended(self, client, cast, programme, clock):
        log_in(client)
        line = programme.current_version().sheet.lines[0].uuid
        address = reverse("patients:log_session", args=[programme.uuid])
        sent = {
            "operation": "0b1b2c3d-0000-4000-8000-000000000001",
            "version": 1,
            "line": line,
            "day": timezone.localdate().isoformat(),
            "moment": 1,
            "done": "1",
            "pain": "3",
        }
        clock(minutes=40)
        asked = client.post(address, sent)["Location"]
        assert asked.startswith(LOGIN) and not SessionLog.objects.exists()
        back = client.post(
            asked, {"login": "piet@mail.example", "password": PASSWORD, "next": address}
        )
        assert client.get(back["Location"])["Location"] == KEPT and not SessionLog.objects.exists()
        press(client)
        assert SessionLog.objects.get().pain == 3
        client.get(address)
        assert SessionLog.objects.count() == 1  # once

    def test_what_another_site_sent_is_not_kept(self, cast, clock):
        client = Client(enforce_csrf_checks=True)
        client.force_login(cast.piet)
        clock(minutes=40)
        assert client.post(DEVICES, {"others": "1"}).status_code == 403
        assert "kept_form" not in client.session

    def test_what_was_typed_is_not_sent_for_somebody_else(self, client, cast, programme, clock):
        log_in(client)
        clock(minutes=40)
        asked = client.post(DEVICES, {"others": "1"})["Location"]
        log_in(Client(), "mo-1234")
        client.post(asked, {"login": "mo-1234", "password": PASSWORD, "next": DEVICES})
        assert client.get(DEVICES).status_code == 200
        assert LoginSession.objects.filter(user=cast.mo).count() == 2

    def test_read_pages_write_once_a_minute(self, client, cast, home, django_assert_num_queries):
        log_in(client)
        client.get(home)
        row = LoginSession.objects.get(user=cast.piet)
        client.get(home)
        assert LoginSession.objects.get(user=cast.piet).session_data == row.session_data
