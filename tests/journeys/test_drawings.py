"""Drawings in a real browser: moved by a patient, and made by a therapist at the keyboard."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from exercises.models import Figure
from exercises.pose_editor.sliders import defaults, settings_of

from ..environment import and_in_ci
from .pages import log_in, press, tab_to, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


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
