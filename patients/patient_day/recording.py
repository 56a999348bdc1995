"""Writes what patients send, exactly once, whether it comes from a page or later from a phone.

A phone sends an act again until it gets an answer. Each act has a number (`operation`). The same
number again changes nothing, and with other contents it is refused. The questions about recovery
are answered once for each of their days. What was written first stays.
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
from ..phone_clock import When
from ..sheet import Line
from ..writes import RefusedError, write_once
from .reports import SYMPTOMS_OF

# Fields of a form without which a report cannot be written.
REPORT_NEEDS = {"operation", "line", "day", "moment", "symptoms"}

# ---------------------------------------------------------------- from a form


def record_session(patient: Patient, version: Version, form, when: When | None = None) -> bool:
    """Write what a valid SessionForm says: the session, and what went wrong with it.

    `when` is when it was done, for an act that a phone sends later. Returns whether the act is
    new. Raises RefusedError. To be called in a transaction.
    """
    data = form.cleaned_data
    same = {
        "patient": patient,
        "version": version,
        **{name: data[name] for name in ("line", "day", "moment", "sequence")},
    }
    log = log_session(
        **same,
        operation=data["operation"],
        done=data["done"],
        pain=data["pain"],
        effort=data["effort"],
        amounts=form.amounts if data["done"] else {},
        performed_at=when and when.performed_at,
        clock_was_off=when is not None and when.clock_was_off,
    )
    if data["symptoms"] or (data["done"] and "pain" in form.data):  # "nothing" is an answer too
        answer_symptoms(
            **same, operation=_report_number(data["operation"]), symptoms=data["symptoms"]
        )
    return log.is_new


def record_report(patient: Patient, version: Version, form) -> bool:
    """Write what a valid SymptomForm says: a report, or that one was a mistake.

    A report has the number that it has beside a session, so that sent in both ways it is one.
    Returns whether it is new. Raises RefusedError.
    """
    data = {name: value for name, value in form.cleaned_data.items() if name != "version"}
    if not data["retracts"]:
        data["operation"] = _report_number(data["operation"])
    return answer_symptoms(patient=patient, version=version, **data).is_new


def rescue_report(patient: Patient, version: Version, form) -> bool:
    """Write the symptoms of a form of which the rest is refused; whether there were any.

    A wrong number in another field, or a programme that has ended, must not lose a red flag.
    """
    data = form.cleaned_data
    if not data.get("symptoms") or REPORT_NEEDS & set(form.errors):
        return False
    try:
        answer_symptoms(
            patient=patient,
            version=version,
            operation=_report_number(data["operation"]),
            **{name: data[name] for name in ("line", "day", "moment", "symptoms")},
        )
    except RefusedError:
        return False
    return True


def _report_number(operation: uuid.UUID) -> uuid.UUID:
    """The number of the report that comes with an act."""
    return uuid.uuid5(SYMPTOMS_OF, str(operation))


# ---------------------------------------------------------------- one row each


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
    """Write what a patient did at one moment, exactly once for each operation number.

    `amounts` are what was done: only those that differ from the dosage are stored. `sequence` is
    the device's count of acts; without one, this act comes after all that are stored.
    `clock_was_off` says that the day is the server's, because the device's is impossible.

    The same operation again returns the stored row, which is not `is_new`. Raises
    StaleOperationError when its contents are different, and RefusedError for a line or a moment
    that this version does not have.
    """
    prescribed = _prescribed(version, line, day)
    if not 1 <= moment <= prescribed.dosage.moments:
        raise RefusedError(_("There is no such moment of the day."))
    if not done and (pain is not None or effort or any((amounts or {}).values())):
        raise RefusedError(_("You can only give a pain score for an exercise that you did."))
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
    return write_once(
        SessionLog,
        patient,
        operation,
        contents,
        refusal=_("This was already logged differently."),
        sequence=_or_next(sequence, patient),
        performed_at=performed_at or timezone.now(),
        clock_was_off=clock_was_off,
    )


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
    """Write what went wrong, exactly once for each operation number.

    Without a `line` it did not come with an exercise. `retracts` is the number of a report that
    was a mistake; it may come in before that report.

    As in `log_session`, the same operation again returns the stored row, and other contents raise
    StaleOperationError.
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
    return write_once(
        SymptomAnswer,
        patient,
        operation,
        contents,
        refusal=_("This was already logged differently."),
        sequence=_or_next(sequence, patient),
    )


def _prescribed(version: Version, line: uuid.UUID, day: date) -> Line:
    """The line of this version. Raises RefusedError when there is none, or when the programme had
    not started on that day."""
    prescribed = version.sheet.line(line)
    if prescribed is None:
        raise RefusedError(_("This exercise is not in your programme."))
    _begun(version, day)
    return prescribed


def _begun(version: Version, day: date) -> None:
    if version.programme.started_on is None or day < version.programme.started_on:
        raise RefusedError(_("Your programme had not started on that day."))


def _other_than_given(dosage: Dosage, amounts: Mapping[str, int | None]) -> dict:
    """The amounts to store: None for one that is as the dosage says. Raises RefusedError for an
    amount that the dosage does not have."""
    other = {}
    for name in SessionLog.AMOUNTS:
        given, done = getattr(dosage, name), amounts.get(name)
        if done is not None and given is None:
            raise RefusedError(_("This number does not belong to this exercise."))
        within = name == "reps" and dosage.reps_max and given <= (done or 0) <= dosage.reps_max
        other[name] = None if done == given or within else done
    return other


def _or_next(sequence: int | None, patient: Patient) -> int:
    """The given count, or for an act that no device counted the next one."""
    return last_sequence(patient) + 1 if sequence is None else sequence


def last_sequence(patient: Patient) -> int:
    """The highest count of acts that is stored for this patient."""
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
    """Write the answers about recovery. The same answers sent again change nothing; other ones
    raise RefusedError, as the first answers stay."""
    try:
        with transaction.atomic():
            check = RecoveryCheck.objects.create(
                programme=programme, day=day, answer=answer, pain=pain
            )
            check.is_new = True
    except IntegrityError:
        check = RecoveryCheck.objects.get(programme=programme, day=day)
        if (check.answer, check.pain) != (answer, pain):
            raise RefusedError(_("You already answered this. Your first answer stays.")) from None
        return check
    for activity, score in (scores or {}).items():
        ActivityScore.objects.get_or_create(
            activity=activity, day=timezone.localdate(), defaults={"score": score}
        )
    return check
