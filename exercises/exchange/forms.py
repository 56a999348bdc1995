"""The forms for an export and for the upload of an import."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..models import LibraryImport
from . import exporting, importing


class LibraryExportForm(forms.Form):
    """Whose rows to export, and which of them in which format."""

    WHAT = {
        "zip": _("everything, as a zip: exercises, protocols, drawings and photos"),
        "exercises.xlsx": _("the exercises, for Excel (XLSX)"),
        "exercises.csv": _("the exercises, as CSV"),
        "protocols.xlsx": _("the protocols, for Excel (XLSX)"),
        "protocols.csv": _("the protocols, as CSV"),
    }
    required_css_class = "required"

    whose = forms.ChoiceField(label=_("Whose"), widget=forms.RadioSelect, initial=exporting.OWN)
    what = forms.ChoiceField(
        label=_("What"), widget=forms.RadioSelect, initial="zip", choices=WHAT.items()
    )

    def __init__(self, *args, user, **options):
        super().__init__(*args, **options)
        choices = [
            (exporting.OWN, gettext("ours")),
            (exporting.ALL, gettext("ours, and what is shared")),
        ]
        if user.practice_id is None:
            choices = [(exporting.OWN, gettext("what is shared"))]
        self.fields["whose"].choices = choices

    def content(self, user) -> bytes:
        """The bytes of the export. Raises ValueError when a spreadsheet cannot hold a text."""
        whose, what = self.cleaned_data["whose"], self.cleaned_data["what"]
        if what == "zip":
            return exporting.as_zip(user, whose)
        kind, _dot, format = what.partition(".")
        return exporting.as_table(user, whose, kind, format)


class ImportForm(forms.Form):
    """The file to import. A file of a wrong type or size is refused here and is not stored."""

    required_css_class = "required"

    file = forms.FileField(
        label=_("File"),
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".zip,.csv,.xlsx"}),
        help_text=_(
            "A zip up to 50 MB, or a table (CSV or XLSX) up to 2 MB; at most 5000 rows. "
            "You first see what it would change."
        ),
        error_messages={"required": _("Choose a file.")},
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        self.format = file.name.rpartition(".")[2].lower()
        if self.format not in LibraryImport.Format.values:
            raise ValidationError(gettext("Choose a file that ends in .zip, .csv or .xlsx."))
        if file.size > importing.BYTES[self.format]:
            raise ValidationError(
                gettext("This file is larger than %d MB.")
                % (importing.BYTES[self.format] // 1024**2)
            )
        self.content = file.read()
        try:
            importing.look(self.content, self.format)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        return file
