"""An invited colleague gets a second step: with an app, or with one touch."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.urls import reverse
from playwright.sync_api import expect

from rugpijn.models import StaffInvitation, User
from tests.authenticator_app import app_code

from .passkeys import AUTHENTICATOR, accessible

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "een lange rustige zin"


@pytest.fixture
def at_localhost(live_server, settings, cast):
    """Passkeys belong to a name. Nothing of the library is needed here."""
    settings.SITE_URL = live_server.url.replace("127.0.0.1", "localhost")
    settings.ALLOWED_HOSTS = ["localhost"]
    return settings.SITE_URL


@pytest.fixture
def invited(cast):
    _invitation, token = StaffInvitation.invite(
        practice=cast.anna.practice, name="Nina Smit", email="nina@linde.example", is_therapist=True
    )
    return reverse("staff_invitation", args=[token])


def accept(page, address):
    page.goto(address)
    page.get_by_label("Kies een wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Opslaan en inloggen").click()
    expect(page.get_by_role("heading", name="Uw tweede stap")).to_be_visible()


def log_in(page, at_home):
    page.goto(at_home + reverse("account_login"))
    page.get_by_label("E-mailadres of inlogcode").fill("nina@linde.example")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.keyboard.press("Enter")


def test_with_an_app_and_without_javascript(at_localhost, invited, browser):
    desk = browser.new_context(
        locale="nl-NL", viewport={"width": 390, "height": 900}, java_script_enabled=False
    )
    page = desk.new_page()
    accept(page, at_localhost + invited)
    page.goto(at_localhost + "/admin/")  # leads back
    page.locator("summary", has_text="Een app instellen").click()
    secret = page.locator(".secret").inner_text().replace(" ", "")
    page.get_by_label("Code in de app").fill(app_code(secret))
    page.get_by_role("button", name="Gebruik deze app").click()
    expect(page.locator(".codes li")).to_have_count(10)
    paper = page.locator(".codes li").first.inner_text()
    page.get_by_role("link", name="Ik heb ze bewaard").click()
    expect(page.get_by_role("link", name="Nieuwe patiënt")).to_be_visible()
    held = Authenticator.objects.get(user=User.objects.get(email="nina@linde.example"))
    assert decrypt(held.data["secret"]) == secret

    page.get_by_role("button", name="Uitloggen").click()
    other = browser.new_context(locale="nl-NL").new_page()
    log_in(other, at_localhost)
    other.get_by_label("Code").fill(paper)  # the telephone is at home
    assert accessible(other) == []
    other.keyboard.press("Enter")
    expect(other.get_by_role("link", name="Nieuwe patiënt")).to_be_visible()
    other.context.close()
    desk.close()


def test_with_one_touch(at_localhost, invited, browser):
    desk = browser.new_context(locale="nl-NL", viewport={"width": 1280, "height": 900})
    page, said = desk.new_page(), []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else 0)
    device = desk.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    accept(page, at_localhost + invited)
    assert accessible(page) == []
    page.get_by_role("button", name="Instellen").click()
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("link", name="Ik heb ze bewaard").click()
    expect(page.get_by_role("link", name="Nieuwe patiënt")).to_be_visible()
    page.get_by_role("button", name="Uitloggen").click()
    page.wait_for_url(f"**{reverse('account_login')}")
    page.get_by_role("button", name="Zonder wachtwoord inloggen").click()
    expect(page.get_by_role("link", name="Nieuwe patiënt")).to_be_visible()
    assert said == []
    desk.close()
