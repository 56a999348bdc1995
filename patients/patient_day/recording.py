"""What patients send, and what is answered to it, written down exactly once.

A telephone sends an act again until it hears back. Each act carries a number of its own
(`operation`): the same number again changes nothing, and with other contents it is refused. How
it goes is answered once a day instead. What was written first stays.
"""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from exercises.dosage import Dosage

from ..models import (
    ActivityScore,
    MainActivity,
    Patient,
    Programme,
    RecoveryCheck,
    SessionLog,
    SymptomAnswer,
    Version,
)
from ..sheet import Line
from ..writes import RefusedError, write_once


@transaction.atomic
def log_session(
    *,
    patient: Patient,
    version: Version,
    operation: uuid.UUID,
    line: uuid.UUID,
    day: date,
    moment: int,
    done: bool,
    pain: int | None = None,
    effort: str = "",
    amounts: Mapping[str, int | None] | None = None,
    sequence: int | None = None,
    performed_at: datetime | None = None,
    clock_was_off: bool = False,
) -> SessionLog:
    """Write down what a patient did, exactly once for each operation number.

    `amounts` says what was done where it was not what was given. `sequence` is the device's count
    of acts; without one this act comes after all that is known here. `clock_was_off` says that
    the day is the server's, because the device's cannot be.

    The same operation again returns the row that is there, which is not `is_new`. Raises
    StaleOperationError when it comes back with other contents, and RefusedError
    for a line or a moment that this version does not have.
    """
    prescribed = _prescribed(version, line, day)
    if not 1 <= moment <= prescribed.dosage.moments:
        raise RefusedError(_("There is no such moment of the day."))
    if not done and (pain is not None or effort or any((amounts or {}).values())):
        raise RefusedError(_("A pain score belongs to an exercise that was done."))
    contents = {
        "version": version,
        "line": line,
        "day": day,
        "moment": moment,
        "done": done,
        "pain": pain,
        "effort": effort,
        **_other_than_given(prescribed.dosage, amounts or {}),
    }
    log = write_once(
        SessionLog,
        patient,
        operation,
        contents,
        refusal=_("This was already logged differently."),
        sequence=_or_next(sequence, patient),
        performed_at=performed_at or timezone.now(),
        clock_was_off=clock_was_off,
    )
    return log


@transaction.atomic
def answer_symptoms(
    *,
    patient: Patient,
    version: Version,
    operation: uuid.UUID,
    line: uuid.UUID | None,
    day: date,
    moment: int = 1,
    symptoms: Iterable[str],
    retracts: uuid.UUID | None = None,
    sequence: int | None = None,
) -> SymptomAnswer:
    """Write down what went wrong, exactly once for each operation number.

    Without a `line` it came up without an exercise.
    `retracts` is the number of a report that was a mistake; it may come before that report does.

    As with `log_session`: the same operation again returns the row that is there, and
    StaleOperationError says that it came back with other contents.
    """
    if line is not None:
        _prescribed(version, line, day)
    else:
        _begun(version, day)
    contents = {
        "version": version,
        "line": line,
        "day": day,
        "moment": moment,
        "symptoms": sorted(symptoms),
        "retracts": retracts,
    }
    answer = write_once(
        SymptomAnswer,
        patient,
        operation,
        contents,
        refusal=_("This was already logged differently."),
        sequence=_or_next(sequence, patient),
    )
    return answer


def _prescribed(version: Version, line: uuid.UUID, day: date) -> Line:
    """The line of this version, on a day on which it can have been done."""
    prescribed = version.sheet.line(line)
    if prescribed is None:
        raise RefusedError(_("This exercise is not in your programme."))
    _begun(version, day)
    return prescribed


def _begun(version: Version, day: date) -> None:
    if version.programme.started_on is None or day < version.programme.started_on:
        raise RefusedError(_("Your programme had not started on that day."))


def _other_than_given(dosage: Dosage, amounts: Mapping[str, int | None]) -> dict:
    """What was done, where it is not what was given; a part that was not given is refused."""
    other = {}
    for name in SessionLog.AMOUNTS:
        asked, done = getattr(dosage, name), amounts.get(name)
        if done is not None and asked is None:
            raise RefusedError(_("This exercise has no such amount."))
        within = name == "reps" and dosage.reps_max and asked <= (done or 0) <= dosage.reps_max
        other[name] = None if done == asked or within else done
    return other


def _or_next(sequence: int | None, patient: Patient) -> int:
    """An act that no device counted comes after all that is known here."""
    return last_sequence(patient) + 1 if sequence is None else sequence


def last_sequence(patient: Patient) -> int:
    """The highest count of acts that is known here about this patient."""
    counts = (
        model.objects.filter(patient=patient).aggregate(last=Max("sequence"))["last"]
        for model in (SessionLog, SymptomAnswer)
    )
    return max((count for count in counts if count is not None), default=0)


@transaction.atomic
def answer_recovery(
    *,
    programme: Programme,
    day: int,
    answer: str,
    pain: int | None = None,
    scores: Mapping[MainActivity, int] | None = None,
) -> RecoveryCheck:
    """Write down how it goes, by the patient's own hand. The first answer stays: the same one
    sent again changes nothing, another one is refused."""
    try:
        with transaction.atomic():
            check = RecoveryCheck.objects.create(
                programme=programme, day=day, answer=answer, pain=pain
            )
            check.is_new = True
    except IntegrityError:
        check = RecoveryCheck.objects.get(programme=programme, day=day)
        if (check.answer, check.pain) != (answer, pain):
            raise RefusedError(_("This was answered before. The first answer stays.")) from None
        return check
    for activity, score in (scores or {}).items():
        ActivityScore.objects.get_or_create(
            activity=activity, day=timezone.localdate(), defaults={"score": score}
        )
    return check
