"""Photos, films and captions as people upload them, right and wrong."""

import io
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from exercises.media import films
from exercises.media.film_forms import FilmForm
from exercises.models import Film

SAMPLES = Path(__file__).parents[1] / "samples"
PLACE = b"52.09"  # stands in both samples, with the town around it
VTT = b"WEBVTT\n\n1\n00:00.000 --> 00:01.500\nGa <b>rustig</b> zitten.\n"


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def upload(content: bytes, name: str, kind: str = "application/octet-stream"):
    return SimpleUploadedFile(name, content, kind)


def picture(format_="JPEG", size=(60, 40), colour="teal", **options) -> bytes:
    drawn = io.BytesIO()
    mode = options.pop("mode", "RGB")
    Image.new(mode, size, colour).save(drawn, format_, **options)
    return drawn.getvalue()


def stored() -> set[str]:
    """The names of the files that are kept."""
    return {path.name for path in films.folder().glob("*")} if films.folder().exists() else set()


def words(**changes) -> dict:
    return {
        "title_nl": "Zo doet u het",
        "title_en": "",
        "alternative_nl": "Iemand zit op een kruk.",
        "alternative_en": "",
        "caption_nl": "",
        "caption_en": "",
        **changes,
    }


def form(instance=None, texts=None, **files) -> FilmForm:
    given = {name: upload(*file) for name, file in files.items()}
    return FilmForm({**words(), **(texts or {})}, given, film=instance)


def save(exercise, instance=None, texts=None, **files) -> Film:
    filled = form(instance, texts, **files)
    assert filled.is_valid(), filled.errors
    with films.keeping() as kept:
        return films.save(exercise, filled.upload(), kept)


MP4 = (sample("film.mp4"), "../../x" * 9 + ".php.mp4")


def complete(exercise) -> Film:
    return save(exercise, film=MP4, poster=(picture(), "p.jpg"), captions_nl=(VTT, "nl.vtt"))
