"""What was typed when a login had ended: whose it is, how it comes back, and what is never kept."""

import time

import pytest
from django.test import Client
from django.urls import reverse

from patients.models import Patient
from rugpijn import limits
from rugpijn.login.kept_forms import SESSION_KEY
from rugpijn.login.sessions import SEEN, SessionStore
from rugpijn.models import LoginSession
from tests.page_forms import form_to, forms_of

pytestmark = pytest.mark.django_db
CANARY = "kanarie-geheim-26"
KEPT = reverse("kept_form")
PAGES_WITH_SECRETS = (
    "account_change_password", "account_set_password", "login_devices", "passkey_add",
    "staff_factor", "account_reauthenticate", "account_email",
)  # fmt: skip


def end_login(client):
    """As after an hour at the telephone."""
    session = client.session
    session[SEEN] = time.time() - 3601
    session.save()


def stored_sessions() -> str:
    return str([row.get_decoded() for row in LoginSession.objects.all()])


def test_too_often_keeps_it_and_asks_the_password_once_more(client, cast, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    login = reverse("account_login")
    sent = {"login": "piet@mail.example", "password": CANARY}
    client.post(login, sent)
    answer = client.post(login, sent)
    assert answer.status_code == 429
    form = form_to(answer, login)
    assert form.data()["login"] == ["piet@mail.example"] and form.data()["password"] == [""]
    assert form.named("password").kind == "password" and CANARY not in answer.content.decode()


# ------------------------------------------------------------ one form, all the way


PATIENT = {"name": "Kees Prins", "birth_date": "1-2-1960", "language": "nl", "_save": ""}


def sent_too_late(cast, data=PATIENT, address=None, **post):
    client = Client()
    client.force_login(cast.anna)
    client.get("/admin/")
    end_login(client)
    address = address or reverse("admin:patients_patient_add")
    asked = client.post(address, data, **post)
    return client, address, asked


def test_one_press_sends_it_with_a_token_and_once(cast):
    client, address, _asked = sent_too_late(cast)
    client.force_login(cast.anna)
    client.handler.enforce_csrf_checks = True
    page = client.get("/admin/", follow=True)
    assert page.redirect_chain == [(KEPT, 302)] and not Patient.objects.filter(name="Kees Prins")
    assert client.post(address, PATIENT).status_code == 403, "nothing is sent without a token"
    assert client.post(address, form_to(page, address).data()).status_code == 302
    assert Patient.objects.get(name="Kees Prins").phone == ""
    assert client.get(KEPT).status_code == 302


def test_it_can_be_looked_at_in_its_form_and_is_not_saved_by_that(cast):
    client, address, _asked = sent_too_late(cast)
    client.force_login(cast.anna)
    form = form_to(client.get(KEPT), address)
    page = client.post(address, form.data() | {"_look": "1"})
    assert page.status_code == 200 and "Er is nog niets bewaard" in page.content.decode()
    again = next(
        form for form in forms_of(page) if any(f.name == "birth_date" for f in form.fields)
    )
    assert again.data()["name"] == ["Kees Prins"] and again.data()["birth_date"] == ["1-2-1960"]
    assert not Patient.objects.filter(name="Kees Prins").exists()
    elsewhere = client.get("/admin/").content.decode()
    assert "werk dat nog niet is bewaard" in elsewhere and KEPT in elsewhere
    assert form_to(client.get(KEPT), address).data()["name"] == ["Kees Prins"]


def test_each_of_two_tabs_has_its_own(cast, programme):
    client, address, _asked = sent_too_late(cast)
    other = reverse("admin:patients_programme_change", args=[programme.pk])
    client.post(other, {"title": "Rug en heup"})
    client.force_login(cast.anna)
    first = client.get("/admin/", follow=True)
    assert form_to(first, address).data()["name"] == ["Kees Prins"]
    assert client.post(address, form_to(first, address).data()).status_code == 302
    second = client.get("/admin/", follow=True)
    assert form_to(second, other).data()["title"] == ["Rug en heup"]


@pytest.mark.parametrize("how", ["the cookies are gone", "logged out in another tab"])
def test_nobody_knows_who_sent_it_and_the_page_holds_it(cast, how):
    client = Client()
    client.force_login(cast.anna)
    client.get("/admin/")
    if how == "the cookies are gone":
        client.cookies.clear()
    else:
        client.post(reverse("account_logout"))
    address = reverse("admin:patients_patient_add")
    asked = client.post(address, PATIENT, HTTP_ORIGIN="http://testserver")
    assert asked.status_code == 403 and "Kees Prins" not in stored_sessions()
    assert form_to(asked, address).data()["name"] == ["Kees Prins"]
    client.force_login(cast.anna)  # in a new tab
    assert client.post(address, form_to(asked, address).data()).status_code == 302
    assert Patient.objects.filter(name="Kees Prins").exists()


def test_the_rows_of_a_programme_come_back_in_their_form(cast, programme):
    address = reverse("admin:patients_programme_change", args=[programme.pk])
    editor = Client()
    editor.force_login(cast.anna)
    form = next(f for f in forms_of(editor.get(address)) if "title" in f.data())
    sent = form.data() | {"prescriptions-1-note": ["Rustig"], "prescriptions-2-DELETE": ["on"]}
    client, address, _asked = sent_too_late(cast, sent, address)
    client.force_login(cast.anna)
    kept_page = form_to(client.get(KEPT), address)
    looked = client.post(address, kept_page.data() | {"_look": "1"})
    again = next(f for f in forms_of(looked) if "title" in f.data()).data()
    assert again["prescriptions-1-note"] == ["Rustig"]
    assert again["prescriptions-2-DELETE"] == ["on"]
    client.post(address, again | {"reason": "rustiger"})
    assert programme.prescriptions.filter(note="Rustig").count() == 1
    assert programme.prescriptions.count() == int(sent["prescriptions-TOTAL_FORMS"][0]) - 1


@pytest.mark.parametrize("gone", ["the row", "the cookie"])
def test_also_when_the_session_is_gone_altogether(cast, gone):
    client = Client()
    client.force_login(cast.anna)
    client.get("/admin/")
    if gone == "the row":
        LoginSession.objects.all().delete()
    else:
        del client.cookies["sessionid"]
    client.post(reverse("admin:patients_patient_add"), PATIENT)
    client.force_login(cast.anna)
    page = client.get("/admin/", follow=True)
    assert form_to(page, reverse("admin:patients_patient_add")).data()["name"] == ["Kees Prins"]


def test_nobody_else_sees_it(cast):
    client, _address, _asked = sent_too_late(cast)
    client.force_login(cast.els)
    assert client.get(KEPT).status_code == 302 and "Kees Prins" not in stored_sessions()
    client.force_login(cast.anna)
    assert client.get(KEPT).status_code == 302


def test_logging_out_by_choice_leaves_nothing(cast):
    client, address, _asked = sent_too_late(cast)
    client.force_login(cast.anna)
    client.post(reverse("account_logout"))
    client.post(address, PATIENT)  # in another tab that is still open
    assert "Kees Prins" not in stored_sessions()


def test_after_an_hour_it_is_gone(cast):
    client, _address, _asked = sent_too_late(cast)
    session = SessionStore(client.cookies["sessionid"].value)
    session[SESSION_KEY] = [session[SESSION_KEY][0] | {"at": time.time() - 3601}]
    session.save()
    client.force_login(cast.anna)
    assert client.get(KEPT).status_code == 302 and "Kees Prins" not in stored_sessions()


def test_thrown_away_by_a_press(cast):
    client, _address, _asked = sent_too_late(cast)
    client.force_login(cast.anna)
    assert "Weggooien" in client.get(KEPT).content.decode()
    away = next(form for form in forms_of(client.get(KEPT)) if "kept" in form.data())
    client.post(KEPT, away.data())
    assert client.get(KEPT).status_code == 302 and not Patient.objects.filter(name="Kees Prins")


def test_what_is_far_too_long_is_refused_in_words(cast):
    """Each request may bring more than is kept; nobody loses it without a word."""
    assert limits.KEPT_BYTES < limits.TEXT_BYTES
    client, _address, asked = sent_too_late(cast, PATIENT | {"name": "x" * (limits.KEPT_BYTES + 1)})
    page = client.get(asked["Location"]).content.decode()
    assert "te lang om te bewaren" in page and len(stored_sessions()) < 10_000


@pytest.mark.parametrize("ended", [True, False], ids=["logged out", "asked once more"])
def test_a_password_is_in_no_session(cast, client, ended):
    """Also not in what allauth would keep of a page that asks who one is once more."""
    client.force_login(cast.anna)
    client.get("/admin/")
    if ended:
        end_login(client)
    sent = {"oldpassword": CANARY, "password1": CANARY + "1", "password2": CANARY + "1"}
    for name in PAGES_WITH_SECRETS:
        client.post(reverse(name), sent | {"code": CANARY, "credential": CANARY, "name": "Kees"})
        assert CANARY not in stored_sessions(), name
