"""A database that cannot take it now: words, a moment to try again, and nothing typed is lost."""

import html
import json
import re
import sqlite3
import threading
import time
from contextlib import contextmanager
from io import BytesIO
from types import SimpleNamespace
from unittest.mock import patch

import pytest
from django.conf import settings as settings_
from django.contrib import messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import (
    DatabaseError,
    InterfaceError,
    OperationalError,
    connection,
    connections,
    transaction,
)
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from PIL import Image

from patients.models import SessionLog
from rugpijn.login import session_store
from rugpijn.models import LoginSession
from rugpijn.web import unavailable
from tests.conftest import PASSWORD, fresh_login


def failure(kind=OperationalError, **cause):
    """An error of the database, as its driver raises it."""
    error = kind("database trouble")
    if cause:
        error.__cause__ = type("DriverError", (Exception,), cause)()
    return error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (failure(sqlite_errorname="SQLITE_BUSY"), "busy"),
        (failure(sqlite_errorname="SQLITE_BUSY_SNAPSHOT"), "busy"),
        (failure(sqlite_errorname="SQLITE_FULL"), "full"),
        (failure(sqlite_errorname="SQLITE_IOERR_WRITE"), "full"),
        (failure(sqlite_errorname="SQLITE_ERROR"), ""),  # no such table: a mistake of ours
        (failure(sqlstate="55P03"), "busy"),
        (failure(sqlstate="40P01"), "busy"),
        (failure(sqlstate="57014"), "busy"),
        (failure(sqlstate="57P01"), "busy"),
        (failure(sqlstate="08006"), "busy"),
        (failure(sqlstate="53100"), "full"),
        (failure(sqlstate="42P01"), ""),
        (failure(DatabaseError, sqlstate="23505"), ""),
        (failure(), "busy"),
        (failure(InterfaceError), "busy"),
        (failure(DatabaseError), ""),
        (OSError(28, "No space left on device"), "full"),
        (OSError(2, "No such file"), ""),
        (ValueError("x"), ""),
        (None, ""),
    ],
    ids=str,
)
def test_what_passes_is_told_from_a_mistake_of_ours(error, kind):
    assert unavailable.kind(error) == kind


@pytest.fixture
def broken():
    """While it lasts, each statement that writes fails as on a full disk."""

    def refuse(execute, sql, params, many, context):
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            raise failure(sqlite_errorname="SQLITE_FULL")
        return execute(sql, params, many, context)

    @contextmanager
    def broken():
        with transaction.atomic():  # what the test's own transaction was left with is taken back
            with connection.execute_wrapper(refuse):
                yield
            transaction.set_rollback(True)

    return broken


def form_of(programme, **changes):
    version = programme.current_version()
    return {
        "operation": "3f0b9f0e-6c4f-4a51-9a0e-1d8a6c1f5d10",
        "version": version.number,
        "line": version.sheet.lines[0].uuid,
        "day": "2026-11-28",
        "moment": "1",
        "done": "1",
        "pain": "4",
        **changes,
    }


@pytest.mark.django_db
def test_what_was_typed_is_kept_for_another_try(cast, programme, broken, settings):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.piet)
    page = client.get("/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    address = reverse("patients:log_session", args=[programme.uuid])
    typed = form_of(programme, day=programme.started_on.isoformat())
    with broken():
        answer = client.post(address, typed | {"csrfmiddlewaretoken": token})
    page = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (503, "300")
    assert "over vijf minuten" in page and "Wat u heeft ingevuld, staat nog op deze pagina" in page
    assert answer["Cache-Control"] == "no-store" and "Content-Security-Policy" in answer.headers
    assert not SessionLog.objects.exists()
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))
    assert f'action="{address}"' in page
    again = client.post(address, fields)
    assert again.status_code == 302 and SessionLog.objects.get().pain == 4


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "help"), [("piet", "Bel uw praktijk"), ("anna", "Bel degene die de server beheert")]
)
def test_a_record_is_not_shown_when_the_look_cannot_be_written(
    client, cast, programme, broken, who, help
):
    """On a full disk too: the page says so, why, and what to do; and the record is not in it."""
    address, shown = "/", programme.current_version().sheet.lines[0].title
    if who == "anna":
        address = reverse("admin:patients_patient_change", args=[cast.piet_patient.pk])
        shown = "Piet Jansen"
    fresh_login(earlier := Client(), getattr(cast, who))
    assert shown in earlier.get(address).content.decode()
    fresh_login(client, getattr(cast, who))
    with broken():
        answer = client.get(address)
    page = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (503, "300")
    assert "De server van deze website is vol" in page and "over vijf minuten" in page
    assert "Wij leggen vast wie de gegevens van een patiënt bekijkt. Dat kan nu niet." in page
    assert help in page and f'href="{address}"' in page
    assert shown not in page


@pytest.mark.django_db
def test_a_telephone_hears_it_as_json(client, cast, programme, broken):
    client.force_login(cast.piet)
    message = {"patient": str(programme.patient.uuid), "now": "2026-11-28T10:00:00Z", "acts": [{}]}
    with broken(), patch("patients.patient_day.views.sync.rates.allows", side_effect=failure()):
        answer = client.post("/sync/", json.dumps(message), content_type="application/json")
    assert (answer.status_code, answer.json()) == (503, {"error": "busy"})
    assert answer["Retry-After"] == "10"


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_mistake_of_ours_keeps_it_too_and_asks_no_database(
    cast, programme, language, django_assert_num_queries
):
    cast.piet.language = language
    cast.piet.save()
    client = Client(raise_request_exception=False)
    client.force_login(cast.piet)
    address = reverse("patients:log_session", args=[programme.uuid])
    with patch("patients.patient_day.views.today.record_session", side_effect=ZeroDivisionError):
        answer = client.post(
            address, form_of(programme, day=programme.started_on.isoformat(), pain="3")
        )
    page = answer.content.decode()
    assert answer.status_code == 500 and answer["Cache-Control"] == "no-store"
    assert {"nl": "Dat ligt aan ons", "en": "This is our fault"}[language] in page
    assert '<input type="hidden" name="pain" value="3">' in page
    assert "Traceback" not in page and "ZeroDivision" not in page
    with django_assert_num_queries(0):
        unavailable.again(answer.wsgi_request)


def test_trouble_before_any_view():
    """The session itself could not be read: still words, still the headers."""
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "x" * 32
    with patch("rugpijn.login.session_store.SessionStore.load", side_effect=failure()):
        answer = client.get("/my-data/")
    assert answer.status_code == 503 and answer["Retry-After"] == "10"
    assert (
        "Opnieuw proberen" in answer.content.decode()
        and "Content-Security-Policy" in answer.headers
    )
    assert 'href="/my-data/"' in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("name", ["patients:home", "login_devices", "service_worker"])
def test_a_session_that_cannot_be_kept(client, cast, programme, broken, settings, debug, name):
    """It is kept when the page is made, outside of every view: words, and none of Django's own."""
    settings.DEBUG, client.raise_request_exception = debug, False
    client.force_login(cast.piet)
    session = client.session
    session[session_store.SEEN] = time.time() - 61
    session.save()
    with broken():
        answer = client.get(reverse(name))
    with broken():
        script = client.get(reverse(name), headers={"accept": "application/json"})
    page = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (503, "300")
    assert "De server van deze website is vol" in page and "Traceback" not in page
    assert "Content-Security-Policy" in answer.headers
    assert (script.status_code, script.json()) == (503, {"error": "full"})


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["piet", "anna"])
def test_logging_out_works_in_the_browser_at_least(client, cast, programme, broken, who):
    """Whoever uses this computer next is not logged in; and nothing that is not true is said."""
    fresh_login(client, getattr(cast, who))
    first = reverse("patients:home" if who == "piet" else "admin:index")
    assert client.get(first).status_code == 200
    with broken():
        answer = client.post(reverse("account_logout"))
    page = answer.content.decode()
    assert answer.status_code == 503 and "Opnieuw proberen" not in page
    assert "U bent uitgelogd in deze browser" in page
    assert "Daarom konden we niet vastleggen dat u bent uitgelogd." in page
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert "messages" not in answer.cookies
    assert LoginSession.objects.filter(user=getattr(cast, who)).exists()
    assert not client.cookies[settings_.SESSION_COOKIE_NAME].value
    assert not client.cookies[settings_.RETURNING_COOKIE_NAME].value
    assert client.get(first).status_code == 302
    assert "uitgelogd" not in client.get(reverse("account_login")).content.decode()


@pytest.mark.django_db
def test_another_site_logs_nobody_out_with_it(client, cast, broken):
    client.force_login(cast.piet)
    with broken():
        answer = client.post(reverse("account_logout"), headers={"Origin": "https://evil.example"})
    assert answer.status_code == 503 and settings_.SESSION_COOKIE_NAME not in answer.cookies


def test_of_what_failed_no_message_says_that_it_was_done(rf):
    for status, said in ((503, 0), (500, 0), (302, 1)):
        request, answer = rf.get("/"), HttpResponse(status=status)
        request.session = {}
        storage = unavailable.TrueMessages(request)
        storage.add(messages.SUCCESS, "Saved.")
        storage.update(answer)
        assert len(answer.cookies) == said


def png():
    Image.new("RGB", (40, 20), "navy").save(file := BytesIO(), "PNG")
    return SimpleUploadedFile("linde.png", file.getvalue())


@pytest.mark.django_db
def test_a_file_that_nobody_chose_again_is_said_to_be_missing(
    cast, practice, broken, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    fresh_login(client := Client(enforce_csrf_checks=True), cast.els)
    address = reverse("admin:rugpijn_practice_change", args=[practice.pk])
    page = client.get(address)
    form, token = page.context["adminform"].form, str(page.context["csrf_token"])
    typed = {name: form[name].value() or "" for name in form.fields if name != "logo"}
    typed["csrfmiddlewaretoken"] = token

    def hidden(answer):
        page = html.unescape(answer.content.decode())
        return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))

    with broken():
        once = client.post(address, {**typed, "city": "Velp", "logo": png()})
    with broken():
        twice = client.post(address, hidden(once))
    assert hidden(twice)["_file"] == "logo=linde.png"
    saved = client.post(address, hidden(twice), follow=True).content.decode()
    practice.refresh_from_db()
    assert practice.city == "Velp" and not practice.logo
    assert "Het bestand “linde.png” is niet verstuurd" in saved
    saved = client.post(address, {**hidden(twice), "logo": png()}, follow=True).content.decode()
    practice.refresh_from_db()
    assert practice.logo and "niet verstuurd" not in saved


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "says", "not_says"),
    [
        ("anna", "Bel degene die de server beheert", "papieren folder"),
        ("piet", "papieren folder", "server beheert"),
        (None, "Werkt u in een praktijk? Bel dan degene die de server beheert", "Traceback"),
    ],
)
def test_who_can_help_and_a_way_back(client, cast, broken, who, says, not_says):
    """Staff have no folder on paper. A form of passwords alone is opened anew."""
    address = reverse("account_change_password" if who else "account_reset_password")
    new = "een-heel-andere-ochtend-27"
    typed = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    if who:
        fresh_login(client, getattr(cast, who))
    else:
        typed = {"email": "piet@mail.example"}
    with broken():
        answer = client.post(address, typed, headers={"referer": f"http://testserver{address}"})
    page = answer.content.decode()
    assert answer.status_code == 503 and says in page and not_says not in page
    if who:
        assert f'href="{address}">Terug naar de vorige pagina' in page
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("name", ["password", "oldpassword", "password1", "code", "form-0-token"])
def test_no_page_holds_a_password_or_a_code(name):
    """It asks for them anew; what only a script can make is not asked of a person."""
    request = RequestFactory().post("/accounts/login/", {"login": "piet", name: "geheim"})
    page = unavailable.answer(request, failure()).content.decode()
    assert "geheim" not in page
    assert (f'type="password" autocomplete="off" name="{name}"' in page) == ("token" not in name)


def test_of_what_another_site_sent_nothing_is_offered():
    elsewhere = {"Origin": "https://evil.example"}
    request = RequestFactory().post("/my-data/", {"language": "en"}, headers=elsewhere)
    assert unavailable.again(request) == {}


def test_what_was_typed_cannot_break_out_of_the_page():
    request = RequestFactory().post("/x/?a=\"'><script>", {'"><script>': '"><script>alert(1)'})
    page = unavailable.answer(request, failure()).content.decode()
    assert "<script" not in page


@pytest.fixture
def in_a_hurry():
    """SQLite that waits a second for another's write, and no twenty."""
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's lock of the whole file; see lock_timeout for PostgreSQL")
    connection.ensure_connection()
    connections.close_all()
    before = connection.settings_dict["OPTIONS"]["timeout"]
    connection.settings_dict["OPTIONS"]["timeout"] = 1
    yield SimpleNamespace(path=connection.settings_dict["NAME"])
    connections.close_all()
    connection.settings_dict["OPTIONS"]["timeout"] = before


@pytest.mark.django_db(transaction=True)
def test_a_lock_is_waited_for_and_one_that_lasts_is_said(in_a_hurry, cast, programme):
    client = Client(raise_request_exception=False)
    client.force_login(cast.piet)
    address = reverse("patients:log_session", args=[programme.uuid])
    typed = form_of(programme, day=programme.started_on.isoformat())
    lock = sqlite3.connect(in_a_hurry.path, check_same_thread=False, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
        began = time.monotonic()
        answer = client.post(address, typed)
        assert answer.status_code == 503 and answer["Retry-After"] == "10"
        assert time.monotonic() - began >= 0.9
        threading.Timer(0.4, lambda: lock.execute("ROLLBACK")).start()
        assert client.post(address, typed).status_code == 302
    finally:
        lock.close()
    assert SessionLog.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_reads_on_and_recovers(in_a_hurry, cast, programme):
    client = Client(raise_request_exception=False)
    client.force_login(cast.piet)
    address = reverse("patients:log_session", args=[programme.uuid])
    day = programme.started_on.isoformat()

    def pages(most):
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA max_page_count = {most}")

    with connection.cursor() as cursor:
        cursor.execute("VACUUM")  # what was free within the file would take hundreds of acts
        cursor.execute("PRAGMA page_count")
        (there,) = cursor.fetchone()
    answers = []
    pages(there)
    for number in range(400):
        typed = form_of(programme, day=day, operation=f"3f0b9f0e-6c4f-4a51-9a0e-{number:012}")
        answers.append(client.post(address, typed).status_code)
        if answers[-1] == 503:
            break
    assert set(answers) == {302, 503} and answers[-1] == 503
    stored = SessionLog.objects.count()
    assert stored == len(answers) - 1
    assert client.get("/accounts/login/").status_code in (200, 302)
    assert client.get(f"/s/{programme.share_link.token}/1/").status_code == 200
    pages(there + 1000)
    assert client.post(address, typed).status_code == 302
    assert SessionLog.objects.count() == stored + 1


def test_a_mail_server_that_is_out_of_order_stops_nobody(client, cast, settings):
    """The act is done and said, and a known address is answered as an unknown one is."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # where nobody answers
    answers = [
        client.post(reverse("account_reset_password"), {"email": email})
        for email in ("piet@mail.example", "niemand@mail.example")
    ]
    assert [(one.status_code, one["Location"]) for one in answers] == [
        (302, reverse("account_reset_password_done"))
    ] * 2
    fresh_login(client, cast.piet)
    new = "een-heel-andere-ochtend-27"
    sent = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert client.post(reverse("account_change_password"), sent).status_code == 302
    cast.piet.refresh_from_db()
    assert cast.piet.check_password(new)


def test_an_address_that_only_takes_a_form_says_so(client, cast, programme):
    """Where the login leads back to, for who ticked off when the session was over."""
    client.force_login(cast.piet)
    address = reverse("patients:log_session", args=[programme.uuid])
    answer = client.get(address, headers={"accept": "text/html,*/*;q=0.8"})
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    page = answer.content.decode()
    assert "Deze pagina kunt u niet openen" in page and "Naar de beginpagina" in page
    assert client.get(address, headers={"accept": "application/json"}).content == b""
