"""How a programme went: what counts as given, what was done of it, and the pain."""

import uuid
from datetime import date, timedelta

import pytest
from django.utils import timezone

from exercises.dosage import Dosage
from patients.follow_up import progress
from patients.follow_up.progress import Counts, Issue
from patients.models import Pause, SessionLog
from patients.patient_day import recording
from patients.prescribing import authoring, lifecycle
from patients.sheet import Line, Sheet

MONDAY = date(2026, 11, 2)
TWICE = Dosage(per_day=2, reps=10)
CAT, COBRA = (str(uuid.UUID(int=n)) for n in (1, 2))


def day(number: int) -> date:
    """Day 1 is the Monday on which the programme started."""
    return MONDAY + timedelta(days=number - 1)


def sheet(**dosages) -> Sheet:
    lines = tuple(
        Line(
            uuid={"cat": CAT, "cobra": COBRA}[name],
            exercise="",
            title=name,
            start_position="",
            steps=("Beweeg.",),
            dosage=dosage,
            sentence=str(dosage),
        )
        for name, dosage in dosages.items()
    )
    return Sheet("nl", "Rug", "Anna", lines, ())


def logs(number, line=CAT, times=1, pain=None, version=1, done=True):
    return [
        SessionLog(
            version_id=version, line=line, day=day(number), moment=moment, done=done, pain=pain
        )
        for moment in range(1, times + 1)
    ]


def went(logged=(), *, until=15, days=None, ended=None, pauses=(), **versions):
    """The progress of versions v1=(day, sheet), … with these logs, and pauses as (first, until)."""
    versions = versions or {"v1": (1, sheet(cat=TWICE))}
    return progress.compute(
        issues={
            n: Issue(n, day(on), "Anna") for n, (on, _sheet) in enumerate(versions.values(), 1)
        },
        sheets={n: each for n, (_on, each) in enumerate(versions.values(), 1)},
        logs=logged,
        started_on=MONDAY,
        ended_on=ended and day(ended),
        today=day(until),
        pauses=tuple(
            Pause(from_on=day(first), until_on=until and day(until)) for first, until in pauses
        ),
        days=days,
    )


def numbers(found):
    return [(each.done, each.given) for each in found.days]


class TestWhatWasGiven:
    def test_a_whole_day_counts_what_was_given_the_first_and_the_last_what_was_done(self):
        found = went([*logs(1, times=2), *logs(2), *logs(4)], until=4)
        assert numbers(found) == [(2, 2), (1, 2), (0, 2), (1, 1)]
        assert [each.whole for each in found.days] == [False, True, True, False]

    def test_a_programme_of_one_day(self):
        assert numbers(went(until=1)) == [(0, 0)]
        assert numbers(went(logs(1), until=1)) == [(1, 1)]

    def test_three_days_a_week_of_which_none_was_done_are_three_days(self):
        weekly = sheet(cat=Dosage(reps=10, days_per_week=3))
        found = went(until=15, v1=(1, weekly))
        assert [each.given for each in found.days[7:14]] == [0, 0, 0, 0, 1, 1, 1]

    def test_and_the_days_it_was_done_are_the_days_it_was_given(self):
        weekly = sheet(cat=Dosage(reps=10, days_per_week=3))
        found = went([*logs(9), *logs(13)], until=15, v1=(1, weekly))
        assert [each.given for each in found.days[7:14]] == [0, 1, 0, 0, 0, 1, 1]
        assert found.total == Counts(done=2, given=6)  # three of the first week, three of this

    def test_a_fourth_day_is_more_than_was_agreed(self):
        weekly = sheet(cat=Dosage(reps=10, days_per_week=3))
        found = went([log for n in (8, 9, 10, 11) for log in logs(n)], until=15, v1=(1, weekly))
        assert found.days[10].given == 0
        assert found.lines[0].counts == Counts.of(done=4, given=6)

    def test_every_other_day(self):
        found = went(until=6, v1=(1, sheet(cat=Dosage(reps=10, every_days=2))))
        assert [each.given for each in found.days] == [0, 0, 1, 0, 1, 0]

    def test_on_the_day_of_a_new_version_the_smaller_number_counts(self):
        more = sheet(cat=Dosage(per_day=3, reps=10))
        found = went(until=6, v1=(1, sheet(cat=TWICE)), v2=(3, more))
        assert [each.given for each in found.days] == [0, 2, 2, 3, 3, 0]
        assert [each.issued for each in found.days[:3]] == [(1,), (), (2,)]

    def test_a_line_that_came_or_went_that_day_counts_what_was_done(self):
        one, other = sheet(cat=TWICE), sheet(cobra=TWICE)
        found = went(
            [*logs(3, CAT, 2), *logs(3, COBRA, 1, version=2)], until=5, v1=(1, one), v2=(3, other)
        )
        assert numbers(found)[2] == (3, 3)
        assert [line.title for line in found.lines] == ["cobra", "cat"]  # what went comes last
        assert found.lines[1].dosage is None

    def test_a_version_written_down_after_the_start_holds_from_the_start(self):
        found = went(until=4, v1=(3, sheet(cat=TWICE)))
        assert [each.given for each in found.days] == [0, 2, 2, 0]

    def test_what_came_later_from_an_old_page_is_not_lost(self):
        """A telephone that was offline when the exercise was taken off the sheet."""
        both, one = sheet(cat=TWICE, cobra=TWICE), sheet(cat=TWICE)
        found = went(logs(4, COBRA), until=6, v1=(1, both), v2=(3, one))
        assert [(entry.title, entry.done, entry.given) for entry in found.days[3].entries] == [
            ("cat", 0, 2),
            ("cobra", 1, 0),
        ]
        late = went(logs(9), until=6)
        assert (late.last, late.days[-1].done) == (day(9), 1)


class TestPause:
    """A day of a pause counts what was done; so does the one on which it goes on, as day 1 does."""

    @pytest.mark.parametrize(
        ("pauses", "given", "paused"),
        [
            ([(3, 5)], [0, 2, 0, 0, 0, 2, 2, 0], [3, 4]),
            ([(3, None)], [0, 2, 0, 0, 0, 0, 0, 0], [3, 4, 5, 6, 7, 8]),
            ([(1, 3)], [0, 0, 0, 2, 2, 2, 2, 0], [1, 2]),
            ([(2, 3), (5, 7)], [0, 0, 0, 2, 0, 0, 0, 0], [2, 5, 6]),
            ([(20, 30)], [0, 2, 2, 2, 2, 2, 2, 0], []),
        ],
    )
    def test_its_days_ask_for_nothing(self, pauses, given, paused):
        found = went(until=8, pauses=pauses)
        assert [each.given for each in found.days] == given
        assert [each.number for each in found.days if each.paused] == paused

    def test_and_count_what_was_done(self):
        found = went([*logs(3, times=2), *logs(4)], until=8, pauses=[(3, 6)])
        assert numbers(found)[2:4] == [(2, 2), (1, 1)]
        assert not found.days[2].whole

    def test_a_weekly_number_asks_no_more_than_the_days_that_are_left(self):
        weekly = sheet(cat=Dosage(reps=10, days_per_week=3))
        found = went(until=15, v1=(1, weekly), pauses=[(9, 13)])
        assert [each.given for each in found.days[7:14]] == [1, 0, 0, 0, 0, 0, 1]

    def test_every_other_day_goes_on_counting_from_day_one(self):
        found = went(until=12, v1=(1, sheet(cat=Dosage(reps=10, every_days=2))), pauses=[(4, 6)])
        assert [each.number for each in found.days if each.given] == [3, 7, 9, 11]

    def test_the_trend_compares_whole_days(self):
        assert went(until=16, pauses=[(3, 5)]).trend is None
        found = went([log for n in range(2, 9) for log in logs(n)], until=31, pauses=[(9, 23)])
        assert (found.trend.before.done, found.trend.last.done) == (7, 0)

    def test_only_those_of_the_period_are_told(self):
        found = went(until=40, days=21, pauses=[(2, 4), (15, 25), (39, None), (41, 50)])
        assert [pause.from_on for pause in found.pauses] == [day(15), day(39)]

    def test_one_that_held_when_it_ended(self):
        found = went(until=20, ended=6, pauses=[(4, None)])
        assert [each.given for each in found.days] == [0, 2, 2, 0, 0, 0]


class TestWhatWasDone:
    def test_the_last_row_about_a_moment_holds(self):
        assert went([*logs(2), *logs(2, done=False)], until=4).days[1].done == 0

    def test_one_exercise_does_not_make_up_for_another(self):
        both = sheet(cat=Dosage(reps=10), cobra=Dosage(reps=10, every_days=2))
        found = went([log for n in range(2, 6) for log in logs(n, COBRA)], until=6, v1=(1, both))
        assert [line.counts for line in found.lines] == [Counts(0, 4), Counts(2, 2, more=2)]
        assert found.total == Counts(2, 6, 2)

    def test_a_period_is_its_last_days(self):
        found = went(logs(2), until=40, days=21)
        assert (found.first, found.last, len(found.days)) == (day(20), day(40), 21)
        assert found.days[0].number == 20
        assert went(until=4, days=21).first == day(1)

    def test_weeks_are_those_of_the_programme_the_newest_first(self):
        found = went(logs(9), until=15)
        assert [(number, len(days)) for number, days, _counts in found.weeks()] == [
            (3, 1),
            (2, 7),
            (1, 7),
        ]
        assert [counts for *_, counts in found.weeks()][1] == Counts(1, 14)


class TestPain:
    def test_zero_is_an_answer_and_none_is_not(self):
        found = went([*logs(2, pain=0), *logs(3)], until=5)
        assert [(each.lowest, each.highest) for each in found.days] == [
            (None, None),
            (0, 0),
            (None, None),
            (None, None),
            (None, None),
        ]
        assert [(score.day, score.score) for score in found.scores] == [(day(2), 0)]
        assert found.pain_word == ""

    def test_a_day_counts_its_highest(self):
        found = went([*logs(2, pain=3), *logs(2, COBRA, pain=7)], until=4)
        assert (found.days[1].lowest, found.days[1].highest) == (3, 7)

    @pytest.mark.parametrize(
        ("last", "word"), [(3, "lower"), (4, "same"), (5, "same"), (6, "same"), (7, "higher")]
    )
    def test_less_than_two_is_about_the_same(self, last, word):
        found = went([*logs(2, pain=5), *logs(3, pain=9), *logs(4, pain=last)])
        assert found.pain_word == word
        assert (found.first_pain.score, found.last_pain.score) == (5, last)
        assert (found.highest_pain.score, found.highest_pain.day) == (9, day(3))


class TestTrend:
    def week(self, first, times):
        return [log for n in range(first, first + times) for log in logs(n, times=2)]

    @pytest.mark.parametrize(
        ("before", "last", "word"), [(7, 2, "less"), (4, 4, "same"), (0, 7, "more"), (0, 0, "same")]
    )
    def test_the_last_week_beside_the_one_before(self, before, last, word):
        found = went([*self.week(2, before), *self.week(9, last)], until=16)
        assert found.trend.word == word
        assert found.trend.before == Counts(2 * before, 14)
        assert found.trend.last == Counts(2 * last, 14)

    def test_is_silent_before_two_whole_weeks(self):
        assert went(until=15).trend is None
        assert went(until=16).trend is not None

    def test_and_when_a_week_asked_for_nothing(self):
        rare = sheet(cat=Dosage(reps=10, every_days=14))
        assert went(until=16, v1=(1, rare)).trend is None


@pytest.mark.django_db
@pytest.mark.parametrize("versions", [1, 4])
def test_three_queries_however_long(programme, cast, versions, django_assert_num_queries):
    patient = programme.patient
    for number in range(1, versions):
        programme.title = f"Rug {number}"
        programme.save()
        authoring.issue(programme=programme, by=cast.anna)
    line = programme.prescriptions.first().uuid
    for moment in (1, 2) * versions:
        recording.log_session(
            patient=patient,
            version=programme.current_version(),
            line=line,
            moment=moment,
            operation=uuid.uuid4(),
            day=timezone.localdate(),
            done=True,
        )
    with django_assert_num_queries(3):
        found = progress.read(programme, timezone.localdate(), "all")
    assert found.newest.number == versions
    assert found.total == Counts(2, 2)


@pytest.mark.django_db
def test_a_draft_has_no_course(make_programme):
    assert progress.read(make_programme(started=False), timezone.localdate()) is None


@pytest.mark.django_db
def test_an_ended_programme_stops_where_it_ended(make_programme, cast):
    today = timezone.localdate()
    programme = make_programme(on=today - timedelta(days=30))
    lifecycle.end(programme=programme, by=cast.anna, on=today - timedelta(days=10))
    assert progress.read(programme, today, "all").last == today - timedelta(days=10)


@pytest.mark.django_db
def test_only_the_programmes_own_patient_counts(programme, cast):
    """A programme shows its patient's record, also when a row names its version by mistake."""
    SessionLog.objects.create(
        patient=cast.mo_patient,
        version=programme.current_version(),
        operation=uuid.uuid4(),
        line=programme.prescriptions.first().uuid,
        day=timezone.localdate(),
        moment=1,
        done=True,
        performed_at=timezone.now(),
    )
    assert progress.read(programme, timezone.localdate()).is_silent
