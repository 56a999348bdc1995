"""What a report stops, in a real browser: without a connection, on two phones, on a kept page."""

import threading

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from patients import caseload, judgement, reports, worklist
from patients.models import SessionLog, SymptomAnswer
from patients.views import patient as pages

from .test_journeys import browser_context_args, site  # noqa: F401
from .test_journeys_day import at_home, log_in, phones, until  # noqa: F401

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
    button = form.get_by_role("button", name="Gedaan")
    button.evaluate("(one, presses) => { while (presses--) one.click(); }", presses)


def mistake(page):
    page.get_by_text("Dit was een vergissing").first.click()
    page.get_by_role("button", name="Ja, het was een vergissing").first.click()


def addresses(at_home, programme):  # noqa: F811
    own = [programme.uuid]
    names = ("programme_detail", "programme_session", "stop")
    return [at_home, *(at_home + reverse(f"patients:{name}", args=own) for name in names)]


def sent(page):
    until(page, "window.rugpijn.outbox.acts().then(all => all.every(one => one.sent))")


def test_a_report_holds_offline_and_on_the_next_phone(at_home, phones, programme, cast):  # noqa: F811
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
    page.get_by_role("link", name="Naar mijn eerste pagina").click()
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

    [course] = caseload.courses(caseload.running(cast.anna), timezone.localdate())
    seen = [(item.reason, item.occasion) for item in worklist.items(course)]
    judgement.mark_seen(programme=programme, reasons=seen, note="Gebeld.", by=cast.anna)
    page.goto(at_home)
    expect(page.get_by_role("link", name="Ga door")).to_be_visible()
    expect(first.get_by_text("Gestopt. Bel ons")).to_be_hidden()


def test_a_borrowed_phone_stops_with_what_came_with_the_page(at_home, phones, programme):  # noqa: F811
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
    for module, name in ((pages, "_own_programmes"), (reports, "standing_of")):
        real = getattr(module, name)

        def waiting(*asked, real=real):
            may_answer.wait(30)
            return real(*asked)

        monkeypatch.setattr(module, name, waiting)
    yield may_answer
    may_answer.set()


def test_a_kept_page_is_there_at_once_and_waits(at_home, phones, programme, request):  # noqa: F811
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
