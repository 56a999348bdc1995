"""The therapist's desk in a real browser: two at once, and a change looked at afterwards."""

import re
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from patients.models import SymptomAnswer

from .pages import log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def kim(cast):
    """A colleague of Anna."""
    cast.els.is_therapist = True
    cast.els.save()
    return cast.els


def opened(page, site, programme, who):
    log_in(page, site, who)
    page.goto(site + reverse("admin:patients_programme_change", args=[programme.pk]))
    return page.locator(".prescription:not(.empty-form)")


def test_two_therapists_at_once(page, site, complaints, kim, programme, browser):
    """Both have the form open and both save: each is told, and nothing is lost."""
    mine = opened(page, site, programme, "anna@linde.example")
    other = browser.new_context(locale="nl-NL").new_page()
    theirs = opened(other, site, programme, kim.email)
    mine.nth(0).get_by_label("Opmerking").fill("Rustig beginnen")
    theirs.nth(1).get_by_label("Dosering").fill("1x per dag 3x8")
    other.get_by_role("button", name="Bewaar en geef aan de patiënt").click()
    expect(other.locator(".messagelist")).to_contain_text("Versie 2")

    page.get_by_role("button", name="Bewaar en geef aan de patiënt").click()
    expect(page.locator(".messagelist")).to_contain_text(f"{kim.name} heeft dit om")
    expect(page.locator(".messagelist")).to_contain_text("Versie 3")
    expect(mine.nth(0).get_by_label("Opmerking")).to_have_value("Rustig beginnen")
    expect(mine.nth(1).get_by_label("Dosering")).to_have_value("1x per dag 3x8x")
    first, second = programme.current_version().sheet.lines[:2]
    assert (first.note, second.dosage.notation) == ("Rustig beginnen", "1x per dag 3x8x")
    other.context.close()
    assert complaints == []


def test_a_row_that_a_colleague_removed(page, site, complaints, kim, programme, browser):
    """What was typed in it stands in a new row with the same exercise, and reaches the patient."""
    line = programme.prescriptions.all()[2]
    title, count = str(line), programme.prescriptions.count()
    mine = opened(page, site, programme, "anna@linde.example")
    other = browser.new_context(locale="nl-NL").new_page()
    theirs = opened(other, site, programme, kim.email)
    theirs.nth(2).locator(".row-act[data-act='remove']").click()
    other.get_by_role("button", name="Bewaar en geef aan de patiënt").click()
    expect(other.locator(".messagelist")).to_contain_text("Versie 2")
    other.context.close()

    mine.nth(2).get_by_label("Opmerking").fill("Met een kussen")
    page.get_by_role("button", name="Bewaar en geef aan de patiënt").click()
    expect(page.locator(".merged li")).to_have_text(
        f"{title} is verwijderd. U had dat gewijzigd; het staat hieronder opnieuw."
    )
    expect(mine).to_have_count(count)
    expect(mine.nth(2).get_by_label("Opmerking")).to_have_value("Met een kussen")
    expect(mine.nth(2).locator(".field-exercise")).to_contain_text(title)
    page.get_by_role("button", name="Bewaar en geef aan de patiënt").click()
    expect(page.locator(".messagelist")).to_contain_text("Versie 3")
    given = programme.current_version().sheet.lines[2]
    assert (given.title, given.note) == (title, "Met een kussen")
    assert complaints == []


def test_revise_and_compare(page, site, complaints, programme):
    rows = opened(page, site, programme, "anna@linde.example")
    rows.nth(0).get_by_label("Dosering").fill("1x per dag 3x12")
    rows.nth(1).get_by_label("Weken").fill("vanaf week 3")
    expect(rows.nth(1).locator(".period-reading")).to_have_text("Vanaf week 3")
    page.get_by_label("Waarom wijzigt u het?").fill("De eerste mag zwaarder")
    page.get_by_role("button", name="Bewaar en geef aan de patiënt").click()
    page.get_by_role("link", name="Versies", exact=True).click()
    expect(page.get_by_text("Waarom: De eerste mag zwaarder")).to_be_visible()
    page.get_by_role("button", name="Toon het verschil").press("Enter")
    difference = page.locator("#difference")
    expect(difference).to_contain_text("1 keer per dag: 3 series van 12 herhalingen")
    expect(difference).to_contain_text("Vanaf week 3")
    with page.expect_response(re.compile(r"versions/1/handout\.pdf")) as paper:
        page.get_by_role("link", name="Druk versie 1 af").first.click()
    assert paper.value.headers["content-type"] == "application/pdf"
    assert complaints == []


def test_leaving_unsaved_changes_is_asked_about(page, site, complaints, programme):
    rows = opened(page, site, programme, "anna@linde.example")
    asked = []

    def stay(dialog):
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    rows.nth(0).get_by_label("Opmerking").press_sequentially("Let op")
    with page.expect_event("dialog"):  # the note stands there before the question as well
        page.get_by_role("link", name="Versies", exact=True).click(no_wait_after=True)
    expect(rows.nth(0).get_by_label("Opmerking")).to_have_value("Let op")
    assert asked == ["beforeunload"]
    page.get_by_role("button", name="Bewaar en geef aan de patiënt").click()
    expect(page.locator(".messagelist")).to_contain_text("Versie 2")
    assert asked == ["beforeunload"]


def test_past_the_rows_to_the_buttons_by_keyboard(page, site, complaints, programme):
    opened(page, site, programme, "anna@linde.example")
    page.get_by_role("link", name="Naar het bewaren").press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Bewaar en geef aan de patiënt")).to_be_focused()
    assert complaints == []


def test_a_worklist_that_stands_open(page, site, complaints, programme, make_programme, cast):
    """It says that something urgent came in, and keeps what is being typed."""
    silent = make_programme(cast.mo_patient, on=timezone.localdate() - timedelta(days=20))
    log_in(page, site, "anna@linde.example")
    page.clock.install()
    page.goto(site + reverse("admin:index"))
    note = page.locator(f"#note-{silent.pk}")
    note.fill("Bel ik morgen")
    page.clock.fast_forward(61_000)
    expect(page.get_by_text("Nieuw: er is iets dringends gemeld.")).to_be_hidden()
    version = programme.current_version()
    SymptomAnswer.objects.create(
        patient=programme.patient,
        operation=uuid.uuid4(),
        version=version,
        symptoms=["saddle"],
        line=version.sheet.lines[0].uuid,
        day=timezone.localdate(),
    )
    page.clock.fast_forward(61_000)
    expect(page.get_by_text("Nieuw: er is iets dringends gemeld.")).to_be_visible()
    assert page.title().startswith("(1) ")
    expect(note).to_have_value("Bel ik morgen")
    page.get_by_role("link", name="Bekijk het").click()
    expect(page.locator(f"#programme-{programme.pk}")).to_contain_text("Een rode vlag bij")
    expect(note).to_have_value("Bel ik morgen")
    page.locator(f"#note-{silent.pk}").press("Enter")
    expect(page.locator(".said-here")).to_be_in_viewport()
    assert complaints == []
