"""The preview of a drawing: a picture and words, with a limit, for who may draw."""

from statistics import median
from time import perf_counter

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exercises.models import Figure
from rugpijn.web import rates

from .drawn import ADD, drawn_twice, frame, posted, settings

PREVIEW = reverse("admin:exercises_figure_preview")


# The preview.


def test_the_preview_is_a_picture_and_words(as_):
    answer = as_("anna").post(
        PREVIEW,
        posted(settings(frame("sitting", rise=100), title_nl=""))
        | {"number": 1, "frames-0-caption_nl": ""},
    )
    drawn = answer.json()
    assert drawn["picture"].startswith("data:image/svg+xml,%3Csvg")
    assert drawn["warnings"][0].startswith("The left hand")
    assert answer["Cache-Control"] == "no-store"


HOSTILE = {
    "nothing": {},
    "no number": posted(settings()),
    "a number too far": posted(settings()) | {"number": "2"},
    "a minus": posted(settings()) | {"number": "-1"},
    "NaN": posted(settings()) | {"number": "1", "frames-0-low_back": "nan"},
    "huge": posted(settings())
    | {"number": "1", "frames-0-knee": "9" * 400, "frames-0-low_back": "9" * 5000},
    "text": posted(settings()) | {"number": "1", "camera_height": "[]"},
    "thousands of frames": posted(settings()) | {"number": "1", "frames": "999"},
    "a great many frames": posted(settings()) | {"number": "1", "frames": "9" * 5000},
    "another alphabet": posted(settings()) | {"number": "¹"},
    "no position": posted(settings()) | {"number": "1", "frames-0-preset": "__class__"},
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_preview_of_nonsense_is_a_sentence(as_, case):
    answer = as_("anna").post(PREVIEW, HOSTILE[case])
    assert answer.status_code == 400
    assert answer.json()["errors"] and all(answer.json()["errors"])


def test_too_much_at_once_is_refused_before_it_is_read(as_):
    anna = as_("anna")
    many = {f"frames-{i}-low_back": 1 for i in range(3000)}
    assert anna.post(PREVIEW, posted(settings()) | many).status_code == 400
    long = {"frames-0-caption_nl": "x" * 6_000_000}
    assert anna.post(PREVIEW, posted(settings()) | long).status_code == 400


def test_drawing_has_a_limit_each_minute(as_, monkeypatch):
    monkeypatch.setitem(rates.RATES, "preview", 3)
    monkeypatch.setattr(rates, "time", lambda: 60.0)
    sent = posted(settings()) | {"number": 1}
    anna = as_("anna")
    assert [anna.post(PREVIEW, sent).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert "minute" in anna.post(PREVIEW, sent).json()["errors"][0]
    assert as_("els").post(PREVIEW, sent).status_code == 200
    page = as_("anna").post(ADD, sent | {"_show": ""})  # the page itself still comes
    assert page.status_code == 200
    monkeypatch.setattr(rates, "time", lambda: 120.0)
    assert as_("anna").post(PREVIEW, sent).status_code == 200


def test_the_preview_asks_for_the_token(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.anna)
    assert client.post(PREVIEW, posted(settings()) | {"number": 1}).status_code == 403
    assert client.post(ADD, posted(settings())).status_code == 403
    assert not Figure.objects.exists()


def test_a_preview_is_quick_and_asks_the_database_little(as_):
    anna, sent = as_("anna"), posted(drawn_twice()) | {"number": 2}
    anna.post(PREVIEW, sent)
    with CaptureQueriesContext(connection) as queries:
        anna.post(PREVIEW, sent)
    assert len(queries) <= 12
    times = []
    for _ in range(5):
        start = perf_counter()
        assert anna.post(PREVIEW, sent).status_code == 200
        times.append(perf_counter() - start)
    assert median(times) < 2  # a fifth of a second when the machine has nothing else to do


def test_a_preview_is_for_who_may_draw(client, cast):
    """Whoever runs the server has no practice to draw for."""
    client.force_login(cast.root)
    response = client.post(PREVIEW, {"number": "1"})
    assert response.status_code == 403
