"""Given and done by day, for many programmes at once: what the small charts draw.

What was given on a day is what the version of that morning asked for. Day 1 counts only what was
done; today is not over and is left out.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Max, Q
from django.utils import timezone

from .days import is_due, week_of
from .models import Programme, SessionLog, Version
from .sheet import Line


@dataclass(frozen=True)
class DayTotal:
    """One day: how often something was asked and done, and the worst pain; None is no answer."""

    day: date
    given: int
    done: int
    pain: int | None = None


@dataclass(frozen=True)
class Done:
    """What was done of one line on one day."""

    times: int
    pain: int | None


def last_days(programmes: Sequence[Programme], today: date, days: int) -> dict[int, list[DayTotal]]:
    """By programme, its last days up to yesterday. Two queries, however many programmes."""
    first = today - timedelta(days=days)
    monday, _sunday = week_of(first)  # a weekly number looks back to Monday
    numbers = [programme.pk for programme in programmes]
    done: dict[int, dict[date, dict[str, Done]]] = defaultdict(lambda: defaultdict(dict))
    rows = (
        SessionLog.objects.filter(version__programme__in=numbers, day__gte=monday, day__lt=today)
        .held()
        .order_by()
        .values_list("version__programme", "day", "line")
        .annotate(times=Count("pk", filter=Q(done=True)), pain=Max("pain"))
    )
    for programme, day, line, times, pain in rows:
        done[programme][day][str(line)] = Done(times, pain)
    versions = defaultdict(list)
    for version in Version.objects.filter(programme__in=numbers).order_by("number"):
        versions[version.programme_id].append(version)
    return {
        programme.pk: totals(
            started_on=programme.started_on,
            issued=_issued(versions[programme.pk]),
            done=done[programme.pk],
            days=_days(max(first, programme.started_on), today),
        )
        for programme in programmes
    }


def totals(
    *,
    started_on: date,
    issued: Sequence[tuple[date, tuple[Line, ...]]],
    done: Mapping[date, Mapping[str, Done]],
    days: Iterable[date],
) -> list[DayTotal]:
    """The days of one programme. `issued` says from which day on which lines were given."""
    days_done = defaultdict(set)
    for day, lines in done.items():
        for line, what in lines.items():
            if what.times:
                days_done[line].add(day)
    found = []
    for day in days:
        today = done.get(day, {})
        due = [
            line
            for line in _lines_of(issued, day)
            if is_due(line.dosage, day, started_on, days_done[line.uuid])
        ]
        times = sum(today[line.uuid].times for line in due if line.uuid in today)
        given = times if day == started_on else sum(line.dosage.moments for line in due)
        answered = [what.pain for what in today.values() if what.pain is not None]
        found.append(DayTotal(day, given, min(times, given), max(answered, default=None)))
    return found


def _lines_of(issued: Sequence[tuple[date, tuple[Line, ...]]], day: date) -> tuple[Line, ...]:
    """What the patient had that morning: a version of the day itself counts from the next."""
    before = [lines for on, lines in issued if on < day]
    return before[-1] if before else issued[0][1]


def _issued(versions: Iterable[Version]) -> list[tuple[date, tuple[Line, ...]]]:
    return [(timezone.localdate(version.issued_at), version.sheet.lines) for version in versions]


def _days(first: date, before: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((before - first).days)]
