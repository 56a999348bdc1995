"""What the tests of a patient's day begin with."""

from datetime import timedelta

import pytest
from django.utils import timezone

from patients.models import Patient


@pytest.fixture
def piet(client, cast, programme):
    programme.started_on = timezone.localdate() - timedelta(days=20)
    programme.save(update_fields=["started_on"])
    client.force_login(cast.piet)
    return client


@pytest.fixture
def second(piet, cast, programme, make_programme):
    """Piet's own programme of another practice, under the same login."""
    other = Patient.objects.create(
        name="Piet Jansen",
        user=cast.piet,
        practice=cast.bram.practice,
        created_by=cast.bram,
        birth_date=cast.piet_patient.birth_date,
    )
    return make_programme(other, cast.bram)
