"""The writes of a programme, from a draft to its next version. Each is one transaction.

Where an act cannot be done it raises RefusedError, with a sentence for the therapist.
"""

import uuid
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from exercises.dosage import Dosage
from exercises.library.copying import copy_advice
from exercises.models import FALLBACK, Exercise, Protocol, ProtocolLine, suggested
from exercises.period import WHOLE, Period
from rugpijn.backup import revocations
from rugpijn.models import User

from ..models import Patient, Prescription, Programme, RedFlagCheck, ShareLink, Version
from ..paper.handout import render_handout
from ..sheet import Sheet
from ..sheet_changes import changes
from ..writes import RefusedError, hold, hold_programme
from . import sides


@transaction.atomic
def draft(*, patient: Patient, by: User, protocol: Protocol | None = None) -> Programme:
    """Make a programme that has not started, with the lines and the advice of a protocol.

    A patient who was discharged is treated again from now on.
    """
    hold(patient)
    take_up(patient)
    title = protocol.text("title", patient.language) if protocol else _("Exercises")
    programme = Programme.objects.create(patient=patient, therapist=by, title=title, changed_by=by)
    if protocol is not None:
        add_protocol(programme=programme, protocol=protocol)
    return programme


@transaction.atomic
def copy_to_draft(*, programme: Programme, by: User) -> Programme:
    """Make a draft from a programme that has ended, with its exercises, dosages, notes,
    instructions and advice.

    Weeks count from the new start. Dates are left out. Raises RefusedError when the programme has
    not ended.
    """
    if programme.ended_on is None:
        raise RefusedError(_("This programme has not ended."))
    copy = draft(patient=programme.patient, by=by)
    copy.title = programme.title
    copy.save(update_fields=["title"])
    copy.protocols.set(programme.protocols.all())
    for line in programme.prescriptions.all():
        line.pk, line.uuid, line.programme = None, uuid.uuid4(), copy  # a new row
        line._state.adding = True
        line.period = line.period.in_any_programme
        line.save()
    return copy


def add_protocol(*, programme: Programme, protocol: Protocol, side: str = "") -> int:
    """Add the exercises of a protocol that the programme lacks, and its advice.

    Returns the number of lines that were added. An exercise that the programme has already keeps
    its dosage. The dosage of the protocol is used, not the one that the practice prefers. `side`
    is what the therapist chose for lines that leave it open.
    """
    new = new_lines(programme, protocol)
    for line in new:
        prescribe(
            programme=programme,
            exercise=line.exercise,
            dosage=line.dosage,
            period=line.period,
            side=side,
        )
    programme.protocols.add(protocol)
    return len(new)


def new_lines(programme: Programme, protocol: Protocol) -> list[ProtocolLine]:
    """The lines of a protocol with an exercise that this programme lacks."""
    present = set(programme.prescriptions.values_list("exercise", flat=True))
    lines = protocol.lines.select_related("exercise")
    return [line for line in lines if line.exercise_id not in present]


def prescribe(
    *,
    programme: Programme,
    exercise: Exercise,
    dosage: Dosage | None = None,
    note: str = "",
    period: Period = WHOLE,
    side: str = "",
) -> Prescription:
    """Add a line at the end. Without a `dosage` it gets a copy of the one that is suggested in this
    practice. A dosage for one side leaves the side open, unless `side` says which.
    """
    last = programme.prescriptions.aggregate(last=Max("position"))["last"]
    prescription = Prescription(
        programme=programme, exercise=exercise, position=0 if last is None else last + 1, note=note
    )
    dosage = dosage or suggested(exercise, programme.patient.practice_id)
    prescription.dosage = sides.without_side(dosage, side)
    prescription.side_open = sides.asks(dosage) and not side
    prescription.period = period
    prescription.save()
    return prescription


@transaction.atomic
def save_as_protocol(*, programme: Programme, by: User, title: str) -> Protocol:
    """Make a protocol of the practice from the exercises and dosages of a programme.

    What was written for this patient is left out: notes, instructions and dates. The advice of the
    protocols that the programme came from is copied, so that the next patient reads the red flags.
    Raises RefusedError when the programme has no exercises.
    """
    lines = list(programme.prescriptions.select_related("exercise"))
    if not lines:
        raise RefusedError(_("Add at least one exercise first."))
    regions = [line.exercise.category for line in lines]
    sources = list(programme.protocols.order_by("pk"))
    protocol = Protocol.objects.create(
        practice=by.practice,
        category=max(regions, key=regions.count),
        symptoms=[name for source in sources for name in source.symptoms_asked],
    )
    protocol.texts.create(language=FALLBACK, title=title)
    for position, line in enumerate(lines, 1):
        copy = ProtocolLine(protocol=protocol, exercise=line.exercise, position=position)
        copy.dosage = sides.as_suggested(line)
        copy.period = line.period.in_any_programme
        copy.save()
    for source in sources:
        copy_advice(source, protocol)
    return protocol


def another_runs(programme: Programme) -> str:
    """A sentence for who wants to start it when the patient follows another one; else empty."""
    others = programme.patient.programmes.running().exclude(pk=programme.pk)
    if not others.exists():
        return ""
    return _("%(patient)s already follows a programme. End that one first.") % {
        "patient": programme.patient.name
    }


@transaction.atomic
def start(*, programme: Programme, by: User, on: date | None = None) -> Version:
    """Start a draft that the therapist has checked for red flags; issues version 1.

    Raises RefusedError when the programme started before, has no exercises or an exercise whose
    side nobody chose, or when the patient already follows another one.
    """
    hold_programme(programme)
    if not programme.is_draft:
        raise RefusedError(_("This programme has already started."))
    if not programme.prescriptions.exists():
        raise RefusedError(_("Add at least one exercise before you start."))
    if obstacle := sides.obstacle(programme) or another_runs(programme):
        raise RefusedError(obstacle)
    RedFlagCheck.objects.create(programme=programme, checked_by=by, checked_name=by.name)
    programme.started_on = on or timezone.localdate()
    try:
        with transaction.atomic():
            programme.save(update_fields=["started_on"])
    except IntegrityError:  # another draft of this patient was started at the same moment
        programme.started_on = None
        raise RefusedError(another_runs(programme)) from None
    take_up(programme.patient)
    touch(programme=programme, by=by)
    ShareLink.objects.create(programme=programme, valid_from=programme.started_on)
    return issue(programme=programme, by=by)


@transaction.atomic
def issue(
    *, programme: Programme, by: User, keep_library_of: Sheet | None = None, reason: str = ""
) -> Version | None:
    """Freeze the programme as the next version; None when nothing changed since the last one.

    `keep_library_of` is a sheet whose library texts are kept. `reason` tells colleagues why it
    was changed. The worker renders the handout after the commit, so that printing need not wait.
    """
    sheet = Sheet.of(programme, library_as_in=keep_library_of)
    last = programme.current_version()
    if last is not None and not changes(last.sheet, sheet):
        return None
    version = Version.objects.create(
        programme=programme,
        number=last.number + 1 if last else 1,
        content=sheet.to_json(),
        digest=sheet.digest,
        issued_by=by,
        issued_name=by.name,
        reason=reason,
    )
    transaction.on_commit(lambda: render_handout.enqueue(str(version.uuid)))
    return version


@transaction.atomic
def take_over(*, programme: Programme, by: User) -> Version | None:
    """Make `by` the therapist. Their name is on the sheet, so a running programme is issued again.

    The library's texts stay as they were issued, because the new therapist has not checked later
    corrections. Raises RefusedError when the programme has ended or is theirs already.
    """
    if programme.ended_on is not None:
        raise RefusedError(_("This programme has ended; there is nothing to take over."))
    if programme.therapist_id == by.pk:
        raise RefusedError(_("This is already your patient."))
    programme.therapist = by
    programme.save(update_fields=["therapist"])
    touch(programme=programme, by=by)
    last = programme.current_version()
    return last and issue(programme=programme, by=by, keep_library_of=last.sheet)


def take_up(patient: Patient) -> bool:
    """Undo the discharge of a patient; returns whether the patient was discharged."""
    if patient.discharged_on is None:
        return False
    patient.discharged_on = patient.discharged_by = None
    patient.save(update_fields=["discharged_on", "discharged_by"])
    return True


def touch(*, programme: Programme, by: User) -> None:
    """Store that and by whom the programme was changed. Forms that are open are outdated then."""
    programme.revision += 1
    programme.changed_by = by
    programme.changed_at = timezone.now()
    programme.save(update_fields=["revision", "changed_by", "changed_at"])


def number_lines(programme: Programme) -> None:
    """Number the lines 0, 1, 2 …, in their present order."""
    for position, line in enumerate(programme.prescriptions.all()):
        if line.position != position:
            programme.prescriptions.filter(pk=line.pk).update(position=position)


def revoke_share(link: ShareLink) -> None:
    """Stop every QR code that was printed so far; the next handout has a new one."""
    link.counter += 1
    link.valid_from = timezone.localdate()
    link.save(update_fields=["counter", "valid_from"])
    revocations.note("link on paper", link)
