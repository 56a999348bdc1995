"""A release comes out while pages of the one before are kept on a phone."""

import pytest

from rugpijn.web import pwa

from .phone import KEPT, log_in, until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SHELLS = "caches.keys().then(all => all.filter(one => one.startsWith('shell-')))"
UPDATE = "navigator.serviceWorker.getRegistration().then(found => found.update()).then(() => true)"


def test_files_of_the_release_before_stay_until_pages_are_kept_anew(
    at_home, phones, programme, monkeypatch
):
    page = phones().new_page()
    log_in(page, at_home)
    (first,) = page.evaluate(SHELLS)
    for number, edition in enumerate(("second", "third")):
        monkeypatch.setattr(pwa, "_edition", lambda edition=edition: edition)
        page.evaluate(UPDATE)
        until(page, f"{SHELLS}.then(all => all.includes('shell-{edition}') && all.length === 2)")
        until(page, f"{KEPT}.then(kept => !kept)")
        before = ("shell-second" if number else first, f"shell-{edition}")
        assert page.evaluate(SHELLS) == list(before)
        page.goto(at_home)
        until(page, KEPT)
