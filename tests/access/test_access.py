"""Who may see whom: every address, every role, every method, as access_table.py says.

A route without a row there fails.
"""

import time
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from rugpijn.audit import AccessEvent
from rugpijn.login import devices
from rugpijn.login.session_store import SessionStore
from rugpijn.models import LoginSession

from ..answers import text_of, wrong_headers
from ..environment import and_in_ci
from ..rugpijn.operations.listening import listening
from .access_table import (
    DESK,
    DONE,
    HIDDEN,
    HOME,
    LOGGED_ACTS,
    LOGGED_PAGES,
    NAMES,
    POSTS,
    REFUSED,
    ROLES,
    SEES,
    TABLE,
    WRONG_METHOD,
    is_denied,
)
from .access_world import client_for, come_before, data_for, sent

pytestmark = [pytest.mark.long, pytest.mark.django_db]


# Addresses that hold a key: whoever reads one in a log could open it.
KEYS_IN = (
    "staff_invitation",
    "patients:patient_invitation",
    "patients:stop_reminders",
    "patients:calendar",
    "patients:share_page",
)
CANARIES = ("Piet Jansen", "Kanarie-notitie", "Geheime oefening", "ftypisom")  # the last: a film


def test_every_route_has_a_row():
    assert set(NAMES) == set(TABLE), "a new address needs a row in TABLE"


def outcome(response, expected):
    """What happened, in the table's own words."""
    if response.status_code not in (301, 302):
        return str(response.status_code)
    address = urlsplit(response["Location"])
    path = address.path
    if f"{path}#{address.fragment}" == DONE:
        return DONE
    longer = expected.startswith("/") and expected not in (HOME, DESK) and path.startswith(expected)
    return expected if longer else path


def is_logged_refusal(name, role, got):
    """A "no" about something that exists, to someone who is logged in."""
    if name in (
        "admin:app_list",
        "patients:home",
        "admin:logout",
        "patients:patient_invitation",
        "patients:invitation_code",
    ):
        return False
    return got in (HIDDEN, REFUSED) or (got == DESK and role in ("bram", "root"))


@pytest.mark.parametrize("name", NAMES)
def test_a_route(world, name):
    """Looked at, tried with every method, and posted to where nothing is to be done.

    What the technical log says meanwhile names nobody and opens nothing.
    """
    with listening() as said:
        look(world, name)
        try_other_methods(world, name)
        if name not in POSTS:
            post_nothing(world, name)
    logged = said.getvalue()
    people = (getattr(world, role) for role in ROLES if role != "nobody")
    personal = [part for person in people for part in (person.name, person.email) if part]
    personal += [*CANARIES, *LoginSession.objects.values_list("session_key", flat=True)]
    personal += [key for name in KEYS_IN for key in world.keys_in(name)]
    assert not [one for one in personal if one in logged], logged


def look(world, name):
    """Each role gets what the table says, no canary with a "no", and nothing is changed."""
    before = world.rows.now()
    for role, expected in zip(ROLES, TABLE[name], strict=True):
        denials = AccessEvent.objects.filter(outcome="denied").count()
        elsewhere = {"Origin": "https://evil.example"}
        response = client_for(world, role).get(world.address(name), headers=elsewhere)
        got = outcome(response, expected)
        assert got == expected, f"{role} at {name}: {got}, not {expected}"
        assert not wrong_headers(response, name=name, logged_in=role != "nobody"), (role, name)
        text = text_of(response)
        if got != SEES:
            assert not [canary for canary in CANARIES if canary in text + str(response.headers)]
        elif role in ("bram", "roos", "root"):
            shared = name.startswith("patients:share_")
            assert shared or not [canary for canary in CANARIES if canary in text], (role, name)
        if is_logged_refusal(name, role, got):
            added = AccessEvent.objects.filter(outcome="denied").count() - denials
            assert added == 1, f"{role} at {name}: {added} rows in the access log for one refusal"
    after = world.rows.now()
    assert before == {**after, **_printed_ahead(before)}, f"looking at {name} changed something"


def _printed_ahead(before):
    """A first print is kept: the only row that looking may add."""
    from patients.models import StoredHandout

    return {StoredHandout: before[StoredHandout]}


def try_other_methods(world, name):
    """They change nothing, and tell nothing to whom a look tells nothing."""
    before = world.rows.now()
    for role in ROLES:
        client = client_for(world, role)
        for method in ("delete", "options", *and_in_ci("put", "patch", "trace")):
            response = getattr(client, method)(world.address(name))
            assert response.status_code < 500
            assert not wrong_headers(response, name=name), (role, name, method)
            if TABLE[name][ROLES.index(role)] not in (SEES, WRONG_METHOD):
                text = text_of(response)
                assert not [canary for canary in CANARIES if canary in text], (role, method)
    after = world.rows.now()
    assert after == {**before, **_kept(after)}


def _kept(now):
    from patients.models import StoredHandout

    return {StoredHandout: now[StoredHandout]}


@pytest.mark.parametrize("name", sorted(POSTS))
def test_post(world, name):
    """The right person's act is done; from everybody else it changes nothing."""
    come_before(world, name)
    for role, expected in zip(ROLES, POSTS[name], strict=True):
        if not is_denied(expected, role):
            continue
        before = world.rows.now()
        response = client_for(world, role).post(world.address(name), **sent(world, name))
        got = outcome(response, expected)
        assert got == expected, f"{role} posting to {name}: {got}, not {expected}"
        assert world.rows.now() == before, f"{role} changed something at {name}"
    allowed = next(
        role for role, e in zip(ROLES, POSTS[name], strict=True) if not is_denied(e, role)
    )
    before, since = world.rows.now(), newest_row()
    response = client_for(world, allowed).post(world.address(name), **sent(world, name))
    assert_in_log_of_practice(world, since)
    expected = POSTS[name][ROLES.index(allowed)]
    assert outcome(response, expected) == expected
    assert world.rows.now() != before, (
        f"{allowed} could not do it either, so the test proves nothing"
    )


def newest_row() -> int:
    return AccessEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def assert_in_log_of_practice(world, since):
    """Everything in the table is about practice 1: so is each row that an act on it wrote."""
    rows = AccessEvent.objects.filter(pk__gt=since)
    elsewhere = rows.exclude(practice=world.anna.practice.uuid)
    assert not list(elsewhere.values_list("action", "object_type", "actor_role"))


# What belongs to whoever acts, and to no practice: an upload for the library, codes on paper.
OF_ROOT = {"admin:exercises_import", "one_time_list", "patients:my_data"}


@pytest.mark.parametrize("role", ["root", "els", "piet"])
def test_whoever_acts_the_row_is_in_the_log_of_the_practice(world, role):
    for name, expected in sorted(POSTS.items()):
        if is_denied(expected[ROLES.index(role)], role) or (role == "root" and name in OF_ROOT):
            continue
        with transaction.atomic():
            come_before(world, name)
            since = newest_row()
            client_for(world, role).post(world.address(name), **sent(world, name))
            assert_in_log_of_practice(world, since)
            transaction.set_rollback(True)


def post_nothing(world, name):
    """An empty post changes nothing anywhere, whoever sends it, and is never a crash."""
    before = world.rows.now()
    for role in ROLES:
        response = client_for(world, role).post(world.address(name))
        assert response.status_code < 500, (role, name)
        if name in ("admin:exercises_exercise_copy", "admin:exercises_protocol_copy"):
            assert role in ("anna", "els") or response.status_code != 200
    after = world.rows.now()
    if "_copy" in name or "_delete" in name:  # a real act: tested with its own page
        return
    if name in ("set_language", "patients:download"):  # of one's own, for whoever sends it
        return
    assert {**after, **_printed_ahead(before)} == before


def test_someone_without_a_practice_sees_no_one(world):
    """Two times nothing is not the same practice."""
    from patients.models import Patient, Programme

    assert not Patient.objects.visible_to(world.root).exists()
    world.anna.practice = None
    assert not Patient.objects.visible_to(world.anna).exists()
    assert not Programme.objects.treated_by(world.anna).exists()


@pytest.mark.parametrize("loss", ["is_active", "is_therapist", "practice"])
def test_losing_a_role_counts_at_the_next_request(world, loss):
    client = client_for(world, "anna")
    address = world.address("admin:patients_patient_change")
    assert client.get(address).status_code == 200
    if loss == "practice":
        world.anna.practice = world.bram.practice
    else:
        setattr(world.anna, loss, False)
    world.anna.save()
    response = client.get(address)
    assert response.status_code in (302, 403)
    assert "Piet Jansen" not in response.content.decode()


def test_a_patient_who_moved_on_sees_it_no_more(world):
    """A page and a PDF that were fetched before are not given again to whoever lost them."""
    client = client_for(world, "piet")
    addresses = [world.address(f"patients:programme_{page}") for page in ("detail", "handout")]
    for address in addresses:
        assert client.get(address).status_code == 200
    world.piet_patient.user = None
    world.piet_patient.save()
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 404
        assert "ETag" not in response.headers


def test_everything_behind_login_is_kept_by_nobody(world):
    client = client_for(world, "piet")
    for name in ("patients:home", "patients:programme_detail", "patients:programme_handout"):
        assert client.get(world.address(name))["Cache-Control"] == "no-store"


def test_a_therapist_who_is_a_patient_elsewhere_treats_nobody_there(world):
    """Being a patient of practice 1 opens one's own page, and nothing in the admin."""
    world.piet_patient.user = world.bram
    world.piet_patient.save()
    client = client_for(world, "bram")
    assert client.get(world.address("patients:programme_detail")).status_code == 200
    for name in ("patients_patient_change", "patients_programme_change"):
        before = world.rows.now()
        for answer in (
            client.get(world.address(f"admin:{name}")),
            client.post(world.address(f"admin:{name}"), data_for(world, f"admin:{name}")),
        ):
            assert answer["Location"] == DESK
        assert world.rows.now() == before


@pytest.mark.parametrize("rule", ["treated_by", "own_record"])
def test_who_may_no_longer_log_in_sees_nothing(world, rule):
    """Also on a path where no login is checked, such as background work."""
    from patients import access
    from patients.models import Patient

    user = world.anna if rule == "treated_by" else world.piet
    question = getattr(access, rule)
    assert Patient.objects.filter(question(user)).exists()
    user.is_active = False
    assert not Patient.objects.filter(question(user)).exists()
    assert not user.has_module_perms("patients")


def test_the_admins_door_logs_who_was_sent_away(world):
    client_for(world, "piet").get("/admin/", follow=True)
    assert AccessEvent.objects.filter(actor=world.piet.uuid, outcome="denied").count() == 1


def test_a_refusal_is_logged_where_the_patient_is(world):
    """The owner of practice 1 reads it, and a stranger's practice learns nothing."""
    client_for(world, "bram").get(world.address("admin:patients_patient_change"))
    refused = AccessEvent.objects.get(outcome="denied", patient=world.piet_patient.uuid)
    assert refused.practice == world.anna.practice.uuid
    client_for(world, "piet").get(world.address("patients:home"))
    own = AccessEvent.objects.get(actor=world.piet.uuid, patient=world.piet_patient.uuid)
    assert own.practice == world.anna.practice.uuid


def test_the_server_keepers_log_names_no_patient(world):
    client_for(world, "anna").get(world.address("admin:patients_patient_change"))
    page = client_for(world, "root").get(world.address("admin:rugpijn_accessevent_changelist"))
    assert str(world.piet_patient.uuid) not in page.content.decode()


def test_a_twin_in_another_practice_is_not_told(world):
    answer = client_for(world, "anna").post(
        reverse("admin:patients_patient_add"),
        {"name": "Roos Mulder", "birth_date": "14-9-2002", "language": "nl"},
    )
    assert answer.status_code == 302


@pytest.mark.parametrize("field", ["patient", "programme", "therapist"])
def test_a_picker_lists_no_patients(world, field):
    query = {"app_label": "patients", "model_name": "programme", "field_name": field, "term": ""}
    answer = client_for(world, "anna").get("/admin/autocomplete/", query)
    assert answer.status_code == 403


@pytest.mark.parametrize("name", LOGGED_PAGES)
def test_a_page_that_shows_a_patient_is_logged(world, name):
    assert client_for(world, "anna").get(world.address(name)).status_code == 200
    rows = AccessEvent.objects.filter(patient=world.piet_patient.uuid, actor=world.anna.uuid)
    assert [row.action for row in rows] == [LOGGED_PAGES[name]]


@pytest.mark.parametrize("name", LOGGED_ACTS)
def test_an_act_is_logged(world, name):
    who = "piet" if name.startswith("patients:") else "anna"
    come_before(world, name)
    client_for(world, who).post(world.address(name), **sent(world, name))
    rows = AccessEvent.objects.filter(patient=world.piet_patient.uuid)
    assert [row.action for row in rows].count(LOGGED_ACTS[name]) == 1


# What a patient is asked about once more on a telephone that stays logged in.
ASKS_ONCE_MORE = {
    "patients:download",
    "patients:ask_erasure",  # a copy of all of it, and erasing it
    "patients:access_log",
    "patients:access_log_file",  # who looked, and when
    "account_set_password",
    "account_email",
    "passkey_add",
    "one_time_list",
    "login_devices",
    "staff_factor",
    "admin:rugpijn_accessevent_download",  # asked, and then refused
}
# There the old password is a field of the form.
ASKS_IN_THE_FORM = {"account_change_password"}


def test_what_asks_once_more_on_a_phone_that_stays_logged_in(world):
    """Every address, as Piet on his own telephone, an hour after he typed his password."""
    asked, open_to_him = set(), set()
    for name in NAMES:
        if name == "account_logout":
            continue
        client = on_own_phone(world)
        mail = {"action_add": "1", "email": "piet.nieuw@mail.example"}  # asked when it is changed
        for answer in (
            client.get(world.address(name)),
            client.post(world.address(name), mail if name == "account_email" else {}),
        ):
            if answer.get("Location", "").startswith("/accounts/reauthenticate/?"):
                asked.add(name)
            elif answer.status_code == 200:
                open_to_him.add(name)
    again = {"mfa_reauthenticate_webauthn", "factor_again"}  # ways of saying it
    assert asked - again == ASKS_ONCE_MORE
    assert open_to_him >= ASKS_IN_THE_FORM
    assert {
        "patients:home",
        "patients:programme_detail",
        "patients:programme_session",
        "patients:my_data",
        "patients:messages",
        "patients:progress",
        "patients:reminders",
    } <= open_to_him


def on_own_phone(world):
    client = client_for(world, "piet")
    session = SessionStore(client.cookies[settings.SESSION_COOKIE_NAME].value)
    hour_ago = time.time() - 3600
    session["account_authentication_methods"] = [{"method": "password", "at": hour_ago}]
    request, answer = RequestFactory().get("/"), HttpResponse()
    request.user, request.session = world.piet, session
    devices.trust(request, answer)
    session.save()
    client.cookies.update(answer.cookies)
    return client
