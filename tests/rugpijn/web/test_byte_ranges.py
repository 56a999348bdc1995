"""Ranges: what a browser asks for while it plays a film, and what it gets."""

import io

import pytest
from django.core.exceptions import RequestDataTooBig
from django.test import RequestFactory

from rugpijn.web import byte_ranges
from rugpijn.web.uploads import BoundedUpload

pytestmark = pytest.mark.django_db  # closing a response ends a request, which frees connections
CONTENT = bytes(range(256)) * 1000
SIZE = len(CONTENT)


class Watched(io.BytesIO):
    """A file that knows how much was read at once."""

    most = 0

    def read(self, size=-1):
        piece = super().read(size)
        self.most = max(self.most, len(piece))
        return piece


def ask(method="get", **headers):
    request = getattr(RequestFactory(), method)("/", headers=headers)
    file = Watched(CONTENT)
    response = byte_ranges.answer(request, file, SIZE, media_type="video/mp4", etag="abc")
    body = b"".join(response.streaming_content) if response.streaming else response.content
    response.close()
    return response, body, file


def test_the_whole():
    response, body, file = ask()
    assert response.status_code == 200 and body == CONTENT
    assert response["Content-Length"] == str(SIZE)
    assert response["Content-Type"] == "video/mp4"
    assert response["Accept-Ranges"] == "bytes" and response["ETag"] == '"abc"'
    assert file.most <= byte_ranges.CHUNK, "never the whole file in memory"
    assert file.closed


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-", 0, SIZE - 1),
        ("bytes=0-0", 0, 0),
        ("bytes=0-1", 0, 1),
        ("bytes=100-199", 100, 199),
        ("bytes=100-", 100, SIZE - 1),
        (f"bytes={SIZE - 1}-{SIZE + 50}", SIZE - 1, SIZE - 1),
        ("bytes=-5", SIZE - 5, SIZE - 1),
        (f"bytes=-{SIZE * 2}", 0, SIZE - 1),
        ("bytes= 7 - 9", 7, 9),
        (f"bytes=0-{'9' * 18}", 0, SIZE - 1),
    ],
)
def test_a_part(asked, first, last):
    response, body, file = ask(Range=asked)
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
    assert response["Content-Length"] == str(last - first + 1)
    assert body == CONTENT[first : last + 1]
    assert file.closed


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", f"bytes={SIZE}-{SIZE + 1}", "bytes=-0"])
def test_what_is_not_there(asked):
    response, body, file = ask(Range=asked)
    assert response.status_code == 416 and body == b""
    assert response["Content-Range"] == f"bytes */{SIZE}"
    assert file.closed


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "bytes=5-2",
        "items=0-1",
        "bytes=0-1,5-6",
        "bytes",
        "bytes=--1",
        f"bytes=0-{'9' * 5000}",
        "bytes=１-２",
    ],
)
def test_what_is_no_range_of_ours_gets_the_whole(asked):
    response, body, _file = ask(Range=asked)
    assert response.status_code == 200 and body == CONTENT


def test_a_range_of_another_file_gets_the_whole():
    assert ask(Range="bytes=0-9", **{"If-Range": '"abc"'})[0].status_code == 206
    assert ask(Range="bytes=0-9", **{"If-Range": '"other"'})[0].status_code == 200
    assert ask(Range="bytes=0-9", **{"If-Range": 'W/"abc"'})[0].status_code == 200


@pytest.mark.parametrize(("asked", "status", "length"), [("", 200, SIZE), ("bytes=0-9", 206, 10)])
def test_head_says_the_same_without_a_body(asked, status, length):
    response, body, file = ask("head", Range=asked)
    assert (response.status_code, body) == (status, b"")
    assert response["Content-Length"] == str(length)
    assert file.closed


def test_a_request_far_too_large_is_refused_before_it_is_read(settings):
    door = BoundedUpload()
    with pytest.raises(RequestDataTooBig):
        door.handle_raw_input(None, {}, settings.UPLOAD_BYTES + 1, b"x")
    assert door.handle_raw_input(None, {}, settings.UPLOAD_BYTES, b"x") is None


def test_the_door_answers_in_words(client, settings):
    settings.UPLOAD_BYTES = 100
    answer = client.post("/accounts/login/", {"file": io.BytesIO(b"x" * 200)})
    assert answer.status_code == 400
    assert "Er is niets opgeslagen" in answer.content.decode()
