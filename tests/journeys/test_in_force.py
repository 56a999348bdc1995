"""What a report stops, in a real browser: without a connection, on two phones, on a kept page."""

import re
import threading

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from patients.follow_up import caseload, judgements, worklist
from patients.models import SessionLog, SymptomAnswer
from patients.patient_day import reports
from patients.patient_day.views import today as pages
from rugpijn.models import Practice

from .phone import ACTS_HERE, CARRIED, KEPT, log_in, tick, until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def offers(page):
    """What can be pressed to exercise, on whatever page this is."""
    return page.locator(".btn-start:visible, [data-do=run]:visible, [data-if=todo] button:visible")


def stopped(page):
    expect(page.get_by_role("heading", name="Stop met oefenen")).to_be_visible()
    expect(page.get_by_role("link", name="Bel 112")).to_be_visible()
    expect(offers(page)).to_have_count(0)


def report(page, words, presses=1):
    """After an exercise: something went wrong."""
    step = page.locator(".step:visible")
    step.get_by_role("button", name="Tel mee").click()
    step.get_by_role("button", name="Pauze", exact=True).click()
    step.get_by_role("button", name="Oefening klaar").click()
    form = page.locator(".step-after:visible")
    form.get_by_text("Er ging iets mis").click()
    form.get_by_label(words).check()
    button = form.get_by_role("button", name=re.compile("^(Gedaan|Meld het)"))
    button.evaluate("(one, presses) => { while (presses--) one.click(); }", presses)


def mistake(page):
    page.get_by_text("Dit was een vergissing").first.click()
    page.get_by_role("button", name="Ja, het was een vergissing").first.click()


def addresses(at_home, programme):
    own = [programme.uuid]
    names = ("programme_detail", "programme_session", "stop")
    return [at_home, *(at_home + reverse(f"patients:{name}", args=own) for name in names)]


def sent(page):
    until(page, f"{ACTS_HERE}.then(all => all.every(one => one.sent))")


def test_a_report_holds_offline_and_on_the_next_phone(at_home, phones, programme, cast):
    """Reported, taken back, and reported again offline; sent; cleared by the therapist."""
    everywhere = addresses(at_home, programme)
    session = everywhere[2]
    phone = phones()
    page = phone.new_page()
    log_in(page, at_home)
    phone.set_offline(True)
    page.goto(session)
    report(page, "Het voelt doof rond mijn anus")
    stopped(page)
    expect(page.get_by_role("heading", name="Stop met oefenen")).to_be_focused()
    for address in everywhere:
        page.goto(address)
        stopped(page)
        expect(page.locator("[data-red-flags]")).to_contain_text("Het voelt doof rond mijn anus")
    page.goto(at_home + reverse("patients:my_data"))
    expect(page.get_by_role("heading", name="Geen verbinding")).to_be_visible()
    page.get_by_role("link", name="Naar mijn oefeningen").click()
    stopped(page)

    mistake(page)
    expect(page.get_by_role("link", name="Ga door")).to_be_visible()
    page.goto(session)
    expect(page.locator(".session-place")).to_have_text("Oefening 1 van 6")
    report(page, "Een doof of tintelend gevoel")
    expect(page.locator("[data-told]:visible")).to_contain_text("Stop met deze oefening")
    page.get_by_role("button", name="Volgende oefening").click()
    page.goto(at_home)
    first, second = page.locator("article[data-line]").nth(0), page.locator("article").nth(1)
    expect(first.get_by_text("Gestopt. Bel ons")).to_be_visible()
    expect(offers(first)).to_have_count(0)
    expect(offers(second)).to_have_count(2)
    page.goto(session)
    expect(page.locator(".session-place")).to_have_text("Oefening 1 van 5")

    phone.set_offline(False)
    page.goto(at_home)
    sent(page)
    assert SymptomAnswer.objects.exclude(symptoms=[]).count() == 2
    expect(page.locator(".report")).to_contain_text("Een doof of tintelend gevoel")
    expect(offers(first)).to_have_count(0)

    other = phones().new_page()
    log_in(other, at_home, own=False)
    other.goto(session)
    expect(other.locator(".session-place")).to_have_text("Oefening 1 van 5")
    report(other, "Ik kan plas of poep ni", presses=2)
    other.wait_for_url(everywhere[3])
    stopped(other)
    assert SymptomAnswer.objects.filter(symptoms=["bladder"]).count() == 1
    for address in everywhere:
        page.goto(address)
        stopped(page)

    [case] = caseload.cases(caseload.running(cast.anna), timezone.localdate())
    seen = [(item.reason, item.occasion) for item in worklist.items(case)]
    judgements.mark_seen(programme=programme, reasons=seen, note="Gebeld.", by=cast.anna)
    page.goto(at_home)
    expect(page.get_by_role("link", name="Ga door")).to_be_visible()
    expect(first.get_by_text("Gestopt. Bel ons")).to_be_hidden()


def test_a_borrowed_phone_stops_with_what_came_with_the_page(at_home, phones, programme):
    """The connection fell away; and another page that stood open looks up again."""
    borrowed = phones()
    page = borrowed.new_page()
    log_in(page, at_home, own=False)
    waits = borrowed.new_page()
    waits.goto(at_home)
    expect(waits.locator(".btn-start")).to_be_visible()
    counts = borrowed.new_page()
    counts.goto(addresses(at_home, programme)[2])
    counts.get_by_role("button", name="Tel mee").click()
    expect(counts.locator("body.counting")).to_be_visible()
    page.get_by_role("link", name="Begin").click()
    expect(page.locator(".session-place")).to_have_text("Oefening 1 van 6")
    borrowed.set_offline(True)
    report(page, "Mijn been of arm verli", presses=2)
    stopped(page)
    assert not SessionLog.objects.exists()
    borrowed.set_offline(False)
    stopped(waits)
    stopped(counts)
    expect(counts.locator("body.counting")).to_have_count(0)  # it scrolls again
    sent(page)
    stopped(page)
    assert SymptomAnswer.objects.count() == SessionLog.objects.count() == 1


@pytest.fixture
def silent(monkeypatch):
    """A server that takes every question about exercises and answers none, until it is set."""
    may_answer = threading.Event()
    for module, name in ((pages, "_own_programmes"), (reports, "standing_by_patient")):
        real = getattr(module, name)

        def waiting(*asked, real=real):
            may_answer.wait(30)
            return real(*asked)

        monkeypatch.setattr(module, name, waiting)
    yield may_answer
    may_answer.set()


def test_a_kept_page_is_there_at_once_and_waits(at_home, phones, programme, request):
    """Nobody answers, and yet it is there; its buttons come when this phone gives up asking."""
    page = phones().new_page()
    log_in(page, at_home)
    may_answer = request.getfixturevalue("silent")
    page.goto(at_home)
    expect(page.locator("[data-count] .count")).to_have_text("0 van 12 gedaan vandaag")
    assert page.evaluate("'kept' in document.documentElement.dataset")
    expect(page.get_by_text("Even kijken of er iets is veranderd")).to_be_visible()
    expect(offers(page)).to_have_count(0)
    expect(page.locator(".btn-start")).to_be_visible()
    expect(page.get_by_text("Even kijken of er iets is veranderd")).to_be_hidden()
    may_answer.set()


# ---------------------------------------------------------------- ticked, and not sent


def ticks(page, words):
    """After an exercise, in the session: ticked, and no button pressed."""
    step = page.locator(".step:visible")
    step.get_by_role("button", name="Oefening klaar").click()
    form = page.locator(".step-after:visible")
    form.get_by_text("Er ging iets mis").click()
    form.get_by_label(words).check()
    return form


def dark(page, hidden):
    """As a phone that is locked, and looked at again."""
    page.evaluate(
        """hidden => {
          Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )


def leave_by(way, page, at_home):
    if way == "a link":
        page.get_by_role("link", name="Stop", exact=True).click()
    elif way == "reload":
        page.reload()
    elif way == "back":
        page.go_back()
    elif way == "dark":
        dark(page, True)
        dark(page, False)


@pytest.mark.parametrize("offline", [False, True])
def test_a_ticked_red_flag_is_reported_however_the_form_is_left(
    at_home,
    phones,
    programme,
    offline,
):
    """By a link, a reload, Back, a screen that goes dark: once, and never as done."""
    phone = phones()
    page = phone.new_page()
    log_in(page, at_home)
    session = addresses(at_home, programme)[2]
    for number, way in enumerate(["a link", "reload", "back", "dark"], 1):
        phone.set_offline(offline)
        page.goto(at_home)
        page.goto(session)
        form = ticks(page, "Het voelt doof rond mijn anus")
        expect(form.locator("[data-warning]")).to_contain_text("Bel nu uw huisarts")
        expect(form.get_by_role("link", name="Bel 112")).to_be_in_viewport()
        until(page, f"{ACTS_HERE}.then(all => all.length === {number * 2 - 1})")
        leave_by(way, page, at_home)
        if way == "a link" and not offline:
            page.wait_for_url("**/stop/")
        stopped(page)
        if offline:
            expect(page.get_by_text("Deze melding staat nog op deze telefoon")).to_be_visible()
            assert SymptomAnswer.objects.count() == number * 2 - 2, way
        phone.set_offline(False)
        page.goto(at_home)
        sent(page)
        stopped(page)
        expect(page.get_by_text("Uw fysiotherapeut krijgt deze melding ook")).to_be_visible()
        assert SymptomAnswer.objects.count() == number * 2 - 1, way
        mistake(page)
        page.wait_for_url("**/programmes/*/")  # it was sent: the day is shown anew
        expect(page.get_by_role("link", name="Begin")).to_be_visible()
        until(page, KEPT)
        kept = f"caches.match({CARRIED}.session).then(one => one.text())"
        until(page, f"{kept}.then(text => text.includes('step-after'))")
    assert not SessionLog.objects.exists()
    for report_ in SymptomAnswer.objects.filter(retracts=None):
        assert report_.symptoms == ["saddle"]


# What the device holds, read where none of our scripts has opened it.
ON_DEVICE = """() => new Promise((done, failed) => {
    const asked = indexedDB.open("rugpijn");
    asked.onerror = failed;
    asked.onsuccess = () => {
        const all = asked.result.transaction("acts").objectStore("acts").getAll();
        all.onsuccess = () => { asked.result.close(); done(all.result); };
    };
})"""


def test_it_is_sent_in_passing(at_home, phones, programme):
    """The phone is put away, or another page is asked for: nobody has to come back here."""
    page = phones().new_page()
    log_in(page, at_home, own=False)
    for number, words in enumerate(("Het voelt doof rond mijn anus", "De pijn straalde uit"), 1):
        page.goto(addresses(at_home, programme)[2])
        ticks(page, words)
        until(page, f"{ACTS_HERE}.then(all => all.some(one => one.draft))")
        if number == 1:
            dark(page, True)
            for _time in range(100):
                if SymptomAnswer.objects.exists():
                    break
                page.wait_for_timeout(100)
            assert SymptomAnswer.objects.count() == 1
        else:  # a browser may drop what it sends while it leaves: then the next page sends it
            page.goto(at_home + reverse("patients:my_data"))  # where no act is sent
            held = page.evaluate(ON_DEVICE)
            assert [act["symptoms"] for act in held if not act.get("sent")] == [["leg_pain"]]
        page.goto(at_home)
        sent(page)
        assert SymptomAnswer.objects.count() == number * 2 - 1
        mistake(page)
        expect(page.get_by_role("link", name="Begin")).to_be_visible()
    assert not SessionLog.objects.exists()


def test_unticked_again_nothing_is_reported(at_home, phones, programme):
    page = phones().new_page()
    log_in(page, at_home, own=False)
    page.goto(addresses(at_home, programme)[2])
    form = ticks(page, "Het voelt doof rond mijn anus")
    expect(form.get_by_role("button", name="Terug naar de oefening")).to_be_hidden()
    form.get_by_label("Het voelt doof rond mijn anus").uncheck()
    expect(form.locator("[data-warning]")).to_be_hidden()
    until(page, f"{ACTS_HERE}.then(all => all.length === 0)")
    page.get_by_role("link", name="Stop", exact=True).click()
    expect(page.get_by_role("link", name="Begin")).to_be_visible()

    page.goto(addresses(at_home, programme)[2])
    form = ticks(page, "De pijn straalde uit")
    form.get_by_role("button", name="Terug naar de oefening").click()  # no: it is stopped
    expect(page.locator("[data-told]:visible")).to_contain_text("Stop met deze oefening")
    sent(page)
    assert [row.symptoms for row in SymptomAnswer.objects.all()] == [["leg_pain"]]
    assert not SessionLog.objects.exists()


@pytest.mark.parametrize("way", ["Overslaan", "Opslaan", "Opslaan, offline"])
def test_today_warns_at_once_and_loses_nothing(at_home, phones, programme, way):
    """The same words as in the session; where minutes count the emergency number is first."""
    version = programme.current_version()
    asked = {"key": "chest", "words": "Ik ben kortademig", "urgency": "doctor"}
    version.content["symptoms"].append(asked)
    version.save()
    phone = phones()
    page = phone.new_page()
    log_in(page, at_home, own=False)
    tick(page)
    page.wait_for_url("**after=**")
    form = page.locator("form.how-it-went")
    form.get_by_text("Er ging iets mis").click()
    form.get_by_label("Het voelt doof rond mijn anus").check()
    expect(form.get_by_role("alert")).to_have_text(
        "Stop met oefenen. Bel nu uw huisarts, ook ’s avonds of in het weekend."
    )
    form.get_by_label("Ik ben kortademig").check()
    expect(form.get_by_role("alert")).to_have_text(
        "Stop met oefenen. Bel nu 112. Elke minuut telt."
    )
    until(page, f"{ACTS_HERE}.then(all => all.some(one => one.draft))")
    phone.set_offline("offline" in way)
    pressed = page.get_by_role("link" if way == "Overslaan" else "button", name=way.split(",")[0])
    pressed.click()
    stopped(page)
    head = page.locator(".stop-head").inner_text()
    assert "Bel nu 112. Elke minuut telt." in head and "huisarts" not in head
    assert page.locator(".calls li").first.inner_text().endswith("Bel 112")
    if "offline" in way:
        expect(page.get_by_text("Deze melding staat nog op deze telefoon")).to_be_visible()
        phone.set_offline(False)
    sent(page)
    page.goto(at_home)
    stopped(page)
    assert [row.symptoms for row in SymptomAnswer.objects.all()] == [["chest", "saddle"]]
    answered = SessionLog.objects.count() - 1  # beside what was ticked off
    assert answered == (way != "Overslaan")


def test_an_alarm_sign_in_the_morning_without_a_connection(at_home, phones, programme):
    """From "when to call", without an exercise; and logging out says what would be lost."""
    phone = phones()
    page = phone.new_page()
    log_in(page, at_home)
    phone.set_offline(True)
    page.goto(at_home)
    page.get_by_role("link", name="Ik heb dit nu").click()
    page.get_by_role("button", name="Meld het").click()
    expect(page.get_by_role("alert")).to_have_text("Vink aan wat u heeft.")
    page.get_by_label("Ik kan plas of poep niet").check()
    expect(page.locator("[data-warning]")).to_contain_text("Bel nu uw huisarts")
    page.get_by_role("button", name="Meld het").click()
    stopped(page)
    expect(page.locator("[data-red-flags]")).to_contain_text("Ik kan plas of poep niet")
    for address in addresses(at_home, programme):
        page.goto(address)
        stopped(page)
    page.get_by_role("button", name="Uitloggen").click()
    leave = page.get_by_role("alertdialog")
    expect(leave).to_contain_text("Nog op deze telefoon: 1")
    expect(leave).to_contain_text("Daarbij is een melding van klachten")
    leave.get_by_role("button", name="Ingelogd blijven").click()
    phone.set_offline(False)
    page.goto(at_home)
    sent(page)
    row = SymptomAnswer.objects.get()
    assert (row.line, row.symptoms) == (None, ["bladder"])
    stopped(page)


def test_a_kept_page_shows_the_new_number(at_home, phones, programme, cast):
    page = phones().new_page()
    log_in(page, at_home)
    Practice.objects.update(doctor_phone="030 111 11 11", phone="030 222 22 22")
    page.goto(at_home)
    expect(page.locator("#when-to-call a[href='tel:+31301111111']")).to_be_visible()
    expect(page.locator(".side-links a[href='tel:+31302222222']")).to_be_visible()
    for there in addresses(at_home, programme):
        kept = f"caches.match('{there}').then(one => one.text())"
        until(page, f"{kept}.then(text => text.includes('+31302222222'))")


def test_back_to_the_stop_page_begins_at_its_first_words(at_home, phones, programme):
    page = phones().new_page()
    log_in(page, at_home, own=False)
    page.goto(addresses(at_home, programme)[2])
    report(page, "Het voelt doof rond mijn anus")
    page.wait_for_url("**/stop/")
    page.get_by_role("link", name="Uw oefeningen lezen").click()
    expect(page.get_by_text("Doe nu geen oefeningen")).to_be_visible()
    page.go_back()
    stopped(page)
    assert page.evaluate("window.scrollY") == 0


def test_when_to_call_is_readable_while_somebody_counts(at_home, phones, programme):
    page = phones().new_page()
    log_in(page, at_home, own=False)
    page.goto(addresses(at_home, programme)[2])
    page.get_by_role("button", name="Tel mee").click()
    page.get_by_role("link", name="Wanneer bellen?").click()
    expect(page.locator("#when-to-call")).to_be_in_viewport()
    counter = page.locator(".step:visible .counter").bounding_box()
    assert counter["height"] < page.viewport_size["height"] * 0.22
