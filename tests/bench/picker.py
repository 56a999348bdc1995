"""Finding one of 5,000 exercises: from the last key to the result on the screen."""

import os
import statistics

from django.urls import reverse
from playwright.sync_api import sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.environment import CHROMIUM
from tests.exercises.many import many_exercises
from tests.logging_in import log_in_browser

from . import clinic
from .measure import table

COUNT, TIMES = 5000, 7
WAITS = 250  # ms after the last key, before Django's picker asks
TERMS = ("draaien", "strekken muur", "knie", "trap 4789")

# Until the first result says what was typed last, and the browser has drawn it.
MEASURE = """word => new Promise(done => {
    document.addEventListener("keydown", event => { window.pressed = event.timeStamp; }, true);
    function look() {
        const first = document.querySelector(".select2-results__option .found-exercise");
        if (window.pressed && first && first.textContent.includes(word)) {
            requestAnimationFrame(() => done(performance.now() - window.pressed));
        } else {
            requestAnimationFrame(look);
        }
    }
    look();
})"""


def run() -> None:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright has an event loop here
    with clinic.programme() as programme:
        many_exercises(programme.therapist.practice, COUNT)
        server = LiveServer("localhost")
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=CHROMIUM, args=["--no-sandbox"]
                )
                rows = _measured(browser.new_context(locale="nl-NL").new_page(), server, programme)
                browser.close()
        finally:
            server.stop()
    head = ("typed", "ms", f"of which not the wait of {WAITS}", "slowest")
    table(f"From the last key to the result, {COUNT} exercises", head, rows)


def _measured(page, server, programme) -> list:
    page.set_default_timeout(15_000)
    log_in_browser(page, server.url, programme.therapist)
    page.goto(server.url + reverse("admin:patients_programme_change", args=[programme.pk]))
    page.locator(".prescriptions .add-row a").press("Enter")
    rows = []
    for term in TERMS:
        runs = [_once(page, term) for _ in range(TIMES + 1)][1:]  # the first warms up
        median = statistics.median(runs)
        rows.append([term, median, median - WAITS, max(runs)])
    return rows


def _once(page, term: str) -> float:
    page.locator(".select2-selection").last.click()
    page.wait_for_selector(".select2-results__option .found-exercise")
    page.keyboard.type(term[:-1])
    page.wait_for_timeout(WAITS * 4)  # what was typed so far is answered
    page.evaluate(f"() => {{ window.pressed = 0; window.measured = ({MEASURE})('{term[-1]}'); }}")
    page.keyboard.press(term[-1])
    milliseconds = page.evaluate("() => window.measured")
    page.keyboard.press("Escape")
    return milliseconds
