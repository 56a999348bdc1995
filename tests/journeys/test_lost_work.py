"""Nothing typed is lost, in a real browser: a session that ended, several forms, a new drawing."""

import re
import time
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from exercises.models import ExerciseText
from patients.follow_up import judgements
from patients.models import SymptomAnswer
from rugpijn.login.session_store import SEEN, SessionStore
from rugpijn.models import LoginSession

from ..logging_in import log_in_browser
from .building import open_form
from .pages import log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
STORED = "Object.keys(sessionStorage).filter(key => key.startsWith('unsent:')).length"


def end_logins():
    """As an hour at the telephone does."""
    for row in LoginSession.objects.exclude(user=None):
        session = SessionStore(row.session_key)
        session[SEEN] = time.time() - 3601
        session.save()


def log_in_again(page, site, user):
    """Without typing; what was kept is of the person, and not of this browser."""
    log_in_browser(page, site, user)
    page.goto(site)


def test_a_long_programme_after_the_session_ended(page, site, complaints, draft):
    rows = open_form(page, site, draft)
    rows.nth(0).get_by_label("Opmerking").fill("Rustig beginnen,\nmet een kussen")
    rows.nth(2).get_by_label("Dosering").fill("1x per dag 3x12")
    page.get_by_label("Titel").fill("Rug, na de val")
    end_logins()
    page.get_by_role("button", name="Bewaar het concept").click()
    expect(page).to_have_url(re.compile("/accounts/login/"))
    expect(page.get_by_text("blijft een uur bewaard")).to_be_visible()
    log_in_again(page, site, draft.therapist)
    expect(page.get_by_role("heading", name="Wat u typte, is er nog")).to_be_visible()
    expect(page.locator("strong", has_text="Programma: Lage rugpijn")).to_be_visible()
    expect(page.get_by_text("Oefening 1: opmerking")).to_be_visible()
    expect(page.get_by_text("met een kussen")).to_be_visible()
    page.get_by_role("button", name="Eerst bekijken in het formulier").click()
    expect(rows.nth(0).get_by_label("Opmerking")).to_have_value("Rustig beginnen,\nmet een kussen")
    expect(rows.nth(2).get_by_label("Dosering")).to_have_value("1x per dag 3x12")
    page.get_by_role("button", name="Bewaar het concept").click()
    expect(page.locator(".messagelist")).to_contain_text("Het concept is bewaard")
    draft.refresh_from_db()
    assert draft.title == "Rug, na de val"
    assert draft.prescriptions.first().note.splitlines() == ["Rustig beginnen,", "met een kussen"]
    # What the page asks while one types is refused when the login has ended.
    assert [each for each in complaints if "401" not in each] == []


def test_back_after_an_error_shows_the_page(page, site, complaints, draft):
    """And not the browser's question whether to send the form once more."""
    rows = open_form(page, site, draft)
    rows.nth(1).get_by_label("Dosering").fill("3x10 samen")
    page.get_by_role("button", name="Bewaar het concept").click()
    expect(page.locator(".errornote")).to_be_visible()
    page.goto(site)
    page.go_back()
    expect(rows.nth(1).get_by_label("Dosering")).to_be_visible()
    expect(page.locator(".errornote")).to_have_count(0)
    assert complaints == []


def alarm(programme):
    """The pain went into the leg."""
    version = programme.current_version()
    SymptomAnswer.objects.create(
        patient=programme.patient,
        operation=uuid.uuid4(),
        version=version,
        line=version.sheet.lines[4].uuid,
        day=timezone.localdate(),
        symptoms=["leg_pain"],
    )


def test_a_note_at_the_next_patient_stays(page, site, complaints, cast, make_programme):
    piet, mo = make_programme(), make_programme(patient=cast.mo_patient)
    alarm(piet)
    alarm(mo)
    log_in(page, site, "anna@linde.example")
    first, second = (page.locator(f"#note-{each.pk}") for each in (piet, mo))
    first.fill("Gebeld, voicemail")
    second.fill("Komt morgen")
    page.get_by_role("button", name="Gezien: Mo").click()
    expect(page.locator(".messagelist")).to_contain_text("Mo el Idrissi")
    expect(first).to_have_value("Gebeld, voicemail")
    assert mo.seen_marks.get().note == "Komt morgen" and page.evaluate(STORED) == 0

    # One of several forms on the page about the course; and what is left goes with the login.
    page.goto(site + reverse("admin:patients_programme_course", args=[piet.pk]))
    activities = page.locator("form:has(input[value='activities']) input[type='text']").first
    activities.fill("Traplopen")
    page.locator("form:has(input[value='profile']) input[type='radio']").first.check()
    page.get_by_role("button", name="Noteren", exact=True).click()
    expect(page.locator(".messagelist")).to_be_visible()
    expect(activities).to_have_value("Traplopen")
    page.get_by_role("button", name="Uitloggen").click()
    assert page.evaluate(STORED) == 0
    assert complaints == []


def test_a_note_that_is_refused_stands_there_again(client, cast, programme):
    alarm(programme)
    client.force_login(cast.anna)
    address = reverse("admin:patients_programme_seen", args=[programme.pk])
    [mark] = SymptomAnswer.objects.all()
    page = client.post(address, {"item": f"leg_pain:{mark.pk}", "note": "x" * 3000}, follow=True)
    assert "x" * 3000 in page.content.decode() and "3000" in page.content.decode()
    assert "x" * 3000 not in client.get("/admin/").content.decode()


def test_enter_takes_the_first_of_what_was_typed(page, site, complaints, draft):
    """And not what lies under a mouse that rests there."""
    rows = open_form(page, site, draft)
    there = rows.count()
    page.locator(".prescriptions .add-row a").click()
    found = page.locator(".select2-results__option .found-exercise")
    expect(found.nth(3)).to_be_visible()
    box = found.nth(3).bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 10)
    page.mouse.move(box["x"] + 42, box["y"] + 12)
    search = page.locator(".select2-search__field")
    search.press_sequentially("geheime")
    search.press("Enter")
    expect(rows.nth(there).locator("h3")).to_contain_text("Geheime oefening")

    # Nothing found: make it, with these words, in another tab; this one stays as it is.
    page.locator(".prescriptions .add-row a").click()
    search.press_sequentially("Zwaan op één been")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Maak “Zwaan op één been” zelf").click()
    new = opened.value
    expect(new.get_by_label("Titel").first).to_have_value("Zwaan op één been")
    new.locator("[name=dosage]").fill("1x per dag 10x")
    new.locator("[name=_save]").click()
    expect(new.locator(".messagelist")).to_contain_text("Zwaan op één been")
    assert ExerciseText.objects.filter(title="Zwaan op één been").exists()
    assert complaints == []


def test_a_new_drawing_comes_back_to_its_exercise(page, site, complaints, own_exercise):
    log_in(page, site, "anna@linde.example")
    page.goto(site + reverse("admin:exercises_exercise_change", args=[own_exercise.pk]))
    purpose = page.locator("[name$='-purpose']").first
    purpose.fill("Sterker worden")
    page.get_by_role("link", name="Nieuwe tekening").click()
    page.locator("[name=title_nl]").fill("Zwaan")
    page.locator("[name=frames-0-caption_nl]").fill("Sta.")
    page.locator("#pose-form [name=_save]").click()
    expect(purpose).to_have_value("Sterker worden")
    expect(page.locator("[name=figure] option:checked")).to_contain_text("Zwaan")
    page.locator("[name=_save]").click()
    own_exercise.refresh_from_db()
    assert str(own_exercise.figure) == "Zwaan"
    assert own_exercise.texts.get(language="nl").purpose == "Sterker worden"
    assert complaints == []


def test_a_form_without_a_connection_stays_with_what_was_typed(page, site, complaints, programme):
    log_in(page, site, "piet@mail.example")
    page.goto(site + reverse("patients:messages", args=[programme.uuid]))
    text = page.get_by_label("Uw bericht")
    text.fill("De brug lukt niet meer")
    page.context.set_offline(True)
    page.get_by_role("button", name="Versturen").click()
    note = page.get_by_text("Er is geen verbinding. Wat u invulde, staat er nog.")
    expect(note).to_be_in_viewport()
    expect(text).to_have_value("De brug lukt niet meer")
    page.context.set_offline(False)
    expect(note).to_have_count(0)
    page.get_by_role("button", name="Versturen").click()
    expect(page.locator(".thread")).to_contain_text("De brug lukt niet meer")
    assert complaints == []


def test_a_field_that_was_filled_again_says_that_it_is_not_saved(page, site, complaints, cast):
    """Another form of the page was sent meanwhile, and the number stands in its field again."""
    address = site + reverse("admin:patients_patient_change", args=[cast.mo_patient.pk])
    log_in(page, site, "anna@linde.example")
    page.goto(address)
    page.locator("#id_phone").fill("0612345678")
    page.locator("form[action$='/invite/'] button").first.click()
    page.goto(address)
    expect(page.locator("#id_phone")).to_have_value("0612345678")
    expect(page.locator(".not-saved")).to_have_text(
        re.compile("Ingevuld, en nog niet opgeslagen: Telefoon")
    )
    page.locator("[name=_save]").click()
    page.goto(address)
    expect(page.locator(".not-saved")).to_have_count(0)
    cast.mo_patient.refresh_from_db()
    assert cast.mo_patient.phone == "0612345678" and complaints == []


def test_a_message_that_was_sent_is_not_in_its_field_after_back(page, site, complaints, programme):
    log_in(page, site, "piet@mail.example")
    page.goto(site + reverse("patients:messages", args=[programme.uuid]))
    page.get_by_label("Uw bericht").fill("Mag ik fietsen?")
    page.locator("form:has(textarea[data-sent]) [type=submit]").click()
    expect(page.locator(".thread")).to_contain_text("Mag ik fietsen?")
    page.go_back()
    page.wait_for_load_state("load")
    expect(page.get_by_label("Uw bericht")).to_have_value("")
    assert programme.messages.count() == 1 and complaints == []


def test_a_question_about_a_form_down_the_page_is_in_view(page, site, complaints, programme, cast):
    log_in(page, site, "anna@linde.example")
    page.goto(site + reverse("admin:patients_programme_course", args=[programme.pk]))
    kim = cast.anna.__class__.objects.create_user(
        "kim@linde.example", name="Kim", practice=cast.anna.practice, is_therapist=True
    )
    judgements.choose_profile(programme=programme, profile="low", by=kim)
    form = page.locator("form:has([name=what][value=profile])")
    form.locator("[name=profile][value=high]").check()
    form.get_by_role("button").click()
    expect(page.locator(".merged[data-ask]")).to_be_in_viewport()
    expect(page.locator(".merged[data-ask]")).to_contain_text("Kim")
    assert complaints == []
