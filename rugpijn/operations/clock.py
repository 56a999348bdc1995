"""Whether the clock of this server can be right. It is checked before anything is removed for good.

A clock that is years ahead for one night would remove data that must be kept for years. Each
nightly run therefore stores a heartbeat, and removes nothing when the clock is more than three days
before or after it. On the first run there is no heartbeat: then the newest row of the access log
and the newest backup are compared, and when there is neither, nothing can be old. After a refusal,
whoever has checked the clock types `--clock-is-right`, and the run stores a heartbeat of that
moment.
"""

from datetime import datetime, timedelta

from django.core.management.base import CommandError
from django.utils import timezone

from ..backup import left_behind, make
from ..models import AccessEvent, Heartbeat

FAR = timedelta(days=3)
OPTION = "--clock-is-right"


def add_option(parser) -> None:
    parser.add_argument(
        OPTION,
        action="store_true",
        help="the clock was looked at and is right, though the last nightly run was days away",
    )


def be_sure(*, clock_is_right: bool) -> None:
    """Raise CommandError when the clock may be wrong, and report it to `manage.py health`."""
    if left_behind.unfinished() is not None:
        raise CommandError(left_behind.UNFINISHED)
    left_behind.sweep()
    now = timezone.now()
    why = "" if clock_is_right else doubt(now)
    if why:
        Heartbeat.objects.update_or_create(pk=1, defaults={"doubt": why})
        raise CommandError(f"{why} Nothing was removed. Is the clock right? Then add {OPTION}.")
    Heartbeat.objects.update_or_create(pk=1, defaults={"at": now, "doubt": ""})


def doubt(now: datetime) -> str:
    """Return why the clock may be wrong; empty when there is no doubt."""
    for what, at in _known():
        if abs(now - at) > FAR:
            where = "after" if now > at else "before"
            days = round(abs(now - at) / timedelta(days=1))
            return f"This server's clock says {now:%Y-%m-%d}, {days} days {where} {what}."
    return ""


def _known() -> list[tuple[str, datetime]]:
    beat = Heartbeat.objects.filter(at__isnull=False).first()
    if beat is not None:
        return [("the last nightly run", beat.at)]
    row = AccessEvent.objects.order_by("-pk").values_list("at", flat=True).first()
    backup = make.last_made()
    found = [("the newest row of the access log", row), ("the newest backup", backup)]
    return [(what, at) for what, at in found if at is not None]


def problem() -> str | None:
    """Return a sentence for `manage.py health`, or None."""
    why = Heartbeat.objects.exclude(doubt="").values_list("doubt", flat=True).first()
    return why and f"the nightly run removed nothing: {why} {OPTION} goes on"


def after_restore(restored) -> str | None:
    """Explain that the heartbeat is as old as the backup, so that the next nightly run will stop
    and say why."""
    why = doubt(timezone.now())
    return why and f"Type {OPTION} at the next nightly run: the last one was before this backup."
