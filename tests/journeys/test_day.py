"""A patient's day in a real browser: counting along, without a connection, on two devices."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from exercises.dosage import Dosage
from patients.models import SessionLog, SymptomAnswer
from patients.patient_day import recording
from patients.prescribing import authoring
from rugpijn.models import LoginSession

from ..conftest import PASSWORD
from .conftest import PHONE
from .day import count
from .phone import ACTS_HERE, TODAY, log_in, tick, until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def score(form, number):
    form.locator(f".scale-numbers label:has(input[name=pain][value='{number}'])").click()


def waiting(page):
    return page.evaluate(f"{ACTS_HERE}.then(all => all.filter(one => !one.sent).length)")


@pytest.fixture
def yesterday(monkeypatch, programme):
    """It is the day before today, here and on the telephone, until `.over()`."""
    real, back = timezone.now, timedelta(days=1)
    programme.started_on = timezone.localdate() - back
    programme.save(update_fields=["started_on"])
    monkeypatch.setattr(timezone, "now", lambda: real() - back)
    return SimpleNamespace(
        now=real() - back, over=lambda: monkeypatch.setattr(timezone, "now", real)
    )


@pytest.mark.quick
def test_a_day_without_a_connection_and_the_next_one(at_home, phones, programme, yesterday):
    """Opened, ticked, undone and exercised offline; closed; the next day; then all is sent once."""
    phone = phones()
    page = phone.new_page()
    page.clock.set_fixed_time(yesterday.now)
    log_in(page, at_home)
    phone.set_offline(True)
    page.reload()
    count(page, "0 van 12")
    expect(page.locator("#waiting")).to_contain_text("Geen verbinding")
    assert page.locator("article img.key-frame").first.evaluate("img => img.naturalWidth") > 0
    tick(page)
    count(page, "1 van 12")
    tick(page, 1)
    count(page, "2 van 12")
    tick(page, 1, value="0")
    count(page, "1 van 12")
    expect(page.locator("#waiting")).to_contain_text("3 dingen")

    page.goto(at_home)  # as the picture on the telephone does
    count(page, "1 van 12")
    page.locator(".btn-start").click()
    expect(page.locator(".session-place")).to_have_text("Oefening 1 van 6")
    page.get_by_role("button", name="Oefening klaar").click()
    form = page.locator(".step-after:visible")
    score(form, 0)
    form.get_by_text("Er ging iets mis").click()
    form.get_by_label("De pijn straalde uit").check()
    form.get_by_role("button", name="Gedaan").click()
    expect(form.locator(".told")).to_contain_text("Stop met deze oefening")
    expect(form.locator("[data-told]")).to_be_focused()
    page.goto(at_home + "/my-data/")
    expect(page.get_by_role("heading", name="Geen verbinding")).to_be_visible()
    page.close()

    yesterday.over()
    page = phone.new_page()
    page.clock.set_fixed_time(timezone.now())
    page.goto(at_home)
    count(page, "0 van 10")  # one exercise was stopped, and stays so
    tick(page, 1)
    count(page, "1 van 10")
    expect(page.locator("[data-count] .soft")).to_have_text("Nog 9 te gaan")
    expect(page.get_by_role("link", name="Ga door")).to_be_visible()
    assert waiting(page) == 5 and not SessionLog.objects.exists()
    page.close()
    page = phone.new_page()
    phone.set_offline(False)
    page.goto(at_home)
    until(page, f"{ACTS_HERE}.then(all => all.every(one => one.sent))")
    today = timezone.localdate()
    assert [(row.sequence, row.day, row.done, row.pain) for row in SessionLog.objects.all()] == [
        (1, today - timedelta(days=1), True, None),
        (2, today - timedelta(days=1), True, None),
        (3, today - timedelta(days=1), False, None),
        (4, today - timedelta(days=1), True, 0),
        (5, today, True, None),
    ]
    assert not any(row.filled_in_later for row in SessionLog.objects.all())
    assert SymptomAnswer.objects.get().symptoms == ["leg_pain"]
    page.close()  # it may be on its way anew, with what was sent
    page = phone.new_page()
    page.goto(at_home)
    expect(page.locator(".report")).to_contain_text("Stop met deze oefening")
    count(page, "1 van 10")


INSTANTS = [
    datetime(2026, 3, 28, 22, 59, tzinfo=UTC),
    datetime(2026, 3, 28, 23, 1, tzinfo=UTC),
    datetime(2026, 3, 29, 0, 59, tzinfo=UTC),
    datetime(2026, 3, 29, 1, 1, tzinfo=UTC),
    datetime(2026, 3, 29, 21, 59, tzinfo=UTC),
    datetime(2026, 3, 29, 22, 1, tzinfo=UTC),
    datetime(2026, 10, 24, 22, 1, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 59, tzinfo=UTC),
    datetime(2026, 10, 25, 1, 1, tzinfo=UTC),
    datetime(2026, 10, 25, 22, 59, tzinfo=UTC),
    datetime(2026, 10, 25, 23, 1, tzinfo=UTC),
]


def test_two_devices_a_login_that_ended_and_a_programme_that_changed(
    at_home, phones, programme, cast, browser
):
    one, other = phones(), browser.new_context(**PHONE, timezone_id="America/New_York")
    first, second = one.new_page(), other.new_page()
    log_in(first, at_home)
    log_in(second, at_home)
    for instant in INSTANTS:  # the day is the practice's, wherever the telephone thinks it is
        second.clock.set_fixed_time(instant)
        assert second.evaluate(TODAY) == str(timezone.localdate(instant))
    second.clock.set_fixed_time(timezone.now())
    one.set_offline(True)
    other.set_offline(True)
    tick(first)
    tick(second)  # the same moment: two acts, done once
    tick(second, 5, moment=2)
    count(second, "2 van 12")

    LoginSession.objects.filter(user=cast.piet).delete()
    programme.prescriptions.last().delete()
    authoring.issue(programme=programme, by=cast.anna)
    one.set_offline(False)
    other.set_offline(False)
    for page in (first, second):
        expect(page.locator("#waiting")).to_contain_text("Log in om te versturen")
    assert waiting(first) == 1 and waiting(second) == 2
    assert not SessionLog.objects.exists()
    for page in (first, second):
        page.locator("#waiting").get_by_role("link", name="Inloggen").click()
        log_in(page, at_home, own=False)
        until(page, f"{ACTS_HERE}.then(all => all.every(one => one.sent))")
    assert SessionLog.objects.count() == 3
    assert set(SessionLog.objects.values_list("version__number", flat=True)) == {1}
    first.reload()
    count(first, "1 van 10")
    other.close()


@pytest.fixture
def counted(programme, cast):
    """Two exercises: one that is held left and right, and one that is moved three times."""
    lines = list(programme.prescriptions.all())
    for line, dosage in zip(lines[:2], ("2x3s l/r", "2x3x rust 5s"), strict=True):
        line.dosage = Dosage.parse(dosage)
        line.save()
    for line in lines[2:]:
        line.delete()
    authoring.issue(programme=programme, by=cast.anna)
    return programme


def test_counting_along(at_home, phones, counted, complaints):
    """By keyboard: every phase is said, the seconds run, and at the end come the questions."""
    phone = phones()
    page = phone.new_page()
    log_in(page, at_home, own=False)
    page.clock.install(time=timezone.now())
    page.get_by_role("link", name="Begin").click()
    step = page.locator(".step:visible")
    counter = step.locator(".counter")
    phase, digits = counter.locator(".counter-phase"), counter.locator(".counter-digits")
    where = counter.locator(".counter-where")
    expect(step.locator("h2").first).to_be_focused()
    expect(phase).to_have_attribute("aria-live", "polite")
    counter.get_by_role("button", name="Tel mee").press("Enter")
    expect(phase).to_have_text("Nu links")
    expect(digits).to_have_text("5")
    page.clock.run_for(5100)
    expect(phase).to_have_text("Neem de houding aan")
    page.clock.run_for(2000)
    expect(phase).to_have_text("Houd vast")
    expect(where).to_have_text("Nu links · Herhaling 1 van 2")
    page.clock.run_for(1000)
    expect(digits).to_have_text("2")
    counter.get_by_role("button", name="Pauze").press("Enter")
    page.clock.run_for(20_000)
    expect(digits).to_have_text("2")
    counter.get_by_role("button", name="Volgende", exact=True).press("Enter")
    expect(phase).to_have_text("Laat los")
    counter.get_by_role("button", name="Ga verder").press("Enter")
    page.clock.run_for(2100)
    expect(where).to_have_text("Nu links · Herhaling 2 van 2")
    page.clock.run_for(2000 + 3100)
    expect(phase).to_have_text("Nu rechts")
    page.clock.run_for(5000 + 2000 + 3000 + 2000 + 2000 + 3000 + 200)
    expect(step.locator(".step-after-title")).to_be_focused()
    step.get_by_role("button", name="Gedaan").press("Enter")

    expect(page.locator(".session-place")).to_have_text("Oefening 2 van 2")
    counter.get_by_role("button", name="Tel mee").press("Enter")
    page.clock.run_for(5100)
    expect(step.locator(".counter-digits")).to_have_text("1")
    expect(step.locator(".counter-where")).to_have_text("Serie 1 van 2 · Herhaling 1 van 3")
    page.clock.run_for(12_000)
    expect(step.locator(".counter-phase")).to_have_text("Rust")
    page.clock.run_for(5000 + 12_000 + 200)
    step.get_by_role("button", name="Terug naar de oefening").press("Enter")
    step.get_by_role("button", name="Oefening klaar").press("Enter")
    score(step, 7)
    step.get_by_role("button", name="Gedaan").press("Enter")
    expect(page.get_by_role("heading", name="Klaar voor nu")).to_be_focused()
    expect(page.locator(".session-end")).to_contain_text("ziet u hoe ver u vandaag bent")
    page.get_by_role("link", name="Terug naar vandaag").press("Enter")
    expect(page.get_by_text("Alles gedaan voor vandaag")).to_be_visible()
    expect(page.get_by_role("link", name="Ga door")).to_be_hidden()
    until(page, f"{ACTS_HERE}.then(all => all.every(one => one.sent))")
    assert sorted(SessionLog.objects.values_list("pain", flat=True), key=str) == [7, None]


SHIFTS = """() => new Promise(tell => {
  const add = list => tell(list.getEntries().reduce((sum, one) => sum + one.value, 0));
  new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => tell(0), 1000);
})"""


def test_nothing_jumps_when_the_session_opens_without_motion(at_home, phones, programme):
    page = phones().new_page()
    page.emulate_media(reduced_motion="reduce")
    log_in(page, at_home, own=False)
    page.goto(at_home + reverse("patients:programme_session", args=[programme.uuid]))
    expect(page.get_by_role("button", name="Tel mee")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert page.evaluate(SHIFTS) < 0.1


def test_undone_without_a_connection(at_home, phones, counted, complaints):
    """The page that said “all done” says what is left again, in every one of its words."""
    version = counted.current_version()
    for number, line in enumerate(version.sheet.lines):
        recording.log_session(
            patient=counted.patient,
            version=version,
            operation=UUID(int=number),
            line=UUID(line.uuid),
            day=timezone.localdate(),
            moment=1,
            done=True,
        )
    phone = phones()
    page = phone.new_page()
    log_in(page, at_home, own=False)
    count(page, "Alles gedaan voor vandaag")
    phone.set_offline(True)
    page.get_by_role("button", name="Ongedaan maken").first.click()
    count(page, "1 van 2 gedaan")
    expect(page.locator("[data-count] .soft")).to_have_text("Nog één te gaan")
    expect(page.get_by_role("link", name="Ga door")).to_be_visible()


def test_without_script(at_home, browser, programme):
    """Everything is there, and every act is a press on a button."""
    context = browser.new_context(**PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(at_home + reverse("account_login"))
    page.get_by_label("E-mailadres of inlogcode").fill("piet@mail.example")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen", exact=True).click()
    page.get_by_role("button", name="Eerste keer gedaan").first.click()
    score(page.locator(".how-it-went"), 3)
    page.locator(".how-it-went").get_by_role("button", name="Opslaan").click()
    expect(page.locator("article").first).to_contain_text("Pijn: 3")
    page.get_by_role("link", name="Ga door").click()
    expect(page.locator(".step:visible")).to_have_count(6)
    expect(page.locator(".counter:visible")).to_have_count(0)
    step = page.locator(".step:visible").nth(1)
    score(step, 0)
    step.get_by_role("button", name="Gedaan").click()
    expect(page.locator(".step:visible")).to_have_count(6)
    assert [row.pain for row in SessionLog.objects.all()] == [None, 3, 0]
    context.close()


KEEPS_NOTHING = {
    "throws": "IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError') }",
    "fails": """IDBFactory.prototype.open = function () {
      const asked = new EventTarget();
      setTimeout(() => asked.onerror(new Event("error")));
      return asked;
    }""",
}


@pytest.mark.parametrize("way", KEEPS_NOTHING)
def test_a_browser_that_keeps_nothing_counts_and_ticks_all_the_same(
    at_home, phones, programme, way
):
    """As in a private window: every press goes to the server at once, and logging out works."""
    page, said = phones().new_page(), []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.add_init_script(KEEPS_NOTHING[way])
    log_in(page, at_home, own=False)
    tick(page)
    count(page, "1 van 12")
    page.locator("a[href*='/session/']").first.click()
    step = page.locator(".step:visible")
    step.get_by_role("button", name="Tel mee").click()
    expect(step.locator(".counter")).to_have_attribute("data-state", "running")
    step.get_by_role("button", name="Pauze", exact=True).click()
    step.get_by_role("button", name="Oefening klaar").click()
    step.locator(".step-after").get_by_role("button", name="Gedaan").click()
    expect(page.get_by_text("Bewaard.")).to_be_visible()
    expect(step.get_by_role("button", name="Tel mee")).to_be_visible()
    assert SessionLog.objects.filter(done=True).count() == 2
    page.get_by_role("link", name="Stop").click()
    page.get_by_role("button", name="Uitloggen").click()
    expect(page.get_by_role("heading", name="Inloggen")).to_be_visible()
    assert said == []
