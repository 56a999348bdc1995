"""Every page in a real browser, with payloads in every word: nothing runs, nobody else is asked.

The browser itself says what it was not allowed to do, and a page that breaks the rules on purpose
shows that it would.
"""

import pytest
from django.conf import settings
from django.urls import reverse

from patients.models import Programme
from patients.prescribing import authoring

from ..access.access_table import ROLES, TABLE
from ..access.access_world import build, client_for, session_of
from ..conftest import load_library
from ..forms.payloads import poison

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# What a browser keeps as a file, and what has no page of its own.
NO_PAGES = ("handout", "_file", "calendar", "media", "download", "manifest", "service_worker")
LOOKED_AT_BY = ("piet", "anna", "els", "nobody")
LISTEN = """
document.addEventListener("securitypolicyviolation", event =>
  console.error("policy: " + event.violatedDirective + " " + event.blockedURI));
"""
BREAKS_THE_RULES = """() => {
  document.body.insertAdjacentHTML("beforeend", "<img src=/x onerror=alert(1)>");
  document.body.append(Object.assign(new Image(), { src: "https://zqx.example/x.png" }));
}"""


class Watch:
    """What a browser said, and whom it asked, since the last page."""

    def __init__(self, page, site):
        self.heard, self.site = [], site
        page.add_init_script(LISTEN)
        page.on("dialog", self._dialog)
        page.on("pageerror", lambda error: self.heard.append(f"error: {error}"))
        page.on("console", self._console)
        page.on("request", self._request)

    def _dialog(self, dialog):
        self.heard.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _console(self, message):
        if message.type == "error":
            self.heard.append(f"console: {message.text}")

    def _request(self, request):
        ours = request.url.startswith((self.site, "data:", "blob:", "about:"))
        if not ours or "/csp-report/" in request.url:
            self.heard.append(f"request: {request.url}")


@pytest.fixture
def world(live_server, settings, library_rows, monkeypatch):
    settings.SITE_URL = live_server.url
    load_library(library_rows)
    world = build()
    world.sessions = {role: session_of(world, role) for role in ROLES if role != "nobody"}
    world.columns = poison()
    programme = Programme.objects.get(pk=world.programme.pk)
    authoring.issue(programme=programme, by=world.anna)
    return world


def pages_of(role) -> list[str]:
    """What this role is the first to see, of all pages there are."""
    first = {
        name: next((each for each in LOOKED_AT_BY if row[ROLES.index(each)] == "200"), None)
        for name, row in TABLE.items()
        if not name.endswith(NO_PAGES)
    }
    return [name for name, each in first.items() if each == role]


def test_no_page_runs_what_was_typed_or_asks_anybody_else(
    browser, live_server, world, browser_context_args
):
    wrong, seen = [], 0
    for role in LOOKED_AT_BY:
        context = browser.new_context(**browser_context_args)
        cookies = client_for(world, role).cookies
        if role != "nobody":
            key = cookies[settings.SESSION_COOKIE_NAME].value
            name = settings.SESSION_COOKIE_NAME
            context.add_cookies([{"name": name, "value": key, "url": live_server.url}])
        page = context.new_page()
        watch = Watch(page, live_server.url)
        for name in pages_of(role):
            answer = page.goto(live_server.url + world.address(name), wait_until="load")
            assert answer.status == 200, (name, role, answer.status)
            seen += 1
            wrong += [(role, name, one) for one in watch.heard]
            watch.heard.clear()
        if role == "nobody":  # the watch itself
            page.goto(live_server.url + reverse("account_login"))
            page.evaluate(BREAKS_THE_RULES)
            page.wait_for_timeout(300)
            kinds = " ".join(watch.heard)
            assert "policy: script-src-attr inline" in kinds, watch.heard
            assert "policy: img-src https://zqx.example" in kinds
            assert "/csp-report/" in kinds and "dialog" not in kinds
        context.close()
    assert wrong == [], "\n".join(map(str, wrong))
    assert seen > 60, seen
