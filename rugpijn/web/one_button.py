"""Forms that have one button below their fields."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit


class OneButton:
    """Stands before the form class. `button` is the name of the button and its label."""

    button: tuple[str, str]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit(*self.button, css_class="btn-lg"))
