"""Who opens the library in the admin, and what stands in it."""

import pytest

from exercises.models import Protocol, ProtocolLine


@pytest.fixture
def as_(client, cast):
    def login(name):
        client.force_login(getattr(cast, name))
        return client

    return login


@pytest.fixture
def own_protocol(practice, own_exercise):
    protocol = Protocol.objects.create(practice=practice, category="low_back")
    protocol.texts.create(language="nl", title="Geheim protocol")
    ProtocolLine.objects.create(protocol=protocol, exercise=own_exercise, position=1, reps=10)
    advice = protocol.advice.create(kind="bed", position=1)
    advice.texts.create(language="nl", title="Geheim advies", body="Slaap.")
    return protocol
