"""A patient's telephone: logged in, and waiting until a page has settled."""

from django.urls import reverse
from playwright.sync_api import Error

from ..conftest import PASSWORD

# Asked of a page of the patient. Its scripts are modules, of which each is there once.
ACTS_HERE = "import('/static/patients/acts.js').then(module => module.acts())"
TODAY = "import('/static/patients/acts.js').then(module => module.today())"
CARRIED = "JSON.parse(document.getElementById('carried').textContent)"
KEPT = "caches.open('programme').then(c => c.match('/kept')).then(r => Boolean(r))"


def log_in(page, at_home, *, own=True, settled=True, email="piet@mail.example"):
    page.goto(at_home + reverse("account_login"))
    page.get_by_label("E-mailadres of inlogcode").fill(email)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    if own:
        page.get_by_label("Dit is mijn eigen toestel").check()
    page.get_by_role("button", name="Inloggen", exact=True).click()
    page.wait_for_selector("#carried", state="attached")
    until(page, "true")
    if own and settled:
        until(page, KEPT)
        until(page, "navigator.serviceWorker.controller !== null")


def until(page, question):
    """Asked again and again: the page's own policy forbids Playwright to do so."""
    for _number in range(150):
        try:
            # A page that is on its way here has no scripts yet.
            if page.evaluate(f"document.readyState === 'complete' && ({question})"):
                return
        except Error as error:
            if "context was destroyed" not in error.message:
                raise
            # What was sent brings the page anew, and the question went with the old one.
        page.wait_for_timeout(100)
    raise AssertionError(f"never: {question}")


def tick(page, line=0, moment=1, value="1"):
    card = page.locator("article[data-line]").nth(line)
    card.locator(f"[data-moment='{moment}'] button[value='{value}']:visible").click()
