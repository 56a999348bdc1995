"""The world of access_world.py, built once for each file of tests."""

import copy

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import translation

from patients.paper import handout

from ..conftest import load_library
from .access_table import (
    ROLES,
)
from .access_world import Rows, build, session_of, snapshot


@pytest.fixture(scope="module")
def built(empty_ground, django_db_blocker, library_rows):
    """The world, built once: each test takes back what it did to it."""
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(handout, "render_pdf", lambda html: b"%PDF-1.7 " + html.encode())
        with translation.override(settings.LANGUAGE_CODE):
            load_library(library_rows)
            world = build()
            world.sessions = {role: session_of(world, role) for role in ROLES if role != "nobody"}
            world.rows = snapshot()
            yield world
        transaction.set_rollback(True)


@pytest.fixture
def world(built, db):
    """The people as they were: what a test changed of them was taken back in the database only."""
    world = copy.deepcopy(built, {id(built.rows): built.rows})
    world.rows = Rows(built.rows)
    with connection.execute_wrapper(world.rows):
        yield world
