"""What is sealed opens with its key alone, whole or not at all."""

import json
import os

import pytest

from rugpijn.backup import BackupError, parcel, restore, seal

from .conftest import PRIVATE, PUBLIC
from .drill import STRANGER, opened, packed, sealed


@pytest.mark.parametrize("length", [0, 1, seal.CHUNK - 1, seal.CHUNK, seal.CHUNK + 1, 200_000])
def test_what_was_sealed_opens(length):
    content = os.urandom(length)
    assert opened(sealed(content)) == content


def test_it_cannot_be_read_without_the_key():
    assert b"Rustig" not in sealed()
    with pytest.raises(BackupError, match="another key"):
        opened(sealed(), STRANGER)


@pytest.mark.parametrize("left", [0, 5, 40, 65, 66, 1000, seal.CHUNK + 81, -1])
def test_a_piece_of_it_is_refused(left):
    """Cut off anywhere: in the heading, in a chunk, and exactly between two chunks."""
    with pytest.raises(BackupError, match=r"not whole|small piece|another key"):
        opened(sealed()[:left])


@pytest.mark.parametrize("place", [0, 20, 60, 66, 70_000, -1])
def test_one_changed_bit_is_seen(place):
    content = bytearray(sealed())
    content[place] ^= 1
    with pytest.raises(BackupError):
        opened(bytes(content))


def test_chunks_cannot_be_swapped_or_left_out():
    content, start, one = sealed(), 65, seal.CHUNK + seal.TAG
    head, first, second = content[:start], content[start:][:one], content[start + one :][:one]
    rest = content[start + 2 * one :]
    for mixed in (head + second + first + rest, head + first + rest, content + rest):
        with pytest.raises(BackupError, match="not whole"):
            opened(mixed)


@pytest.mark.parametrize(
    "key",
    ["", "rugpijn-public-", PUBLIC[:-4], PRIVATE, "x" * 60],
    ids=["nothing", "no key", "cut off", "the private one", "no word of ours"],
)
def test_what_is_no_public_key(key):
    with pytest.raises(BackupError):
        seal.check_public(key)


@pytest.mark.parametrize("name", ["../x", "media/../../x", "/x", "media//x", "other", "media/"])
def test_no_file_goes_elsewhere(name):
    assert not parcel._is_ours(name)


def test_a_list_that_says_otherwise_is_refused(tmp_path, monkeypatch):
    """Whoever has the public key can seal anything; it is still not what it says it is."""
    monkeypatch.setattr(
        parcel.json,
        "dumps",
        lambda value, **_: json.JSONEncoder().encode(
            {name: {**each, "sha256": "0" * 64} for name, each in value.items()}
            if parcel.ABOUT in value
            else value
        ),
    )
    path = packed(tmp_path)
    monkeypatch.undo()
    with pytest.raises(BackupError, match="not whole"):
        restore.check(path, PRIVATE)
