"""What a telephone sends later, and how the server answers."""

import json
import uuid

from django.urls import reverse
from django.utils import timezone

from patients.patient_day import day_cards


def act(programme, sequence=1, /, **changes):
    version = programme.current_version()
    return {
        "operation": str(uuid.uuid4()),
        "programme": str(programme.uuid),
        "version": version.number,
        "line": version.sheet.lines[0].uuid,
        "day": timezone.localdate().isoformat(),
        "moment": "1",
        "done": "1",
        "sequence": sequence,
        "performed_at": timezone.now().isoformat(),
        **changes,
    }


def send(client, programme, *acts, now=None, **headers):
    message = {
        "patient": str(programme.patient.uuid),
        "now": (now or timezone.now()).isoformat(),
        "acts": list(acts),
    }
    return client.post(
        reverse("patients:sync"),
        json.dumps(message),
        content_type="application/json",
        headers={"accept": "application/json", **headers},
    )


def statuses(response):
    return [result["status"] for result in response.json()["results"]]


def state(programme):
    """What holds: done, pain, and amount of each line, day and moment, and what went wrong."""
    logs = programme.patient.sessions.all()
    held = day_cards.latest(logs)
    symptoms = {
        (str(each.line), each.day, each.moment): each.symptoms
        for each in programme.patient.symptom_answers.all()
    }
    return (
        {key: (log.done, log.pain, log.effort, log.sets) for key, log in held.items()},
        symptoms,
        set(programme.patient.sessions.held().values_list("operation", flat=True)),
    )
