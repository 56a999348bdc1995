"""What a phone sends with a clock that is off, or around a change of the clock."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from patients.models import SessionLog

from .acts import act, send, statuses

pytestmark = pytest.mark.django_db


@pytest.fixture
def piet(client, cast, programme):
    client.force_login(cast.piet)
    return client


@pytest.mark.parametrize("days", [-2, -1, 1, 2])
def test_a_clock_that_is_off(piet, programme, days):
    """What counts is the server's day: what was done just now is today's."""
    programme.started_on = timezone.localdate() - timedelta(days=9)
    programme.save(update_fields=["started_on"])
    device = timezone.now() + timedelta(days=days)
    one = act(
        programme, day=timezone.localdate(device).isoformat(), performed_at=device.isoformat()
    )
    assert statuses(send(piet, programme, one, now=device)) == ["stored"]
    row = SessionLog.objects.get()
    assert row.day == timezone.localdate()
    assert abs(row.performed_at - timezone.now()) < timedelta(minutes=1)


CLOCKS = [
    # what the act says, and what the phone says it is when it sends
    ({"performed_at": "9999-12-31T23:59:59Z"}, None),
    ({"performed_at": "0001-01-01T00:00:00+14:00"}, None),
    ({"performed_at": "0001-01-01T00:00:00Z"}, None),
    ({"performed_at": "+012026-12-01T08:00:00.000Z", "day": "12026-12-01"}, None),
    ({"day": "9999-12-31"}, None),
    ({"day": "2999-01-01"}, None),
    ({"day": "0001-01-01"}, None),
    ({"performed_at": "1970-01-01T00:00:09Z", "day": "1970-01-01"}, None),
    ({"performed_at": "2037-01-19T03:14:07Z", "day": "2037-01-19"}, None),
    ({}, "9999-12-31T23:59:59Z"),
    ({}, "0001-01-01T00:00:00+14:00"),
    ({}, "+275760-09-13T00:00:00.000Z"),
    ({}, "-000001-01-01T00:00:00.000Z"),
    ({}, "Tue Dec 01 2026"),
    ({}, ["x"]),
    ({"day": "9999-12-31"}, "0001-01-01T00:00:00+14:00"),
]


@pytest.mark.parametrize(("change", "now"), CLOCKS, ids=str)
def test_a_clock_that_cannot_be_loses_nothing(piet, programme, change, now):
    """The server's day counts, and the row says so; sent again, it is the same act."""
    programme.started_on = timezone.localdate() - timedelta(days=9)
    programme.save(update_fields=["started_on"])
    one = act(programme, **change)
    message = {
        "patient": str(programme.patient.uuid),
        "now": now or timezone.now().isoformat(),
        "acts": [one],
    }
    for _time in range(2):
        answer = piet.post(reverse("patients:sync"), message, content_type="application/json")
        assert answer.status_code == 200 and statuses(answer) == ["stored"], answer.content
    row = SessionLog.objects.get()
    assert row.clock_was_off and row.day == timezone.localdate()
    assert abs(row.performed_at - timezone.now()) < timedelta(minutes=1)


def test_an_act_of_a_wrong_clock_that_is_sent_again_tomorrow_stays_the_same(piet, programme):
    programme.started_on = timezone.localdate() - timedelta(days=9)
    programme.save(update_fields=["started_on"])
    one = act(programme, day="2999-01-01")
    send(piet, programme, one)
    yesterday = timezone.localdate() - timedelta(days=1)
    SessionLog.objects.update(day=yesterday)
    assert statuses(send(piet, programme, one)) == ["stored"]
    assert SessionLog.objects.get().day == yesterday


# Both clock changes: each instant belongs to the day on the wall in the practice.
WALL = [
    (datetime(2026, 3, 28, 22, 59, 59, tzinfo=UTC), date(2026, 3, 28)),
    (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), date(2026, 3, 29)),
    (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), date(2026, 3, 29)),
    (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), date(2026, 3, 29)),
    (datetime(2026, 3, 29, 21, 59, tzinfo=UTC), date(2026, 3, 29)),
    (datetime(2026, 3, 29, 22, 0, tzinfo=UTC), date(2026, 3, 30)),
    (datetime(2026, 10, 24, 21, 59, tzinfo=UTC), date(2026, 10, 24)),
    (datetime(2026, 10, 24, 22, 0, tzinfo=UTC), date(2026, 10, 25)),
    (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), date(2026, 10, 25)),
    (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), date(2026, 10, 25)),
    (datetime(2026, 10, 25, 22, 59, tzinfo=UTC), date(2026, 10, 25)),
    (datetime(2026, 10, 25, 23, 0, tzinfo=UTC), date(2026, 10, 26)),
]


@pytest.mark.parametrize(("at", "day"), WALL, ids=lambda value: str(value)[:16])
def test_around_the_clock_changes(piet, programme, at, day):
    programme.started_on = date(2026, 3, 1)
    programme.save(update_fields=["started_on"])
    assert timezone.localdate(at) == day
    one = act(programme, day=day.isoformat(), performed_at=at.isoformat())
    assert statuses(send(piet, programme, one)) == ["stored"]
    row = SessionLog.objects.get()
    assert row.day == day and not row.filled_in_later
