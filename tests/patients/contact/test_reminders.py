"""When a reminder comes, when it does not, and that it comes once."""

import threading
import uuid
from datetime import UTC, date, datetime, time, timedelta
from smtplib import SMTPDataError, SMTPServerDisconnected

import pytest
from django.core import mail as outbox
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from exercises.period import Period
from patients.contact import reminders
from patients.models import Reminder, ReminderPlan, SessionLog
from patients.prescribing import authoring, lifecycle

from .plans import AMSTERDAM, LONG_AGO, at, make_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(programme):
    """Piet is reminded at nine and at seven."""
    return make_plan(programme.patient)


def tick(programme, moments=(1,), lines=None, done=True):
    version = programme.current_version()
    for line in version.sheet.lines[:lines]:
        for moment in moments:
            SessionLog.objects.create(
                patient=programme.patient,
                version=version,
                line=line.uuid,
                moment=moment,
                day=timezone.localdate(),
                done=done,
                operation=uuid.uuid4(),
                performed_at=timezone.now(),
                sequence=SessionLog.objects.count(),
            )


class TestTheRules:
    @pytest.mark.parametrize(
        ("given", "done", "place", "times", "needed"),
        [
            (12, 0, 1, 2, True),  # in the morning, nothing yet
            (12, 1, 1, 2, False),  # begun already: left alone
            (12, 6, 2, 2, True),  # the morning is done, the evening is not begun
            (12, 4, 2, 2, True),  # less than the morning's share: all the more so
            (12, 7, 2, 2, False),  # the evening is begun
            (12, 12, 2, 2, False),  # all of it, early
            (12, 12, 1, 2, False),
            (6, 0, 1, 1, True),
            (6, 1, 1, 1, False),
            (1, 0, 2, 3, True),  # once a day: each time asks, until it is done
            (1, 1, 3, 3, False),
            (2, 0, 2, 3, True),
            (2, 1, 2, 3, False),
            (2, 1, 3, 3, True),
            (0, 0, 1, 2, False),  # nothing is asked today
        ],
    )
    def test_nothing_of_the_share_of_this_part(self, given, done, place, times, needed):
        assert reminders.is_needed(given=given, done=done, place=place, times=times) is needed

    @pytest.mark.parametrize(
        ("day", "slot", "utc"),
        [
            # Spring: at 02:00 it is 03:00. A time that is skipped comes once, an hour later.
            (date(2026, 3, 29), time(1, 30), "2026-03-29T00:30"),
            (date(2026, 3, 29), time(2, 30), "2026-03-29T01:30"),
            (date(2026, 3, 29), time(3, 30), "2026-03-29T01:30"),
            (date(2026, 3, 29), time(9), "2026-03-29T07:00"),
            (date(2026, 3, 28), time(9), "2026-03-28T08:00"),
            # Autumn: at 03:00 it is 02:00 again. A time that comes twice counts the first time.
            (date(2026, 10, 25), time(1, 30), "2026-10-24T23:30"),
            (date(2026, 10, 25), time(2, 30), "2026-10-25T00:30"),
            (date(2026, 10, 25), time(3, 30), "2026-10-25T02:30"),
            (date(2026, 10, 25), time(9), "2026-10-25T08:00"),
            (date(2026, 10, 24), time(9), "2026-10-24T07:00"),
        ],
    )
    def test_a_time_comes_once_a_day(self, day, slot, utc):
        assert reminders.moment(day, slot).astimezone(UTC) == datetime.fromisoformat(utc + "Z")

    @pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25), date(2026, 6, 10)])
    def test_walking_through_a_night_in_five_minutes(self, day):
        """Each time of the plan falls due exactly where it begins, and lasts two hours."""
        plan = ReminderPlan(first=time(2, 30), second=time(23, 30), changed_at=LONG_AGO)
        start = datetime.combine(day, time(0), tzinfo=AMSTERDAM).astimezone(UTC)
        found = {slot: [] for slot in plan.times}
        for number in range(0, 26 * 12):
            now = start + timedelta(minutes=5 * number)
            if timezone.localdate(now) == day:
                for slot in reminders.slots_due(plan, now):
                    found[slot].append(now)
        assert found[time(2, 30)][0] == reminders.moment(day, time(2, 30)).astimezone(UTC)
        assert len(found[time(2, 30)]) == 25  # two hours, both ends counted
        assert found[time(23, 30)][0] == reminders.moment(day, time(23, 30)).astimezone(UTC)
        assert len(found[time(23, 30)]) == 6  # until midnight: then it is another day

    def test_days_of_the_week(self):
        monday = date(2026, 6, 8)
        plan = ReminderPlan(first=time(9), days="13", changed_at=LONG_AGO)
        asked = [
            (monday + timedelta(days=number)).isoweekday()
            for number in range(7)
            if reminders.slots_due(plan, at(9, 1, monday + timedelta(days=number)))
        ]
        assert asked == [1, 3]

    def test_what_was_past_when_it_was_chosen_is_for_tomorrow(self):
        day = date(2026, 6, 8)
        plan = ReminderPlan(first=time(9), changed_at=at(9, 30, day))
        assert reminders.slots_due(plan, at(9, 35, day)) == []
        assert reminders.slots_due(plan, at(9, 35, day + timedelta(days=1))) == [time(9)]

    def test_two_equal_times_are_one(self):
        assert ReminderPlan(first=time(9), second=time(9)).times == (time(9),)


class TestSending:
    def test_one_mail_and_one_row(self, programme, plan):
        assert reminders.send_due(at(9, 4)) == 1
        (message,) = outbox.outbox
        assert message.to == ["piet@mail.example"]
        row = Reminder.objects.get()
        assert (row.day, row.slot, row.tries) == (timezone.localdate(), time(9), 1)
        assert row.sent_at is not None

    def test_the_next_run_sends_none_and_the_evening_sends_its_own(self, programme, plan):
        for now in (at(9), at(9, 5), at(10, 59), at(19), at(19, 5)):
            reminders.send_due(now)
        assert len(outbox.outbox) == 2
        assert set(Reminder.objects.values_list("slot", flat=True)) == {time(9), time(19)}

    def test_before_its_time_and_two_hours_late(self, programme, plan):
        for now in (at(8, 59), at(11, 1), at(18, 59), at(21, 1)):
            assert reminders.send_due(now) == 0
        assert outbox.outbox == [] and not Reminder.objects.exists()

    def test_who_has_begun_is_left_alone(self, programme, plan):
        tick(programme, lines=1)
        assert reminders.send_due(at(9)) == 0
        assert reminders.send_due(at(19)) == 1  # the evening was not begun

    def test_what_was_undone_was_not_done(self, programme, plan):
        tick(programme)
        tick(programme, done=False)
        assert reminders.send_due(at(9)) == 1

    def test_who_did_everything_hears_nothing(self, programme, plan):
        tick(programme, moments=(1, 2))
        assert reminders.send_due(at(19)) == 0

    @pytest.mark.parametrize("what", ["paused", "ended", "off", "draft", "not due", "no address"])
    def test_when_nothing_is_asked(self, programme, plan, cast, what):
        if what == "paused":
            lifecycle.pause(programme=programme, by=cast.anna, from_on=timezone.localdate())
        elif what == "ended":
            lifecycle.end(programme=programme, by=cast.anna)
        elif what == "off":
            ReminderPlan.objects.update(by_mail=False)
        elif what == "draft":
            ReminderPlan.objects.update(patient=cast.mo_patient)
            authoring.draft(patient=cast.mo_patient, by=cast.anna)
        elif what == "not due":  # nothing before week 2
            for line in programme.prescriptions.all():
                line.period = Period(from_week=2)
                line.save()
            authoring.issue(programme=programme, by=cast.anna)
        else:
            type(cast.piet).objects.filter(pk=cast.piet.pk).update(email=None, login_code="p-1")
            programme.patient.email = ""
            programme.patient.save()
        assert reminders.send_due(at(9)) == 0
        assert outbox.outbox == []

    def test_who_may_not_log_in_gets_none(self, programme, plan, cast):
        type(cast.piet).objects.filter(pk=cast.piet.pk).update(is_active=False)
        assert reminders.send_due(at(9)) == 0

    def test_without_an_own_address_the_practice_has_one(self, make_programme, cast):
        cast.mo_patient.email = "buur@mail.example"
        cast.mo_patient.save()
        make_programme(cast.mo_patient)
        make_plan(cast.mo_patient)
        reminders.send_due(at(9))
        assert outbox.outbox[0].to == ["buur@mail.example"]

    def test_the_command_says_how_many(self, programme, plan, capsys, monkeypatch):
        now = at(9).astimezone(UTC)
        monkeypatch.setattr(timezone, "now", lambda: now)
        call_command("send_reminders")
        assert "Sent: 1." in capsys.readouterr().out


class TestOnce:
    def test_a_crash_between_row_and_mail_sends_no_second(self, programme, plan, monkeypatch):
        class Killed(BaseException):
            pass

        def die(message):
            raise Killed

        with monkeypatch.context() as patch:
            patch.setattr(reminders, "_deliver", die)
            with pytest.raises(Killed):
                reminders.send_due(at(9))
        assert Reminder.objects.get().sent_at is None
        assert reminders.send_due(at(9, 5)) == 0
        assert outbox.outbox == []

    def test_a_refused_mail_is_tried_again_within_its_time(
        self, programme, plan, monkeypatch, caplog
    ):
        def refuse(self, messages):
            raise SMTPDataError(451, b"later")

        with monkeypatch.context() as patch:
            patch.setattr(EmailBackend, "send_messages", refuse)
            assert reminders.send_due(at(9)) == 0
            assert reminders.send_due(at(9, 5)) == 0
        assert "refused by the mail server" in caplog.text
        assert reminders.send_due(at(9, 10)) == 1
        row = Reminder.objects.get()
        assert (row.tries, row.refused_at) == (3, None) and row.sent_at is not None
        assert reminders.send_due(at(9, 15)) == 0
        assert len(outbox.outbox) == 1

    def test_a_server_that_is_not_there_is_a_refusal(self, programme, plan, monkeypatch):
        def absent(self):
            raise ConnectionRefusedError

        with monkeypatch.context() as patch:
            patch.setattr(EmailBackend, "open", absent)
            assert reminders.send_due(at(9)) == 0
        assert reminders.send_due(at(10)) == 1

    def test_too_late_for_another_try(self, programme, plan, monkeypatch):
        def absent(self):
            raise ConnectionRefusedError

        with monkeypatch.context() as patch:
            patch.setattr(EmailBackend, "open", absent)
            reminders.send_due(at(10, 58))
        assert reminders.send_due(at(11, 3)) == 0

    def test_not_for_ever(self, programme, plan, monkeypatch):
        tried = []

        def refuse(self, messages):
            tried.append(messages)
            raise SMTPDataError(550, b"no such person")

        monkeypatch.setattr(EmailBackend, "send_messages", refuse)
        for minute in range(0, 60, 5):
            reminders.send_due(at(9, minute))
        assert len(tried) == reminders.MOST_TRIES

    def test_cut_off_half_way_may_have_gone(self, programme, plan, monkeypatch, caplog):
        def cut(self, messages):
            raise SMTPServerDisconnected("gone")

        with monkeypatch.context() as patch:
            patch.setattr(EmailBackend, "send_messages", cut)
            reminders.send_due(at(9))
        assert "not sent again" in caplog.text
        assert reminders.send_due(at(9, 5)) == 0

    def test_one_that_breaks_does_not_keep_the_others(
        self, programme, plan, make_programme, cast, monkeypatch
    ):
        cast.mo_patient.email = "buur@mail.example"
        cast.mo_patient.save()
        make_programme(cast.mo_patient)
        make_plan(cast.mo_patient)
        send = EmailBackend.send_messages

        def break_for_piet(self, messages):
            if messages[0].to == ["piet@mail.example"]:
                raise UnicodeError("an address that no server takes")
            return send(self, messages)

        monkeypatch.setattr(EmailBackend, "send_messages", break_for_piet)
        assert reminders.send_due(at(9)) == 1
        assert outbox.outbox[0].to == ["buur@mail.example"]


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_send_one_mail(programme, plan, monkeypatch):
    """Both have looked, and found nothing, before either writes its row."""
    meet, counts, take = threading.Barrier(2, timeout=20), [], reminders._claim

    def take_together(*args):
        meet.wait()
        return take(*args)

    monkeypatch.setattr(reminders, "_claim", take_together)

    def run():
        try:
            counts.append(reminders.send_due(at(9)))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(counts) == [0, 1]
    assert len(outbox.outbox) == 1 and Reminder.objects.count() == 1
