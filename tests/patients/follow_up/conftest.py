"""What the tests of the worklist begin with."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from patients.models import SymptomAnswer

from .reasons import log


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def started(make_programme, today):
    """A programme that started so many days ago; with `done`, somebody ticked off yesterday."""

    def make(days, patient=None, done=True, **fields):
        programme = make_programme(patient, on=today - timedelta(days=days), **fields)
        programme.versions.update(issued_at=timezone.now() - timedelta(days=days))
        if done:
            log(programme, 1)
        return programme

    return make


@pytest.fixture
def alarm(programme):
    """Piet reported that the pain went into his leg."""
    version = programme.current_version()
    return SymptomAnswer.objects.create(
        patient=programme.patient,
        operation=uuid.uuid4(),
        version=version,
        line=version.sheet.lines[4].uuid,
        day=timezone.localdate(),
        symptoms=["leg_pain"],
    )
