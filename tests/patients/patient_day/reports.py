"""A patient reports a symptom, takes it back, and a therapist clears it."""

import re
import uuid

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from patients.models import SymptomAnswer

from .acts import act, send, statuses

# What a page may invite to, by how it is written; in templates of what waits for a report as well.
OFFERS = {
    "start": r'class="[^"]*btn-start',
    "count": r'class="counter"',
    "done": r'data-if="todo"',
    "done in the session": r'class="[^"]*step-after',
}


def address(page, programme):
    return "/" if page == "home" else reverse(f"patients:{page}", args=[programme.uuid])


def offered(client, page, programme) -> set[str]:
    raw = client.get(address(page, programme)).content.decode()
    return {name for name, pattern in OFFERS.items() if re.search(pattern, raw)}


def session_form(programme, *symptoms, line=0, **more):
    version = programme.current_version()
    return {
        "operation": str(uuid.uuid4()),
        "version": version.number,
        "moment": 1,
        "done": "1",
        "line": version.sheet.lines[line].uuid,
        "day": timezone.localdate().isoformat(),
        "pain": "2",
        "symptoms": symptoms,
        **more,
    }


def by_session_form(client, programme, *symptoms, **more):
    data = session_form(programme, *symptoms, session="1", **more)
    return client.post(reverse("patients:log_session", args=[programme.uuid]), data, follow=True)


def by_sync(client, programme, *symptoms, **more):
    answer = send(client, programme, act(programme, 1, symptoms=list(symptoms), **more))
    assert statuses(answer) == ["stored"]
    return answer


def take_back(client, programme, report=None, **more):
    report = report or SymptomAnswer.objects.exclude(symptoms=[]).last()
    data = {
        "operation": str(uuid.uuid4()),
        "retracts": str(report.operation),
        "moment": 1,
        "version": report.version.number,
        "line": str(report.line),
        "day": timezone.localdate().isoformat(),
        **more,
    }
    there = reverse("patients:report_symptoms", args=[programme.uuid])
    return client.post(there, data, follow=True)


def on_worklist(user) -> str:
    therapist = Client()
    therapist.force_login(user)
    return therapist.get(reverse("admin:index")).content.decode()


def clear(user, programme, note="Gebeld met de huisarts."):
    """As the therapist does it: all that stands on the card."""
    therapist = Client()
    therapist.force_login(user)
    items = re.findall(r'name="item" value="([^"]*)"', on_worklist(user))
    there = reverse("admin:patients_programme_seen", args=[programme.pk])
    return therapist.post(there, {"item": items, "note": note}, follow=True)
