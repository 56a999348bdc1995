"""Whole journeys in a real browser: what a therapist and a patient do, click by click."""

import re
import uuid
from contextlib import nullcontext
from datetime import date, time, timedelta
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from exercises.models import Figure
from exercises.pose_editor.sliders import defaults, figure_of, new_frame, new_settings, settings_of
from patients.contact import messages, reminders
from patients.models import (
    Batch,
    Patient,
    Programme,
    ReminderPlan,
    SeenMark,
    SessionLog,
)
from patients.paper import batches
from patients.patient_day import recording
from patients.prescribing import authoring
from rugpijn.login import access_mail
from rugpijn.models import AccessChange

from ..environment import and_in_ci
from .pages import calm_and_accessible, check_at_three_widths, log_in, press, tab_to, violations

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


@pytest.mark.quick
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_patient_reads_ticks_off_and_says_how_much_it_hurt(
    browser, site, programme, scripts, browser_context_args
):
    context = browser.new_context(
        **{
            **browser_context_args,
            "viewport": {"width": 390, "height": 844},
            "java_script_enabled": scripts,
        }
    )
    page = context.new_page()
    log_in(page, site, "piet@mail.example")
    expect(page.get_by_text("0 van 12 gedaan")).to_be_visible()
    first = page.locator("article").first
    expect(first).to_contain_text("2 keer per dag: 2 series van 10 herhalingen")
    first.get_by_role("button", name="Eerste keer gedaan").click()
    expect(page.get_by_text("1 van 12 gedaan")).to_be_visible()
    asked = page.locator("article").first.locator(".how-it-went")
    asked.get_by_text("Hoeveel pijn had u").wait_for()
    asked.locator("label:has(input[name=pain][value='0'])").click()
    asked.get_by_role("button", name="Opslaan").click()
    expect(page.get_by_text("Pijn: 0")).to_be_visible()
    assert [(log.done, log.pain) for log in SessionLog.objects.all()] == [(True, None), (True, 0)]
    # By script the page says it before it is sent.
    with page.expect_response("**/sync/") if scripts else nullcontext():
        page.locator("article").first.get_by_role("button", name="Ongedaan maken").click()
    expect(page.get_by_text("0 van 12 gedaan")).to_be_visible()
    assert SessionLog.objects.last().done is False
    context.close()


def test_a_drawing_moves_when_asked(page, site, programme, complaints):
    log_in(page, site, "piet@mail.example")
    card = page.locator("article").first
    for number in (0, 1):
        page.locator("article .how > summary").nth(number).click()
    frames, stage = card.locator(".frames"), card.locator(".stage svg")
    expect(frames.get_by_role("img")).to_have_count(3)
    card.get_by_role("button", name="Bekijk de beweging").press("Enter")
    expect(stage).to_be_visible()
    expect(stage).to_have_accessible_name("Hol en bol")
    expect(frames).to_be_hidden()
    assert stage.evaluate("svg => svg.animationsPaused()") is False
    card.get_by_role("button", name="Pauze").press("Enter")
    assert stage.evaluate("svg => svg.animationsPaused()") is True
    card.get_by_role("button", name="Ga verder").press("Enter")
    assert stage.evaluate("svg => svg.animationsPaused()") is False
    # Only one drawing moves at a time.
    second = page.locator("article").nth(1)
    second.get_by_role("button", name="Bekijk de beweging").click()
    expect(second.locator(".stage svg")).to_be_visible()
    expect(frames).to_be_visible()
    second.get_by_role("button", name="Stop").press("Enter")
    expect(second.locator(".frames")).to_be_visible()
    expect(second.get_by_role("button", name="Bekijk de beweging")).to_be_focused()
    page.emulate_media(reduced_motion="reduce")
    expect(page.get_by_role("button", name="Bekijk de beweging")).to_have_count(0)
    expect(frames).to_be_visible()
    assert complaints == []


def test_a_drawing_without_scripts_is_its_frames(browser, site, programme, browser_context_args):
    context = browser.new_context(**{**browser_context_args, "java_script_enabled": False})
    page = context.new_page()
    page.goto(site + reverse("patients:share_page", args=[programme.share_link.token, 1]))
    first = page.locator("article").first
    for image in first.get_by_role("img").all():
        image.scroll_into_view_if_needed()
        expect(image).to_have_js_property("complete", True)
        assert image.bounding_box()["height"] > 50
    expect(first.get_by_role("img")).to_have_count(3)
    expect(first.get_by_role("button")).to_have_count(0)
    context.close()


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


@pytest.mark.parametrize("width", and_in_ci(390, 1280))
def test_a_drawing_of_two_frames_by_keyboard_for_an_exercise(
    page, site, complaints, own_exercise, width
):
    page.set_viewport_size({"width": width, "height": 900})
    log_in(page, site, "anna@linde.example")
    page.goto(site + reverse("admin:exercises_figure_add"), wait_until="networkidle")
    stage = page.locator(".stage-picture img")
    expect(stage).to_have_attribute("src", re.compile("^data:image/svg"))
    tab_to(page, page.get_by_label("Titel in het Nederlands"))
    page.keyboard.type("Hol maken")

    first = page.locator("#frame-1")
    tab_to(page, first.get_by_label("Bijschrift in het Nederlands"))
    page.keyboard.type("Ga op handen en knieën staan.")
    page.get_by_role("button", name="Voeg een tekening toe").focus()
    with page.expect_response(re.compile("/figure/preview/")):
        page.keyboard.press("Enter")
    second = page.locator("#frame-2")
    expect(page.locator("#announcements")).to_have_text("Tekening 2 is toegevoegd.")
    expect(first).to_be_hidden()
    expect(second.get_by_label("Uitgangshouding")).to_be_focused()
    low_back = second.get_by_label("Lage rug: van hol tot bol")
    page.wait_for_load_state("networkidle")
    before = stage.get_attribute("src")
    tab_to(page, low_back)
    press(page, "ArrowLeft", 40)
    expect(stage).not_to_have_attribute("src", before)
    tab_to(page, second.get_by_label("Bijschrift in het Nederlands"))
    page.keyboard.type("Laat uw rug zakken.")

    second.get_by_role("button", name="Eerder").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#announcements")).to_have_text("Tekening 1 van 2")
    expect(first.get_by_label("Bijschrift in het Nederlands")).to_have_value("Laat uw rug zakken.")
    expect(first.get_by_role("button", name="Eerder")).to_be_focused()
    first.get_by_role("button", name="Later").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#announcements")).to_have_text("Tekening 2 van 2")
    page.wait_for_load_state("networkidle")
    assert complaints == []
    assert violations(page) == []

    page.get_by_role("button", name="Bewaar de tekening").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("“Hol maken” is bewaard.")
    figure = Figure.objects.exclude(practice=None).get()
    start = defaults("hands_and_knees")["low_back"]
    assert [f["low_back"] for f in settings_of(figure.data)["frames"]] == [start, start - 40]
    assert violations(page) == []

    address = reverse("admin:exercises_exercise_change", args=[own_exercise.pk])
    page.goto(site + address, wait_until="networkidle")
    page.get_by_role("combobox", name="Tekening of foto").focus()
    page.keyboard.type("Hol maken")
    page.keyboard.press("Tab")
    expect(page.locator(".chosen-figure img")).to_have_count(2)
    assert violations(page) == []
    page.locator("input[name=_save]").press("Enter")
    expect(page.locator(".messagelist")).to_be_visible()
    own_exercise.refresh_from_db()
    assert own_exercise.figure == figure


def test_a_drawing_without_a_script(browser, site, cast, browser_context_args):
    context = browser.new_context(**{**browser_context_args, "java_script_enabled": False})
    page = context.new_page()
    log_in(page, site, "anna@linde.example")
    page.goto(site + reverse("admin:exercises_figure_add"))
    page.get_by_label("Titel in het Nederlands").fill("Zitten")
    page.get_by_label("Uitgangshouding").select_option("sitting")
    page.locator(".pose-save").get_by_role("button", name="Toon de tekeningen").click()
    expect(page.locator(".frame-picture img")).to_have_count(1)
    page.get_by_role("button", name="Kopieer").click()
    expect(page.locator(".frame-picture img")).to_have_count(2)
    page.get_by_role("button", name="Bewaar de tekening").click()
    expect(page.get_by_text("Schrijf op wat de patiënt doet in tekening 2.")).to_be_visible()
    for number in (1, 2):
        frame = page.locator(f"#frame-{number}")
        frame.get_by_label("Bijschrift in het Nederlands").fill("Zit rechtop.")
    page.get_by_role("button", name="Bewaar de tekening").click()
    expect(page.locator(".messagelist")).to_contain_text("is bewaard")
    figure = Figure.objects.exclude(practice=None).get()
    assert [f["preset"] for f in settings_of(figure.data)["frames"]] == ["sitting", "sitting"]
    context.close()


@pytest.fixture
def followed(make_programme, cast):
    """Piet's programme of a month with two versions, ticked off every third day."""
    today = timezone.localdate()
    programme = make_programme(on=today - timedelta(days=29))
    line = programme.prescriptions.first()
    line.note = "Rustig aan."
    line.save()
    authoring.issue(programme=programme, by=cast.anna)
    for number in range(0, 30, 3):
        recording.log_session(
            patient=cast.piet_patient,
            version=programme.current_version(),
            operation=uuid.uuid4(),
            line=line.uuid,
            day=today - timedelta(days=number),
            moment=1,
            done=True,
            pain=number % 11,
        )
    return programme


def test_the_note_is_copied_with_one_press(page, site, complaints, followed):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    log_in(page, site, "anna@linde.example")
    page.goto(site + reverse("admin:patients_programme_days", args=[followed.pk]))
    button = page.locator("button[data-copy]")
    tab_to(page, button)
    page.keyboard.press("Enter")
    expect(page.locator(".copy-said")).not_to_be_empty()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#record-note").input_value()
    assert followed.prescriptions.first().exercise.text("title", "nl") in copied
    assert complaints == []


def test_the_note_can_be_selected_without_a_script(browser, site, followed, browser_context_args):
    context = browser.new_context(**{**browser_context_args, "java_script_enabled": False})
    page = context.new_page()
    log_in(page, site, "anna@linde.example")
    page.goto(site + reverse("admin:patients_programme_days", args=[followed.pk]))
    expect(page.locator("button[data-copy]")).to_be_hidden()
    expect(page.locator("#record-note")).to_have_attribute("readonly", "")
    page.locator("#cert summary").click()
    expect(page.locator("table.cert")).to_be_visible()
    context.close()


@pytest.mark.parametrize("scheme", and_in_ci("light", "dark"))
def test_how_it_went_and_two_versions_by_keyboard(page, site, complaints, followed, scheme):
    """In the light and in the dark, at three widths, with every table open."""
    page.emulate_media(color_scheme=scheme)
    log_in(page, site, "anna@linde.example")
    page.goto(site + reverse("admin:patients_programme_days", args=[followed.pk]))
    expect(page.locator("svg[role=img]")).to_have_count(2)
    for summary in page.locator(".follow-up summary").all():
        summary.press("Enter")
    check_at_three_widths(page, complaints)
    page.goto(site + reverse("admin:patients_programme_versions", args=[followed.pk]))
    tab_to(page, page.locator(".compare button"))
    page.keyboard.press("Enter")
    expect(page.locator("#difference ins")).to_contain_text("Rustig aan.")
    check_at_three_widths(page, complaints)


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


PAGES = {
    "nobody": """
        account_login account_reset_password account_signup share closed stop refuse
        """.split(),
    "piet@mail.example": """
        patients:home progress messages reminders patients:my_data account_change_password
        account_logout login_devices log erase missing
        """.split(),
    "anna@linde.example": """
        admin:index admin:patients_patient_changelist admin:patients_patient_add patient draft
        running versions days share_admin end course keep desk_messages pause renew discharge
        discharged admin:exercises_exercise_changelist admin:exercises_exercise_add exercise
        admin:exercises_protocol_changelist protocol as_patient admin:exercises_figure_changelist
        admin:exercises_figure_add figure shared_figure figure_words advice
        """.split(),
    "els@linde.example": """
        admin:index practice admin:rugpijn_user_changelist admin:rugpijn_staffinvitation_add
        admin:rugpijn_accessevent_changelist admin:patients_data data factor staff_factor
        login_devices admin:rugpijn_user_access
        """.split(),
    "root@server.example": ["admin:index", "admin:glass"],
}


@pytest.fixture
def addresses(cast, programme, make_programme, lage_rugpijn, leg_pain):
    # Three weeks on, with something ticked off: the desk has its charts, and day 21 its question.
    version, today = programme.current_version(), timezone.localdate()
    Programme.objects.filter(pk=programme.pk).update(started_on=today - timedelta(days=24))
    SessionLog.objects.create(
        patient=programme.patient,
        version=version,
        line=version.sheet.lines[0].uuid,
        moment=1,
        day=today - timedelta(days=1),
        done=True,
        pain=4,
        operation=uuid.uuid4(),
        performed_at=timezone.now(),
    )
    # It stood still and will again, so that the sentences and the shaded days are there.
    for first, until in ((-12, -9), (5, 9)):
        programme.pauses.create(
            from_on=today + timedelta(days=first), until_on=today + timedelta(days=until)
        )
    plan = ReminderPlan.objects.create(patient=programme.patient, first=time(9), by_mail=True)
    for by, text in ((cast.piet, "Mag ik zwemmen?"), (cast.anna, "Ja, rustig.")):
        messages.send_message(
            programme=programme,
            operation=uuid.uuid4(),
            text=text,
            by=by,
            by_patient=by == cast.piet,
        )
    asked = AccessChange.objects.create(
        kind="email",
        practice=cast.anna.practice,
        person=cast.anna,
        email="a@elders.example",
        asked_by=cast.root,
        asked_name="Root",
        works_at=timezone.now() + timedelta(hours=24),
    )
    draft = make_programme(cast.mo_patient, started=False)
    gone = Patient.objects.create(
        practice=cast.anna.practice,
        name="Ina Bos",
        birth_date=date(1960, 1, 2),
        discharged_on=today,
        discharged_by=cast.anna,
    )
    line = programme.prescriptions.first()
    shared = Figure.objects.get(key="hol-bol")
    ours = {"practice": cast.anna.practice, "rendering": shared.rendering}
    copied = Figure.objects.create(data=shared.data, **ours)
    frames = [new_frame() | {"caption_nl": "Maak uw rug hol."} for _ in shared.data["strip"]]
    drawn = figure_of(new_settings() | {"title_nl": "Van ons", "frames": frames})
    figures = {
        "figure": Figure.objects.create(data=drawn, **ours),
        "shared_figure": shared,
        "figure_words": copied,
    }
    admin = {
        "patient": ("patient_change", cast.piet_patient.pk),
        "draft": ("programme_change", draft.pk),
        "running": ("programme_change", programme.pk),
        "versions": ("programme_versions", programme.pk),
        "days": ("programme_days", programme.pk),
        "share_admin": ("programme_share", programme.pk),
        "end": ("programme_end", programme.pk),
        "course": ("programme_course", programme.pk),
        "desk_messages": ("programme_messages", programme.pk),
        "pause": ("programme_pause", programme.pk),
        "renew": ("programme_renew", programme.pk),
        "discharge": ("patient_discharge", cast.piet_patient.pk),
        "discharged": ("patient_change", gone.pk),
        "keep": ("programme_protocol", programme.pk),
    }
    special = {
        name: reverse(f"admin:patients_{page}", args=[pk]) for name, (page, pk) in admin.items()
    } | {
        "exercise": reverse("admin:exercises_exercise_change", args=[line.exercise_id]),
        "protocol": reverse("admin:exercises_protocol_change", args=[lage_rugpijn.pk]),
        "practice": reverse("admin:rugpijn_practice_change", args=[cast.anna.practice.pk]),
        "as_patient": reverse("patients:programme_detail", args=[programme.uuid]),
        "share": reverse("patients:share_page", args=[programme.share_link.token, 1]),
        "closed": reverse("patients:share_page", args=["x" * 43, 1]),
        "missing": "/is-er-niet/",
        "log": reverse("patients:access_log", args=[cast.piet_patient.uuid]),
        "erase": reverse("patients:ask_erasure", args=[cast.piet_patient.uuid]),
        "data": reverse("admin:patients_data_patient", args=[cast.piet_patient.uuid]),
        "factor": reverse("admin:rugpijn_user_factor", args=[cast.anna.pk]),
        "refuse": urlsplit(access_mail.refusal_link(asked, str(cast.anna.uuid))).path,
        "stop": reverse("patients:stop_reminders", args=[reminders.stop_token(plan)]),
        **{
            name: reverse(f"patients:{name}", args=[programme.uuid])
            for name in ("progress", "messages", "reminders")
        },
        "advice": reverse("admin:exercises_advice_change", args=[lage_rugpijn.advice.first().pk]),
        **{
            name: reverse("admin:exercises_figure_change", args=[figure.pk])
            for name, figure in figures.items()
        },
    }
    return lambda name: special.get(name) or reverse(name)


CUT_OFF = """() => Array.from(document.querySelectorAll("button, input[type=submit], .btn"))
  .filter(one => one.checkVisibility() && !one.matches(".visually-hidden"))
  .filter(one => one.scrollWidth > one.clientWidth + 1)
  .map(one => one.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("who", list(PAGES))
def test_every_page_is_accessible_and_keeps_to_itself(
    browser, site, addresses, who, browser_context_args
):
    """Axe finds nothing, the content policy is not offended, and nobody else is asked.

    A page comes once, on a phone; then it is given the width of a desk.
    """
    context = browser.new_context(**browser_context_args)
    page, complaints = context.new_page(), []
    page.on(
        "console",
        lambda message: (
            complaints.append(message.text)
            if message.type == "error" and "status of 404" not in message.text
            else None
        ),
    )
    page.on(
        "request",
        lambda request: None if _ours(request.url, site) else complaints.append(request.url),
    )
    if who != "nobody":
        log_in(page, site, who)
    for name in PAGES[who]:
        page.set_viewport_size({"width": 390, "height": 900})
        page.goto(site + addresses(name), wait_until="networkidle")
        for width in and_in_ci(390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert complaints == [], (name, width)
            found = violations(page)
            assert not found, (name, width, found)
            assert not page.evaluate(CUT_OFF), (name, width)
            overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert overflow <= 0 or name.startswith("admin:"), (name, width, overflow)
            complaints.clear()  # axe adds a style of its own to look
    context.close()


def _ours(url: str, site: str) -> bool:
    return url.startswith((site, "data:", "about:", "blob:"))


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
