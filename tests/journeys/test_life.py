"""A pause, from the therapist's keyboard to the patient's phone and back."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from .pages import log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_pause_by_keyboard_and_on_the_phone(page, site, complaints, programme, browser):
    until = timezone.localdate() + timedelta(days=7)
    log_in(page, site, "anna@linde.example")
    page.goto(site + reverse("admin:patients_programme_change", args=[programme.pk]))
    page.get_by_role("link", name="Programma stilzetten").press("Enter")
    page.get_by_label("Gaat vanzelf weer door op").fill(until.isoformat())
    page.keyboard.press("Enter")
    expect(page.locator(".standing")).to_contain_text("gaat vanzelf weer door op")

    small = {"width": 390, "height": 800}
    phone = browser.new_context(locale="nl-NL", viewport=small).new_page()
    log_in(phone, site, "piet@mail.example")
    expect(phone.locator(".banner.life")).to_contain_text("U hoeft nu niet te oefenen.")
    expect(phone.locator(".banner.life a[href^='tel:']")).to_be_in_viewport()
    expect(phone.locator(".exercise-done")).to_have_count(0)

    page.get_by_role("button", name="Vandaag weer doorgaan").press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("gaat vanaf vandaag weer door")
    phone.reload()
    expect(phone.locator(".banner.life")).to_have_count(0)
    expect(phone.locator(".exercise-done")).to_have_count(6)
    phone.context.close()
    assert complaints == []
