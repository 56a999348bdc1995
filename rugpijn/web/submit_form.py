"""A form with one large button below its fields."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django.utils.translation import gettext_lazy as _


class SubmitForm:
    """Adds to a form the `helper` with which `{% crispy form %}` draws it: its fields and a button.

    `submit` is the name of the button and the text on it.
    """

    submit = ("save", _("Save"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit(*self.submit, css_class="btn-lg"))
