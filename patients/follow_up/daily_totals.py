"""What was given and done on each day, for many programmes at once; the small charts draw it.

`schedule.given` decides what counts as given, as it does for progress.py, the page of one
programme. On day 1 and the days of a pause as much counts as given as was done. Today is left
out, because it is not over.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Max, Q, prefetch_related_objects
from django.utils import timezone

from ..models import Programme, SessionLog, Version
from ..models.pause import days_off
from ..schedule import given, held_on, week_of
from ..sheet import Line


@dataclass(frozen=True)
class DayTotal:
    """One day: how many moments were given and done, and the worst pain; None is no answer."""

    day: date
    given: int
    done: int
    pain: int | None = None


@dataclass(frozen=True)
class Done:
    """How often one line was done on one day, and the worst pain with it."""

    times: int
    pain: int | None


def last_days(programmes: Sequence[Programme], today: date, days: int) -> dict[int, list[DayTotal]]:
    """By primary key of the programme, the last `days` days up to yesterday. Three queries."""
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
    prefetch_related_objects(programmes, "pauses")
    versions = defaultdict(list)
    for version in Version.objects.filter(programme__in=numbers).order_by("number"):
        versions[version.programme_id].append(version)
    return {
        programme.pk: totals(
            started_on=programme.started_on,
            issued=_issued(versions[programme.pk]),
            done=done[programme.pk],
            days=_days(max(first, programme.started_on), today),
            off=days_off(programme.pauses.all(), today),
        )
        for programme in programmes
    }


def totals(
    *,
    started_on: date,
    issued: Sequence[tuple[date, tuple[Line, ...]]],
    done: Mapping[date, Mapping[str, Done]],
    days: Iterable[date],
    off: Container[date] = (),
) -> list[DayTotal]:
    """The totals of one programme on `days`.

    `issued` has the lines of each version with the day on which it was issued, from old to new.
    `done` is by day and by uuid of the line; `off` are the days of a pause.
    """
    days_done = defaultdict(set)
    for day, lines in done.items():
        for line, what in lines.items():
            if what.times:
                days_done[line].add(day)
    totals = []
    for day in days:
        today = done.get(day, {})
        all_given = all_done = 0
        for uuid, lines in _by_line(held_on(day, issued)).items():
            times = today[uuid].times if uuid in today else 0
            # On the first day and in a pause as much counts as given as was done.
            of_line = (
                times
                if day == started_on or day in off
                else given(lines, day, started_on, days_done[uuid], times, off)
            )
            all_given += of_line
            all_done += min(times, of_line)
        answered = [what.pain for what in today.values() if what.pain is not None]
        totals.append(DayTotal(day, all_given, all_done, max(answered, default=None)))
    return totals


def _by_line(versions: Sequence[tuple[Line, ...]]) -> dict[str, list[Line | None]]:
    """By uuid, each line as it stands in every one of these versions; None where it is missing."""
    by_uuid = [{line.uuid: line for line in lines} for lines in versions]
    return {uuid: [one.get(uuid) for one in by_uuid] for one in by_uuid for uuid in one}


def _issued(versions: Iterable[Version]) -> list[tuple[date, tuple[Line, ...]]]:
    return [(timezone.localdate(version.issued_at), version.sheet.lines) for version in versions]


def _days(first: date, before: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((before - first).days)]
