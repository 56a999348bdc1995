"""Photos: what is taken, what is refused with a sentence, and what is left of what was sent."""

import hashlib
import io

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from exercises import pictures
from exercises.media import photos
from exercises.media.photo_forms import PhotoForm
from exercises.models import Figure, Rendering
from exercises.pictures import Picture

from .uploads import picture, upload, words

HTML = b"<!doctype html><script>alert(document.cookie)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\nshowpage\n"


def with_place() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "Piet Jansen"
    exif[0x0112] = 6  # taken with the telephone on its side
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 5.0, 26.0), 3: "E", 4: (5.0, 7.0, 17.0)})
    return picture(exif=exif, size=(60, 40))


def header_of(width: int, height: int) -> bytes:
    """A PNG that says it is this large, without its pixels."""
    small = picture("PNG", mode="1", colour=0)
    import struct
    import zlib

    ihdr = b"IHDR" + struct.pack(">II", width, height) + small[24:29]
    return small[:12] + ihdr + struct.pack(">I", zlib.crc32(ihdr)) + small[33:]


def moving(format_) -> bytes:
    drawn = io.BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    frames[0].save(drawn, format_, save_all=True, append_images=frames[1:], duration=100)
    return drawn.getvalue()


REFUSED = {
    "svg": (SVG, "photo.svg"),
    "svg named jpg": (SVG, "photo.jpg"),
    "html": (HTML, "photo.html"),
    "html named png": (HTML, "photo.png"),
    "html and then a png": (HTML + picture("PNG"), "photo.png"),
    "png and then html": (picture("PNG") + HTML, "photo.png"),
    "webp and then html": (picture("WEBP") + HTML, "photo.webp"),
    "gif named jpg": (picture("GIF"), "photo.jpg"),
    "eps": (EPS, "photo.eps"),
    "eps named jpg": (EPS, "photo.jpg"),
    "pdf": (picture("PDF"), "photo.jpg"),
    "tiff": (picture("TIFF"), "photo.jpg"),
    "20000 x 20000": (header_of(20000, 20000), "photo.png"),
    "26 megapixels": (header_of(6500, 4001), "photo.png"),
    "empty": (b"", "photo.jpg"),
    "half": (picture(size=(400, 400))[:500], "photo.jpg"),
    "moving png": (moving("PNG"), "photo.png"),
    "moving webp": (moving("WEBP"), "photo.webp"),
    "too large": (picture() + bytes(photos.BYTES), "photo.jpg"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_photo_is_refused_with_a_sentence(name):
    form = PhotoForm(words(), {"photo": upload(*REFUSED[name])})
    assert not form.is_valid()
    (sentence,) = form.errors["photo"]
    assert sentence.endswith(".") and len(sentence) > 15
    assert form["title_nl"].value() == "Zo doet u het", "what was typed is kept"
    assert not Rendering.objects.exists() and not Figure.objects.exists()


@pytest.mark.parametrize(
    "name", ["../../x.jpg", "x" * 300 + ".jpg", "a\0b.jpg", "photo.php.jpg", "", "photo.svg"]
)
def test_a_name_says_nothing(name):
    """It is kept nowhere, so what it says does no harm."""
    assert photos.redrawn(upload(picture(), name or "x")).startswith(b"\xff\xd8")


def test_the_place_and_the_name_are_gone_and_it_stands_upright():
    sent = with_place()
    assert b"Piet Jansen" in sent
    kept = photos.redrawn(upload(sent, "photo.jpg"))
    with Image.open(io.BytesIO(kept)) as seen:
        assert not seen.getexif() and not seen.info.keys() & {"exif", "icc_profile", "comment"}
        assert seen.size == (40, 60)
    assert b"Piet Jansen" not in kept and b"Exif" not in kept


def test_what_hides_behind_a_photo_is_left_out():
    kept = photos.redrawn(upload(picture() + HTML, "photo.jpg"))
    assert b"script" not in kept
    assert kept.endswith(b"\xff\xd9")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"format_": "PNG", "mode": "RGBA", "colour": (0, 0, 0, 0)}, 255),
        ({"format_": "PNG", "mode": "LA", "colour": (0, 0)}, 255),
        ({"format_": "PNG", "mode": "P", "colour": 0, "transparency": 0}, 255),
        ({"format_": "PNG", "mode": "I;16", "colour": 32768}, 128),
        ({"format_": "PNG", "mode": "L", "colour": 90}, 90),
        ({"format_": "JPEG", "mode": "CMYK", "colour": (0, 0, 0, 255)}, 0),
        ({"format_": "WEBP", "mode": "RGBA", "colour": (0, 0, 0, 0)}, 255),
    ],
    ids=str,
)
def test_every_kind_of_pixel_becomes_a_colour_on_white(options, expected):
    kept = photos.redrawn(upload(picture(**options), "photo"))
    with Image.open(io.BytesIO(kept)) as seen:
        assert seen.mode == "RGB"
        assert abs(seen.getpixel((20, 20))[0] - expected) < 6


def test_a_large_photo_becomes_small_and_a_small_one_stays():
    kept = photos.redrawn(upload(picture(size=(4000, 3000)), "photo.jpg"))
    with Image.open(io.BytesIO(kept)) as seen:
        assert seen.size == (1600, 1200)
    assert photos.millimetres(kept) == {"width": 80.0, "height": 60.0}
    upright = photos.redrawn(upload(picture(size=(300, 600)), "photo.jpg"))
    assert photos.millimetres(upright) == {"width": 30.0, "height": 60.0}


@pytest.mark.django_db
def test_a_photo_becomes_a_figure_and_a_picture(practice):
    form = PhotoForm(
        words(caption_nl="Rug recht", title_en="Like this"), {"photo": upload(picture(), "p.jpg")}
    )
    assert form.is_valid(), form.errors
    figure = form.save(Figure(practice=practice))
    figure.refresh_from_db()
    assert figure.kind == "photo" and str(figure) == "Zo doet u het"
    assert hashlib.sha256(bytes(figure.rendering.photo)).hexdigest() == figure.data["photo"]
    seen = Picture.of(figure, "en")
    assert seen.title == "Like this" and seen.kind == "photo"
    (frame,) = seen.frames
    assert (frame.caption, frame.alternative) == ("Rug recht", "Iemand zit op een kruk.")
    assert (frame.width, frame.height) == (80.0, 53.3)


@pytest.mark.django_db
def test_other_words_keep_the_photo_and_void_the_review(practice):
    form = PhotoForm(words(), {"photo": upload(picture(), "p.jpg")})
    assert form.is_valid()
    figure = form.save(Figure(practice=practice, reviewed_by="Els"))
    before = Picture.of(figure, "nl")
    Figure.objects.update(reviewed_by="Els")
    figure.refresh_from_db()
    form = PhotoForm(words(alternative_nl="Iemand staat."), {}, figure=figure)
    assert form.is_valid(), form.errors
    form.save(figure)
    assert Picture.of(figure, "nl").source != before.source
    assert figure.reviewed_by == ""
    assert Rendering.objects.filter(digest=before.digest).exists(), "a version may name it"


@pytest.mark.django_db
def test_dutch_words_are_asked_for_and_others_are_not():
    form = PhotoForm(words(title_nl="", alternative_nl=""), {"photo": upload(picture(), "p.jpg")})
    assert set(form.errors) == {"title_nl", "alternative_nl"}
    form = PhotoForm(words(title_nl="\u0e01"), {"photo": upload(picture(), "p.jpg")})
    assert set(form.errors) == {"title_nl"}, "no font on paper has this letter"


@pytest.mark.django_db
def test_the_same_photo_twice_is_kept_once(practice):
    for _time in range(2):
        pictures.save_photo(
            Figure(practice=practice),
            {"title": {"nl": "A"}, "alternative": {"nl": "B"}},
            photos.redrawn(upload(picture(), "p.jpg")),
        )
    assert Rendering.objects.count() == 1


def test_a_broken_picture_raises_nothing_but_a_sentence():
    """Every byte changed once, and every length cut."""
    good = {format_: picture(format_, size=(9, 9)) for format_ in photos.FORMATS}
    for content in good.values():
        for place in range(0, len(content), 3):
            for bad in (content[:place], content[:place] + b"\xff" + content[place + 1 :]):
                try:
                    assert photos.redrawn(upload(bad or b"x", "p")).startswith(b"\xff\xd8")
                except ValidationError as error:
                    assert error.messages
