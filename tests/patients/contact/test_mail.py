"""The link by mail: what it says, what it does not say, and who may send it."""

from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail as outbox
from django.core.mail.backends.locmem import EmailBackend
from django.urls import reverse
from django.utils import timezone

from patients.contact import mail
from patients.paper import handout
from rugpijn.audit import AccessEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(client, cast):
    client.force_login(cast.anna)
    return client


def address(programme, page="mail"):
    return reverse(f"admin:patients_programme_{page}", args=[programme.pk])


def test_it_holds_the_link_and_nothing_about_anyone(anna, programme):
    practice = programme.patient.practice
    practice.email = "balie@linde.example"
    practice.save()
    response = anna.post(address(programme), follow=True)
    assert "gemaild naar piet@mail.example" in response.content.decode()
    (message,) = outbox.outbox
    version = programme.current_version()
    assert message.to == ["piet@mail.example"] and message.reply_to == ["balie@linde.example"]
    assert handout.share_url(version) in message.body
    assert practice.name in message.subject and "Hallo" in message.body
    sheet, everything = version.sheet, f"{message.subject}\n{message.body}".lower()
    secrets = [sheet.title, sheet.therapist, "Piet", *(line.title for line in sheet.lines)]
    for secret in (*secrets, "oefening", "pijn", "rug", "klacht"):
        assert secret.lower() not in everything
    assert message.attachments == []


def test_it_is_logged(anna, programme):
    anna.post(address(programme))
    event = AccessEvent.objects.get(action="mail link")
    assert event.patient == programme.patient.uuid


def test_in_the_language_of_the_paper(programme):
    version = programme.current_version()
    version.content["language"] = "en"
    message = mail.link(version)
    assert "Hello," in message.body and "A link from" in message.subject


def test_a_name_of_two_lines_is_no_second_header(programme):
    programme.patient.practice.name = "De Linde\r\nBcc: everyone@evil.example"
    message = mail.link(programme.current_version())
    assert "\n" not in message.subject and message.message()["Bcc"] is None


def test_the_page_shows_the_mail_before_it_is_sent(anna, programme):
    page = anna.get(address(programme, "share")).content.decode()
    assert "Mail deze link naar piet@mail.example" in page
    assert "Een link van Fysiotherapie De Linde" in page
    assert outbox.outbox == []


def test_without_an_address_it_says_where_to_add_one(anna, cast, make_programme):
    programme = make_programme(patient=cast.mo_patient)
    page = anna.get(address(programme, "share")).content.decode()
    assert reverse("admin:patients_patient_change", args=[cast.mo_patient.pk]) in page
    assert address(programme) not in page
    answer = anna.post(address(programme), follow=True).content.decode()
    assert "geen e-mailadres" in answer and outbox.outbox == []


def test_a_closed_link_is_not_mailed(anna, programme):
    programme.share_link.valid_from = timezone.localdate() - timedelta(days=366)
    programme.share_link.save()
    answer = anna.post(address(programme), follow=True).content.decode()
    assert "werkt niet meer" in answer and outbox.outbox == []


def test_a_mail_server_that_is_away_is_a_sentence(anna, programme, monkeypatch):
    def away(self, messages):
        raise SMTPServerDisconnected("Connection unexpectedly closed")

    monkeypatch.setattr(EmailBackend, "send_messages", away)
    answer = anna.post(address(programme), follow=True).content.decode()
    assert "niet verstuurd" in answer
    assert not AccessEvent.objects.filter(action="mail link").exists()


@pytest.mark.parametrize("who", ["els", "piet", "mo", "bram", "roos", "root"])
def test_nobody_else_sends_it(client, cast, programme, who):
    client.force_login(getattr(cast, who))
    client.post(address(programme))
    assert outbox.outbox == []


def test_looking_sends_nothing(anna, programme):
    assert anna.get(address(programme)).status_code == 302
    assert outbox.outbox == []
