"""What a patient sees and does: the programme, ticking off, the first way in, the link on paper."""

import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from exercises.dosage import Dosage
from patients.joining import invitations
from patients.models import SessionLog
from patients.prescribing import authoring, lifecycle
from rugpijn.audit import AccessEvent
from rugpijn.models import User

from ...conftest import PASSWORD
from .pages import press

pytestmark = pytest.mark.django_db


@pytest.fixture
def piet(client, cast, programme):
    client.force_login(cast.piet)
    return client


class TestHome:
    def test_the_only_programme_is_home(self, piet, programme, practice):
        page = piet.get("/").content.decode()
        for line in programme.current_version().sheet.lines:
            assert line.title in page and line.sentence in page
        assert "Anna de Wit" in page and practice.phone in page

    def test_staff_begin_in_the_admin(self, client, cast):
        client.force_login(cast.anna)
        assert client.get("/")["Location"] == "/admin/"

    def test_without_a_programme_it_says_what_to_do(self, client, cast):
        client.force_login(cast.mo)
        response = client.get("/")
        assert response.status_code == 200
        assert "praktijk" in response.content.decode()

    def test_one_login_for_two_records(self, piet, cast, programme, make_programme):
        cast.mo_patient.user = cast.piet
        cast.mo_patient.save()
        second = make_programme(cast.mo_patient)
        page = piet.get("/").content.decode()
        for each in (programme, second):
            address = reverse("patients:programme_detail", args=[each.uuid])
            assert address in page
            assert piet.get(address).status_code == 200

    def test_the_english_patient_reads_english(self, client, cast, make_programme):
        make_programme(cast.roos_patient, cast.bram)
        client.force_login(cast.roos)
        page = client.get("/", headers={"accept-language": "nl"}).content.decode()
        assert '<html lang="en"' in page
        assert "2 times a day: 2 sets of 10 repetitions" in page

    def test_a_therapist_looks_and_cannot_tick_off(self, client, cast, programme):
        client.force_login(cast.anna)
        address = reverse("patients:programme_detail", args=[programme.uuid])
        page = client.get(address).content.decode()
        assert "Superman" in page and 'name="operation"' not in page
        assert AccessEvent.objects.filter(
            action="read", actor=cast.anna.uuid, patient=programme.patient.uuid
        ).exists()

    def test_a_draft_is_the_therapists_only(self, client, cast, make_programme):
        draft = make_programme(started=False)
        address = reverse("patients:programme_detail", args=[draft.uuid])
        client.force_login(cast.piet)
        assert client.get(address).status_code == 404
        client.force_login(cast.anna)
        assert "Superman" in client.get(address).content.decode()

    @pytest.mark.parametrize("lines", [1, 12])
    def test_queries_do_not_grow(self, piet, programme, cast, lines, django_assert_max_num_queries):
        first = programme.prescriptions.first()
        programme.prescriptions.exclude(pk=first.pk).delete()
        for _number in range(lines - 1):
            authoring.prescribe(programme=programme, exercise=first.exercise)
        authoring.issue(programme=programme, by=cast.anna)
        for line in range(len(programme.current_version().sheet.lines)):
            press(piet, programme, place=line, follow=False)
        detail = reverse("patients:programme_detail", args=[programme.uuid])
        with django_assert_max_num_queries(12):  # the first look of a day is in the access log
            piet.get("/")
        for address in ("/", detail):
            with django_assert_max_num_queries(8):
                page = piet.get(address).content.decode()
            assert page.count("<article") == lines

    def test_nor_on_a_device_of_ones_own(
        self, client, cast, programme, django_assert_max_num_queries
    ):
        """It carries the programme along, and looks after its trust."""
        login = {"login": cast.piet.email, "password": PASSWORD, "own_device": "on"}
        client.post(reverse("account_login"), login)
        client.get("/")
        for address in ("/", reverse("patients:programme_detail", args=[programme.uuid])):
            with django_assert_max_num_queries(8):
                page = client.get(address)
            assert page.context["carried"]["keep"]


class TestTickingOff:
    def test_done_then_pain(self, piet, programme):
        response = press(piet, programme)
        assert "after=" in response.redirect_chain[-1][0]
        assert "Hoeveel pijn had u" in response.content.decode()
        row = SessionLog.objects.get()
        assert (row.done, row.pain, row.moment) == (True, None, 1)
        press(piet, programme, pain="0")
        assert SessionLog.objects.last().pain == 0

    def test_the_page_says_what_was_done(self, piet, programme):
        press(piet, programme, pain="3", effort="hard")
        page = piet.get("/")
        assert page.context["cards"][0].done == 1
        assert re.search(r"Pijn: 3, zwaar", page.content.decode())

    def test_undo(self, piet, programme):
        press(piet, programme)
        press(piet, programme, done="0")
        assert [row.done for row in SessionLog.objects.all()] == [True, False]

    @pytest.mark.parametrize("pain", ["-1", "11", "3.5", "NaN", "1e1", "５", "true", " 3 4"])
    def test_impossible_pain_is_refused_in_words(self, piet, programme, pain):
        response = press(piet, programme, pain=pain)
        assert "van 0 tot en met 10" in response.content.decode()
        assert not SessionLog.objects.exists()

    def test_tomorrow_cannot_be_done_yet(self, piet, programme):
        press(piet, programme, day="2999-01-01")
        assert not SessionLog.objects.exists()

    @pytest.mark.parametrize(
        "changes",
        [{"line": "x"}, {"version": "99"}, {"operation": ""}, {"moment": "0"}, {"day": "31-31"}],
        ids=str,
    )
    def test_an_outdated_or_broken_page_says_so(self, piet, programme, changes):
        response = press(piet, programme, **changes)
        assert response.status_code == 200
        assert not SessionLog.objects.exists()

    def test_the_same_page_sent_twice_counts_once(self, piet, programme):
        operation = str(uuid.uuid4())
        press(piet, programme, operation=operation)
        press(piet, programme, operation=operation)
        assert SessionLog.objects.count() == 1

    def test_nobody_else_writes_here(self, programme, cast):
        for name in ("anna", "mo", "bram", "root"):
            client = Client()
            client.force_login(getattr(cast, name))
            assert press(client, programme).status_code == 404
        assert not SessionLog.objects.exists()
        refused = AccessEvent.objects.filter(outcome="denied", patient=programme.patient.uuid)
        assert refused.count() == 4

    def test_an_ended_programme_takes_nothing_more(self, piet, programme):
        lifecycle.end(programme=programme, by=programme.therapist)
        press(piet, programme)
        assert not SessionLog.objects.exists()

    def test_the_therapist_sees_it_per_day(self, piet, programme, cast):
        press(piet, programme, pain="4")
        piet.force_login(cast.anna)
        page = piet.get(reverse("admin:patients_programme_days", args=[programme.pk]))
        today = page.context["progress"].days[-1]
        assert (today.entries[0].done, today.pain, today.whole) == (1, (4,), False)

    def test_twice_a_week_counts_days(self, piet, programme, cast):
        line = programme.prescriptions.first()
        line.dosage = Dosage.parse("2x per week 10x")
        line.save()
        authoring.issue(programme=programme, by=cast.anna)
        press(piet, programme)
        assert piet.get("/").context["cards"][0].days_this_week == 1


class TestInvitation:
    GOOD = {
        "birth_date": "2-11-1986",
        "email": "Mo@Mail.example",
        "password": "een lange rustige zin",
    }

    @pytest.fixture
    def address(self, cast):
        cast.mo_patient.user = None
        cast.mo_patient.save()
        _invitation, token = invitations.invite(cast.mo_patient)
        return reverse("patients:patient_invitation", args=[token])

    def come_in(self, client, address, typed, **options):
        """Who are you, and then: how do you want to log in?"""
        answer = client.post(address, {"birth_date": typed["birth_date"]})
        if answer.status_code != 302:
            return answer
        return client.post(answer["Location"], typed, **options)

    def test_a_patient_comes_in(self, client, address, cast, make_programme):
        make_programme(cast.mo_patient)
        assert client.get(address).status_code == 200
        response = self.come_in(client, address, self.GOOD, follow=True)
        assert "Superman" in response.content.decode()
        cast.mo_patient.refresh_from_db()
        assert cast.mo_patient.user.email == "mo@mail.example"
        assert cast.mo_patient.user.role == "patient"
        assert client.get(address).status_code == 410

    def test_without_email_a_code_is_given_and_works(self, client, address, cast, make_programme):
        make_programme(cast.mo_patient)
        response = self.come_in(client, address, {**self.GOOD, "email": ""}, follow=True)
        page = response.content.decode()
        cast.mo_patient.refresh_from_db()
        code = cast.mo_patient.user.login_code
        assert code in page
        client.logout()
        login = {"login": code, "password": self.GOOD["password"]}
        assert (
            "Superman" in client.post(reverse("account_login"), login, follow=True).content.decode()
        )

    def test_staff_who_try_the_link_do_not_become_the_patient(self, client, address, cast):
        client.force_login(cast.anna)
        client.post(address, {"birth_date": "2-11-1986"})
        cast.mo_patient.refresh_from_db()
        assert cast.mo_patient.user is None
        assert Client().get(address).status_code == 200

    def test_looking_uses_nothing_up(self, client, address):
        for _number in range(5):
            assert client.get(address).status_code == 200
            assert client.head(address).status_code == 200
        assert self.come_in(client, address, self.GOOD).status_code == 302
        assert User.objects.filter(email="mo@mail.example").exists()

    def test_five_wrong_birth_dates_close_it(self, client, address):
        wrong = {**self.GOOD, "birth_date": "3-11-1986"}
        for _number in range(4):
            response = client.post(address, wrong)
            assert response.status_code == 200
            assert not response.context["form"].errors.get("email")
        assert client.post(address, wrong).status_code == 410
        assert client.post(address, self.GOOD).status_code == 410
        assert not User.objects.filter(email="mo@mail.example").exists()

    def test_a_new_one_closes_the_old_one(self, client, address, cast):
        invitations.invite(cast.mo_patient)
        assert client.get(address).status_code == 410

    def test_after_a_week_it_is_over(self, client, address, cast):
        invitation = cast.mo_patient.invitations.get()
        invitation.created_at -= invitation.VALID_FOR
        invitation.save()
        assert client.get(address).status_code == 410

    @pytest.mark.parametrize(
        ("password", "sentence"),
        [
            ("kort", "te kort"),
            ("wachtwoord12", "Veel mensen"),
            ("mo el idrissi", "lijkt te veel op"),
        ],
    )
    def test_a_weak_password_is_refused_in_words(self, client, address, password, sentence):
        response = self.come_in(client, address, {**self.GOOD, "password": password})
        assert sentence in " ".join(response.context["form"].errors["password"])
        assert not User.objects.filter(email="mo@mail.example").exists()

    def test_a_short_password_is_too_short_and_no_more(self, client, address):
        response = self.come_in(client, address, {**self.GOOD, "password": "kort"})
        [said] = response.context["form"].errors["password"]
        assert "te kort" in said

    def test_an_address_that_is_taken_gives_a_login_of_ones_own(self, client, address, cast):
        response = self.come_in(client, address, {**self.GOOD, "email": "piet@mail.example"})
        assert response.status_code == 302
        cast.mo_patient.refresh_from_db()
        assert cast.mo_patient.user not in (None, cast.piet)
        assert cast.mo_patient.user.email is None and cast.mo_patient.user.login_code

    def test_who_is_logged_in_ties_the_record_to_that_login(self, client, address, cast):
        client.force_login(cast.piet)
        client.post(address, {"birth_date": "2-11-1986"})
        cast.mo_patient.refresh_from_db()
        assert cast.mo_patient.user == cast.piet

    def test_the_database_holds_no_token(self, address, cast):
        token = address.rstrip("/").rpartition("/")[2]
        assert token not in str(list(cast.mo_patient.invitations.values()))

    def test_the_admin_hands_it_over_once(self, client, cast):
        client.force_login(cast.anna)
        page = client.post(reverse("admin:patients_patient_invite", args=[cast.piet_patient.pk]))
        token = re.search(r"/invitation/([\w-]+)/", page.content.decode())[1]
        assert Client().get(reverse("patients:patient_invitation", args=[token])).status_code == 200


class TestLogin:
    def test_by_email_or_by_printed_code(self, client, cast, programme, make_programme):
        from tests.conftest import PASSWORD

        make_programme(cast.mo_patient)
        for name in ("piet@mail.example", "PIET@mail.example", "mo-1234"):
            client.logout()
            response = client.post(
                reverse("account_login"), {"login": name, "password": PASSWORD}, follow=True
            )
            assert "Superman" in response.content.decode(), name

    @pytest.mark.parametrize(
        "next_page", ["//evil.example", "/\\evil.example", "https://evil.example"]
    )
    def test_stays_on_this_site(self, client, cast, next_page):
        from tests.conftest import PASSWORD

        response = client.post(
            reverse("account_login") + "?next=" + next_page,
            {"login": "piet@mail.example", "password": PASSWORD, "next": next_page},
        )
        assert response["Location"].startswith("/") and "evil" not in response["Location"]

    def test_nobody_signs_up(self, client, db):
        client.post(
            reverse("account_signup"),
            {
                "email": "x@mail.example",
                "password1": "een lange zin 12",
                "password2": "een lange zin 12",
            },
        )
        assert not User.objects.exists()

    def test_the_reset_mail_links_to_our_own_address(self, client, cast, mailoutbox, settings):
        client.post(reverse("account_reset_password"), {"email": "piet@mail.example"})
        assert f"{settings.SITE_URL}/accounts/password/reset/key/" in mailoutbox[0].body
        assert "oefening" not in (mailoutbox[0].subject + mailoutbox[0].body).lower()

    def test_known_and_unknown_addresses_get_the_same_answer(self, client, cast):
        answers = [
            client.post(reverse("account_reset_password"), {"email": email})
            for email in ("piet@mail.example", "niemand@mail.example")
        ]
        assert answers[0].status_code == answers[1].status_code == 302
        assert answers[0]["Location"] == answers[1]["Location"]
