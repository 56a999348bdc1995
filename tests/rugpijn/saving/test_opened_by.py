"""A page that somebody else opened in this browser does nothing and shows nothing."""

import re

import pytest
from django.core.signing import Signer
from django.test import Client
from django.urls import reverse

from patients.models import Patient
from rugpijn.models import KeptForm
from tests.exercises.media.uploads import upload
from tests.forms.page_forms import form_to, forms_of

from .late import KEPT, PATIENT, add_page, sent_too_late, stored

pytestmark = pytest.mark.django_db

# ------------------------------------------------------------ a page that somebody else opened

MARK = "opened_by"
SOMEBODY_ELSE = "Iemand anders heeft deze pagina geopend"


def marked(user, address) -> dict:
    """What the page of this person sends beside what is typed."""
    client = Client()
    client.force_login(user)
    form = next(
        form for form in forms_of(client.get(address)) if "csrfmiddlewaretoken" in form.data()
    )
    return {name: form.data()[name] for name in ("csrfmiddlewaretoken", MARK)}


@pytest.mark.parametrize("token", ["right", "of the login before"])
def test_a_page_of_somebody_else_does_nothing_and_shows_nothing(cast, token):
    """Bram, of another practice, logged in after Anna opened her page."""
    sent = PATIENT | marked(cast.anna, add_page())
    client = Client(enforce_csrf_checks=token != "right", HTTP_ORIGIN="http://testserver")
    client.force_login(cast.bram)
    client.get("/admin/")
    answer = client.post(add_page(), sent)
    page = answer.content.decode()
    assert answer.status_code == 403 and SOMEBODY_ELSE in page and "blijft een uur bewaard" in page
    assert "Kees Prins" not in page and not Patient.objects.filter(name="Kees Prins").exists()
    assert client.get(KEPT).status_code == 302
    again = Client()
    again.force_login(cast.anna)
    back = again.get("/admin/", follow=True)
    form = form_to(back, add_page())
    assert form.data()["name"] == ["Kees Prins"]
    assert again.post(add_page(), form.data()).status_code == 302
    assert Patient.objects.get(name="Kees Prins").practice == cast.anna.practice


@pytest.mark.parametrize("token", ["right", "of the login before"])
def test_nobody_is_logged_in_and_the_page_says_who_opened_it(cast, token):
    """It is kept for her, and who sits there now reads nothing of it."""
    sent = PATIENT | marked(cast.anna, add_page())
    client = Client(enforce_csrf_checks=token != "right", HTTP_ORIGIN="http://testserver")
    client.get(reverse("account_login"))
    answer = client.post(add_page(), sent, follow=True)
    [step] = answer.redirect_chain
    assert step[0].startswith(reverse("account_login"))
    assert "blijft een uur bewaard" in answer.content.decode()
    assert "Kees Prins" not in answer.content.decode()
    client.force_login(cast.anna)
    assert form_to(client.get("/admin/", follow=True), add_page()).data()["name"] == ["Kees Prins"]


@pytest.mark.parametrize("change", ["forged", "missing", "long", "of another salt"])
def test_a_mark_that_is_none_changes_nothing(cast, change):
    sent = dict(PATIENT)
    if change != "missing":
        made = {"forged": f"{cast.anna.uuid}:x", "long": "x" * 5000}
        sent[MARK] = made.get(change) or Signer(salt="other").sign(str(cast.anna.uuid))
    client = Client()
    client.force_login(cast.bram)
    assert client.post(add_page(), sent).status_code == 302
    assert Patient.objects.get(name="Kees Prins").practice == cast.bram.practice
    assert not KeptForm.objects.exists()


def test_every_form_of_a_page_has_the_mark_once_and_a_login_page_none(cast, programme):
    client = Client()
    assert MARK not in client.get(reverse("account_login")).content.decode()
    for user, address in ((cast.anna, "/admin/"), (cast.piet, "/"), (cast.anna, add_page())):
        client.force_login(user)
        forms = [
            form for form in forms_of(client.get(address, follow=True)) if form.method == "post"
        ]
        marks = {tuple(form.data().get(MARK, ())) for form in forms}
        assert len(marks) == 1 and len(marks.pop()) == 1, address


def test_the_mark_is_no_content(cast):
    """Neither kept, nor shown, nor what is typed compared with."""
    sent = PATIENT | marked(cast.anna, add_page())
    client, _address, _asked = sent_too_late(cast, sent)
    assert MARK not in stored() and "rugpijn.opened_by" not in stored()
    client.force_login(cast.anna)
    page = client.get(KEPT).content.decode()
    assert sent[MARK][0] not in re.sub(r'name="opened_by" value="[^"]*"', "", page)


@pytest.mark.parametrize("name", ["account_logout", "set_language"])
def test_whoever_presses_may_log_out_and_choose_a_language(cast, name):
    client = Client()
    client.force_login(cast.bram)
    sent = marked(cast.anna, "/admin/") | {"language": "en"}
    assert client.post(reverse(name), sent).status_code == 302
    cast.bram.refresh_from_db()
    logged_out = client.get("/admin/").status_code == 302
    assert logged_out if name == "account_logout" else cast.bram.language == "en"


def test_a_press_on_a_page_of_somebody_else_is_not_kept(cast):
    client = Client()
    client.force_login(cast.bram)
    address = reverse("login_devices")
    sent = marked(cast.anna, "/admin/") | {"others": "1"}
    page = client.post(address, sent).content.decode()
    assert SOMEBODY_ELSE in page and "een uur" not in page and not KeptForm.objects.exists()


def test_a_script_hears_it_as_json(cast):
    client = Client(HTTP_ACCEPT="application/json")
    client.force_login(cast.bram)
    answer = client.post(add_page(), PATIENT | marked(cast.anna, add_page()))
    assert answer.status_code == 403 and answer.json() == {"error": "token"}
    assert not Patient.objects.filter(name="Kees Prins").exists()


def test_a_file_on_a_page_of_somebody_else(cast, own_exercise):
    address = reverse("admin:exercises_exercise_film", args=[own_exercise.pk])
    client = Client()
    client.force_login(cast.bram)
    sent = marked(cast.anna, address) | {"title_nl": "Brug", "film": upload(b"x", "brug.webm")}
    assert SOMEBODY_ELSE in client.post(address, sent).content.decode()
    client.force_login(cast.anna)
    page = client.get(KEPT)
    assert "brug.webm" in page.content.decode()
    assert form_to(page, address).named("film").kind == "file"
