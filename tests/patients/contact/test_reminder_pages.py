"""The mail that reminds, the link that stops it, and the page where it is asked for."""

import re
from datetime import time

import pytest
from django.core import mail as outbox
from django.urls import reverse

from patients.contact import reminders
from patients.models import ReminderPlan
from patients.prescribing import lifecycle
from rugpijn.audit import AccessEvent

from .plans import at, make_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(programme):
    """Piet is reminded at nine and at seven."""
    return make_plan(programme.patient)


class TestTheMail:
    def test_it_says_nothing_about_anyone(self, programme, plan):
        reminders.send_due(at(9))
        (message,) = outbox.outbox
        sheet = programme.current_version().sheet
        said = f"{message.subject}\n{message.body}\n{message.extra_headers}".lower()
        names = [sheet.title, sheet.therapist, "Piet", *(line.title for line in sheet.lines)]
        for word in (*names, "oefen", "pijn", "rug", "klacht", "fysio", "de linde", "programm"):
            assert word.lower() not in said
        assert "09:00" in message.body and message.attachments == []

    def test_the_way_out_is_in_the_headers_too(self, client, programme, plan):
        reminders.send_due(at(9))
        headers = outbox.outbox[0].extra_headers
        assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        address = headers["List-Unsubscribe"].strip("<>")
        assert address in outbox.outbox[0].body
        # As a mail program posts it: no session, no cookie, no token of a form.
        strict = type(client)(enforce_csrf_checks=True)
        path = address.removeprefix("http://localhost:8000")
        assert strict.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
        plan.refresh_from_db()
        assert not plan.by_mail and plan.stopped_at is not None
        assert reminders.send_due(at(19)) == 0

    def test_in_the_language_of_the_reader(self, make_programme, cast):
        make_programme(cast.roos_patient, by=cast.bram)
        make_plan(cast.roos_patient)
        reminders.send_due(at(9))
        assert outbox.outbox[0].subject == "Something is ready for you"


class TestStopping:
    def address(self, plan):
        return reverse("patients:stop_reminders", args=[reminders.stop_token(plan)])

    def test_looking_stops_nothing(self, client, plan):
        page = client.get(self.address(plan))
        assert "Stop de mails" in page.content.decode()
        assert "Piet" not in page.content.decode() and "Linde" not in page.content.decode()
        client.head(self.address(plan))
        plan.refresh_from_db()
        assert plan.by_mail
        assert "no-store" in page["Cache-Control"] and "noindex" in page["X-Robots-Tag"]

    def test_twice_is_once(self, client, plan):
        for _ in range(2):
            assert "gestopt" in client.post(self.address(plan)).content.decode()
        event = AccessEvent.objects.get(action="stop reminders")
        assert event.patient == plan.patient.uuid and event.actor is None

    @pytest.mark.parametrize("token", ["x", "a.b", "0" * 32 + ".x"])
    def test_a_forged_token_stops_nobody(self, client, plan, token):
        address = reverse("patients:stop_reminders", args=[token])
        assert client.get(address).status_code == 404
        assert client.post(address).status_code == 404
        plan.refresh_from_db()
        assert plan.by_mail

    def test_one_character_changed(self, client, plan):
        token = reminders.stop_token(plan)
        other = token[:-1] + ("a" if token[-1] != "a" else "b")
        assert reminders.read_stop_token(other) is None

    def test_its_way_to_other_times(self, client, programme, plan, cast):
        client.force_login(cast.piet)
        answer = client.get(reverse("patients:change_times"))
        assert answer["Location"] == reverse("patients:reminders", args=[programme.uuid])


class TestThePage:
    @pytest.fixture
    def piet(self, client, cast):
        client.force_login(cast.piet)
        return client

    @pytest.fixture
    def address(self, programme):
        return reverse("patients:reminders", args=[programme.uuid])

    def choose(self, client, address, **changes):
        chosen = {"first": "08:00", "second": "", "third": "", "days": ["1", "5"], "by_mail": "1"}
        return client.post(address, {**chosen, **changes}, follow=True)

    def test_choosing(self, piet, address, programme):
        page = self.choose(piet, address, second="20:30").content.decode()
        assert "Uw tijden zijn bewaard" in page
        plan = programme.patient.reminder_plan
        assert (plan.times, plan.days, plan.by_mail) == ((time(8), time(20, 30)), "15", True)
        assert AccessEvent.objects.filter(action="choose reminders").count() == 1

    def test_what_is_wrong_is_said_and_nothing_is_saved(self, piet, address):
        page = self.choose(piet, address, days=[], first="09:17").content.decode()
        assert "Kies minstens één dag." in page and "Kies een tijd uit de lijst." in page
        assert not ReminderPlan.objects.exists()

    def test_a_mail_is_asked_for_and_never_assumed(self, piet, address):
        page = piet.get(address).content.decode()
        assert "Ja, naar piet@mail.example" in page
        asked = [tag for tag in re.findall(r"<input[^>]*>", page) if 'name="by_mail"' in tag]
        assert len(asked) == 2 and not [tag for tag in asked if "checked" in tag]
        assert "Kies ja of nee." in self.choose(piet, address, by_mail="").content.decode()
        assert not ReminderPlan.objects.exists()
        self.choose(piet, address, by_mail="0")
        assert not ReminderPlan.objects.get().by_mail

    def test_without_an_address_it_says_how_to_get_one(self, client, make_programme, cast):
        programme = make_programme(cast.mo_patient)
        client.force_login(cast.mo)
        address = reverse("patients:reminders", args=[programme.uuid])
        page = client.get(address).content.decode()
        assert "Wij hebben geen e-mailadres van u" in page and 'name="by_mail"' not in page
        assert "In uw eigen agenda" in page and "012 - 345 67 89" in page
        self.choose(client, address)
        assert not cast.mo_patient.reminder_plan.by_mail

    def test_the_mails_come_back_when_asked_for(self, piet, address, programme, plan):
        reminders.stop(plan)
        assert "U heeft de mails gestopt" in piet.get(address).content.decode()
        self.choose(piet, address)
        plan.refresh_from_db()
        assert plan.by_mail

    def test_of_a_programme_that_has_ended(self, piet, address, programme, cast):
        lifecycle.end(programme=programme, by=cast.anna)
        assert "U krijgt geen herinneringen meer" in self.choose(piet, address).content.decode()
        assert not ReminderPlan.objects.exists()

    def test_the_therapist_does_not_choose_for_you(self, client, address, cast):
        client.force_login(cast.anna)
        assert client.get(address).status_code == 404
        assert self.choose(client, address).status_code == 404
