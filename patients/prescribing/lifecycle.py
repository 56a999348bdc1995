"""The life of a programme after its start: paused, gone on with, ended, opened again, begun anew;
and of the treatment: discharged, and taken up again.

Dates say the state. Each act is one transaction; two acts about one patient take turns, and the
second is told what the first has done.
"""

from collections.abc import Container, Iterable, Iterator
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from rugpijn.models import User

from ..clinical import PLANS, WEEKS_MORE, planned_end
from ..models import Patient, Pause, Programme
from ..writes import RefusedError, hold, hold_programme
from .authoring import another_runs, take_up, touch

FURTHEST = timedelta(days=365)  # that a pause may be planned ahead


def words(programme: Programme) -> str:
    """The state in a few words, for lists; reads the pauses that were prefetched."""
    if programme.is_draft:
        return _("draft")
    if not programme.is_running:
        return _("ended")
    pause = programme.pause_now
    if pause is None:
        return _("day %d") % ((timezone.localdate() - programme.started_on).days + 1)
    return paused_words(pause)


def paused_words(pause: Pause) -> str:
    if pause.until_on is None:
        return _("paused")
    return _("paused until %s") % date_format(pause.until_on, "j F")


# ---------------------------------------------------------------- pause


@transaction.atomic
def pause(
    *, programme: Programme, by: User, from_on: date, until_on: date | None = None, note: str = ""
) -> Pause:
    """Ask for nothing from this day on; with `until_on` it goes on by itself on that day.

    May lie in the past or ahead: who was ill says so afterwards, who travels says so before.
    """
    hold_programme(programme)
    if not programme.is_running:
        raise RefusedError(_("This programme is not running."))
    asked = Pause(
        programme=programme, from_on=from_on, until_on=until_on, note=note, by=by, by_name=by.name
    )
    for other in programme.pauses.all():
        if asked.overlaps(other):
            raise RefusedError(_already(other))
    asked.save()
    return asked


def _already(other: Pause) -> str:
    first = date_format(other.from_on, "j F Y")
    if other.until_on is None:
        return _("The programme is paused from %s on already. First let it go on.") % first
    return _("There is a pause from %(first)s until %(until)s already.") % {
        "first": first,
        "until": date_format(other.until_on, "j F Y"),
    }


@transaction.atomic
def resume(*, programme: Programme, number: int | None) -> None:
    """Go on today, or drop a pause that has not begun. `number` names the pause that was seen.

    One that lasted no day leaves no trace here: it was a mistake. The access log has both acts.
    """
    hold_programme(programme)
    today = timezone.localdate()
    here = programme.pauses.filter(pk=number).first() if programme.is_running else None
    if here is None or (here.until_on is not None and here.until_on <= today):
        raise RefusedError(_("This pause was over already."))
    if here.from_on >= today:
        here.delete()
    else:
        here.until_on = today
        here.save(update_fields=["until_on"])


# ---------------------------------------------------------------- longer, ended, opened again


def weeks_more(programme: Programme) -> int:
    """How many weeks are suggested: those of the risk profile's plan."""
    profile = programme.risk_profiles.last()
    return PLANS[profile.profile].weeks if profile is not None else WEEKS_MORE


def end_so_far(programme: Programme) -> date | None:
    """The last day as it is planned now; None when nobody planned one."""
    profile = programme.risk_profiles.last()
    suggested = planned_end(programme.started_on, profile.profile) if profile else None
    return programme.planned_until or suggested


@transaction.atomic
def renew(*, programme: Programme, weeks: int) -> date:
    """Go on for so many weeks after the planned end, or from today when that is over.

    The link on paper begins its year anew when it would stop working before: paper that was
    handed out stays good.
    """
    hold_programme(programme)
    if not programme.is_running:
        raise RefusedError(_("This programme is not running."))
    today = timezone.localdate()
    so_far = end_so_far(programme)
    first = today if so_far is None else max(so_far, today)
    programme.planned_until = first + timedelta(weeks=weeks)
    programme.save(update_fields=["planned_until"])
    link = programme.share_link
    if link.valid_until < programme.planned_until:
        link.valid_from = today
        link.save(update_fields=["valid_from"])
    return programme.planned_until


@transaction.atomic
def end(*, programme: Programme, by: User, on: date | None = None) -> None:
    """End a running programme. Its versions stay readable and printable."""
    hold_programme(programme)
    _end(programme, by, on)


def _end(programme: Programme, by: User, on: date | None = None) -> None:
    if not programme.is_running:
        raise RefusedError(_("This programme is not running."))
    programme.ended_on = on or timezone.localdate()
    programme.save(update_fields=["ended_on"])
    touch(programme=programme, by=by)


@transaction.atomic
def reopen(*, programme: Programme, by: User) -> None:
    """Take an end back. The days in between ask for nothing; a pause that held then still holds."""
    hold_programme(programme)
    if programme.ended_on is None:
        raise RefusedError(_("This programme has not ended."))
    if obstacle := another_runs(programme):
        raise RefusedError(obstacle)
    for first, until in _gaps(programme.pauses.all(), programme.ended_on, timezone.localdate()):
        programme.pauses.create(from_on=first, until_on=until, by=by, by_name=by.name)
    take_up(programme.patient)
    programme.ended_on = None
    programme.save(update_fields=["ended_on"])
    touch(programme=programme, by=by)


def _gaps(pauses: Iterable[Pause], first: date, until: date) -> Iterator[tuple[date, date]]:
    """What no pause covers from `first` until `until`. The pauses come in order."""
    for each in list(pauses):
        if first < min(each.from_on, until):
            yield first, min(each.from_on, until)
        if each.until_on is None:
            return
        first = max(first, each.until_on)
    if first < until:
        yield first, until


# ---------------------------------------------------------------- the treatment


@transaction.atomic
def discharge(
    *,
    patient: Patient,
    by: User,
    running: int | None,
    throw_away: Container[int] = (),
    on: date | None = None,
) -> Programme | None:
    """The treatment is over: end what runs, and close the invitations. What was ended is returned.

    `running` is the programme that whoever decided has seen: another one that was started
    meanwhile is not ended unseen. Drafts are kept unless they are named.
    """
    patient.invitations.filter(accepted_at=None).delete()
    programmes = list(patient.programmes.select_for_update(no_key=True))
    hold(patient)
    if patient.discharged_on is not None:
        raise RefusedError(_("%s is discharged already.") % patient.name)
    programme = patient.programmes.running().first()
    if (programme and programme.pk) != running:
        raise RefusedError(_("A programme was started or ended meanwhile. Look again."))
    if programme is not None:
        _end(programme, by, on)
    for draft in programmes:
        if draft.is_draft and draft.pk in throw_away:
            draft.delete()
    patient.discharged_on = on or timezone.localdate()
    patient.discharged_by = by
    patient.save(update_fields=["discharged_on", "discharged_by"])
    return programme


@transaction.atomic
def readmit(*, patient: Patient) -> None:
    """Treat somebody again, with one press. Nothing starts by itself."""
    hold(patient)
    if not take_up(patient):
        raise RefusedError(_("%s is treated already.") % patient.name)
