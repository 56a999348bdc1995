"""A running server, a browser as people have it, and telephones."""

import uuid

import pytest

from patients.models import (
    SymptomAnswer,
)


@pytest.fixture
def site(live_server, settings, cast, lage_rugpijn):
    """A running server with the cast and the leaflet; links in it lead back to it."""
    settings.SITE_URL = live_server.url
    return live_server.url


@pytest.fixture
def browser_context_args(browser_context_args):
    return {**browser_context_args, "locale": "nl-NL", "viewport": {"width": 1280, "height": 900}}


@pytest.fixture
def complaints(page, site):
    """What the browser complained about, and whom it asked for something but us."""
    found = []
    page.on(
        "console", lambda message: found.append(message.text) if message.type == "error" else None
    )
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((site, "data:", "about:", "chrome-extension:"))
            else found.append(request.url)
        ),
    )
    return found


@pytest.fixture
def leg_pain(programme):
    """Piet reported that the pain went into his leg."""
    version = programme.current_version()
    return SymptomAnswer.objects.create(
        patient=programme.patient,
        operation=uuid.uuid4(),
        version=version,
        line=version.sheet.lines[4].uuid,
        day=programme.started_on,
        symptoms=["leg_pain"],
    )


PHONE = {"locale": "nl-NL", "viewport": {"width": 390, "height": 844}}


@pytest.fixture
def at_home(site, settings, programme):
    """A worker for no connection runs on `localhost`, as on https."""
    settings.SITE_URL = site.replace("127.0.0.1", "localhost")
    settings.ALLOWED_HOSTS = ["localhost"]
    return settings.SITE_URL


@pytest.fixture
def phones(browser):
    """A telephone with nothing on it, as often as one is asked for."""
    made = []

    def phone():
        context = browser.new_context(**PHONE)
        context.set_default_timeout(15_000)
        made.append(context)
        return context

    yield phone
    for context in made:
        context.close()


@pytest.fixture
def draft(make_programme, own_exercise):
    """Of Piet; the practice has a harder variant of its first exercise."""
    programme = make_programme(started=False)
    programme.prescriptions.first().exercise.harder.add(own_exercise)
    return programme
