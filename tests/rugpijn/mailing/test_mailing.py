"""Mail goes through the worker: no link and no code is stored, and what fails is tried again."""

import json
import os
import re
from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from patients.contact.mail import send_invitation, send_link
from patients.joining import invitations
from rugpijn.mailing import sending
from rugpijn.mailing.sending import SendOutcome
from rugpijn.models import Letter, StaffInvitation
from rugpijn.operations import health
from tests.conftest import PASSWORD, fresh_login

pytestmark = pytest.mark.django_db
NEW = "een-heel-andere-ochtend-27"


@pytest.fixture
def worker(settings, tmp_path, django_capture_on_commit_callbacks):
    """A worker that looked for work just now. `run` does what waits, as the worker would."""
    settings.DATA_DIR = tmp_path
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    health.beat()

    class Worker:
        def sees(self, act):
            with django_capture_on_commit_callbacks(execute=True):
                answer = act()
            assert mail.outbox == [], "sent in the request"
            return answer

        def stored(self):
            """All that a thief of the database reads of mail that waits."""
            rows = [str(sorted(letter.items())) for letter in Letter.objects.values()]
            return "\n".join([*rows, *map(str, DBTaskResult.objects.values())])

        def run(self):
            for letter in Letter.objects.all():
                sending.deliver.func(letter.pk)
            return mail.outbox[-1]

        def away(self):
            os.utime(tmp_path / health.BEAT, (0, 0))

    return Worker()


def secrets_of(body: str) -> list[str]:
    """Addresses with a key in them, and codes."""
    keys = re.findall(r"https?://\S+/([\w-]{16,})/", body)
    return keys + re.findall(r"\b\d{3} \d{3}\b", body)


def test_a_link_for_a_new_password_is_made_by_the_worker(worker, client, cast):
    asked = reverse("account_reset_password")
    worker.sees(lambda: client.post(asked, {"email": "piet@mail.example"}))
    letter = Letter.objects.get()
    assert (letter.user, letter.recipient) == (cast.piet, "piet@mail.example")
    kept = worker.stored()
    message = worker.run()
    link = re.search(r"http://localhost:8000(\S+)", message.body)[1]
    assert link not in kept and link.rstrip("/").rpartition("-")[2] not in kept
    page = client.get(link, follow=True)
    answer = client.post(page.request["PATH_INFO"], {"password1": NEW, "password2": NEW})
    assert answer.status_code == 302
    cast.piet.refresh_from_db()
    assert cast.piet.check_password(NEW)
    assert not Letter.objects.exclude(about__template="account/email/password_reset").exists()


def test_an_unknown_address_is_answered_alike_and_written_to(worker, client, cast):
    asked = reverse("account_reset_password")
    answers = [
        worker.sees(lambda email=email: client.post(asked, {"email": email}))
        for email in ("piet@mail.example", "niemand@mail.example")
    ]
    assert len({(one.status_code, one["Location"]) for one in answers}) == 1
    assert Letter.objects.count() == DBTaskResult.objects.count() == 2
    worker.run()
    assert "niemand@mail.example" in mail.outbox[1].body


def test_a_code_is_made_by_the_worker_and_works(worker, client, cast):
    cast.anna.practice.second_step = True
    cast.anna.practice.save()
    typed = {"login": "piet@mail.example", "password": PASSWORD}
    answer = worker.sees(lambda: client.post(reverse("account_login"), typed))
    assert answer["Location"] == reverse("second_step")
    kept = worker.stored()
    [code] = secrets_of(worker.run().body)
    assert code not in kept and code.replace(" ", "") not in kept
    client.post(answer["Location"], {"code": code})
    assert client.get("/").status_code in (200, 302) and "_auth_user_id" in client.session


def test_a_code_that_is_too_old_is_not_sent(worker, client, cast):
    cast.anna.practice.second_step = True
    cast.anna.practice.save()
    typed = {"login": "piet@mail.example", "password": PASSWORD}
    worker.sees(lambda: client.post(reverse("account_login"), typed))
    Letter.objects.update(created_at=timezone.now() - timedelta(minutes=11))
    assert sending.deliver.func(Letter.objects.get().pk) is True
    assert mail.outbox == [] and not Letter.objects.exists()


def test_an_address_that_is_to_be_confirmed(worker, client, cast):
    fresh_login(client, cast.piet)
    new = {"action_add": "", "email": "anders@mail.example"}
    worker.sees(lambda: client.post(reverse("account_email"), new))
    kept = worker.stored()
    worker.run()
    [message] = [one for one in mail.outbox if one.to == ["anders@mail.example"]]
    link = re.search(r"http://localhost:8000(\S+)", message.body)[1]
    assert link.split("/")[-2] not in kept
    client.post(link)
    cast.piet.refresh_from_db()
    assert cast.piet.email == "anders@mail.example"


def test_an_invitation_by_mail_has_a_key_of_its_own(worker, cast):
    cast.mo_patient.email = "mo@mail.example"
    cast.mo_patient.save()
    invited, token = invitations.invite(cast.mo_patient)
    assert worker.sees(lambda: send_invitation(invited)) is SendOutcome.WAITS
    kept = worker.stored()
    [key] = secrets_of(worker.run().body)
    assert key not in kept and key != token
    for good in (key, token):  # the paper goes on working
        assert type(invited).find(good) == invited
        assert Client().get(reverse("patients:patient_invitation", args=[good])).status_code != 410
    wrong = key[:-1] + ("0" if key[-1] != "0" else "1")
    assert type(invited).find(wrong) is None and StaffInvitation.find(key) is None
    invited.renew()
    assert type(invited).find(key) is None and type(invited).find(invited.mailed_token())


def test_a_link_on_paper_by_mail(worker, programme):
    programme.patient.email = "piet@mail.example"
    version = programme.current_version()
    programme.patient.save()
    assert worker.sees(lambda: send_link(version)) is SendOutcome.WAITS
    assert programme.share_link.token not in worker.stored()
    assert programme.share_link.token in worker.run().body
    send_link(version)
    programme.patient.email = ""
    programme.patient.save()
    assert sending.deliver.func(Letter.objects.get().pk) is True  # taken away since: not sent
    assert len(mail.outbox) == 1


def test_owners_are_told_of_an_opened_record(worker, client, cast):
    cast.els.email = "els@linde.example"
    fresh_login(client, cast.root)
    sent = {"practice": cast.anna.practice.pk, "reason": "De server geeft een storing."}
    worker.sees(lambda: client.post(reverse("admin:glass"), sent))
    assert "storing" not in worker.stored()
    assert "De server geeft een storing." in worker.run().body


def test_owners_are_told_of_an_invitation_that_is_gone(worker, client, cast):
    """It is withdrawn and deleted by the time that the worker writes its mail."""
    invited, token = StaffInvitation.invite(
        practice=cast.els.practice, name="Nina", email="nina@linde.example", is_therapist=True
    )
    fresh_login(client, cast.root)
    address = reverse("admin:rugpijn_staffinvitation_delete", args=[invited.pk])
    worker.sees(lambda: client.post(address, {"post": "yes"}))
    assert not StaffInvitation.objects.exists() and token not in worker.stored()
    message = worker.run()
    assert message.to == ["els@linde.example"]
    sentence = "heeft de uitnodiging van Nina (nina@linde.example) voor Fysiotherapie De Linde"
    assert sentence in message.body


def test_without_a_worker_it_is_sent_at_once_with_little_patience(client, cast, monkeypatch):
    limits, init = [], EmailBackend.__init__

    def note(self, *args, **kwargs):
        limits.append(kwargs.get("timeout"))
        init(self, *args, **kwargs)

    monkeypatch.setattr(EmailBackend, "__init__", note)
    client.post(reverse("account_reset_password"), {"email": "piet@mail.example"})
    assert len(mail.outbox) == 1 and limits == [sending.LIMIT]
    assert not Letter.objects.exists()


def test_a_worker_at_long_work_is_not_waited_for(worker, cast):
    worker.away()
    letter = Letter(
        kind="notice", about={"patient": str(cast.piet_patient.uuid)}, recipient="piet@mail.example"
    )
    assert sending.send(letter) is SendOutcome.SENT
    assert len(mail.outbox) == 1


def test_a_slow_mail_server_holds_one_thread(worker, cast, monkeypatch):
    """Without a worker, while one mail is being sent: the next waits for a worker."""
    worker.away()
    assert sending._one_at_a_time.acquire(blocking=False)
    try:
        letter = Letter(
            kind="notice",
            about={"patient": str(cast.piet_patient.uuid)},
            recipient="piet@mail.example",
        )
        assert sending.send(letter) is SendOutcome.WAITS
    finally:
        sending._one_at_a_time.release()
    assert mail.outbox == [] and Letter.objects.count() == 1


def test_what_fails_is_tried_again_with_growing_pauses_and_then_given_up(
    worker, cast, monkeypatch, django_capture_on_commit_callbacks
):
    def cut_off(self, messages):
        raise SMTPServerDisconnected("piet@mail.example")

    monkeypatch.setattr(EmailBackend, "send_messages", cut_off)
    letter = Letter.objects.create(
        kind="notice",
        about={"patient": str(cast.piet_patient.uuid)},
        language="nl",
        recipient="piet@mail.example",
    )
    pauses = []
    for _try in range(len(sending.PAUSES)):
        now = timezone.now()
        with django_capture_on_commit_callbacks(execute=True):
            assert sending.deliver.func(letter.pk) is False
        task = DBTaskResult.objects.order_by("run_after").last()
        pauses.append(round((task.run_after - now).total_seconds() / 60))
        assert sending.problem() is None
        DBTaskResult.objects.all().delete()
    assert pauses == [pause.total_seconds() / 60 for pause in sending.PAUSES]
    sending.deliver.func(letter.pk)
    assert sending.problem().startswith("mails that were given up: 1")
    assert not DBTaskResult.objects.exists()
    assert sending.deliver.func(letter.pk) is False  # not once more


def test_a_mail_that_waits_long_is_said(worker):
    Letter.objects.create(
        kind="notice",
        recipient="a@b.example",
        language="nl",
        created_at=timezone.now() - timedelta(hours=2),
    )
    assert sending.problem() == "mails that wait for more than an hour: 1"


def test_arguments_of_tasks_are_numbers(worker, client, cast):
    client.post(reverse("account_reset_password"), {"email": "piet@mail.example"})
    for task in DBTaskResult.objects.all():
        assert all(isinstance(one, int) for one in task.args_kwargs["args"]), json.dumps(task)
