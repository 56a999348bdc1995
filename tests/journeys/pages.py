"""What the journeys of staff share: logging in, pressing keys, axe."""

from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from rugpijn.models import User

from ..conftest import PASSWORD
from ..logging_in import log_in_browser


def log_in(page, site, name):
    """As people do; staff arrive with their second step done, which has journeys of its own."""
    user = User.objects.filter(email=name).first()
    if user is not None and user.is_staff:
        log_in_browser(page, site, user)
        page.set_default_timeout(30_000)
        page.goto(site)
        return
    page.goto(site + reverse("account_login"))
    page.set_default_timeout(30_000)
    page.get_by_label("E-mailadres of inlogcode").fill(name)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/accounts/login" not in url)


# Whether something is shown that was not shown before in these colours.
SHOWS_MORE = """([colours, afresh]) => {
  if (afresh || !window.shown) window.shown = {};
  const before = window.shown[colours] || new Set();
  const now = Array.from(document.querySelectorAll("body *")).filter(one => one.checkVisibility());
  window.shown[colours] = new Set([...before, ...now]);
  return now.some(one => !before.has(one));
}"""


def shows_more(page, colours="light", *, afresh) -> bool:
    """Contrast takes nine tenths of the time of axe. Of what is only made wider or larger, it was
    measured already; `afresh` begins with another page or state."""
    return page.evaluate(SHOWS_MORE, [colours, afresh])


def violations(page, *, colours=True):
    """What axe finds on the page as it stands: the rule, and the first place that breaks it."""
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    # Without `resultTypes` it describes every element that is right as well.
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    if not colours:
        options["rules"] = {"color-contrast": {"enabled": False}}
    page.wait_for_load_state()  # what is still being built breaks rules that the page keeps
    if not page.evaluate("'axe' in window"):  # half a megabyte, once for each page
        page.evaluate(Axe().axe_script)
    found = page.evaluate("options => axe.run(options)", options)["violations"]
    return [(violation["id"], violation["nodes"][0]["target"]) for violation in found]


def calm_and_accessible(page, complaints):
    """Neither the browser nor axe has anything to say; axe's own style is then forgotten."""
    assert complaints == []
    assert violations(page) == []
    complaints.clear()


def press(page, key, times=1):
    for _ in range(times):
        page.keyboard.press(key)


def tab_to(page, locator, most=80):
    """Tab until this has the focus, as somebody without a mouse does."""
    for _ in range(most):
        if locator.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{locator} cannot be reached with Tab")


def check_at_three_widths(page, complaints):
    page.wait_for_load_state("networkidle")
    assert complaints == []
    for width in (390, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        colours = shows_more(page, afresh=width == 390)
        assert violations(page, colours=colours) == [], width
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, width
    complaints.clear()  # axe adds a style of its own to look
