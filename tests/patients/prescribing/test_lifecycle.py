"""The life of a programme and of a treatment: what each act leaves behind, and what it refuses."""

import uuid
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from exercises.period import Period
from patients.joining import invitations
from patients.models import Pause, Programme, RiskProfile, SessionLog
from patients.models.pause import days_off
from patients.patient_day import recording
from patients.prescribing import authoring, lifecycle
from patients.writes import RefusedError

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def running(make_programme, today):
    """Piet's programme, since 30 days."""
    return make_programme(on=today - timedelta(days=30))


def day(number: int) -> date:
    """Counted from a Monday."""
    return date(2026, 11, 2) + timedelta(days=number - 1)


def stretch(first, until=None) -> Pause:
    return Pause(from_on=day(first), until_on=until and day(until))


def pauses_of(programme):
    """As days from today: (first, until)."""
    today = timezone.localdate()
    return [
        ((pause.from_on - today).days, pause.until_on and (pause.until_on - today).days)
        for pause in programme.pauses.all()
    ]


class TestDays:
    @pytest.mark.parametrize(
        ("first", "until", "on", "holds"),
        [
            (3, 5, 2, False),
            (3, 5, 3, True),
            (3, 5, 4, True),
            (3, 5, 5, False),  # on that day it goes on
            (3, None, 3, True),
            (3, None, 300, True),
            (3, None, 2, False),
        ],
    )
    def test_a_pause_holds_until_the_day_on_which_it_goes_on(self, first, until, on, holds):
        assert stretch(first, until).holds_on(day(on)) is holds

    @pytest.mark.parametrize(
        ("pauses", "off"),
        [
            ([], []),
            ([stretch(3, 5)], [3, 4, 5]),  # the day it goes on is not whole, as day 1 is not
            ([stretch(3)], [3, 4, 5, 6, 7]),
            ([stretch(3, 5), stretch(7)], [3, 4, 5, 7]),
            ([stretch(6, 40)], [6, 7]),
            ([stretch(9, 12)], []),
        ],
    )
    def test_the_days_off_up_to_a_day(self, pauses, off):
        assert sorted(days_off(pauses, day(7))) == [day(number) for number in off]

    @pytest.mark.parametrize(
        ("one", "other", "overlap"),
        [
            ((3, 5), (5, 7), False),
            ((3, 6), (5, 7), True),
            ((3, None), (5, 7), True),
            ((7, None), (5, 7), False),
            ((3, None), (9, None), True),
            ((4, 5), (3, 9), True),
        ],
    )
    def test_overlap_is_the_same_both_ways(self, one, other, overlap):
        assert stretch(*one).overlaps(stretch(*other)) is overlap
        assert stretch(*other).overlaps(stretch(*one)) is overlap


class TestPause:
    def test_from_today_until_the_therapist_lets_it_go_on(self, running, cast, today):
        lifecycle.pause(programme=running, by=cast.anna, from_on=today, note="Operatie")
        [pause] = running.pauses.all()
        assert (pause.until_on, pause.note, pause.by_name) == (None, "Operatie", "Anna de Wit")
        assert running.is_running and running.pause_now == pause
        assert lifecycle.words(running) == "paused"

    def test_with_a_day_it_goes_on_by_itself(self, running, cast, today):
        until = today + timedelta(days=3)
        lifecycle.pause(programme=running, by=cast.anna, from_on=today, until_on=until)
        assert running.pause_on(until - timedelta(days=1)) is not None
        assert running.pause_on(until) is None
        assert lifecycle.words(running) == f"paused until {until.day} {until:%B}"

    def test_planned_ahead(self, running, cast, today):
        lifecycle.pause(programme=running, by=cast.anna, from_on=today + timedelta(days=5))
        assert running.pause_now is None
        assert running.pause_ahead.from_on == today + timedelta(days=5)
        assert lifecycle.words(running) == "day 31"

    def test_what_was_is_written_down_afterwards(self, running, cast, today):
        lifecycle.pause(
            programme=running,
            by=cast.anna,
            from_on=today - timedelta(days=9),
            until_on=today - timedelta(days=2),
        )
        assert running.pause_now is None and running.pause_ahead is None

    @pytest.mark.parametrize(
        ("there", "asked", "said"),
        [
            ((-5, None), (0, None), "is already paused from"),
            ((-5, 3), (2, 9), "There is already a pause from"),
            ((4, 9), (0, None), "There is already a pause from"),
        ],
    )
    def test_two_pauses_do_not_overlap(self, running, cast, today, there, asked, said):
        def pause(first, until):
            lifecycle.pause(
                programme=running,
                by=cast.anna,
                from_on=today + timedelta(days=first),
                until_on=until and today + timedelta(days=until),
            )

        pause(*there)
        with pytest.raises(RefusedError, match=said):
            pause(*asked)
        assert pauses_of(running) == [there]

    @pytest.mark.parametrize("state", ["draft", "ended"])
    def test_only_what_runs_can_stand_still(self, make_programme, cast, today, state):
        programme = make_programme(started=state == "ended")
        if state == "ended":
            lifecycle.end(programme=programme, by=cast.anna)
        with pytest.raises(RefusedError, match="not running"):
            lifecycle.pause(programme=programme, by=cast.anna, from_on=today)

    def test_ended_by_a_colleague_meanwhile(self, running, cast, today):
        """What was read before the colleague's act does not decide."""
        lifecycle.end(programme=Programme.objects.get(pk=running.pk), by=cast.anna)
        assert running.is_running  # as it was read
        with pytest.raises(RefusedError, match="not running"):
            lifecycle.pause(programme=running, by=cast.anna, from_on=today)

    @pytest.mark.parametrize("until", [0, -1])
    def test_the_database_keeps_the_promise(self, running, cast, today, until):
        with pytest.raises(IntegrityError), transaction.atomic():
            running.pauses.create(from_on=today, until_on=today + timedelta(days=until))
        running.pauses.create(from_on=today)
        with pytest.raises(IntegrityError), transaction.atomic():
            running.pauses.create(from_on=today + timedelta(days=9))

    def test_what_was_done_offline_is_still_written_down(self, running, cast, today):
        lifecycle.pause(programme=running, by=cast.anna, from_on=today)
        version = running.current_version()
        recording.log_session(
            patient=running.patient,
            version=version,
            operation=uuid.uuid4(),
            moment=1,
            done=True,
            line=version.sheet.lines[0].uuid,
            day=today,
        )
        assert SessionLog.objects.count() == 1


class TestGoingOn:
    def test_today(self, running, cast, today):
        pause = lifecycle.pause(programme=running, by=cast.anna, from_on=today - timedelta(days=4))
        lifecycle.resume(programme=running, number=pause.pk)
        assert pauses_of(running) == [(-4, 0)]
        assert running.pause_now is None

    @pytest.mark.parametrize("first", [0, 5])
    def test_a_pause_that_lasted_no_day_is_dropped(self, running, cast, today, first):
        pause = lifecycle.pause(
            programme=running, by=cast.anna, from_on=today + timedelta(days=first)
        )
        lifecycle.resume(programme=running, number=pause.pk)
        assert pauses_of(running) == []

    def test_sooner_than_planned(self, running, cast, today):
        pause = lifecycle.pause(
            programme=running,
            by=cast.anna,
            from_on=today - timedelta(days=4),
            until_on=today + timedelta(days=4),
        )
        lifecycle.resume(programme=running, number=pause.pk)
        assert pauses_of(running) == [(-4, 0)]

    def test_resumed_by_a_colleague_meanwhile(self, running, cast, today):
        pause = lifecycle.pause(programme=running, by=cast.anna, from_on=today - timedelta(days=4))
        lifecycle.resume(programme=Programme.objects.get(pk=running.pk), number=pause.pk)
        with pytest.raises(RefusedError, match="already over"):
            lifecycle.resume(programme=running, number=pause.pk)

    def test_of_another_programme(self, running, make_programme, cast, today):
        other = make_programme(cast.mo_patient)
        pause = lifecycle.pause(programme=other, by=cast.anna, from_on=today)
        for number in (pause.pk, None):
            with pytest.raises(RefusedError, match="already over"):
                lifecycle.resume(programme=running, number=number)
        assert other.pauses.count() == 1


class TestRenew:
    def test_without_a_plan_the_weeks_count_from_today(self, running, today):
        assert lifecycle.weeks_more(running) == 6
        assert lifecycle.renew(programme=running, weeks=6) == today + timedelta(weeks=6)

    @pytest.mark.parametrize(("profile", "weeks", "end"), [("low", 3, 14), ("medium", 12, 53 + 14)])
    def test_a_plan_that_is_over_and_one_that_is_not(
        self, running, cast, today, profile, weeks, end
    ):
        """Three weeks ended nine days ago: from today. Twelve end in 53 days: from there."""
        RiskProfile.objects.create(programme=running, profile=profile, chosen_by=cast.anna)
        assert lifecycle.weeks_more(running) == weeks
        assert lifecycle.renew(programme=running, weeks=2) == today + timedelta(days=end)

    def test_once_more_counts_from_what_was_planned(self, running, today):
        lifecycle.renew(programme=running, weeks=2)
        assert lifecycle.renew(programme=running, weeks=2) == today + timedelta(weeks=4)

    def test_the_link_on_paper_begins_its_year_anew_when_it_must(self, make_programme, today):
        old = make_programme(on=today - timedelta(days=350))
        token = old.share_link.token
        lifecycle.renew(programme=old, weeks=1)
        old.share_link.refresh_from_db()
        assert old.share_link.valid_from == today - timedelta(days=350)  # long enough
        lifecycle.renew(programme=old, weeks=6)
        old.share_link.refresh_from_db()
        assert old.share_link.valid_from == today
        assert old.share_link.token == token  # the paper stays good

    def test_not_what_has_ended(self, running, cast):
        lifecycle.end(programme=running, by=cast.anna)
        with pytest.raises(RefusedError, match="not running"):
            lifecycle.renew(programme=running, weeks=6)


class TestReopen:
    def end(self, programme, cast, days_ago):
        lifecycle.end(
            programme=programme, by=cast.anna, on=timezone.localdate() - timedelta(days=days_ago)
        )

    def test_undoes_an_end_of_today_without_a_trace(self, running, cast):
        self.end(running, cast, 0)
        lifecycle.reopen(programme=running, by=cast.anna)
        assert running.is_running and pauses_of(running) == []

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ([], [(-10, 0)]),
            ([(-20, -15)], [(-20, -15), (-10, 0)]),
            ([(-12, None)], [(-12, None)]),  # stood still when it ended, and still does
            ([(-12, 5)], [(-12, 5)]),
            ([(-12, -4)], [(-12, -4), (-4, 0)]),
            ([(-6, -4)], [(-10, -6), (-6, -4), (-4, 0)]),
            ([(-6, None)], [(-10, -6), (-6, None)]),
            ([(3, 8)], [(-10, 0), (3, 8)]),
        ],
    )
    def test_the_days_in_between_count_as_a_pause(self, running, cast, today, before, after):
        for first, until in before:
            running.pauses.create(
                from_on=today + timedelta(days=first),
                until_on=until and today + timedelta(days=until),
            )
        self.end(running, cast, 10)
        lifecycle.reopen(programme=running, by=cast.anna)
        assert pauses_of(running) == after

    def test_the_link_on_paper_is_valid_as_before(self, running, cast, today):
        valid = running.share_link.valid_until
        self.end(running, cast, 10)
        assert running.share_link.valid_until == today + timedelta(days=20)
        lifecycle.reopen(programme=running, by=cast.anna)
        assert running.share_link.valid_until == valid

    def test_not_beside_another_one(self, running, cast, make_programme):
        self.end(running, cast, 3)
        make_programme()
        with pytest.raises(RefusedError, match="already follows a programme"):
            lifecycle.reopen(programme=running, by=cast.anna)
        running.refresh_from_db()
        assert running.ended_on is not None and pauses_of(running) == []

    def test_not_twice(self, running, cast):
        self.end(running, cast, 3)
        lifecycle.reopen(programme=Programme.objects.get(pk=running.pk), by=cast.anna)
        with pytest.raises(RefusedError, match="has not ended"):
            lifecycle.reopen(programme=running, by=cast.anna)
        assert pauses_of(running) == [(-3, 0)]


class TestBeginAgain:
    def test_the_same_lines_as_a_draft_of_its_own(self, running, cast, make_programme):
        first = running.prescriptions.first()
        first.note, first.steps = "Rustig.", "Lig.\nBeweeg."
        first.save()
        lifecycle.end(programme=running, by=cast.anna)
        draft = authoring.copy_to_draft(programme=running, by=cast.anna)
        assert draft.is_draft and draft.title == running.title
        assert set(draft.protocols.all()) == set(running.protocols.all())

        def told(programme):
            return [
                (line.exercise_id, line.position, line.dosage, line.note, line.steps)
                for line in programme.prescriptions.all()
            ]

        assert told(draft) == told(running)
        uuids = {line.uuid for each in (draft, running) for line in each.prescriptions.all()}
        assert len(uuids) == 2 * running.prescriptions.count()
        assert not hasattr(draft, "red_flag_check")
        authoring.start(programme=draft, by=cast.anna)
        assert draft.red_flag_check.checked_name == "Anna de Wit"

    def test_weeks_count_anew_and_dates_are_left_out(self, running, cast, today):
        by_week, by_date = running.prescriptions.all()[:2]
        by_week.period, by_date.period = Period(from_week=3), Period(from_date=today)
        by_week.save()
        by_date.save()
        lifecycle.end(programme=running, by=cast.anna)
        draft = authoring.copy_to_draft(programme=running, by=cast.anna)
        periods = [line.period for line in draft.prescriptions.all()[:2]]
        assert periods == [Period(from_week=3), Period()]

    def test_not_from_what_runs(self, running, cast):
        with pytest.raises(RefusedError, match="has not ended"):
            authoring.copy_to_draft(programme=running, by=cast.anna)


class TestDischarge:
    def test_ends_what_runs_and_closes_invitations(self, running, cast, today):
        patient = running.patient
        invitation, _token = invitations.invite(patient)
        ended = lifecycle.discharge(patient=patient, by=cast.anna, running=running.pk)
        assert ended == running and ended.ended_on == today
        assert (patient.discharged_on, patient.discharged_by) == (today, cast.anna)
        assert not patient.invitations.filter(pk=invitation.pk).exists()

    def test_drafts_are_kept_unless_they_are_named(self, running, cast):
        patient = running.patient
        kept, dropped = (authoring.draft(patient=patient, by=cast.anna) for _ in range(2))
        others = authoring.draft(patient=cast.mo_patient, by=cast.anna)
        lifecycle.discharge(
            patient=patient,
            by=cast.anna,
            running=running.pk,
            throw_away=[dropped.pk, others.pk, running.pk],
        )
        assert set(Programme.objects.all()) == {running, kept, others}

    def test_what_nobody_saw_is_not_ended(self, running, cast):
        """A colleague started another programme since the page was opened."""
        for seen in (None, running.pk + 1):
            with pytest.raises(RefusedError, match="in the meantime"):
                lifecycle.discharge(patient=running.patient, by=cast.anna, running=seen)
        running.refresh_from_db()
        running.patient.refresh_from_db()
        assert running.is_running and running.patient.discharged_on is None

    def test_a_refusal_leaves_the_invitation(self, running, cast):
        invitation, _token = invitations.invite(running.patient)
        with pytest.raises(RefusedError):
            lifecycle.discharge(patient=running.patient, by=cast.anna, running=None)
        assert running.patient.invitations.filter(pk=invitation.pk).exists()

    def test_twice(self, cast):
        lifecycle.discharge(patient=cast.mo_patient, by=cast.anna, running=None)
        with pytest.raises(RefusedError, match="already"):
            lifecycle.discharge(patient=cast.mo_patient, by=cast.anna, running=None)

    def test_and_taken_up_again(self, cast):
        patient = cast.mo_patient
        lifecycle.discharge(patient=patient, by=cast.anna, running=None)
        lifecycle.readmit(patient=patient)
        assert patient.discharged_on is None and patient.discharged_by is None
        with pytest.raises(RefusedError, match="already"):
            lifecycle.readmit(patient=patient)

    @pytest.mark.parametrize("act", ["draft", "start", "reopen", "again"])
    def test_whatever_begins_a_programme_takes_up_again(
        self, running, cast, make_programme, lage_rugpijn, act
    ):
        patient = running.patient
        kept = authoring.draft(patient=patient, by=cast.anna, protocol=lage_rugpijn)
        lifecycle.discharge(patient=patient, by=cast.anna, running=running.pk)
        running.refresh_from_db()
        {
            "draft": lambda: authoring.draft(patient=patient, by=cast.anna),
            "start": lambda: authoring.start(programme=kept, by=cast.anna),
            "reopen": lambda: lifecycle.reopen(programme=running, by=cast.anna),
            "again": lambda: authoring.copy_to_draft(programme=running, by=cast.anna),
        }[act]()
        patient.refresh_from_db()
        assert patient.discharged_on is None

    def test_no_way_in_for_who_is_discharged(self, cast):
        patient = cast.mo_patient
        invitation, _token = invitations.invite(patient)
        lifecycle.discharge(patient=patient, by=cast.anna, running=None)
        with pytest.raises(RefusedError, match="Reopen the treatment"):
            invitations.invite(patient)
        with pytest.raises(RefusedError, match="no longer works"):
            invitations.accept_invitation(invitation, user=cast.piet)
