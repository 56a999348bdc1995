"""Rows that were stored before a phone's clock was judged: every page reads them."""

import uuid
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from patients.models import CalendarLink, ReminderPlan, SessionLog, SymptomAnswer
from patients.paper import handout
from patients.prescribing import authoring
from tests.conftest import fresh_login

pytestmark = pytest.mark.django_db

WRONG = [
    # the day, and the moment at which it was done
    ("9999-12-31", "9999-12-31 23:59:59+00:00"),
    ("YESTERDAY", "9999-12-31 23:59:59+00:00"),
    ("9999-12-31", "YESTERDAY 10:00:00+00:00"),
    ("0001-01-01", "0001-01-01 00:00:00+00:00"),
]
OF_PATIENT = tuple(
    """
    programme_detail programme_yesterday programme_session progress messages reminders recovery
    programme_handout
    """.split()
)
OF_THERAPIST = ("days", "course", "versions", "messages", "change", "end", "pause", "renew")


@pytest.fixture
def broken(cast, programme):
    """Piet's programme with such rows, each of an exercise and with an answer about it."""
    programme.started_on = timezone.localdate() - timedelta(days=9)
    programme.save(update_fields=["started_on"])
    version = programme.current_version()
    line = version.sheet.lines[0].uuid
    yesterday = str(timezone.localdate() - timedelta(days=1))
    for number, (day, at) in enumerate(WRONG, 1):
        same = {
            "patient": programme.patient,
            "version": version,
            "line": line,
            "day": timezone.localdate(),
            "sequence": number,
            "moment": 1,
        }
        log = SessionLog.objects.create(
            **same, operation=uuid.uuid4(), done=True, pain=number, performed_at=timezone.now()
        )
        answer = SymptomAnswer.objects.create(**same, operation=uuid.uuid4(), symptoms=["leg_pain"])
        day, at = day.replace("YESTERDAY", yesterday), at.replace("YESTERDAY", yesterday)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE patients_sessionlog SET day = %s, performed_at = %s WHERE id = %s",
                [day, at, log.pk],
            )
            cursor.execute(
                "UPDATE patients_symptomanswer SET day = %s WHERE id = %s",
                [day, answer.pk],
            )
    return programme


def test_what_cannot_be_is_read_as_the_day_on_which_it_arrived(broken):
    rows = list(SessionLog.objects.order_by("sequence"))
    today = timezone.localdate()
    assert [row.clock_was_off for row in rows] == [True] * 4
    assert {rows[0].day, rows[2].day, rows[3].day} == {today}
    for row in rows:
        assert abs(row.performed_at - timezone.now()) < timedelta(days=3)
    assert {answer.day for answer in SymptomAnswer.objects.all()} <= {today, rows[1].day}


def test_every_page_reads_it(client, cast, broken, monkeypatch):
    monkeypatch.setattr(handout, "render_pdf", lambda html: b"%PDF-1.7 " + html.encode())
    ReminderPlan.objects.create(patient=cast.piet_patient, first="08:00")
    fresh_login(client, cast.piet)
    pages = ["/", reverse("patients:my_data")]
    pages += [reverse(f"patients:{name}", args=[broken.uuid]) for name in OF_PATIENT]
    pages.append(reverse("patients:access_log", args=[cast.piet_patient.uuid]))
    pages.append(reverse("patients:calendar", args=[CalendarLink.renew(cast.piet_patient)]))
    for page in pages:
        assert client.get(page).status_code in (200, 302), page
    copy = client.post(reverse("patients:download"))
    assert copy.status_code == 200 and copy["Content-Type"] == "application/zip"
    fresh_login(client, cast.anna)
    pages = [reverse("admin:index"), reverse("patients:programme_detail", args=[broken.uuid])]
    pages.append(reverse("admin:patients_patient_change", args=[cast.piet_patient.pk]))
    for name in OF_THERAPIST:
        pages.append(reverse(f"admin:patients_programme_{name}", args=[broken.pk]))
    for page in pages:
        for query in ("", "?weeks=3", "?weeks=6", "?weeks=all"):
            assert client.get(page + query).status_code in (200, 302), page + query
    authoring.issue(programme=broken, by=cast.anna)
    call_command("send_reminders")
    call_command("retention")
