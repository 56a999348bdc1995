"""The list of somebody's logins, and wrong attempts."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from rugpijn.models import LoginSession, TrustedDevice
from rugpijn.web.visitor import shown_name
from tests.conftest import PASSWORD

from .steps import DEVICES, LAPTOP, LOGIN, PHONE, is_in, log_in, trusted, words

pytestmark = pytest.mark.django_db


class TestTheList:
    def test_shows_ones_own_devices_only(self, client, cast):
        log_in(client := Client(**PHONE))
        log_in(Client(**LAPTOP))
        log_in(Client(), "mo-1234")
        page = words(client.get(DEVICES))
        assert "Chrome op Android Dit toestel, nu." in page
        assert "Firefox op Windows Laatst gebruikt op" in page
        here = LoginSession.objects.get(session_key=client.session.session_key)
        assert shown_name(here.name) in page
        assert client.session.session_key not in client.get(DEVICES).content.decode()

    def test_one_is_ended(self, client, cast):
        log_in(client)
        log_in(other := Client(**LAPTOP), own_device="on")
        row = LoginSession.objects.exclude(session_key=client.session.session_key).get()
        client.post(DEVICES, {"end": row.public_id})
        assert other.get("/").status_code == 302
        assert not TrustedDevice.objects.exists()
        assert client.get("/").status_code == 200

    def test_not_somebody_elses(self, client, cast):
        log_in(client)
        log_in(other := Client(), "mo-1234")
        row = LoginSession.objects.get(user=cast.mo)
        client.post(DEVICES, {"end": row.public_id})
        assert other.get("/").status_code == 200

    def test_all_others_are_ended(self, client, cast):
        log_in(client, own_device="on")
        others = [Client(), Client()]
        for other in others:
            log_in(other, own_device="on")
        page = client.post(DEVICES, {"others": "1"}, follow=True)
        assert "2 andere toestellen" in words(page)
        assert [other.get("/").status_code for other in others] == [302, 302]
        assert client.get("/").status_code == 200
        assert trusted(client) and TrustedDevice.objects.count() == 1

    def test_trusted_and_no_longer_from_the_page(self, client, cast):
        log_in(client)
        client.post(DEVICES, {"trust": "1"})
        assert trusted(client)
        client.post(DEVICES, {"forget": "1"})
        assert not trusted(client) and not TrustedDevice.objects.exists()
        assert client.get("/").status_code == 200

    def test_a_changed_password_ends_the_others_and_is_told(self, client, cast):
        log_in(client, own_device="on")
        log_in(other := Client(), own_device="on")
        mail.outbox.clear()
        new = "een zachte regen in april"
        client.post(
            reverse("account_change_password"),
            {"oldpassword": PASSWORD, "password1": new, "password2": new},
        )
        assert other.get("/").status_code == 302
        assert client.get("/").status_code == 200
        assert TrustedDevice.objects.count() == 1
        assert mail.outbox[0].to == ["piet@mail.example"]

    def test_logging_out_ends_the_session_on_the_server(self, client, cast):
        log_in(client)
        key = client.session.session_key
        assert client.get(reverse("account_logout")).status_code == 200
        assert client.get("/").status_code == 200
        answer = client.post(reverse("account_logout"))
        assert answer["Clear-Site-Data"] == '"cache", "storage"'
        assert not LoginSession.objects.filter(session_key=key).exists()
        old = Client()
        old.cookies["sessionid"] = key
        assert old.get("/").status_code == 302

    def test_a_new_list_of_codes_is_shown_once(self, client, cast):
        log_in(client)
        page = words(client.post(reverse("one_time_list")))
        assert len(re.findall(r"\b\d{4} \d{4}\b", page)) == 10
        assert "nog 10 codes" in words(client.get(DEVICES))
        assert client.get(reverse("one_time_list")).status_code == 405


class TestWrongAttempts:
    def wrong(self, client, times, name="piet@mail.example", **more):
        return [log_in(client, name, "een verkeerde zin", **more) for _time in range(times)]

    def test_an_account_is_slowed_down_and_not_for_long(self, client, cast, clock):
        *_first, last = self.wrong(client, 6)
        assert "te vaak verkeerd" in words(last)
        assert not is_in(client) and log_in(client).status_code == 200
        clock(minutes=5, seconds=1)
        assert log_in(client).status_code == 302

    def test_a_header_of_ones_own_resets_nothing(self, client, cast):
        for number in range(30):
            log_in(Client(HTTP_X_FORWARDED_FOR=f"10.0.0.{number}"), password="een verkeerde zin")
        answer = log_in(Client(HTTP_X_FORWARDED_FOR="192.0.2.7"))
        assert "te vaak verkeerd" in words(answer)

    def test_a_practice_behind_one_address_goes_on(self, client, cast):
        """Six people who each type a wrong password until they have to wait."""
        for name in (
            "piet@mail.example",
            "anna@linde.example",
            "els@linde.example",
            "bram@zuid.example",
            "roos@mail.example",
            "root@server.example",
        ):
            self.wrong(client, 6, name)
        assert log_in(client, "mo-1234").status_code == 302

    def test_an_address_that_tries_many_names_is_stopped(self, client, cast):
        for number in range(60):
            log_in(client, f"iemand{number}@mail.example", "een verkeerde zin")
        assert "te vaak verkeerd" in words(log_in(client, "iemand@mail.example", "een zin"))

    def test_strangers_do_not_keep_the_owner_out_of_the_own_device(self, client, cast):
        log_in(client, own_device="on")
        client.post(reverse("account_logout"))
        self.wrong(Client(), 6)
        assert log_in(client).status_code == 302

    def test_known_and_unknown_answer_alike(self, client, cast):
        def answer(address, sent):
            page = Client().post(address, sent)
            body = re.sub(r'value="[^"]*"', "", page.content.decode())
            headers = {name for name, _value in page.items()}
            return page.status_code, body, page.get("Location"), headers

        for known, unknown in (("piet@mail.example", "pier@mail.example"), ("mo-1234", "mo-1235")):
            wrong = {"password": "een verkeerde zin"}
            assert answer(LOGIN, {"login": known, **wrong}) == answer(
                LOGIN, {"login": unknown, **wrong}
            )
        reset = reverse("account_reset_password")
        assert answer(reset, {"email": "piet@mail.example"}) == answer(
            reset, {"email": "pier@mail.example"}
        )
