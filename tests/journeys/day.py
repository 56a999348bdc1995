"""What the journeys of a patient's day ask of a telephone."""

import re

from playwright.sync_api import expect


def count(page, words):
    expect(page.locator("[data-count] .count")).to_have_text(re.compile(words))
