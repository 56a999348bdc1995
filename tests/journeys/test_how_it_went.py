"""What a patient ticks off in a real browser, and what the therapist then reads and copies."""

import uuid
from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from patients.models import SessionLog
from patients.patient_day import recording
from patients.prescribing import authoring

from ..environment import and_in_ci
from .pages import check_at_three_widths, log_in, tab_to

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


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
