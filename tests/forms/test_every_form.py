"""What was typed survives: a walk over every form of the app, as each role sees it."""

import re
import time

import pytest
from django.db import OperationalError, connection, transaction
from django.test import RequestFactory
from django.urls import reverse

from rugpijn.login.session_store import SEEN
from rugpijn.models import KeptForm, LoginSession
from rugpijn.saving import kept

from ..access.access_table import POSTS, SEES
from ..access.access_world import client_for, snapshot
from ..exercises.media.uploads import upload
from .page_forms import WALKED, form_to, forms_for, forms_of

pytestmark = [pytest.mark.long, pytest.mark.slow, pytest.mark.django_db]
OURS = {"Origin": "http://testserver"}
TYPED = "Getypt: é, “aanhaling” & <b>\r\ntweede regel"
CANARY = "kanarie-geheim-26"
KEPT = reverse("kept_form")
BY_SCRIPT = {"/plain-language/", "/sync/"}
PRESSES = {"hidden", "submit", "button", "image", "reset"}
TYPED_IN = {"text", "email", "url", "tel", "search"}


def filled(form) -> dict[str, list[str]]:
    """A form with something in each field, and each box ticked."""
    sent = form.data()
    for field in form.fields:
        if field.kind in ("hidden", "file") or field.tag == "button":
            continue
        if kept.SECRET.search(field.name):
            sent[field.name] = [CANARY]
        elif field.tag == "select":
            chosen = [value for value, _chosen in field.options]
            sent[field.name] = chosen if field.several else chosen[-1:]
        elif field.kind == "checkbox":
            sent.setdefault(field.name, [])
            if field.value not in sent[field.name]:
                sent[field.name].append(field.value)
        elif field.kind == "radio":
            sent[field.name] = [field.value]
        elif field.tag == "textarea":
            sent[field.name] = [TYPED]
        elif field.kind not in ("submit", "button", "image", "reset"):
            sent[field.name] = [TYPED.partition("\r")[0]]
    return sent


def open_to_keep(sent) -> dict[str, list[str]]:
    """What must come back of it; nothing of what only a script can make."""
    if any(kept.MADE_BY_SCRIPT.search(name) for name in sent if name != "csrfmiddlewaretoken"):
        return {}
    return {
        name: values
        for name, values in sent.items()
        if not kept.SECRET.search(name) and name != kept.MARK and any(values)
    }


def shown(response, address) -> dict[str, list[str]]:
    """What a page has in its form to this address, ready to be sent."""
    return form_to(response, address).data()


def end_login(client):
    """As after an hour at the telephone."""
    session = client.session
    session[SEEN] = time.time() - 3601
    session.save()


def stored() -> str:
    rows = list(KeptForm.objects.values_list("content", flat=True))
    return str([*rows, *(row.get_decoded() for row in LoginSession.objects.all())])


@pytest.mark.parametrize("role", WALKED)
def test_every_form_comes_back_after_the_login_had_ended(world, role):
    walked = 0
    for address, form in forms_for(world, role):
        KeptForm.objects.all().delete()  # of the form before this one
        sent = filled(form)
        must = open_to_keep(sent)
        client = client_for(world, role)
        client.get(KEPT)  # as any page before: this browser knows who it was
        end_login(client)
        answer = client.post(address, sent)
        assert CANARY not in stored(), address
        if answer.status_code != 302 or not answer["Location"].startswith("/accounts/login/"):
            continue  # a page that asks for no login has answered
        client.force_login(getattr(world, role))
        if not any(name not in kept.BESIDE for name in must):
            assert client.get(KEPT).status_code == 302, address
            continue
        back = client.get(address)
        assert back.status_code == 302 and back["Location"] == KEPT, (role, address)
        page = client.get(KEPT)
        assert not {n: v for n, v in must.items() if shown(page, address).get(n) != v}, address
        walked += 1
    assert walked, "the walk found no form"


@pytest.mark.parametrize("role", WALKED)
def test_every_form_comes_back_when_its_token_is_old(world, role):
    for address, form in forms_for(world, role):
        sent = filled(form) | {"csrfmiddlewaretoken": ["0" * 64]}
        client = client_for(world, role)
        client.handler.enforce_csrf_checks = True
        answer = client.post(address, sent, headers=OURS)
        must = open_to_keep(sent)
        if answer.status_code == 403 and must:
            assert not {n: v for n, v in must.items() if shown(answer, address).get(n) != v}
            assert CANARY not in answer.content.decode()
        elsewhere = client.post(address, sent, headers={"Origin": "https://evil.example"})
        assert TYPED.partition("\r")[0] not in elsewhere.content.decode()


def refuse(execute, sql, params, many, context):
    raise OperationalError("the connection is gone")


@pytest.mark.parametrize("role", WALKED)
def test_every_form_comes_back_when_the_database_is_gone(world, role):
    for address, form in forms_for(world, role):
        sent = filled(form)
        must = open_to_keep(sent)
        client = client_for(world, role)
        client.raise_request_exception = False
        with connection.execute_wrapper(refuse):
            answer = client.post(address, sent, headers=OURS)
        if address in BY_SCRIPT or not must:
            continue
        assert answer.status_code == 503, address
        assert not {n: v for n, v in must.items() if shown(answer, address).get(n) != v}, address
        assert CANARY not in answer.content.decode()


@pytest.mark.parametrize("role", WALKED)
def test_a_press_is_no_work_and_what_is_typed_is(world, role):
    """A form with hidden fields and buttons only shows nothing that somebody typed; every text of a
    form that cannot be looked at again can be put right before it is sent."""
    request = RequestFactory()
    for address, form in forms_for(world, role):
        if address in BY_SCRIPT or address == reverse("set_language"):
            continue
        fields = [one for one in form.fields if one.tag != "button" and one.kind not in PRESSES]
        sent = filled(form)
        for one in form.fields:
            if one.tag == "button" or one.kind == "submit":
                sent.setdefault(one.name, [one.value])
        typed = kept.read(request.post(address, sent))
        if not fields:
            assert not typed.is_work, (address, typed.readable)
            continue
        texts = {
            one.name
            for one in fields
            if one.tag == "textarea" or (one.tag == "input" and one.kind in TYPED_IN)
            if not kept.SECRET.search(one.name)
        }
        open_ = {one.name for one in typed.context()["open"]}
        assert kept.is_record_page(address) or texts <= open_, (address, texts - open_)


@pytest.mark.parametrize("role", WALKED)
def test_every_form_says_who_opened_its_page(world, role):
    for address, form in forms_for(world, role):
        if "csrfmiddlewaretoken" not in form.data():
            continue  # a signed link does it, for whoever has the link
        marks = [one.value for one in form.fields if one.name == kept.MARK]
        assert [mark.partition(":")[0] for mark in marks] == [str(getattr(world, role).uuid)], (
            address
        )


def test_a_file_is_named_and_chosen_again(world):
    address = world.address("admin:exercises_exercise_film")
    client = client_for(world, "anna")
    client.get(KEPT)
    end_login(client)
    client.post(address, {"title_nl": "Brug", "film": upload(b"x", "brug.webm")})
    client.force_login(world.anna)
    page = client.get(KEPT)
    form = form_to(page, address)
    assert "brug.webm" in page.content.decode() and form.named("film").kind == "file"
    assert form.data()["title_nl"] == ["Brug"]


def test_every_field_that_hides_what_is_typed_is_on_the_list_of_secrets(world):
    hidden = {
        field.name
        for role in (*WALKED, "nobody")
        for _address, form in forms_for(world, role)
        for field in form.fields
        if field.kind == "password"
        or field.attributes.get("autocomplete") in ("one-time-code", "new-password")
    }
    assert {"password", "oldpassword", "password1"} <= hidden
    assert not [name for name in hidden if not kept.SECRET.search(name)]


@pytest.mark.parametrize("role", [*WALKED, "nobody"])
def test_no_field_cuts_what_is_pasted(world, role):
    fields = [field for _address, form in forms_for(world, role) for field in form.fields]
    assert not [field.name for field in fields if "maxlength" in field.attributes]


LONG = "x" * 20_000


@pytest.mark.parametrize("role", ["anna", "els", "piet", "root"])
def test_what_is_too_long_is_refused_in_words_and_given_back(world, role):
    """Each text field of each form, one at a time: a page with what was typed, or it is stored."""
    lost, tried = [], set()
    for address, form in forms_for(world, role):
        if address in BY_SCRIPT:
            continue
        for field in form.fields:
            if field.tag != "textarea" and (field.tag != "input" or field.kind not in TYPED_IN):
                continue
            like = (address, re.sub(r"\d+", "0", field.name))  # of rows the first
            if kept.SECRET.search(field.name) or "__prefix__" in field.name or like in tried:
                continue
            tried.add(like)
            client = client_for(world, role)
            with transaction.atomic():
                answer = client.post(address, form.pressed() | {field.name: LONG})
                stored = False
                if answer.status_code == 302:
                    answer = client.get(answer["Location"])
                    stored = LONG in str(snapshot())
                transaction.set_rollback(True)
            text = "" if answer.streaming else answer.content.decode()
            if not (LONG in text or stored):
                lost.append((address, field.name, answer.status_code))
    assert not lost, "\n".join(map(str, lost))


@pytest.mark.parametrize("language", ["nl", "en"])
def test_after_a_mistake_the_cursor_is_at_the_first_wrong_field(world, language):
    """Without a script too, and whatever else asks for it."""
    world.anna.language = language
    world.anna.save()
    address = reverse("admin:patients_patient_add")
    page = client_for(world, "anna").post(address, {"name": "Ans Vos", "birth_date": "32-13-1950"})
    form = next(form for form in forms_of(page) if "birth_date" in form.data())
    asks = {each.name for each in form.fields if "autofocus" in each.attributes}
    assert asks == {"birth_date"} and "admin/js/change_form.js" not in page.content.decode()


# What a press answers with a page of its own, and why a reload of it does no harm.
ANSWERED_AT_ONCE = {
    "one_time_list": "codes are shown once, and kept nowhere that a second page could read them",
    "admin:patients_patient_invite": "so is the key of an invitation",
    "patients:recovery": "a second answer to the same question changes the first",
    "patients:stop_reminders": "a mail program presses it, and follows no redirect (RFC 8058)",
    "patients:sync": "JSON, for a script",
}


def test_going_back_never_asks_to_send_a_form_once_more():
    """What was done leads to a page that is asked for: each other press of the table redirects."""
    pages = {name for name, outcomes in POSTS.items() if SEES in outcomes}
    assert pages == set(ANSWERED_AT_ONCE)
