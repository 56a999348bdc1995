"""What goes by itself, and what stays: a table of moments, and a run that names nobody."""

import io
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress, EmailConfirmation
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from exercises.models import LibraryImport
from patients.follow_up import judgements
from patients.models import (
    Batch,
    DataExport,
    Erased,
    Patient,
    PatientInvitation,
    Programme,
    Proxy,
    Reminder,
    SessionLog,
    Version,
)
from patients.paper import handout
from patients.prescribing import lifecycle
from patients.privacy import retention
from rugpijn.audit import AccessEvent
from rugpijn.models import (
    AccessChange,
    KeptForm,
    Letter,
    LoginSession,
    OneTimeCode,
    StaffInvitation,
    TrustedDevice,
    User,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 15, 3, 0, tzinfo=UTC)  # 04:00 in Amsterdam
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def quick(settings, tmp_path, monkeypatch):
    settings.ERASURE_LEDGER = tmp_path / "erased.jsonl"
    monkeypatch.setattr(handout, "render_pdf", lambda html: b"%PDF-1.7")


@pytest.fixture
def old(cast, programme):
    """Piet's programme as it was given long ago, and ended then. Mo and Roos came yesterday."""
    Programme.objects.update(
        started_on=date(2020, 1, 1), ended_on=date(2020, 3, 1), changed_at=LONG_AGO
    )
    Version.objects.update(issued_at=LONG_AGO)
    Patient.objects.update(created_at=LONG_AGO)
    Patient.objects.exclude(pk=cast.piet_patient.pk).update(created_at=NOW)
    programme.refresh_from_db()
    return programme


def due(name, now=NOW) -> int:
    return sum(each.number for each in retention.due(now) if each.kind.name == name)


class TestRecords:
    @pytest.mark.parametrize(
        ("last", "goes"),
        [
            (datetime(2024, 11, 14, 12, tzinfo=UTC), True),
            (datetime(2024, 11, 14, 22, 59, 59, tzinfo=UTC), True),  # 23:59:59 in Amsterdam
            (
                datetime(2024, 11, 14, 23, 0, tzinfo=UTC),
                False,
            ),  # midnight: to the day
            (datetime(2026, 11, 14, tzinfo=UTC), False),
        ],
    )
    def test_twenty_four_months_after_the_last_activity(self, cast, old, last, goes):
        SessionLog.objects.create(
            patient=cast.piet_patient,
            operation=uuid.uuid4(),
            version=old.current_version(),
            line=uuid.uuid4(),
            day=date(2020, 2, 1),
            moment=1,
            done=True,
            performed_at=last,
            received_at=last,
        )
        assert due("records") == (1 if goes else 0)

    @pytest.mark.parametrize(
        ("changed", "goes"),
        [
            ({"is_record": True}, False),  # 20 years
            ({"keep_months": 120}, False),
            ({"keep_months": 6}, True),
            ({"is_record": True, "keep_months": 6}, False),
        ],
    )
    def test_each_practice_has_its_term(self, practice, old, changed, goes):
        type(practice).objects.filter(pk=practice.pk).update(**changed)
        assert due("records") == (1 if goes else 0)

    def test_twenty_years_where_this_is_the_record(self, practice, old):
        type(practice).objects.filter(pk=practice.pk).update(is_record=True)
        later = datetime(2040, 1, 1, tzinfo=UTC)
        Patient.objects.exclude(name="Piet Jansen").update(created_at=later)
        assert due("records", datetime(2040, 2, 29, 12, tzinfo=UTC)) == 0
        assert due("records", datetime(2040, 3, 2, 12, tzinfo=UTC)) == 1

    @pytest.mark.parametrize("when", [NOW, datetime(2060, 1, 1, tzinfo=UTC)])
    def test_who_is_in_treatment_is_never_touched(self, cast, old, when):
        """A running programme, however quiet it is."""
        Programme.objects.update(ended_on=None)
        Patient.objects.exclude(pk=cast.piet_patient.pk).update(created_at=when)
        assert due("records", when) == 0
        retention.run(when)
        assert Programme.objects.filter(pk=old.pk).exists()

    @pytest.mark.parametrize(
        "alive",
        [
            lambda cast, old: Programme.objects.update(changed_at=NOW),
            lambda cast, old: Programme.objects.update(ended_on=date(2025, 1, 1)),
            lambda cast, old: Patient.objects.update(discharged_on=date(2025, 1, 1)),
            lambda cast, old: Version.objects.update(issued_at=NOW),
            lambda cast, old: User.objects.update(last_login=NOW),
            lambda cast, old: judgements.mark_seen(
                programme=old, reasons=[("x", "x")], note="", by=cast.anna
            ),
            lambda cast, old: old.recovery_checks.create(day=21, answer="same", answered_at=NOW),
        ],
    )
    def test_anything_that_happened_counts(self, cast, old, alive):
        assert due("records") == 1
        alive(cast, old)
        assert due("records") == 0

    def test_somebody_without_a_programme_goes_too(self, cast, old):
        Patient.objects.filter(pk=cast.mo_patient.pk).update(created_at=LONG_AGO)
        assert due("records") == 2

    def test_it_is_an_erasure(self, cast, old):
        retention.run(NOW)
        assert not Patient.objects.filter(pk=cast.piet_patient.pk).exists()
        assert Erased.objects.get().by_role == "term"
        assert AccessEvent.objects.get(action="erase").patient == cast.piet_patient.uuid
        rows = AccessEvent.objects.filter(action="remove after term")
        assert cast.anna.practice.uuid in set(rows.values_list("practice", flat=True))
        assert {row.actor_role for row in rows} == {"system"}
        assert Patient.objects.filter(pk=cast.mo_patient.pk).exists()

    @pytest.mark.parametrize(
        ("day", "months", "before"),
        [
            (date(2026, 11, 15), 24, date(2024, 11, 15)),
            (date(2026, 8, 31), 6, date(2026, 2, 28)),
            (date(2028, 2, 29), 24, date(2026, 2, 28)),
            (date(2026, 1, 31), 1, date(2025, 12, 31)),
        ],
    )
    def test_months_as_the_calendar_has_them(self, day, months, before):
        assert retention.months_before(day, months) == before


class TestLogins:
    @pytest.mark.parametrize(
        ("day", "goes"),
        [(date(2026, 8, 15), True), (date(2026, 8, 16), False), (date(2026, 11, 14), False)],
    )
    def test_three_months_after_the_discharge(self, cast, programme, day, goes):
        lifecycle.discharge(patient=cast.piet_patient, by=cast.anna, running=programme.pk)
        Patient.objects.filter(pk=cast.piet_patient.pk).update(discharged_on=day)
        assert due("logins") == (1 if goes else 0)
        retention.run(NOW)
        assert User.objects.filter(pk=cast.piet.pk).exists() != goes
        assert Patient.objects.filter(pk=cast.piet_patient.pk).exists()

    def test_who_is_treated_elsewhere_keeps_it(self, cast):
        Patient.objects.filter(pk=cast.piet_patient.pk).update(discharged_on=date(2026, 1, 1))
        cast.roos_patient.user = cast.piet
        cast.roos_patient.save()
        assert due("logins") == 0

    def test_who_acts_for_somebody_in_treatment_keeps_it(self, cast):
        Patient.objects.filter(pk=cast.piet_patient.pk).update(discharged_on=date(2026, 1, 1))
        Proxy.objects.create(
            user=cast.piet, patient=cast.mo_patient, relation="helper", from_on=date(2026, 1, 1)
        )
        assert due("logins") == 0

    def test_staff_keep_theirs(self, cast):
        Patient.objects.filter(pk=cast.piet_patient.pk).update(
            discharged_on=date(2026, 1, 1), user=cast.bram
        )
        assert due("logins") == 0

    @pytest.mark.parametrize(("days", "goes"), [(29, False), (31, True)])
    def test_a_login_that_opens_nothing(self, cast, days, goes):
        User.objects.update(date_joined=NOW)
        User.objects.create_user("x@mail.example", name="X", date_joined=NOW - timedelta(days=days))
        assert due("lost logins") == (1 if goes else 0)


def _session(cast, at):
    LoginSession.objects.create(session_key=uuid.uuid4().hex, session_data="x", expire_date=at)


def _task(cast, at):
    DBTaskResult.objects.create(
        task_path="x",
        args_kwargs={"args": [], "kwargs": {}},
        priority=0,
        queue_name="default",
        backend_name="default",
        run_after=at,
        finished_at=at,
    )


def _confirmation(cast, at):
    address = EmailAddress.objects.create(user=cast.piet, email="p@mail.example")
    EmailConfirmation.objects.create(email_address=address, key="x", created=at - timedelta(days=3))


def _upload(cast, at):
    LibraryImport.objects.create(
        practice=cast.anna.practice, made_by=cast.anna, name="x", format="csv", created_at=at
    )


# How one comes to be at a moment, its kind, and the days for which it is kept after it.
TECHNICAL = {
    "sessions": (30, _session),
    "kept forms": (
        1 / 24,
        lambda cast, at: KeptForm.objects.create(user=cast.piet, content="{}", at=at),
    ),
    "devices": (
        30,
        lambda cast, at: TrustedDevice.objects.create(
            user=cast.piet, token_hash="x", name="x", expires_at=at
        ),
    ),
    "codes": (
        30,
        lambda cast, at: OneTimeCode.objects.create(user=cast.piet, code_hash="x", used_at=at),
    ),
    "confirmations": (30, _confirmation),
    "tasks": (30, _task),
    "letters": (
        30,
        lambda cast, at: Letter.objects.create(
            kind="notice", recipient="p@mail.example", language="nl", given_up_at=at
        ),
    ),
    "reminders": (
        90,
        lambda cast, at: Reminder.objects.create(
            patient=cast.piet_patient, day=at.date(), slot=at.time(), taken_at=at
        ),
    ),
    "invitations": (
        30,
        lambda cast, at: PatientInvitation.objects.create(
            patient=cast.piet_patient, token_hash="x", created_at=at - timedelta(days=7)
        ),
    ),
    "colleagues": (
        30,
        lambda cast, at: StaffInvitation.objects.create(
            practice=cast.anna.practice,
            token_hash="x",
            email="x@x.example",
            name="x",
            created_at=LONG_AGO,
            accepted_at=at,
        ),
    ),
    "access changes": (
        30,
        lambda cast, at: AccessChange.objects.create(
            practice=cast.anna.practice,
            person=cast.anna,
            kind="factor",
            works_at=at,
            outcome="done",
            settled_at=at,
        ),
    ),
    "batches": (
        1,
        lambda cast, at: Batch.objects.create(
            practice=cast.anna.practice, variant="full", weeks=3, created_at=at
        ),
    ),
    "exports": (
        1,
        lambda cast, at: DataExport.objects.create(
            patient=cast.piet_patient, by_name="x", session="x", content=b"x", asked_at=at
        ),
    ),
    "uploads": (1, _upload),
}


class TestTechnicalRows:
    @pytest.mark.parametrize("kind", TECHNICAL)
    def test_after_its_days_and_not_before(self, cast, kind):
        days, make = TECHNICAL[kind]
        make(cast, NOW - timedelta(days=days) + timedelta(minutes=1))
        assert due(kind) == 0
        make_later = NOW + timedelta(minutes=2)
        assert due(kind, make_later) == 1
        retention.run(make_later)
        assert due(kind, make_later) == 0

    def test_every_kind_is_in_the_table(self):
        names = {kind.name for kind in (*retention.OF_PRACTICE, *retention.OF_SERVER)}
        assert names == {*TECHNICAL, "records", "logins", "lost logins"}

    def test_of_a_copy_only_the_file_goes(self, cast):
        TECHNICAL["exports"][1](cast, NOW - timedelta(days=2))
        retention.run(NOW)
        assert DataExport.objects.get().content is None


class TestTheCommand:
    def run(self, monkeypatch, *options) -> str:
        from patients.privacy import erasure

        monkeypatch.setattr(erasure, "compact", lambda: None)  # inside this test's transaction
        said = io.StringIO()
        call_command("retention", *options, stdout=said)
        return said.getvalue()

    def test_a_dry_run_changes_nothing_and_names_nobody(self, cast, old, monkeypatch):
        said = self.run(monkeypatch, "--dry-run")
        assert "Fysiotherapie De Linde: 1 pat" in said and "Would remove: " in said
        for word in ("Piet", "Jansen", "1958", str(cast.piet_patient.uuid)):
            assert word not in said
        assert Patient.objects.filter(pk=cast.piet_patient.pk).exists()
        assert not AccessEvent.objects.exists()

    def test_for_real(self, cast, old, monkeypatch):
        assert "Fysiotherapie De Linde: 1 pat" in self.run(monkeypatch)
        assert not Patient.objects.filter(pk=cast.piet_patient.pk).exists()
        assert self.run(monkeypatch) == "Removed: 0 in all.\n"

    def test_the_page_of_the_practice_says_what_is_next(self, client, cast, old):
        client.force_login(cast.els)
        address = reverse("admin:rugpijn_practice_change", args=[cast.anna.practice.pk])
        page = client.get(address).content.decode()
        assert "24 maanden na de laatste activiteit" in page
        assert "Vannacht wordt verwijderd: 1 patiënt" in page
        assert "Piet" not in page
        Programme.objects.update(changed_at=timezone.now())
        page = client.get(address).content.decode()
        assert "Vannacht wordt er niets van uw praktijk verwijderd" in page
