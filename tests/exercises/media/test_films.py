"""Films: read from the file itself, cleaned, kept by digest, and refused with a sentence."""

import io
import struct

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError

from exercises.media import captions, films
from exercises.media.film_files import Footage
from exercises.media.films import Clip
from exercises.models import Film
from tests.environment import needs

from .uploads import MP4, PLACE, complete, form, picture, sample, save, stored, upload

HTML = b"<!doctype html><script>alert(1)</script>"


@pytest.fixture(autouse=True)
def media_root(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def box(kind: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def read(content: bytes) -> Footage:
    return Footage.read(io.BytesIO(content))


def cleaned(content: bytes) -> bytes:
    file = io.BytesIO(content)
    Footage.read(file).clean(file)
    return file.getvalue()


# What a file is.


def test_both_kinds_are_read():
    mp4, webm = read(sample("film.mp4")), read(sample("film.webm"))
    assert (mp4.extension, mp4.width, mp4.height, mp4.seconds) == ("mp4", 160, 120, 2)
    assert (webm.extension, webm.width, webm.height, webm.seconds) == ("webm", 120, 160, 2)


@pytest.mark.parametrize("name", ["film.mp4", "film.webm"])
def test_the_place_is_gone_and_the_size_is_the_same(name):
    sent = sample(name)
    assert PLACE in sent
    kept = cleaned(sent)
    assert PLACE not in kept and b"Geheim" not in kept and b"+005.12" not in kept
    assert len(kept) == len(sent)
    assert read(kept).width == read(sent).width
    assert cleaned(kept) == kept


@pytest.mark.parametrize("name", ["film.mp4", "film.webm"])
def test_a_cleaned_film_still_plays(name, tmp_path):
    """Every frame, decoded by a program that knows how."""
    import subprocess

    path = tmp_path / name
    path.write_bytes(cleaned(sample(name)))
    command = [needs("ffmpeg", "ffmpeg"), "-v", "error", "-i", str(path), "-f", "null", "-"]
    played = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (played.returncode, played.stderr) == (0, "")


def test_a_place_in_any_box_beside_the_film_is_gone():
    sent = sample("film.mp4")
    for kind in (b"uuid", b"meta", b"udta", b"free", b"skip", b"XMP_", b"wide"):
        assert PLACE not in cleaned(sent + box(kind, b"+52.0907+005.1214/"))


def test_a_place_as_a_telephone_writes_it_is_gone():
    """In the heading of the film and of its track, as text and as numbers."""
    sent = sample("film.mp4")
    place = box(b"udta", box(b"\xa9xyz", struct.pack(">HH", 18, 0x15C7) + b"+52.0907+005.1214/"))
    at = sent.index(b"moov") - 4
    (length,) = struct.unpack(">I", sent[at : at + 4])
    moov = struct.pack(">I4s", length + len(place), b"moov") + place + sent[at + 8 : at + length]
    kept = cleaned(sent[:at] + moov + sent[at + length :])
    assert PLACE not in kept and b"\xa9xyz" not in kept


def test_a_film_on_its_side_is_upright():
    """A telephone writes the film lying down, and says how to turn it."""
    sent = sample("film.mp4")
    straight = struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
    turned = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)
    at = sent.index(b"tkhd")
    at = sent.index(straight, at)
    film = read(sent[:at] + turned + sent[at + 36 :])
    assert (film.width, film.height) == (120, 160)


REFUSED = {
    "html": (HTML, "film.mp4"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "film.mp4"),
    "a photo": (picture(), "film.mp4"),
    "avi": (b"RIFF\x00\x01\x00\x00AVI LIST", "film.mp4"),
    "empty": (b"", "film.mp4"),
    "half": (sample("film.mp4")[:5000], "film.mp4"),
    "half a webm": (sample("film.webm")[:2000], "film.webm"),
    "html behind": (sample("film.mp4") + HTML, "film.mp4"),
    "html behind a webm": (sample("film.webm") + HTML, "film.webm"),
    "only a beginning": (box(b"ftyp", b"isom\0\0\0\0isom"), "film.mp4"),
    "quicktime": (sample("film.mp4").replace(b"ftypisom", b"ftypqt  "), "film.mov"),
    "a picture of apples": (
        sample("film.mp4")
        .replace(b"isom", b"heic")
        .replace(b"iso2", b"mif1")
        .replace(b"avc1mp41", b"heixmif1"),
        "film.mp4",
    ),
    "another codec": (sample("film.mp4").replace(b"avc1\0\0\0\0", b"mp4v\0\0\0\0"), "film.mp4"),
    "data beside it": (sample("film.mp4").replace(b"soun", b"camm"), "film.mp4"),
    "sound only": (sample("film.mp4").replace(b"vide", b"soun"), "film.mp4"),
    "matroska": (sample("film.webm").replace(b"\x42\x82\x84webm", b"\x42\x82\x84matr"), "f.webm"),
    "another codec in webm": (sample("film.webm").replace(b"V_VP9", b"V_XYZ"), "film.webm"),
    "a box larger than the file": (box(b"ftyp", b"isom\0\0\0\0isom") + b"\xff\0\0\0moov", "f.mp4"),
    "a box smaller than itself": (box(b"ftyp", b"isom\0\0\0\0isom") + b"\0\0\0\3moov", "f.mp4"),
    "a name that lies": (sample("film.mp4")[:100], "../../x.mp4"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_film_is_refused_with_a_sentence(name):
    refused = form(film=REFUSED[name])
    assert not refused.is_valid()
    (sentence,) = refused.errors["film"]
    assert sentence.endswith(".") and len(sentence) > 15
    assert refused["title_nl"].value() == "Zo doet u het"
    assert stored() == set()


def test_too_large_is_refused_with_the_size(settings):
    settings.FILM_BYTES = 9000
    refused = form(film=(sample("film.mp4"), "film.mp4"))
    assert "1 MB" in refused.errors["film"][0]


@pytest.mark.parametrize("name", ["film.mp4", "film.webm"])
def test_any_damage_is_a_sentence_and_never_a_crash(name):
    """Every heading changed, every length cut; what is still taken is cleaned within its size."""
    content = sample(name)
    for place in range(0, len(content), 7):
        for bad in (
            content[:place],
            content[:place] + b"\xff" + content[place + 1 :],
            content[:place] + b"\0\0\0\1" + content[place + 4 :],
        ):
            try:
                assert len(cleaned(bad)) == len(bad)
            except ValueError as error:
                assert str(error).endswith(".")


def test_a_film_of_a_million_boxes_is_not_walked():
    bomb = box(b"ftyp", b"isom\0\0\0\0isom") + box(b"free") * 250_000
    with pytest.raises(ValueError, match="beschadigd"):
        read(bomb)


def test_a_webm_as_a_browser_records_it_has_no_sizes():
    content = bytearray(sample("film.webm"))
    for number in (b"\x18\x53\x80\x67", b"\x1f\x43\xb6\x75"):
        at = content.index(number) + 4
        length = 9 - content[at].bit_length()
        unknown = (1 << 7 * length + 1) - 1
        content[at : at + length] = unknown.to_bytes(length)
    assert read(bytes(content)).width == 120
    assert PLACE not in cleaned(bytes(content))


# Captions.


def test_captions_are_written_anew():
    sent = (
        b"\xef\xbb\xbfWEBVTT - by Piet\r\nKind: captions\r\n\r\n"
        b"STYLE\r\n::cue { color: red }\r\n\r\n"
        b"NOTE Piet Jansen\r\n\r\nfirst\r\n00:00.000 --> 00:01.500 align:start\r\n"
        b"<v Anna>Ga <b>zitten</b>.\r\nRustig.\r\n\r\n01:00:00.000 --> 01:00:02.000\r\n"
        b"Klaar &amp; goed\r\n"
    )
    kept = captions.redrawn(upload(sent, "film.vtt"))
    assert kept.decode() == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nGa zitten.\nRustig.\n\n"
        "01:00:00.000 --> 01:00:02.000\nKlaar &amp; goed\n"
    )


@pytest.mark.parametrize(
    "content",
    [
        b"WEBVTT",
        b"WEBVTT\n\nzo maar wat",
        b"1\n00:00:00,000 --> 00:00:01,000\nSRT",
        HTML,
        b"WEBVTT\n\n00:02.000 --> 00:01.000\nachteruit",
        b"\xff\xfeW\0E\0B\0V\0T\0T\0",
        b"WEBVTT\n\n00:00.000 --> 00:01.000\nnul \0",
        b"WEBVTT\n\n" + b"x" * captions.BYTES,
        b"WEBVTTX\n\n00:00.000 --> 00:01.000\nx",
        b"WEBVTT\n\n99:99.000 --> 99:99.001\nx",
        b"WEBVTT\n\n00:00.000 --> 00:01.000\na --> b",
        b"WEBVTT\n\n" + b"00:00.000 --> 00:01.000\nx\n\n" * 2001,
    ],
    ids=lambda content: content[:24],
)
def test_what_are_no_captions_is_refused(content):
    with pytest.raises(ValidationError) as refused:
        captions.redrawn(upload(content, "film.vtt"))
    assert refused.value.messages[0].endswith(".")


# Keeping.


@pytest.mark.django_db
def test_a_film_is_kept_under_the_digest_of_what_is_left(own_exercise):
    film = complete(own_exercise)
    assert stored() == {f"{film.digest}.mp4", f"{film.poster}.jpg", f"{film.captions['nl']}.vtt"}
    path = films.find(film.digest)
    assert PLACE not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert (film.media_type, film.size) == ("video/mp4", len(sample("film.mp4")))


@pytest.mark.django_db
def test_another_film_takes_its_place_and_the_old_file_stays(own_exercise):
    first = complete(own_exercise)
    old = first.digest
    second = save(own_exercise, first, film=(sample("film.webm"), "film.webm"))
    assert Film.objects.get() == second
    assert second.media_type == "video/webm" and second.digest != old
    assert second.poster == "", "it showed the other film"
    assert second.captions, "what is said stays until somebody takes it away"
    assert films.find(old) is not None, "a version may name it"


@pytest.mark.django_db
def test_poster_and_captions_can_be_taken_away(own_exercise):
    film = complete(own_exercise)
    film = save(own_exercise, film, {"no_poster": "on", "no_captions_nl": "on"})
    assert (film.poster, film.captions) == ("", {})
    assert film.digest and Clip.of(film, "nl").captions == ()


@pytest.mark.django_db
def test_when_the_row_does_not_come_no_file_is_left(own_exercise):
    filled = form(film=MP4, poster=(picture(), "p.jpg"))
    assert filled.is_valid()
    with pytest.raises(DatabaseError), films.keeping() as kept:
        films.save(own_exercise, filled.upload(), kept)
        assert len(stored()) == 2
        raise DatabaseError
    assert stored() == set()
    assert not Film.objects.exists()


@pytest.mark.django_db
def test_what_another_film_shows_is_left_when_one_fails(own_exercise, practice):
    """The same film twice is one file."""
    film = complete(own_exercise)
    before = stored()
    twin = type(own_exercise).objects.create(practice=practice, reps=5)
    filled = form(film=MP4)
    assert filled.is_valid()
    with pytest.raises(DatabaseError), films.keeping() as kept:
        films.save(twin, filled.upload(), kept)
        raise DatabaseError
    assert stored() == before
    assert films.find(film.digest)


@pytest.mark.django_db
def test_a_disk_that_is_full_leaves_no_half_file(own_exercise, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    filled = form(film=MP4)
    assert filled.is_valid()
    monkeypatch.setattr(films.os, "fsync", full)
    with pytest.raises(OSError, match="No space"), films.keeping() as kept:
        films.save(own_exercise, filled.upload(), kept)
    assert stored() == set()


@pytest.mark.django_db
def test_a_clip_is_read_in_a_language_and_comes_back_from_json(own_exercise):
    import json
    from dataclasses import asdict

    film = complete(own_exercise)
    clip = Clip.of(film, "en")
    assert clip.title == "Zo doet u het", "what nobody translated is read in Dutch"
    assert [track.language for track in clip.captions] == ["nl"]
    assert clip.digests == film.digests and len(clip.digests) == 3
    assert Clip.from_json(json.loads(json.dumps(asdict(clip)))) == clip


@pytest.mark.parametrize("digest", ["", "x", "../" * 20, "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_only_a_digest_finds_a_file(digest):
    assert films.find(digest) is None
