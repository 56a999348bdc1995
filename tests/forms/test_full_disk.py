"""What every address says when nothing can be written. `make reliability` fills a real disk."""

import pytest

from ..access.access_table import NAMES, POSTS, ROLES, SEES, TABLE, is_denied
from ..access.access_world import client_for, come_before, sent
from ..answers import wrong_headers
from .disk import ask

pytestmark = pytest.mark.django_db
A_MINUTE = 61  # seconds: then a page writes down that somebody was seen
WORDS = (
    "De server van deze website is vol of kan niets opslaan",
    "The server is full or cannot store anything",
    '"error": "full"',
)


@pytest.mark.parametrize("name", NAMES)
def test_each_address_says_it_in_words_or_needs_no_write(world, settings, name):
    """As somebody who sees it, as somebody who may not, a minute later, and for the act itself."""
    row = dict(zip(ROLES, TABLE[name], strict=True))
    refused = next((role for role, gives in row.items() if gives != SEES), "nobody")
    seeing = next((role for role, gives in row.items() if gives == SEES), "anna")
    for role in (seeing, refused):
        asked = client_for(world, role)
        answer = ask(asked.get, world.address(name))
        held_to(answer, {row[role], "204"}, (role, name))
    # The session is kept when the view is done, by a middleware: with DEBUG on Django answers that.
    settings.DEBUG = True
    answer = ask(client_for(world, seeing, ago=A_MINUTE).get, world.address(name))
    held_to(answer, {row[seeing], "204"}, (seeing, name))
    settings.DEBUG = False
    if name not in POSTS:
        return
    come_before(world, name)
    acts = dict(zip(ROLES, POSTS[name], strict=True))
    role = next(one for one, gives in acts.items() if not is_denied(gives, one))
    asked, act = client_for(world, role), sent(world, name)
    assert ask(asked.post, world.address(name), **act).status_code == 503, (role, name)


def held_to(answer, fine: set, what):
    status = str(answer.status_code)
    assert status in {"200", "301", "302", "401", "403", "404", "405", "410", "503"} | fine, what
    assert not wrong_headers(answer, name=what[1]), what
    if status == "503":
        assert any(words in answer.content.decode() for words in WORDS) or what[1] == "healthz"
        assert "Retry-After" in answer.headers or what[1] == "healthz", what
