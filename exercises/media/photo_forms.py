"""Forms for a practice's own photo and the texts that belong to it."""

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rugpijn.models import languages
from rugpijn.typed.text_fields import CharField
from rugpijn.validators import printable

from .. import pictures
from ..models import FALLBACK, Figure
from . import photos


class PhotoField(forms.FileField):
    """A photo. `clean` returns the bytes of the JPEG to store."""

    widget = forms.FileInput(attrs={"accept": photos.ACCEPT})

    def __init__(self, **options):
        options.setdefault("error_messages", {}).setdefault("required", _("Choose a photo."))
        super().__init__(**{"max_length": 255, **options})

    def to_python(self, data):
        upload = super().to_python(data)
        return None if upload is None else photos.redrawn(upload)


class LanguagesForm(forms.Form):
    """Short texts with a field for each language. Only the Dutch ones may be required."""

    required_css_class = "required"
    WORDS: dict = {}  # name: the function that makes its field

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        for name, field in self.WORDS.items():
            for code, language in languages():
                text = field()
                text.label = f"{text.label} ({language})"
                if code != FALLBACK:
                    text.required, text.help_text = False, ""
                self.fields[f"{name}_{code}"] = text

    def text_names(self) -> list[str]:
        return [f"{name}_{code}" for name in self.WORDS for code, _language in languages()]

    def texts(self) -> dict[str, dict[str, str]]:
        """The typed texts by name and language, without the empty ones."""
        return {
            name: {
                code: self.cleaned_data[f"{name}_{code}"]
                for code, _language in languages()
                if self.cleaned_data[f"{name}_{code}"]
            }
            for name in self.WORDS
        }

    @classmethod
    def initial_of(cls, texts: dict) -> dict[str, str]:
        return {
            f"{name}_{code}": text
            for name in cls.WORDS
            for code, text in texts.get(name, {}).items()
        }


def title_field():
    return CharField(
        label=gettext("Title"), max_length=120, validators=[printable], widget=AdminTextInputWidget
    )


def alternative_field():
    return CharField(
        label=gettext("Description"),
        max_length=400,
        validators=[printable],
        widget=AdminTextareaWidget(attrs={"rows": 2}),
        help_text=gettext(
            "What can be seen, for people who cannot see it. A screen reader reads it aloud."
        ),
    )


def caption_field():
    return CharField(
        label=gettext("Caption"),
        max_length=160,
        required=False,
        validators=[printable],
        widget=AdminTextInputWidget,
        help_text=gettext("Shown below the photo, on screen and on paper."),
    )


class PhotoForm(LanguagesForm):
    """A photo instead of a drawing. The typed texts are kept when the file is refused."""

    WORDS = {"title": title_field, "alternative": alternative_field, "caption": caption_field}

    photo = PhotoField(
        label=_("Photo"),
        help_text=_("JPEG, PNG or WebP, up to 15 MB. The place where it was taken is left out."),
    )

    def __init__(self, *args, figure: Figure | None = None, **options):
        self.figure = figure
        if figure is not None:
            options["initial"] = self.initial_of(figure.data)
        super().__init__(*args, **options)
        if figure is not None:
            self.fields["photo"].required = False
            self.fields["photo"].label = gettext("Another photo")

    def clean(self):
        """Require a photo, unless the figure has one already."""
        cleaned = super().clean()
        no_photo_yet = self.figure is None or self.figure.kind != Figure.Kind.PHOTO
        if no_photo_yet and "photo" not in self.errors and not cleaned.get("photo"):
            self.add_error("photo", ValidationError(gettext("Choose a photo.")))
        return cleaned

    def save(self, figure: Figure) -> Figure:
        if self.cleaned_data["photo"] is None:
            return pictures.save_words(figure, self.texts())
        return pictures.save_photo(figure, self.texts(), self.cleaned_data["photo"])
