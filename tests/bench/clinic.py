"""A clinic of its own for a measurement: a database in a folder that is gone afterwards."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import date

from django.core.management import call_command
from django.db import connection

from patients.paper import handout


@contextmanager
def programme():
    """A running programme with the leaflet, its drawings and a therapist to print it."""
    from exercises.models import Protocol
    from patients.models import Patient
    from patients.prescribing import authoring
    from rugpijn.models import Practice, User

    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    call_command("load_library", verbosity=0)
    practice = Practice.objects.create(
        name="Fysiotherapie De Linde", phone="012 - 345 67 89", street="Lindelaan 12", city="Ede"
    )
    anna = User.objects.create_user(
        "anna@linde.example", "-", name="Anna de Wit", practice=practice, is_therapist=True
    )
    piet = Patient.objects.create(
        name="Piet Jansen",
        practice=practice,
        created_by=anna,
        birth_date=date(1958, 3, 12),
        language="nl",
    )
    running = authoring.draft(
        patient=piet, by=anna, protocol=Protocol.objects.get(key="lage-rugpijn")
    )
    authoring.start(programme=running, by=anna)
    yield running
    connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


def pages(version, exercises: int = 6):
    """Pages of a handout without end, each for somebody else: nothing can be kept of a page."""
    sheet, head = version.sheet, handout.letterhead(version)
    times = -(-exercises // len(sheet.lines))
    sheet = replace(sheet, lines=(sheet.lines * times)[:exercises])
    number = 0
    while True:
        number += 1
        address = f"{head.share_url}{number}"
        who = replace(head, patient_name=f"Piet Jansen {number}", share_url=address)
        yield handout.render_html(sheet, who)
