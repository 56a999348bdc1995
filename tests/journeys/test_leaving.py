"""What stays on a telephone that somebody leaves, loses or may no longer use."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from patients.joining import invitations
from patients.models import Proxy, SessionLog
from rugpijn.models import LoginSession, User

from ..conftest import PASSWORD
from ..logging_in import log_in_browser
from .day import count
from .phone import ACTS_HERE, KEPT, log_in, tick, until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DATABASES = "indexedDB.databases().then(all => all.map(one => one.name))"


def test_an_untrusted_device_and_leaving_it(at_home, phones, programme):
    """It keeps acts, and no programme; logging out asks when something would be lost."""
    phone = phones()
    page = phone.new_page()
    log_in(page, at_home, own=False)
    until(page, "navigator.serviceWorker.controller !== null")
    assert page.evaluate("caches.has('programme')") is False
    phone.set_offline(True)
    tick(page)
    page.get_by_role("button", name="Uitloggen").click()
    leave = page.get_by_role("alertdialog")
    expect(leave).to_contain_text("Nog op deze telefoon: 1")
    leave.get_by_role("button", name="Ingelogd blijven").click()
    expect(leave).to_be_hidden()
    page.reload()
    expect(page.get_by_role("heading", name="Geen verbinding")).to_be_visible()
    phone.set_offline(False)
    expect(page.locator("[data-count]")).to_be_visible()  # it opens by itself
    until(page, f"{ACTS_HERE}.then(all => all.length === 0)")
    assert SessionLog.objects.get().done
    page.get_by_role("button", name="Uitloggen").click()
    expect(page.get_by_role("heading", name="Inloggen")).to_be_visible()
    assert page.evaluate(DATABASES) == []
    assert page.evaluate("caches.has('programme')") is False
    assert page.evaluate("localStorage.length") == 0


SLOW_DISK = """(() => {
  const put = Cache.prototype.put;
  window.writing = 0;
  window.began = 0;
  Cache.prototype.put = async function (...what) {
    window.writing += 1;
    window.began += 1;
    await new Promise(done => setTimeout(done, 1500));
    try { await put.apply(this, what); } finally { window.writing -= 1; }
  };
  HTMLFormElement.prototype.submit = () => { window.left = { writing: window.writing }; };
})()"""


def test_leaving_while_the_programme_is_still_being_kept(at_home, phones, programme):
    """What is being written is waited for, then cleared; only then the server is told."""
    page = phones().new_page()
    page.add_init_script(SLOW_DISK)
    log_in(page, at_home, settled=False)
    until(page, "window.began >= 3")
    page.get_by_role("button", name="Uitloggen").click()
    until(page, "window.left")
    assert page.evaluate("window.left") == {"writing": 0}
    assert page.evaluate("caches.has('programme')") is False


ACTS = """new Promise(done => {
  const asked = indexedDB.open("rugpijn", 1);
  asked.onsuccess = () => {
    const all = asked.result.transaction("acts").objectStore("acts").getAll();
    all.onsuccess = () => { asked.result.close(); done(all.result.map(act => act.patient)); };
  };
})"""
NOTHING = f"caches.has('programme').then(kept => !kept && {ACTS}.then(acts => !acts.length))"


@pytest.fixture
def ria(cast, programme):
    """Does it for Piet on a telephone of her own, and for Mo, who has nothing to do yet."""
    ria = User.objects.create_user("ria@mail.example", PASSWORD, name="Ria Jansen")
    for patient in (cast.piet_patient, cast.mo_patient):
        Proxy.objects.create(user=ria, patient=patient, relation="helper")
    return ria


@pytest.mark.parametrize("contact", ["the page that is open", "the first page"])
def test_who_no_longer_acts_for_somebody_keeps_nothing(
    at_home, phones, programme, cast, ria, contact
):
    phone = phones()
    page = phone.new_page()
    log_in(page, at_home, email="ria@mail.example")
    phone.set_offline(True)
    tick(page)
    count(page, "1 van 12")
    invitations.end_proxy(Proxy.objects.get(patient=cast.piet_patient), by=cast.anna)
    page.reload()
    count(page, "1 van 12")  # without a connection nobody can tell
    if contact == "the first page":
        page.close()
        page = phone.new_page()
    phone.set_offline(False)
    if contact == "the first page":
        page.goto(at_home)
    expect(page.get_by_role("heading", name="Er staan nu geen oefeningen")).to_be_visible()
    until(page, NOTHING)
    assert not SessionLog.objects.exists()
    phone.set_offline(True)
    page.goto(at_home + reverse("patients:programme_detail", args=[programme.uuid]))
    expect(page.get_by_role("heading", name="Geen verbinding")).to_be_visible()


def test_who_acts_for_one_of_two_keeps_only_that_one(
    at_home, phones, programme, cast, ria, make_programme
):
    mos = make_programme(cast.mo_patient)
    phone = phones()
    page = phone.new_page()
    addresses = [
        at_home + reverse("patients:programme_detail", args=[one.uuid]) for one in (programme, mos)
    ]
    page.goto(at_home + reverse("account_login"))
    page.get_by_label("E-mailadres of inlogcode").fill("ria@mail.example")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_label("Dit is mijn eigen toestel").check()
    page.get_by_role("button", name="Inloggen", exact=True).click()
    expect(page.get_by_role("heading", name="Voor wie zijn de oefeningen?")).to_be_visible()
    for address, one in zip(addresses, (programme, mos), strict=True):
        page.goto(address)
        edition = "caches.match('/kept').then(r => r ? r.text() : '')"
        until(page, f"{edition}.then(text => text.includes('{one.uuid}'))")
    invitations.end_proxy(Proxy.objects.get(patient=cast.piet_patient), by=cast.anna)
    page.goto(addresses[1])
    until(page, "caches.match('/held').then(r => r && r.text()).then(t => t && !t.includes(' '))")
    until(page, KEPT)
    phone.set_offline(True)
    page.reload()
    count(page, "0 van 12")
    page.goto(addresses[0])
    expect(page.get_by_role("heading", name="Geen verbinding")).to_be_visible()


def test_a_lost_telephone_and_who_finds_it(at_home, phones, programme, cast, make_programme):
    """Logged out from a distance: the programme goes; what was not sent waits for its owner, also
    when somebody else logs in meanwhile."""
    make_programme(cast.mo_patient)
    phone = phones()
    page = phone.new_page()
    log_in(page, at_home)
    phone.set_offline(True)
    tick(page)
    count(page, "1 van 12")
    LoginSession.objects.filter(user=cast.piet).delete()
    phone.set_offline(False)
    page.goto(at_home)
    expect(page.get_by_role("heading", name="Inloggen")).to_be_visible()
    assert page.evaluate("caches.has('programme')") is False
    log_in(page, at_home, email="mo-1234")
    page.goto(at_home + reverse("patients:my_data"))
    expect(page.get_by_role("button", name="Uitloggen")).to_be_visible()
    until(page, f"{ACTS}.then(acts => acts.join() === '{cast.piet_patient.uuid}')")
    assert not SessionLog.objects.exists()
    LoginSession.objects.filter(user=cast.mo).delete()
    log_in(page, at_home)
    until(page, f"{ACTS_HERE}.then(all => all.every(one => one.sent))")
    assert SessionLog.objects.get().patient == cast.piet_patient


@pytest.mark.parametrize("who", ["another patient", "a therapist"])
def test_logging_out_leaves_what_somebody_else_did_here(
    at_home, phones, programme, cast, make_programme, who
):
    """On a shared telephone: not counted, not erased, and sent when its owner is back."""
    make_programme(cast.mo_patient)
    phone = phones()
    page = phone.new_page()
    log_in(page, at_home)
    phone.set_offline(True)
    tick(page)
    count(page, "1 van 12")
    LoginSession.objects.filter(user=cast.piet).delete()
    phone.set_offline(False)
    page.goto(at_home)
    if who == "a therapist":
        log_in_browser(page, at_home, cast.anna)
        page.goto(at_home)
    else:
        log_in(page, at_home, own=False, email="mo-1234")
        tick(page)
        until(page, f"{ACTS_HERE}.then(all => all.every(one => one.sent))")
    page.get_by_role("button", name="Uitloggen").click()
    expect(page.get_by_role("heading", name="Inloggen")).to_be_visible()
    assert page.evaluate(DATABASES) == ["rugpijn"]
    until(page, f"{ACTS}.then(acts => acts.join() === '{cast.piet_patient.uuid}')")
    assert page.evaluate("caches.has('programme')") is False
    log_in(page, at_home, own=False)
    until(page, f"{ACTS_HERE}.then(all => all.every(one => one.sent))")
    assert SessionLog.objects.filter(patient=cast.piet_patient).count() == 1
    page.get_by_role("button", name="Uitloggen").click()
    expect(page.get_by_role("heading", name="Inloggen")).to_be_visible()
    assert page.evaluate(DATABASES) == []
