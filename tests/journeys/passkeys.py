"""An authenticator of Chromium for journeys with a passkey."""

from axe_playwright_python.sync_playwright import Axe

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def accessible(page):
    return [v["id"] for v in Axe().run(page).response["violations"]]
