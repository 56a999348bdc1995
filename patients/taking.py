"""From a form to what is written down: the same for a page, and for a phone that was offline."""

import uuid

from django.utils import timezone

from . import clinical, once, progress, reports
from .models import Patient, Programme, Version
from .phone_clock import When

# Acts about symptoms are numbered after the act they came with: sent again, it is the same act.
SYMPTOMS_OF = uuid.UUID("0a4c2b7e-5d53-4c8c-9a0e-6f6f5b1d2c11")


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
    log = once.log_session(
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
        once.answer_symptoms(
            **same,
            operation=uuid.uuid5(SYMPTOMS_OF, str(said["operation"])),
            symptoms=said["symptoms"],
        )
    return log.is_new


def advice_about(version: Version, said: dict) -> str:
    """What the rules say at once about an act that was written down; empty when nothing."""
    if urgency := clinical.urgency(said["symptoms"]):
        return clinical.ADVICE[urgency]
    if said["pain"] is not None and said["day"] == timezone.localdate():
        programme = reports.with_facts(
            Programme.objects.filter(pk=version.programme_id), said["day"]
        ).get()
        logs = progress.lately(programme, said["day"])
        tells = reports.pain_that_tells(programme, logs, said["day"])
        if tells is not None and said["pain"] >= tells:
            return clinical.ADVICE["pain_up"]
    return ""
