"""What was typed when a login had ended: whose it is, how it comes back, and what is never kept."""

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from patients.models import Patient
from patients.privacy import retention
from rugpijn.models import KeptForm, LoginSession
from rugpijn.web import limits
from tests.forms.page_forms import form_to, forms_of

from .late import KEPT, PATIENT, add_page, end_login, sent_too_late, stored

pytestmark = pytest.mark.django_db
CANARY = "kanarie-geheim-26"
PAGES_WITH_SECRETS = tuple(
    """
    account_change_password account_set_password login_devices passkey_add staff_factor
    account_reauthenticate account_email
    """.split()
)


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
    assert page.status_code == 200 and "Er is nog niets opgeslagen" in page.content.decode()
    again = next(
        form for form in forms_of(page) if any(f.name == "birth_date" for f in form.fields)
    )
    assert again.data()["name"] == ["Kees Prins"] and again.data()["birth_date"] == ["1-2-1960"]
    assert not Patient.objects.filter(name="Kees Prins").exists()
    elsewhere = client.get("/admin/").content.decode()
    assert "werk dat nog niet is opgeslagen" in elsewhere and KEPT in elsewhere
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
    assert asked.status_code == 403 and "Kees Prins" not in stored()
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


def test_nobody_else_sees_it_and_no_other_login_destroys_it(cast):
    client, address, _asked = sent_too_late(cast)
    client.force_login(cast.els)
    assert client.get(KEPT).status_code == 302
    assert "Kees Prins" not in client.get("/admin/", follow=True).content.decode()
    client.post(reverse("account_logout"))
    client.force_login(cast.anna)
    page = client.get("/admin/", follow=True)
    assert form_to(page, address).data()["name"] == ["Kees Prins"]


def test_it_comes_back_in_another_browser_and_without_any_cookie(cast):
    _client, address, _asked = sent_too_late(cast)
    elsewhere = Client()
    elsewhere.force_login(cast.anna)
    page = elsewhere.get("/admin/", follow=True)
    assert form_to(page, address).data()["name"] == ["Kees Prins"]


def test_logging_out_by_choice_keeps_it_and_says_so(cast):
    client, address, _asked = sent_too_late(cast)
    client.force_login(cast.anna)
    client.get(KEPT)
    page = client.post(reverse("account_logout"), follow=True).content.decode()
    assert "wordt nog een uur bewaard" in page and "Kees Prins" not in page
    client.force_login(cast.anna)
    form = form_to(client.get(KEPT), address)
    client.post(address, form.data())
    page = client.post(reverse("account_logout"), follow=True).content.decode()
    assert "een uur bewaard" not in page and not KeptForm.objects.exists()


def test_after_an_hour_it_is_gone(cast):
    client, _address, _asked = sent_too_late(cast)
    KeptForm.objects.update(at=timezone.now() - timedelta(minutes=61))
    client.force_login(cast.anna)
    assert client.get(KEPT).status_code == 302
    assert "Kees Prins" not in client.get("/admin/", follow=True).content.decode()
    retention.run(timezone.now())
    assert not KeptForm.objects.exists()


def test_keeping_one_removes_what_is_over_of_anybody(cast):
    past = timezone.now() - timedelta(minutes=61)
    KeptForm.objects.create(user=cast.bram, content="{}", at=past)
    sent_too_late(cast)
    assert KeptForm.objects.get().user == cast.anna


def test_of_many_the_last_five_are_kept_and_the_same_once(cast):
    client, address, _asked = sent_too_late(cast)
    for number in (1, 2, 3, 4, 5, 5):
        client.post(address, PATIENT | {"name": f"Kees {number}"})
    kept = [json.loads(one.content)["fields"][0][1] for one in KeptForm.objects.all()]
    assert kept == [f"Kees {number}" for number in (1, 2, 3, 4, 5)]


def test_thrown_away_by_a_press(cast):
    client, _address, _asked = sent_too_late(cast)
    client.force_login(cast.anna)
    page = client.get(KEPT)
    # One press opens what it would do, without a script; the second does it.
    text = page.content.decode()
    [asked] = re.findall(r"<details[^>]*>\s*<summary>Weggooien</summary>.*?</details>", text, re.S)
    assert "kunt het niet terughalen" in asked and "Patiënt (nieuw)" in asked
    assert 'name="kept"' in asked and 'name="kept"' not in text.replace(asked, "")
    away = next(form for form in forms_of(page) if "kept" in form.data())
    client.post(KEPT, away.data())
    assert client.get(KEPT).status_code == 302 and not KeptForm.objects.exists()
    assert not Patient.objects.filter(name="Kees Prins")


def test_what_is_far_too_long_is_refused_in_words(cast):
    """Each request may bring more than is kept; nobody loses it without a word."""
    assert limits.KEPT_BYTES < limits.TEXT_BYTES
    client, _address, asked = sent_too_late(cast, PATIENT | {"name": "x" * (limits.KEPT_BYTES + 1)})
    page = client.get(asked["Location"]).content.decode()
    assert "te lang om te bewaren" in page and len(stored()) < 10_000


@pytest.mark.parametrize("ended", [True, False], ids=["logged out", "asked once more"])
def test_a_password_is_kept_nowhere(cast, client, ended):
    """Also not in what allauth would keep of a page that asks who one is once more."""
    client.force_login(cast.anna)
    client.get("/admin/")
    if ended:
        end_login(client)
    sent = {"oldpassword": CANARY, "password1": CANARY + "1", "password2": CANARY + "1"}
    for name in PAGES_WITH_SECRETS:
        client.post(reverse(name), sent | {"code": CANARY, "credential": CANARY, "name": "Kees"})
        assert CANARY not in stored(), name


# ------------------------------------------------------------ why it was refused, in true words


def refused(user=None, data=PATIENT, **extra):
    client = Client(enforce_csrf_checks=True, HTTP_ORIGIN="http://testserver")
    if user:
        client.force_login(user)
    if extra.pop("cookie", True):
        client.get(reverse("account_login"))
        client.cookies["csrftoken"] = "x" * 32
    answer = client.post(add_page(), data | {"csrfmiddlewaretoken": "y" * 64}, **extra)
    assert answer.status_code == 403
    return answer


def test_the_reason_is_true(cast):
    assert "stuurde geen cookie" in refused(cast.anna, cookie=False).content.decode()
    older = refused(cast.anna).content.decode()
    assert "Nadat u deze pagina opende" in older and "te lang open" not in older
    assert (
        "welke pagina dit stuurde"
        in refused(cast.anna, HTTP_ORIGIN="https://evil.example").content.decode()
    )


def test_the_way_on_throws_nothing_away(cast):
    _before, main = refused(cast.anna).content.decode().split("<main")
    [way] = re.findall(r'<a [^>]*href="/".*?</a>', main)
    assert 'target="_blank"' in way and "nieuw tabblad" in way


@pytest.mark.parametrize("logged_in", [True, False])
def test_the_form_can_be_looked_at_by_who_is_logged_in(cast, logged_in):
    page = refused(cast.anna if logged_in else None).content.decode()
    assert "Kees Prins" in page and ('name="_look"' in page) == logged_in


# ------------------------------------------------------------ what is no work

LOGIN_FLOW = (
    ("set_language", {"language": "en", "next": "/accounts/login/"}),
    ("second_step", {"stop": ""}),
    ("account_login", {"login": "piet@mail.example", "password": CANARY}),
    ("account_reset_password", {"email": "piet@mail.example"}),
    ("account_reauthenticate", {"password": CANARY, "next": "/"}),
    ("factor_again", {"code": "123456", "next": "/x/"}),
    ("staff_factor", {"code": "123456", "app": "x"}),
    ("kept_form", {"kept": "1"}),
)


@pytest.mark.parametrize(("name", "sent"), LOGIN_FLOW, ids=[name for name, _sent in LOGIN_FLOW])
def test_what_belongs_to_the_login_is_never_kept(cast, name, sent):
    client = Client()
    client.force_login(cast.anna)
    client.get("/admin/")
    end_login(client)
    client.post(reverse(name), sent, HTTP_ORIGIN="http://testserver")
    client.post(reverse(name), sent, HTTP_ORIGIN="http://testserver")
    assert not KeptForm.objects.exists()


def test_a_press_is_asked_about_and_is_no_work(cast, programme):
    client = Client()
    client.force_login(cast.piet)
    page = client.get("/", follow=True)
    form = next(form for form in forms_of(page) if "operation" in form.data())
    end_login(client)
    client.post(form.action, form.pressed())
    client.force_login(cast.piet)
    asked = client.get("/", follow=True).content.decode()
    assert "Wilt u doorgaan?" in asked and "typte" not in asked
    assert "werk dat nog niet" not in client.get("/", follow=True).content.decode()
    out = client.post(reverse("account_logout"), follow=True).content.decode()
    assert "een uur bewaard" not in out


# ------------------------------------------------------------ put right before it is sent


def test_a_message_can_be_put_right_before_it_is_sent(cast, programme):
    client = Client()
    client.force_login(cast.piet)
    address = reverse("patients:messages", args=[programme.uuid])
    form = next(form for form in forms_of(client.get(address)) if "text" in form.data())
    end_login(client)
    client.post(address, form.data() | {"text": "De brug\r\nlukt niet"})
    client.force_login(cast.piet)
    again = form_to(client.get(KEPT), address)
    assert again.named("text").tag == "textarea"
    assert again.data()["text"] == ["De brug\r\nlukt niet"]
    client.post(address, again.data() | {"text": "De brug lukt weer"})
    assert [one.text for one in programme.messages.all()] == ["De brug lukt weer"]


# ------------------------------------------------------------ a password that was not changed


def test_a_password_that_was_not_changed_is_said_on_the_first_page(cast):
    client = Client()
    client.force_login(cast.anna)
    client.get("/admin/")
    end_login(client)
    client.post(reverse("account_change_password"), {"oldpassword": CANARY})
    client.force_login(cast.anna)
    assert "Uw wachtwoord is niet gewijzigd" in client.get("/admin/").content.decode()
    assert "Uw wachtwoord is niet gewijzigd" not in client.get("/admin/").content.decode()


@pytest.mark.parametrize("known", [True, False])
def test_a_password_that_was_not_changed_is_said(cast, known):
    client = Client()
    client.force_login(cast.piet)
    address = reverse("account_change_password")
    client.get(address)
    before = cast.piet.password
    if known:
        end_login(client)
    else:
        client.cookies.clear()
    sent = {"oldpassword": CANARY, "password1": CANARY + "1", "password2": CANARY + "1"}
    page = client.post(address, sent, follow=True, HTTP_ORIGIN="http://testserver")
    words = "Uw wachtwoord is niet gewijzigd"
    assert words in page.content.decode() and CANARY not in stored()
    cast.piet.refresh_from_db()
    assert cast.piet.password == before
    client.force_login(cast.piet)
    if known:
        assert words in client.get(address).content.decode()
    assert words not in client.get(address).content.decode()
    assert client.get(KEPT).status_code == 302


@pytest.mark.parametrize("page", ["messages", "seen"])
def test_a_message_and_a_note_say_whose_record_they_are_of(cast, programme, page):
    address = reverse(f"admin:patients_programme_{page}", args=[programme.pk])
    client, _address, _asked = sent_too_late(
        cast, {"text": "Kom morgen", "note": "Gebeld"}, address
    )
    client.force_login(cast.anna)
    assert "Lage rugpijn · Piet Jansen" in client.get(KEPT).content.decode()
