"""A number of thousands of digits, anywhere in a request: an answer in words, never a crash.

Python refuses to read more than 4,300 digits, and a database keeps 19 of them: so both are sent.
"""

import re

import pytest
from django.urls import reverse

from patients.prescribing.views import typing
from rugpijn.web import byte_ranges
from rugpijn.web.numbers import number

from ..access.access_table import TABLE
from ..access.access_world import client_for

pytestmark = [pytest.mark.long, pytest.mark.slow, pytest.mark.django_db]

HUGE = ("9" * 5000, "9" * 4000)
ROLES = ("anna", "els", "piet", "mo", "bram", "roos", "root")
ASKED = (
    "page p before from to exercise protocol patient programme o all e q term text number weeks "
    "whose language started day at id _popup"
)
NAMED = re.compile(r'name="([^"]+)"')


def role_of(row):
    """Whoever is answered with a page, or else with anything but a refusal."""
    answered = [role for role, answer in zip(ROLES, row, strict=False) if answer == "200"]
    return (answered or [role for role, answer in zip(ROLES, row, strict=False)])[0]


def crashed(answer) -> bool:
    return answer.status_code >= 500 and answer.status_code != 503


@pytest.fixture
def visits(world):
    """A client that is let in, and the address, by route."""

    def visit(name, row):
        client = client_for(world, role_of(row))  # of its own: one of the routes logs out
        client.raise_request_exception = False
        return name, client, world.address(name)

    return [visit(name, row) for name, row in TABLE.items()]


def test_in_an_address_and_in_a_question(visits):
    wrong = []
    for name, client, address in visits:
        path = address.partition("?")[0]
        addresses = [
            f"{path}?{'&'.join(f'{asked}={huge}' for asked in ASKED.split())}" for huge in HUGE
        ]
        if name.startswith("admin:"):
            addresses += [f"{path}?_to_field={HUGE[0]}", f"{path}?_to_field="]
        addresses += [
            re.sub(r"/[0-9]+(?=/|$)", f"/{huge}", path)
            for huge in HUGE
            if re.search(r"/[0-9]+(?=/|$)", path)
        ]
        wrong += [(name, each[:80]) for each in addresses if crashed(client.get(each))]
    assert wrong == []


def test_in_every_field_of_every_form(visits):
    wrong = []
    for name, client, address in visits:
        page = client.get(address)
        if page.streaming or "html" not in page.headers.get("Content-Type", ""):
            names = {"id", "version", "number"}
        else:
            names = set(NAMED.findall(page.content.decode())) - {"csrfmiddlewaretoken"}
        counts = {key: "1" for key in names if key.endswith("_FORMS")}
        posts = [dict.fromkeys(names, HUGE[0]), dict.fromkeys(names, HUGE[1]) | counts]
        wrong += [
            (name, number)
            for number, sent in enumerate(posts)
            if crashed(client.post(address, sent))
        ]
    assert wrong == []


# What a button sends, which stands on a page only when there is something to press it for.
PRESSED = {
    "admin:patients_programme_seen": ("anna", "put_back"),
    "login_devices": ("piet", "passkey"),
    "admin:patients_patient_endproxy": ("anna", "proxy"),
    "admin:patients_programme_pause": ("anna", "pause"),
}


@pytest.mark.parametrize("huge", [*HUGE, "²", "٣", "-1", ""], ids=lambda text: ascii(text)[:9])
def test_in_what_a_button_sends(world, huge):
    for name, (who, field) in PRESSED.items():
        client = client_for(world, who)
        for act in ("remove", "rename", "go"):
            answer = client.post(world.address(name), {act: "1", field: huge})
            assert answer.status_code < 500, (name, field)


@pytest.mark.parametrize("huge", HUGE, ids=len)
def test_in_json_and_in_a_header(world, huge):
    piet = client_for(world, "piet")
    for body in (f'{{"patient": {huge}}}', f'{{"acts": [{{"version": {huge}}}]}}', huge):
        answer = piet.post(reverse("patients:sync"), body, "application/json")
        assert answer.status_code in (400, 404)
    for header in (f"bytes={huge}-", f"bytes=0-{huge}", f"bytes=-{huge}"):
        request = type("Request", (), {"headers": {"Range": header}})
        assert (
            byte_ranges.requested(request, 1000, "") in (None, (0, 999), (1000, -1))
            or huge in header
        )


def test_what_is_a_number():
    assert number("12") == 12 and number(12) == 12
    for other in (*HUGE, "²", "٣", "-1", "", None, "1.0", "1_0", " 1"):
        assert number(other) is None
    assert typing._times("1" * 5000) == 0
