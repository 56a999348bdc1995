"""Counting along in a real browser: all in view, at rest when nobody looks, one side at a time."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from exercises.dosage import Dosage
from exercises.models import Protocol
from patients.prescribing import authoring

from .phone import log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCREENS = [(320, 568), (360, 640), (390, 844), (640, 360), (768, 1024), (1280, 800)]
# The same screens when the browser enlarges everything to 150 or 200 %.
ENLARGED = [(213, 379), (180, 320), (195, 422), (320, 180), (427, 240), (384, 512), (640, 400)]
# Of the root: as it is, the two sizes under "My data", and 150 and 200 % in the browser.
LETTERS = ["112.5%", "135%", "160%", "168.75%", "225%"]
AS_IS = LETTERS[:1]

MEASURE = """(letters) => {
  const wrong = [];
  const root = document.documentElement;
  const step = document.querySelector(".step:not([hidden])");
  const counter = step.querySelector(".counter");
  const words = Object.values(counter.dataset).filter(one => one.length < 30);
  const longest = words.reduce((a, b) => (a.length >= b.length ? a : b));
  const shown = node => node.getClientRects().length > 0;
  const box = node => node.getBoundingClientRect();
  const apart = (a, b) => a.right <= b.left + 1 || b.right <= a.left + 1
    || a.bottom <= b.top + 1 || b.bottom <= a.top + 1;
  function measure(when) {
    const say = what => wrong.push([innerWidth, innerHeight, step.id, when, what].join(" "));
    const seen = name => Array.from(step.querySelectorAll(name)).filter(shown);
    const inView = (node, name) => {
      const { left, top, right, bottom } = box(node);
      if (left < -1 || top < -1 || right > innerWidth + 1 || bottom > innerHeight + 1) {
        say(name + " out of view: " + [left, top, right, bottom].map(Math.round));
      }
    };
    const pictures = seen(".stage svg");
    const drawn = pictures.length ? pictures : seen(".frames img");
    if (!drawn.length) say("no picture");
    const over = [counter, ...seen("summary, .motion-buttons .btn")];
    for (const picture of drawn) {
      inView(picture, "picture");
      if (box(picture).height < 40 || box(picture).width < 70) {
        say("picture too small: " + box(picture).width + " " + box(picture).height);
      }
      over.filter(node => !apart(box(picture), box(node)))
        .forEach(node => say("covered by " + node.className));
    }
    inView(counter, "counter");
    for (const node of seen(".counter > p, .counter button")) inView(node, node.className);
    if (counter.scrollHeight > counter.clientHeight + 2) say("counter cut off");
    for (const node of seen(".counter button")) {
      if (box(node).width < 43.5 || box(node).height < 43.5) say("small: " + node.textContent);
    }
  }
  for (const size of letters) {
    root.style.fontSize = size;
    measure(size);
    const [phase, where] = [".counter-phase", ".counter-where"].map(n => counter.querySelector(n));
    const before = [phase.textContent, where.textContent];
    phase.textContent = longest;
    where.textContent = [counter.dataset.right, counter.dataset.set, counter.dataset.repetition]
      .map(one => one.replace("NUMBER", "20").replace("COUNT", "100")).join(" · ");
    measure(size + " longest words");
    [phase.textContent, where.textContent] = before;
  }
  root.style.fontSize = "";
  return wrong;
}"""
UNDER_THE_FINGER = """([x, y]) => {
  const node = document.elementFromPoint(x, y).closest("button");
  return node && node.dataset.do;
}"""
NEXT = "document.querySelector('.step:not([hidden]) [data-do=next]').click()"


@pytest.fixture
def both_protocols(programme):
    """Every exercise that comes with the app, with a note at some."""
    authoring.add_protocol(
        programme=programme, protocol=Protocol.objects.get(key="knie"), side="left"
    )
    for line in programme.prescriptions.all()[::3]:
        line.note = "Denk aan uw ademhaling, en doe dit op het kleed in de woonkamer."
        line.save()
    for line in programme.prescriptions.filter(days_per_week__isnull=False):
        line.days_per_week = None
        line.save()
    authoring.issue(programme=programme, by=programme.therapist)
    return programme


def to_session(page, at_home, programme):
    page.goto(at_home + reverse("patients:programme_session", args=[programme.uuid]))
    expect(page.locator(".counter:visible")).to_be_visible()


def run_of(page):
    return page.locator(".counter:visible [data-do=run]")


def test_drawing_and_count_are_in_view_on_every_screen(at_home, phones, both_protocols):
    """Each exercise, also with a caution and a note, at every size of screen and letters."""
    phone = phones()
    page = phone.new_page()
    log_in(page, at_home, own=False)
    wrong = []
    folded = 0
    to_session(page, at_home, both_protocols)
    while page.locator(".step:visible").count():
        expect(page.locator(".step:visible .stage svg:visible")).to_be_visible()
        run_of(page).click()
        folded += page.locator(".step:visible .told-fold").count()
        page.evaluate(NEXT)
        screens = [(size, LETTERS) for size in SCREENS]
        screens += [(size, AS_IS) for size in ENLARGED]
        for (width, height), letters in screens:
            page.set_viewport_size({"width": width, "height": height})
            wrong += page.evaluate(MEASURE, letters)
        run_of(page).click()  # paused: more buttons, and all within reach
        for size in SCREENS:
            page.set_viewport_size({"width": size[0], "height": size[1]})
            wrong += page.evaluate(MEASURE, AS_IS)
        page.locator(".counter:visible [data-do=later]").click()
    assert wrong == [] and folded >= 3


def test_still_pictures_are_in_view_as_well(at_home, phones, both_protocols):
    page = phones().new_page()
    page.emulate_media(reduced_motion="reduce")
    log_in(page, at_home, own=False)
    to_session(page, at_home, both_protocols)
    wrong = []
    for _number in range(6):
        run_of(page).click()
        for width, height in SCREENS:
            page.set_viewport_size({"width": width, "height": height})
            wrong += page.evaluate(MEASURE, LETTERS)
        run_of(page).click()
        page.locator(".counter:visible [data-do=later]").click()
    assert wrong == []


def test_nothing_jumps_under_the_finger(at_home, phones, both_protocols):
    """Where "count along" was pressed is "pause", wherever on it; and the button that lets the
    drawing stand still is beside the drawing."""
    page = phones().new_page()
    log_in(page, at_home, own=False)
    for width, height in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        to_session(page, at_home, both_protocols)
        drawing = page.locator(".step:visible .stage svg:visible")
        expect(drawing).to_be_visible()
        button, shown = (
            one.bounding_box()
            for one in (page.locator(".step:visible [data-do=play]:visible"), drawing)
        )
        assert button["y"] >= shown["y"] + shown["height"]
        place = run_of(page).bounding_box()
        points = [
            (place["x"] + place["width"] * across, place["y"] + place["height"] * down)
            for across in (0.1, 0.5, 0.9)
            for down in (0.15, 0.5, 0.85)
        ]
        run_of(page).click()
        expect(page.locator(".counter:visible")).to_have_attribute("data-state", "running")
        assert {page.evaluate(UNDER_THE_FINGER, point) for point in points} == {"run"}
        run_of(page).click()
        assert {page.evaluate(UNDER_THE_FINGER, point) for point in points} == {"run"}


def test_what_is_good_to_know_unfolds_and_the_count_waits(at_home, phones, both_protocols):
    page = phones().new_page()
    log_in(page, at_home, own=False)
    to_session(page, at_home, both_protocols)
    fold = page.locator(".step:visible .told-fold")
    summary, told = fold.locator("summary"), fold.locator(".caution, .note")
    seen = []
    while page.locator(".step:visible").count():
        if fold.count():
            expect(told.first).to_be_visible()
            run_of(page).click()
            expect(told.first).to_be_hidden()
            seen.append(" ".join(summary.inner_text().split()))
            summary.click()
            expect(told.first).to_be_in_viewport()
            expect(page.locator(".counter:visible")).to_have_attribute("data-state", "paused")
            summary.click()
            expect(told.first).to_be_hidden()
        page.locator(".counter:visible [data-do=later]").click()
    assert set(seen) == {"Let op", "Een opmerking voor u", "Let op, en een opmerking voor u"}
    to_session(page, at_home, both_protocols)
    run_of(page).click()
    page.get_by_role("link", name="Wanneer bellen?").click()
    expect(page.locator("#when-to-call")).to_be_in_viewport()
    expect(page.locator(".counter:visible")).to_have_attribute("data-state", "paused")
    expect(page.locator("body.counting")).to_have_count(0)


# ------------------------------------------------------------ one clock


HIDE = """(state) => {
  Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
  Object.defineProperty(document, "hidden", { value: state === "hidden", configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
MOMENT = "document.querySelector('.step:not([hidden]) .stage svg').getCurrentTime()"


@pytest.fixture
def six_times(programme, cast):
    """One exercise that is moved six times, and one that is held left and right."""
    lines = list(programme.prescriptions.all())
    superman = lines[-1]
    for line, dosage in ((lines[0], "6x"), (superman, "2x3s l/r")):
        line.dosage = Dosage.parse(dosage)
        line.save()
    for line in lines[1:-1]:
        line.delete()
    authoring.issue(programme=programme, by=cast.anna)
    return programme


@pytest.fixture
def counting(at_home, phones, six_times):
    """In the session, with a clock that moves when the test says so."""
    page = phones().new_page()
    log_in(page, at_home, own=False)
    page.clock.install(time=timezone.now())
    to_session(page, at_home, six_times)
    expect(page.locator(".step:visible .stage svg:visible")).to_be_visible()
    return page


def test_the_count_waits_when_nobody_looks(counting):
    """Another app, a call, a page that is frozen, a telephone that slept: then one goes on."""
    page = counting
    counter = page.locator(".counter:visible")
    where = counter.locator(".counter-where")
    run_of(page).click()
    page.clock.run_for(5000 + 5000)
    expect(where).to_have_text("Herhaling 2 van 6")

    def waits(number):
        expect(counter).to_have_attribute("data-state", "paused")
        expect(where).to_have_text(f"Herhaling {number} van 6")
        stood = page.evaluate(MOMENT)
        page.clock.run_for(22_000)
        expect(where).to_have_text(f"Herhaling {number} van 6")
        assert page.evaluate(MOMENT) == stood
        expect(counter.get_by_role("button", name="Ga verder")).to_be_visible()
        run_of(page).click()
        expect(counter).to_have_attribute("data-state", "running")

    page.evaluate(HIDE, "hidden")
    expect(counter).to_have_attribute("data-state", "paused")
    page.clock.run_for(22_000)
    page.evaluate(HIDE, "visible")
    waits(2)
    page.clock.run_for(4000)
    expect(where).to_have_text("Herhaling 3 van 6")
    page.evaluate("document.dispatchEvent(new Event('freeze'))")
    waits(3)
    page.evaluate("window.dispatchEvent(new Event('pagehide'))")
    waits(3)
    page.clock.run_for(1000)
    page.clock.fast_forward(22_000)  # it slept, and said nothing
    waits(3)
    page.clock.run_for(4 * 4000)
    expect(page.locator(".step-after-title:visible")).to_be_focused()


def test_the_drawing_moves_with_the_count(counting):
    """Once round with a repetition; and held where it is held."""
    page = counting
    run_of(page).click()
    page.clock.run_for(5000 + 2000)  # half-way in the first repetition of four seconds
    assert page.evaluate(MOMENT) == pytest.approx(3.0, abs=0.3)  # of six
    page.clock.run_for(3000)
    assert page.evaluate(MOMENT) == pytest.approx(1.5, abs=0.3)
    run_of(page).click()
    page.locator(".counter:visible [data-do=later]").click()
    run_of(page).click()
    expect(page.locator(".counter-phase:visible")).to_have_text("Nu links")
    page.clock.run_for(5100)
    expect(page.locator(".counter-phase:visible")).to_have_text("Neem de houding aan")
    page.clock.run_for(2000)
    expect(page.locator(".counter-phase:visible")).to_have_text("Houd vast")
    page.clock.run_for(1000)
    assert page.evaluate(MOMENT) == pytest.approx(3.0, abs=0.05)
    page.clock.run_for(1000)
    assert page.evaluate(MOMENT) == pytest.approx(3.0, abs=0.05)


def test_drawing_caption_and_count_name_one_side(counting, six_times):
    page = counting
    page.locator(".counter:visible [data-do=later]").click()
    step = page.locator(".step:visible")
    shown = step.locator(".step-side:visible")
    line = six_times.current_version().sheet.lines[1]
    assert (line.figure.side, line.other_figure.side) == ("left", "right")

    def names(side, words, leg):
        expect(shown).to_have_count(1)
        expect(shown).to_have_attribute("data-side", side)
        expect(shown.locator(".stage-side")).to_have_text(words)
        expect(shown.locator(".stage svg")).to_have_attribute("aria-label", f"Superman, {words}")
        assert leg in shown.locator(".frames").text_content()

    names("left", "Linkerkant", "linkerbeen")
    run_of(page).click()
    expect(page.locator(".counter-phase:visible")).to_have_text("Nu links")
    names("left", "Linkerkant", "linkerbeen")
    page.clock.run_for(5000 + 2 * (2000 + 3000) + 2000 + 200)
    expect(page.locator(".counter-phase:visible")).to_have_text("Nu rechts")
    names("right", "Rechterkant", "rechterbeen")
    page.evaluate("document.querySelector('.step:not([hidden]) [data-do=previous]').click()")
    names("left", "Linkerkant", "linkerbeen")
