"""Building a programme in a real browser: harder and easier, a star, and plain language."""

import re

import pytest
from django.core import mail
from django.urls import reverse
from playwright.sync_api import expect

from exercises.models import Exercise

from ..environment import and_in_ci
from .building import open_form
from .pages import calm_and_accessible, log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", and_in_ci(1280, 768))
def test_harder_and_easier_by_keyboard(page, site, complaints, draft, width):
    page.set_viewport_size({"width": width, "height": 900})
    rows = open_form(page, site, draft)
    said, dosage = page.locator("#announcements"), rows.nth(0).get_by_label("Dosering")
    easier = rows.nth(0).get_by_role("button", name=re.compile("Lichter.*Hol en bol"))
    easier.press("Enter")
    expect(rows.nth(0).locator(".step-when")).to_contain_text("Maak de beweging dan kleiner")
    expect(said).to_contain_text("minder herhalingen")
    easier.press("Escape")
    expect(rows.nth(0).locator(".step-panel")).to_be_hidden()

    harder = rows.nth(0).get_by_role("button", name=re.compile("Zwaarder.*Hol en bol"))
    harder.press("Enter")
    offered = rows.nth(0).locator(".step-list button")
    expect(offered).to_have_count(3)
    calm_and_accessible(page, complaints)
    offered.first.press("Enter")
    expect(dosage).to_have_value("2x per dag 2x12x")
    expect(rows.nth(0).locator(".reading")).to_contain_text("12 herhalingen")
    undo = rows.nth(0).locator(".step-undo")
    expect(undo).to_be_focused()
    undo.press("Enter")
    expect(dosage).to_have_value("2x per dag 2x10x")
    expect(dosage).to_be_focused()
    expect(rows.nth(0).locator(".reading")).to_contain_text("10 herhalingen")  # said by then

    # Another exercise in its place, back again, and once more.
    rows.nth(0).get_by_label("Opmerking").fill("Alleen van deze oefening")
    for time in (1, 2):
        harder.press("Enter")
        rows.nth(0).get_by_role("button", name=re.compile("andere oefening")).press("Enter")
        new, back = rows.nth(1), rows.nth(0).locator(".row-act[data-act=undo]")
        expect(new.locator("h3")).to_contain_text("Geheime oefening")
        expect(new.get_by_label("Dosering")).to_have_value("2x per dag 10x")
        expect(back).to_be_focused()
        expect(said).to_contain_text("Geheime oefening")
        if time == 1:
            back.press("Enter")
            expect(rows.nth(1)).to_have_class(re.compile("removed"))
            expect(dosage).to_have_value("2x per dag 2x10x")
    page.locator("button[name=_save]").press("Enter")
    expect(page.locator(".messagelist")).to_be_visible()
    first, second, *_rest = draft.prescriptions.all()
    assert str(first).startswith("Geheime") and first.note == ""
    assert str(second).startswith("Kwispelen")
    assert draft.prescriptions.count() == 6
    assert complaints == []


def test_saving_and_starting_stay_in_sight(page, site, complaints, draft):
    page.set_viewport_size({"width": 1280, "height": 800})
    rows = open_form(page, site, draft)
    start = page.get_by_role("button", name="Start en print")
    expect(start).to_be_in_viewport(ratio=1)
    bar = page.locator(".submit-row").bounding_box()
    last = rows.nth(5).get_by_label("Opmerking")
    page.get_by_label("Titel").focus()
    for _ in range(70):  # what has the focus is not behind the bar
        page.keyboard.press("Tab")
        box = page.locator(":focus").bounding_box()
        assert box["y"] + box["height"] <= bar["y"]
        if last.evaluate("field => field === document.activeElement"):
            break
    expect(last).to_be_focused()
    # Without the tick nothing is given, and what is missing is said beside the button.
    start.click()
    wrong = page.locator(".submit-row .errorlist")
    expect(wrong).to_be_in_viewport(ratio=1)
    expect(wrong).to_contain_text("Vink dit aan")
    calm_and_accessible(page, complaints)


def test_after_a_mistake_the_cursor_is_there(page, site, complaints, draft):
    rows = open_form(page, site, draft)
    wrong = rows.nth(5).get_by_label("Dosering")
    wrong.fill("heel vaak")
    page.get_by_role("button", name="Bewaar het concept").click()
    expect(wrong).to_be_focused()
    expect(wrong).to_be_in_viewport(ratio=1)
    expect(wrong).to_have_value("heel vaak")

    page.goto(site + reverse("admin:patients_patient_add"))
    page.get_by_label("Naam").fill("Ans Vos")
    page.get_by_label("Geboortedatum").fill("32-13-1950")
    page.get_by_role("button", name="Bewaar en ga").click()
    expect(page.get_by_label("Geboortedatum")).to_be_focused()
    calm_and_accessible(page, complaints)


def test_a_link_is_copied_with_a_button(page, site, complaints, cast, programme):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    log_in(page, site, "anna@linde.example")
    page.goto(site + reverse("admin:patients_programme_share", args=[programme.pk]))
    page.get_by_role("button", name="Kopieer").press("Enter")
    expect(page.locator(".copy-said")).to_have_text("Gekopieerd.")
    address = page.get_by_label("Adres", exact=True).input_value()
    assert page.evaluate("navigator.clipboard.readText()") == address
    calm_and_accessible(page, complaints)


def test_a_colleagues_link_goes_by_mail(page, site, complaints, cast):
    log_in(page, site, "els@linde.example")
    page.goto(site + reverse("admin:rugpijn_staffinvitation_add"))
    page.get_by_label("Naam").fill("Nieuwe Collega")
    page.get_by_label("E-mail").fill("nieuw@linde.example")
    page.locator("[name=_save]").click()
    expect(page.get_by_text("De uitnodiging is gemaild aan nieuw@linde.example")).to_be_visible()
    assert "/colleague/" in mail.outbox[-1].body
    calm_and_accessible(page, complaints)


def test_a_star_and_plainer_words(page, site, complaints, draft, cast):
    rows = open_form(page, site, draft)
    star = rows.nth(5).get_by_role("button", name=re.compile("Favoriet.*Superman"))
    star.press("Enter")
    expect(star).to_have_attribute("aria-pressed", "true")
    superman = Exercise.objects.get(key="superman")
    assert list(cast.anna.favourites.values_list("exercise", flat=True)) == [superman.pk]

    note = rows.nth(0).get_by_label("Opmerking")
    help_text = rows.nth(0).locator(".plain-language")
    note.fill("Doe de 😀 rotatie langzaam.")
    expect(help_text).to_contain_text("“rotatie” is een moeilijk woord")
    calm_and_accessible(page, complaints)
    help_text.get_by_role("button", name="Vervang “rotatie” door “draaien”").press("Enter")
    expect(note).to_have_value("Doe de 😀 draaien langzaam.")
    expect(help_text).to_be_empty()
    page.keyboard.press("Control+z")
    expect(note).to_have_value("Doe de 😀 rotatie langzaam.")

    page.locator(".prescriptions .add-row a").press("Enter")
    first = page.locator(".select2-results__option .found-exercise").first
    expect(first).to_contain_text("Superman")
    first.locator(".star").click()  # picks nothing
    expect(star).to_have_attribute("aria-pressed", "false")
    assert not cast.anna.favourites.exists()
    assert complaints == []


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_star_in_the_library(browser, site, cast, browser_context_args, scripts):
    context = browser.new_context(**browser_context_args, java_script_enabled=scripts)
    page = context.new_page()
    log_in(page, site, "anna@linde.example")
    page.goto(site + reverse("admin:exercises_exercise_changelist") + "?q=superman")
    page.get_by_role("button", name="Favoriet: Superman").click()
    expect(page.locator("button.star")).to_have_attribute("aria-pressed", "true")
    assert page.url.endswith("?q=superman")
    assert cast.anna.favourites.count() == 1
    context.close()
