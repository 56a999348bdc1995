"""From the paper in the practice to Today, on a phone, in less than a minute."""

import time

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from patients.joining import invitations
from rugpijn.models import TrustedDevice

from .passkeys import AUTHENTICATOR, accessible

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def at_localhost(site, settings):
    """Passkeys belong to a name; an address of numbers has none."""
    settings.SITE_URL = site.replace("127.0.0.1", "localhost")
    settings.ALLOWED_HOSTS = ["localhost"]
    return settings.SITE_URL


@pytest.fixture
def invited(cast, make_programme):
    """Mo's programme runs; the therapist holds the paper with the code."""
    make_programme(cast.mo_patient)
    cast.mo_patient.user = None
    cast.mo_patient.save()
    invitation, _token = invitations.invite(cast.mo_patient)
    return invitation.new_code()


def test_a_code_a_date_of_birth_and_one_touch(at_localhost, invited, browser):
    phone = browser.new_context(locale="nl-NL", viewport={"width": 390, "height": 800})
    page, said = phone.new_page(), []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else 0)
    page.on("pageerror", lambda error: said.append(str(error)))
    device = phone.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    began = time.monotonic()
    page.goto(f"{at_localhost}/in")
    page.get_by_label("Code van uw praktijk").fill(invited.lower())
    page.get_by_label("Uw geboortedatum").fill("2-11-1986")
    page.keyboard.press("Enter")
    touch = page.get_by_role("button", name="Inloggen met vinger, gezicht of pincode")
    expect(touch).to_be_in_viewport()
    expect(page.get_by_label("E-mail")).to_be_hidden()  # one thing at a time
    page.get_by_label("Dit is mijn eigen toestel").check()
    touch.click()
    expect(page.get_by_role("heading", name="Superman")).to_be_visible()
    assert time.monotonic() - began < 60
    assert TrustedDevice.objects.count() == 1

    page.get_by_role("button", name="Uitloggen").click()
    page.wait_for_url(f"**{reverse('account_login')}")
    assert accessible(page) == []
    page.get_by_role("button", name="Zonder wachtwoord inloggen").click()
    expect(page.get_by_role("heading", name="Superman")).to_be_visible()

    page.goto(at_localhost + reverse("login_devices"))
    expect(page.get_by_text("Dit toestel, nu.")).to_be_visible()
    assert accessible(page) == []
    assert said == []
    phone.close()


def test_without_javascript_the_password_does_it(at_localhost, invited, browser):
    phone = browser.new_context(
        locale="nl-NL", viewport={"width": 390, "height": 800}, java_script_enabled=False
    )
    page = phone.new_page()
    page.goto(f"{at_localhost}/in")
    page.get_by_label("Code van uw praktijk").fill(invited)
    page.get_by_label("Uw geboortedatum").fill("2 november 1986")
    page.get_by_role("button", name="Ga door").click()
    expect(
        page.get_by_role("button", name="Inloggen met vinger, gezicht of pincode")
    ).to_be_hidden()
    page.get_by_label("Kies een wachtwoord").fill("een rustige regenbui")
    page.get_by_role("button", name="Opslaan en inloggen").click()
    expect(page.get_by_role("heading", name="Superman")).to_be_visible()
    phone.close()


def test_a_refused_touch_leaves_the_password(at_localhost, invited, browser):
    """Somebody presses “cancel”, or has no lock on the phone."""
    phone = browser.new_context(locale="nl-NL", viewport={"width": 390, "height": 800})
    page = phone.new_page()
    device = phone.new_cdp_session(page)
    device.send("WebAuthn.enable")
    unlocked = {**AUTHENTICATOR, "hasUserVerification": False, "isUserVerified": False}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": unlocked})
    page.goto(f"{at_localhost}/in")
    page.get_by_label("Code van uw praktijk").fill(invited)
    page.get_by_label("Uw geboortedatum").fill("2-11-1986")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Inloggen met vinger, gezicht of pincode").click()
    expect(page.get_by_role("status")).to_contain_text("of kies een wachtwoord")
    page.locator("summary", has_text="Kies een wachtwoord").click()
    assert accessible(page) == []
    page.get_by_label("Kies een wachtwoord").fill("een rustige regenbui")
    page.get_by_role("button", name="Opslaan en inloggen").click()
    expect(page.get_by_role("heading", name="Superman")).to_be_visible()
    phone.close()


COLOURS = """field => {
  const probe = document.createElement("i");
  probe.style.color = "var(--action)";
  document.body.append(probe);
  const wanted = getComputedStyle(probe).color;
  probe.remove();
  return [getComputedStyle(field).backgroundColor, wanted];
}"""


@pytest.mark.parametrize(
    ("language", "show", "hide"),
    [
        ("nl", "Toon het wachtwoord", "Verberg het wachtwoord"),
        ("en", "Show the password", "Hide the password"),
    ],
)
def test_a_password_can_be_looked_at_and_ticks_have_our_colour(browser, site, language, show, hide):
    """By keyboard, in the language of the page; hidden again when it is sent."""
    context = browser.new_context(locale=language, viewport={"width": 390, "height": 844})
    page = context.new_page()
    wrong = []
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.goto(site + reverse("account_login"))
    field = page.locator("input[name=password]")
    page.locator("input[name=login]").fill("piet@mail.example")
    field.fill("niet-het-goede-woord")
    page.keyboard.press("Tab")
    button = page.get_by_role("button", name=show)
    expect(button).to_be_focused()
    assert button.bounding_box()["height"] >= 44
    page.keyboard.press("Enter")
    expect(field).to_have_attribute("type", "text")
    expect(field).to_have_value("niet-het-goede-woord")
    expect(page.get_by_role("button", name=hide)).to_be_focused()
    page.keyboard.press("Space")
    expect(field).to_have_attribute("type", "password")
    page.keyboard.press("Enter")
    page.evaluate(
        "document.querySelector('form').addEventListener('submit', e => e.preventDefault())"
    )
    field.press("Enter")
    expect(field).to_have_attribute("type", "password")

    tick = page.locator("input[type=checkbox]")
    tick.check()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        shown, wanted = tick.evaluate(COLOURS)
        assert shown == wanted, scheme
    assert wrong == []
    context.close()
