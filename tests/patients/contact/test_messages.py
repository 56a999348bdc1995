"""Messages: written once, seen by the other side, and never taken for an emergency line."""

import uuid
from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.urls import reverse
from django.utils import timezone

from patients.contact import messages
from patients.follow_up import caseload, timeline, worklist
from patients.models import Message, Programme
from patients.prescribing import lifecycle
from rugpijn.audit import AccessEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def piet(client, cast):
    client.force_login(cast.piet)
    return client


@pytest.fixture
def anna(cast):
    from django.test import Client

    client = Client()
    client.force_login(cast.anna)
    return client


@pytest.fixture
def address(programme):
    return reverse("patients:messages", args=[programme.uuid])


@pytest.fixture
def desk(programme):
    return reverse("admin:patients_programme_messages", args=[programme.pk])


def write(programme, text="Mag ik zwemmen?", by_patient=True, by=None, operation=None):
    by = by or (programme.patient.user if by_patient else programme.therapist)
    return messages.send_message(
        programme=programme,
        operation=operation or uuid.uuid4(),
        text=text,
        by=by,
        by_patient=by_patient,
    )


def post(client, address, text="Mag ik zwemmen?", operation=None):
    sent = {"text": text, "operation": str(operation or uuid.uuid4())}
    return client.post(address, sent, follow=True)


def test_more_than_anybody_reads_is_refused_and_stays_typed(piet, address, programme, monkeypatch):
    """The practice can still write; so can the patient, on another day."""
    monkeypatch.setattr(messages, "MESSAGES_A_DAY", 3)
    sent = [uuid.uuid4() for _number in range(3)]
    for number, operation in enumerate(sent):
        post(piet, address, f"Vraag {number}", operation=operation)
    answer = post(piet, address, "Nog iets, heel belangrijk")
    page = answer.content.decode()
    assert "3 berichten" in page and "Nog iets, heel belangrijk" in page
    assert Message.objects.count() == 3
    assert (
        "3 berichten gestuurd"
        not in post(piet, address, "Vraag 0", operation=sent[0]).content.decode()
    )
    write(programme, by_patient=False)
    Message.objects.update(written_at=timezone.now() - timedelta(days=2))
    post(piet, address, "Nog iets")
    assert Message.objects.count() == 5


def test_a_message_that_is_sent_again_is_in_the_log_once(piet, address):
    operation = uuid.uuid4()
    for _time in range(2):
        post(piet, address, operation=operation)
    assert AccessEvent.objects.filter(action="send message").count() == 1


def reasons(programme):
    [case] = caseload.cases(Programme.objects.filter(pk=programme.pk), timezone.localdate())
    return [item for item in worklist.unseen(case) if item.reason == "message"]


class TestOnce:
    def test_the_same_press_twice(self, piet, address):
        operation = uuid.uuid4()
        for _ in range(2):
            assert (
                "Uw bericht is verstuurd"
                in post(piet, address, operation=operation).content.decode()
            )
        assert Message.objects.count() == 1

    def test_the_same_number_with_other_words_keeps_the_first(self, piet, address):
        operation = uuid.uuid4()
        post(piet, address, operation=operation)
        page = post(piet, address, text="Iets anders", operation=operation).content.decode()
        assert "al een ander bericht verstuurd" in page and "Iets anders" in page
        assert Message.objects.get().text == "Mag ik zwemmen?"

    def test_the_number_is_of_one_patient(self, programme, make_programme, cast):
        operation = uuid.uuid4()
        write(programme, operation=operation)
        write(make_programme(cast.mo_patient), operation=operation)
        assert Message.objects.count() == 2


class TestThePatientsPage:
    def test_it_says_that_nobody_reads_it_at_once(self, piet, address, practice):
        page = piet.get(address).content.decode()
        assert "Niemand leest dit meteen." in page
        assert "tel:0123456789" in page and practice.phone in page
        assert 'id="when-to-call"' in page and "<summary>" in page  # one touch away

    @pytest.mark.parametrize(
        ("text", "sentence"),
        [
            ("", "Schrijf eerst iets op."),
            ("   ", "Schrijf eerst iets op."),
            ("a" * 501, "501 tekens"),
        ],
    )
    def test_what_is_wrong_is_said_and_what_was_typed_stays(self, piet, address, text, sentence):
        page = post(piet, address, text=text).content.decode()
        assert sentence in page and not Message.objects.exists()
        assert text.strip() in page

    def test_a_new_line_is_one_character(self, piet, address):
        post(piet, address, text="\r\n".join(["a" * 9] * 50))  # 499 as a reader counts
        assert len(Message.objects.get().text) == 499

    def test_hostile_words_are_words(self, piet, anna, address, desk, programme):
        text = "<script>alert(1)</script> {{ 7|add:7 }} <b onclick=x> %s"
        post(piet, address, text=text.replace(" %s", "\u202e %s"))  # nobody sees that sign
        assert Message.objects.get().text == text
        for page in (
            piet.get(address),
            anna.get(desk),
            anna.get("/admin/"),
            anna.get(reverse("admin:patients_programme_days", args=[programme.pk])),
        ):
            shown = page.content.decode()
            assert "&lt;script&gt;alert(1)" in shown and "<script>alert" not in shown
            assert "<b onclick" not in shown

    def test_after_the_end_nobody_reads_so_nobody_writes(self, piet, address, programme, cast):
        lifecycle.end(programme=programme, by=cast.anna)
        page = post(piet, address).content.decode()
        assert "Uw programma is afgelopen" in page and not Message.objects.exists()

    def test_a_pause_does_not_stop_a_question(self, piet, address, programme, cast):
        lifecycle.pause(programme=programme, by=cast.anna, from_on=timezone.localdate())
        post(piet, address)
        assert Message.objects.count() == 1

    def test_it_is_logged(self, piet, address):
        post(piet, address)
        acts = list(AccessEvent.objects.order_by("pk").values_list("action", flat=True))
        assert acts == ["send message", "read messages"]

    def test_a_draft_has_no_page(self, client, make_programme, cast):
        draft = make_programme(cast.mo_patient, started=False)
        client.force_login(cast.mo)
        assert client.get(reverse("patients:messages", args=[draft.uuid])).status_code == 404


class TestTheDesk:
    def test_from_the_worklist_to_an_answer(self, piet, anna, address, desk, programme):
        post(piet, address)
        shown = anna.get("/admin/").content.decode()
        assert "Mag ik zwemmen?" in shown and desk in shown
        assert "verstuurd naar Piet Jansen" in post(anna, desk, text="Ja, rustig.").content.decode()
        assert reasons(programme) == []
        assert "Mag ik zwemmen?" not in anna.get("/admin/").content.decode()
        page = piet.get(address).content.decode()
        assert "Ja, rustig." in page and "Anna de Wit" in page

    def test_seen_without_an_answer_until_the_next_one(self, anna, desk, programme):
        write(programme)
        anna.post(desk, {"seen": "1"})
        assert reasons(programme) == []
        assert "Gezien, geen antwoord nodig" not in anna.get(desk).content.decode()
        write(programme, text="En fietsen?")
        (item,) = reasons(programme)
        assert "En fietsen?" in item.sentence

    def test_marked_on_the_worklist_itself(self, anna, programme):
        write(programme)
        (item,) = reasons(programme)
        anna.post(reverse("admin:patients_programme_seen", args=[programme.pk]), {"item": item.key})
        assert reasons(programme) == []

    def test_several_are_one_reason(self, programme):
        for text in ("Een", "Twee", "Drie"):
            write(programme, text=text)
        (item,) = reasons(programme)
        assert "na nog 2 berichten: “Drie”" in item.sentence

    def test_a_long_one_is_shortened(self, programme):
        write(programme, text="woord " * 80)
        (item,) = reasons(programme)
        assert len(item.sentence) < 200

    def test_it_stands_below_an_alarm(self):
        urgency = list(worklist.REASONS)
        assert urgency.index("worse") < urgency.index("message") < urgency.index("pain_up")

    def test_on_the_time_line(self, programme):
        write(programme)
        write(programme, text="Ja.", by_patient=False)
        today = timezone.localdate()
        told = timeline.events(programme, today, today + timedelta(days=1))
        words = [(event.words, event.who) for event in told if event.kind == "message"]
        assert words == [
            ("De patiënt schreef: “Mag ik zwemmen?”", ""),
            ("Antwoord: “Ja.”", "Anna de Wit"),
        ]

    def test_who_cannot_log_in_is_not_written_to(self, anna, desk, programme):
        programme.patient.user = None
        programme.patient.save()
        assert "kan niet inloggen" in anna.get(desk).content.decode()
        post(anna, desk)
        assert not Message.objects.exists()

    def test_reading_the_desk_tells_the_patient_nothing(self, piet, anna, desk, programme):
        write(programme, text="Ja.", by_patient=False)
        anna.get(desk)
        assert Message.objects.get().seen_at is None


class TestTheAnswer:
    def test_new_until_it_is_opened(self, piet, address, programme):
        new = "Anna de Wit heeft u een bericht gestuurd"

        def today():
            return piet.get("/").content.decode()

        assert new not in today()
        write(programme)
        write(programme, text="Geheim antwoord", by_patient=False)
        assert new in today() and "Geheim" not in today()
        piet.head(address)  # a program that looks ahead has read nothing
        assert new in today()
        piet.get(address)
        assert new not in today()
        assert Message.objects.get(text="Geheim antwoord").seen_at is not None

    def test_a_mail_says_that_something_is_ready(self, programme):
        message = write(programme, text="Oefening drie mag.", by_patient=False)
        assert messages.tell_patient.call(message.pk)
        (sent,) = outbox.outbox
        assert sent.to == ["piet@mail.example"] and sent.subject == "Er staat iets voor u klaar"
        said = f"{sent.subject} {sent.body}".lower()
        for word in ("oefen", "rug", "pijn", "fysio", "linde", "anna", "piet", "programma"):
            assert word not in said
        assert "http://localhost:8000/" in sent.body

    def test_no_mail_when_it_was_read_or_without_an_address(self, programme):
        message = write(programme, text="Ja.", by_patient=False)
        Message.objects.update(seen_at=timezone.now())
        assert not messages.tell_patient.call(message.pk)
        Message.objects.update(seen_at=None)
        user = programme.patient.user
        type(user).objects.filter(pk=user.pk).update(email=None, login_code="p-1")
        programme.patient.email = ""
        programme.patient.save()
        assert not messages.tell_patient.call(message.pk)
        assert outbox.outbox == []

    def test_a_patients_own_message_mails_nobody(
        self, programme, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks() as waiting:
            write(programme)
        assert waiting == []
        with django_capture_on_commit_callbacks() as waiting:
            write(programme, by_patient=False)
        assert len(waiting) == 1

    def test_an_answer_that_is_sent_again_mails_once(
        self, programme, django_capture_on_commit_callbacks
    ):
        operation = uuid.uuid4()
        with django_capture_on_commit_callbacks() as waiting:
            for _ in range(2):
                write(programme, by_patient=False, operation=operation)
        assert Message.objects.count() == len(waiting) == 1
