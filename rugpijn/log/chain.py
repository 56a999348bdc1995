"""Each row of the access log holds a hash of itself and of the row before it.

There is one chain for each practice, and one for rows that belong to no practice. One chain for all
would have three problems. Rows are added in the transaction of the act, so on PostgreSQL practices
would wait for each other. The rows of each practice are purged after a term of its own. And a
practice that leaves must be able to take its whole chain.

Somebody who can write to the database can write a whole new chain. That is found when the head of
the chain is kept elsewhere: `manage.py log_head` prints it, `manage.py verify_log --kept FILE`
compares.
"""

import hashlib
import ipaddress
import json
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib.auth import get_user_model
from django.db import transaction

from ..emergency_access.models import GlassBreak
from .models import AccessEvent, LogHead, LogSegment

NOBODY = uuid.UUID(int=0)  # the chain of what belongs to no practice
BEGINNING = "0" * 64
AT_ONCE = 2_000

# The fields in the hash of a row, in order, by the form of the row. A form never changes: a new
# field needs a new form.
FORM_1 = """
    event at action code outcome authorised treatment consent glass
    actor actor_name actor_role on_behalf address device purpose
    practice patient object_type object_id object_version object_part
    query source request chain number form
"""
FORMS = {1: tuple(FORM_1.split())}
NEWEST = max(FORMS)
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def content(event) -> str:
    """A row as one line of text, the same on every database: moments in UTC to the second."""
    return _encode({name: _plain(name, getattr(event, name)) for name in FORMS[event.form]})


def _plain(name, value):
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, uuid.UUID):
        return str(value)
    if name == "address" and value is not None:
        return ipaddress.ip_address(value).packed.hex()  # databases spell one address in two ways
    return value


def link(before: str, event) -> str:
    """The hash of a row that follows the row with hash `before`."""
    return hashlib.sha256(f"{before}\n{content(event)}".encode()).hexdigest()


def append(events: Iterable[AccessEvent]) -> None:
    """Add rows at the end of their chains, with one insert for each chain.

    The head of each chain is locked until the transaction ends. Chains are always locked in the
    same order, so that two acts about two practices cannot deadlock.
    """
    by_chain: dict[uuid.UUID, list[AccessEvent]] = {}
    for event in events:
        event.chain = event.practice or NOBODY
        by_chain.setdefault(event.chain, []).append(event)
    with transaction.atomic(savepoint=False):  # a row that fails takes its act along
        for chain in sorted(by_chain):
            head = hold(chain)
            for event in by_chain[chain]:
                head.number += 1
                event.number, event.form = head.number, NEWEST
                event.hash = head.hash = link(head.hash, event)
            AccessEvent.objects.bulk_create(by_chain[chain])
            LogHead.objects.filter(pk=chain).update(number=head.number, hash=head.hash)


def hold(chain: uuid.UUID) -> LogHead:
    """The head of a chain, locked until the transaction ends. SQLite has one writer anyway."""
    heads = LogHead.objects.select_for_update().filter(pk=chain)
    head = heads.first()
    if head is None:
        beginning = LogHead(chain=chain, hash=BEGINNING)
        LogHead.objects.bulk_create([beginning], ignore_conflicts=True)  # two at once: one stays
        head = heads.get()
    return head


# ------------------------------------------------------------ verification


@dataclass(frozen=True)
class Broken:
    """What is wrong with a chain, and at which row."""

    chain: uuid.UUID
    number: int
    what: str

    def __str__(self):
        return f"row {self.number}: {self.what}"


def chains() -> list[uuid.UUID]:
    """Every chain that has rows, a head or a purged part. A removed head does not hide a chain."""
    known = set(LogHead.objects.values_list("chain", flat=True))
    known |= set(LogSegment.objects.order_by().values_list("chain", flat=True).distinct())
    known |= set(AccessEvent.objects.order_by().values_list("chain", flat=True).distinct())
    return sorted(known)


def missing() -> list[uuid.UUID]:
    """Chains that must exist and of which neither rows nor a head are left.

    Each login is in the log of the person's practice, and each emergency access in the log of the
    practice whose records were opened.
    """
    known = set(chains())
    people = get_user_model().objects.filter(last_login__isnull=False)
    expected = set(people.filter(practice__isnull=False).values_list("practice__uuid", flat=True))
    if people.filter(is_superuser=True, practice=None).exists():
        expected.add(NOBODY)
    expected |= set(GlassBreak.objects.values_list("practice", flat=True))
    return sorted(expected - known)


def verify(chain: uuid.UUID) -> Iterator[Broken]:
    """Read a whole chain and yield what is wrong.

    The hash of each row is computed from the stored hash of the row before it, so that one changed
    row is reported once.
    """
    number, before = start_of(chain)
    rows = AccessEvent.objects.filter(chain=chain).order_by("number")
    for event in rows.iterator(chunk_size=AT_ONCE):
        if event.number <= number:
            yield Broken(chain, event.number, "is back after it was purged")
            continue
        if event.number > number + 1:
            yield Broken(chain, number + 1, f"removed, up to row {event.number - 1}")
        elif event.form not in FORMS or link(before, event) != event.hash:
            yield Broken(chain, event.number, "changed")
        number, before = event.number, event.hash
    head = LogHead.objects.filter(pk=chain).first()
    if head is None:
        yield Broken(chain, number, "the head of the chain is removed")
    elif head.number > number:
        yield Broken(chain, number + 1, f"removed, up to row {head.number}")
    elif (head.number, head.hash) != (number, before):
        yield Broken(chain, number, "the head of the chain is changed")


def start_of(chain: uuid.UUID) -> tuple[int, str]:
    """The number and hash of the last purged row; 0 and `BEGINNING` when nothing was purged."""
    purged = LogSegment.objects.filter(chain=chain).order_by("last").last()
    return (purged.last, purged.last_hash) if purged is not None else (0, BEGINNING)


def agrees(chain: uuid.UUID, number: int, kept: str) -> Broken | None:
    """Compare a chain with a head that was kept elsewhere. Returns what is wrong, or None."""
    event = AccessEvent.objects.filter(chain=chain, number=number).values_list("hash").first()
    purged = LogSegment.objects.filter(chain=chain).order_by("last").last()
    if event is not None:
        return None if event[0] == kept else Broken(chain, number, "is not the row that was kept")
    if purged is not None and purged.last >= number:
        same = purged.last > number or purged.last_hash == kept
        return None if same else Broken(chain, number, "is not the row that was kept")
    if (number, kept) == (0, BEGINNING):
        return None
    return Broken(chain, number, "removed")
