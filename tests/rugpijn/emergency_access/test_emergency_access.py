"""Breaking the glass: one practice, to read, for an hour, and nobody is left in the dark."""

import re
from datetime import timedelta
from functools import partial
from html import unescape
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from patients import access
from patients.models import Patient, Programme
from rugpijn.audit import AccessEvent
from rugpijn.emergency_access import rules as emergency_access
from rugpijn.models import GlassBreak
from tests.conftest import broken_links, fresh_login

pytestmark = pytest.mark.django_db
BREAK, LIST = reverse("admin:glass"), reverse("admin:patients_patient_glass")
REASON = "De server geeft een storing bij een programma."


def words(response):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


@pytest.fixture
def root(cast):
    client = Client()
    fresh_login(client, cast.root)
    return client


@pytest.fixture
def opens(root, practice):
    def opens(which=practice, reason=REASON):
        return root.post(BREAK, {"practice": which.pk, "reason": reason})

    return opens


def pages(programme):
    """Every page that shows a patient to who may read."""
    return [
        reverse(f"patients:{name}", args=[programme.uuid])
        for name in ("programme_detail", "progress", "programme_handout")
    ]


@pytest.fixture(autouse=True)
def quick_paper(monkeypatch):
    from patients.paper import handout

    monkeypatch.setattr(handout, "render_pdf", lambda html: b"%PDF-1.7 " + html.encode())


def over():
    """An hour later."""
    GlassBreak.objects.update(until=timezone.now() - timedelta(seconds=1))


def test_before_it_a_superuser_sees_nobody(root, cast, programme):
    assert [root.get(page).status_code for page in pages(programme)] == [404] * 3
    assert root.get(LIST)["Location"] == BREAK
    assert not Patient.objects.visible_to(cast.root).exists()


def test_during_it_one_practice_is_read(root, cast, programme, opens):
    assert opens()["Location"] == LIST
    page = words(root.get(LIST))
    assert "Piet Jansen" in page and "Mo el Idrissi" in page and "Roos" not in page
    assert "nog 60 minuten" in page
    assert [root.get(page).status_code for page in pages(programme)] == [200] * 3
    assert "nog 60 minuten" in words(root.get(pages(programme)[0]))


def test_and_no_other(root, cast, make_programme, opens):
    foreign = make_programme(patient=cast.roos_patient, by=cast.bram)
    opens()
    assert [root.get(page).status_code for page in pages(foreign)] == [404] * 3
    assert set(Patient.objects.visible_to(cast.root)) == {cast.piet_patient, cast.mo_patient}


def test_nor_by_anybody_else(cast, programme, opens):
    opens()
    for who in (cast.els, cast.bram, cast.roos):
        fresh_login(client := Client(), who)
        assert client.get(pages(programme)[0]).status_code == 404


def test_nothing_can_be_written(root, cast, programme, opens):
    """Every page that writes asks who treats, or whose own it is."""
    opens()
    before = list(Programme.objects.values()), list(Patient.objects.values())
    admin = [
        reverse(f"admin:patients_{kind}_{act}", args=[pk])
        for kind, pk, acts in (
            ("patient", cast.piet_patient.pk, ("change", "delete", "discharge", "invite")),
            ("programme", programme.pk, ("change", "end", "pause", "renew", "share", "messages")),
        )
        for act in acts
    ]
    for address in admin:
        assert root.get(address).status_code == 302, address
        assert root.post(address, {"name": "Ander", "title": "Ander"}).status_code == 302
    own = ("log_session", "report_symptoms", "messages", "reminders", "recovery")
    for name in own:
        address = reverse(f"patients:{name}", args=[programme.uuid])
        assert root.post(address, {"text": "x", "done": "1"}).status_code == 404, name
    assert (list(Programme.objects.values()), list(Patient.objects.values())) == before
    assert not Patient.objects.filter(access.treated_by(cast.root)).exists()
    assert not Patient.objects.filter(access.own_record(cast.root)).exists()


def test_after_an_hour_it_is_over(root, cast, programme, opens):
    opens()
    broken = GlassBreak.objects.get()
    assert broken.until - broken.began_at == timedelta(minutes=60)
    over()
    assert [root.get(page).status_code for page in pages(programme)] == [404] * 3
    assert root.get(LIST)["Location"] == BREAK
    assert (
        "nog" not in words(root.get(BREAK)).split("Dossiers openen")[0].lower().split("minuten")[0]
    )


@pytest.mark.parametrize("who", ["root", "els", "the night"])
def test_it_ends_by_itself_and_that_is_written_down_once(cast, opens, who):
    """By nobody's hand, whoever looks first; and when nobody does, at night."""
    opens()
    night = partial(call_command, "retention", stdout=StringIO())
    night()
    assert GlassBreak.objects.get().ended_at is None
    over()
    for _time in range(2):
        if who == "the night":
            night()
        else:
            fresh_login(client := Client(), getattr(cast, who))
            client.get(BREAK if who == "root" else "/admin/")
    ended = GlassBreak.objects.get()
    assert ended.ended_at == ended.until
    row = AccessEvent.objects.get(action__startswith="close glass")
    assert (row.practice, row.object_id) == (cast.els.practice.uuid, str(ended.uuid))
    assert (row.action, row.actor_role, row.actor) == (emergency_access.OVER, "system", None)
    assert broken_links() == []
    fresh_login(els := Client(), cast.els)
    log = words(els.get(reverse("admin:rugpijn_accessevent_changelist")))
    assert "na een uur gesloten" in log and "het programma zelf" in log


@pytest.mark.parametrize("who", ["root", "els"])
def test_either_side_ends_it_sooner(root, cast, programme, opens, who):
    opens()
    fresh_login(client := Client(), getattr(cast, who))
    end = reverse("admin:glass_end", args=[GlassBreak.objects.get().uuid])
    assert client.get(end).status_code == 405
    assert client.post(end).status_code == 302
    assert root.get(pages(programme)[0]).status_code == 404
    row = AccessEvent.objects.get(action="close glass")
    assert row.actor == getattr(cast, who).uuid
    assert "al gesloten" in words(client.post(end, follow=True))


@pytest.mark.parametrize("who", ["anna", "bram", "piet"])
def test_nobody_else_does(root, cast, programme, opens, who):
    opens()
    fresh_login(client := Client(), getattr(cast, who))
    client.post(reverse("admin:glass_end", args=[GlassBreak.objects.get().uuid]))
    assert root.get(pages(programme)[0]).status_code == 200


def test_the_owners_hear_it_by_mail_and_on_their_first_page(cast, opens):
    opens()
    assert [message.to for message in mail.outbox] == [["els@linde.example"]]
    assert REASON in mail.outbox[0].body and "Root" in mail.outbox[0].body
    assert "Piet" not in mail.outbox[0].body
    fresh_login(els := Client(), cast.els)
    page = words(els.get("/admin/"))
    assert "Root beheert de server" in page and REASON in page
    for other in (cast.anna, cast.bram):
        fresh_login(client := Client(), other)
        assert REASON not in words(client.get("/admin/"))


def test_begin_and_each_page_are_in_the_log(root, cast, programme, opens):
    opens()
    root.get(LIST)
    root.get(pages(programme)[0])
    acts = AccessEvent.objects.filter(actor=cast.root.uuid).order_by("pk")
    assert [row.action for row in acts if row.action != "list"] == ["break glass", "read"]
    begun, read = acts.get(action="break glass"), acts.get(action="read")
    assert begun.practice == cast.anna.practice.uuid  # where its owner finds it
    assert begun.glass and read.glass and read.treatment is False
    assert (read.patient, read.practice) == (cast.piet_patient.uuid, cast.anna.practice.uuid)
    assert acts.filter(action="list", patient__isnull=False).count() == 2


@pytest.mark.parametrize(
    "reason", ["", "storing", "x" * 501, "storing\x00 in de server bij iemand"]
)
def test_without_a_reason_in_words_it_stays_closed(root, opens, reason):
    page = opens(reason=reason)
    assert page.status_code == 200 and page.context["form"].errors["reason"]
    assert not GlassBreak.objects.exists() and not mail.outbox


def test_one_practice_at_a_time(root, other_practice, opens, cast):
    opens()
    assert "al een praktijk geopend" in words(opens(other_practice))
    assert GlassBreak.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        GlassBreak.objects.create(
            practice=other_practice.uuid, actor=cast.root.uuid, until=timezone.now()
        )
    over()
    assert opens(other_practice)["Location"] == LIST


def test_only_after_a_fresh_login(cast, practice):
    client = Client()
    client.force_login(cast.root)
    for answer in (
        client.get(BREAK),
        client.post(BREAK, {"practice": practice.pk, "reason": REASON}),
    ):
        assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert not GlassBreak.objects.exists()


def test_an_operator_who_is_none_any_more_reads_nothing(root, cast, programme, opens):
    opens()
    cast.root.is_superuser = False
    cast.root.save()
    assert root.get(pages(programme)[0]).status_code == 404


def test_a_mail_that_does_not_go_is_said(root, cast, opens, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    opens()
    assert "Bel de praktijk" in words(root.get(LIST))
