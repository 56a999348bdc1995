"""What a page weighs as it travels, measured in a browser that has nothing yet.

The server of tests and of the demo sends its files as they are. In a practice WhiteNoise sends
what it compressed beforehand, so for those the compressed size counts; the headers count too.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import brotli
from django.conf import settings

DRAWING = re.compile(r"^/drawings/|/media/")
AS_THEY_ARE = (".woff2", ".png", ".jpg", ".mp4")


@dataclass(frozen=True)
class Weight:
    page: int  # bytes: all but the drawings
    drawings: int

    @property
    def both(self) -> int:
        return self.page + self.drawings


def weigh(browser, logged_in, address: str) -> Weight:
    """Open an address in a browser with these cookies and nothing else; wait for the last file."""
    context = browser.new_context(
        locale="nl-NL",
        viewport={"width": 390, "height": 844},
        storage_state={**logged_in, "origins": []},
        service_workers="block",  # what it keeps for later is fetched when the page is there
    )
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    names, travelled, bodies = {}, {}, {}
    network.on(
        "Network.responseReceived", lambda e: names.update({e["requestId"]: e["response"]["url"]})
    )
    network.on(
        "Network.loadingFinished",
        lambda e: travelled.update({e["requestId"]: e["encodedDataLength"]}),
    )
    page.on("response", lambda response: bodies.update({response.url: response}))
    page.goto(address, wait_until="networkidle")
    found = {False: 0, True: 0}
    for request, size in travelled.items():
        path = urlsplit(names.get(request, "")).path
        if size and path.startswith(settings.STATIC_URL) and not path.endswith(AS_THEY_ARE):
            body = bodies[names[request]].body()
            size += len(brotli.compress(body)) - len(body)
        found[bool(DRAWING.search(path))] += size
    context.close()
    return Weight(page=int(found[False]), drawings=int(found[True]))
