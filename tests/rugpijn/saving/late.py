"""A form that is sent after its login had ended."""

import time

from django.test import Client
from django.urls import reverse

from rugpijn.login.session_store import SEEN
from rugpijn.models import KeptForm, LoginSession

KEPT = reverse("kept_form")


def end_login(client):
    """As after an hour at the telephone."""
    session = client.session
    session[SEEN] = time.time() - 3601
    session.save()


def stored() -> str:
    """What is kept of anybody, in the table and in every session."""
    rows = list(KeptForm.objects.values_list("content", flat=True))
    return str([*rows, *(row.get_decoded() for row in LoginSession.objects.all())])


# ------------------------------------------------------------ one form, all the way


PATIENT = {"name": "Kees Prins", "birth_date": "1-2-1960", "language": "nl", "_save": ""}


def sent_too_late(cast, data=PATIENT, address=None, **post):
    client = Client()
    client.force_login(cast.anna)
    client.get("/admin/")
    end_login(client)
    address = address or reverse("admin:patients_patient_add")
    asked = client.post(address, data, **post)
    return client, address, asked


def add_page() -> str:
    return reverse("admin:patients_patient_add")
