"""How long the access log is kept: at least five years. It is purged by whole months.

The chain continues after a purge, since LogSegment keeps the hash of the last purged row.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db import transaction

from .. import audit
from ..models import LOG_MONTHS, AccessEvent, LogSegment, Practice
from . import guard
from .chain import NOBODY, hold, verify


@dataclass(frozen=True)
class Old:
    """Rows of a chain that are older than its term."""

    chain: uuid.UUID
    first: int
    last: int
    until: date  # every one is from before this day

    @property
    def rows(self) -> int:
        return self.last - self.first + 1


def months_before(day: date, months: int) -> date:
    """The first day of the month that began so many months before this day's month."""
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def term_of(chain: uuid.UUID) -> int:
    """In months. A chain of no practice, or of a removed one, has the shortest legal term."""
    practice = Practice.objects.filter(uuid=chain).first()
    return practice.log_kept_for if practice is not None else LOG_MONTHS


def old(chain: uuid.UUID, today: date) -> Old | None:
    """The closed months at the beginning of a chain that are older than its term."""
    until = months_before(today, term_of(chain))
    moment = datetime(until.year, until.month, 1, tzinfo=UTC)
    rows = AccessEvent.objects.filter(chain=chain).order_by("number")
    first = rows.values_list("number", flat=True).first()
    # The first that must stay keeps everything after it, whatever a wrong clock wrote there.
    stays = rows.filter(at__gte=moment).values_list("number", flat=True).first()
    last = stays - 1 if stays is not None else rows.values_list("number", flat=True).last()
    if first is None or last < first:
        return None
    return Old(chain, first, last, until)


def purge(chain: uuid.UUID, today: date) -> Old | None:
    """Remove old rows. Raises ValueError for a broken chain: its rows are evidence and stay."""
    with transaction.atomic():
        hold(chain)
        found = old(chain, today)
        if found is None:
            return None
        broken = next(verify(chain), None)
        if broken is not None:
            raise ValueError(f"The chain is broken, so nothing was removed: {broken}")
        rows = AccessEvent.objects.filter(chain=chain, number__lte=found.last)
        LogSegment.objects.create(
            chain=chain,
            first=found.first,
            last=found.last,
            last_hash=rows.get(number=found.last).hash,
            until=found.until,
        )
        with guard.lifted():
            rows._raw_delete(using=rows.db)  # no row refers to them; nothing to collect
        audit.record_by_system("purge log", practice=None if chain == NOBODY else chain)
    return found
