"""From a form to what is written down: the same for a page, and for a phone that was offline."""

import uuid

from django.utils import timezone

from .. import clinical, writes
from ..models import Patient, Programme, Version
from ..phone_clock import When
from . import day_cards, recording, reports
from .reports import SYMPTOMS_OF

REPORT_NEEDS = {"operation", "line", "day", "moment", "symptoms"}  # of a form


def how_it_went(version: Version, card, moment, day, form_class):
    """The questions about a moment, filled in with what was answered, or else what was given."""
    dosage = card.line.dosage
    given = {
        "sets": dosage.sets,
        "reps": dosage.reps_max or dosage.reps,
        "hold": dosage.hold,
        "duration": dosage.duration,
    }
    return form_class(
        auto_id=f"id_{card.number}_%s",
        sheet=version.sheet,
        initial={
            **{name: moment.amounts.get(name, amount) for name, amount in given.items()},
            "operation": moment.operation,
            "version": version.number,
            "line": card.line.uuid,
            "day": day,
            "moment": moment.number,
            "done": "1",
            "pain": "" if moment.pain is None else str(moment.pain),
            "effort": moment.effort,
        },
    )


def take(patient: Patient, version: Version, form, when: When | None = None) -> bool:
    """Write down what a valid SessionForm says: the session, and what went wrong with it.

    Whether it is new: the same act again changes nothing. `when` is what a phone said that sends
    later. Raises RefusedError. To be called in a transaction.
    """
    said = form.cleaned_data
    same = {
        "patient": patient,
        "version": version,
        "line": said["line"],
        "day": said["day"],
        "moment": said["moment"],
        "sequence": said["sequence"],
    }
    log = recording.log_session(
        **same,
        operation=said["operation"],
        done=said["done"],
        pain=said["pain"],
        effort=said["effort"],
        amounts=form.amounts if said["done"] else {},
        performed_at=when and when.performed_at,
        clock_was_off=when is not None and when.clock_was_off,
    )
    if said["symptoms"] or (said["done"] and "pain" in form.data):  # nothing is an answer too
        recording.answer_symptoms(
            **same,
            operation=uuid.uuid5(SYMPTOMS_OF, str(said["operation"])),
            symptoms=said["symptoms"],
        )
    return log.is_new


def keep_report(patient: Patient, version: Version, form) -> bool:
    """Write down what went wrong although the rest of the form cannot be; whether it was.

    A wrong number beside it, or a programme that ended meanwhile, must not lose a red flag.
    """
    said = form.cleaned_data
    if not said.get("symptoms") or REPORT_NEEDS & set(form.errors):
        return False
    try:
        recording.answer_symptoms(
            patient=patient,
            version=version,
            operation=uuid.uuid5(SYMPTOMS_OF, str(said["operation"])),
            **{name: said[name] for name in ("line", "day", "moment", "symptoms")},
        )
    except writes.RefusedError:
        return False
    return True


def take_report(patient: Patient, version: Version, form) -> bool:
    """Write down what a valid SymptomForm says: a report, or that one was a mistake.

    A report has the number that it has when it comes with a session: sent both ways it is one.
    """
    said = {name: value for name, value in form.cleaned_data.items() if name != "version"}
    if not said["retracts"]:
        said["operation"] = uuid.uuid5(SYMPTOMS_OF, str(said["operation"]))
    return recording.answer_symptoms(patient=patient, version=version, **said).is_new


def advice_about(version: Version, said: dict) -> str:
    """What the rules say at once about an act that was written down; empty when nothing."""
    emergency = version.programme.patient.practice.emergency
    if told := clinical.advice_on(said["symptoms"], emergency):
        return told
    if said["pain"] is not None and said["day"] == timezone.localdate():
        programme = reports.with_facts(
            Programme.objects.filter(pk=version.programme_id), said["day"]
        ).get()
        logs = day_cards.lately(programme, said["day"])
        tells = reports.pain_that_tells(programme, logs, said["day"])
        if tells is not None and said["pain"] >= tells:
            return str(clinical.ADVICE["pain_up"])
    return ""
