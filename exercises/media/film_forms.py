"""The form in which a practice adds its own film to an exercise."""

import math

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rugpijn.models import languages

from ..models import Film
from . import captions, films
from .film_files import Footage
from .photo_forms import LanguagesForm, PhotoField, alternative_field, title_field


class FilmField(forms.FileField):
    """A film that browsers play. `clean` returns the upload, with its Footage as `footage`."""

    widget = forms.FileInput(attrs={"accept": "video/mp4,video/webm"})

    def __init__(self, **options):
        required = _("Choose a film.")
        super().__init__(max_length=255, error_messages={"required": required}, **options)

    def to_python(self, data):
        upload = super().to_python(data)
        if upload is None:
            return None
        if upload.size > settings.FILM_BYTES:
            raise ValidationError(
                gettext(
                    "This film is %(size)d MB; the maximum is %(most)d MB. Please make it shorter."
                )
                % {"size": _megabytes(upload.size), "most": _megabytes(settings.FILM_BYTES)}
            )
        try:
            upload.footage = Footage.read(upload.file)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        return upload


class CaptionsField(forms.FileField):
    """A WebVTT file. `clean` returns the bytes to store."""

    widget = forms.FileInput(attrs={"accept": ".vtt,text/vtt"})

    def to_python(self, data):
        upload = super().to_python(data)
        return None if upload is None else captions.redrawn(upload)


class FilmForm(LanguagesForm):
    """A film with its texts. The typed texts are kept when a file is refused."""

    WORDS = {"title": title_field, "alternative": alternative_field}

    film = FilmField(label=_("Film"))
    poster = PhotoField(
        label=_("Still picture"),
        required=False,
        help_text=_("Shown before the film plays. Without it, the film's first frame is shown."),
    )

    def __init__(self, *args, film: Film | None = None, **options):
        if film is not None:
            options["initial"] = self.initial_of(film.texts)
        super().__init__(*args, **options)
        self.fields["film"].help_text = gettext(
            "MP4 or WebM, up to %(most)d MB. The place where it was made is left out."
        ) % {"most": _megabytes(settings.FILM_BYTES)}
        if film is not None:
            self.fields["film"].required = False
            self.fields["film"].label = gettext("Another film")
            if film.poster:
                self.fields["no_poster"] = forms.BooleanField(
                    label=gettext("Remove the still picture"), required=False
                )
        for code, language in languages():
            self.fields[f"captions_{code}"] = CaptionsField(
                label=gettext("Captions (%(language)s)") % {"language": language},
                required=False,
                max_length=255,
                help_text=gettext("A WebVTT file, for people who cannot hear the film."),
            )
            if film is not None and code in film.captions:
                self.fields[f"no_captions_{code}"] = forms.BooleanField(
                    label=gettext("Remove the captions (%(language)s)") % {"language": language},
                    required=False,
                )
        self.order_fields(["film", *self.text_names(), "poster", "no_poster"])

    def upload(self) -> films.Upload:
        """The cleaned data for `films.save`."""
        cleaned = self.cleaned_data
        new = {}
        for code, _language in languages():
            if cleaned[f"captions_{code}"] is not None:
                new[code] = cleaned[f"captions_{code}"]
            elif cleaned.get(f"no_captions_{code}"):
                new[code] = b""
        poster = cleaned["poster"]
        if poster is None and cleaned.get("no_poster"):
            poster = b""
        film = cleaned["film"]
        return films.Upload(self.texts(), film, getattr(film, "footage", None), poster, new)


def _megabytes(size: int) -> int:
    return math.ceil(size / 1024 / 1024)
