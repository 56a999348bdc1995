"""The access log as it is read: by the owner, who searches it, and by the patient."""

import csv
import io
import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from patients.privacy.log_sentences import Reader
from rugpijn import audit
from rugpijn.log import chain, search
from rugpijn.log.acts import ACTS
from rugpijn.log.models import AccessEvent
from rugpijn.login import access_changes
from tests.conftest import fresh_login

from .acts_in_code import ROOT, acts_of, trees

pytestmark = pytest.mark.django_db
ANNA = "Anna de Wit (fysiotherapeut, Fysiotherapie De Linde)"
LOG, FILE = "admin:rugpijn_accessevent_changelist", "admin:rugpijn_accessevent_download"


def write(
    patient, user, action="read", *, days=0, outcome="allowed", purpose="care", minutes=0, **more
):
    """A row as it would be, so long ago; the newest last."""
    at = timezone.localtime().replace(hour=12, minute=0, second=0)
    chain.append(
        [
            AccessEvent(
                action=action,
                code="R",
                actor_role=user.role if user else "anonymous",
                outcome=outcome,
                actor=user.uuid if user else None,
                actor_name=user.name if user and user.is_staff else "",
                practice=patient.practice.uuid,
                patient=patient.uuid,
                purpose=purpose,
                at=at - timedelta(days=days) + timedelta(minutes=minutes),
                **more,
            )
        ]
    )


def client_of(user):
    client = Client()
    fresh_login(client, user)
    return client


def lines(response):
    """What stands in the list, a row each."""
    return [
        (line["event"].actor_name, line["event"].action, line["event"].outcome)
        for line in response.context["lines"]
    ]


class TestOwner:
    @pytest.fixture
    def filled(self, cast):
        write(cast.mo_patient, cast.anna, "print", days=40)
        write(cast.piet_patient, cast.anna, "read", days=20)
        write(cast.piet_patient, cast.bram, "open", days=10, outcome="denied")
        write(cast.roos_patient, cast.bram, "read", days=5)
        write(cast.piet_patient, cast.piet, "log", days=1, purpose="own")

    def test_a_list_of_many_patients_is_one_line(self, cast):
        """Or it would hide who opened a record."""
        write(cast.piet_patient, cast.anna, "read", days=1)
        for number in range(3):
            for _ in range(60):
                write(cast.piet_patient, cast.anna, "list", request=f"list-{number}")
        page = client_of(cast.els).get(reverse(LOG))
        assert [line["event"].action for line in page.context["lines"]] == [*["list"] * 3, "read"]
        assert "60 patiënten" in page.content.decode()

    def test_the_rest_of_a_page_of_lists_follows(self, cast, monkeypatch):
        monkeypatch.setattr(search, "PAGE", 2)
        for number in range(4):
            for _ in range(3):
                write(cast.piet_patient, cast.anna, "list", request=f"list-{number}")
        els = client_of(cast.els)
        page = els.get(reverse(LOG))
        assert len(page.context["lines"]) == 2
        older = els.get(reverse(LOG) + page.context["more"])
        requests = [line["event"].request for line in older.context["lines"]]
        assert requests == ["list-1", "list-0"] and older.context["more"] is None

    def test_an_act_on_an_account_names_the_colleague(self, cast):
        access_changes.ask(None, "email", person=cast.anna, email="x@elders.example")
        page = client_of(cast.els).get(reverse(LOG)).content.decode()
        assert "een ander e-mailadres" in page and "(Anna de Wit)" in page

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({}, ["log", "open", "read", "print"]),
            ({"patient": "jansen"}, ["log", "open", "read"]),
            ({"patient": "el idrissi"}, ["print"]),
            ({"who": "anna"}, ["read", "print"]),
            ({"who": "Piet"}, ["log"]),
            ({"act": "print"}, ["print"]),
            ({"outcome": "denied"}, ["open"]),
            ({"outcome": "allowed", "who": "anna", "patient": "piet"}, ["read"]),
            ({"since": 30, "until": 15}, ["read"]),
            ({"since": 10}, ["log", "open"]),
            ({"until": 40}, ["print"]),
            ({"since": 39, "until": 21}, []),
        ],
    )
    def test_finds(self, cast, filled, asked, found):
        today = timezone.localdate()
        query = {
            name: (today - timedelta(days=value)).isoformat() if isinstance(value, int) else value
            for name, value in asked.items()
        }
        page = client_of(cast.els).get(reverse(LOG), query)
        assert [action for _name, action, _outcome in lines(page)] == found

    def test_finds_an_erased_patient_by_the_number_alone(self, cast, filled):
        number = uuid.uuid4()
        write(cast.piet_patient, cast.anna)
        own = cast.els.practice.uuid
        chain.append(
            [
                AccessEvent(
                    action="erase", code="D", actor_role="owner", practice=own, patient=number
                )
            ]
        )
        page = client_of(cast.els).get(reverse(LOG), {"patient": str(number)})
        assert [action for _n, action, _o in lines(page)] == ["erase"]
        assert str(number) in page.content.decode()

    @pytest.mark.parametrize(
        ("asked", "sentence"),
        [
            ({"patient": "Roos"}, "Geen patiënt van de praktijk heeft deze naam."),
            ({"who": "Bram"}, "Niemand van de praktijk heeft deze naam."),
            ({"since": "gisteren"}, "Voer een geldige datum in."),
            ({"since": "2026-02-02", "until": "2026-01-01"}, "Dit is vóór de eerste dag."),
            ({"act": "iets anders"}, "is geen"),
        ],
    )
    def test_says_what_is_wrong_and_keeps_what_was_typed(self, cast, filled, asked, sentence):
        page = client_of(cast.els).get(reverse(LOG), asked).content.decode()
        assert sentence in page
        assert all(value in page for value in asked.values() if value != "iets anders")

    @pytest.mark.parametrize("before", ["", "0", "-1", "x", "٣", "9" * 30])
    def test_a_wrong_page_is_a_page(self, cast, filled, before):
        assert client_of(cast.els).get(reverse(LOG), {"before": before}).status_code == 200

    def test_a_search_is_a_row_with_a_digest_and_without_the_name(self, cast, filled):
        client = client_of(cast.els)
        for name in ("Jansen", "Jansen", "Idrissi"):
            client.get(reverse(LOG), {"patient": name})
        rows = AccessEvent.objects.filter(actor=cast.els.uuid)
        seen = rows.filter(action="read log").order_by("number")
        assert [row.patient for row in seen] == [cast.piet_patient.uuid] * 2 + [
            cast.mo_patient.uuid
        ]
        first, again, other = (row.query for row in rows.filter(action="list").order_by("number"))
        assert first == again != other and len(first) == 64
        assert "Jansen" not in str(list(AccessEvent.objects.values()))

    def test_other_practices_and_colleagues_without_that_role_read_nothing(self, cast, filled):
        assert client_of(cast.anna).get(reverse(LOG)).status_code == 403
        assert client_of(cast.anna).get(reverse(FILE)).status_code == 403
        assert lines(client_of(cast.bram).get(reverse(LOG))) == [("Bram Visser", "read", "allowed")]
        assert lines(client_of(cast.root).get(reverse(LOG))) == []

    def test_pages_of_a_hundred(self, cast):
        chain.append(
            AccessEvent(action="read", code="R", actor_role="t", practice=cast.els.practice.uuid)
            for _number in range(150)
        )
        client = client_of(cast.els)
        first = client.get(reverse(LOG))
        assert len(lines(first)) == 100
        older = client.get(reverse(LOG) + first.context["more"])
        assert len(lines(older)) == 50 and older.context["more"] is None
        numbers = [
            line["event"].number for page in (first, older) for line in page.context["lines"]
        ]
        assert numbers == list(range(150, 0, -1))

    @pytest.mark.parametrize(
        "asked", [{}, {"patient": "jansen"}, {"who": "anna", "since": "2020-01-01"}]
    )
    def test_asks_as_often_for_many_as_for_a_few(self, cast, asked):
        client, counted = client_of(cast.els), []
        for many in (3, 90):
            for _number in range(many):
                write(cast.piet_patient, cast.anna)
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse(LOG), asked)
            counted.append(len(queries))
        assert counted[0] == counted[1]

    def test_the_file_has_every_field_and_no_formula(self, cast):
        cast.anna.name = "=HYPERLINK(1)"
        write(cast.piet_patient, cast.anna)
        answer = client_of(cast.els).get(reverse(FILE))
        assert answer["Content-Disposition"].startswith('attachment; filename="logboek-')
        (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
        assert row["actor_name"] == "'=HYPERLINK(1)"
        assert row["patient"] == str(cast.piet_patient.uuid) and re.fullmatch(
            r"\d\d-\d\d-\d{4} \d\d:\d\d:\d\d", row["at"]
        )
        assert set(row) == {*chain.FORMS[1], "hash"}

    def test_the_file_has_an_end(self, cast, filled, monkeypatch):
        monkeypatch.setattr("rugpijn.log.pages.MOST_DOWNLOADED", 2)
        answer = client_of(cast.els).get(reverse(FILE))
        assert "Kies een kortere periode." in answer.content.decode()
        assert not AccessEvent.objects.filter(action="download log").exists()

    def test_the_file_asks_who_you_are(self, client, cast):
        client.force_login(cast.els)
        assert client.get(reverse(FILE))["Location"].startswith("/accounts/reauthenticate/")


class TestPatient:
    def page(self, cast, user="piet", **query):
        address = reverse("patients:access_log", args=[cast.piet_patient.uuid])
        return client_of(getattr(cast, user)).get(address, query).content.decode()

    def test_reads_who_what_when_and_why(self, cast):
        write(cast.piet_patient, cast.anna, "read course")
        page = self.page(cast)
        assert f"{ANNA} heeft bekeken hoe het met u gaat." in page
        assert "om 12:00" in page and "Waarom: voor uw behandeling" in page

    def test_the_same_of_one_day_is_one_line(self, cast):
        write(cast.piet_patient, cast.anna, days=1, minutes=5)
        for minutes in (0, 15, 75):
            write(cast.piet_patient, cast.anna, minutes=minutes)
        page = self.page(cast)
        assert page.count("heeft uw gegevens of programma bekeken") == 2
        assert "3 keer, tussen 12:00 en 13:15" in page and "om 12:05" in page

    def test_names_of_staff_when_the_practice_shows_them(self, cast):
        write(cast.piet_patient, cast.anna)
        practice = cast.piet_patient.practice
        practice.log_shows_names = False
        practice.save()
        page = self.page(cast)
        assert "Anna" not in page
        assert "Iemand van Fysiotherapie De Linde (fysiotherapeut)" in page

    def test_a_stranger_has_no_name_here(self, cast):
        write(cast.piet_patient, cast.bram, "open", outcome="denied")
        page = self.page(cast)
        assert "Iemand van buiten uw praktijk wilde uw gegevens openen. Dat mocht niet." in page
        assert "Bram" not in page

    def test_somebody_without_a_login_and_the_program_itself(self, cast):
        write(cast.piet_patient, None, "stop reminders", purpose="")
        audit.record_by_system(
            "erase", practice=cast.piet_patient.practice.uuid, patient=cast.piet_patient.uuid
        )
        page = self.page(cast)
        assert "Iemand die niet was ingelogd heeft de mails gestopt." in page
        assert "Het programma zelf heeft uw gegevens gewist." in page

    def test_own_acts_when_asked_for(self, cast):
        write(cast.piet_patient, cast.piet, "log", purpose="own")
        mine = "U heeft iets afgevinkt of een vraag beantwoord."
        assert mine not in self.page(cast)
        assert mine in self.page(cast, own="1")

    @pytest.mark.parametrize(
        ("days", "seen"), [("30", 1), ("90", 2), ("365", 3), ("all", 4), ("", 2), ("x", 2)]
    )
    def test_a_period(self, cast, days, seen):
        for ago in (400, 100, 60, 5):
            write(cast.piet_patient, cast.anna, days=ago)
        assert self.page(cast, days=days).count("heeft uw gegevens") == seen

    def test_older_lines_are_on_the_next_page(self, cast, monkeypatch):
        monkeypatch.setattr("patients.privacy.views.access_log.PAGE", 2)
        for days in (3, 2, 1):
            write(cast.piet_patient, cast.anna, days=days)
        client = client_of(cast.piet)
        address = reverse("patients:access_log", args=[cast.piet_patient.uuid])
        first = client.get(address)
        older = client.get(address + first.context["older"])
        assert [len(page.context["days"]) for page in (first, older)] == [2, 1]

    def test_the_owner_reads_the_same(self, cast):
        write(cast.piet_patient, cast.anna)
        page = self.page(cast, "els")
        assert "Anna de Wit (fysiotherapeut" in page and "Piet Jansen" in page

    def test_reading_it_is_in_it_once_for_each_login(self, cast):
        client = client_of(cast.piet)
        address = reverse("patients:access_log", args=[cast.piet_patient.uuid])
        for _time in range(3):
            client.get(address)
        assert AccessEvent.objects.filter(action="read log").count() == 1

    def test_is_found_from_the_own_data(self, cast):
        page = client_of(cast.piet).get(reverse("patients:my_data")).content.decode()
        assert reverse("patients:access_log", args=[cast.piet_patient.uuid]) in page

    def test_a_device_that_stays_logged_in_is_asked_again(self, cast, monkeypatch):
        client = Client()
        client.force_login(cast.piet)
        address = reverse("patients:access_log", args=[cast.piet_patient.uuid])
        assert client.get(address).status_code == 200
        monkeypatch.setattr("rugpijn.login.devices.is_trusted", lambda request: True)
        assert client.get(address)["Location"].startswith("/accounts/reauthenticate/")

    def test_the_file(self, cast):
        write(cast.piet_patient, cast.anna)
        client = client_of(cast.piet)
        answer = client.get(reverse("patients:access_log_file", args=[cast.piet_patient.uuid]))
        (row,) = (csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"),)
        rows = list(row)
        assert rows[0] == ["Dag", "Tijd", "Wat er gebeurde", "Waarom", "Nummer"]
        assert rows[1][1:4] == [
            "12:00:00",
            f"{ANNA} heeft uw gegevens of programma bekeken.",
            "voor uw behandeling",
        ]
        assert AccessEvent.objects.filter(action="download log", actor=cast.piet.uuid).count() == 1

    def test_no_file_of_nothing(self, cast):
        answer = client_of(cast.piet).get(
            reverse("patients:access_log_file", args=[cast.piet_patient.uuid])
        )
        assert answer.status_code == 302

    def test_every_act_about_a_patient_has_a_sentence(self, cast):
        """What `patients` writes has a sentence of its own, and not the label alone."""
        modules = [tree for path, tree in trees().items() if path.is_relative_to(ROOT / "patients")]
        acts = set().union(*(acts_of(tree)[0] for tree in modules))
        with_sentence = {name for name, act in ACTS.items() if act.sentence is not None}
        assert len(acts) > 30
        assert acts - with_sentence == {"remove after term"}  # of a practice, about no patient
        reader = Reader(cast.piet_patient)
        for action in with_sentence:
            event = AccessEvent(action=action, actor_role="therapist", actor=cast.anna.uuid)
            event.actor_name = "Anna"
            assert len(reader.sentence(event).split()) <= 20
