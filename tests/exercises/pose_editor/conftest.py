"""What the tests of the pose editor begin with: people, and drawings that are made once."""

import json

import pytest
from django.core.cache import caches
from django.utils import translation

from exercises import pictures
from exercises.admin import figures


@pytest.fixture(scope="module")
def drawings():
    """What these tests drew before, under the name of what it was drawn from."""
    return {}


@pytest.fixture
def drawn_before(monkeypatch, drawings):
    """The same drawing is made once, for tests that are not about how it looks."""

    def remembered(draw):
        def once(*asked):
            name = json.dumps([draw.__name__, translation.get_language(), *asked], sort_keys=True)
            if name not in drawings:
                drawings[name] = draw(*asked)
            return drawings[name]

        return once

    monkeypatch.setattr(pictures.kept, "draw", remembered(pictures.kept.draw))
    monkeypatch.setattr(figures, "preview", remembered(figures.preview))


@pytest.fixture
def as_(client, cast):
    caches["process"].clear()

    def login(name):
        client.force_login(getattr(cast, name))
        client.cookies.clear() if name == "nobody" else None
        getattr(cast, name).language = "en"
        getattr(cast, name).save()
        return client

    return login
