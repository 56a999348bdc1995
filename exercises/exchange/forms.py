"""What somebody chooses for an export, and the file of an import."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..models import LibraryImport
from . import exporting, importing


class LibraryExportForm(forms.Form):
    """Whose, and what as which file."""

    WHAT = {
        "zip": gettext_lazy("everything, as a zip: exercises, protocols, drawings and photos"),
        "exercises.xlsx": gettext_lazy("the exercises, for Excel (XLSX)"),
        "exercises.csv": gettext_lazy("the exercises, as CSV"),
        "protocols.xlsx": gettext_lazy("the protocols, for Excel (XLSX)"),
        "protocols.csv": gettext_lazy("the protocols, as CSV"),
    }
    required_css_class = "required"

    whose = forms.ChoiceField(
        label=gettext_lazy("Whose"), widget=forms.RadioSelect, initial=exporting.OWN
    )
    what = forms.ChoiceField(
        label=gettext_lazy("What"), widget=forms.RadioSelect, initial="zip", choices=WHAT.items()
    )

    def __init__(self, *args, user, **options):
        super().__init__(*args, **options)
        choices = [(exporting.OWN, _("ours")), (exporting.ALL, _("ours, and what is shared"))]
        if user.practice_id is None:
            choices = [(exporting.OWN, _("what is shared"))]
        self.fields["whose"].choices = choices

    def content(self, user) -> bytes:
        """The file. ValueError when a spreadsheet cannot hold it."""
        whose, what = self.cleaned_data["whose"], self.cleaned_data["what"]
        if what == "zip":
            return exporting.as_zip(user, whose)
        kind, _dot, format = what.partition(".")
        return exporting.as_table(user, whose, kind, format)


class ImportForm(forms.Form):
    """One file. What can be seen at once is refused here, and then nothing is kept."""

    required_css_class = "required"

    file = forms.FileField(
        label=gettext_lazy("File"),
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".zip,.csv,.xlsx"}),
        help_text=gettext_lazy(
            "A zip up to 50 MB, or a table (CSV or XLSX) up to 2 MB; at most 5000 rows. "
            "You first see what it would change."
        ),
        error_messages={"required": gettext_lazy("Choose a file.")},
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        self.format = file.name.rpartition(".")[2].lower()
        if self.format not in LibraryImport.Format.values:
            raise ValidationError(_("Choose a file that ends in .zip, .csv or .xlsx."))
        if file.size > importing.BYTES[self.format]:
            raise ValidationError(
                _("This file is larger than %d MB.") % (importing.BYTES[self.format] // 1024**2)
            )
        self.content = file.read()
        try:
            importing.look(self.content, self.format)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        return file
