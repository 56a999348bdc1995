"""What takes a therapist and a patient how many clicks and seconds: `make journeys`.

A browser works at the pace of a person. The pace is that of the keystroke-level model (Card, Moran
and Newell, 1980): 0.28 s for a key of an average typist, 1.1 s to reach something with the mouse
and 0.1 s to press, 1.35 s to decide what comes next.
"""

import sys
import time
import urllib.request

from playwright.sync_api import sync_playwright

from tests.environment import CHROMIUM
from tests.weight import weigh

from .measure import table

PASSWORD, DEMO_CODE = "rugpijn-demo-2026", "123456"

KEY, REACH, PRESS, DECIDE = 0.28, 1.1, 0.1, 1.35  # seconds
THERAPIST, PATIENT = "therapist@demo.example", "patient@demo.example"


class Person:
    """Somebody at a browser, who is counted and timed from the end of the login."""

    def __init__(self, browser, site: str, login: str, **screen):
        self.page = browser.new_context(locale="nl-NL", **screen).new_page()
        self.page.goto(f"{site}/accounts/login/")
        self.page.get_by_label("E-mailadres of inlogcode").fill(login)
        self.page.get_by_label("Wachtwoord").fill(PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda url: "/accounts/login" not in url)
        if "/second-step/" in self.page.url:  # staff, with the demo's own code
            self.page.get_by_label("Code").fill(DEMO_CODE)
            self.page.keyboard.press("Enter")
            self.page.wait_for_url(lambda url: "/second-step/" not in url)
        self.site, self.clicks, self.keys = site, 0, 0
        self.began = time.perf_counter()
        self.waited = 0.0  # for the app

    def click(self, locator) -> None:
        time.sleep(DECIDE + REACH + PRESS)
        began = time.perf_counter()
        locator.click()
        self.page.wait_for_load_state()
        self.waited += time.perf_counter() - began
        self.clicks += 1

    def type(self, text: str) -> None:
        self.page.keyboard.type(text, delay=KEY * 1000)
        self.keys += len(text)

    def press(self, key: str) -> None:
        time.sleep(KEY)
        self.page.keyboard.press(key)
        self.keys += 1

    def row(self, name: str) -> list:
        seconds = time.perf_counter() - self.began
        return [name, str(self.clicks), str(self.keys), seconds, self.waited]


def new_patient_to_paper(browser, site) -> list:
    """Three fields and the red flags, until the PDF has arrived."""
    anna = Person(browser, site, THERAPIST)
    anna.click(anna.page.get_by_role("link", name="Nieuwe patiënt"))
    anna.type("Kees van der Wal")
    anna.press("Tab")
    anna.type("12-3-1958")
    anna.press("Tab")
    anna.type("Lage")
    anna.click(anna.page.get_by_role("button", name="Bewaar en ga naar het programma"))
    anna.click(anna.page.get_by_label("rode vlaggen"))
    with anna.page.expect_response(lambda answer: "handout.pdf" in answer.url) as paper:
        anna.click(anna.page.get_by_role("button", name="Start en print"))
    assert paper.value.headers["content-type"] == "application/pdf"
    return anna.row("new patient, to paper")


def another_dosage(browser, site) -> list:
    """From the list of programmes: a dosage is changed and saved as the next version."""
    anna = Person(browser, site, THERAPIST)
    anna.page.goto(f"{site}/admin/patients/programme/")
    anna.began = time.perf_counter()
    anna.click(anna.page.get_by_role("link", name="Lage rugpijn").first)
    anna.click(anna.page.get_by_label("Dosering").first)
    anna.press("Control+a")
    anna.type("2x per dag 3x12")
    anna.click(anna.page.get_by_role("button", name="Bewaar", exact=False).first)
    return anna.row("another dosage, to a new version")


def first_exercise_done(browser, site) -> list:
    """A patient on a telephone: logged in, one exercise done, pain told."""
    piet = Person(browser, site, PATIENT, viewport={"width": 390, "height": 844})
    card = piet.page.locator("article").first
    piet.click(card.get_by_role("button", name="gedaan").first)
    piet.click(piet.page.locator("article").first.get_by_role("button", name="geen pijn"))
    return piet.row("patient: one exercise done")


def from_the_worklist(browser, site) -> list:
    """The most urgent patient: what was done about it is written down, and it is off the list."""
    anna = Person(browser, site, THERAPIST)
    card = anna.page.locator(".worklist .card").first
    name = card.locator("h3 a").inner_text()
    anna.click(card.get_by_label("Wat heeft u gedaan?"))
    anna.type("Gebeld, komt morgen.")
    anna.click(card.get_by_role("button", name="Gezien"))
    assert name not in anna.page.locator(".worklist .cards").inner_text()
    return anna.row("worklist: the most urgent seen, with a note")


def revise_and_compare(browser, site) -> list:
    """A dosage is changed, given, and laid beside what it was."""
    anna = Person(browser, site, THERAPIST)
    anna.page.goto(f"{site}/admin/patients/programme/?q=Sanne")
    anna.began = time.perf_counter()
    anna.click(anna.page.locator("#result_list tbody th a").first)
    anna.click(anna.page.get_by_label("Dosering").first)
    anna.press("Control+a")
    anna.type("1x per dag 2x8")
    anna.click(anna.page.get_by_role("button", name="Bewaar", exact=False).first)
    anna.click(anna.page.get_by_role("link", name="Versies", exact=True))
    anna.click(anna.page.get_by_role("button", name="Toon het verschil"))
    assert "2 series van 8" in anna.page.locator("#difference").inner_text()
    return anna.row("revise, and compare with what it was")


def weight_of_today(browser, site) -> list:
    """The first view of a patient's Today, on a telephone that has nothing yet."""
    piet = Person(browser, site, PATIENT)
    weight = weigh(browser, piet.page.context.storage_state(), f"{site}/")
    return ["Today", *(size / 1000 for size in (weight.page, weight.drawings, weight.both))]


def wait_for(site: str) -> None:
    """Raises URLError when nobody answers for a minute."""
    give_up = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"{site}/healthz").close()  # noqa: S310  our own demo
        except OSError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.3)
        else:
            return


def main(site: str) -> None:
    wait_for(site)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        journeys = (
            new_patient_to_paper,
            another_dosage,
            from_the_worklist,
            revise_and_compare,
            first_exercise_done,
        )
        rows = [journey(browser, site) for journey in journeys]
        today = weight_of_today(browser, site)
        browser.close()
    head = ("journey", "clicks", "keys", "seconds", "of which waiting")
    table("At the pace of a person", head, rows)
    table("What travels, in kB", ("first view", "page", "drawings", "together"), [today])


if __name__ == "__main__":
    main(sys.argv[1])
