"""What a therapist does in a real browser: from a new patient to paper, click by click."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from patients.models import Batch, Patient, Programme, SeenMark
from patients.paper import batches
from patients.prescribing import authoring

from ..environment import and_in_ci
from .pages import calm_and_accessible, log_in, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.quick
def test_from_a_new_patient_to_paper_in_four_clicks(page, site, complaints):
    log_in(page, site, "anna@linde.example")
    clicks = 0

    def click(locator):
        nonlocal clicks
        clicks += 1
        locator.click()

    click(page.get_by_role("link", name="Nieuwe patiënt"))
    expect(page.get_by_label("Naam")).to_be_focused()
    page.keyboard.type("Kees van der Wal")
    page.keyboard.press("Tab")
    page.keyboard.type("12 maart 1958")
    page.keyboard.press("Tab")
    page.keyboard.type("Lage")  # a list is chosen from by typing
    click(page.get_by_role("button", name="Bewaar en ga naar het programma"))
    expect(page.get_by_role("heading", name="Kees van der Wal")).to_be_visible()
    expect(page.locator(".prescription:not(.empty-form)")).to_have_count(6)
    dosage = page.get_by_label("Dosering").first
    dosage.fill("3x8 5s l/r")
    click(page.get_by_label("rode vlaggen"))
    with page.expect_response(re.compile("handout.pdf")) as answer:
        click(page.get_by_role("button", name="Start en print"))
    assert answer.value.status == 200
    assert answer.value.headers["content-type"] == "application/pdf"
    assert clicks == 4
    programme = Programme.objects.get(patient__name="Kees van der Wal")
    assert programme.current_version().sheet.lines[0].sentence == (
        "3 series van 8 herhalingen, 5 seconden vasthouden, links en rechts"
    )
    assert complaints == []


def test_from_the_worklist_to_an_act(page, site, complaints, programme, leg_pain):
    """By keyboard alone: an alarm wants a word, and is then off the list."""
    Patient.objects.filter(pk=programme.patient_id).update(phone="06 - 12 34 56 78")
    log_in(page, site, "anna@linde.example")
    card = page.locator(".card", has_text="Piet Jansen")
    expect(card.locator('a[href="tel:+31612345678"]')).to_be_visible()
    note, seen = card.locator("input[name=note]"), card.locator("form.seen button")
    seen.focus()
    page.keyboard.press("Enter")
    expect(note).to_be_focused()  # the browser asks for the note first
    assert not SeenMark.objects.exists()
    page.keyboard.type("Gebeld: stop met oefening 5.")
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("Piet Jansen")
    expect(page.locator(".card")).to_have_count(0)
    page.locator(".lately summary").press("Enter")
    expect(page.locator(".lately")).to_contain_text("Gebeld: stop met oefening 5.")
    assert complaints == []


def test_up_down_add_and_a_mistake_by_keyboard(page, site, complaints, make_programme):
    programme = make_programme(started=False)
    log_in(page, site, "anna@linde.example")
    page.goto(site + reverse("admin:patients_programme_change", args=[programme.pk]))
    rows = page.locator(".prescription:not(.empty-form)")
    second = rows.nth(1)
    second.get_by_role("button", name="Omhoog").focus()
    page.keyboard.press("Enter")
    expect(rows.nth(0)).to_contain_text("Kwispelen")
    expect(page.locator("#announcements")).to_have_text("Kwispelen op handen en knieën: 1 / 6")
    expect(rows.nth(0).get_by_role("button", name="Omhoog")).to_be_focused()

    rows.nth(2).get_by_label("Dosering").fill("5-6x per dag")
    page.get_by_role("button", name="Bewaar het concept").click()
    expect(rows.nth(2).get_by_label("Dosering")).to_have_value("5-6x per dag")
    expect(rows.nth(2).locator(".errorlist")).to_be_visible()
    expect(rows.nth(0)).to_contain_text("Kwispelen")  # the order that was asked for is not lost
    rows.nth(2).get_by_label("Dosering").fill("5x5 s")

    page.locator(".prescriptions .add-row a").click()
    page.keyboard.type("superm")
    expect(page.locator(".select2-results__option--highlighted")).to_have_text(
        re.compile("Superman")
    )
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Bewaar het concept").click()
    expect(page.locator(".messagelist")).to_be_visible()
    expect(rows).to_have_count(7)
    titles = [str(line) for line in programme.prescriptions.all()]
    assert titles[0].startswith("Kwispelen") and titles[-1] == "Superman"
    assert complaints == []


@pytest.mark.parametrize("width", and_in_ci(768, 1280))
def test_a_programme_is_built_by_typing(page, site, complaints, make_programme, width):
    """By keyboard: a dosage and its sentence, a mistake, a duplicate, a removal taken back."""
    page.set_viewport_size({"width": width, "height": 900})
    programme = make_programme(started=False)
    log_in(page, site, "anna@linde.example")
    page.goto(site + reverse("admin:patients_programme_change", args=[programme.pk]))
    rows = page.locator(".prescription:not(.empty-form)")
    spoken = page.locator("#announcements")
    dosage, sentence = rows.nth(0).get_by_label("Dosering"), rows.nth(0).locator(".reading")

    dosage.fill("")
    dosage.press_sequentially("3x8 5s l/r", delay=30)
    said = "3 series van 8 herhalingen, 5 seconden vasthouden, links en rechts"
    expect(sentence).to_have_text(said)
    expect(spoken).to_have_text(re.compile(f"^Hol en bol.*: {said}$"))
    dosage.fill("")
    dosage.press_sequentially("zo vaak als het gaat", delay=30)
    expect(sentence).to_contain_text("past hier niet")
    expect(dosage).to_have_attribute("aria-invalid", "true")
    expect(dosage).to_have_value("zo vaak als het gaat")
    expect(dosage).to_have_accessible_description(re.compile("past hier niet"))
    calm_and_accessible(page, complaints)
    dosage.fill("3x8 5s l/r")
    expect(dosage).not_to_have_attribute("aria-invalid", "true")

    minutes = page.locator(".effort-minutes")
    before = minutes.inner_text()
    rows.nth(0).get_by_role("button", name="Kopieer").press("Enter")
    expect(rows).to_have_count(7)
    expect(rows.nth(1).get_by_label("Dosering")).to_be_focused()
    expect(rows.nth(1).locator("h3")).to_contain_text("Hol en bol")
    expect(rows.nth(1).get_by_label("Dosering")).to_have_value("3x8 5s l/r")
    expect(page.locator(".effort-count")).to_contain_text("7")
    expect(minutes).not_to_have_text(before)
    rows.nth(1).get_by_label("Dosering").fill("10x")

    kwispelen = rows.nth(2)
    kwispelen.get_by_role("button", name="Verwijder").press("Enter")
    expect(kwispelen.get_by_label("Dosering")).to_be_hidden()
    expect(page.locator(".effort-count")).to_contain_text("6")
    undo = kwispelen.get_by_role("button", name="Ongedaan maken")
    expect(undo).to_be_focused()
    undo.press("Enter")
    expect(kwispelen.get_by_label("Dosering")).to_be_visible()
    expect(kwispelen.get_by_role("button", name="Verwijder")).to_be_focused()
    rows.nth(6).get_by_role("button", name="Verwijder").press("Enter")

    page.locator("[data-per-day='1']").press("Enter")
    expect(rows.nth(3).get_by_label("Dosering")).to_have_value(re.compile("^1x per dag"))
    page.locator(".undo-all").press("Enter")
    expect(rows.nth(3).get_by_label("Dosering")).to_have_value(re.compile("^2x per dag"))
    expect(rows.nth(0).get_by_label("Dosering")).to_have_value("3x8 5s l/r")
    page.wait_for_load_state("networkidle")
    calm_and_accessible(page, complaints)

    page.locator("button[name=_save]").press("Enter")
    expect(page.locator(".messagelist")).to_be_visible()
    lines = list(programme.prescriptions.all())
    assert [line.dosage.notation for line in lines[:2]] == ["3x8x 5s l/r", "10x"]
    assert [str(line)[:9] for line in lines[:3]] == ["Hol en bo", "Hol en bo", "Kwispelen"]
    assert len(lines) == 6
    assert complaints == []


def test_a_row_is_dragged_and_an_exercise_found(page, site, complaints, make_programme):
    programme = make_programme(started=False)
    log_in(page, site, "anna@linde.example")
    page.goto(site + reverse("admin:patients_programme_change", args=[programme.pk]))
    rows = page.locator(".prescription:not(.empty-form)")
    rows.nth(1).locator(".drag").drag_to(
        rows.nth(0), target_position={"x": 200, "y": 5}, source_position={"x": 5, "y": 5}
    )
    expect(rows.nth(0)).to_contain_text("Kwispelen")
    expect(page.locator("#announcements")).to_have_text("Kwispelen op handen en knieën: 1 / 6")

    page.locator(".prescriptions .add-row a").press("Enter")
    new = rows.nth(6)
    expect(page.locator(".select2-search__field")).to_be_focused()
    page.keyboard.type("hometrainer")
    found = page.locator(".select2-results__option--highlighted")
    expect(found).to_contain_text("Fietsen")
    expect(found.locator("img")).to_have_js_property("complete", True)
    calm_and_accessible(page, complaints)
    page.keyboard.press("Enter")
    expect(new.locator("h3")).to_have_text("Fietsen")
    expect(new.get_by_label("Dosering")).not_to_have_value("")
    expect(new.locator(".reading")).to_contain_text("minuten")
    expect(new.get_by_role("button", name=re.compile("Kopieer.*Fietsen"))).to_be_visible()
    calm_and_accessible(page, complaints)
    # Another exercise in a duplicated row does not keep the instruction of the first.
    rows.nth(6).get_by_role("button", name="Kopieer").press("Enter")
    copy = rows.nth(7)
    copy.locator("textarea[name$='-steps']").evaluate("field => { field.value = 'Ga fietsen.' }")
    copy.get_by_role("combobox").first.click()
    page.keyboard.type("superman")
    expect(found).to_contain_text("Superman")
    page.keyboard.press("Enter")
    expect(copy.locator("h3")).to_have_text("Superman")

    page.locator("button[name=_save]").press("Enter")
    expect(page.locator(".messagelist")).to_be_visible()
    lines = list(programme.prescriptions.all())
    assert str(lines[0]).startswith("Kwispelen")
    assert [(str(line), line.steps) for line in lines[-2:]] == [("Fietsen", ""), ("Superman", "")]
    assert complaints == []


def test_an_invitation_from_the_desk_to_the_phone(page, browser, site, cast, make_programme):
    make_programme(cast.mo_patient)
    Patient.objects.filter(pk=cast.mo_patient.pk).update(user=None)
    log_in(page, site, "anna@linde.example")
    page.goto(site + reverse("admin:patients_patient_change", args=[cast.mo_patient.pk]))
    page.get_by_role("button", name="Nodig de patiënt uit").click()
    address = page.get_by_label("Adres").input_value()

    phone = browser.new_context(viewport={"width": 390, "height": 844}, locale="nl-NL").new_page()
    phone.goto(address)
    phone.get_by_label("eboortedatum").fill("2-11-1986")
    phone.keyboard.press("Enter")
    phone.get_by_role("heading", name="Hoe wilt u inloggen?").wait_for()
    phone.wait_for_load_state()  # by then the script has put the touch before the password
    phone.get_by_label("E-mail").or_(phone.get_by_text("Kies een wachtwoord")).first.wait_for()
    if not phone.get_by_label("E-mail").is_visible():  # a touch comes first, where a device has one
        phone.locator("summary").click()
    phone.get_by_label("E-mail").fill("mo@mail.example")
    phone.locator("input[name=password]").fill("een lange rustige zin")
    phone.get_by_role("button", name="Opslaan en inloggen").click()
    expect(phone.get_by_role("heading", name="Superman")).to_be_visible()


def test_handouts_of_a_morning_are_printed_together(page, site, cast, make_programme, complaints):
    """The page follows what happens behind it, by script; the rows stay to be read."""
    make_programme()
    make_programme(patient=cast.mo_patient)
    log_in(page, site, "anna@linde.example")
    page.goto(site + reverse("admin:patients_programme_changelist"))
    page.get_by_role("checkbox").first.check()
    page.locator("select[name=action]").select_option("print_handouts")
    page.get_by_role("button", name="Uitvoeren").click()
    expect(page.get_by_role("status")).to_contain_text("0 van de 2 folders zijn klaar")
    rows = page.locator("#batch tbody tr")
    expect(rows).to_have_count(2)
    assert violations(page) == []
    batches.run(Batch.objects.get())
    expect(page.get_by_role("status")).to_contain_text("2 van de 2 folders zijn klaar")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("klaar")
    with page.expect_response(re.compile(r"exercises\.zip")) as answer:
        page.get_by_role("link", name="zip").click()
    assert answer.value.status == 200
    assert complaints == []


def test_the_preview_follows_what_is_typed(page, site, complaints, cast, lage_rugpijn):
    programme = authoring.draft(patient=cast.piet_patient, by=cast.anna, protocol=lage_rugpijn)
    log_in(page, site, "anna@linde.example")
    page.goto(site + reverse("admin:patients_programme_change", args=[programme.pk]))
    page.get_by_text("Voorbeeld op een telefoon").click()
    phone = page.frame_locator("details.preview iframe")
    expect(phone.get_by_text("2 keer per dag: 2 series van 10 herhalingen").first).to_be_visible()
    page.get_by_label("dosering: Hol en bol").fill("1x per dag 4x12")
    expect(phone.get_by_text("1 keer per dag: 4 series van 12 herhalingen")).to_be_visible()
    expect(page.get_by_text("Zoals het nu in het formulier staat")).to_be_visible()
    page.get_by_label("dosering: Hol en bol").fill("veel")
    expect(page.get_by_text("In een regel staat een fout.")).to_be_visible()
    expect(phone.get_by_text("1 keer per dag: 4 series van 12 herhalingen")).to_be_visible()
    assert programme.prescriptions.first().dosage.notation == "2x per dag 2x10x"
    assert complaints == []
