"""The access log is a chain: what was changed or removed shows, and the database refuses it."""

import uuid
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import RequestFactory
from django.utils import timezone

from rugpijn import audit
from rugpijn.log import chain, guard, term
from rugpijn.models import AccessEvent, LogHead, LogSegment, User
from rugpijn.operations import checks

pytestmark = pytest.mark.django_db
TABLE = AccessEvent._meta.db_table


@pytest.fixture
def request_of():
    """A request as somebody sends it."""

    def make(user):
        request = RequestFactory().get("/", HTTP_USER_AGENT="Mozilla/5.0 (Android) Chrome/1")
        request.user, request.session = user, {}
        return request

    return make


@pytest.fixture
def five(cast, request_of):
    """Five rows of practice 1."""
    for action in ("read", "change", "print", "share", "end"):
        audit.record(request_of(cast.anna), action, cast.piet_patient)
    return cast.anna.practice.uuid


def outside(statement, *values):
    """What somebody does who holds the database itself, and took the guard away."""
    with guard.lifted(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def verified(capsys, *args) -> str:
    """What verify_log says, when it ends with an error."""
    with pytest.raises(CommandError):
        call_command("verify_log", *args)
    return capsys.readouterr().out


def test_a_whole_chain_that_is_gone_is_missed(five, cast, capsys, request_of):
    """Rows, head and all: nothing in the log itself tells of it, but people logged in there."""
    User.objects.filter(pk__in=[cast.anna.pk, cast.bram.pk]).update(last_login=timezone.now())
    assert cast.bram.practice.name in verified(capsys)  # nothing was ever written there
    audit.record(request_of(cast.bram), "read", cast.roos_patient)
    call_command("verify_log")
    outside("DELETE FROM rugpijn_accessevent WHERE chain = %s", _as_stored(five))
    outside("DELETE FROM rugpijn_loghead WHERE chain = %s", _as_stored(five))
    said = verified(capsys)
    assert f"{cast.anna.practice.name}: GONE" in said
    assert f"{cast.bram.practice.name}: GONE" not in said


def _as_stored(number) -> str:
    return number.hex if connection.vendor == "sqlite" else str(number)


class TestChain:
    def test_is_whole_and_numbered(self, five, cast, request_of):
        audit.record(request_of(cast.bram), "read", cast.roos_patient)
        numbers = AccessEvent.objects.filter(chain=five).order_by("number")
        assert [event.number for event in numbers] == [1, 2, 3, 4, 5]
        assert AccessEvent.objects.get(chain=cast.bram.practice.uuid).number == 1
        call_command("verify_log")

    def test_is_the_same_text_on_every_database(self):
        """Written out, so that a change of form is seen: rows of five years ago must still hold."""
        event = AccessEvent(
            event=uuid.UUID(int=1),
            at=datetime(2026, 3, 1, 12, 0, 1, 999, tzinfo=UTC),
            action="read",
            code="R",
            authorised=True,
            treatment=True,
            glass=False,
            actor=uuid.UUID(int=2),
            actor_name="Zoë “de Wit”",
            actor_role="therapist",
            address="::FFFF:10.0.0.1",
            chain=uuid.UUID(int=3),
            number=1,
            form=1,
        )
        zeros = "00000000-0000-0000-0000-00000000000"
        assert chain.content(event) == (
            f'{{"event":"{zeros}1","at":"2026-03-01T12:00:01Z","action":"read","code":"R",'
            '"outcome":"allowed","authorised":true,"treatment":true,"consent":null,"glass":false,'
            f'"actor":"{zeros}2","actor_name":"Zoë “de Wit”","actor_role":"therapist",'
            '"on_behalf":null,"address":"00000000000000000000ffff0a000001","device":"",'
            '"purpose":"","practice":null,"patient":null,"object_type":"","object_id":"",'
            '"object_version":null,"object_part":"","query":"","source":"","request":"",'
            f'"chain":"{zeros}3","number":1,"form":1}}'
        )

    def test_every_field_of_a_row_is_in_its_hash(self):
        fields = {field.name for field in AccessEvent._meta.concrete_fields}
        assert fields - {"id", "hash"} == set(chain.FORMS[chain.NEWEST])

    @pytest.mark.parametrize("address", ["10.0.0.1", "2001:db8::1", "::ffff:10.0.0.1", None])
    def test_an_address_reads_back_as_it_was_hashed(self, cast, request_of, address):
        request = request_of(cast.anna)
        request.META["REMOTE_ADDR"] = address or ""
        audit.record(request, "read", cast.piet_patient)
        call_command("verify_log")

    @pytest.mark.parametrize(
        ("statement", "row", "what"),
        [
            (
                "UPDATE rugpijn_accessevent SET actor_name = 'Niemand' WHERE number = 3",
                3,
                "changed",
            ),
            ("UPDATE rugpijn_accessevent SET patient = NULL WHERE number = 1", 1, "changed"),
            ("UPDATE rugpijn_accessevent SET outcome = 'denied' WHERE number = 5", 5, "changed"),
            ("DELETE FROM rugpijn_accessevent WHERE number = 2", 2, "removed, up to row 2"),
            ("DELETE FROM rugpijn_accessevent WHERE number IN (1, 2)", 1, "removed, up to row 2"),
            ("DELETE FROM rugpijn_accessevent WHERE number >= 4", 4, "removed, up to row 5"),
            ("DELETE FROM rugpijn_loghead", 5, "the head of the chain is removed"),
            ("UPDATE rugpijn_loghead SET hash = 'f'", 5, "the head of the chain is changed"),
        ],
    )
    def test_says_which_row_was_touched(self, five, capsys, statement, row, what):
        outside(statement)
        said = verified(capsys)
        assert f"row {row}: {what}" in said
        assert said.count("  chain ") == 1, said  # that row and no other

    def test_a_row_with_a_new_hash_of_its_own_betrays_itself_at_the_next(self, five, capsys):
        event = AccessEvent.objects.get(number=3)
        event.actor_name = "Niemand"
        before = AccessEvent.objects.get(number=2).hash
        outside(
            "UPDATE rugpijn_accessevent SET actor_name = %s, hash = %s WHERE number = 3",
            "Niemand",
            chain.link(before, event),
        )
        assert "row 4: changed" in verified(capsys)

    def test_a_chain_written_anew_is_not_the_one_that_was_kept(self, five, capsys, tmp_path):
        call_command("log_head")
        kept = tmp_path / "kept.txt"
        kept.write_text(capsys.readouterr().out)
        call_command("verify_log", "--kept", str(kept))
        rows = list(AccessEvent.objects.order_by("number"))
        outside("DELETE FROM rugpijn_accessevent")
        LogHead.objects.all().delete()
        for row in rows:
            row.pk, row.actor_name = None, "Niemand"
        chain.append(rows)
        call_command("verify_log")  # it is whole in itself
        assert "row 5: is not the row that was kept" in verified(capsys, "--kept", str(kept))

    def test_what_was_kept_must_be_readable(self, five, tmp_path):
        kept = tmp_path / "kept.txt"
        kept.write_text("geen hoofd")
        with pytest.raises(CommandError, match="is not what log_head printed"):
            call_command("verify_log", "--kept", str(kept))


class TestGuard:
    @pytest.mark.parametrize(
        "act",
        [
            lambda: AccessEvent.objects.update(actor_name="Niemand"),
            lambda: AccessEvent.objects.all().delete(),
            lambda: AccessEvent.objects.first().delete(),
            lambda: AccessEvent.objects.first().save(),
            lambda: AccessEvent.objects.bulk_update([AccessEvent.objects.first()], ["action"]),
        ],
        ids=["update", "delete", "delete one", "save", "bulk update"],
    )
    def test_django_cannot_change_a_row(self, five, act):
        with pytest.raises(DatabaseError, match=guard.REFUSED), transaction.atomic():
            act()

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE rugpijn_accessevent SET number = number + 10",
            "DELETE FROM rugpijn_accessevent WHERE number = 2",
            "DELETE FROM rugpijn_logsegment",
        ],
    )
    def test_nor_can_a_statement(self, five, statement):
        segment = {"chain": five, "first": 0, "last": 0, "last_hash": "", "until": "2020-01-01"}
        LogSegment.objects.create(**segment)
        with (
            pytest.raises(DatabaseError, match=guard.REFUSED),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)

    def test_nor_one_that_replaces(self, five):
        if connection.vendor != "sqlite":
            pytest.skip("only SQLite can insert over a row")
        for same in ("id", "number"):
            columns = [c.column for c in AccessEvent._meta.concrete_fields]
            other = {"id": "id + 100", "number": "number + 100"}
            values = [other[c] if c in other and c != same else c for c in columns]
            statement = (
                f"INSERT OR REPLACE INTO {TABLE} ({', '.join(columns)}) "  # noqa: S608
                f"SELECT {', '.join(values)} FROM {TABLE} WHERE number = 2"
            )
            with (
                pytest.raises(DatabaseError, match=guard.REFUSED),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)

    def test_nor_truncate(self, five):
        if connection.vendor != "postgresql":
            pytest.skip("SQLite has no TRUNCATE")
        with (
            pytest.raises(DatabaseError, match=guard.REFUSED),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"TRUNCATE {TABLE}")

    def test_is_put_back_after_a_migrate_and_its_absence_is_seen(self, db):
        guard.take_away()
        assert guard.missing()
        assert [found.id for found in checks.check_log_guard(None, ["default"])] == ["rugpijn.W101"]
        with pytest.raises(ImproperlyConfigured, match="not guarded"):
            checks.refuse_unguarded_log()
        with pytest.raises(CommandError):
            call_command("verify_log")
        call_command("migrate", "rugpijn", verbosity=0, skip_checks=True)
        assert guard.missing() == []
        checks.refuse_unguarded_log()
        assert checks.check_log_guard(None, ["default"]) == []

    def test_comes_back_when_what_lifted_it_fails(self, five):
        with pytest.raises(ZeroDivisionError), guard.lifted():
            AccessEvent.objects.filter(number=5).delete()
            raise ZeroDivisionError
        assert guard.missing() == [] and AccessEvent.objects.count() == 5


class TestTerm:
    """Whole months that are older than the term go; the rest stays one chain."""

    TODAY = timezone.now().date()

    def old_rows(self, practice, *months_ago):
        chain.append(
            AccessEvent(
                action="read",
                code="R",
                actor_role="therapist",
                practice=practice,
                at=timezone.now() - timedelta(days=31 * months),
            )
            for months in months_ago
        )

    def test_what_is_old_goes_and_the_chain_holds(self, practice, capsys, tmp_path):
        self.old_rows(practice.uuid, 100, 90, 80, 70, 10, 1)
        call_command("log_head")
        kept = tmp_path / "kept.txt"
        kept.write_text(capsys.readouterr().out)
        call_command("purge_log", "--dry-run")
        assert "4 rows" in capsys.readouterr().out and AccessEvent.objects.count() == 6
        call_command("purge_log", "--clock-is-right")
        rows = AccessEvent.objects.order_by("number").values_list("number", "action", "actor_role")
        assert list(rows) == [
            (5, "read", "therapist"),
            (6, "read", "therapist"),
            (7, "purge log", "system"),
        ]
        segment = LogSegment.objects.get()
        assert (segment.first, segment.last) == (1, 4)
        assert guard.missing() == []
        call_command("verify_log", "--kept", str(kept))
        call_command(
            "purge_log", "--clock-is-right"
        )  # nothing more to do, and nothing said about it in the log
        assert AccessEvent.objects.count() == 3

    def test_a_later_change_still_shows(self, practice, capsys):
        self.old_rows(practice.uuid, 100, 10, 1)
        call_command("purge_log", "--clock-is-right")
        outside("DELETE FROM rugpijn_accessevent WHERE number = 2")  # the first that stayed
        assert "row 2: removed" in verified(capsys)

    def test_a_row_of_before_cannot_come_back(self, practice, capsys):
        self.old_rows(practice.uuid, 100, 10)
        first = AccessEvent.objects.get(number=1)
        call_command("purge_log", "--clock-is-right")
        first.pk = None
        AccessEvent.objects.bulk_create([first])
        assert "row 1: is back" in verified(capsys)

    @pytest.mark.parametrize(
        ("is_record", "keep", "months"), [(False, 6, 60), (False, 120, 120), (True, 24, 240)]
    )
    def test_never_under_five_years_and_as_long_as_the_record(
        self, practice, is_record, keep, months
    ):
        practice.is_record, practice.keep_months = is_record, keep
        practice.save()
        assert term.term_of(practice.uuid) == months
        assert term.term_of(chain.NOBODY) == 60

    def test_the_month_itself_stays_whole(self, practice):
        until = term.months_before(self.TODAY, 60)
        moment = datetime(until.year, until.month, 1, tzinfo=UTC)
        for at in (moment - timedelta(seconds=1), moment):
            chain.append(
                [
                    AccessEvent(
                        action="read", code="R", actor_role="t", practice=practice.uuid, at=at
                    )
                ]
            )
        found = term.old(practice.uuid, self.TODAY)
        assert (found.first, found.last, found.until) == (1, 1, until)

    def test_a_broken_chain_is_kept_as_evidence(self, practice):
        self.old_rows(practice.uuid, 100, 90, 10)
        outside("UPDATE rugpijn_accessevent SET actor_role = 'x' WHERE number = 1")
        with pytest.raises(CommandError):
            call_command("purge_log", "--clock-is-right")
        assert AccessEvent.objects.count() == 3 and not LogSegment.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_chain(practice):
    """Eight threads, each with a connection of its own, begin together."""
    together, failures = Barrier(8), []
    stranger = SimpleNamespace(is_authenticated=False)

    def write():
        try:
            request = RequestFactory().get("/")
            request.user = stranger
            patient = SimpleNamespace(
                uuid=uuid.uuid4(), practice_id=practice.pk, practice=practice, user_id=None, pk=1
            )
            together.wait()
            for _number in range(5):
                audit.record(request, "stop reminders", patient, patient)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [Thread(target=write) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert LogHead.objects.get().number == AccessEvent.objects.count() == 80
    assert list(chain.verify(practice.uuid)) == []
