"""How a programme went: what was done of what was given, and the pain, day by day.

The charts, their tables, the list of days and the note for the practice's record system are all
made from one `Progress`, so they cannot disagree. "Done" is what the patient ticked off; it is
not called success. Pain 0 means "no pain"; None means that nobody answered.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from exercises.dosage import Dosage

from ..clinical import COMPARED_DAYS, PAIN_MATTERS, STEADY, exas, intensity, rate
from ..models import Pause, Programme, SessionLog
from ..models.pause import days_off
from ..patient_day.day_cards import latest
from ..schedule import given, held_on
from ..sheet import Line as SheetLine
from ..sheet import Sheet

PERIODS = {"3": 21, "6": 42, "all": None}  # days, by the value of ?weeks=
USUAL = "6"

# An amount that was done and differs from what was given, as a therapist reads it.
AMOUNT_WORDS = {
    "sets": _("sets: %d"),
    "reps": _("repetitions: %d"),
    "hold": _("held for %d seconds"),
    "duration": _("for %d seconds"),
}


@dataclass(frozen=True)
class Counts:
    """How many moments were given and done, over some days or exercises.

    `done` is at most `given`; what was done beyond that is in `more`, so that one exercise that
    was done more often does not make up for another that was left out.
    """

    done: int = 0
    given: int = 0
    more: int = 0

    @classmethod
    def of(cls, done: int, given: int) -> "Counts":
        return cls(min(done, given), given, max(0, done - given))

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.done + other.done, self.given + other.given, self.more + other.more)

    @property
    def rate(self) -> float | None:
        """Between 0 and 1; None when nothing was given."""
        return self.done / self.given if self.given else None


@dataclass(frozen=True)
class Entry:
    """One exercise on one day. `pain` holds the answers, in the order of the moments.

    `less` is how much of the moments that were done was left out, in moments: half of the
    repetitions of one moment is 0.5.
    """

    line: str  # its uuid
    title: str
    done: int
    given: int
    pain: tuple[int, ...] = ()
    less: float = 0.0
    remarks: tuple[str, ...] = ()  # how hard it was, what was done instead, filled in later


@dataclass(frozen=True)
class Day:
    """One day of a programme. On a day that is not `whole` (the first, the last, and those of a
    pause) as much counts as given as was done."""

    day: date
    number: int  # 1 is the day the programme started
    entries: tuple[Entry, ...]
    whole: bool
    issued: tuple[int, ...] = ()  # the versions that were given on this day
    paused: bool = False

    @property
    def done(self) -> int:
        return sum(entry.done for entry in self.entries)

    @property
    def given(self) -> int:
        return sum(entry.given for entry in self.entries)

    @property
    def pain(self) -> tuple[int, ...]:
        return tuple(score for entry in self.entries for score in entry.pain)

    @property
    def highest(self) -> int | None:
        return max(self.pain, default=None)

    @property
    def lowest(self) -> int | None:
        return min(self.pain, default=None)

    @property
    def is_silent(self) -> bool:
        """Whether nothing was ticked off and no pain score was given."""
        return not self.done and not self.pain

    @property
    def counting(self) -> tuple[Entry, ...]:
        """The entries in which something was asked, done or answered; on a rest day, none."""
        return tuple(entry for entry in self.entries if entry.given or entry.done or entry.pain)


@dataclass(frozen=True)
class Issue:
    """When a version was issued; `name` is who issued it."""

    number: int
    day: date
    name: str


@dataclass(frozen=True)
class LineProgress:
    """One exercise over the period. `dosage` is that of the newest version; None when the exercise
    is no longer in it."""

    uuid: str
    title: str
    dosage: Dosage | None
    counts: Counts
    days_done: int
    less: float = 0.0  # as in Entry
    when: str = ""  # the weeks for which it holds; empty for the whole programme


@dataclass(frozen=True)
class Score:
    day: date
    score: int


@dataclass(frozen=True)
class Trend:
    """The last COMPARED_DAYS whole days and as many before them; `word` is less, same or more."""

    last: Counts
    before: Counts
    word: str


@dataclass(frozen=True)
class Progress:
    """Some days of a programme, from old to new; a day on which nothing was done is there too."""

    days: tuple[Day, ...]
    issues: tuple[Issue, ...]  # in these days, the oldest first
    newest: Issue  # the newest version, also when it was issued before these days
    sheet: Sheet  # of the newest version
    started_on: date
    ended_on: date | None = None
    pauses: tuple[Pause, ...] = ()  # in these days

    @property
    def first(self) -> date:
        return self.days[0].day

    @property
    def last(self) -> date:
        return self.days[-1].day

    @property
    def pause_days(self) -> list[tuple[date, date | None]]:
        """(first day, day on which it goes on) of each pause."""
        return [(pause.from_on, pause.until_on) for pause in self.pauses]

    @property
    def pain_by_day(self) -> list[tuple[date, int | None, int | None]]:
        """(day, lowest, highest) of every day."""
        return [(day.day, day.lowest, day.highest) for day in self.days]

    @property
    def is_silent(self) -> bool:
        return all(day.is_silent for day in self.days)

    @cached_property
    def lines(self) -> tuple[LineProgress, ...]:
        """Each exercise, in the order of the newest version; those that it lacks come last."""
        entries = defaultdict(list, {line.uuid: [] for line in self.sheet.lines})
        for day in self.days:
            for entry in day.entries:
                entries[entry.line].append(entry)
        return tuple(
            LineProgress(
                uuid=uuid,
                title=line.title if line else rows[-1].title,
                dosage=line and line.dosage,
                when=line.when if line else "",
                counts=Counts.of(sum(row.done for row in rows), sum(row.given for row in rows)),
                days_done=sum(bool(row.done) for row in rows),
                less=sum(row.less for row in rows),
            )
            for uuid, rows in entries.items()
            for line in [self.sheet.line(uuid)]
        )

    def exas(self, quality: Mapping[str, str]) -> int | None:
        """EXAS over this period, by the quality of each line; None when one was never rated."""
        return exas(
            (rate(line.counts.done - line.less, line.counts.given), quality.get(line.uuid, ""))
            for line in self.lines
            if line.dosage is not None
        )

    @cached_property
    def total(self) -> Counts:
        return sum((line.counts for line in self.lines), Counts())

    @cached_property
    def scores(self) -> tuple[Score, ...]:
        """The highest pain of each day on which there was an answer."""
        return tuple(Score(day.day, day.highest) for day in self.days if day.highest is not None)

    @property
    def first_pain(self) -> Score | None:
        return self.scores[0] if self.scores else None

    @property
    def last_pain(self) -> Score | None:
        return self.scores[-1] if self.scores else None

    @property
    def highest_pain(self) -> Score | None:
        """The highest score; when several days have it, the first of them."""
        return max(self.scores, key=lambda score: score.score, default=None)

    @property
    def pain_word(self) -> str:
        """The last score against the first: lower, same or higher; empty without two scores."""
        if len(self.scores) < 2:
            return ""
        change = self.last_pain.score - self.first_pain.score
        if abs(change) < PAIN_MATTERS:
            return "same"
        return "lower" if change < 0 else "higher"

    @cached_property
    def trend(self) -> Trend | None:
        """None with fewer than two weeks of whole days, or with nothing given in one of them."""
        whole = [day for day in self.days if day.whole][-2 * COMPARED_DAYS :]
        if len(whole) < 2 * COMPARED_DAYS:
            return None
        before, last = (_counted(days) for days in (whole[:COMPARED_DAYS], whole[COMPARED_DAYS:]))
        if before.rate is None or last.rate is None:
            return None
        difference = last.rate - before.rate
        word = "same" if abs(difference) < STEADY else "more" if difference > 0 else "less"
        return Trend(last, before, word)

    def weeks(self) -> Iterator[tuple[int, list[Day], Counts]]:
        """For each week of the programme, newest first: its number, its days (newest first) and
        their counts."""
        by_week = defaultdict(list)
        for day in reversed(self.days):
            by_week[(day.number - 1) // 7 + 1].append(day)
        for number, days in by_week.items():
            yield number, days, _counted(days)


def _counted(days: Iterable[Day]) -> Counts:
    """The counts of some days; summed for each exercise first, as in `Progress.lines`."""
    sums = defaultdict(Counts)
    for day in days:
        for entry in day.entries:
            sums[entry.line] += Counts(entry.done, entry.given)
    return sum((Counts.of(line.done, line.given) for line in sums.values()), Counts())


def read(programme: Programme, today: date, period: str = USUAL) -> Progress | None:
    """The progress up to `today` over a period of PERIODS; None for a draft. Three queries."""
    versions = list(programme.versions.order_by("number"))
    if programme.started_on is None or not versions:
        return None
    return compute(
        issues={
            version.pk: Issue(
                version.number, timezone.localdate(version.issued_at), version.issued_name
            )
            for version in versions
        },
        sheets={version.pk: version.sheet for version in versions},
        logs=SessionLog.objects.filter(
            version__programme=programme, patient_id=programme.patient_id
        ),
        started_on=programme.started_on,
        ended_on=programme.ended_on,
        pauses=tuple(programme.pauses.all()),
        today=today,
        days=PERIODS[period],
    )


def compute(
    *,
    issues: dict[int, Issue],
    sheets: dict[int, Sheet],
    logs: Iterable[SessionLog],
    started_on: date,
    ended_on: date | None,
    today: date,
    pauses: tuple[Pause, ...] = (),
    days: int | None = None,
) -> Progress:
    """The progress from what was issued and what was logged.

    `issues` and `sheets` are by the primary key of the version, from old to new. `days` is how
    many days it looks back; None is from the start. What was logged after the end counts as well:
    a phone that was offline sends it later.
    """
    until = today if ended_on is None else min(today, ended_on)
    by_day: dict[date, dict[str, list[SessionLog]]] = defaultdict(lambda: defaultdict(list))
    days_done: dict[str, set[date]] = defaultdict(set)
    for (line, day, _moment), log in sorted(latest(logs).items(), key=lambda item: item[0]):
        by_day[day][line].append(log)
        if log.done:
            days_done[line].add(day)
    last = max([until, started_on, *by_day])
    first = started_on if days is None else max(started_on, last - timedelta(days=days - 1))
    off = days_off(pauses, last)
    issued = [(issue.day, sheets[pk]) for pk, issue in issues.items()]
    shown = []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        over = started_on < day < until and day not in off
        lines = _lines_of(held_on(day, issued), by_day[day], lambda log: sheets[log.version_id])
        entries = []
        for uuid, (title, held_lines) in lines.items():
            rows = by_day[day][uuid]
            done = sum(row.done for row in rows)
            entries.append(
                Entry(
                    line=uuid,
                    title=title,
                    done=done,
                    given=given(held_lines, day, started_on, days_done[uuid], done, off)
                    if over
                    else done,
                    pain=tuple(row.pain for row in rows if row.pain is not None),
                    less=sum(_less(row, sheets[row.version_id].line(uuid)) for row in rows),
                    remarks=tuple(remark for row in rows for remark in _remarks(row)),
                )
            )
        shown.append(
            Day(
                day=day,
                number=(day - started_on).days + 1,
                entries=tuple(entries),
                whole=over,
                issued=tuple(issue.number for issue in issues.values() if issue.day == day),
                paused=any(pause.holds_on(day) for pause in pauses),
            )
        )
    newest = list(issues)[-1]
    marks = tuple(issue for issue in issues.values() if first <= issue.day <= last)
    return Progress(
        days=tuple(shown),
        issues=marks,
        newest=issues[newest],
        sheet=sheets[newest],
        started_on=started_on,
        ended_on=ended_on,
        pauses=tuple(
            pause
            for pause in pauses
            if pause.from_on <= last and (pause.until_on is None or pause.until_on > first)
        ),
    )


def _less(row: SessionLog, line: SheetLine | None) -> float:
    """Which part of one moment was left out, 0 to 1; 0 when the moment was not done at all."""
    if not row.done or line is None:
        return 0.0
    other = {name: getattr(row, name) for name in SessionLog.AMOUNTS}
    pairs = [(getattr(line.dosage, name), done) for name, done in other.items() if done is not None]
    return 1 - intensity((given, done) for given, done in pairs if given)


def _remarks(row: SessionLog) -> Iterator[str]:
    """What the patient answered about one moment beside the pain, a text each."""
    if not row.done:
        return
    if row.effort:
        yield str(row.get_effort_display())
    for name, words in AMOUNT_WORDS.items():
        if (done := getattr(row, name)) is not None:
            yield str(words % done)
    if row.clock_was_off:
        yield gettext("the clock of the phone was wrong, so this is the day on which it arrived")
    elif row.filled_in_later:
        yield gettext("filled in later")


def _lines_of(
    sheets: list[Sheet], logged: dict[str, list[SessionLog]], sheet_of: Callable
) -> dict[str, tuple[str, list[SheetLine | None]]]:
    """By uuid, in reading order: the title of a line, and the line on each of `sheets`.

    The line is None on a sheet that lacks it. A line that was logged and stands on none of these
    sheets was ticked off on a page of an older version: it has the title of that version, and
    nothing was given. `sheet_of` gives the sheet of a log.
    """
    lines: dict[str, tuple[str, list[SheetLine | None]]] = {}
    for sheet in reversed(sheets):
        for line in sheet.lines:
            if line.uuid not in lines:
                lines[line.uuid] = (line.title, [each.line(line.uuid) for each in sheets])
    for uuid, rows in logged.items():
        if uuid not in lines:
            line = sheet_of(rows[-1]).line(uuid)
            lines[uuid] = (line.title if line else "", [])
    return lines
