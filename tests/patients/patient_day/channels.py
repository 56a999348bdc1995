"""The ways in which a report of a patient arrives, and what is offered after it."""

import re

from django.urls import reverse

from patients.prescribing import authoring

from .reports import by_session_form, by_sync, session_form


def by_day_form(client, programme, *symptoms, **more):
    data = session_form(programme, *symptoms, **more)
    return client.post(reverse("patients:log_session", args=[programme.uuid]), data, follow=True)


def by_symptoms_form(client, programme, *symptoms, **more):
    data = session_form(programme, *symptoms, **more)
    return client.post(
        reverse("patients:report_symptoms", args=[programme.uuid]), data, follow=True
    )


def by_report_page(client, programme, *symptoms, **more):
    """Without an exercise, as the page's own form sends it."""
    there = reverse("patients:report_symptoms", args=[programme.uuid])
    raw = client.get(there).content.decode()
    form = re.search(r"<form[^>]*data-asks.*?</form>", raw, re.S).group()
    hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)
    return client.post(there, {**dict(hidden), "symptoms": symptoms, **more}, follow=True)


CHANNELS = (by_session_form, by_day_form, by_symptoms_form, by_sync)


def new_version(programme, by):
    line = programme.prescriptions.last()
    line.reps = 7
    line.save()
    authoring.issue(programme=programme, by=by)


BESIDE = ("messages", "progress", "reminders")
