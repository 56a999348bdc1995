"""The writes of a programme after its start, and of a treatment.

Pause, resume, renew, end and reopen a programme; discharge and readmit a patient.

The state is in dates (`started_on`, `ended_on`, pauses). Each act is one transaction and raises
RefusedError where it cannot be done. Two acts about one patient take turns.
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

FURTHEST = timedelta(days=365)  # the longest pause, and how far ahead one may begin


def words(programme: Programme) -> str:
    """The state in a few words, for lists. Expects that `pauses` were prefetched."""
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


def require_running(programme: Programme) -> None:
    """Raise RefusedError for a programme that does not run."""
    if not programme.is_running:
        raise RefusedError(_("This programme is not running."))


# ---------------------------------------------------------------- pause


@transaction.atomic
def pause(
    *, programme: Programme, by: User, from_on: date, until_on: date | None = None, note: str = ""
) -> Pause:
    """Give no exercises from `from_on` until `until_on`, or until `resume` when that is None.

    Both may lie in the past or in the future. Raises RefusedError when the programme does not run
    or the pause overlaps another one.
    """
    hold_programme(programme)
    require_running(programme)
    new = Pause(
        programme=programme, from_on=from_on, until_on=until_on, note=note, by=by, by_name=by.name
    )
    for other in programme.pauses.all():
        if new.overlaps(other):
            raise RefusedError(_already(other))
    new.save()
    return new


def _already(other: Pause) -> str:
    first = date_format(other.from_on, "j F Y")
    if other.until_on is None:
        return _("The programme is already paused from %s. Resume it first.") % first
    return _("There is already a pause from %(first)s until %(until)s.") % {
        "first": first,
        "until": date_format(other.until_on, "j F Y"),
    }


@transaction.atomic
def resume(*, programme: Programme, number: int | None) -> None:
    """End a pause today, or delete one that has not lasted a day. `number` is its primary key.

    Raises RefusedError when the pause is over or the programme does not run.
    """
    hold_programme(programme)
    today = timezone.localdate()
    pause = programme.pauses.filter(pk=number).first() if programme.is_running else None
    if pause is None or (pause.until_on is not None and pause.until_on <= today):
        raise RefusedError(_("This pause is already over."))
    if pause.from_on >= today:
        pause.delete()
    else:
        pause.until_on = today
        pause.save(update_fields=["until_on"])


# ---------------------------------------------------------------- longer, ended, opened again


def weeks_more(programme: Programme) -> int:
    """The weeks that are suggested for a renewal: by the risk profile, or else WEEKS_MORE."""
    profile = programme.risk_profiles.last()
    return PLANS[profile.profile].weeks if profile is not None else WEEKS_MORE


def end_so_far(programme: Programme) -> date | None:
    """The last day as planned, or else as the risk profile suggests; None without both."""
    profile = programme.risk_profiles.last()
    suggested = planned_end(programme.started_on, profile.profile) if profile else None
    return programme.planned_until or suggested


@transaction.atomic
def renew(*, programme: Programme, weeks: int) -> date:
    """Plan so many weeks more, from the planned end or from today when that has passed.

    Returns the new last day. The link on paper is prolonged when it would stop working before it.
    Raises RefusedError when the programme does not run.
    """
    hold_programme(programme)
    require_running(programme)
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
    require_running(programme)
    programme.ended_on = on or timezone.localdate()
    programme.save(update_fields=["ended_on"])
    touch(programme=programme, by=by)


@transaction.atomic
def reopen(*, programme: Programme, by: User) -> None:
    """Undo an end. The days since then count as a pause, where no pause covers them already.

    Raises RefusedError when the programme has not ended, or the patient follows another one.
    """
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
    """The stretches from `first` until `until` that no pause covers; pauses from old to new."""
    for one in list(pauses):
        if first < min(one.from_on, until):
            yield first, min(one.from_on, until)
        if one.until_on is None:
            return
        first = max(first, one.until_on)
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
    """End a treatment: end its running programme and delete the open invitations.

    Returns the programme that was ended. `running` is the primary key of the programme that the
    page showed as running: when another one runs by now, RefusedError is raised. `throw_away` are
    the drafts to delete; the others are kept.
    """
    patient.invitations.filter(accepted_at=None).delete()
    programmes = list(patient.programmes.select_for_update(no_key=True))
    hold(patient)
    if patient.discharged_on is not None:
        raise RefusedError(_("%s has already been discharged.") % patient.name)
    programme = patient.programmes.running().first()
    if (programme and programme.pk) != running:
        raise RefusedError(_("A programme was started or ended in the meantime. Look again."))
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
    """Undo a discharge. No programme starts by it. Raises RefusedError without a discharge."""
    hold(patient)
    if not take_up(patient):
        raise RefusedError(_("%s is already in treatment.") % patient.name)
