"""Keeping at it: the own times and a calendar without a script, and a question with its answer."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from patients.models import Message, ReminderPlan

from .pages import calm_and_accessible, log_in, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}


def test_times_and_a_calendar_without_a_script(browser, site, programme):
    """Large letters, three choices, a link that a calendar can read, and out again."""
    context = browser.new_context(viewport=PHONE, locale="nl-NL", java_script_enabled=False)
    phone = context.new_page()
    log_in(phone, site, "piet@mail.example")
    phone.goto(site + reverse("patients:my_data"))
    phone.get_by_label("heel groot").check()
    phone.get_by_role("button", name="Opslaan").click()
    expect(phone.locator("html")).to_have_class("text-largest")
    expect(phone.get_by_role("status")).to_contain_text("Bewaard.")

    phone.get_by_role("link", name="Herinneringen").click()
    phone.get_by_label("Tweede tijd").select_option("19:00")
    phone.get_by_label("zondag").uncheck()
    phone.get_by_label("Ja, naar piet@mail.example").check()
    phone.get_by_role("button", name="Opslaan").click()
    expect(phone.get_by_role("status")).to_contain_text("Uw tijden zijn bewaard.")
    assert ReminderPlan.objects.get().days == "123456"
    phone.get_by_role("button", name="Maak een link").click()
    subscribe = phone.get_by_role("link", name="Zet in mijn agenda")
    assert subscribe.get_attribute("href").startswith("webcal://")
    calendar = phone.get_by_label("Adres").input_value()
    answer = context.request.get(calendar)
    assert answer.ok and answer.text().count("SUMMARY:Oefeningen") == 2
    for target in phone.locator(
        "main :is(a, button, input:not([type=hidden]), select):visible"
    ).all():
        box = target.locator("xpath=ancestor-or-self::*[contains(@class, 'form-check')]")
        size = (box if box.count() else target).first.bounding_box()
        assert size["height"] >= 44, target
    assert phone.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    phone.get_by_role("button", name="Stop deze link").click()
    expect(subscribe).to_have_count(0)
    assert context.request.get(calendar).status == 404
    context.close()


def test_a_question_and_its_answer(page, browser, site, complaints, programme):
    small = browser.new_context(viewport=PHONE, locale="nl-NL")
    phone = small.new_page()
    log_in(phone, site, "piet@mail.example")
    address = site + reverse("patients:messages", args=[programme.uuid])
    phone.goto(address)
    expect(phone.locator(".banner a[href^='tel:']").first).to_be_in_viewport()
    phone.get_by_text("Wanneer bel ik meteen?").press("Enter")
    expect(phone.locator("#when-to-call")).to_be_visible()
    phone.get_by_role("button", name="Versturen").click()
    phone.get_by_label("Uw bericht").fill("Mag ik zwemmen?")
    assert violations(phone) == []
    phone.get_by_role("button", name="Versturen").press("Enter")
    expect(phone.get_by_role("status")).to_contain_text("Uw bericht is verstuurd.")

    log_in(page, site, "anna@linde.example")
    card = page.locator(".card", has_text="Mag ik zwemmen?")
    card.get_by_role("link", name=re.compile("Lezen en antwoorden")).press("Enter")
    answer = page.get_by_label("Uw antwoord")
    expect(answer).to_be_visible()
    calm_and_accessible(page, complaints)
    answer.fill("Ja, rustig aan.")
    page.get_by_role("button", name="Versturen").press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("verstuurd naar Piet Jansen")
    page.goto(site + reverse("admin:index"))
    expect(page.locator(".card", has_text="Mag ik zwemmen?")).to_have_count(0)

    phone.goto(address)
    expect(phone.locator(".thread li").first).to_contain_text("Ja, rustig aan.")
    assert Message.objects.get(by_patient=False).seen_at is not None
    assert violations(phone) == []
    small.close()
